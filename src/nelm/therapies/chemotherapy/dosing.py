"""Doses by body surface, with the reductions that kidney and enzyme ask for, shown step by step.

A number of the patient is an interval; what is not known widens the dose to what it could be, or leaves
it per square metre, and the line says which fact is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.therapy import Item, PatientView, stated
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.therapies.chemotherapy.calvert import carboplatin_dose
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge

SURFACE = "body.bsa"
CLEARANCE = "renal.creatinine_clearance"
SURFACE_FACTS = ("patient.height_cm", "patient.weight_kg")
CLEARANCE_FACTS = ("labs.creatinine", "patient.age_years", "patient.weight_kg", "patient.sex")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A share of the dose: between which values it lies, why, and what it rests on.

    `missing` names what would settle it; empty when the patient's facts do.
    """

    share: Interval
    reason: str
    entries: tuple[Entry, ...]
    facts: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Up to (`including`) or below a limit of clearance, this share of the dose."""

    limit: Entry
    share: Entry
    including: bool = True

    def holds(self, clearance_ml_min: float) -> bool:
        """Whether the clearance [mL/min] lies in or below this band."""
        limit = self.limit.number
        return clearance_ml_min < limit or (self.including and clearance_ml_min == limit)


def spelt(low: float, high: float, digits: int = 0) -> str:
    """A number, or two with `to` between, rounded for reading."""
    first, last = f"{low:.{digits}f}", f"{high:.{digits}f}"
    return first if first == last else f"{first} to {last}"


def percent(share: Entry) -> float:
    """A share given in percent, as a factor."""
    return share.number / 100


def renal_adjustment(patient: PatientView, bands: tuple[Band, ...]) -> Adjustment:
    """Share of the dose by creatinine clearance; `bands` from the highest limit to the lowest."""
    entries = tuple(entry for band in bands for entry in (band.limit, band.share))
    clearance = patient.number(CLEARANCE)
    if clearance is None:
        share = Interval(percent(bands[-1].share), 1.0)
        return Adjustment(share, "kidney function unknown", entries, CLEARANCE_FACTS, "creatinine clearance")

    def share_at(value: float) -> float:
        found = [percent(band.share) for band in bands if band.holds(value)]
        return found[-1] if found else 1.0

    share = Interval(share_at(clearance.low), share_at(clearance.high))
    shown = f"creatinine clearance {spelt(clearance.low, clearance.high)} mL/min"
    missing = "" if share.is_exact else "a more exact creatinine clearance"
    return Adjustment(share, shown, entries, CLEARANCE_FACTS, missing)


def dpyd_adjustment(patient: PatientView, known: ChemotherapyKnowledge) -> Adjustment:
    """Share of the first fluoropyrimidine dose by DPD activity."""
    entries, facts = (known.fluoropyrimidine_partial_share,), ("tumour.dpyd",)
    reduced = percent(known.fluoropyrimidine_partial_share)
    match patient.word("tumour.dpyd"):
        case "normal":
            return Adjustment(Interval.exact(1.0), "DPD normal", entries, facts)
        case "partial":
            return Adjustment(Interval.exact(reduced), "partial DPD deficiency", entries, facts)
        case "complete":
            return Adjustment(Interval.exact(0.0), "complete DPD deficiency: not given", entries, facts)
        case _:
            share = Interval(reduced, 1.0)
            return Adjustment(share, "DPD unknown", entries, facts, "the DPYD test, before the first dose")


def surface_dose(
    label: str, dose: Entry, patient: PatientView, adjustments: tuple[Adjustment, ...] = ()
) -> Item:
    """A dose per square metre [mg/m²] times the body surface [m²] and the shares, as a line [mg]."""
    low, high = _range(dose)
    surface = patient.number(SURFACE)
    used = [item for item in adjustments if not (item.share.is_exact and item.share.low == 1.0)]
    entries = (dose, *(entry for item in used for entry in item.entries))
    facts = [*SURFACE_FACTS, *(name for item in adjustments for name in item.facts)]
    least, most = (low, high) if surface is None else (low * surface.low, high * surface.high)
    for item in used:
        least, most = least * item.share.low, most * item.share.high
    text = _sentence(dose, surface, used, (least, most))
    unit = "mg/m2" if surface is None else "mg"
    return stated(label, text, entries, Interval(least, most), unit=unit, facts=tuple(dict.fromkeys(facts)))


def _range(dose: Entry) -> tuple[float, float]:
    if dose.low is not None and dose.high is not None:
        return dose.low, dose.high
    return dose.number, dose.number


def _sentence(
    dose: Entry, surface: Interval | None, used: list[Adjustment], result: tuple[float, float]
) -> str:
    """The computation in figures, the schedule, and what is missing."""
    per_area = f"{spelt(*_range(dose))} mg/m²"
    steps = [f" x {spelt(surface.low, surface.high, 2)} m²"] if surface else []
    steps += [f" x {spelt(100 * item.share.low, 100 * item.share.high)} % ({item.reason})" for item in used]
    unit = "mg" if surface else "mg/m²"
    computed = f"{per_area}{''.join(steps)} = {spelt(*result)} {unit}" if steps else per_area
    missing = [item.missing for item in used if item.missing]
    if surface is None:
        missing.append("height and weight")
    ending = f" Still needed: {'; '.join(missing)}." if missing else ""
    return f"{computed}. {dose.statement}{ending}"


def carboplatin_item(patient: PatientView, known: ChemotherapyKnowledge) -> Item:
    """Carboplatin by Calvert [mg], from a measured filtration rate or the creatinine clearance."""
    target, offset, cap = known.carboplatin_target, known.calvert_offset, known.calvert_filtration_cap
    entries = (target, offset, cap)
    measured = patient.number("labs.gfr_measured")
    filtration = measured if measured is not None else patient.number(CLEARANCE)
    facts = ("labs.gfr_measured",) if measured is not None else CLEARANCE_FACTS
    if filtration is None:
        text = (
            f"AUC {target.number:g} x (filtration rate + {offset.number:g}) mg. {target.statement}"
            " Still needed: creatinine, age, weight and sex, or a measured filtration rate."
        )
        return stated("carboplatin", text, entries, target.number, unit=target.unit, facts=facts)
    ends = (_calvert(filtration.low, entries), _calvert(filtration.high, entries))
    capped = f", capped at {cap.number:g}" if filtration.high > cap.number else ""
    shown = spelt(filtration.low, filtration.high)
    text = (
        f"AUC {target.number:g} x ({shown}{capped} + {offset.number:g}) = {spelt(*ends)} mg (Calvert)."
        f" {target.statement}"
    )
    return stated("carboplatin", text, entries, Interval(*ends), unit="mg", facts=facts)


def _calvert(filtration_ml_min: float, entries: tuple[Entry, Entry, Entry]) -> float:
    target, offset, cap = entries
    return carboplatin_dose(
        target_auc_mg_min_ml=target.number,
        filtration_ml_min=filtration_ml_min,
        offset_ml_min=offset.number,
        filtration_cap_ml_min=cap.number,
    )
