"""What the page of doses shows beside the doses: checks, further cycles, methods, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nelm.app.dosimetry_limits import methods_of
from nelm.app.dosing import DosedStudy
from nelm.dosimetry.blood import BloodMarrow
from nelm.knowledge import Knowledge, Source
from nelm.report.dosimetry import DoseReport, Section, Statement, Table
from nelm.therapies.prrt.activity import ActivityPlan, Spread

PERCENT = 100.0


def dose_report(
    study: DosedStudy, knowledge: Knowledge, sections: Sequence[Section], *, case_id: str = ""
) -> DoseReport:
    """The report of a study."""
    several = len(study.cycles) > 1
    checks = tuple(
        replace(check, text=f"Administration {cycle.number}. {check.text}") if several else check
        for cycle in study.cycles
        for check in cycle.checks
    )
    methods = tuple(
        Statement(text, entry_sources, status) for text, entry_sources, status in methods_of(knowledge)
    )
    cited = {key for item in (*checks, *methods) for key in item.sources}
    sources: Mapping[str, Source] = {key: knowledge.sources[key] for key in sorted(cited)}
    return DoseReport(
        cycles=tuple(cycle.dose for cycle in study.cycles),
        checks=checks,
        sections=(*sections, *_read(study)),
        methods=methods,
        sources=sources,
        case_id=case_id,
    )


def marrow_section(marrow: BloodMarrow) -> Section:
    """Red marrow from blood."""
    dose, half_life = marrow.absorbed_dose_gy, marrow.integral.effective_half_life_h
    text = (
        f"Self dose by electrons: {dose.value:.3f} Gy ({dose.low:.3f} to {dose.high:.3f}), from blood with a marrow to "
        f"blood ratio of {marrow.red_marrow_to_blood_ratio:g}; {marrow.integral.method}, slowest half-life of blood "
        f"{half_life:.1f} h."
    )
    return Section("Red marrow from blood", (text, *marrow.remarks))


def plan_section(plan: ActivityPlan) -> Section:
    """Further cycles and activity that keep the limits."""
    given = ", ".join(f"{activity:.2f}" for activity in plan.given_gbq)
    largest = (
        "no limit binds"
        if plan.largest_activity_gbq is None
        else f"at most {plan.largest_activity_gbq:.1f} GBq each for {plan.cycles} more"
    )
    paragraphs = (
        f"Given so far: {given} GBq. With {plan.activity_gbq:g} GBq a cycle {plan.cycles_words} further cycles keep "
        f"every binding limit with a probability of {PERCENT * plan.confidence:.0f} %; {largest}"
        + (f" (bound by: {plan.limited_by})." if plan.limited_by else "."),
        "From this patient's measured doses and the spread between cycles; what was not measured comes from "
        "populations. A projection for those who decide, not a prescription; the limits can be changed.",
    )
    return Section("Further cycles", paragraphs, (_organs(plan), _limits(plan), _cells(plan)))


def _organs(plan: ActivityPlan) -> Table:
    """Dose of each organ so far and projected."""
    rows = tuple(
        (
            organ.name,
            _spread(organ.gy_per_gbq, 2),
            f"{PERCENT * organ.own_weight:.0f} %",
            _spread(organ.given_gy, 1),
            _spread(organ.total_gy, 1),
            _spread(organ.total_bed_gy, 1) if organ.total_bed_gy else "not computed",
        )
        for organ in plan.organs
    )
    head = (
        "organ",
        "Gy/GBq",
        "from own dosimetry",
        "so far [Gy]",
        f"with {plan.cycles} more [Gy]",
        "BED with these [Gy]",
    )
    return Table(head, rows, ("Median and 95 % interval.",))


def _limits(plan: ActivityPlan) -> Table:
    """Each limit: chance of exceeding it, and what would keep it."""
    rows = tuple(
        (
            found.limit.name,
            f"{found.limit.value_gy:g} Gy ({found.limit.quantity.value})",
            "binds" if found.limit.binding else "shown only",
            _spread(found.projected_gy, 1),
            f"{PERCENT * found.probability_exceeded:.1f} %",
            str(found.largest_cycles),
            f"{found.largest_activity_gbq:.1f} GBq",
            found.limit.entry.status.value if found.limit.entry is not None else "chosen",
        )
        for found in plan.limits
    )
    head = ("limit", "value", "use", "projected [Gy]", "chance of exceeding", "cycles within it", "activity within it",
            "status")  # fmt: skip
    return Table(head, rows)


def _cells(plan: ActivityPlan) -> Table:
    """Chance of keeping every binding limit by cycles and activity."""
    activities = sorted({cell.activity_gbq for cell in plan.table})
    counts = sorted({cell.cycles for cell in plan.table})
    found = {(cell.cycles, cell.activity_gbq): cell for cell in plan.table}
    rows = tuple(
        (
            f"{count} more",
            *(
                f"{PERCENT * found[count, activity].probability_kept:.0f} %"
                + (" ✓" if found[count, activity].keeps else "")
                for activity in activities
            ),
        )
        for count in counts
    )
    head = ("cycles", *(f"{activity:.2f} GBq each" for activity in activities))
    note = f"Chance that every binding limit is kept; ✓ from {PERCENT * plan.confidence:.0f} % on."
    return Table(head, rows, (note,))


def _read(study: DosedStudy) -> list[Section]:
    """What was noticed on reading."""
    lines = (*study.remarks, *(f"not used: {text}" for text in study.refused))
    return [Section("Noticed on reading", lines)] if lines else []


def _spread(found: Spread, digits: int) -> str:
    return f"{found.median:.{digits}f} ({found.low:.{digits}f} to {found.high:.{digits}f})"
