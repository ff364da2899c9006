"""The part of the dose machine that decides: where a treatment stands, and what all toxicities together say.

A decision reads the toxicities only through `Said`, the join of what each of them says by itself, and never their
number or their names. So the whole machine of a table is walked by walking every `Standing` under every join that its
toxicities can give, however many they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum, StrEnum, auto

from nelm.errors import problem
from nelm.followup.toxicity.dose_step import Action, Level


class Weight(IntEnum):
    """How strongly a stop is asked for."""

    NONE = 0
    TO_CONFIRM = 1
    FINAL = 2


class Rise(StrEnum):
    """Whether the one rise that a table may allow is still to come."""

    AFTER_FIRST = "after the first dose"
    NOW = "at the next dose"
    CLOSED = "no more"


class Cause(Enum):
    """What a stop comes from."""

    RULE = auto()
    LADDER_END = auto()
    TOO_LONG = auto()
    EARLIER = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """What toxicities say about the next dose; `|` joins what two of them say.

    Parameters
    ----------
    stop : The stop that rules ask for that are newly met.
    to_lowest : Whether one of those rules wants the lowest dose if people decide against the stop.
    lower : Whether a rule that is newly met wants a lower dose.
    waits : Whether a toxicity has not recovered so far that the drug may go on.
    too_long : The stop that follows from a hold that has lasted too long.
    unknown : Whether something is not known that a rule asks for.
    counted : Whether a rule was met since the last dose.
    unwell : Whether something speaks against a rise of the dose.
    """

    stop: Weight = Weight.NONE
    to_lowest: bool = False
    lower: bool = False
    waits: bool = False
    too_long: Weight = Weight.NONE
    unknown: bool = False
    counted: bool = False
    unwell: bool = False

    def __or__(self, other: Said) -> Said:
        return Said(
            max(self.stop, other.stop),
            self.to_lowest or other.to_lowest,
            self.lower or other.lower,
            self.waits or other.waits,
            max(self.too_long, other.too_long),
            self.unknown or other.unknown,
            self.counted or other.counted,
            self.unwell or other.unwell,
        )


@dataclass(frozen=True, slots=True)
class Rungs:
    """The ladder of doses as far as a decision reads it.

    Parameters
    ----------
    start, lowest : Places of the first and of the lowest dose.
    end : The stop where a lower dose is asked for than the lowest.
    lowest_again : Whether the lowest dose may be tried once more first.
    may_rise : Whether one rise by one rung is allowed after the first dose.
    """

    start: int
    lowest: int
    end: Weight
    lowest_again: bool
    may_rise: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a treatment stands, its toxicities left aside.

    Parameters
    ----------
    level : Full, reduced, on hold, stop to be confirmed, or stopped.
    rung : Rung of the last dose given, or of the first one.
    resume : Rung of the next dose, if there is one.
    last_chance : Whether the lowest dose is being tried once more.
    rise : Whether the one rise is still to come.
    hold_accepted : Whether people decided against a stop of this hold.
    cleared : Whether the next dose may be given.
    """

    level: Level
    rung: int
    resume: int
    last_chance: bool = False
    rise: Rise = Rise.CLOSED
    hold_accepted: bool = False
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, the standing that follows, and where a stop comes from; None without one."""

    action: Action
    standing: Standing
    cause: Cause | None = None


def decide(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    """What to do about the next dose.

    Parameters
    ----------
    at : Where the treatment stands.
    said : What its toxicities say together.
    rungs : The ladder of doses.
    """
    if at.level is Level.STOPPED:
        return Verdict(Action.STOP, at, Cause.EARLIER)
    after, ended = _stepped(replace(at, cleared=False), said, rungs)
    asked = ((said.stop, Cause.RULE), (ended, Cause.LADDER_END), (said.too_long, Cause.TOO_LONG))
    for weight, cause in asked:
        if weight is Weight.FINAL:
            return Verdict(Action.STOP, Standing(Level.STOPPED, at.rung, at.rung), cause)
    if at.level is Level.STOP_TO_CONFIRM:
        return Verdict(Action.CONFIRM, after, Cause.EARLIER)
    for weight, cause in asked:
        if weight is Weight.TO_CONFIRM and not (cause is Cause.TOO_LONG and at.hold_accepted):
            return Verdict(
                Action.CONFIRM, replace(after, level=Level.STOP_TO_CONFIRM, rise=Rise.CLOSED), cause
            )
    if said.waits:
        return Verdict(Action.HOLD, replace(after, level=Level.ON_HOLD))
    if said.unknown:
        return Verdict(Action.FIND_OUT, after)
    return _given(after, said, rungs)


def _stepped(at: Standing, said: Said, rungs: Rungs) -> tuple[Standing, Weight]:
    """The standing with the next dose lowered as asked, and the stop where the ladder ends."""
    resume, last_chance, ended = at.resume, at.last_chance, Weight.NONE
    below = min(at.rung + 1, rungs.lowest)
    if said.lower and at.rung < rungs.lowest:
        resume = max(resume, below)
    elif said.lower and rungs.lowest_again and not at.last_chance:
        last_chance = True
    elif said.lower:
        ended = rungs.end
    if said.stop is not Weight.NONE:
        # where the dose goes if people decide against it
        resume = max(resume, rungs.lowest if said.to_lowest else below)
    rise = Rise.CLOSED if resume > at.rung else at.rise
    return replace(at, resume=resume, last_chance=last_chance, rise=rise), ended


def _given(at: Standing, said: Said, rungs: Rungs) -> Verdict:
    """The dose, raised once where the ladder allows it and everything is well."""
    resume, rise = at.resume, at.rise
    if rise is Rise.NOW:
        rise = Rise.CLOSED
        if rungs.may_rise and resume == rungs.start and not said.counted and not said.unwell:
            resume = rungs.start - 1
    level = Level.REDUCED if resume > rungs.start else Level.FULL
    return Verdict(Action.GIVE, replace(at, level=level, resume=resume, rise=rise, cleared=True))


# ------------------------------------------------------------------------------------- what people report
def given(at: Standing, rungs: Rungs) -> Standing:
    """The standing after the dose was given as instructed."""
    if not at.cleared:
        raise problem(
            at.level,
            "a treatment whose next dose was cleared",
            "Record a dose only after next_dose said to give it",
            path="level",
        )
    rise = at.rise
    if rise is Rise.AFTER_FIRST:
        rise = Rise.NOW if at.resume == rungs.start else Rise.CLOSED
    return replace(at, rung=at.resume, hold_accepted=False, cleared=False, rise=rise)


def lowered(at: Standing, rung: int) -> Standing:
    """The standing where a lower dose was taken than instructed: the next dose is not above it."""
    if at.level in (Level.STOPPED, Level.STOP_TO_CONFIRM) or rung <= at.resume:
        return at
    return replace(at, rung=rung, resume=rung, rise=Rise.CLOSED, cleared=False)


def confirmed(at: Standing) -> Standing:
    """Stopped for good, after people confirmed a stop."""
    _needs_confirmation(at)
    return Standing(Level.STOPPED, at.rung, at.rung)


def rejected(at: Standing) -> Standing:
    """On hold until what led to a stop has gone, after people decided against it."""
    _needs_confirmation(at)
    return replace(at, level=Level.ON_HOLD, hold_accepted=True, rise=Rise.CLOSED)


def _needs_confirmation(at: Standing) -> None:
    if at.level is not Level.STOP_TO_CONFIRM:
        raise problem(
            at.level,
            "a stop that waits for confirmation",
            "Confirm or reject a stop only after next_dose asked for it",
            path="level",
        )
