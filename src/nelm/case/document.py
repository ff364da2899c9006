"""The whole case document, ``nelm.case/1``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from nelm.case.checks import contradiction, raise_all
from nelm.case.course import Course, SymptomReport
from nelm.case.fields import Dated, Day, Flag, Group, Leaf, Listing, Record, Text
from nelm.case.labs import Lab
from nelm.case.liver import Extrahepatic, Liver
from nelm.case.patient import Patient
from nelm.case.receptors import ReceptorImaging
from nelm.case.treatments import Preferences, Treatment
from nelm.case.tumour import Tumour
from nelm.case.vocabulary import Comorbidity, ExtrahepaticSite, Parenchyma, PrimarySite, Sex
from nelm.errors import Problem, problem

CASE_SCHEMA = "nelm.case/1"


def read_schema(raw: object) -> str:
    """The version of the document."""
    if isinstance(raw, str) and raw == CASE_SCHEMA:
        return CASE_SCHEMA
    raise problem(raw, CASE_SCHEMA, f"Write schema: {CASE_SCHEMA}")


COMPUTED = "computed"
"""First word of the method of a fact that was computed from others."""


class Evidence(Record):
    """Where a fact came from."""

    source: Text | None = None
    date: Dated | None = None
    method: Text | None = None
    series_uid: Text | None = None
    fhir_reference: Text | None = None

    @property
    def is_computed(self) -> bool:
        """Whether the fact was computed, and is nobody's word: its method begins with `COMPUTED`."""
        return self.method is not None and self.method.startswith(COMPUTED)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Facts of the document that are later than the day of the board.

    Parameters
    ----------
    warnings : One sentence for each ignored fact.
    places : For a list that lost items, the places that the kept items have in the document.
    """

    warnings: tuple[str, ...] = ()
    places: tuple[tuple[str, tuple[int, ...]], ...] = ()


class Case(Record):
    """Everything known of one patient on the day of the board.

    Attributes are named as the keys of the document, except `schema_version` for the key ``schema``. An
    absent group is a group in which nothing is known; an absent list is empty, which says nothing about what
    it does not list.
    """

    model_config = ConfigDict(defer_build=False)

    schema_version: Annotated[str, Leaf(read_schema, {"const": CASE_SCHEMA})] = Field(alias="schema")
    id: Text
    as_of: Day
    patient: Group[Patient] = Field(default_factory=Patient)
    tumour: Group[Tumour] = Field(default_factory=Tumour)
    receptor_imaging: Group[ReceptorImaging] = Field(default_factory=ReceptorImaging)
    liver: Group[Liver] = Field(default_factory=Liver)
    extrahepatic: Listing[Extrahepatic] = ()
    no_other_extrahepatic: Flag | None = None
    course: Group[Course] = Field(default_factory=Course)
    symptoms: Listing[SymptomReport] = ()
    labs: Listing[Lab] = ()
    treatments: Listing[Treatment] = ()
    no_other_treatments: Flag | None = None
    preferences: Group[Preferences] = Field(default_factory=Preferences)
    evidence: Group[Mapping[str, Evidence]] = Field(default_factory=dict)

    _set_aside: SetAside = PrivateAttr(default_factory=SetAside)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was ignored because it is later than `as_of`, one sentence each."""
        return self._set_aside.warnings

    def document_path(self, path: str) -> str:
        """The place in the document of a path in this case, which differs where earlier items were ignored."""
        name, bracket, rest = path.partition("[")
        places = dict(self._set_aside.places).get(name)
        if not bracket or places is None:
            return path
        index, _, tail = rest.partition("]")
        return f"{name}[{places[int(index)]}]{tail}"

    def with_set_aside(self, facts: SetAside) -> Self:
        """The same case, knowing what was ignored."""
        known = self.model_copy()
        known._set_aside = facts
        return known

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        raise_all([*_organs(self), *_liver(self), *_life(self), *_still_ongoing(self)])
        return self


def _organs(case: Case) -> list[Problem]:
    """Disease in an organ that the patient does not have."""
    if case.patient.sex is not Sex.MALE:
        return []
    named = [("tumour.primary_site", case.tumour.primary_site is PrimarySite.OVARY)]
    named += [
        (f"extrahepatic[{place}].site", item.site is ExtrahepaticSite.OVARY)
        for place, item in enumerate(case.extrahepatic)
    ]
    return [contradiction(path, "ovary", "patient.sex", "male") for path, is_ovary in named if is_ovary]


def _liver(case: Case) -> list[Problem]:
    """Cirrhosis in one place and a normal liver in another."""
    cirrhosis = Comorbidity.CIRRHOSIS in case.patient.comorbidities
    if cirrhosis and case.liver.parenchyma is Parenchyma.NORMAL:
        return [contradiction("liver.parenchyma", "normal", "patient.comorbidities", "cirrhosis")]
    return []


def _life(case: Case) -> list[Problem]:
    """Diagnosis or treatment before birth."""
    born = case.patient.birth_date
    if born is None:
        return []
    dated = [("tumour.diagnosed_on", case.tumour.diagnosed_on)]
    dated += [
        (f"tumour.specimens[{place}].date", one.date) for place, one in enumerate(case.tumour.specimens)
    ]
    dated += [(f"treatments[{place}].start", one.start) for place, one in enumerate(case.treatments)]
    dated += [(f"labs[{place}].date", one.date) for place, one in enumerate(case.labs)]
    return [
        contradiction(path, day, "patient.birth_date", "that birth was later")
        for path, day in dated
        if day is not None and day.is_before(born.first)
    ]


def _still_ongoing(case: Case) -> list[Problem]:
    """A treatment that goes on although it ended, or that stopped although its end is to come."""
    problems: list[Problem] = []
    for place, item in enumerate(case.treatments):
        path = f"treatments[{place}]"
        if item.end is None or (item.start is not None and item.start.is_after(case.as_of)):
            continue
        if item.ongoing and item.end.is_before(case.as_of):
            problems.append(contradiction(f"{path}.ongoing", "true", f"{path}.end", item.end))
        if item.ongoing is False and item.end.is_after(case.as_of):
            problems.append(contradiction(f"{path}.ongoing", "false", f"{path}.end", item.end))
    return problems
