"""CTCAE grades of laboratory values, versions 5.0 and 6.0 [ctcae5; ctcae6].

Values are in the canonical units of `quantities`. A value given as a bound or a range, and whatever is not known
beside it (limit of normal, value before treatment, symptoms), widens the grade to every grade that it can be; the grade
then says what would settle it. What CTCAE judges at the bedside (grade 4 of anaemia, transfusion, admission) is not
read off a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.grading import (
    NONE,
    WORST_BY_NUMBER,
    CtcaeVersion,
    Grade,
    Normal,
    Span,
    below_all,
    fallen,
    limits,
    multiple,
    risen,
)
from nelm.followup.toxicity.knowledge import CtcaeKnowledge
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import every, exceeds, negated

__all__ = [
    "CtcaeVersion",
    "Grade",
    "LabReading",
    "SugarManagement",
    "corrected_calcium_mmol_l",
    "graded",
    "graded_in_both",
    "hypertension_grade",
    "proteinuria_grade",
]

TWO_GRADES = (2, 3)
NAMES = {"alp": "alkaline phosphatase", "alt": "ALT", "ast": "AST", "ggt": "gamma-glutamyltransferase"}


class SugarManagement(StrEnum):
    """What high glucose led to, by which version 5 grades it."""

    NOTHING = "nothing"
    TABLETS = "tablets or a change of daily management"
    INSULIN = "insulin or admission"
    LIFE_THREATENING = "life-threatening"


@dataclass(frozen=True, slots=True)
class LabReading:
    """A laboratory value and what its grade depends on beside it, in canonical units; None is not known.

    Parameters
    ----------
    value : The value, as exactly as it is known.
    lower_limit, upper_limit : Limits of normal of the laboratory.
    baseline : The value before treatment.
    baseline_normal : Whether that value was normal, where only this is known.
    symptomatic : Whether a low sodium or potassium gives symptoms or is treated for itself.
    albumin_g_l : Albumin of the same day, for calcium [g/L].
    fasting : Whether glucose was taken fasting.
    management : What high glucose led to.
    """

    value: Interval
    lower_limit: Interval | None = None
    upper_limit: Interval | None = None
    baseline: Interval | None = None
    baseline_normal: bool | None = None
    symptomatic: bool | None = None
    albumin_g_l: Interval | None = None
    fasting: bool | None = None
    management: SugarManagement | None = None


def graded(
    test: LabTest, reading: LabReading, *, version: CtcaeVersion, known: CtcaeKnowledge
) -> tuple[Grade, ...]:
    """Every adverse event that a value of one test can be, with its grade; empty for a test that CTCAE does not grade.

    Parameters
    ----------
    test : The test, which fixes the unit of `reading`.
    reading : The value and what is known beside it.
    version : The edition; it is kept in every grade.
    known : The limits.
    """
    match test:
        case (
            LabTest.NEUTROPHILS
            | LabTest.PLATELETS
            | LabTest.HAEMOGLOBIN
            | LabTest.LEUKOCYTES
            | LabTest.LYMPHOCYTES
        ):
            return (_count(test, reading, version, known),)
        case LabTest.BILIRUBIN | LabTest.ALT | LabTest.AST | LabTest.ALP | LabTest.GGT:
            return (_liver(test, reading, version, known),)
        case LabTest.CREATININE:
            return (_creatinine(reading, version, known),)
        case LabTest.POTASSIUM | LabTest.SODIUM | LabTest.CALCIUM | LabTest.ALBUMIN:
            return _salts(test, reading, version, known)
        case LabTest.GLUCOSE:
            return _low_glucose(reading, version, known), _high_glucose(reading, version, known)
        case _:
            return ()


def graded_in_both(test: LabTest, reading: LabReading, *, known: CtcaeKnowledge) -> tuple[Grade, ...]:
    """The grades by version 5 and by version 6; where they differ, the entry that says so stands beside each."""
    five = graded(test, reading, version=CtcaeVersion.FIVE, known=known)
    six = graded(test, reading, version=CtcaeVersion.SIX, known=known)
    found: list[Grade] = []
    for old, new in zip(five, six, strict=True):
        extra = () if old.interval == new.interval else (known.versions_differ,)
        found += [_with(old, extra), _with(new, extra)]
    return tuple(found)


def proteinuria_grade(protein_g_24h: Interval, *, is_raised: bool | None, known: CtcaeKnowledge) -> Grade:
    """Grade of protein in urine collected over 24 hours [g], adults, version 5.

    Parameters
    ----------
    protein_g_24h : Protein in 24 hours [g].
    is_raised : Whether it lies above the limit of the laboratory; None is not known.
    known : The limits.
    """
    bounds = limits(known.proteinuria_5)

    def at(grams: float, raised: bool) -> int:
        passed = sum(grams >= bound for bound in bounds)
        return passed + 1 if passed or raised else NONE

    span = Span(
        at(protein_g_24h.low, is_raised is True),
        at(protein_g_24h.high, is_raised is not False),
        () if is_raised is not None else ("the laboratory's limit of urine protein",),
    )
    return span.graded("Proteinuria", CtcaeVersion.FIVE, known.proteinuria_5)


def hypertension_grade(systolic_mmhg: Interval, diastolic_mmhg: Interval, known: CtcaeKnowledge) -> Grade:
    """Grade of a blood pressure in an adult by its numbers alone, version 5.

    Grade 4 is a matter of consequences, so that a pressure of grade 3 may be either. The drugs that it
    takes are not counted.
    """

    def at(systolic: float, diastolic: float) -> int:
        pairs = ((systolic, known.systolic_5), (diastolic, known.diastolic_5))
        return max(sum(value >= bound for bound in limits(entry)) for value, entry in pairs)

    low, high = at(systolic_mmhg.low, diastolic_mmhg.low), at(systolic_mmhg.high, diastolic_mmhg.high)
    crisis = high == len(limits(known.systolic_5))
    missing = ("whether there is a hypertensive crisis",) if crisis else ()
    span = Span(low, high + crisis, missing)
    return span.graded("Hypertension", CtcaeVersion.FIVE, known.systolic_5, known.diastolic_5)


def corrected_calcium_mmol_l(calcium: Interval, albumin_g_l: Interval, known: CtcaeKnowledge) -> Interval:
    """Calcium corrected for albumin [mmol/L]: calcium + 0.02 (40 - albumin)."""
    per_gram, usual = known.calcium_per_albumin.number, known.calcium_albumin_usual.number
    return Interval(
        calcium.low + per_gram * (usual - albumin_g_l.high),
        calcium.high + per_gram * (usual - albumin_g_l.low),
    )


def _with(grade: Grade, extra: tuple[Entry, ...]) -> Grade:
    entries = (*grade.entries, *extra)
    return Grade(grade.term, grade.version, grade.low, grade.high, entries, grade.missing)


# ---------------------------------------------------------------------------------------------- counts
def _count(test: LabTest, reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> Grade:
    """Blood counts."""
    five = version is CtcaeVersion.FIVE
    value, lower = reading.value, _lower(reading, str(test))
    match test:
        case LabTest.NEUTROPHILS if not five:
            entry = known.neutrophils_6
            return below_all(value, entry).graded("Neutrophil count decreased", version, entry)
        case LabTest.NEUTROPHILS:
            return _low("Neutrophil count decreased", (value, lower), known.neutrophils_5, version)
        case LabTest.PLATELETS:
            term = "Platelet count decreased" if five else "Thrombocytopenia"
            entry = known.platelets_5 if five else known.platelets_6
            return _low(term, (value, lower), entry, version)
        case LabTest.HAEMOGLOBIN:
            span = fallen(value, known.haemoglobin_low, normal=lower, grades=TWO_GRADES)
            return span.graded("Anemia", version, known.haemoglobin_low)
        case LabTest.LEUKOCYTES:
            return _low("White blood cell decreased", (value, lower), known.leukocytes_low, version)
        case _ if five:
            return _low("Lymphocyte count decreased", (value, lower), known.lymphocytes_5, version)
        case _:
            entry = known.lymphocytes_6_not_found
            span = Span(NONE, WORST_BY_NUMBER, ("the bands of lymphocytes in version 6",))
            return span.graded("Lymphocyte count decreased", version, entry)


def _low(term: str, seen: tuple[Interval, Normal], entry: Entry, version: CtcaeVersion) -> Grade:
    value, lower = seen
    return fallen(value, entry, normal=lower).graded(term, version, entry)


def _lower(reading: LabReading, name: str) -> Normal:
    return Normal.lower(reading.lower_limit, reading.upper_limit, name)


def _upper(reading: LabReading, name: str) -> Normal:
    return Normal.upper(reading.upper_limit, reading.lower_limit, name)


# ----------------------------------------------------------------------------------------------- liver
def _liver(test: LabTest, reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> Grade:
    """Bilirubin and enzymes: multiples of the upper limit, or of the value before treatment where that was raised."""
    five = version is CtcaeVersion.FIVE
    match test:
        case LabTest.BILIRUBIN:
            raised = known.bilirubin_raised_5 if five else known.bilirubin_raised_6
            term, normal, included = "Blood bilirubin increased", known.bilirubin_normal, not five
        case LabTest.ALT | LabTest.AST:
            raised = known.transaminases_raised_5 if five else known.transaminases_raised_6
            kind = "Alanine" if test is LabTest.ALT else "Aspartate"
            term, normal, included = f"{kind} aminotransferase increased", known.transaminases_normal, True
        case LabTest.ALP if not five:
            return _alp_6(reading, known)
        case _:
            raised = known.cholestasis_raised_5 if five else known.ggt_raised_6
            term = "Alkaline phosphatase increased" if test is LabTest.ALP else "GGT increased"
            normal, included = known.cholestasis_normal, True
    name = NAMES.get(str(test), str(test))
    was_raised = _was_raised(reading)
    spans: list[Span] = []
    if was_raised is not True:
        spans.append(_of_upper_limit(reading, normal, name))
    if was_raised is not False:
        spans.append(_of_raised_baseline(reading, raised, name, included))
    span = spans[0] if len(spans) == 1 else spans[0].or_else(spans[1])
    return span.graded(term, version, normal, raised)


def _was_raised(reading: LabReading) -> bool | None:
    """Whether the value before treatment lay above the upper limit."""
    answer = None
    if reading.baseline is not None and reading.upper_limit is not None:
        answer = exceeds(reading.baseline, reading.upper_limit)
    return negated(reading.baseline_normal) if answer is None else answer


def _of_upper_limit(reading: LabReading, entry: Entry, name: str) -> Span:
    if reading.upper_limit is None:
        return Span(NONE, WORST_BY_NUMBER, (f"the upper limit of {name}",))
    return multiple(reading.value, entry, of=reading.upper_limit)


def _of_raised_baseline(reading: LabReading, entry: Entry, name: str, included: bool) -> Span:
    """By multiples of a raised value before treatment; what is not known of it lies somewhere above the upper limit."""
    before, upper = reading.baseline, reading.upper_limit
    missing = () if before else (f"{name} before treatment",)
    if before is None and upper is None:
        return Span(NONE, WORST_BY_NUMBER, (*missing, f"the upper limit of {name}"))
    low, high = (before.low, before.high) if before else (-math.inf, math.inf)
    if upper is not None:
        low = max(low, math.nextafter(upper.low, math.inf))
        high = max(low, high)
    found = multiple(reading.value, entry, of=Interval(low, high), first_included=included)
    return Span(found.low, found.high, missing)


def _alp_6(reading: LabReading, known: CtcaeKnowledge) -> Grade:
    """Version 6: above both the upper limit and the value before treatment is grade 1, and nothing is more."""
    value, upper, before = reading.value, reading.upper_limit, reading.baseline
    over_limit = None if upper is None else exceeds(value, upper)
    over_before = None if before is None else exceeds(value, before)
    if before is None and over_limit and reading.baseline_normal:
        over_before = True
    answer = every((over_limit, over_before))
    wanted = (
        (f"the upper limit of {NAMES['alp']}", over_limit),
        (f"{NAMES['alp']} before treatment", over_before),
    )
    missing = tuple(words for words, known_answer in wanted if known_answer is None)
    low, high = (NONE, 1) if answer is None else (int(answer), int(answer))
    return Span(low, high, missing).graded("Alkaline phosphatase increased", CtcaeVersion.SIX, known.alp_6)


# ---------------------------------------------------------------------------------------------- kidney
def _creatinine(reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> Grade:
    """Version 5: the worse of both multiples; version 6: of the value before treatment only if it was below normal."""
    by_limit = _of_upper_limit(reading, known.creatinine_upper_limit, "creatinine")
    by_baseline = _of_any_baseline(reading, known.creatinine_baseline)
    entries = (known.creatinine_upper_limit, known.creatinine_baseline)
    if version is CtcaeVersion.FIVE:
        return by_limit.worse_of(by_baseline).graded("Creatinine increased", version, *entries)
    was_low = _was_low(reading)
    low_case = _grades_1_and_4(by_limit).worse_of(by_baseline)
    if was_low is None:
        both = by_limit.or_else(low_case)
        wanted = ("creatinine before treatment and the lower limit", *both.missing)
        span = Span(both.low, both.high, tuple(dict.fromkeys(wanted)))
    else:
        span = low_case if was_low else by_limit
    return span.graded("Creatinine increased", version, *entries)


def _of_any_baseline(reading: LabReading, entry: Entry) -> Span:
    """Grades 2 and 3 by multiples of the value before treatment; a normal one lies within the limits."""
    before, missing = reading.baseline, ()
    if before is None:
        missing = ("creatinine before treatment",)
        lower = reading.lower_limit.low if reading.lower_limit and reading.baseline_normal else 0.0
        upper = reading.upper_limit.high if reading.upper_limit and reading.baseline_normal else math.inf
        before = Interval(lower, upper)
    span = multiple(reading.value, entry, of=before, first_grade=2)
    return Span(span.low, span.high, missing)


def _was_low(reading: LabReading) -> bool | None:
    """Whether creatinine before treatment lay below the lower limit."""
    if reading.baseline_normal:
        return False
    if reading.baseline is None or reading.lower_limit is None:
        return None
    return exceeds(reading.lower_limit, reading.baseline)


def _grades_1_and_4(span: Span) -> Span:
    """What the upper limit still gives where grades 2 and 3 go by the value before treatment."""

    def kept(grade: int) -> int:
        return grade if grade in (NONE, WORST_BY_NUMBER) else 1

    return Span(kept(span.low), kept(span.high), span.missing)


# ------------------------------------------------------------------------------- salts, albumin, sugar
def _salts(
    test: LabTest, reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge
) -> tuple[Grade, ...]:
    """Potassium, sodium, calcium and albumin."""
    value, name = reading.value, str(test)
    lower, upper = _lower(reading, name), _upper(reading, name)
    match test:
        case LabTest.POTASSIUM:
            down = _by_symptoms(reading, known.potassium_low, "potassium", ((1, 3, 4), (2, 3, 4)))
            up = risen(value, known.potassium_high, normal=upper)
            return (
                down.graded("Hypokalemia", version, known.potassium_low),
                up.graded("Hyperkalemia", version, known.potassium_high),
            )
        case LabTest.SODIUM:
            down = _by_symptoms(reading, known.sodium_low, "sodium", ((1, 2, 3, 4), (1, 3, 3, 4)))
            up = risen(value, known.sodium_high, normal=upper)
            return (
                down.graded("Hyponatremia", version, known.sodium_low),
                up.graded("Hypernatremia", version, known.sodium_high),
            )
        case LabTest.CALCIUM:
            return _calcium(reading, version, known)
        case _:
            span = fallen(value, known.albumin_low, normal=lower, grades=TWO_GRADES)
            return (span.graded("Hypoalbuminemia", version, known.albumin_low),)


def _by_symptoms(
    reading: LabReading, entry: Entry, name: str, grades: tuple[tuple[int, ...], tuple[int, ...]]
) -> Span:
    """A low value whose grade depends on symptoms: `grades` below normal and each limit, without and with them."""
    spans: list[Span] = []
    for symptoms, (first, *others) in zip((False, True), grades, strict=True):
        if reading.symptomatic in (None, symptoms):
            span = fallen(reading.value, entry, normal=_lower(reading, name), grades=tuple(others))
            spans.append(
                Span(_first(span.low, first, others), _first(span.high, first, others), span.missing)
            )
    if len(spans) == 1:
        return spans[0]
    either = spans[0].or_else(spans[1])
    if spans[0] == spans[1]:
        return either
    return Span(either.low, either.high, (*either.missing, f"symptoms or treatment of low {name}"))


def _first(grade: int, first: int, others: list[int]) -> int:
    """Grade 1 read as the grade that a value below normal has here."""
    return first if grade == 1 and 1 not in others else grade


def _calcium(reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> tuple[Grade, ...]:
    """Calcium, corrected for albumin."""
    used = (known.calcium_per_albumin, known.calcium_albumin_usual)
    if reading.albumin_g_l is None:
        unknown = Span(NONE, WORST_BY_NUMBER, ("albumin of the same day",))
        return (
            unknown.graded("Hypocalcemia", version, known.calcium_low, *used),
            unknown.graded("Hypercalcemia", version, known.calcium_high, *used),
        )
    value = corrected_calcium_mmol_l(reading.value, reading.albumin_g_l, known)
    down = fallen(value, known.calcium_low, normal=_lower(reading, "calcium"))
    up = risen(value, known.calcium_high, normal=_upper(reading, "calcium"))
    return (
        down.graded("Hypocalcemia", version, known.calcium_low, *used),
        up.graded("Hypercalcemia", version, known.calcium_high, *used),
    )


def _low_glucose(reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> Grade:
    span = fallen(reading.value, known.glucose_low, normal=_lower(reading, "glucose"))
    return span.graded("Hypoglycemia", version, known.glucose_low)


def _high_glucose(reading: LabReading, version: CtcaeVersion, known: CtcaeKnowledge) -> Grade:
    """Version 5 by what was done about it, version 6 by the number."""
    if version is CtcaeVersion.FIVE:
        return _sugar_by_management(reading).graded("Hyperglycemia", version, known.glucose_high_5)
    entry = known.glucose_high_6
    fasting = risen(reading.value, entry, normal=_upper(reading, "glucose"))
    low, high = (grade if grade > 2 else NONE for grade in (fasting.low, fasting.high))
    after_food = Span(low, high)
    if reading.fasting is True:
        return fasting.graded("Hyperglycemia", version, entry)
    if reading.fasting is False:
        return after_food.graded("Hyperglycemia", version, entry)
    either = fasting.or_else(after_food)
    span = Span(either.low, either.high, (*either.missing, "whether glucose was taken fasting"))
    return span.graded("Hyperglycemia", version, entry)


def _sugar_by_management(reading: LabReading) -> Span:
    """Grade 1 to 4 by what high glucose led to, if the value is above normal and above that before treatment."""
    upper = reading.upper_limit
    over_limit = None if upper is None else exceeds(reading.value, upper)
    over_before = None if reading.baseline is None else exceeds(reading.value, reading.baseline)
    if reading.baseline is None and reading.baseline_normal:
        over_before = over_limit
    answer = every((over_limit, over_before))
    if answer is False:
        return Span(NONE, NONE)
    order = tuple(SugarManagement)
    low, high = 1, WORST_BY_NUMBER
    missing: list[str] = []
    if reading.management is None:
        missing.append("what was done about high glucose")
    else:
        low = high = order.index(reading.management) + 1
    if answer is None:
        wanted = (("the upper limit of glucose", over_limit), ("glucose before treatment", over_before))
        missing += [words for words, found in wanted if found is None]
        low = NONE
    return Span(low, high, tuple(missing))
