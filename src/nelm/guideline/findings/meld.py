"""MELD 3.0 as an expression, and MELD-Na of 2016 as a plain function [meld3_repositories; meldna_cran].

The two are not interchangeable: 3.0 stops counting creatinine at 3.0 mg/dL, the older score at 4.0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nelm.guideline.facts import category, number
from nelm.guideline.laboratory import in_printed_unit
from nelm.guideline.logic import Number, choose, in_unit, log, maximum, minimum, operand

if TYPE_CHECKING:
    from nelm.guideline.findings.liver_function import LiverFunctionKnowledge


def meld3_score(known: LiverFunctionKnowledge) -> Number:
    """MELD 3.0, clamped and not rounded.

    1.33 [women] + 4.56 ln bilirubin + (137 - Na)(0.82 - 0.24 ln bilirubin) + 9.09 ln INR + 11.14 ln Cr
    + (3.5 - albumin)(1.85 - 1.83 ln Cr) + 6; bilirubin and creatinine in mg/dL, albumin in g/dL.
    """
    lowest = known.meld_lower_bound.number
    log_bilirubin = log(maximum(in_printed_unit("bilirubin", "mg/dL"), lowest))
    log_inr = log(maximum(number("labs.inr"), lowest))
    creatinine = maximum(in_printed_unit("creatinine", "mg/dL"), lowest)
    log_creatinine = log(minimum(creatinine, known.meld3_creatinine_cap))
    sodium = minimum(maximum(number("labs.sodium"), known.meld_sodium_low), known.meld_sodium_high)
    albumin = minimum(
        maximum(in_printed_unit("albumin", "g/dL"), known.meld3_albumin_low), known.meld3_albumin_high
    )
    female = choose(category("patient.sex").is_("female"), known.meld3_female, 0)
    missing_sodium = in_unit(operand(known.meld_sodium_high, None) - sodium, "1")
    missing_albumin = in_unit(operand(known.meld3_albumin_high, None) - albumin, "1")
    by_sodium = missing_sodium * (log_bilirubin * known.meld3_sodium_bilirubin.number + known.meld3_sodium)
    by_albumin = missing_albumin * (
        log_creatinine * known.meld3_albumin_creatinine.number + known.meld3_albumin
    )
    return (
        log_bilirubin * known.meld3_bilirubin.number
        + log_inr * known.meld3_inr.number
        + log_creatinine * known.meld3_creatinine.number
        + by_sodium
        + by_albumin
        + female
        + known.meld3_constant.number
    )


def meld_na_2016(
    known: LiverFunctionKnowledge,
    *,
    creatinine_mg_dl: float,
    bilirubin_mg_dl: float,
    inr: float,
    sodium_mmol_l: float,
) -> float:
    """MELD-Na of 2016, not rounded at the end.

    MELD(i) = 0.957 ln Cr + 0.378 ln bilirubin + 1.120 ln INR + 0.643 is rounded to one decimal and multiplied
    by ten; above 11 it becomes MELD(i) + 1.32 (137 - Na) - 0.033 MELD(i) (137 - Na) [meldna_cran].

    Kept for old records; MELD 3.0 replaced it in July 2023.
    """
    lowest = known.meld_lower_bound.number
    creatinine = min(max(creatinine_mg_dl, lowest), known.meld_creatinine_cap.number)
    terms = (
        known.meld_creatinine.number * math.log(creatinine),
        known.meld_bilirubin.number * math.log(max(bilirubin_mg_dl, lowest)),
        known.meld_inr.number * math.log(max(inr, lowest)),
        known.meld_constant.number,
    )
    initial = round(sum(terms), 1) * 10
    if initial <= known.meld_na_from.number:
        return initial
    sodium = min(max(sodium_mmol_l, known.meld_sodium_low.number), known.meld_sodium_high.number)
    missing = known.meld_sodium_high.number - sodium
    return initial + known.meld_na_sodium.number * missing + known.meld_na_product.number * initial * missing
