"""The case as it stands on a day of a course: what the reports changed, and what follows from the dated lists.

Everything dated up to the day counts, the day included. What follows is written where the case document has a place
for it: best response, progression and toxicities of each treatment, the course of the disease, size and number of liver
lesions, new sites, symptoms, values.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from nelm.app.course.lines import DAYS_PER_MONTH, SINGLE, CourseLines, DayResponse, Line, family, name_of
from nelm.app.course.symptoms import symptoms_on
from nelm.case import Case, parse_case
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseLab, CourseTreatment, DatedToxicity
from nelm.case.document import COMPUTED
from nelm.case.vocabulary import ExtrahepaticSite
from nelm.errors import InputError
from nelm.followup import Word
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.io.course_files import CourseFile
from nelm.quantities import Measured, document_value

Document = dict[str, Any]
STATUS = {Word.PD: "progressing", Word.SD: "stable", Word.PR: "responding", Word.CR: "responding"}
DAYS_PER_YEAR = 365.25
LAB_KEYS = ("test", "unit", "value", "date", "upper_limit")
SITES = tuple(str(site) for site in ExtrahepaticSite)


def case_on(file: CourseFile, lines: CourseLines, day: date, known: SymptomCourseKnowledge) -> Case:
    """The case as it stands on a day.

    Raises
    ------
    InputError : What was derived contradicts the case; the problems name the places in the derived case.
    """
    document = case_document_on(file, lines, day, known)
    try:
        return parse_case(document)
    except InputError as error:
        raise InputError([one.under(f"case on {day}") for one in error.problems]) from None


def case_document_on(
    file: CourseFile, lines: CourseLines, day: date, known: SymptomCourseKnowledge
) -> Document:
    """The same as a document."""
    document = cast("Document", file.case_on(day))
    course = file.course
    _age(document, file.first_day, day)
    _labs(document, course.labs, day)
    _treatments(document, course, lines, day)
    _course(document, lines, day, file)
    _liver(document, lines, day)
    _symptoms(document, course, day, known)
    _heart(document, course, day)
    return document


def derived_facts(document: Document) -> Document:
    """The parts of a derived case that are put into another case file."""
    kept = ("as_of", "course", "treatments", "symptoms", "labs", "extrahepatic", "evidence")
    found: Document = {key: document[key] for key in kept if document.get(key)}
    liver = document.get("liver") or {}
    sizes = {
        key: liver[key] for key in ("lesions", "lesion_count", "largest_mm") if liver.get(key) is not None
    }
    if sizes:
        found["liver"] = sizes
    patient = document.get("patient") or {}
    told = {key: patient[key] for key in ("age_years", "comorbidities") if patient.get(key) is not None}
    if told:
        found["patient"] = told
    return found


def _age(document: Document, first_day: date, day: date) -> None:
    """Completed years that have passed are added to an age in whole years; a range or a bound stays."""
    patient = document.get("patient") or {}
    age = patient.get("age_years")
    passed = int((day - first_day).days / DAYS_PER_YEAR)
    if passed and age is not None and str(age).isdecimal():
        patient["age_years"] = int(str(age)) + passed


def _labs(document: Document, labs: Iterable[CourseLab], day: date) -> None:
    """Values up to the day, after those of the case."""
    listed = list(document.get("labs") or [])
    listed += [_lab(one) for one in sorted(labs, key=lambda lab: lab.day.first) if one.day.first <= day]
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


# ------------------------------------------------------------------------------------------ treatments
def _treatments(document: Document, course: CourseDocument, lines: CourseLines, day: date) -> None:
    """Treatments up to the day; one of the case that the course takes up again is replaced in its place."""
    listed = [dict(one) for one in document.get("treatments") or []]
    for one in sorted(course.treatments, key=lambda item: item.start):
        if one.start > day:
            continue
        place = next((number for number, item in enumerate(listed) if _is_same(item, one)), None)
        found = _treatment(one, course, lines, day)
        if place is None:
            listed.append(found)
        else:
            listed[place] = {**listed[place], "ongoing": None, "end": None, **found}
    document["treatments"] = listed


def _is_same(item: Document, one: CourseTreatment) -> bool:
    """Whether a treatment of the case is the one of the course: the same name, and begun then or still ongoing."""
    named = item.get("option") or item.get("other")
    if named is None or str(named) != name_of(one):
        return False
    return str(item.get("start")) == one.start.isoformat() or str(item.get("ongoing")) in ("True", "true")


def _treatment(one: CourseTreatment, course: CourseDocument, lines: CourseLines, day: date) -> Document:
    """One treatment as it stands on the day."""
    found: Document = {"option": one.option} if one.option else {"other": one.other}
    found["start"] = one.start.isoformat()
    single = family(one) in SINGLE
    over = one.end is not None and one.end <= day
    if over or single:
        found["end"] = (one.end or one.start).isoformat()
        found["ongoing"] = False
    else:
        found["ongoing"] = True
    if over and one.stopped_for is not None:
        found["stopped_for"] = str(one.stopped_for)
    cycles = [item for item in one.cycles if item.date <= day]
    if cycles:
        found["cycles"] = len(cycles)
        given = [item.activity_gbq for item in cycles]
        known = [item for item in given if item is not None]
        if len(known) == len(given):
            low, high = sum(item.low for item in known), sum(item.high for item in known)
            found["activity_gbq"] = _rounded(low) if low == high else f"{low:g}..{high:g}"
    found |= _outcome(one, lines, day)
    toxicities = _toxicities(one, course.toxicities, day)
    if toxicities:
        found["toxicities"] = toxicities
    return found


def _outcome(one: CourseTreatment, lines: CourseLines, day: date) -> Document:
    """Best response, progression and time without it, as known on the day."""
    line = next((item for item in lines.lines if item.start == one.start and one in item.treatments), None)
    found: Document = {}
    if one.progressed_on is not None and one.progressed_on <= day:
        found["progressed_on"] = True
        found["progression_free_months"] = _months(one.start, one.progressed_on)
    if line is None:
        return found
    seen = [item for item in line.days if item.day <= day and item.word is not None]
    best = line.best if line.days and line.days[-1].day <= day else _best_so_far(seen)
    if best is None and one.best_response is not None and one.end is not None and one.end <= day:
        best = Word(str(one.best_response))
    if best in STATUS:
        found["best_response"] = str(best)
    progressed = [
        item.day for item in lines.days if item.word is Word.PD and item.day <= day and one.start < item.day
    ]
    during = [when for when in progressed if one.end is None or when <= one.end]
    if during and family(one) not in SINGLE:
        found["progressed_on"] = True
    elif "progressed_on" not in found and seen and not progressed and not one.stopped_for:
        found["progressed_on"] = False
    if "progression_free_months" not in found:
        found |= _free_months(one, line, progressed, seen)
    return found


def _best_so_far(seen: list[DayResponse]) -> Word | None:
    words: list[Word] = []
    for one in seen:
        assert one.word is not None
        words.append(one.word)
        if one.word is Word.PD:
            break
    order = list(STATUS)[::-1]
    return min(words, key=order.index) if words else None


def _free_months(
    one: CourseTreatment, line: Line, progressed: list[date], seen: list[DayResponse]
) -> Document:
    """Months from the beginning to the first progression; at least so many where none was seen, in its own line."""
    if progressed:
        return {"progression_free_months": _months(one.start, progressed[0])}
    if not seen or line.treatments == ():
        return {}
    return {"progression_free_months": f">={_months(one.start, seen[-1].day):g}"}


def _months(start: date, end: date) -> float:
    return _rounded((end - start).days / DAYS_PER_MONTH, 1)


def _rounded(value: float, digits: int = 3) -> float:
    return float(f"{value:.{digits}f}")


def _toxicities(one: CourseTreatment, listed: Iterable[DatedToxicity], day: date) -> list[Document]:
    """The worst grade of every term that is put down to a treatment, from its beginning to the day."""
    worst: dict[str, Document] = {}
    for item in listed:
        if item.treatment != name_of(one) or not one.start <= item.date <= day:
            continue
        found: Document = {"term": item.term}
        if item.grade is not None:
            found["ctcae_grade"] = document_value(item.grade)
        before = worst.get(item.term)
        if before is None or _grade(found) > _grade(before):
            worst[item.term] = found
    return list(worst.values())


def _grade(found: Document) -> float:
    grade = found.get("ctcae_grade")
    return float(grade) if isinstance(grade, int | float) else -1.0


# -------------------------------------------------------------------------------------------- disease
def _course(document: Document, lines: CourseLines, day: date, file: CourseFile) -> None:
    """Status, basis and the change since the images before; what the case said of it before is no longer true."""
    said = [item for item in lines.days if item.day <= day and item.word is not None]
    if not said or any(
        report.date >= said[-1].day and report.date <= day and "course" in report.facts
        for report in file.course.reports
    ):
        return
    last = said[-1]
    assert last.word is not None
    course: Document = {"status": STATUS[last.word], "basis": last.basis}
    course |= _change(lines, last)
    document["course"] = course
    evidence = dict(document.get("evidence") or {})
    method = f"{COMPUTED}: RECIST 1.1, {last.word}" if last.is_measured else f"{last.word} as the report says"
    evidence["course.status"] = {"source": "course document", "date": last.day.isoformat(), "method": method}
    document["evidence"] = {
        path: item
        for path, item in evidence.items()
        if not path.startswith("course.") or path == "course.status"
    }


def _change(lines: CourseLines, last: DayResponse) -> Document:
    """Months and change of the sum of diameters since the examination before, within one line."""
    line = next(
        item for item in (*((lines.before,) if lines.before else ()), *lines.lines) if last in item.days
    )
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
    return {"interval_months": _months(since, last.day), "diameter_change_percent": _rounded(percent, 1)}


def _liver(document: Document, lines: CourseLines, day: date) -> None:
    """Sizes by the last images that measured the liver, and new lesions in and outside it."""
    seen = [one for one in lines.examinations if one.day <= day]
    if not seen:
        return
    liver: Document = dict(document.get("liver") or {})
    listed = [dict(one) for one in liver.get("lesions") or []]
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
                item["diameter_mm"] = _rounded(size.value, 1)
            if one is not None and one.volume_ml is not None:
                item["volume_ml"] = _rounded(one.volume_ml.value, 1)
        measured = [one.measured_mm.value for one in found.values() if one.measured_mm is not None]
        kept = [float(item["diameter_mm"]) for item in listed if _is_number(item.get("diameter_mm"))]
        liver["lesions"] = listed
        liver["largest_mm"] = _rounded(max((*measured, *kept)), 1)
    _new_lesions(document, liver, seen)
    if liver:
        document["liver"] = liver


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _new_lesions(document: Document, liver: Document, seen: list[Any]) -> None:
    """Unequivocal new lesions: more in the liver, and sites outside it that were free before."""
    new = [one for item in seen[1:] for one in item.new_lesions or () if str(one.certainty) == "unequivocal"]
    inside = sum(one.organ == "liver" for one in new)
    count = liver.get("lesion_count")
    if inside and count is not None and str(count).isdecimal():
        liver["lesion_count"] = int(str(count)) + inside
    outside = [dict(one) for one in document.get("extrahepatic") or []]
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
    listed = {str(one.get("name")): dict(one) for one in document.get("symptoms") or []}
    for one in symptoms_on(course, day, known):
        if one.is_present:
            listed[str(one.name)] = {**listed.get(str(one.name), {}), **one.facts}
        else:
            listed.pop(str(one.name), None)
    document["symptoms"] = list(listed.values())


def _heart(document: Document, course: CourseDocument, day: date) -> None:
    """Carcinoid heart disease that an echocardiogram found."""
    found = any(one.carcinoid_heart_disease and one.date <= day for one in course.echo)
    patient: Document = dict(document.get("patient") or {})
    named = [str(item) for item in patient.get("comorbidities") or []]
    if found and "carcinoid_heart_disease" not in named:
        patient["comorbidities"] = [*named, "carcinoid_heart_disease"]
        document["patient"] = patient
