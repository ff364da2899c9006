"""The plan after every event of a course: what moved against the plan before and why, and what is foreclosed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nelm.app.course.case_on_day import case_on
from nelm.app.course.lines import CourseLines, name_of
from nelm.app.planning import case_plan
from nelm.case import Case
from nelm.case.course_document import CourseDocument
from nelm.guideline.criteria import Kind, State, Verdict
from nelm.io.course_files import CourseFile
from nelm.knowledge import Entry, Knowledge
from nelm.planner.plan import AnsweredCriterion, Plan, PlannedOption

EXCLUDED = (Verdict.NOT_INDICATED, Verdict.CONTRAINDICATED)
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that changed between two plans, and the criterion that it answers (empty for a position)."""

    fact: str
    before: str
    after: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Move:
    """One option whose verdict or rank changed.

    Parameters
    ----------
    option, name : Which.
    before, after : Verdicts.
    rank_before, rank_after : Place within the intent; None without one.
    causes : Facts that changed and that its criteria or positions rest on; empty where only others moved.
    """

    option: str
    name: str
    before: Verdict
    after: Verdict
    rank_before: int | None
    rank_after: int | None
    causes: tuple[Cause, ...]

    @property
    def moves_verdict(self) -> bool:
        """Whether the verdict itself changed."""
        return self.before is not self.after

    @property
    def opens_or_closes(self) -> bool:
        """Whether something to do came in or went out, or became the recommended one."""
        return self.moves_verdict and bool({self.before, self.after} & {Verdict.RECOMMENDED, Verdict.OPTION})


@dataclass(frozen=True, slots=True)
class Decision:
    """The plan on one day of the course.

    Parameters
    ----------
    day : The day; everything dated up to it counts.
    events : What happened on it.
    case : The case as it stood.
    plan : Its plan.
    moves : Against the plan before; empty for the first.
    """

    day: date
    events: tuple[str, ...]
    case: Case
    plan: Plan
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Foreclosed:
    """An option that is excluded now, with what excludes it.

    Parameters
    ----------
    option, name, verdict : Which, and how.
    since : Day of the plan from which on it is excluded without a break.
    reasons : Criteria that exclude it.
    causes : Facts that changed on that day and closed it; empty where it was never open.
    """

    option: str
    name: str
    verdict: Verdict
    since: date
    reasons: tuple[AnsweredCriterion, ...]
    causes: tuple[Cause, ...]

    @property
    def by_treatment(self) -> bool:
        """Whether a treatment that was given, and not the state of the disease alone, closed it."""
        return any(cause.fact.startswith("treatments.") for cause in self.causes)


def decisions(file: CourseFile, lines: CourseLines, on: date, knowledge: Knowledge) -> tuple[Decision, ...]:
    """The plan at the beginning, after every event up to a day, and on that day."""
    found: list[Decision] = []
    for day, events in events_of(file, lines, on):
        case = case_on(file, day, knowledge)
        plan = case_plan(case)
        moves = moves_between(found[-1].plan, plan) if found else ()
        found.append(Decision(day, events, case, plan, moves))
    return tuple(found)


def events_of(file: CourseFile, lines: CourseLines, on: date) -> list[tuple[date, tuple[str, ...]]]:
    """Every day on which images were taken, a treatment changed or a report came in, with what happened."""
    told: dict[date, list[str]] = {file.first_day: ["the case as it stood at first"]}
    for day, text in (*_images(file.course, lines), *_changes(file.course), *_reports(file.course)):
        if file.first_day <= day <= on:
            told.setdefault(day, []).append(text)
    told.setdefault(max(on, file.first_day), ["the day asked for"])
    return [(day, tuple(told[day])) for day in sorted(told)]


def _images(course: CourseDocument, lines: CourseLines) -> Iterable[tuple[date, str]]:
    for one in course.imaging:
        seen = lines.day(one.date)
        word = seen.word if seen is not None else None
        yield one.date, f"images: {word}" if word else "images"


def _changes(course: CourseDocument) -> Iterable[tuple[date, str]]:
    for one in course.treatments:
        yield one.start, f"{name_of(one)} begun"
        if one.end is not None and one.end > one.start:
            reason = f" for {one.stopped_for}" if one.stopped_for else ""
            yield one.end, f"{name_of(one)} ended{reason}"


