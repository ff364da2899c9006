"""The tumour: primary, specimens, grade as printed, stage, hormones, genes."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, ValidationInfo, model_validator

from nelm.case.checks import contradiction, day_of_board, later_than_as_of, raise_all
from nelm.case.fields import Amount, Dated, Flag, Group, Listing, Percent, Record, Text
from nelm.case.vocabulary import (
    CellType,
    Differentiation,
    Dpyd,
    Functioning,
    Hereditary,
    MCategory,
    NCategory,
    PrimarySite,
    SpecimenSite,
    StatedGrade,
    Syndrome,
    TCategory,
)
from nelm.errors import Problem


class Specimen(Record):
    """A biopsy or resection specimen."""

    date: Dated | None = None
    site: SpecimenSite | None = None
    differentiation: Differentiation | None = None
    cell_type: CellType | None = None
    ki67_percent: Percent | None = None
    mitoses_per_2mm2: Amount | None = None
    sstr2_positive: Flag | None = None
    mgmt_deficient: Flag | None = None
    rb1_lost: Flag | None = None
    tp53_mutated: Flag | None = None
    dll3_positive: Flag | None = None


class Tnm(Record):
    """The stage as printed, with its edition (``AJCC9``)."""

    t: TCategory | None = None
    n: NCategory | None = None
    m: MCategory | None = None
    edition: Text | None = None


class Tumour(Record):
    """The tumour and its specimens."""

    primary_site: PrimarySite | None = None
    primary_in_situ: Flag | None = None
    primary_resectable: Flag | None = None
    primary_symptomatic: Flag | None = None
    diagnosed_on: Dated | None = None
    specimens: Listing[Specimen] = ()
    stated_grade: StatedGrade | None = None
    tnm: Group[Tnm] = Field(default_factory=Tnm)
    functioning: Functioning | None = None
    syndromes: Listing[Syndrome] = ()
    hereditary: Hereditary | None = None
    msi_high: Flag | None = None
    tmb_high: Flag | None = None
    dpyd: Dpyd | None = None

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        as_of = day_of_board(info)
        raise_all([*_hormones(self), *_primary(self), *_dates(self, as_of)])
        return self


def _hormones(tumour: Tumour) -> list[Problem]:
    """A tumour without function that has a hormonal syndrome."""
    if tumour.functioning is not Functioning.NON_FUNCTIONING or not tumour.syndromes:
        return []
    listed = ", ".join(tumour.syndromes)
    return [contradiction("functioning", "non_functioning", "syndromes", listed)]


def _primary(tumour: Tumour) -> list[Problem]:
    """A primary that causes symptoms although it is gone."""
    if tumour.primary_in_situ is False and tumour.primary_symptomatic:
        return [contradiction("primary_symptomatic", "true", "primary_in_situ", "false")]
    return []


def _dates(tumour: Tumour, as_of: date | None) -> list[Problem]:
    """Diagnosis or specimen later than the day of the board."""
    if as_of is None:
        return []
    dated = [("diagnosed_on", tumour.diagnosed_on)]
    dated += [(f"specimens[{place}].date", one.date) for place, one in enumerate(tumour.specimens)]
    return [
        later_than_as_of(path, day, as_of) for path, day in dated if day is not None and day.is_after(as_of)
    ]
