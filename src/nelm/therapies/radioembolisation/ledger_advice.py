"""What the dose ledger says for and against another radioembolisation, each line with its source.

The lung limits are those of the plan; the limits of the liver hold for one session and are recalled, so that they are
shown beside each session and are not applied to sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nelm.dosimetry.accumulation import AccumulatedRegion
from nelm.dosimetry.ledger import CourseKind, Ledger, LedgerEntry
from nelm.dosimetry.ledger_words import dose_words, tolerance_words
from nelm.dosimetry.lung_history import lung_history
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.tolerance import DoseLimit, DoseQuantity, Tolerance, lung_tolerance
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Entry, Knowledge
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

LUNG_FACT = "liver.lung_dose_so_far_gy"


def lung_limits(knowledge: Knowledge) -> tuple[DoseLimit, DoseLimit]:
    """Limits of the lung dose of one session and of all together."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    return (
        _lung_limit("limit of one session", known.lung_dose_single_max),
        _lung_limit("limit of all sessions", known.lung_dose_total_max),
    )


def ledger_advice(
    ledger: Ledger, regions: Sequence[AccumulatedRegion], knowledge: Knowledge, *, today: date
) -> tuple[Item, ...]:
    """Lung dose so far beside its limits, liver dose so far by kind of therapy, earlier PRRT, earlier microspheres.

    Parameters
    ----------
    regions : From `accumulated`.
    """
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    sessions = [entry for entry in ledger.entries if entry.kind is CourseKind.RADIOEMBOLISATION]
    cycles = [entry for entry in ledger.entries if entry.kind is CourseKind.PRRT]
    session, total = lung_limits(knowledge)
    found = [_lungs(one) for one in lung_tolerance(lung_history(ledger), session=session, total=total)]
    if sessions:
        found.append(item("earlier radioembolisation", known.repeated))
    if len({entry.option for entry in sessions}) > 1:
        found.append(item("other microspheres before", known.spheres_differ))
    if cycles:
        found += _after_prrt(cycles[-1], known, today)
    livers = [one for one in regions if one.target.kind is RegionKind.LIVER_WITHOUT_LESIONS]
    found += [_liver(one, known) for one in livers if one.total is not None]
    if not any(one.total is not None for one in livers):
        found.append(
            Item("liver so far", "The dose of the liver without lesions is not known of any administration.",
                 known.liver_sum_unknown.sources, known.liver_sum_unknown.status)
        )  # fmt: skip
    found.append(item("liver, one session of resin", known.resin_normal_liver_max))
    if cycles:
        found.append(item("liver, resin after PRRT", known.resin_normal_liver_pretreated_max))
    return (*found, item("liver without toxicity", known.normal_liver_observed))


def _lung_limit(name: str, entry: Entry) -> DoseLimit:
    return DoseLimit(
        name, (RegionKind.LUNG,), DoseQuantity.ABSORBED_DOSE, entry.number, entry.statement, entry.sources,
        entry.status, counted=CourseKind.RADIOEMBOLISATION,
    )  # fmt: skip


def _lungs(found: Tolerance) -> Item:
    """Lungs beside a limit."""
    limit, used = found.limit, found.used_gy
    name = "" if used is not None or found.name is None else f"{found.name}, "
    text = f"{name}{tolerance_words(found)} {limit.statement}"
    if used is None:
        return Item("lungs beside limit", text, limit.sources, limit.status, facts=(LUNG_FACT,))
    return Item(
        "lungs beside limit", text, limit.sources, limit.status, value=round(used.value, 2),
        low=round(used.low, 2), high=round(used.high, 2), unit="Gy", facts=(LUNG_FACT,),
    )  # fmt: skip


def _after_prrt(last: LedgerEntry, known: RadioembolisationKnowledge, today: date) -> list[Item]:
    """PRRT before: the cohort, and the interval beside that of the cohort."""
    cohort = known.interval_after_prrt
    days = (today - last.at.date()).days
    text = f"{days} days since the last cycle of PRRT ({last.id}). {cohort.statement}"
    return [
        item("after PRRT", known.after_prrt),
        Item("interval after PRRT", text, cohort.sources, cohort.status, value=float(days), unit="d"),
    ]


def _liver(region: AccumulatedRegion, known: RadioembolisationKnowledge) -> Item:
    """The liver without lesions so far, by kind of therapy."""
    parts = [f"{kind.value} {dose_words(dose.absorbed_dose_gy)}" for kind, dose in region.by_kind.items()]
    least = "at least: " if region.is_lower_bound else ""
    text = f"Absorbed dose of the liver without lesions so far, {least}{'; '.join(parts)}."
    if region.total is not None and region.total.bed_gy is not None:
        text += f" BED of all together {dose_words(region.total.bed_gy)}."
    if region.remarks:
        text += f" {'. '.join(remark[0].upper() + remark[1:] for remark in region.remarks)}."
    entry = known.liver_sum_unknown
    return Item("liver so far", f"{text} {entry.statement}", entry.sources, entry.status)
