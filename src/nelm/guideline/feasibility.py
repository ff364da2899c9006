"""Whether a local treatment can reach one lesion: yes, no or unknown, by which distance and which limit.

Every slice that treats lesions one by one gives these records; the planner lays them side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nelm.knowledge import Entry
from nelm.quantities import Estimate, answers


class Modality(StrEnum):
    """Ways to treat one lesion of the liver."""

    WEDGE = "wedge resection"
    SEGMENT = "segmentectomy"
    SECTION = "sectionectomy"
    HEMIHEPATECTOMY = "hemihepatectomy"
    RADIOFREQUENCY = "radiofrequency ablation"
    MICROWAVE = "microwave ablation"
    EMBOLISATION = "arterial embolisation"
    RADIOEMBOLISATION = "radioembolisation"


class Feasible(StrEnum):
    """Whether it can be done."""

    YES = "feasible"
    NO = "not feasible"
    UNKNOWN = "unknown"


WORST_FIRST = (Feasible.NO, Feasible.UNKNOWN, Feasible.YES)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was looked at.

    Parameters
    ----------
    text : What was looked at and what was found, in own words, the number included.
    state : What it says of the treatment on its own.
    value : The measured number; None where nothing was measured.
    unit : UCUM code of the number.
    limit : What it was compared with, with its source; None for plain geometry.
    """

    text: str
    state: Feasible
    value: Estimate | None = None
    unit: str = ""
    limit: Entry | None = None


@dataclass(frozen=True, slots=True)
class Feasibility:
    """One lesion against one modality.

    Parameters
    ----------
    lesion : Name of the lesion.
    modality : Way to treat it.
    reasons : Everything that was looked at; what decides stands first.
    cautions : What does not decide, and should be known.
    """

    lesion: str
    modality: Modality
    reasons: tuple[Reason, ...]
    cautions: tuple[str, ...] = ()

    @property
    def state(self) -> Feasible:
        """No where any reason says no; else unknown where any is unknown, or where nothing was looked at."""
        return all_of([reason.state for reason in self.reasons])


def all_of(states: Sequence[Feasible]) -> Feasible:
    """The state of something that needs all of these; unknown where there are none."""
    if Feasible.NO in states:
        return Feasible.NO
    return Feasible.UNKNOWN if Feasible.UNKNOWN in states or not states else Feasible.YES


def worst_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """What decides stands first: what rules it out, then what is unknown."""
    return tuple(sorted(reasons, key=lambda reason: WORST_FIRST.index(reason.state)))


def state_of(answer: bool | None) -> Feasible:
    """Yes, no or unknown as a state."""
    return Feasible.UNKNOWN if answer is None else Feasible.YES if answer else Feasible.NO


def at_least(value: Estimate, limit: float) -> Feasible:
    """Whether a measured number is at least a limit; unknown while its limits straddle it."""
    return state_of(answers.at_least(value, limit))


def at_most(value: Estimate, limit: float) -> Feasible:
    """Whether a measured number is at most a limit; unknown while its limits straddle it."""
    return state_of(answers.at_most(value, limit))
