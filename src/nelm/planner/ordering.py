"""Order within an intent: by named comparisons, dominance first; no score.

Two options are compared on a fixed list of questions, most important first. One that is at least as good on
all and better on some dominates. Otherwise the first question on which they differ decides, and the reason says
on which later one the other would have been better. Ties keep the alphabetical order, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.knowledge import Status
from nelm.planner.plan import AnsweredCriterion, PlannedOption, StatedPosition, TrialEvidence

RANKED = (Verdict.RECOMMENDED, Verdict.OPTION)
STRENGTH = ("first_line", "any_line", "second_line", "later_line", "consider", "investigational")
SUPPORT = STRENGTH[:4]


@dataclass(frozen=True, slots=True)
class Standing:
    """An option's place on one question: lower is better; `words` says why it stands there."""

    place: int
    words: str


def _applying(option: PlannedOption) -> list[StatedPosition]:
    return [item for item in option.positions if item.applies is State.MET]


def _verdict(option: PlannedOption) -> Standing:
    return Standing(RANKED.index(option.verdict), f"verdict: {option.verdict}")


def _bodies(option: PlannedOption) -> Standing:
    """How many bodies or labels support it for this patient, checked against their source."""
    supporting = sorted(
        {
            item.body
            for item in _applying(option)
            if item.position in SUPPORT and item.status is not Status.RECALLED
        }
    )
    return Standing(
        -len(supporting), f"supported for this patient by {', '.join(supporting) or 'no checked guideline'}"
    )


def _opposition(option: PlannedOption) -> Standing:
    opposed = sorted({item.body for item in _applying(option) if item.position == "against"})
    return Standing(
        len(opposed), f"advised against by {', '.join(opposed)}" if opposed else "nobody advises against it"
    )


def _trial(option: PlannedOption) -> Standing:
    """The best evidence in patients like this one."""

    def place(item: TrialEvidence) -> int:
        inside = {State.MET: 0, State.UNKNOWN: 1, State.NOT_MET: 2}[item.would_have_been_in]
        randomised = 0 if item.trial.design == "randomised" else 1
        return inside * 2 + randomised

    if not option.evidence:
        return Standing(6, "no trial on record")
    best = min(option.evidence, key=lambda item: (place(item), item.trial.id))
    words = {
        State.MET: "this patient would have been in",
        State.UNKNOWN: "this patient might have been in",
        State.NOT_MET: "this patient would not have been in",
    }[best.would_have_been_in]
    return Standing(place(best), f"{words} {best.trial.name}")


def _met(option: PlannedOption, kind: Kind) -> list[AnsweredCriterion]:
    return [item for item in option.criteria if item.kind is kind and item.state is State.MET]


def _counted(number: int, words: str) -> str:
    return f"{number or 'none'} {words}"


def _favours(option: PlannedOption) -> Standing:
    number = len(_met(option, Kind.FAVOURS))
    return Standing(-number, _counted(number, "of the listed reasons in favour hold"))


def _cautions(option: PlannedOption) -> Standing:
    number = len(_met(option, Kind.CAUTION))
    return Standing(number, _counted(number, "of the listed cautions hold"))


QUESTIONS = (_verdict, _opposition, _bodies, _favours, _trial, _cautions)


def _standings(option: PlannedOption) -> tuple[Standing, ...]:
    return tuple(question(option) for question in QUESTIONS)


def _reason(first: PlannedOption, second: PlannedOption) -> str:
    """Why the first stands before the second."""
    ours, theirs = _standings(first), _standings(second)
    better = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a.place < b.place]
    worse = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a.place > b.place]
    if not better and not worse:
        return f"equal to {second.name} on every question; alphabetical order"
    decisive = f"before {second.name}: {ours[better[0]].words} (there: {theirs[better[0]].words})"
    if not worse:
        return f"{decisive}; at least as good on every other question"
    return f"{decisive}; though {second.name} is better on: {theirs[worse[0]].words} (here: {ours[worse[0]].words})"


def ranked(options: Sequence[PlannedOption]) -> tuple[PlannedOption, ...]:
    """The options with rank and reasons; only recommended and possible ones have a rank."""
    done: dict[str, PlannedOption] = {item.id: item for item in options}
    for intent in Intent:
        group = [item for item in options if item.intent is intent and item.verdict in RANKED]
        group.sort(key=lambda item: (tuple(s.place for s in _standings(item)), item.id))
        for place, item in enumerate(group):
            following = group[place + 1] if place + 1 < len(group) else None
            own = tuple(s.words for s in _standings(item)[1:5] if s.place)
            reasons = (*own, _reason(item, following)) if following else own
            done[item.id] = replace(item, rank=place + 1, reasons=reasons)
    return tuple(done[item.id] for item in options)
