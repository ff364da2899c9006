"""Embolisation in sessions: which territories in which session, one lobe at a time, and what is treated in all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint

from nelm.errors import problem
from nelm.guideline.coverage import territory_knowledge
from nelm.guideline.feasibility import Feasible, Reason, all_of
from nelm.guideline.therapy import Item, item
from nelm.imaging.liver.catheters import Cover, cover_of, exact_minimum
from nelm.imaging.liver.territory_map import Territory, TerritoryMap
from nelm.imaging.liver.territory_names import Level, Lobe
from nelm.knowledge import Knowledge
from nelm.quantities import Estimate
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge

WHOLE_PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One session.

    Parameters
    ----------
    number : From 1.
    lobe : The side that is treated.
    territories : The catheter positions.
    healthy_ml : Tumour-free liver that is embolised in it [mL].
    healthy_percent : The same over all tumour-free liver [%].
    tumour_ml : Tumour that is embolised in it [mL].
    lesions : That lie in it with the share that counts as covered, together with the sessions before.
    """

    number: int
    lobe: Lobe
    territories: tuple[Territory, ...]
    healthy_ml: float
    healthy_percent: float
    tumour_ml: float
    lesions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EmbolisationPlan:
    """All sessions.

    Parameters
    ----------
    sessions : In order: the side with more tumour first.
    intervals : Time between two sessions, by source; empty for a single session.
    treated_percent : Share of all tumour in the liver that is embolised [%].
    healthy_ml, spared_ml : Tumour-free liver that is embolised in any session, and that is not [mL].
    missed : Lesions that were wanted and that no choice of positions covers.
    unsure : Lesions that are covered by the best value of their share, and not by its lower limit.
    reasons : What was looked at for the patient.
    remarks : What should be known.
    """

    sessions: tuple[Session, ...]
    intervals: tuple[Item, ...]
    treated_percent: Estimate
    healthy_ml: float
    spared_ml: float
    missed: tuple[str, ...]
    unsure: tuple[str, ...]
    reasons: tuple[Reason, ...]
    remarks: tuple[str, ...]

    @property
    def state(self) -> Feasible:
        """Whether it can be done as planned; no where no session reaches anything."""
        if not self.sessions:
            return Feasible.NO
        return all_of([Feasible.YES, *(reason.state for reason in self.reasons)])


def embolisation_plan(
    territories: TerritoryMap,
    knowledge: Knowledge,
    *,
    wanted: Collection[str] | None = None,
    most_share_percent: float = WHOLE_PERCENT,
    reasons: Sequence[Reason] = (),
) -> EmbolisationPlan:
    """The sessions that treat lesions with the least healthy liver.

    Positions are chosen by an exact set cover, then parted into the fewest sessions, each of one lobe and of at most
    a share of the tumour-free liver. The whole liver at once is never a position.

    Parameters
    ----------
    wanted : Names of the lesions to treat; None for all in the liver.
    most_share_percent : Tumour-free liver that one session may embolise, of all of it [%].
    reasons : What was found for the patient, see `patient_reasons`.

    Raises
    ------
    InputError : A name that is no lesion of the map, or a share that is none.
    """
    names = tuple(territories.shares) if wanted is None else tuple(dict.fromkeys(wanted))
    _check(territories, names, most_share_percent)
    known = knowledge.record(EmbolisationKnowledge, "embolisation")
    most_ml = most_share_percent / 100 * territories.liver_ml
    allowed = [
        one
        for one in territories.territories
        if one.level is not Level.WHOLE and territories.healthy_in(one.cells) <= most_ml
    ]
    worth = territory_knowledge(knowledge).position_worth.number
    cover = cover_of(territories, names, allowed, position_worth_ml=worth)
    sessions = _sessions(territories, cover, most_ml)
    unsure = _unsure(territories, cover, names)
    several = (known.session_interval, known.session_interval_norway) if len(sessions) > 1 else ()
    return EmbolisationPlan(
        sessions=sessions,
        intervals=tuple(item("interval of sessions", entry) for entry in several),
        treated_percent=territories.treated_percent(cover.cells),
        healthy_ml=cover.healthy_ml,
        spared_ml=territories.liver_ml - cover.healthy_ml,
        missed=cover.missed,
        unsure=unsure,
        reasons=tuple(reasons),
        remarks=(*_said(cover, unsure, sessions, known), *territories.remarks),
    )


