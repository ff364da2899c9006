"""Receptor and FDG imaging as reported."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from nelm.case.checks import contradiction, raise_all
from nelm.case.fields import (
    Amount,
    Dated,
    Flag,
    Group,
    Leaf,
    Plain,
    Record,
    Text,
    number_schema,
    read_flag,
    read_number,
)
from nelm.case.vocabulary import FdgUptake, Netpet, SstrExtent, SstrUptake
from nelm.errors import InputError, Problem, problem
from nelm.quantities import Domain, Measured

LESION_COUNT = Domain(0, whole=True)


def read_flag_or_count(raw: object) -> bool | Measured:
    """Whether there are such lesions, or how many."""
    if isinstance(raw, bool) or (isinstance(raw, Plain) and raw in ("true", "false")):
        return read_flag(raw)
    try:
        return read_number(raw, LESION_COUNT)
    except InputError:
        remedy = "Write whether there are such lesions, or how many."
        raise problem(raw, 'true, false, or a number of lesions (2, ">=3")', remedy) from None


FlagOrCount = Annotated[
    bool | Measured,
    Leaf(read_flag_or_count, {"anyOf": [{"type": "boolean"}, number_schema(LESION_COUNT)]}),
]


class Sstr(Record):
    """Somatostatin receptor imaging.

    `uptake` is that of the hottest lesion; `extent` says which target lesions reach at least liver uptake;
    `positive` is for a report that says no more than that.
    """

    date: Dated | None = None
    tracer: Text | None = None
    uptake: SstrUptake | None = None
    extent: SstrExtent | None = None
    positive: Flag | None = None
    suv_max: Amount | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems: list[Problem] = []
        below = self.uptake in (SstrUptake.NONE, SstrUptake.BELOW_LIVER)
        if below and self.extent in (SstrExtent.ALL, SstrExtent.SOME):
            problems.append(contradiction("extent", self.extent, "uptake", self.uptake))
        if self.positive is True and self.uptake is SstrUptake.NONE:
            problems.append(contradiction("positive", "true", "uptake", "none"))
        if self.positive is False and self.uptake in (SstrUptake.ABOVE_LIVER, SstrUptake.ABOVE_SPLEEN):
            problems.append(contradiction("positive", "false", "uptake", self.uptake))
        raise_all(problems)
        return self


class Fdg(Record):
    """FDG imaging. `positive_sstr_negative_lesions` is true, false or a number of lesions."""

    date: Dated | None = None
    uptake: FdgUptake | None = None
    positive_sstr_negative_lesions: FlagOrCount | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        lesions = self.positive_sstr_negative_lesions
        some = lesions is True if isinstance(lesions, bool) else lesions is not None and lesions.low > 0
        if self.uptake is FdgUptake.NONE and some:
            raise_all([contradiction("positive_sstr_negative_lesions", lesions, "uptake", "none")])
        return self


class ReceptorImaging(Record):
    """What tracers showed."""

    sstr: Group[Sstr] = Field(default_factory=Sstr)
    fdg: Group[Fdg] = Field(default_factory=Fdg)
    netpet: Netpet | None = None
