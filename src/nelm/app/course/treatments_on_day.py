"""Treatments as the case document has them on a day of a course: outcome, cycles, toxicities as known by then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nelm.app.course.documents import Document, items
from nelm.app.course.lines import SINGLE, CourseLines, family, name_of
from nelm.case.course_document import CourseDocument
from nelm.case.course_records import CourseTreatment, DatedToxicity
from nelm.case.vocabulary import Response, StoppedFor
from nelm.followup import Word
from nelm.quantities import DAYS_PER_MONTH, document_value

BEST_FIRST = (Word.CR, Word.PR, Word.SD, Word.PD)
CUT_SHORT = (StoppedFor.TOXICITY, StoppedFor.CHOICE)
"""Reasons for stopping after which a progression that comes later is not that of the treatment."""


def fill_treatments(document: Document, course: CourseDocument, lines: CourseLines) -> None:
    """Treatments of the course; one of the case that the course takes up again is replaced in its place.

    Parameters
    ----------
    document : The case, changed in place.
    course, lines : As known on the day.
    """
    listed = items(document, "treatments")
    for one in sorted(course.treatments, key=lambda item: item.start):
        place = next((number for number, item in enumerate(listed) if _is_same(item, one)), None)
        found = _treatment(one, course, lines)
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


def _treatment(one: CourseTreatment, course: CourseDocument, lines: CourseLines) -> Document:
    """One treatment as it stands."""
    found: Document = {"option": one.option} if one.option else {"other": one.other}
    found["start"] = one.start.isoformat()
    found["ongoing"] = one.end is None and family(one) not in SINGLE
    if not found["ongoing"]:
        found["end"] = (one.end or one.start).isoformat()
    if one.stopped_for is not None:
        found["stopped_for"] = str(one.stopped_for)
    if one.cycles:
        found["cycles"] = len(one.cycles)
        known = [item.activity_gbq for item in one.cycles if item.activity_gbq is not None]
        if len(known) == len(one.cycles):
            low, high = sum(item.low for item in known), sum(item.high for item in known)
            found["activity_gbq"] = rounded(low) if low == high else f"{low:g}..{high:g}"
    found |= _outcome(one, lines)
    toxicities = _toxicities(one, course.toxicities)
    if toxicities:
        found["toxicities"] = toxicities
    return found


def _outcome(one: CourseTreatment, lines: CourseLines) -> Document:
    """Best response, progression and time without it."""
    line = next((item for item in lines.lines if item.start == one.start and one in item.treatments), None)
    found: Document = {}
    if one.progressed_on is not None:
        found["progressed_on"] = True
        found["progression_free_months"] = months_between(one.start, one.progressed_on)
    if line is None:
        return found
    best = line.best
    if best is None and one.best_response is not None:
        best = Word(str(one.best_response))
    seen = [item.day for item in lines.days if item.word is not None and one.start < item.day]
    progressed = [item.day for item in lines.days if item.word is Word.PD and one.start < item.day]
    while_given = any(one.end is None or day <= one.end for day in progressed)
    cut_short = one.stopped_for in CUT_SHORT and not while_given and one.best_response is not Response.PD
    if best in BEST_FIRST and not (best is Word.PD and cut_short):
        found["best_response"] = str(best)
    if family(one) not in SINGLE and while_given:
        found["progressed_on"] = True
    elif "progressed_on" not in found and line.days and not progressed and one.stopped_for is None:
        found["progressed_on"] = False
    if "progression_free_months" not in found:
        found |= _without_progression(one, progressed, seen, _next_other(one, lines))
    return found


def _next_other(one: CourseTreatment, lines: CourseLines) -> date | None:
    """First day of the next line that is more than an analogue; None where there is none."""
    later = (item for item in lines.lines if item.start > one.start)
    return next(
        (item.start for item in later if any(family(other) != "ssa" for other in item.treatments)), None
    )


def _without_progression(
    one: CourseTreatment, progressed: list[date], seen: list[date], until: date | None
) -> Document:
    """Months from the beginning to the first progression; at least so many where other treatment came first."""
    ended = [day for day in progressed if until is None or day <= until]
    if ended:
        return {"progression_free_months": months_between(one.start, ended[0])}
    free = [day for day in seen if until is None or day <= until]
    return {"progression_free_months": f">={months_between(one.start, free[-1]):g}"} if free else {}


def months_between(start: date, end: date) -> float:
    """Time between two days [mo], to one digit."""
    return rounded((end - start).days / DAYS_PER_MONTH, 1)


def rounded(value: float, digits: int = 3) -> float:
    """A number as a document holds it."""
    return float(f"{value:.{digits}f}")


def _toxicities(one: CourseTreatment, listed: Iterable[DatedToxicity]) -> list[Document]:
    """The worst grade of every term that is put down to a treatment, from its beginning on."""
    worst: dict[str, Document] = {}
    for item in listed:
        if item.treatment != name_of(one) or item.date < one.start:
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
