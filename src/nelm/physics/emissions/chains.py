"""Decay chains: which daughters follow, how often, and the activities over time (Bateman)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions.icrp107 import no_data, nuclide_names
from nelm.physics.emissions.records import Member

if TYPE_CHECKING:
    from radioactivedecay.decaydata import DecayData  # pyright: ignore[reportMissingTypeStubs]

PACKAGE = "radioactivedecay"


@dataclass(frozen=True, slots=True, eq=False)
class ChainActivities:
    """Activities of a parent and its progeny over time.

    Parameters
    ----------
    nuclides : The parent first, then its radioactive progeny in the order of the chain.
    times_h : array (t,)  Times after the parent was pure [h].
    activities_mbq : array (n, t)  Activity of each nuclide at each time [MBq].
    provenance : Name and version of the package that solved the chain.
    """

    nuclides: tuple[str, ...]
    times_h: NDArray[np.float64]
    activities_mbq: NDArray[np.float64]
    provenance: str


def package_version() -> str:
    """Name and version of the package that carries half-lives and branching."""
    return f"{PACKAGE} {version(PACKAGE)}"


def half_life_h(nuclide: str) -> float:
    """Physical half-life [h], infinite for a stable nuclide (ICRP-107 as `radioactivedecay` carries it).

    Raises
    ------
    InputError
        When the nuclide is not known.
    """
    try:
        return float(_decay_data().half_life(nuclide, "h"))
    except ValueError as error:
        raise no_data(nuclide) from error


def progeny(nuclide: str, *, through_h: float = np.inf) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """The parent and the radioactive nuclides that follow it, and those at which the chain was left.

    The number of decays of a daughter per decay of the parent is the sum over all ways to it of the products of
    the branching fractions: what the complete decay of the parent gives, and the ratio of activities where the
    chain is in secular equilibrium.

    Parameters
    ----------
    nuclide : The parent.
    through_h : The chain is followed through daughters that live shorter than this [h]; the others are named in the
        second tuple and end it.
    """
    if nuclide not in nuclide_names():
        raise no_data(nuclide)
    table = _decay_data()
    order = cast("dict[str, int]", table.nuclide_dict)
    reached: dict[str, float] = {nuclide: 1.0}
    members: list[Member] = []
    left_out: list[Member] = []
    while reached:
        # the open nuclide that no other one leads to: its number is complete
        name = min(reached, key=lambda one: order.get(one, len(order)))
        member = Member(name, half_life_h(name), reached.pop(name))
        if name not in nuclide_names():
            continue  # stable, or a product of fission
        if members and member.half_life_h >= through_h:
            left_out.append(member)
            continue
        members.append(member)
        here = order[name]
        children = cast("list[str]", table.progeny[here])
        fractions = cast("list[float]", table.bfs[here])
        for child, fraction in zip(children, fractions, strict=True):
            reached[child] = reached.get(child, 0.0) + member.decays_per_parent_decay * fraction
    return tuple(members), tuple(left_out)


def chain_activities(
    nuclide: str, times_h: Sequence[float] | NDArray[np.float64], *, initial_activity_mbq: float = 1.0
) -> ChainActivities:
    """Activities of a chain that starts as pure parent [MBq].

    Bateman's equations as `radioactivedecay` solves them. All daughters are taken to stay where the parent is:
    in a body they may not (alpha recoil breaks the bond to the ligand).

    Parameters
    ----------
    nuclide : The parent.
    times_h : array (t,)  Times since the parent was pure [h], not negative.
    initial_activity_mbq : Activity of the parent at time 0 [MBq], not negative.

    Raises
    ------
    InputError
        When the nuclide is unknown, or a time or the activity is negative or not a number.
    """
    times = np.asarray(times_h, dtype=np.float64)
    if times.ndim != 1 or not np.all(np.isfinite(times)) or np.any(times < 0.0):
        raise problem(times_h, "a list of times in hours, none negative", path="times_h")
    if not (np.isfinite(initial_activity_mbq) and initial_activity_mbq >= 0.0):
        raise problem(initial_activity_mbq, "an activity in MBq, not negative", path="initial_activity_mbq")
    names = tuple(member.nuclide for member in progeny(nuclide)[0])
    table = np.zeros((len(names), times.size))
    for column, at_h in enumerate(times):
        at = _after(nuclide, float(at_h))
        table[:, column] = [at.get(name, 0.0) for name in names]
    return ChainActivities(names, times, initial_activity_mbq * table, package_version())


@lru_cache(maxsize=1)
def _decay_data() -> DecayData:
    """The decay data set; its package takes a second to start, so that is done when a chain is asked for."""
    from radioactivedecay import DEFAULTDATA  # pyright: ignore[reportMissingTypeStubs]

    return DEFAULTDATA


def _after(nuclide: str, time_h: float) -> dict[str, float]:
    """Activities per unit of parent activity after a time."""
    from radioactivedecay import Inventory  # pyright: ignore[reportMissingTypeStubs]

    return Inventory({nuclide: 1.0}, "Bq").decay(time_h, "h").activities("Bq")
