"""The course so far, as the report of a plan shows it: the timeline and what matters of the rest, in short."""

from __future__ import annotations

from collections.abc import Iterable

from nelm.app.course.decisions import Foreclosed
from nelm.app.course.followed import Followed
from nelm.app.course.sections import (
    LINE_HEAD,
    SETS,
    STEP_HEAD,
    answer_words,
    label,
    line_rows,
    line_words,
    status_words,
    step_rows,
    sum_words,
)
from nelm.app.course.view import course_lanes
from nelm.followup.due import Due
from nelm.guideline.criteria import Kind
from nelm.knowledge import Entry, weakest
from nelm.report.course.so_far import CourseSoFar, Part, Told

SHOWN_OF_LINE = ("Line", "Best response", "First response", "Progression")


def course_so_far(followed: Followed) -> CourseSoFar:
    """The course up to the day that it was followed to."""
    parts = (_response(followed), _lines(followed), _doses(followed), _closed(followed), _due(followed))
    shown = tuple(one for one in parts if one.rows or one.said)
    cited = {key for part in shown for told in _all_told(part) for key in told.sources}
    return CourseSoFar(
        course_id=followed.course.id,
        day=followed.on,
        status=status_words(followed),
        lanes=course_lanes(followed),
        parts=shown,
        sources=followed.knowledge.cite(cited),
    )


def _all_told(part: Part) -> Iterable[Told]:
    for row in part.rows:
        yield from row
    yield from part.said


def _told(text: str, entries: Iterable[Entry | None]) -> Told:
    """Words with the sources of the entries that say so; without any they lead to the record."""
    known = [entry for entry in entries if entry is not None]
    keys = tuple(dict.fromkeys(key for entry in known for key in entry.sources))
    return Told(text, keys, weakest(tuple(entry.status for entry in known)))


def _response(followed: Followed) -> Part:
    """What every set of criteria says of the last images, and where they disagree."""
    if not followed.lines.days:
        return Part("Response")
    last = followed.lines.days[-1]
    answers = zip((str(one) for one in SETS), answer_words(last), strict=True)
    rows = [(Told(name), Told(words)) for name, words in answers if words]
    if total := sum_words(last):
        rows.append((Told("sum of diameters"), Told(total)))
    said = [Told(last.remark)] if last.remark else []
    if last.response is not None:
        reasons = (*last.response.disagreement, *last.response.cautions)
        said += [_told(reason.text, (reason.entry,)) for reason in reasons]
    return Part(
        f"Response on {last.day}, under {line_words(followed, last)}",
        rows=tuple(rows),
        said=tuple(dict.fromkeys(said)),
    )


def _lines(followed: Followed) -> Part:
    """Best response and progression of every line."""
    places = [LINE_HEAD.index(name) for name in SHOWN_OF_LINE]
    rows = tuple(tuple(Told(row[place]) for place in places) for row in line_rows(followed))
    return Part("Best response and progression", SHOWN_OF_LINE, rows)


def _doses(followed: Followed) -> Part:
    """The next dose of everything that runs, and the rules that say so."""
    said = [
        _told(f"{item.step.drug}: {reason.text}", (reason.entry,))
        for item in followed.steps
        for reason in item.step.reasons
    ]
    for item in followed.watch.analogues:
        name = label(followed, item.option)
        if item.is_assumed:
            said.append(Told(f"{name}: its dose is not stated; taken as the standard dose."))
        said += [_told(f"{name}: {reason.text}", (reason.entry,)) for reason in item.advice.reasons]
    if followed.watch.telotristat is not None:
        reasons = followed.watch.telotristat.reasons
        said += [_told(f"telotristat: {reason.text}", (reason.entry,)) for reason in reasons]
    rows = tuple(tuple(Told(cell) for cell in row) for row in step_rows(followed))
    return Part("Next doses", STEP_HEAD, rows, tuple(dict.fromkeys(said)))


def _closed(followed: Followed) -> Part:
    """What the course closed, since when, and by which criteria."""
    rows = tuple(
        (Told(item.name, to=f"option-{item.option}"), Told(item.since.isoformat()), _why_closed(item))
        for item in followed.foreclosed
        if item.causes
    )
    return Part("What the course forecloses", ("Option", "Since", "Closed by"), rows)


def _why_closed(item: Foreclosed) -> Told:
    """Whether a treatment closed it, and the criteria that do, which the option lists with their sources."""
    by = "a treatment" if item.by_treatment else "the state of the disease or a value"
    criteria = "; ".join(
        f"{'needs' if reason.kind is Kind.REQUIRES else 'excluded by'}: {reason.statement}"
        for reason in item.reasons
    )
    keys = tuple(dict.fromkeys(key for reason in item.reasons for key in reason.sources))
    status = weakest(tuple(reason.status for reason in item.reasons))
    return Told(f"{by}; {criteria}" if criteria else by, keys, status, f"option-{item.option}")


def _due(followed: Followed) -> Part:
    """The next of every examination, by the end of its window."""
    due: dict[str, Due] = {}
    for one in followed.watch.calendar.due:
        due.setdefault(str(one.examination), one)
    rows = tuple(
        (_told(name, one.entries), Told(_window(one)), Told(str(one.standing(followed.on))))
        for name, one in due.items()
    )
    return Part("Due next", ("Examination", "When", "Standing"), rows)


def _window(one: Due) -> str:
    return str(one.earliest) if one.earliest == one.latest else f"{one.earliest} to {one.latest}"
