"""What is known before a cycle, and which toxicities of the label's table it shows: yes, no or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.errors import problem
from nelm.followup.toxicity.ctcae import CtcaeVersion
from nelm.guideline.row.cells import interval_words
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import above, at_least, below, every, negated, some
from nelm.therapies.prrt.knowledge import PrrtKnowledge

LOWEST, HIGHEST = 0, 5
"""CTCAE grades; 0 says that there is nothing to grade."""


class Toxicity(StrEnum):
    """The rows of the table of dose modifications. Lymphopenia is none of them."""

    PLATELETS = "thrombocytopenia"
    ANAEMIA = "anaemia"
    NEUTROPHILS = "neutropenia"
    KIDNEY = "kidney toxicity"
    LIVER = "liver toxicity"
    OTHER = "another adverse reaction"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a patient on the day that decides about the next cycle; None is not known.

    A grade wins over the number beside it; grades and numbers are intervals, so that a vague report is one too.
    Leukocytes are not asked: a low count is neutropenia, which has a rule, or lymphopenia, which has none.

    Parameters
    ----------
    platelets_grade, anaemia_grade, neutropenia_grade, lymphopenia_grade, other_grade : CTCAE grades, 0 to 5; `other`
        is the worst of all other adverse reactions that the treatment may have caused.
    platelets, neutrophils : Counts [10*9/L].
    haemoglobin_g_l : Haemoglobin [g/L].
    ctcae : Edition that neutrophils given as a number are graded by.
    creatinine_clearance_ml_min : By Cockcroft-Gault and actual weight [mL/min].
    creatinine_rise_percent, clearance_fall_percent : Change from before the first cycle [%].
    kidney_at_baseline, liver_at_baseline : Whether the organ is back to what it was before the first cycle.
    bilirubin_times_upper_limit : Bilirubin as a multiple of the upper limit [1].
    albumin_g_l : Albumin [g/L].
    prothrombin_ratio_percent : Prothrombin activity (Quick) [%]; an INR is not one.
    delay_weeks : How long toxicity has put off the cycle beyond the day on which it was due [wk].
    """

    platelets_grade: Interval | None = None
    platelets: Interval | None = None
    anaemia_grade: Interval | None = None
    haemoglobin_g_l: Interval | None = None
    neutropenia_grade: Interval | None = None
    neutrophils: Interval | None = None
    ctcae: CtcaeVersion | None = None
    lymphopenia_grade: Interval | None = None
    creatinine_clearance_ml_min: Interval | None = None
    creatinine_rise_percent: Interval | None = None
    clearance_fall_percent: Interval | None = None
    kidney_at_baseline: bool | None = None
    bilirubin_times_upper_limit: Interval | None = None
    albumin_g_l: Interval | None = None
    prothrombin_ratio_percent: Interval | None = None
    liver_at_baseline: bool | None = None
    other_grade: Interval | None = None
    delay_weeks: Interval | None = None

    def __post_init__(self) -> None:
        for name in ("platelets", "anaemia", "neutropenia", "lymphopenia", "other"):
            grade: Interval | None = getattr(self, f"{name}_grade")
            if grade is not None and not (grade.low >= LOWEST and grade.high <= HIGHEST):
                raise problem(
                    f"{grade.low:g}..{grade.high:g}", "a CTCAE grade from 0 to 5", path=f"{name}_grade"
                )


def present(toxicity: Toxicity, seen: Assessment, known: PrrtKnowledge) -> bool | None:
    """Whether a toxicity is there that holds a cycle; None when what is known does not settle it."""
    match toxicity:
        case Toxicity.PLATELETS:
            by_number = below(seen.platelets, known.ctcae5_platelets_grade_2.number)
            return _graded(seen.platelets_grade, known.hold_platelets_grade, by_number)
        case Toxicity.ANAEMIA:
            by_number = below(seen.haemoglobin_g_l, known.ctcae5_haemoglobin_grade_3.number)
            return _graded(seen.anaemia_grade, known.hold_blood_grade, by_number)
        case Toxicity.NEUTROPHILS:
            return _graded(seen.neutropenia_grade, known.hold_blood_grade, _neutropenia(seen, known))
        case Toxicity.KIDNEY:
            return _kidney(seen, known)
        case Toxicity.LIVER:
            return _liver(seen, known)
        case Toxicity.OTHER:
            return _graded(seen.other_grade, known.hold_other_grade, None)


