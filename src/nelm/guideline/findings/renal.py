"""Kidney function: creatinine clearance (Cockcroft-Gault, actual weight) beside CKD-EPI 2021.

The two differ where it matters: a small old woman can pass one limit and fail the other, and the
radioligand labels ask for the first [lutathera_smpc].
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import category, number
from nelm.guideline.logic import (
    DefinedNumber,
    Number,
    choose,
    in_unit,
    maximum,
    minimum,
    power,
    power_of_constant,
)
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import LAB_QUANTITIES


@dataclass(frozen=True, slots=True)
class RenalKnowledge:
    """Entries of `renal.toml`."""

    cockcroft_gault_age: Entry
    cockcroft_gault_divisor: Entry
    cockcroft_gault_female: Entry
    ckd_epi_factor: Entry
    ckd_epi_exponent: Entry
    ckd_epi_age: Entry
    ckd_epi_female: Entry
    ckd_epi_kappa_female: Entry
    ckd_epi_kappa_male: Entry
    ckd_epi_alpha_female: Entry
    ckd_epi_alpha_male: Entry


@dataclass(frozen=True, slots=True)
class Renal:
    """Creatinine clearance [mL/min] and estimated filtration rate [mL/min per 1.73 m²]."""

    creatinine_clearance: DefinedNumber
    filtration_rate: DefinedNumber


def _creatinine_mg_dl() -> Number:
    umol_l_per_mg_dl = LAB_QUANTITIES["creatinine"].scales["umol/L"]["mg/dL"]
    return in_unit(number("labs.creatinine") * (1.0 / umol_l_per_mg_dl), "mg/dL")


def _clearance(known: RenalKnowledge) -> Number:
    """(140 - age) x weight / (72 x creatinine), x 0.85 for women [cockcroft_gault]."""
    years_left = known.cockcroft_gault_age.number - number("patient.age_years")
    sex_factor = choose(category("patient.sex").is_("female"), known.cockcroft_gault_female, 1.0)
    divisor = _creatinine_mg_dl() * known.cockcroft_gault_divisor
    return in_unit(years_left * number("patient.weight_kg") * sex_factor / divisor, "mL/min")


def _by_sex(creatinine: Number, kappa: Entry, alpha: Entry, known: RenalKnowledge) -> Number:
    ratio = in_unit(creatinine * (1.0 / kappa.number), "1")
    below = power(minimum(ratio, 1.0), alpha)
    above = power(maximum(ratio, 1.0), known.ckd_epi_exponent)
    return below * above


def _filtration(known: RenalKnowledge) -> Number:
    """142 min(Cr/k,1)^a max(Cr/k,1)^-1.2 0.9938^age, x 1.012 for women [ckd_epi2021_repositories]."""
    creatinine = _creatinine_mg_dl()
    female = _by_sex(creatinine, known.ckd_epi_kappa_female, known.ckd_epi_alpha_female, known)
    male = _by_sex(creatinine, known.ckd_epi_kappa_male, known.ckd_epi_alpha_male, known)
    by_sex = choose(category("patient.sex").is_("female"), female * known.ckd_epi_female, male)
    age_factor = power_of_constant(known.ckd_epi_age.number, number("patient.age_years"))
    return in_unit(by_sex * age_factor * known.ckd_epi_factor, "mL/min/{1.73_m2}")


def renal(knowledge: Knowledge) -> Renal:
    """Kidney function as expressions over the raw facts."""
    known = knowledge.record(RenalKnowledge, "renal")
    return Renal(
        creatinine_clearance=DefinedNumber(
            "renal.creatinine_clearance",
            _clearance(known),
            "mL/min",
            "creatinine clearance (Cockcroft-Gault, actual weight)",
        ),
        filtration_rate=DefinedNumber(
            "renal.filtration_rate",
            _filtration(known),
            "mL/min/{1.73_m2}",
            "estimated glomerular filtration rate (CKD-EPI 2021)",
        ),
    )
