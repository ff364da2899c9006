"""What a joint plan is made from: lesions, what could be done to them, the liver it would cost, and the limits.

All volumes are measured by other parts. Healthy liver is split into cells, so that liver that two resections share is
lost once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nelm.errors import InputError
from nelm.guideline.feasibility import Feasible, Reason
from nelm.knowledge import Entry
from nelm.planner.joint.checks import faults_of
from nelm.quantities import Estimate


class Action(StrEnum):
    """What happens to one lesion, strongest first: a stronger action on the same lesion is the one that counts."""

    RESECT = "resect"
    ABLATE = "ablate"
    EMBOLISE = "embolise"
    LEAVE = "leave"


class LimitKind(StrEnum):
    """What a plan must keep to."""

    REMNANT = "smallest liver remnant"
    AREAS = "number of resections"
    MAJOR = "number of major resections"
    COMPLEXITY = "total complexity of the resections"
    ABLATIONS = "number of ablations"
    SESSIONS = "number of arterial sessions"
    PAIR = "not together"
    GOAL = "share of the tumour to remove"


@dataclass(frozen=True, slots=True)
class LesionVolume:
    """One lesion.

    Parameters
    ----------
    name : Its name, as elsewhere.
    volume_ml : Volume with the limits of its border moved inward and outward [mL].
    """

    name: str
    volume_ml: Estimate


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an action is not offered to a lesion at all.

    Parameters
    ----------
    lesion : Its name.
    action : What cannot be done.
    reasons : What was looked at.
    """

    lesion: str
    action: Action
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ResectionChoice:
    """A resection that could be done.

    Parameters
    ----------
    name : Unique among all choices.
    kind : In words (wedge resection, right hemihepatectomy).
    lesions : Those that it removes with their margin.
    cuts : Those that it would cut through; allowed only where another resection removes them.
    lost : Cells of liver removed, or left without inflow or outflow.
    burden : Grade of complexity, from 1.
    is_major : Counts as a major resection.
    removed : Cells that are cut out, a part of `lost`; None where not known. It spares work where an exact remnant is
        asked for, and changes no answer.
    reasons : What was looked at; a reason that says no bars a choice from being offered.
    cautions : What should be known.
    """

    name: str
    kind: str
    lesions: frozenset[str]
    cuts: frozenset[str]
    lost: frozenset[int]
    burden: int
    is_major: bool
    removed: frozenset[int] | None = None
    reasons: tuple[Reason, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def treats(self) -> frozenset[str]:
        """The lesions that it treats."""
        return self.lesions


@dataclass(frozen=True, slots=True)
class AblationChoice:
    """An ablation of one lesion that could be done.

    Parameters
    ----------
    name : Unique among all choices.
    lesion : The lesion that its zone covers with the margin.
    lost : Cells of healthy liver within the zone.
    burden : Needle positions, from 1.
    reasons, cautions : As for a resection.
    """

    name: str
    lesion: str
    lost: frozenset[int]
    burden: int
    reasons: tuple[Reason, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def treats(self) -> frozenset[str]:
        """The lesions that it treats."""
        return frozenset({self.lesion})


@dataclass(frozen=True, slots=True)
class EmbolisationChoice:
    """An arterial territory that could be embolised.

    Parameters
    ----------
    name : Unique among all choices.
    lesions : Those that it feeds.
    session : Territories of the same word are treated in one session (a lobe).
    burden : Catheter positions or the like, from 1.
    reasons, cautions : As for a resection.
    """

    name: str
    lesions: frozenset[str]
    session: str
    burden: int
    reasons: tuple[Reason, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def treats(self) -> frozenset[str]:
        """The lesions that it treats."""
        return self.lesions


Choice = ResectionChoice | AblationChoice | EmbolisationChoice


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Two choices that must not be taken together, and why."""

    first: str
    second: str
    reason: str
    source: Entry | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LiverCells:
    """Healthy liver in pieces, each wholly lost or wholly kept by every choice.

    Parameters
    ----------
    volume_ml : (n,) volume of each cell [mL].
    low_ml, high_ml : (n,) with the borders of liver and lesions moved to their limits [mL].
    remarks : How they were made, and what was simplified.
    """

    volume_ml: NDArray[np.float64]
    low_ml: NDArray[np.float64]
    high_ml: NDArray[np.float64]
    remarks: tuple[str, ...] = ()

    @classmethod
    def exact(cls, volume_ml: NDArray[np.float64]) -> LiverCells:
        """Cells without an error."""
        return cls(volume_ml, volume_ml, volume_ml)

    @property
    def total_ml(self) -> Estimate:
        """The whole healthy liver [mL]."""
        return self.sum_ml(np.ones(self.volume_ml.shape, dtype=bool))

    def sum_ml(self, chosen: NDArray[np.bool_]) -> Estimate:
        """Volume of some of the cells, all borders moved the same way [mL]."""
        return Estimate(*(float(part[chosen].sum()) for part in (self.volume_ml, self.low_ml, self.high_ml)))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must keep to; None where nothing limits, and for the remnant where the limit is not known.

    Parameters
    ----------
    remnant_ml : Smallest liver that must stay and work [mL].
    areas : Resections at most.
    major : Major resections at most.
    complexity : Sum of the grades of the resections at most.
    ablations : Ablations at most.
    sessions : Arterial sessions at most.
    sources : Where a limit comes from.
    """

    remnant_ml: Estimate | None
    areas: int | None = None
    major: int | None = None
    complexity: int | None = None
    ablations: int | None = None
    sessions: int | None = None
    sources: Mapping[LimitKind, Entry] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def asked(self) -> tuple[str, ...]:
        """The limits that no source states, in words: those that the user asked for."""
        remnant = None if self.remnant_ml is None else f"at least {self.remnant_ml.value:.0f} mL"
        most = {
            LimitKind.AREAS: self.areas,
            LimitKind.MAJOR: self.major,
            LimitKind.COMPLEXITY: self.complexity,
            LimitKind.ABLATIONS: self.ablations,
            LimitKind.SESSIONS: self.sessions,
        }
        words = {LimitKind.REMNANT: remnant} | {
            kind: None if number is None else f"at most {number}" for kind, number in most.items()
        }
        return tuple(
            f"{kind} {word}" for kind, word in words.items() if word is not None and kind not in self.sources
        )


@dataclass(frozen=True, slots=True, eq=False)
class JointProblem:
    """Everything that the joint plan is computed from.

    Parameters
    ----------
    lesions : Every lesion of the liver.
    resections, ablations, embolisations : What could be done; unknown feasibility is allowed and said, infeasible
        choices are not offered but told as obstacles.
    cells : The healthy liver.
    limits : What must be kept.
    incompatible : Choices that exclude each other.
    obstacles : Why actions are not offered.
    session_burden : Burden of one arterial session, beside that of its territories.

    Raises
    ------
    InputError : Names twice, lesions or cells that do not exist, choices that are not feasible, limits below zero.
    """

    lesions: tuple[LesionVolume, ...]
    resections: tuple[ResectionChoice, ...]
    ablations: tuple[AblationChoice, ...]
    embolisations: tuple[EmbolisationChoice, ...]
    cells: LiverCells
    limits: Limits
    incompatible: tuple[Incompatible, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    session_burden: int = 0

    def __post_init__(self) -> None:
        if faults := faults_of(self):
            raise InputError(faults)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Every choice: resections, ablations, embolisations."""
        return self.resections + self.ablations + self.embolisations

    @property
    def is_unlimited(self) -> bool:
        """Whether the smallest remnant is not known, so that nothing protects the liver."""
        return self.limits.remnant_ml is None

    def only_certain(self) -> JointProblem:
        """The same without choices whose feasibility is unknown."""
        return replace(
            self,
            resections=tuple(one for one in self.resections if is_certain(one)),
            ablations=tuple(one for one in self.ablations if is_certain(one)),
            embolisations=tuple(one for one in self.embolisations if is_certain(one)),
            incompatible=tuple(
                pair
                for pair in self.incompatible
                if all(is_certain(one) for one in self.choices if one.name in (pair.first, pair.second))
            ),
        )


def is_certain(choice: Choice) -> bool:
    """Whether nothing that was looked at is unknown."""
    return all(reason.state is Feasible.YES for reason in choice.reasons)


def action_of(choice: Choice) -> Action:
    """What a choice does to its lesions."""
    if isinstance(choice, ResectionChoice):
        return Action.RESECT
    return Action.ABLATE if isinstance(choice, AblationChoice) else Action.EMBOLISE
