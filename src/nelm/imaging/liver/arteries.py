"""What each branch of the hepatic artery feeds: territories as a catheter in that branch would reach them.

The liver is parted into cells. With an arterial mask that reaches into the liver, a cell is what lies nearest to the
wall of one branch, and a position is a branch with everything downstream of it; the aorta, the trunks up to the first
fork and the branches to other organs feed no cell. Without one, Couinaud segments are the cells, and segments,
sections and lobes stand in for positions. An anatomical lobe is not the perfused lobe: its border may be far off, which
the limits of every share and volume carry, and cone-beam CT at the angiography decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.imaging.liver.couinaud import territories, tree_points
from nelm.imaging.liver.territory_map import (
    Position,
    Supply,
    TerritoryMap,
    TerritoryRules,
    described,
    values_at,
)
from nelm.imaging.liver.territory_names import STAND_INS
from nelm.imaging.liver.vessels import VesselTree, vessel_tree
from nelm.imaging.measured import LiverMeasurement
from nelm.volume import Mask

ENTERS_MM = 3.0
"""Length of a centreline inside the liver from which a branch is one of the liver's."""
OWNS_SHARE = 0.5
"""Share of a branch inside the liver from which it feeds liver itself, and not only through its branches."""


def territories_of(measurement: LiverMeasurement, artery: Mask | None, rules: TerritoryRules) -> TerritoryMap:
    """The territories of a liver.

    Parameters
    ----------
    measurement : A measured liver.
    artery : Hepatic artery, with or without the aorta, on any grid; None where it is not segmented.
    rules : Limits.
    """
    cells, positions, remarks = _by_artery(measurement, artery, rules)
    if positions:
        return described(measurement, cells, positions, Supply.ARTERY, rules=rules, remarks=remarks)
    cells, positions = _by_segments(measurement)
    remarks.append(
        f"segments by {measurement.segments.method.value}; the border of an anatomical lobe and that of the perfused "
        f"one may lie {rules.stand_in_error_mm:.0f} mm apart"
    )
    return described(measurement, cells, positions, Supply.STAND_IN, rules=rules, remarks=remarks)


def _by_artery(
    measurement: LiverMeasurement, artery: Mask | None, rules: TerritoryRules
) -> tuple[NDArray[np.int16], list[Position], list[str]]:
    """Cells and positions of the arterial tree; no positions where it does not part the liver."""
    liver = measurement.working_liver
    cells = np.zeros(liver.grid.shape, dtype=np.int16)
    if artery is None or artery.is_empty:
        return cells, [], ["the hepatic artery is not segmented"]
    tree = vessel_tree(artery, organ=liver)
    own, kept = _of_the_liver(tree, liver, rules.aorta_from_mm)
    if len(own) < 2:
        return cells, [], ["the segmented artery does not divide within the liver"]
    feeding = VesselTree(tuple(tree.branches[place] for place in own), ())
    inside = np.argwhere(liver.array)
    points = liver.grid.points_of(inside)
    owner, _ = territories(points, feeding)
    cells[tuple(inside.T)] = owner + 1
    numbers = {place: number for number, place in enumerate(own, start=1)}
    there = frozenset(np.unique(owner + 1).tolist())
    found: dict[frozenset[int], Position] = {}
    for place in kept:  # parents first: of branches in a row that feed the same, the last one stays
        fed = frozenset(numbers[branch] for branch in tree.downstream(place) if branch in numbers) & there
        width = tree.branches[place].diameter_mm
        if fed and width < rules.aorta_from_mm:
            found[fed] = Position(fed, width)
    return cells, list(found.values()), _said(tree, own, feeding, points)


def _said(tree: VesselTree, own: list[int], feeding: VesselTree, points_mm: NDArray[np.float64]) -> list[str]:
    """What should be known of an arterial tree."""
    remarks = [f"arterial tree: {text}" for text in tree.remarks]
    _, lines, _ = tree_points(feeding)
    far = float(np.median(np.asarray(cKDTree(lines).query(points_mm)[0])))
    remarks.append(
        f"{len(own)} arterial branches are seen in the liver; half of it lies more than {far:.0f} mm from one"
    )
    if len({tree.branches[place].tree for place in own}) > 1:
        remarks.append("the artery is in pieces: which branch feeds the smaller ones is not seen")
    return remarks


def _of_the_liver(tree: VesselTree, liver: Mask, aorta_from_mm: float) -> tuple[list[int], list[int]]:
    """Branches that feed liver themselves, and those that lead to one or are one."""
    within = [float(np.mean(values_at(liver.array, liver.grid, b.points_mm))) for b in tree.branches]
    enters = [
        share * branch.length_mm >= ENTERS_MM and branch.diameter_mm < aorta_from_mm
        for share, branch in zip(within, tree.branches, strict=True)
    ]
    leads = list(enters)
    for place in range(len(leads) - 1, -1, -1):  # parents stand before their children
        parent = tree.branches[place].parent
        if leads[place] and parent is not None:
            leads[parent] = True
    kept = [place for place, is_kept in enumerate(leads) if is_kept]
    ends = {place for place in kept if not any(leads[child] for child in tree.children(place))}
    trunks = _trunks(tree, leads)
    own = [
        place
        for place in kept
        if place in ends or (enters[place] and within[place] >= OWNS_SHARE and place not in trunks)
    ]
    return own, kept


def _trunks(tree: VesselTree, leads: list[bool]) -> set[int]:
    """Branches up to the first fork of each piece: what they feed, they feed through their branches."""
    found: set[int] = set()
    for place, branch in enumerate(tree.branches):
        if branch.parent is None and leads[place]:
            following = [place]
            while len(following) == 1:
                found.add(following[0])
                following = [child for child in tree.children(following[0]) if leads[child]]
    return found


def _by_segments(measurement: LiverMeasurement) -> tuple[NDArray[np.int16], list[Position]]:
    """Couinaud segments as cells; segments, sections, lobes and all of it as positions."""
    cells = np.where(measurement.working_liver.array, measurement.segments.labels, 0).astype(np.int16)
    there = frozenset(np.unique(cells[cells > 0]).tolist())
    found: dict[frozenset[int], Position] = {}
    for place, segments in STAND_INS:  # what is lacking may make two of them one: the more selective stays
        if segments & there:
            found[segments & there] = Position(segments & there, place=place)
    return cells, list(found.values())
