"""One step of a dose modification as a person reads it, the same for every drug and for radioligand therapy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.followup.toxicity.dose_table import Dose, Reason


class Level(StrEnum):
    """Where a treatment stands."""

    FULL = "full dose"
    REDUCED = "reduced dose"
    ON_HOLD = "on hold"
    STOP_TO_CONFIRM = "on hold, stop to be confirmed"
    STOPPED = "stopped for good"


class Action(StrEnum):
    """What to do now."""

    GIVE = "give"
    HOLD = "hold"
    FIND_OUT = "find out first"
    CONFIRM = "hold and decide"
    STOP = "stop for good"


@dataclass(frozen=True, slots=True)
class DoseStep:
    """What to do about the next dose of one treatment, and why.

    Parameters
    ----------
    drug : Name of the treatment.
    action : Give, hold, find out first, hold and decide, or stop for good.
    level : Where the treatment stands after this step.
    steps_down : How many steps of the ladder lie between the first dose and the one in `dose` or `dose_if_clear`.
    dose : The dose to give; None unless `action` is to give.
    dose_if_clear : The dose once all that is unknown has turned out well; None unless `action` is to find out.
    instruction : What to do, in words.
    reasons : Sentences with their entries.
    find_out : What is not known and would settle the matter.
    """

    drug: str
    action: Action
    level: Level
    steps_down: int
    dose: Dose | None
    dose_if_clear: Dose | None
    instruction: str
    reasons: tuple[Reason, ...]
    find_out: tuple[str, ...]

    @property
    def unchecked(self) -> tuple[Reason, ...]:
        """Reasons that rest on what was not read in its source, to be shown as such."""
        return tuple(reason for reason in self.reasons if not reason.is_checked)

    @property
    def level_words(self) -> str:
        """Where the treatment stands, with the number of steps down."""
        if self.level is Level.REDUCED and self.steps_down:
            return f"{self.level} ({self.steps_down} {'step' if self.steps_down == 1 else 'steps'} down)"
        return str(self.level)