def _check(territories: TerritoryMap, names: Sequence[str], most_share_percent: float) -> None:
    """Refuse names and shares that mean nothing."""
    for name in names:
        if name not in territories.shares:
            listed = ", ".join(territories.shares) or "none"
            raise problem(name, f"a lesion in the liver ({listed})", "Correct the name.", path="wanted")
    if not 0 < most_share_percent <= WHOLE_PERCENT:
        raise problem(most_share_percent, "a share above 0 and up to 100 %", path="most_share_percent")


def _sessions(territories: TerritoryMap, cover: Cover, most_ml: float) -> tuple[Session, ...]:
    """Positions in sessions: each side apart, within it as few as the share allows, more tumour first."""
    groups: list[tuple[Lobe, tuple[Territory, ...]]] = []
    for lobe in Lobe:
        own = [one for one in cover.territories if one.lobe is lobe]
        groups += [(lobe, part) for part in _packed(territories, own, most_ml)]
    by_side = {lobe: sum(t.tumour_ml for side, part in groups if side is lobe for t in part) for lobe in Lobe}
    groups.sort(key=lambda group: (-by_side[group[0]], group[0], -sum(t.tumour_ml for t in group[1])))
    found: list[Session] = []
    done: frozenset[int] = frozenset()
    covered: set[str] = set()
    for number, (lobe, part) in enumerate(groups, start=1):
        cells = frozenset[int]().union(*(one.cells for one in part))
        done |= cells
        now = {name for name in territories.shares if territories.is_covered(name, done)} - covered
        covered |= now
        healthy = territories.healthy_in(cells)
        found.append(
            Session(
                number, lobe, part, healthy, 100 * healthy / territories.liver_ml,
                territories.tumour_in(cells), tuple(sorted(now)),
            )
        )  # fmt: skip
    return tuple(found)


def _packed(territories: TerritoryMap, own: list[Territory], most_ml: float) -> list[tuple[Territory, ...]]:
    """Positions of one side in as few sessions as the limit allows (exact bin packing by HiGHS)."""
    if not own:
        return []
    loads = np.array([territories.healthy_in(one.cells) for one in own])
    if loads.sum() <= most_ml:
        return [tuple(own)]
    n = len(own)
    # x[i, s]: position i in session s; u[s]: session s is held; earlier sessions are used first
    each = np.hstack([np.kron(np.eye(n), np.ones(n)), np.zeros((n, n))])
    room = np.hstack([np.kron(loads, np.eye(n)), -most_ml * np.eye(n)])
    order = np.hstack([np.zeros((n - 1, n * n)), np.eye(n - 1, n) - np.eye(n - 1, n, 1)])
    values = exact_minimum(
        np.concatenate([np.zeros(n * n), np.ones(n)]),
        np.ones(n * n + n, dtype=bool),
        [
            LinearConstraint(each, 1, 1),
            LinearConstraint(room, -np.inf, 1e-6),
            LinearConstraint(order, 0, np.inf),
        ],
        what="parting into sessions",
    )
    held = values[: n * n].reshape(n, n) > 0.5
    parts = [tuple(one for one, is_in in zip(own, held[:, s], strict=True) if is_in) for s in range(n)]
    return [part for part in parts if part]


def _unsure(territories: TerritoryMap, cover: Cover, names: Sequence[str]) -> tuple[str, ...]:
    """Lesions near the border of what is reached."""
    least = territories.rules.covered_from
    return tuple(name for name in names if name not in cover.missed and cover.shares[name].low < least)


def _said(
    cover: Cover, unsure: Sequence[str], sessions: Sequence[Session], known: EmbolisationKnowledge
) -> tuple[str, ...]:
    """What should be known of the plan."""
    remarks: list[str] = []
    if cover.missed:
        remarks.append(f"not covered by any choice of positions: {', '.join(cover.missed)}")
    for name in unsure:
        share = cover.shares[name].scaled(100)
        remarks.append(
            f"{name} lies near a border: {share.value:.0f} % is reached ({share.low:.0f} to {share.high:.0f} %)"
        )
    if len({session.lobe for session in sessions}) > 1:
        remarks.append(known.both_lobes.statement)
    if any(session.lobe is Lobe.BOTH for session in sessions):
        remarks.append("a territory lies on both sides of the border of the lobes")
    return tuple(remarks)
