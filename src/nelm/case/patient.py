"""Who the patient is, as far as treatment depends on it."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import ValidationInfo, model_validator

from nelm.case.checks import contradiction, day_of_board, later_than_as_of, raise_all
from nelm.case.fields import Age, Dated, Ecog, Flag, Height, Listing, Record, Weight
from nelm.case.vocabulary import Comorbidity, Sex
from nelm.errors import Problem
from nelm.quantities import PartialDate


class Patient(Record):
    """The patient. `comorbidities` lists what is present; absence must be said by `no_other_comorbidities`."""

    sex: Sex | None = None
    age_years: Age | None = None
    birth_date: Dated | None = None
    height_cm: Height | None = None
    weight_kg: Weight | None = None
    ecog: Ecog | None = None
    pregnant: Flag | None = None
    breastfeeding: Flag | None = None
    fit_for_major_surgery: Flag | None = None
    comorbidities: Listing[Comorbidity] = ()
    no_other_comorbidities: Flag | None = None

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        as_of = day_of_board(info)
        raise_all([*_reproduction(self), *_age(self, as_of)])
        return self


def _reproduction(patient: Patient) -> list[Problem]:
    """A man who is pregnant or breastfeeding."""
    if patient.sex is not Sex.MALE:
        return []
    return [
        contradiction(name, "true", "sex", "male")
        for name, stated in (("pregnant", patient.pregnant), ("breastfeeding", patient.breastfeeding))
        if stated
    ]


def _age(patient: Patient, as_of: date | None) -> list[Problem]:
    """A birth in the future, or an age that the birth date excludes."""
    born = patient.birth_date
    if born is None or as_of is None:
        return []
    if born.is_after(as_of):
        return [later_than_as_of("birth_date", born, as_of)]
    if patient.age_years is None:
        return []
    youngest, oldest = (_completed_years(day, as_of) for day in (born.last, born.first))
    if patient.age_years.high >= youngest and patient.age_years.low < oldest + 1:
        return []
    return [contradiction("age_years", patient.age_years, "birth_date", _years(born, youngest, oldest))]


def _completed_years(born: date, as_of: date) -> int:
    """Age in completed years [a], 0 for a birth later than `as_of`."""
    return max(0, as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day)))


def _years(born: PartialDate, youngest: int, oldest: int) -> str:
    """The age that a birth date gives, in words; the date itself is not repeated."""
    return f"an age of {youngest}" if youngest == oldest else f"an age of {youngest} to {oldest}"
