"""Receptor against FDG uptake, lesion by lesion, and the NETPET grade that follows.

The grade [netpet2022, Table 1]: P0 both tracers negative, P1 receptors only, P2 to P4 both positive with FDG below,
equal to or above receptors in the lesions that matter most (P4a one or two lesions with more FDG, P4b three or more),
P5 FDG only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nelm.imaging.uptake.reference import Relation
from nelm.quantities import Interval

FEW_LESIONS = 2
ABOVE = 3
"""Place of "above liver" in the order of relations."""


@dataclass(frozen=True, slots=True)
class LesionPair:
    """Both tracers in one lesion; None where it is not decided.

    Parameters
    ----------
    receptor_positive, fdg_positive : Above what is normal around it.
    fdg_against_receptor : -1 FDG below, 0 equal, 1 above the receptor tracer, by relation to liver; None unknown.
    """

    receptor_positive: bool | None
    fdg_positive: bool | None
    fdg_against_receptor: int | None


@dataclass(frozen=True, slots=True)
class DualTracer:
    """Both tracers over all lesions.

    Parameters
    ----------
    netpet : P0, P1, P2, P3, P4a, P4b, P5; None where lesions that are not decided could change it.
    fdg_positive_receptor_negative : How many lesions.
    fdg_uptake : "none", "low" or "high", the word of the case document; None unknown.
    """

    netpet: str | None
    fdg_positive_receptor_negative: Interval
    fdg_uptake: str | None


def lesion_pair(receptor: Relation | None, fdg: Relation | None) -> LesionPair:
    """Both tracers of a lesion by their relation to liver.

    A tracer is positive at or above the liver's uptake for receptors and above it for FDG. The two are compared by
    their place in the order none, below, equal, above liver.
    """
    places = {
        relation: min(place, ABOVE) for place, relation in enumerate(Relation)
    }  # above spleen is above liver
    receptor_positive = None if receptor is None else places[receptor] >= places[Relation.EQUAL_LIVER]
    fdg_positive = None if fdg is None else places[fdg] >= places[Relation.ABOVE_LIVER]
    if receptor is None or fdg is None:
        return LesionPair(receptor_positive, fdg_positive, None)
    difference = places[fdg] - places[receptor]
    return LesionPair(receptor_positive, fdg_positive, (difference > 0) - (difference < 0))


def dual_tracer(pairs: Sequence[LesionPair]) -> DualTracer:
    """The NETPET grade and the number of mismatched lesions; what is not decided widens the answer."""
    surely = sum(pair.fdg_positive is True and pair.receptor_positive is False for pair in pairs)
    possibly = sum(pair.fdg_positive is not False and pair.receptor_positive is not True for pair in pairs)
    fdg = [pair.fdg_positive for pair in pairs]
    uptake = None
    if pairs and not any(item is None for item in fdg):
        uptake = "high" if any(fdg) else "none"
    elif any(item is True for item in fdg):
        uptake = "high"
    return DualTracer(_grade(pairs), Interval(float(surely), float(possibly)), uptake)


def _grade(pairs: Sequence[LesionPair]) -> str | None:
    """The grade; None while any lesion is not decided."""
    if not pairs or any(pair.receptor_positive is None or pair.fdg_positive is None for pair in pairs):
        return None
    receptor, fdg = any(pair.receptor_positive for pair in pairs), any(pair.fdg_positive for pair in pairs)
    if not fdg:
        return "P1" if receptor else "P0"
    if not receptor:
        return "P5"
    positive = [pair for pair in pairs if pair.fdg_positive]
    above = sum(pair.fdg_against_receptor == 1 for pair in positive)
    if above:
        return "P4a" if above <= FEW_LESIONS else "P4b"
    return "P3" if any(pair.fdg_against_receptor == 0 for pair in positive) else "P2"
