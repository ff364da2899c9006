"""What a course document lists by date: images, values, diaries, questionnaires, treatments, toxicities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self, cast

from pydantic import Field, model_validator

from nelm.case.checks import contradiction, raise_all
from nelm.case.course_vocabulary import (
    Checked,
    ContrastPhase,
    CtcaeEdition,
    DoseUnit,
    ImagingModality,
    Instrument,
    LesionSeen,
    NewLesionCertainty,
    Organ,
    ResidualTumour,
)
from nelm.case.fields import (
    Activity,
    Amount,
    Day,
    Flag,
    Grade,
    Group,
    Leaf,
    Length,
    Listing,
    Percent,
    Record,
    Schema,
    Text,
    Volume,
    number_leaf,
    plain_number,
)
from nelm.case.labs import Lab
from nelm.case.treatments import TreatmentOption, named_once, with_other
from nelm.case.vocabulary import CourseBasis, Response, StoppedFor, Symptom
from nelm.errors import InputError, Problem, problem
from nelm.quantities import Domain, Measured, PartialDate

LONGEST_DIARY = 400
OPERATIONS, DEBULKING = ("resection", "transplant"), "resection.debulking"
LOWEST_HU, HIGHEST_HU = -1100, 4000
Attenuation = Annotated[Measured, number_leaf(Domain(LOWEST_HU, HIGHEST_HU))]


def read_counts(raw: object) -> tuple[int | None, ...]:
    """Counts of consecutive days from the date of the entry on; null is a day on which nothing was written."""
    if isinstance(raw, list | tuple):
        items = [plain_number(item) for item in cast("list[object]", raw)]
    else:
        items = [plain_number(raw)]
    for place, item in enumerate(items):
        if item is not None and (type(item) is not int or item < 0):
            raise problem(item, "a whole number of 0 or more, or null for a day that was not written",
                          "Leave out what was not written.", path=f"[{place}]" if len(items) > 1 else "")  # fmt: skip
    if not 1 <= len(items) <= LONGEST_DIARY:
        raise problem(len(items), f"1 to {LONGEST_DIARY} days", "Begin a new entry.")
    return tuple(cast("list[int | None]", items))


def read_answers(raw: object) -> Mapping[int, int]:
    """Answers by the number of the item."""
    if not isinstance(raw, Mapping):
        raise problem(raw, "the number of each item with its answer, such as {1: 2, 29: 5}")
    found: dict[int, int] = {}
    for key, value in cast("Mapping[object, object]", raw).items():
        text, answer = str(key), plain_number(value)
        if not text.isascii() or not text.isdecimal() or text.startswith("0"):
            raise problem(text, "the number of an item, from 1 up")
        if answer is None:
            continue
        if type(answer) is not int:
            raise problem(answer, "a whole number", "Leave out an item that was not answered.", path=text)
        found[int(text)] = answer
    return found


COUNT_SCHEMA: Schema = {"type": "integer", "minimum": 0}
COUNTS_SCHEMA: Schema = {
    "anyOf": [
        COUNT_SCHEMA,
        {"type": "array", "items": {"anyOf": [COUNT_SCHEMA, {"type": "null"}]}, "minItems": 1,
         "maxItems": LONGEST_DIARY},
    ]
}  # fmt: skip
ANSWERS_SCHEMA: Schema = {
    "type": "object",
    "patternProperties": {"^[1-9][0-9]*$": {"type": ["integer", "null"]}},
    "additionalProperties": False,
}
Counts = Annotated[tuple[int | None, ...], Leaf(read_counts, COUNTS_SCHEMA)]
ItemAnswers = Annotated[Mapping[int, int], Leaf(read_answers, ANSWERS_SCHEMA)]


class ImagedLesion(Record):
    """One lesion on one day. `organ` and `node` need to be said once, on the first day."""

    id: Text
    organ: Organ | None = None
    node: Flag | None = None
    target: Flag | None = None
    state: LesionSeen | None = None
    longest_mm: Length | None = None
    short_axis_mm: Length | None = None
    fragments_mm: Listing[Length] = ()
    merged_into: Text | None = None
    viable_mm: Length | None = None
    attenuation_hu: Attenuation | None = None
    volume_ml: Volume | None = None
    sstr_volume_ml: Volume | None = None
    lipiodol: Flag | None = None
    embolised: Flag | None = None
    hypervascular: Flag | None = None
    cystic: Flag | None = None
    new_nodule: Flag | None = None
    treated_locally: Flag | None = None


class NewlySeen(Record):
    """A lesion seen for the first time."""

    id: Text
    organ: Organ
    certainty: NewLesionCertainty
    only_on_receptor_pet: Flag | None = None


class StatedResponse(Record):
    """A response as a report prints it, without the measurements."""

    response: Response
    basis: CourseBasis | None = None


class Imaging(Record):
    """One examination of the whole disease.

    `new_lesions` left out is not known; an empty list says that there are none. `stated` is the word of a report.
    """

    date: Day
    modality: ImagingModality | None = None
    phase: ContrastPhase | None = None
    slice_thickness_mm: Annotated[Measured, number_leaf(Domain(0.1, 50))] | None = None
    lesions: Listing[ImagedLesion] = ()
    new_lesions: Listing[NewlySeen] | None = None
    tracer: Text | None = None
    sstr_volume_ml: Group[Mapping[str, Volume]] = Field(default_factory=dict)
    tumour_volume_ml: Volume | None = None
    markers_normal: Flag | None = None
    stated: StatedResponse | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [one.id for one in self.lesions]
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        raise_all(
            Problem(f"lesions[{names.index(name)}].id", name, "every lesion once", "Give each its own name.")
            for name in dict.fromkeys(twice)
        )
        return self


class CourseLab(Lab):
    """A laboratory value of a day, with what a marker depends on."""

    lower_limit: Amount | None = None
    assay: Text | None = None
    specimen: Text | None = None
    analytical_cv_percent: Percent | None = None
    acid_blocker: Flag | None = None
    haemolysed: Flag | None = None
    interference: Flag | None = None
    collection_complete: Flag | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.date is None or not self.date.is_exact:
            value = "" if self.date is None else self.date.as_written
            raise InputError([Problem("date", value, "the day of the sample, such as 2026-05-01", "Add it.")])
        return self

    @property
    def day(self) -> PartialDate:
        """The day of the sample."""
        assert self.date is not None
        return self.date


class DiaryEntry(Record):
    """What was counted from a day on: a number for that day, or a list for it and those that follow."""

    date: Day
    counts: Mapping[Symptom, Counts]


class Answered(Record):
    """A questionnaire: its answers by item, or a file that holds a FHIR QuestionnaireResponse."""

    date: Day | None = None
    instrument: Instrument | None = None
    answers: ItemAnswers | None = None
    fhir: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        own = (self.date, self.instrument, self.answers)
        if self.fhir is not None and any(item is not None for item in own):
            raise InputError([contradiction("fhir", self.fhir, "answers", "that they are written here")])
        if self.fhir is None:
            raise_all(
                Problem(name, "", "this key with a value", f"Add {name}:, or name a file in fhir:")
                for name, item in zip(("date", "instrument", "answers"), own, strict=True)
                if item is None
            )
        return self


class GivenDose(Record):
    """The dose from a day on; 0 is a pause."""

    date: Day
    amount: Amount
    unit: DoseUnit
    schedule: Text | None = None


class Cycle(Record):
    """One cycle of a treatment that is given in cycles."""

    date: Day
    activity_gbq: Activity | None = None


class CourseTreatment(Record):
    """A treatment of the course; `end` is absent while it goes on.

    `best_response` and `progressed_on` are the words of the record; they give way to images that say more.
    `residual_tumour` is what a resection left in the whole patient.
    """

    option: TreatmentOption | None = None
    other: Text | None = None
    start: Day
    end: Day | None = None
    doses: Listing[GivenDose] = ()
    cycles: Listing[Cycle] = ()
    best_response: Response | None = None
    progressed_on: Day | None = None
    stopped_for: StoppedFor | None = None
    residual_tumour: ResidualTumour | None = None

    @model_validator(mode="before")
    @classmethod
    def _other_in_option(cls, raw: object) -> object:
        return with_other(raw)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        raise_all(
            [*named_once(self.option, self.other), *_ending(self), *_ordered(self), *_not_an_operation(self)]
        )
        return self

    def until(self, day: date) -> Self:
        """The treatment as it was known on a day."""
        over = self.end is not None and self.end <= day
        progressed = self.progressed_on is not None and self.progressed_on <= day
        return self.model_copy(
            update={
                "end": self.end if over else None,
                "stopped_for": self.stopped_for if over else None,
                "best_response": self.best_response if over else None,
                "residual_tumour": self.residual_tumour if over or self.end is None else None,
                "progressed_on": self.progressed_on if progressed else None,
                "doses": tuple(one for one in self.doses if one.date <= day),
                "cycles": tuple(one for one in self.cycles if one.date <= day),
            }
        )


class DatedToxicity(Record):
    """An adverse effect from its first day on; `treatment` names the option that it is put down to."""

    date: Day
    term: Text
    grade: Grade | None = None
    version: CtcaeEdition | None = None
    resolved_on: Day | None = None
    treatment: TreatmentOption | None = None
    tolerable: Flag | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.resolved_on is not None and self.resolved_on < self.date:
            raise_all([contradiction("resolved_on", self.resolved_on, "date", self.date)])
        return self

    def until(self, day: date) -> Self:
        """The toxicity as it was known on a day."""
        over = self.resolved_on is not None and self.resolved_on <= day
        return self if over else self.model_copy(update={"resolved_on": None})


class Review(Record):
    """A visit at which every toxicity was asked for: those that are not listed were absent.

    `low_counts_explained` says whether something other than treatment explains low blood counts of that time.
    """

    date: Day
    no_other_toxicities: Flag | None = None
    low_counts_explained: Flag | None = None


class DatedSymptom(Record):
    """A symptom from a day on; `resolved_on` ends it."""

    date: Day
    name: Symptom
    per_day: Amount | None = None
    ctcae_grade: Grade | None = None
    refractory_to_ssa: Flag | None = None
    resolved_on: Day | None = None


class Echo(Record):
    """An echocardiogram."""

    date: Day
    carcinoid_heart_disease: Flag | None = None
    ejection_fraction_percent: Percent | None = None


class BloodPressure(Record):
    """A blood pressure at rest, in an adult."""

    date: Day
    systolic_mmhg: Annotated[Measured, number_leaf(Domain(40, 320))]
    diastolic_mmhg: Annotated[Measured, number_leaf(Domain(20, 220))]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.diastolic_mmhg.low >= self.systolic_mmhg.high:
            raise_all(
                [contradiction("diastolic_mmhg", self.diastolic_mmhg, "systolic_mmhg", self.systolic_mmhg)]
            )
        return self


class Check(Record):
    """An examination of the calendar that was done and leaves no number."""

    date: Day
    examination: Checked


class Report(Record):
    """Facts of the case that a report of a day changes: part of a case document, merged key by key.

    A list replaces the earlier list as a whole.
    """

    date: Day
    facts: Annotated[Mapping[str, Any], Leaf(lambda raw: _mapping(raw), {"type": "object"})]


def _mapping(raw: object) -> Mapping[str, object]:
    if isinstance(raw, Mapping):
        return cast("Mapping[str, object]", raw)
    raise problem(raw, "part of a case document, such as {patient: {ecog: 2}}")


def _ending(treatment: CourseTreatment) -> list[Problem]:
    """An end before the start, and a reason for stopping what goes on."""
    found: list[Problem] = []
    if treatment.end is not None and treatment.end < treatment.start:
        found.append(contradiction("end", treatment.end, "start", treatment.start))
    if treatment.end is None and treatment.stopped_for is not None:
        found.append(Problem("stopped_for", treatment.stopped_for, "an end of the treatment", "Add end:"))
    return found


def _not_an_operation(treatment: CourseTreatment) -> list[Problem]:
    """What an operation left, said of what is none; a debulking leaves tumour by its definition."""
    left, option = treatment.residual_tumour, treatment.option or ""
    if left is None:
        return []
    if option.partition(".")[0] not in OPERATIONS:
        return [
            Problem("residual_tumour", left, "an operation: resection or transplantation", "Leave it out.")
        ]
    if option == DEBULKING and left is not ResidualTumour.MACROSCOPIC:
        return [contradiction("residual_tumour", left, "option", option)]
    return []


def _ordered(treatment: CourseTreatment) -> list[Problem]:
    """Doses and cycles in order and within the treatment."""
    found: list[Problem] = []
    for name, days in (
        ("doses", [one.date for one in treatment.doses]),
        ("cycles", [one.date for one in treatment.cycles]),
    ):
        for place, day in enumerate(days):
            path = f"{name}[{place}].date"
            if place and day <= days[place - 1]:
                found.append(contradiction(path, day, f"{name}[{place - 1}].date", days[place - 1]))
            if day < treatment.start:
                found.append(contradiction(path, day, "start", treatment.start))
            if treatment.end is not None and day > treatment.end:
                found.append(contradiction(path, day, "end", treatment.end))
    return found
