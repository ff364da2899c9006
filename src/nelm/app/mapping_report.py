"""A plan of radioembolisation in sections: lungs, liver, every device with its methods, thresholds, cautions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nelm.app.mapping import FittingTime, PlannedStudy
from nelm.guideline.therapy import Item
from nelm.knowledge import Knowledge, Source
from nelm.quantities import Estimate
from nelm.report.dosimetry import Section, Table
from nelm.report.dosimetry.words import figure
from nelm.report.wording import STATUS_WORDS, UNIT_WORDS
from nelm.therapies.radioembolisation.delivered import PlannedAgainstDelivered
from nelm.therapies.radioembolisation.devices import Device
from nelm.therapies.radioembolisation.limits import Aims
from nelm.therapies.radioembolisation.lung_shunt import LungShunt
from nelm.therapies.radioembolisation.methods import DevicePlan, MethodResult
from nelm.therapies.radioembolisation.thresholds import Threshold

PERCENT = 100.0
GRAM_PER_KG = 1000.0
NAMES = {Device.RESIN: "90Y resin", Device.GLASS: "90Y glass", Device.HOLMIUM: "166Ho"}
HEAD = ("method", "delivered [GBq]", "to draw [GBq]", "tumour [Gy]", "perfused normal [Gy]", "whole normal [Gy]",
        "lungs [Gy]", "set by", "exceeded")  # fmt: skip


def mapping_sections(plan: PlannedStudy) -> tuple[Section, ...]:
    """Everything that a plan says, in the order in which it is read."""
    return _each_once(
        _lungs(plan),
        _liver(plan),
        *(_device(device) for device in plan.devices),
        *([_vials(plan.vials)] if plan.vials else []),
        _thresholds(plan.devices),
        Section("Before treating", tuple(_said(one) for one in plan.cautions)),
        Section("What sets the devices apart", _differences(plan.devices)),
        Section("Noticed", _remarks(plan)),
    )


def _each_once(*sections: Section) -> tuple[Section, ...]:
    """The sections without sentences that an earlier one has."""
    said: set[str] = set()
    found: list[Section] = []
    for section in sections:
        found.append(
            replace(section, paragraphs=tuple(text for text in section.paragraphs if text not in said))
        )
        said |= set(section.paragraphs)
    return tuple(found)


def headline(plan: PlannedStudy) -> str:
    """What was planned on, one line."""
    parts = (plan.agent or "99mTc", plan.date or "date not known", plan.before.case_id or "no case")
    return " · ".join(parts)


def cited_sources(plan: PlannedStudy, knowledge: Knowledge) -> dict[str, Source]:
    """What the sections cite, by key."""
    keys = {key for one in _items(plan) for key in one.sources}
    rows = [row for device in plan.devices for row in device.thresholds.of_other_tumours]
    keys |= {key for row in rows for key in row.entry.sources}
    return {key: knowledge.sources[key] for key in sorted(keys) if key in knowledge.sources}


def comparison_section(rows: Sequence[PlannedAgainstDelivered], *, activity_gbq: float) -> Section:
    """What was planned against what was delivered, region by region."""
    table = Table(
        ("region", "planned [Gy]", "delivered [Gy]", "delivered / planned", ""),
        tuple(
            (
                one.name,
                gray(one.planned_gy),
                gray(one.delivered_gy),
                gray(one.ratio),
                one.reason or ("limits leave out 1" if one.is_apart else ""),
            )
            for one in rows
        ),
        (
            f"Planned: dose of 1 GBq from the mapping study times the {activity_gbq:.3g} GBq delivered. Limits 95 %, "
            "the errors of both taken as independent; how far 99mTc-MAA stands for microspheres is not in them.",
        ),
    )
    return Section("Planned against delivered", (), (table,))


def gray(estimate: Estimate | None) -> str:
    """A number with its limits; an open upper end in words."""
    if estimate is None:
        return "not known"
    top = figure(estimate.high) if math.isfinite(estimate.high) else "no limit"
    return f"{figure(estimate.value)} ({figure(estimate.low)} to {top})"


def _lungs(plan: PlannedStudy) -> Section:
    """Shunt by every method, and mass."""
    lungs = plan.lungs
    found = [*([lungs.shunt] if lungs.shunt is not None else []), *lungs.beside]
    rows = [(_shunt_name(one, place), _percent(one.fraction)) for place, one in enumerate(found)]
    table = Table(
        ("lung shunt", "fraction"), tuple(rows) or (("lung shunt", "not known"),), _apart(lungs.shunt, lungs.beside)
    )  # fmt: skip
    assumed = ", assumed" if lungs.mass.is_assumed else ", from the CT"
    mass = f"Lung mass {gray(lungs.mass.mass_kg)} kg{assumed}."
    return Section("Lungs", (mass, *_texts(one for shunt in found for one in shunt.remarks)), (table,))


def _shunt_name(shunt: LungShunt, place: int) -> str:
    return f"{shunt.method.value}{' (planned with)' if place == 0 else ''}"


def _apart(shunt: LungShunt | None, beside: Sequence[LungShunt]) -> tuple[str, ...]:
    """How far the other estimates lie from the one that is used."""
    if shunt is None or shunt.fraction.value <= 0.0:
        return ()
    return tuple(
        f"{one.method.value}: {PERCENT * (one.fraction.value / shunt.fraction.value - 1.0):+.0f} % against "
        f"{shunt.method.value}."
        for one in beside
    )


def _liver(plan: PlannedStudy) -> Section:
    """Territories with their masses and T/N."""
    measured = plan.measured
    rows = tuple(
        (
            one.name,
            one.extent.value,
            f"{one.perfused_ml:.0f}",
            f"{one.tumour_ml:.0f}",
            f"{one.normal_ml:.0f}",
            f"{PERCENT * one.share_of_liver:.0f} %",
            gray(plan.ratios[one.name].value) if one.name in plan.ratios else "not known",
        )
        for one in measured.territories
    )
    head = ("territory", "extent", "perfused [mL]", "tumour [mL]", "normal [mL]", "of the liver", "T/N")
    note = (
        f"Liver {measured.liver_ml:.0f} mL, tumour {measured.tumour_ml:.0f} mL, of which "
        f"{measured.missed_tumour_ml:.0f} mL in no territory; spared normal liver "
        f"{GRAM_PER_KG * measured.spared_normal_kg:.0f} g. T/N: concentration in tumour over that in perfused normal "
        "liver."
    )
    said = _texts(one for ratio in plan.ratios.values() for one in ratio.remarks)
    return Section("Territories", (*said, *_texts(measured.remarks)), (Table(head, rows, (note,)),))


def _device(plan: DevicePlan) -> Section:
    """Every method for one device side by side, with its limits."""
    spheres = plan.microspheres
    rows = tuple(_method(result) for result in plan.methods)
    notes = [
        "* the label's own method. Activities are those delivered; to draw: with the residual. In brackets: 95 %.",
        _limits(plan.aims),
        *(f"{one.method.value}: missing {', '.join(one.missing)}." for one in plan.methods if one.missing),
        *(_alternatives(one) for one in plan.methods if one.alternatives),
    ]
    said = _texts([*plan.remarks, *(item for one in plan.methods for item in one.remarks)])
    title = f"{NAMES[spheres.device]}, {spheres.constant_gy_kg_per_gbq:g} Gy kg/GBq"
    return Section(title, said, (Table(HEAD, rows, tuple(notes)),))


def _method(result: MethodResult) -> tuple[str, ...]:
    """Cells of one method."""
    name = f"{result.method.value}{' *' if result.is_label_method else ''}"
    if result.activity_gbq is None:
        return (name, "not known", *[""] * (len(HEAD) - 2))
    doses = result.doses
    regions = (
        (None,) * 4
        if doses is None
        else (doses.tumour_gy, doses.perfused_normal_gy, doses.whole_normal_gy, doses.lung_gy)
    )
    return (
        name,
        gray(result.activity_gbq),
        gray(result.drawn_gbq),
        *(gray(dose) for dose in regions),
        result.bound_by.value if result.bound_by else "",
        ", ".join(one.value for one in result.exceeded) or "none",
    )


def _limits(aims: Aims) -> str:
    """What is aimed at and what must not be exceeded, in one line."""
    pairs = (
        ("tumour, aimed at", aims.tumour_gy, "Gy"),
        ("perfused normal liver, at most", aims.perfused_normal_max_gy, "Gy"),
        ("whole normal liver, at most", aims.whole_normal_max_gy, "Gy"),
        ("lungs in this session, at most", aims.lung_max_gy, "Gy"),
        ("activity to the lungs, at most", aims.lung_activity_max_gbq, "GBq"),
    )
    named = [f"{name} {value:g} {unit}" for name, value, unit in pairs if value is not None]
    return f"Aims and limits: {'; '.join(named)}." if named else "No aims and no limits."


def _alternatives(result: MethodResult) -> str:
    """Activity that each aim or limit alone would give."""
    each = "; ".join(f"{bound.value} {gray(activity)}" for bound, activity in result.alternatives)
    chance = result.chance_above_lung_limit
    told = "" if chance is None else f"; chance of exceeding the lung limit {PERCENT * chance:.1f} %"
    return f"{result.method.value}, activity by each alone [GBq]: {each}{told}."


def _vials(vials: Sequence[FittingTime]) -> Section:
    """When the vials on hand hold what is to be drawn."""
    rows = tuple(
        (
            f"{NAMES[one.vial.device]}, {one.vial.activity_gbq:g} GBq at {one.vial.calibrated_at:%Y-%m-%d %H:%M %Z}",
            one.method.value,
            f"{one.drawn_gbq:.2f}",
            f"{one.when.opens:%Y-%m-%d %H:%M} to {one.when.closes:%Y-%m-%d %H:%M} UTC",
        )
        for one in vials
    )
    return Section("Vials", (), (Table(("vial", "method", "to draw [GBq]", "holds it within 10 %"), rows),))


def _thresholds(devices: Sequence[DevicePlan]) -> Section:
    """That no value exists for this tumour, and what tables say of others."""
    none = [plan.thresholds.no_value for plan in devices if plan.thresholds.no_value is not None]
    rows = tuple(
        (NAMES[plan.microspheres.device], row.region.value, _threshold(row),
         ", ".join(tumour.value for tumour in row.tumours))
        for plan in devices
        for row in plan.thresholds.of_other_tumours
    )  # fmt: skip
    note = (
        "Rows of other tumours, to be seen and not to be used as if they were of neuroendocrine metastases."
    )
    table = Table(("device", "region", "dose", "for"), rows, (note,))
    return Section("Dose thresholds", _texts(none), (table,) if rows else ())


def _threshold(row: Threshold) -> str:
    entry, side = row.entry, "at most" if row.is_ceiling else "at least"
    if entry.low is not None and entry.high is not None:
        return f"{entry.low:g} to {entry.high:g} {entry.unit} [{', '.join(entry.sources)}]"
    return f"{side} {entry.value} {entry.unit} [{', '.join(entry.sources)}]"


def _differences(devices: Sequence[DevicePlan]) -> tuple[str, ...]:
    return tuple(
        f"{NAMES[plan.microspheres.device]}: {text}" for plan in devices for text in _texts(plan.microspheres.remarks)
    )  # fmt: skip


def _remarks(plan: PlannedStudy) -> tuple[str, ...]:
    return (
        *_texts(plan.before.remarks),
        *plan.remarks,
        *(f"not used: {text}" for text in plan.refused),
    )


def _items(plan: PlannedStudy) -> list[Item]:
    """Every item that a section may show."""
    shunts = [one for one in (plan.lungs.shunt, *plan.lungs.beside) if one is not None]
    return [
        *(item for shunt in shunts for item in shunt.remarks),
        *plan.lungs.mass.remarks,
        *(item for ratio in plan.ratios.values() for item in ratio.remarks),
        *plan.measured.remarks,
        *plan.before.remarks,
        *plan.cautions,
        *(item for device in plan.devices for item in device.remarks),
        *(item for device in plan.devices for item in device.microspheres.remarks),
        *(item for device in plan.devices for result in device.methods for item in result.remarks),
        *(one for device in plan.devices if (one := device.thresholds.no_value) is not None),
    ]


def _texts(items: Iterable[Item]) -> tuple[str, ...]:
    """Items as sentences, each once."""
    return tuple(dict.fromkeys(_said(one) for one in items))


def _said(one: Item) -> str:
    """An item with its value, its sources and how far they were checked."""
    number = f"{one.value:g}" if isinstance(one.value, float | int) else ""
    unit = UNIT_WORDS.get(one.unit or "", one.unit or "")
    value = f" ({f'{number} {unit}'.strip()})" if number and number not in one.text else ""
    doubt = STATUS_WORDS[one.status]
    keys = [key for key in one.sources if key != "project"]
    cited = f" [{', '.join(keys)}{f'; {doubt}' if doubt else ''}]" if keys else ""
    return f"{one.label[:1].upper()}{one.label[1:]}: {one.text.rstrip('.')}{value}.{cited}"


def _percent(fraction: Estimate) -> str:
    return f"{PERCENT * fraction.value:.1f} % ({PERCENT * fraction.low:.1f} to {PERCENT * fraction.high:.1f})"
