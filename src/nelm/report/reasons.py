"""The one reason that a reader should see first beside each verdict."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.criteria import Kind, State, Verdict
from nelm.knowledge import Status
from nelm.planner.plan import AnsweredCriterion, PlannedOption, StatedPosition
from nelm.report.wording import POSITION_WORDS, fact_words

DECLINED = "planner.not_declined"
SUPPORT = ("first_line", "any_line", "second_line", "later_line", "consider")
MOST_NEEDS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in one line.

    `lead` opens it ("needs", "not fulfilled"), `text` is the sentence with its sources and status, `needs` the
    missing facts instead of a sentence, `more` how many of them are not named.
    """

    lead: str = ""
    text: str = ""
    sources: tuple[str, ...] = ()
    status: Status = Status.VERIFIED
    needs: tuple[str, ...] = ()
    more: int = 0

    @property
    def words(self) -> str:
        """The reason as plain text."""
        if not self.needs:
            return f"{self.lead} {self.text}".strip()
        named = ", ".join(dict.fromkeys(fact_words(name) for name in self.needs))
        return f"{self.lead} {named}" + (f" and {self.more} more" if self.more else "")


def reason_of(option: PlannedOption) -> Reason:
    """Why the option has its verdict."""
    match option.verdict:
        case Verdict.CONTRAINDICATED:
            return _stated(option, Kind.EXCLUDES, State.MET, "")
        case Verdict.NOT_INDICATED:
            return _stated(option, Kind.REQUIRES, State.NOT_MET, "not fulfilled:")
        case Verdict.UNDETERMINED:
            return _open(option)
        case Verdict.RECOMMENDED | Verdict.OPTION:
            return _supported(option)


def _stated(option: PlannedOption, kind: Kind, state: State, lead: str) -> Reason:
    """The first criterion of a kind and state, as a reason; empty without one."""
    found = [item for item in option.criteria if item.kind is kind and item.state is state]
    found.sort(key=lambda item: item.id == DECLINED)
    return _sentence(found[0], lead) if found else Reason()


def _sentence(item: AnsweredCriterion, lead: str) -> Reason:
    return Reason(lead, item.statement, item.sources, item.status)


def _open(option: PlannedOption) -> Reason:
    held = _stated(
        option, Kind.EXCLUDES, State.MET, "possible contraindication, not yet checked against its source:"
    )
    if held.text:
        return held
    if option.needs:
        names = tuple(dict.fromkeys(need.fact for need in option.needs))
        return Reason("needs", needs=names[:MOST_NEEDS], more=max(0, len(names) - MOST_NEEDS))
    waiting = _stated(option, Kind.REQUIRES, State.UNKNOWN, "not known:")
    return waiting if waiting.text else _stated(option, Kind.EXCLUDES, State.UNKNOWN, "not ruled out:")


def _supported(option: PlannedOption) -> Reason:
    """Who supports it for this patient, else what speaks for it, else what it is for."""
    speaking = [item for item in option.positions if item.applies is State.MET and item.position in SUPPORT]
    speaking.sort(key=lambda item: (item.status is Status.RECALLED, SUPPORT.index(item.position)))
    if speaking:
        return _position(speaking[0])
    favour = _stated(option, Kind.FAVOURS, State.MET, "")
    return favour if favour.text else _stated(option, Kind.REQUIRES, State.MET, "")


def _position(item: StatedPosition) -> Reason:
    lead = f"{item.body}, {POSITION_WORDS.get(item.position, item.position)}:"
    return Reason(lead, item.statement, item.sources, item.status)
