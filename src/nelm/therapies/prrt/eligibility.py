"""The numbers that a course has to pass, each beside its limit: how far away it is, or that it is not known."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.row.cells import interval_words
from nelm.guideline.therapy import Item, PatientView, stated
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.therapies.prrt.knowledge import PrrtKnowledge

UPTAKE = "receptor_imaging.sstr.uptake"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number of the patient and the limit that it is read against.

    Attributes: `label` the number in words, `fact` its name, `limit` the limit of the label, `trial` the stricter one
    of trials, `is_floor` whether the number must not be below (else not above).
    """

    label: str
    fact: str
    limit: Entry
    trial: Entry | None = None
    is_floor: bool = True


def gauges(known: PrrtKnowledge) -> tuple[Gauge, ...]:
    """Kidneys, blood, liver and tumour burden."""
    bilirubin = "labs.bilirubin.times_upper_limit"
    return (
        Gauge(
            "creatinine clearance",
            "renal.creatinine_clearance",
            known.creatinine_clearance_min,
            known.trial_filtration_min,
        ),
        Gauge("haemoglobin", "labs.haemoglobin", known.haemoglobin_min, known.haemoglobin_trial_min),
        Gauge("platelets", "labs.platelets", known.platelets_min, known.platelets_trial_min),
        Gauge("leukocytes", "labs.leukocytes", known.leukocytes_min, known.leukocytes_trial_min),
        Gauge(
            "bilirubin, multiple of the upper limit",
            bilirubin,
            known.bilirubin_max,
            known.bilirubin_trial_max,
            is_floor=False,
        ),
        Gauge("albumin", "labs.albumin", known.albumin_min),
        Gauge("share of the liver replaced", "liver.burden_percent", known.burden_high, is_floor=False),
    )


def eligibility(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """One line for each number, and one for the receptors."""
    return (*(reading(patient, gauge) for gauge in gauges(known)), receptors(patient, known))


def reading(patient: PatientView, gauge: Gauge) -> Item:
    """A number of the patient beside its limit."""
    value, unit = patient.number(gauge.fact), _unit(gauge.limit)
    parts = [gauge.limit] + ([gauge.trial] if gauge.trial else [])
    if value is None:
        side = "at least" if gauge.is_floor else "at most"
        text = f"Not known; to find out. Limit: {side} {gauge.limit.number:g}{unit}."
    else:
        text = f"{interval_words(value)}{unit}: {_place(value, gauge.limit, is_floor=gauge.is_floor)}."
    if gauge.trial is not None and value is not None:
        trial = _place(value, gauge.trial, is_floor=gauge.is_floor)
        text += f" For the trials: {trial}."
    text += f" {gauge.limit.statement}"
    shown = round(value.low, 2) if value is not None and value.is_exact else value
    unit = None if value is None else gauge.limit.unit
    return stated(f"eligibility: {gauge.label}", text, parts, shown, unit=unit, facts=(gauge.fact,))


def receptors(patient: PatientView, known: PrrtKnowledge) -> Item:
    """Uptake of the hottest lesion beside that of the liver."""
    entry, word = known.receptor_expression, patient.word(UPTAKE)
    enough = patient.truth("receptors.at_least_liver")
    seen = "not stated" if word is None else word.replace("_", " ")
    answer = {True: "reaches the liver", False: "stays below the liver", None: "not known; to find out"}[
        enough
    ]
    text = f"Uptake of the hottest lesion: {seen} ({answer}). {entry.statement}"
    return stated("eligibility: receptors", text, (entry,), word, facts=(UPTAKE,))


def _place(value: Interval, limit: Entry, *, is_floor: bool) -> str:
    """Where a number lies from a limit: how far on the good or the bad side, or that the limit is inside it."""
    unit, number = _unit(limit), limit.number
    nearest, farthest = (
        (value.low - number, value.high - number) if is_floor else (number - value.high, number - value.low)
    )
    if nearest >= 0:
        return f"within the limit of {number:g}{unit} by {nearest:.3g}{unit}"
    if farthest < 0:
        return f"beyond the limit of {number:g}{unit} by {-farthest:.3g}{unit}"
    return f"the limit of {number:g}{unit} lies inside what is known"


def _unit(entry: Entry) -> str:
    return "" if entry.unit in (None, "1") else f" {entry.unit}"
