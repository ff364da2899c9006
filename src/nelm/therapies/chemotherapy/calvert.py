"""Carboplatin by the Calvert formula."""

from __future__ import annotations


def carboplatin_dose(
    *,
    target_auc_mg_min_ml: float,
    filtration_ml_min: float,
    offset_ml_min: float,
    filtration_cap_ml_min: float,
) -> float:
    """Carboplatin dose [mg]: AUC x (GFR + offset), with the filtration rate capped.

    Parameters
    ----------
    target_auc_mg_min_ml : Target area under the concentration curve [mg min/mL].
    filtration_ml_min : Glomerular filtration rate, not indexed to body surface [mL/min].
    offset_ml_min : Constant of the formula, 25 in the paper [mL/min].
    filtration_cap_ml_min : Highest rate that is entered when it was estimated from creatinine [mL/min].

    Notes
    -----
    The formula was fitted to measured filtration rates; the cap guards against low creatinine values
    [calvert1989; fda2010_carboplatin]. The label names targets from 4 to 7 mg min/mL [carboplatin_smpc].

    Examples
    --------
    >>> carboplatin_dose(target_auc_mg_min_ml=5, filtration_ml_min=70, offset_ml_min=25, filtration_cap_ml_min=125)
    475.0
    """
    return float(target_auc_mg_min_ml * (min(filtration_ml_min, filtration_cap_ml_min) + offset_ml_min))