def _reports(course: CourseDocument) -> Iterable[tuple[date, str]]:
    for one in course.reports:
        yield one.date, f"report: {', '.join(one.facts)}"


def moves_between(before: Plan, after: Plan) -> tuple[Move, ...]:
    """Every option whose verdict or rank changed, those with a new verdict first."""
    earlier = {item.id: item for item in before.options}
    facts = (
        {item.name: item.written for item in before.facts},
        {item.name: item.written for item in after.facts},
    )
    found: list[Move] = []
    for item in after.options:
        old = earlier[item.id]
        if (old.verdict, old.rank) != (item.verdict, item.rank):
            causes = _causes(old, item, facts)
            found.append(Move(item.id, item.name, old.verdict, item.verdict, old.rank, item.rank, causes))
    return tuple(sorted(found, key=lambda move: (not move.moves_verdict, move.option)))


def _causes(
    before: PlannedOption, after: PlannedOption, facts: tuple[dict[str, str], dict[str, str]]
) -> tuple[Cause, ...]:
    """Changed facts under criteria whose answer changed; where none did, all changed facts of its criteria."""
    answers = {item.id: item.state for item in before.criteria}
    turned = [item for item in after.criteria if answers.get(item.id) is not item.state]
    closing = {item.id for item in (*excluding(before), *excluding(after))}
    if before.verdict is not after.verdict and (decisive := [item for item in turned if item.id in closing]):
        turned = decisive
    found: dict[str, Cause] = {}
    for item in turned:
        for name in item.facts:
            old, new = facts[0].get(name), facts[1].get(name)
            if old != new:
                found.setdefault(name, Cause(name, old or UNKNOWN, new or UNKNOWN, item.id))
    if found:
        return tuple(found.values())
    spoke = {item.statement: item.applies for item in before.positions}
    if any(spoke.get(item.statement) is not item.applies for item in after.positions):
        changed = [name for name in {**facts[0], **facts[1]} if facts[0].get(name) != facts[1].get(name)]
        return tuple(
            Cause(name, facts[0].get(name, UNKNOWN), facts[1].get(name, UNKNOWN), "")
            for name in changed
            if name.startswith(("course.", "treatments."))
        )
    return ()


def foreclosed(found: tuple[Decision, ...]) -> tuple[Foreclosed, ...]:
    """Options that are excluded in the last plan: first those that a treatment closed, then those closed otherwise."""
    listed: list[Foreclosed] = []
    for item in found[-1].plan.options:
        if item.verdict not in EXCLUDED:
            continue
        since = _since(item.id, found)
        closing = next(one for one in found if one.day == since)
        causes = next((move.causes for move in closing.moves if move.option == item.id), ())
        listed.append(Foreclosed(item.id, item.name, item.verdict, since, excluding(item), causes))
    return tuple(
        sorted(listed, key=lambda one: (not one.by_treatment, not one.causes, one.since, one.option))
    )


def excluding(option: PlannedOption) -> tuple[AnsweredCriterion, ...]:
    """Criteria that close an option: a requirement that is not met, an exclusion that is."""
    return tuple(
        item
        for item in option.criteria
        if (item.kind is Kind.REQUIRES and item.state is State.NOT_MET)
        or (item.kind is Kind.EXCLUDES and item.state is State.MET)
    )


def _since(option: str, found: tuple[Decision, ...]) -> date:
    """First day of the plans that exclude an option without a break up to the last."""
    since = found[-1].day
    for decision in reversed(found):
        item = next(item for item in decision.plan.options if item.id == option)
        if item.verdict not in EXCLUDED:
            break
        since = decision.day
    return since


def consequences(
    found: tuple[Decision, ...], course: CourseDocument, on: date
) -> tuple[tuple[str, Entry], ...]:
    """What the treatments given so far mean for what may follow: treatment and statement, each once."""
    listed: dict[tuple[str, str], tuple[str, Entry]] = {}
    for one in course.treatments:
        if one.start > on:
            continue
        for decision in found:
            item = next((item for item in decision.plan.options if item.id == one.option), None)
            for entry in item.sequence if item is not None else ():
                listed.setdefault((name_of(one), entry.id), (name_of(one), entry))
    return tuple(listed.values())
