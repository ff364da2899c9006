"""Projected absorbed doses of a course: shown beside their limits, and never a reason for or against it.

A marrow limit of 2 Gy would forbid every standard course, and the kidney limits come from external
radiotherapy and yttrium-90; the board sees the numbers and their origin.
"""

from __future__ import annotations

from dataclasses import replace

from nelm.guideline.therapy import Item, PatientView, item
from nelm.knowledge import Entry, weakest
from nelm.quantities import Interval
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.population import KIDNEY_RISKS

EARLIER_ACTIVITY = "treatments.prrt.activity_gbq"
RISK_FACTS = tuple(f"patient.comorbidities.{name}" for name in KIDNEY_RISKS)


def _computed(
    label: str, text: str, entries: tuple[Entry, ...], *, found: Interval, unit: str = "Gy"
) -> Item:
    sources = tuple(dict.fromkeys(key for entry in entries for key in entry.sources))
    status = weakest(tuple(entry.status for entry in entries))
    low, high = round(found.low, 2), round(found.high, 2)
    if low == high:
        return Item(label, text, sources, status, value=low, unit=unit)
    return Item(label, text, sources, status, low=low, high=high, unit=unit)


def per_activity(entry: Entry, activity_gbq: float) -> Interval:
    """Dose of an activity from a range of dose per activity [Gy]."""
    low = entry.number if entry.low is None else entry.low
    high = entry.number if entry.high is None else entry.high
    return Interval(low * activity_gbq, high * activity_gbq)


def biologically_effective_dose(
    *, dose_gy: float, alpha_beta_gy: float, repair_half_time_h: float, effective_half_time_h: float
) -> float:
    """Biologically effective dose of one cycle [Gy]: D + D² x T_rep / (T_rep + T_eff) / (alpha/beta).

    >>> round(4 * biologically_effective_dose(
    ...     dose_gy=3.478, alpha_beta_gy=2.6, repair_half_time_h=2.8, effective_half_time_h=51), 1)
    14.9
    """
    incomplete_repair = repair_half_time_h / (repair_half_time_h + effective_half_time_h)
    return dose_gy + dose_gy**2 * incomplete_repair / alpha_beta_gy


def total_activity(label: str, activity: Entry, cycles: Entry) -> Item:
    """Activity of the whole course [GBq]."""
    total = activity.number * cycles.number
    text = f"{cycles.number:g} cycles of {activity.number:g} GBq: {total:g} GBq."
    return _computed(label, text, (activity, cycles), found=Interval.exact(total), unit="GBq")


def kidney_dose(activity: Entry, cycles: Entry, per_gbq: Entry) -> Item:
    """Kidney dose of the planned course, from published dose per activity [Gy]."""
    total = activity.number * cycles.number
    found = per_activity(per_gbq, total)
    text = (
        f"Projected kidney dose of {total:g} GBq at {per_gbq.low:g} to {per_gbq.high:g} Gy/GBq: "
        f"{found.low:.1f} to {found.high:.1f} Gy. "
        "A published mean, not a measurement of this patient; no limit is applied."
    )
    return _computed("kidney dose", text, (activity, cycles, per_gbq), found=found)


def kidney_bed(activity: Entry, cycles: Entry, known: PrrtKnowledge, *, per_gbq: Entry) -> Item:
    """Biologically effective kidney dose of the planned course, each cycle for itself [Gy]."""
    one = per_activity(per_gbq, activity.number)
    low, high = (
        cycles.number
        * biologically_effective_dose(
            dose_gy=dose,
            alpha_beta_gy=known.alpha_beta.number,
            repair_half_time_h=known.repair_half_time.number,
            effective_half_time_h=known.effective_half_time.number,
        )
        for dose in (one.low, one.high)
    )
    text = (
        f"Biologically effective kidney dose of {cycles.number:g} cycles: {low:.1f} to {high:.1f} Gy; "
        "its parameters are recalled."
    )
    entries = (activity, per_gbq, known.alpha_beta, known.repair_half_time, known.effective_half_time)
    return _computed("kidney BED", text, entries, found=Interval(low, high))


def kidney_limits(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """Published limits; of the two biologically effective ones the one that fits the patient, or both."""
    risks = [patient.truth(name) for name in RISK_FACTS]
    external = (
        item("kidney limit, external 5 %", known.kidney_td5),
        item("kidney limit, external 50 %", known.kidney_td50),
    )
    strict = item("kidney BED limit, risk factors", known.kidney_bed_risk)
    plain = item("kidney BED limit, no risk factors", known.kidney_bed_plain)
    if any(risk is True for risk in risks):
        chosen: tuple[Item, ...] = (strict,)
    elif all(risk is False for risk in risks):
        chosen = (plain,)
    else:
        chosen = (strict, plain)
    return (*external, *(replace(line, facts=RISK_FACTS) for line in chosen))


def marrow(activity: Entry, cycles: Entry, known: PrrtKnowledge) -> tuple[Item, ...]:
    """Mean marrow dose of the course beside the limit that it reaches [Gy]."""
    total = activity.number * cycles.number
    mean = known.marrow_per_activity.number * total
    found = per_activity(known.marrow_per_activity, total)
    text = (
        f"Projected marrow dose of {total:g} GBq: mean {mean:.2f} Gy, {found.low:.2f} to {found.high:.2f} Gy. "
        "Shown, never a veto."
    )
    computed = _computed("marrow dose", text, (activity, cycles, known.marrow_per_activity), found=found)
    return (replace(computed, value=round(mean, 2)), item("marrow limit", known.marrow_limit))


def cumulative(patient: PatientView, activity: Entry, cycles: Entry, *, per_gbq: Entry) -> tuple[Item, ...]:
    """Activity and kidney dose of earlier and planned cycles together; says so when the earlier one is unknown."""
    added = activity.number * cycles.number
    entries = (activity, cycles, per_gbq)
    before = patient.number(EARLIER_ACTIVITY)
    if before is None or before.high == float("inf"):
        text = f"Earlier activity ({EARLIER_ACTIVITY}) is not known: cumulative activity and dose cannot be given."
        return (
            Item("cumulative activity", text, activity.sources, activity.status, facts=(EARLIER_ACTIVITY,)),
        )
    total = Interval(before.low + added, before.high + added)
    kidney = Interval(per_activity(per_gbq, total.low).low, per_activity(per_gbq, total.high).high)
    lines = (
        _computed(
            "cumulative activity",
            f"Earlier {before.low:g} to {before.high:g} GBq and {added:g} GBq planned.",
            entries[:2],
            found=total,
            unit="GBq",
        ),
        _computed(
            "cumulative kidney dose",
            f"Kidney dose of both courses, if both were 177Lu-DOTATATE: {kidney.low:.1f} to {kidney.high:.1f} Gy.",
            entries,
            found=kidney,
        ),
    )
    return tuple(replace(line, facts=(EARLIER_ACTIVITY,)) for line in lines)
