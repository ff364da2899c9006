"""Liver function: Child-Pugh with both albumin tables, ALBI, MELD 3.0 [cliot_cran; johnson2015_albi]."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import category, number
from nelm.guideline.findings.meld import meld3_score
from nelm.guideline.laboratory import laboratory_limit
from nelm.guideline.logic import Boolean, DefinedNumber, Number, Partition, choose, log10
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class LiverFunctionKnowledge:
    """Entries of `liver_function.toml`."""

    child_pugh_bilirubin_one_below: Entry
    child_pugh_bilirubin_three_above: Entry
    child_pugh_albumin_one_above: Entry
    child_pugh_albumin_three_below: Entry
    child_pugh_albumin_three_below_alternative: Entry
    child_pugh_inr_one_below: Entry
    child_pugh_inr_three_above: Entry
    child_pugh_a_to: Entry
    child_pugh_b_to: Entry
    child_pugh_extrapolated: Entry
    child_pugh_biliary_disease: Entry
    albi_bilirubin: Entry
    albi_albumin: Entry
    albi_grade_one_to: Entry
    albi_grade_two_to: Entry
    meld3_female: Entry
    meld3_bilirubin: Entry
    meld3_sodium: Entry
    meld3_sodium_bilirubin: Entry
    meld3_inr: Entry
    meld3_creatinine: Entry
    meld3_albumin: Entry
    meld3_albumin_creatinine: Entry
    meld3_constant: Entry
    meld3_creatinine_cap: Entry
    meld3_albumin_low: Entry
    meld3_albumin_high: Entry
    meld_lower_bound: Entry
    meld_sodium_low: Entry
    meld_sodium_high: Entry
    meld_creatinine: Entry
    meld_bilirubin: Entry
    meld_inr: Entry
    meld_constant: Entry
    meld_creatinine_cap: Entry
    meld_na_from: Entry
    meld_na_sodium: Entry
    meld_na_product: Entry


@dataclass(frozen=True, slots=True)
class LiverFunction:
    """Scores of liver function.

    `child_pugh_score` is 5 to 15; what is not known of it widens the interval. `child_pugh` is the class of
    that score (words A, B, C). The scores named `alternative` give three points for albumin below 3.0 g/dL
    instead of 2.8. `albi_grade` has the words 1, 2, 3. `meld` is MELD 3.0, not rounded.
    """

    child_pugh_score: DefinedNumber
    child_pugh: Partition
    child_pugh_score_alternative: DefinedNumber
    child_pugh_alternative: Partition
    albi: DefinedNumber
    albi_grade: Partition
    meld: DefinedNumber


def _points(one: Boolean, two: Boolean) -> Number:
    """One, two or three points; every number of points that is still possible."""
    return choose(one, 1, choose(two, 2, 3))


def _albumin_points(known: LiverFunctionKnowledge, three_below: Entry) -> Number:
    albumin = number("labs.albumin")
    return _points(
        albumin > laboratory_limit("albumin", known.child_pugh_albumin_one_above),
        albumin >= laboratory_limit("albumin", three_below),
    )


def _child_pugh_score(known: LiverFunctionKnowledge, three_below: Entry) -> Number:
    """Sum of five parts of one to three points each."""
    bilirubin, inr = number("labs.bilirubin"), number("labs.inr")
    ascites, encephalopathy = category("liver.ascites"), category("liver.encephalopathy")
    bilirubin_points = _points(
        bilirubin < laboratory_limit("bilirubin", known.child_pugh_bilirubin_one_below),
        bilirubin <= laboratory_limit("bilirubin", known.child_pugh_bilirubin_three_above),
    )
    inr_points = _points(inr < known.child_pugh_inr_one_below, inr <= known.child_pugh_inr_three_above)
    ascites_points = _points(ascites.is_("none"), ascites.is_("mild"))
    encephalopathy_points = _points(encephalopathy.is_("none"), encephalopathy.is_("grade_1_2"))
    albumin_points = _albumin_points(known, three_below)
    return bilirubin_points + albumin_points + inr_points + ascites_points + encephalopathy_points


def _child_pugh_class(name: str, score: Number, known: LiverFunctionKnowledge) -> Partition:
    in_a, in_a_or_b = score <= known.child_pugh_a_to, score <= known.child_pugh_b_to
    return Partition(name, (("A", in_a), ("B", in_a_or_b & ~in_a), ("C", ~in_a_or_b)), "Child-Pugh class")


def _albi(known: LiverFunctionKnowledge) -> Number:
    """0.66 log10(bilirubin [µmol/L]) - 0.085 albumin [g/L]."""
    return (
        log10(number("labs.bilirubin")) * known.albi_bilirubin.number
        + number("labs.albumin") * known.albi_albumin.number
    )


def _albi_grade(score: Number, known: LiverFunctionKnowledge) -> Partition:
    first, second = score <= known.albi_grade_one_to, score <= known.albi_grade_two_to
    return Partition("liver.albi_grade", (("1", first), ("2", second & ~first), ("3", ~second)), "ALBI grade")


def liver_function(knowledge: Knowledge) -> LiverFunction:
    """Liver function as expressions over the raw facts."""
    known = knowledge.record(LiverFunctionKnowledge, "liver_function")
    score = DefinedNumber(
        "liver.child_pugh_score",
        _child_pugh_score(known, known.child_pugh_albumin_three_below),
        "1",
        "Child-Pugh score",
    )
    alternative = DefinedNumber(
        "liver.child_pugh_score_alternative",
        _child_pugh_score(known, known.child_pugh_albumin_three_below_alternative),
        "1",
        "Child-Pugh score, other albumin limit",
    )
    albi = DefinedNumber("liver.albi", _albi(known), "1", "albumin-bilirubin score")
    return LiverFunction(
        child_pugh_score=score,
        child_pugh=_child_pugh_class("liver.child_pugh_class", score, known),
        child_pugh_score_alternative=alternative,
        child_pugh_alternative=_child_pugh_class("liver.child_pugh_class_alternative", alternative, known),
        albi=albi,
        albi_grade=_albi_grade(albi, known),
        meld=DefinedNumber("liver.meld3", meld3_score(known), "1", "MELD 3.0, not rounded"),
    )
