"""The case as it stands on a day of a course: what the reports changed, and what follows from the dated lists.

Everything dated up to the day counts, the day included, and nothing later is read. What follows is written where the
case document has a place for it: best response, progression and toxicities of each treatment, how the disease moved,
size and number of liver lesions, new sites, symptoms, values.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from nelm.app.course.documents import Document, group, items
from nelm.app.course.lines import CourseLines, DayResponse, course_lines
from nelm.app.course.symptoms import symptoms_on
from nelm.app.course.treatments_on_day import fill_treatments, months_between, rounded
from nelm.case import Case, parse_case
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseLab
from nelm.case.document import COMPUTED
from nelm.case.vocabulary import ExtrahepaticSite
from nelm.errors import InputError
from nelm.followup import Examination, Word
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.io.course_files import CourseFile
from nelm.knowledge import Knowledge
from nelm.quantities import Measured, document_value

STATUS = {Word.PD: "progressing", Word.SD: "stable", Word.PR: "responding", Word.CR: "responding"}
DAYS_PER_YEAR = 365.25
LAB_KEYS = ("test", "unit", "value", "date", "upper_limit")
SITES = tuple(str(site) for site in ExtrahepaticSite)


def case_on(file: CourseFile, day: date, knowledge: Knowledge) -> Case:
    """The case as it stands on a day.

    Raises
    ------
    InputError : What was derived contradicts the case; the problems name the places in the derived case.
    """
    document = case_document_on(file, day, knowledge)
    try:
        return parse_case(document)
    except InputError as error:
        raise InputError([one.under(f"case on {day}") for one in error.problems]) from None


def case_document_on(file: CourseFile, day: date, knowledge: Knowledge) -> Document:
    """The same as a document. Only what was known on the day is read, so that nothing later can reach it."""
    kept = file.until(day)
    course, lines = kept.course, course_lines(kept.course, knowledge)
    document = kept.case_on(day)
    _age(document, kept.first_day, day)
    _labs(document, course.labs)
    fill_treatments(document, course, lines)
    _course(document, lines, course)
    _liver(document, lines)
    _symptoms(document, course, day, knowledge.record(SymptomCourseKnowledge, "symptom_course"))
    _heart(document, course)
    return document


def derived_facts(document: Document) -> Document:
    """The parts of a derived case that are put into another case file."""
    kept = ("as_of", "course", "treatments", "symptoms", "labs", "extrahepatic", "evidence")
    found: Document = {key: document[key] for key in kept if document.get(key)}
    liver = group(document, "liver")
    sizes = {
        key: liver[key] for key in ("lesions", "lesion_count", "largest_mm") if liver.get(key) is not None
    }
    if sizes:
        found["liver"] = sizes
    patient = group(document, "patient")
    told = {key: patient[key] for key in ("age_years", "comorbidities") if patient.get(key) is not None}
    if told:
        found["patient"] = told
    return found


def _age(document: Document, first_day: date, day: date) -> None:
    """Completed years that have passed are added to an age in whole years; a range or a bound stays."""
    patient = group(document, "patient")
    age = patient.get("age_years")
    passed = int((day - first_day).days / DAYS_PER_YEAR)
    if passed and age is not None and str(age).isdecimal():
        document["patient"] = {**patient, "age_years": int(str(age)) + passed}


def _labs(document: Document, labs: Iterable[CourseLab]) -> None:
    """Values of the course, after those of the case."""
    listed = items(document, "labs")
    listed += [_lab(one) for one in sorted(labs, key=lambda lab: lab.day.first)]
    document["labs"] = listed


def _lab(one: CourseLab) -> Document:
    found: Document = {"test": str(one.test), "date": one.day.as_written}
    if one.unit is not None:
        found["unit"] = one.unit.as_written
    for key in ("value", "upper_limit"):
        number = getattr(one, key)
        if number is not None:
            found[key] = document_value(number) if isinstance(number, Measured) else str(number)
    return found


# -------------------------------------------------------------------------------------------- disease
def _course(document: Document, lines: CourseLines, course: CourseDocument) -> None:
    """Status, basis and the change since the images before; what the case said of it before is no longer true.

    A report of the course that is not older than the images has the last word.
    """
    said = [item for item in lines.days if item.word is not None]
    reported = [one.date for one in course.reports if "course" in one.facts]
    if not said or any(day >= said[-1].day for day in reported):
        return
    last = said[-1]
    assert last.word is not None
    now: Document = {"status": STATUS[last.word], "basis": last.basis}
    document["course"] = now | _change(lines, last)
    evidence = group(document, "evidence")
    method = f"{COMPUTED}: RECIST 1.1, {last.word}" if last.is_measured else f"{last.word} as the report says"
    evidence["course.status"] = {"source": "course document", "date": last.day.isoformat(), "method": method}
    document["evidence"] = {
        path: item
        for path, item in evidence.items()
        if not path.startswith("course.") or path == "course.status"
    }


def _change(lines: CourseLines, last: DayResponse) -> Document:
    """Months and change of the sum of diameters since the examination before, within one line."""
    line = next(item for item in lines.whole if last in item.days)
    if line.response is None or last.response is None:
        return {}
    place = line.days.index(last)
    total = last.response.recist.targets.total_mm
    if place:
        earlier = line.days[place - 1]
        since, before = earlier.day, earlier.response.recist.targets.total_mm if earlier.response else None
    else:
        since, before = line.response.baseline, last.response.recist.nadir_mm
    if total is None or before is None or before.value <= 0:
        return {}
    percent = 100 * (total.value / before.value - 1)
    return {
        "interval_months": months_between(since, last.day),
        "diameter_change_percent": rounded(percent, 1),
    }


def _liver(document: Document, lines: CourseLines) -> None:
    """Sizes by the last images that measured the liver, and new lesions in and outside it."""
    seen = list(lines.examinations)
    if not seen:
        return
    liver = group(document, "liver")
    listed = items(liver, "lesions")
    last = next(
        (
            one
            for one in reversed(seen)
            if any(item.organ == "liver" and item.measured_mm is not None for item in one.lesions)
        ),
        None,
    )
    if last is not None:
        found = {one.lesion: one for one in last.lesions if one.organ == "liver"}
        for item in listed:
            one = found.get(str(item.get("id")))
            size = one.measured_mm if one is not None else None
            if size is not None:
                item["diameter_mm"] = rounded(size.value, 1)
            if one is not None and one.volume_ml is not None:
                item["volume_ml"] = rounded(one.volume_ml.value, 1)
        measured = [one.measured_mm.value for one in found.values() if one.measured_mm is not None]
        kept = [float(str(item["diameter_mm"])) for item in listed if _is_number(item.get("diameter_mm"))]
        liver["lesions"] = listed
        liver["largest_mm"] = rounded(max((*measured, *kept)), 1)
    _new_lesions(document, liver, seen)
    if liver:
        document["liver"] = liver


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _new_lesions(document: Document, liver: Document, seen: list[Examination]) -> None:
    """Unequivocal new lesions: more in the liver, and sites outside it that were free before."""
    new = [one for item in seen[1:] for one in item.new_lesions or () if str(one.certainty) == "unequivocal"]
    inside = sum(one.organ == "liver" for one in new)
    count = liver.get("lesion_count")
    if inside and count is not None and str(count).isdecimal():
        liver["lesion_count"] = int(str(count)) + inside
    outside = items(document, "extrahepatic")
    named = {str(one.get("site")) for one in outside}
    for one in new:
        if one.organ in SITES and one.organ not in named:
            outside.append({"site": one.organ})
            named.add(one.organ)
    if outside:
        document["extrahepatic"] = outside


# ------------------------------------------------------------------------------------------- symptoms
def _symptoms(document: Document, course: CourseDocument, day: date, known: SymptomCourseKnowledge) -> None:
    """Symptoms by their latest word; the mean of a diary of the last two weeks tells how often they come."""
    listed = {str(one.get("name")): one for one in items(document, "symptoms")}
    for one in symptoms_on(course, day, known):
        if one.is_present:
            listed[str(one.name)] = {**listed.get(str(one.name), {}), **one.facts}
        else:
            listed.pop(str(one.name), None)
    document["symptoms"] = list(listed.values())


def _heart(document: Document, course: CourseDocument) -> None:
    """Carcinoid heart disease that an echocardiogram found."""
    found = any(one.carcinoid_heart_disease for one in course.echo)
    patient = group(document, "patient")
    given = patient.get("comorbidities")
    named = [str(item) for item in cast("list[object]", given)] if isinstance(given, list) else []
    if found and "carcinoid_heart_disease" not in named:
        patient["comorbidities"] = [*named, "carcinoid_heart_disease"]
        document["patient"] = patient