def resolved(toxicity: Toxicity, seen: Assessment, known: PrrtKnowledge) -> bool | None:
    """Whether a toxicity that held a cycle has gone far enough to resume; kidney and liver must be at baseline.

    For blood and other reactions the grade to wait for is the one below the grade that holds.
    """
    gone = negated(present(toxicity, seen, known))
    match toxicity:
        case Toxicity.KIDNEY:
            return every((gone, seen.kidney_at_baseline))
        case Toxicity.LIVER:
            return every((gone, seen.liver_at_baseline))
        case _:
            return gone


def rule(toxicity: Toxicity, known: PrrtKnowledge) -> Entry:
    """The entry that says when a toxicity holds a cycle and what follows."""
    match toxicity:
        case Toxicity.PLATELETS:
            return known.hold_platelets
        case Toxicity.ANAEMIA | Toxicity.NEUTROPHILS:
            return known.hold_blood
        case Toxicity.KIDNEY:
            return known.hold_renal
        case Toxicity.LIVER:
            return known.hold_hepatic
        case Toxicity.OTHER:
            return known.hold_other


QUESTIONS = {
    Toxicity.PLATELETS: "platelets",
    Toxicity.ANAEMIA: "haemoglobin",
    Toxicity.NEUTROPHILS: "neutrophils, with the CTCAE edition that grades them",
    Toxicity.KIDNEY: "creatinine and its clearance, both compared with those before the first cycle",
    Toxicity.LIVER: "bilirubin, albumin and, if that is low, the prothrombin ratio",
    Toxicity.OTHER: "whether another adverse reaction has reached grade 3",
}
"""What settles whether a toxicity is there."""
RETURNS = {
    Toxicity.KIDNEY: "whether the kidneys are back to what they were before the first cycle",
    Toxicity.LIVER: "whether the liver is back to what it was before the first cycle",
}
"""What settles whether a toxicity of an organ has gone."""


def sighting(toxicity: Toxicity, seen: Assessment) -> str:
    """What was seen of a toxicity, in words."""
    shown: dict[Toxicity, tuple[tuple[str, Interval | None], ...]] = {
        Toxicity.PLATELETS: (("grade", seen.platelets_grade), ("platelets in 10*9/L", seen.platelets)),
        Toxicity.ANAEMIA: (("grade", seen.anaemia_grade), ("haemoglobin in g/L", seen.haemoglobin_g_l)),
        Toxicity.NEUTROPHILS: (
            ("grade", seen.neutropenia_grade),
            ("neutrophils in 10*9/L", seen.neutrophils),
        ),
        Toxicity.KIDNEY: (
            ("clearance in mL/min", seen.creatinine_clearance_ml_min),
            ("creatinine risen by %", seen.creatinine_rise_percent),
            ("clearance fallen by %", seen.clearance_fall_percent),
        ),
        Toxicity.LIVER: (
            ("bilirubin in upper limits", seen.bilirubin_times_upper_limit),
            ("albumin in g/L", seen.albumin_g_l),
            ("prothrombin ratio in %", seen.prothrombin_ratio_percent),
        ),
        Toxicity.OTHER: (("grade", seen.other_grade),),
    }
    return ", ".join(f"{name} {interval_words(value, 3)}" for name, value in shown[toxicity] if value)


def _graded(grade: Interval | None, limit: Entry, by_number: bool | None) -> bool | None:
    return by_number if grade is None else at_least(grade, limit.number)


def _neutropenia(seen: Assessment, known: PrrtKnowledge) -> bool | None:
    """By the edition named; without one only where both editions agree."""
    five = below(seen.neutrophils, known.ctcae5_neutrophils_grade_3.number)
    six = below(seen.neutrophils, known.ctcae6_neutrophils_grade_3.number)
    match seen.ctcae:
        case CtcaeVersion.FIVE:
            return five
        case CtcaeVersion.SIX:
            return six
        case None:
            return five if five is six else None


def _kidney(seen: Assessment, known: PrrtKnowledge) -> bool | None:
    change = known.hold_renal_change.number
    return some(
        (
            below(seen.creatinine_clearance_ml_min, known.hold_renal_clearance.number),
            at_least(seen.creatinine_rise_percent, change),
            at_least(seen.clearance_fall_percent, change),
        )
    )


def _liver(seen: Assessment, known: PrrtKnowledge) -> bool | None:
    low_albumin = below(seen.albumin_g_l, known.hold_albumin.number)
    low_prothrombin = below(seen.prothrombin_ratio_percent, known.hold_prothrombin.number)
    jaundice = above(seen.bilirubin_times_upper_limit, known.hold_bilirubin.number)
    return some((jaundice, every((low_albumin, low_prothrombin))))
