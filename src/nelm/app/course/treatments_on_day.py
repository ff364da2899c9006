"""Treatments as the case document has them on a day of a course: outcome, cycles, toxicities as known by then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nelm.app.course.documents import Document, items
from nelm.app.course.lines import DAYS_PER_MONTH, SINGLE, CourseLines, DayResponse, Line, family, name_of
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment, DatedToxicity
from nelm.followup import Word
from nelm.quantities import document_value

BEST_FIRST = (Word.CR, Word.PR, Word.SD, Word.PD)


def fill_treatments(document: Document, course: CourseDocument, lines: CourseLines, day: date) -> None:
    """Treatments up to the day; one of the case that the course takes up again is replaced in its place."""
    listed = items(document, "treatments")
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
            found["activity_gbq"] = rounded(low) if low == high else f"{low:g}..{high:g}"
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
        found["progression_free_months"] = months_between(one.start, one.progressed_on)
    if line is None:
        return found
    seen = [item for item in line.days if item.day <= day and item.word is not None]
    best = line.best if line.days and line.days[-1].day <= day else _best_so_far(seen)
    if best is None and one.best_response is not None and one.end is not None and one.end <= day:
        best = Word(str(one.best_response))
    if best in BEST_FIRST:
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
        found |= _freemonths_between(one, line, progressed, seen)
    return found


def _best_so_far(seen: list[DayResponse]) -> Word | None:
    words: list[Word] = []
    for one in seen:
        assert one.word is not None
        words.append(one.word)
        if one.word is Word.PD:
            break
    return min(words, key=BEST_FIRST.index) if words else None


def _freemonths_between(
    one: CourseTreatment, line: Line, progressed: list[date], seen: list[DayResponse]
) -> Document:
    """Months from the beginning to the first progression; at least so many where none was seen, in its own line."""
    if progressed:
        return {"progression_free_months": months_between(one.start, progressed[0])}
    if not seen or line.treatments == ():
        return {}
    return {"progression_free_months": f">={months_between(one.start, seen[-1].day):g}"}


def months_between(start: date, end: date) -> float:
    """Time between two days [mo], to one digit."""
    return rounded((end - start).days / DAYS_PER_MONTH, 1)


def rounded(value: float, digits: int = 3) -> float:
    """A number as a document holds it."""
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
