"""What the dose ledger says for and against further radioligand therapy, each line with its source.

Nothing here rules out anything: the limits of the kidney come from external radiotherapy and yttrium-90, that of the
marrow is known not to hold, and the experience with retreatment is of small uncontrolled cohorts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from nelm.dosimetry.accumulation import AccumulatedRegion
from nelm.dosimetry.ledger import CourseKind, Ledger, LedgerEntry
from nelm.dosimetry.ledger_words import dose_words, tolerance_words
from nelm.dosimetry.projection import Spread
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.tolerance import DoseLimit, DoseQuantity, LimitUse, Tolerance, remaining_tolerance
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Entry, Knowledge, Status
from nelm.quantities import DAYS_PER_MONTH, Interval
from nelm.therapies.prrt.knowledge import PrrtKnowledge

KIDNEYS = (RegionKind.KIDNEYS, RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT)
MBQ_PER_GBQ = 1000.0
PROGRESSION_FREE = "treatments.prrt.progression_free_months"


def dose_limits(knowledge: Knowledge, *, has_kidney_risk: bool | None) -> tuple[DoseLimit, ...]:
    """Limits of kidneys and marrow.

    Parameters
    ----------
    has_kidney_risk : Hypertension or diabetes; None: not known, and then both limits stand.
    """
    known = knowledge.record(PrrtKnowledge, "prrt")
    plain = _limit("without risk factors", KIDNEYS, DoseQuantity.BED, known.kidney_bed_plain)
    risk = _limit("with risk factors", KIDNEYS, DoseQuantity.BED, known.kidney_bed_risk)
    chosen = (plain, risk) if has_kidney_risk is None else (risk,) if has_kidney_risk else (plain,)
    external = _limit(
        "5 % injury by external radiotherapy", KIDNEYS, DoseQuantity.ABSORBED_DOSE, known.kidney_td5
    )
    marrow = _limit("marrow", (RegionKind.MARROW,), DoseQuantity.ABSORBED_DOSE, known.marrow_limit)
    return (*chosen, replace(external, use=LimitUse.SHOWN), replace(marrow, use=LimitUse.SHOWN))


def kidney_cycle_spread(knowledge: Knowledge) -> Spread:
    """How much the kidney dose per activity changes between cycles of one patient, from other patients."""
    entry = knowledge.record(PrrtKnowledge, "prrt").kidney_cycle_spread
    low, high = entry.low or entry.number, entry.high or entry.number
    return Spread.within(entry.number, low=low, high=high)


def ledger_advice(
    ledger: Ledger,
    regions: Sequence[AccumulatedRegion],
    knowledge: Knowledge,
    *,
    today: date,
    has_kidney_risk: bool | None,
    progression_free_months: Interval | None,
) -> tuple[Item, ...]:
    """Cumulative activity and doses beside limits and experience, the rule of 18 months, radioembolisation before.

    Parameters
    ----------
    regions : From `accumulated`.
    has_kidney_risk : Hypertension or diabetes; None: not known.
    progression_free_months : After the last course, from the case [mo]; None: not known.
    """
    known = knowledge.record(PrrtKnowledge, "prrt")
    given = [entry for entry in ledger.entries if entry.kind is CourseKind.PRRT]
    found = [_activity(given, known)]
    if given:
        found.append(_interval(given[-1], known, today, progression_free_months))
    limits = dose_limits(knowledge, has_kidney_risk=has_kidney_risk)
    found += [_beside(one) for one in remaining_tolerance(regions, limits)]
    found += [
        item("kidney BED after retreatment, cohort", known.retreatment_kidney_bed),
        item("kidney dose after salvage, cohort", known.salvage_kidney_dose),
    ]
    if any(region.target.kind is RegionKind.LESION for region in regions):
        found.append(item("lesions in later cycles", known.tumour_dose_falls))
    if any(entry.kind is CourseKind.RADIOEMBOLISATION for entry in ledger.entries):
        found += _after_radioembolisation(regions, known)
    return tuple(found)


def _limit(name: str, kinds: tuple[RegionKind, ...], quantity: DoseQuantity, entry: Entry) -> DoseLimit:
    return DoseLimit(name, kinds, quantity, entry.number, entry.statement, entry.sources, entry.status)


def _activity(given: Sequence[LedgerEntry], known: PrrtKnowledge) -> Item:
    """Cycles and activity so far, beside what retreated patients had."""
    line, label = known.retreatment_cumulative, "cumulative activity"
    if not given:
        return Item(label, "No cycle of radioligand therapy is in the ledger.", ("project",), Status.COMPUTED)
    unknown = [entry.id for entry in given if entry.activity_mbq is None]
    total = sum(entry.activity_mbq or 0.0 for entry in given) / MBQ_PER_GBQ
    said = f"at least {total:.1f}" if unknown else f"{total:.1f}"
    text = (
        f"{len(given)} cycles in the ledger, {said} GBq. {line.statement.rstrip('.')}: "
        f"{line.low:g} and {line.high:g} GBq."
    )
    if unknown:
        text += f" The activity of {', '.join(unknown)} is not known."
    return Item(label, text, line.sources, line.status, value=round(total, 1), unit="GBq")


def _interval(last: LedgerEntry, known: PrrtKnowledge, today: date, free: Interval | None) -> Item:
    """The rule of 18 months: met, not met or unknown."""
    rule = known.retreatment_interval_min
    since = (today - last.at.date()).days / DAYS_PER_MONTH
    if free is not None and free.low >= rule.number:
        state = f"met, with {free.low:g} months or more without progression"
    elif free is not None and free.high < rule.number:
        state = f"not met, with at most {free.high:g} months without progression"
    elif free is None and since < rule.number:
        state = "not reached: fewer months have passed since the last cycle"
    else:
        state = "not known: how long the disease was held is not known well enough"
    text = (
        f"{rule.statement.rstrip('.')}: {rule.number:g} months; {state}. "
        f"{since:.0f} months since the last cycle ({last.id}). Salvage after less was reported too, in small cohorts."
    )
    return Item(
        "interval before retreatment", text, rule.sources, rule.status, value=round(since, 1), unit="mo",
        facts=(PROGRESSION_FREE,),
    )  # fmt: skip


def _beside(found: Tolerance) -> Item:
    """A region beside a limit."""
    limit, used = found.limit, found.used_gy
    text = f"{tolerance_words(found)} {limit.statement}"
    label = f"{limit.kinds[0].value} beside limit"
    if used is None:
        return Item(label, text, limit.sources, limit.status)
    return Item(
        label, text, limit.sources, limit.status, value=round(used.value, 2), low=round(used.low, 2),
        high=round(used.high, 2), unit="Gy",
    )  # fmt: skip


def _after_radioembolisation(regions: Sequence[AccumulatedRegion], known: PrrtKnowledge) -> list[Item]:
    """Radioembolisation before: what the liver has received, and that no limit for both is known."""
    found = [
        item("after radioembolisation", known.earlier_radioembolisation),
        item("after radioembolisation, evidence", known.prrt_after_radioembolisation_not_read),
    ]
    for region in regions:
        if region.target.kind is not RegionKind.LIVER_WITHOUT_LESIONS or region.total is None:
            continue
        parts = [f"{kind.value} {dose_words(dose.absorbed_dose_gy)}" for kind, dose in region.by_kind.items()]
        said = "at least: " if region.is_lower_bound else ""
        text = f"Absorbed dose of the liver without lesions so far, {said}{'; '.join(parts)}."
        if region.total.bed_gy is not None:
            text += f" BED of both together {dose_words(region.total.bed_gy)}."
        entry = known.prrt_after_radioembolisation_not_read
        found.append(Item("liver so far", text, entry.sources, entry.status))
    return found
