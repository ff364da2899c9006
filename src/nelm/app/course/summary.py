"""The course so far, as the report of a plan shows it: the timeline and what matters of the rest, in short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nelm.app.course.decisions import Foreclosed
from nelm.app.course.followed import Followed
from nelm.app.course.sections import (
    LINE_HEAD,
    NOT_KNOWN,
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
from nelm.report.course.so_far import Cell, CourseSoFar, Part, Told

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
        for cell in row:
            yield from cell
    yield from part.said


def _told(text: str, entries: Iterable[Entry | None]) -> Told:
    """Words with the sources of the entries that say so; without any they lead to the record."""
    known = [entry for entry in entries if entry is not None]
    keys = tuple(dict.fromkeys(key for entry in known for key in entry.sources))
    return Told(text, keys, weakest(tuple(entry.status for entry in known)))


def _response(followed: Followed) -> Part:
    """What every set of criteria, or the report, says of the last images, and where the criteria disagree."""
    if not followed.lines.days:
        return Part("Response")
    last = followed.lines.days[-1]
    title = f"Response on {last.day}, under {line_words(followed, last)}"
    said = [Told(last.remark)] if last.remark else []
    if last.response is None:
        return Part(title, rows=(_row("by the report", str(last.word or NOT_KNOWN)),), said=tuple(said))
    answers = zip((str(one) for one in SETS), answer_words(last), strict=True)
    rows = [_row(name, words) for name, words in answers]
    if total := sum_words(last):
        rows.append(_row("sum of diameters", total))
    reasons = (*last.response.disagreement, *last.response.cautions)
    said += [_told(reason.text, (reason.entry,)) for reason in reasons]
    return Part(title, rows=tuple(rows), said=tuple(dict.fromkeys(said)))


def _row(*cells: str) -> tuple[Cell, ...]:
    """Words of the record."""
    return tuple((Told(cell),) for cell in cells)


def _lines(followed: Followed) -> Part:
    """Best response and progression of every line."""
    places = [LINE_HEAD.index(name) for name in SHOWN_OF_LINE]
    rows = tuple(_row(*(row[place] for place in places)) for row in line_rows(followed))
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
    rows = tuple(_row(*row) for row in step_rows(followed))
    return Part("Next doses", STEP_HEAD, rows, tuple(dict.fromkeys(said)), is_wide=True)


def _closed(followed: Followed) -> Part:
    """What the course closed, since when, and by which criteria; options that share day and reason in one row."""
    groups: dict[tuple[date, str], list[Foreclosed]] = {}
    for item in followed.foreclosed:
        if item.causes:
            groups.setdefault((item.since, _why_closed(item)), []).append(item)
    rows = tuple(
        (
            tuple(Told(item.name, to=f"option-{item.option}") for item in group),
            (Told(since.isoformat()),),
            (_with_sources(why, group),),
        )
        for (since, why), group in groups.items()
    )
    return Part("What the course forecloses", ("Option", "Since", "Closed by"), rows, is_wide=True)


def _why_closed(item: Foreclosed) -> str:
    """Whether a treatment closed it, and the criteria that do."""
    by = "a treatment" if item.by_treatment else "the state of the disease or a value"
    criteria = "; ".join(
        f"{'needs' if reason.kind is Kind.REQUIRES else 'excluded by'}: {reason.statement}"
        for reason in item.reasons
    )
    return f"{by}; {criteria}" if criteria else by


def _with_sources(why: str, group: Iterable[Foreclosed]) -> Told:
    """Why, with the sources of the criteria."""
    reasons = [reason for item in group for reason in item.reasons]
    keys = tuple(dict.fromkeys(key for reason in reasons for key in reason.sources))
    return Told(why, keys, weakest(tuple(reason.status for reason in reasons)))


def _due(followed: Followed) -> Part:
    """The next of every examination, by the end of its window; those of the same window in one row."""
    nearest: dict[str, Due] = {}
    for one in followed.watch.calendar.due:
        nearest.setdefault(str(one.examination), one)
    groups: dict[tuple[str, str], list[Told]] = {}
    for name, one in nearest.items():
        place = (_window(one), str(one.standing(followed.on)))
        groups.setdefault(place, []).append(_told(name, one.entries))
    rows = tuple((tuple(told), *_row(when, standing)) for (when, standing), told in groups.items())
    return Part("Due next", ("Examination", "When", "Standing"), rows, is_wide=True)


def _window(one: Due) -> str:
    return str(one.earliest) if one.earliest == one.latest else f"{one.earliest} to {one.latest}"
