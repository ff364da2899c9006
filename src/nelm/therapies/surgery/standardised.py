"""The remnant against what its parenchyma needs: over the liver volume by formula, never silently over another.

The published limits (20 or 25 % of a normal liver, 30 % after chemotherapy, 40 % in cirrhosis) hold for the liver
volume by body surface. Where height or weight is missing the share of the measured liver without tumour is given beside
it, named as what it is, and compared with no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.errors import GeometryError
from nelm.guideline.feasibility import Feasible, at_least
from nelm.guideline.findings.body import BodyKnowledge
from nelm.imaging.liver.remnant import Remnant
from nelm.imaging.liver.served import RemnantVolumes
from nelm.knowledge import Entry
from nelm.quantities import Estimate, Interval

NORMAL = "normal"


class Denominator(StrEnum):
    """What a remnant is a share of."""

    FORMULA = "liver volume by body surface"
    MEASURED = "measured liver without tumour"


class Counted(StrEnum):
    """Which part of the remnant was counted."""

    FUNCTIONAL = "supplied and drained"
    ANATOMICAL = "as it lies: what keeps inflow and outflow is unknown"


@dataclass(frozen=True, slots=True)
class LiverNeed:
    """What decides how much liver a patient needs.

    Parameters
    ----------
    formula_ml : Liver volume by body surface (fact `liver.formula_volume`); None where height or weight is missing.
    parenchyma : Word of the fact `liver.parenchyma`; None where it is unknown.
    body : The published limits.
    """

    formula_ml: Interval | None
    parenchyma: str | None
    body: BodyKnowledge

    def limits(self) -> tuple[Entry, ...]:
        """The published minima for the parenchyma, the smallest first.

        All of them where it is not known, and in steatosis, for which none was read: it lies somewhere between.
        """
        known = self.body
        if self.parenchyma == NORMAL:
            return known.remnant_normal, known.remnant_normal_cautious
        if self.parenchyma == "chemotherapy":
            return (known.remnant_chemotherapy,)
        if self.parenchyma == "cirrhosis":
            return (known.remnant_cirrhosis,)
        return (known.remnant_normal, known.remnant_normal_cautious, known.remnant_chemotherapy,
                known.remnant_cirrhosis)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StandardisedRemnant:
    """A remnant as a share, and what the limits make of it.

    Parameters
    ----------
    counted : Which part of the remnant.
    percent : Share of the denominator; an upper bound where the part is not the functional one [%].
    denominator : Of what it is a share.
    answers : Each limit and whether it is reached; none for another denominator than the formula.
    is_normal : Whether the answers are those of a normal liver, for which two limits are published.
    """

    counted: Counted
    percent: Estimate
    denominator: Denominator
    answers: tuple[tuple[Entry, Feasible], ...]
    is_normal: bool = False

    @property
    def state(self) -> Feasible:
        """Whether the smallest published limit for the parenchyma is reached; unknown without the formula volume.

        Where the parenchyma is not known: yes where every limit is reached, no where none is, else unknown.
        """
        return self.answers[0][1] if self.is_normal else self._common

    @property
    def cautious_state(self) -> Feasible:
        """The same with the largest published limit for the parenchyma."""
        return self.answers[-1][1] if self.is_normal else self._common

    @property
    def _common(self) -> Feasible:
        """What all limits say together."""
        states = {state for _, state in self.answers}
        return states.pop() if len(states) == 1 else Feasible.UNKNOWN


def standardised(
    remnant: Remnant | RemnantVolumes, need: LiverNeed, *, healthy_ml: Estimate
) -> StandardisedRemnant:
    """A remnant as a share of the liver volume by formula, or of the measured liver where there is no formula volume.

    Parameters
    ----------
    healthy_ml : Measured volume of the liver without tumour.

    Raises
    ------
    GeometryError : The remnant is larger than the liver, or the formula gives no volume.
    """
    whole = healthy_ml.value
    if remnant.anatomical_ml.value > whole * (1 + ROUNDING):
        raise GeometryError(
            f"the remnant ({remnant.anatomical_ml.value:.0f} mL) is larger than the liver ({whole:.0f} mL)",
            expected="a remnant that is a part of the liver without tumour",
            remedy="Check that both were measured on one image.",
        )
    functional = remnant.functional_ml
    counted = Counted.ANATOMICAL if functional is None else Counted.FUNCTIONAL
    volume = remnant.anatomical_ml if functional is None else functional
    if need.formula_ml is None:
        share = Estimate(0.0, 0.0, 0.0) if not whole else volume.scaled(100 / whole)
        return StandardisedRemnant(counted, share, Denominator.MEASURED, ())
    percent = _over(volume, need.formula_ml)
    answers = tuple((entry, _reaches(percent, entry.number, counted)) for entry in need.limits())
    return StandardisedRemnant(counted, percent, Denominator.FORMULA, answers, need.parenchyma == NORMAL)


ROUNDING = 1e-9


def _over(volume: Estimate, formula: Interval) -> Estimate:
    """Share of the formula volume, with the limits of both [%]."""
    if not 0 < formula.low <= formula.high < float("inf"):
        raise GeometryError(
            "the liver volume by formula is not a positive number",
            expected="height and weight of an adult",
            remedy="The formula does not hold for small children; measure the liver instead.",
        )
    middle = (formula.low + formula.high) / 2
    return Estimate(
        100 * volume.value / middle, 100 * volume.low / formula.high, 100 * volume.high / formula.low
    )


def _reaches(percent: Estimate, limit: float, counted: Counted) -> Feasible:
    """Whether a limit is reached; a remnant as it lies is only an upper bound of what works."""
    state = at_least(percent, limit)
    if counted is Counted.ANATOMICAL and state is Feasible.YES:
        return Feasible.UNKNOWN
    return state
