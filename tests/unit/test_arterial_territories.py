"""Territories of arteries: by formula, by brute force, and on the synthetic patient; what reaches a lesion."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from tests.livers import AORTA, ARTERY, ELSEWHERE, GRID, LEFT, RIGHT, RIGHT_ENDS, TRUNK, measured, sticks

from nelm.guideline.coverage import reached, territory_knowledge, territory_rules
from nelm.guideline.feasibility import Feasible
from nelm.imaging.lesions import lesion_of
from nelm.imaging.liver.arteries import territories_of
from nelm.imaging.liver.territory_map import Supply, Territory, TerritoryMap
from nelm.imaging.liver.territory_names import Level, Lobe, named_place
from nelm.imaging.measured import LiverRegions, measure_liver
from nelm.imaging.phantom.anatomy import COELIAC
from nelm.imaging.phantom.arteries import APART_MM, CALIBRE_SHARE, hepatic_artery
from nelm.imaging.phantom.lesions import LesionPlan
from nelm.imaging.phantom.liver_shape import couinaud
from nelm.imaging.phantom.patient import SyntheticPatient, synthetic_patient
from nelm.imaging.phantom.shapes import Points
from nelm.knowledge import load_knowledge
from nelm.volume import Grid, Mask, Structure

KNOWN = territory_knowledge(load_knowledge())
RULES = territory_rules(KNOWN)
RIGHT_LESION, MIDDLE_LESION, LEFT_LESION = (
    ((-60.0, 0.0, 20.0), 9.0),
    ((0.0, -20.0, 0.0), 12.0),
    ((55.0, 0.0, 0.0), 8.0),
)
LIVER = measured((RIGHT_LESION, MIDDLE_LESION, LEFT_LESION))


@lru_cache(maxsize=1)
def seen() -> TerritoryMap:
    """Territories of the whole artery."""
    return territories_of(LIVER, sticks(ARTERY), RULES)


def largest_but_all(found: TerritoryMap) -> tuple[Territory, Territory]:
    """The two largest positions short of the whole liver."""
    first, second = [item for item in found.territories if item.level is not Level.WHOLE][:2]
    return first, second


def test_positions_are_the_branches_of_the_liver_and_nothing_else() -> None:
    """Whole, right, left, and the two ends of the right: not the aorta, not the artery of another organ."""
    found = seen()
    assert found.supply is Supply.ARTERY and found.error_mm == RULES.border_error_mm
    assert len(found.territories) == 5
    whole = found.territories[0]
    assert whole.level is Level.WHOLE and whole.cells == frozenset(found.healthy_ml)
    assert whole.diameter_mm is not None and whole.diameter_mm < RULES.aorta_from_mm
    right, left = largest_but_all(found)
    assert right.cells | left.cells == whole.cells and not right.cells & left.cells
    ends = found.territories[3:] if left in found.territories[:3] else found.territories[2:4]
    assert all(end.cells < right.cells and end.is_selective for end in ends)


def test_a_voxel_belongs_to_the_nearest_wall() -> None:
    """Against distances to the sticks themselves; where two walls are as near within 3 mm either may win."""
    found = seen()
    right, left = largest_but_all(found)
    points = found.grid.points_of(np.argwhere(found.cells > 0))[::7]

    def wall(parts: tuple) -> np.ndarray:
        gaps = []
        for first, second, radius in parts:
            a, b = np.array(first, dtype=float), np.array(second, dtype=float)
            along = np.clip((points - a) @ (b - a) / float((b - a) @ (b - a)), 0, 1)
            gaps.append(np.linalg.norm(points - a - along[:, None] * (b - a), axis=1) - radius)
        return np.min(gaps, axis=0)

    gap = wall((*RIGHT, *RIGHT_ENDS)) - wall(LEFT)
    index = tuple(np.round(found.grid.indices_of(points)).astype(int).T)
    is_right, is_left = right.region.array[index], left.region.array[index]
    assert (is_right ^ is_left).all()
    clear = np.abs(gap) > 3
    assert clear.mean() > 0.85 and (is_right[clear] == (gap[clear] < 0)).mean() > 0.99


def test_the_caliber_of_a_branch_is_that_of_the_stick() -> None:
    found = seen()
    for item in largest_but_all(found):
        assert item.diameter_mm == pytest.approx(6.0, abs=2.0)  # voxels of 2 mm
        assert f"branch of {item.diameter_mm:.1f} mm serving {item.liver_ml.value:.0f} mL" in item.words


def test_volumes_and_shares_add_up() -> None:
    found = seen()
    whole = found.territories[0]
    assert whole.liver_ml.value == pytest.approx(LIVER.working_liver.volume_ml)
    assert found.liver_ml + sum(found.tumour_ml.values()) == pytest.approx(whole.liver_ml.value, rel=0.01)
    for name, parts in found.shares.items():
        assert sum(parts.values()) == pytest.approx(1)
        assert whole.shares[name].low == whole.shares[name].high == pytest.approx(1)
    for item in found.territories:
        assert item.liver_ml.low <= item.liver_ml.value <= item.liver_ml.high <= whole.liver_ml.high
        assert item.healthy_ml.value + item.tumour_ml == pytest.approx(item.liver_ml.value, rel=0.02, abs=1)
        for share in item.shares.values():
            assert 0 <= share.low <= share.value <= share.high <= 1


def test_more_cells_never_reach_less() -> None:
    found = seen()
    rng = np.random.default_rng(3)
    cells = sorted(found.healthy_ml)
    for _ in range(20):
        some = frozenset(c for c in cells if rng.random() < 0.5)
        more = some | {cells[int(rng.integers(len(cells)))]}
        assert found.healthy_in(some) <= found.healthy_in(more)
        for name in found.shares:
            assert found.share(name, some).value <= found.share(name, more).value + 1e-12


def test_the_limits_of_a_share_are_those_of_a_border_that_moves() -> None:
    """A ball of 12 mm beside a plane: its share in the half-space of a border moved by the error, by formula.

    Left and right arteries mirrored at x = 0 part the liver at that plane; a ball at distance d has the cap
    (2 + 3 u - u^3) / 4 of its volume within d = u r of it.
    """
    mirrored = (*TRUNK, ((0, 30, 0), (-45, 0, 0), 3.0), ((0, 30, 0), (45, 0, 0), 3.0))
    for away in (-4.0, 6.0, 18.0, 30.0):
        liver = measured((((-away, 0.0, 0.0), 12.0),))
        found = territories_of(liver, sticks(mirrored), RULES)
        below = [item for item in found.territories if item.level is not Level.WHOLE]
        (right,) = [item for item in below if item.region.array[38, 43, 20]]

        def cap(distance: float) -> float:
            u = float(np.clip(distance / 12.0, -1, 1))
            return (2 + 3 * u - u**3) / 4

        share = right.shares["L1"]
        error = RULES.border_error_mm
        assert share.value == pytest.approx(cap(away), abs=0.06)
        assert share.low == pytest.approx(cap(away - error), abs=0.08)
        assert share.high == pytest.approx(cap(away + error), abs=0.08)


@pytest.mark.parametrize(
    ("artery", "words"),
    [
        (None, "not segmented"),
        (Mask(np.zeros(GRID.shape, dtype=bool), GRID), "not segmented"),
        (sticks((AORTA, *TRUNK[:1], ELSEWHERE)), "does not divide within the liver"),
    ],
)  # fmt: skip
def test_without_an_artery_in_the_liver_its_segments_stand_in_and_it_is_said(
    artery: Mask | None, words: str
) -> None:
    found = territories_of(LIVER, artery, RULES)
    assert found.supply is Supply.STAND_IN and found.error_mm == pytest.approx(14.18)
    assert words in found.remarks[0] and "14 mm apart" in found.remarks[1]
    names = {item.name: item for item in found.territories}
    assert {"whole liver", "right lobe", "left lobe", "segment 4"} <= names.keys()
    assert names["right lobe"].cells == {5, 6, 7, 8} and names["left lobe"].lobe is Lobe.LEFT
    labels = LIVER.segments.labels
    assert np.array_equal(names["right lobe"].region.array, np.isin(labels, [5, 6, 7, 8]))
    assert all(item.diameter_mm is None for item in found.territories)


def test_an_artery_in_pieces_is_said() -> None:
    parts = (*TRUNK, *RIGHT, *RIGHT_ENDS, ((25, 12, 0), (60, -5, 0), 3.0))
    found = territories_of(LIVER, sticks(parts), RULES)
    assert found.supply is Supply.ARTERY and any("in pieces" in text for text in found.remarks)
    assert not any(item.level is Level.WHOLE for item in found.territories)


def test_shifting_the_patient_changes_nothing() -> None:
    found = seen()
    matrix = GRID.matrix
    matrix[:3, 3] += [31.0, -17.0, 250.0]
    there = Grid.of(GRID.shape, matrix)
    moved = LiverRegions(
        Mask(LIVER.regions.liver.array, there),
        tuple(lesion_of(lesion.name, Mask(lesion.on(GRID).array, there)) for lesion in LIVER.regions.lesions),
    )
    again = territories_of(
        measure_liver(moved, subcapsular_within_mm=5.0), Mask(sticks(ARTERY).array, there), RULES
    )
    for one, two in zip(found.territories, again.territories, strict=True):
        assert one.liver_ml.value == pytest.approx(two.liver_ml.value, rel=0.01)


def test_small_territories_are_no_positions_of_their_own() -> None:
    every = seen()
    least = sorted(item.liver_ml.value for item in every.territories)[1]
    few = territories_of(LIVER, sticks(ARTERY), replace(RULES, smallest_ml=least))
    assert len(few.territories) == len(every.territories) - 1
    assert few.healthy_ml.keys() == every.healthy_ml.keys()


def test_what_reaches_a_lesion() -> None:
    """Deep in one territory: one position, surely. On the border: both sides together, with a caution."""
    found = seen()
    side = reached(found, "L3" if "L3" in found.shares else "L1", KNOWN)
    assert [reason.state for reason in side.reasons] == [Feasible.YES] and len(side.territories) == 1
    middle = reached(found, LIVER.lesions[0].lesion.name, KNOWN)  # the largest, on the border
    assert middle.reasons[0].state is Feasible.YES and len(middle.territories) == 2
    assert any("2 catheter positions" in text for text in middle.cautions)
    assert middle.reasons[0].limit is KNOWN.lesion_covered and middle.reasons[0].unit == "%"


def test_a_stand_in_says_so_and_is_less_sure() -> None:
    guessed = territories_of(LIVER, None, RULES)
    name = LIVER.lesions[1].lesion.name
    way = reached(guessed, name, KNOWN)
    assert KNOWN.lobe_border_apart.statement in way.cautions
    assert KNOWN.lobe_border_apart.statement not in reached(seen(), name, KNOWN).cautions


def test_no_position_short_of_the_whole_liver() -> None:
    found = seen()
    only = replace(found, territories=found.territories[:1])
    way = reached(only, "L1", KNOWN)
    assert way.reasons[0].state is Feasible.NO and not way.territories


@pytest.mark.parametrize(
    ("cut", "name", "level"),
    [
        ({5, 6, 7, 8}, "right lobe", Level.LOBAR), ({2, 3, 4}, "left lobe", Level.LOBAR),
        ({5, 8}, "right anterior section", Level.SECTIONAL), ({6, 7}, "right posterior section", Level.SECTIONAL),
        ({2, 3}, "left lateral section", Level.SECTIONAL), ({4}, "segment 4", Level.SEGMENTAL),
        ({7, 8}, "segments 7/8", Level.SEGMENTAL), ({4, 5, 8}, "segments 4/5/8, both lobes", Level.LOBAR),
        (set(range(1, 9)), "whole liver", Level.WHOLE),
    ],
)  # fmt: skip
def test_names_of_parts(cut: set[int], name: str, level: Level) -> None:
    labels = np.repeat(np.arange(1, 9, dtype=np.uint8), 100).reshape(8, 10, 10)
    place = named_place(np.isin(labels, sorted(cut)), labels)
    assert (place.name, place.level) == (name, level)


def test_a_small_part_of_a_segment_is_subsegmental() -> None:
    labels = np.repeat(np.arange(1, 9, dtype=np.uint8), 100).reshape(8, 10, 10)
    part = labels == 8
    part[:, 3:] = False
    assert named_place(part, labels).name == "part of segment 8"
    assert named_place(part, labels).level is Level.SUBSEGMENTAL


@lru_cache(maxsize=1)
def patient_by_formula() -> SyntheticPatient:
    return synthetic_patient(5, LesionPlan((30, 15)))


@pytest.fixture(scope="module")
def synthetic() -> tuple[TerritoryMap, np.ndarray]:
    """Territories of the artery of the synthetic patient, and its true segments on their grid."""
    patient = patient_by_formula()
    drawn = patient.tomography(Grid.axial((84, 112, 140), (3.0, 3.0, 3.0), (-210, -160, -140)))
    masks = {name: mask for name, _, mask in drawn.masks}
    lesions = tuple(lesion_of(n, m) for n, kind, m in drawn.masks if kind is Structure.LESION)
    measurement = measure_liver(
        LiverRegions(
            masks["liver"],
            lesions,
            portal=masks["portal_vein"],
            veins=masks["hepatic_vein"],
            cava=masks["cava"],
        ),
        subcapsular_within_mm=5.0,
    )
    found = territories_of(measurement, masks["hepatic_artery"], RULES)
    inside = np.argwhere(found.cells > 0)
    labels = np.zeros(found.cells.shape, dtype=int)
    labels[tuple(inside.T)] = couinaud(Points.of(found.grid.points_of(inside)), patient.anatomy.build.liver)
    return found, labels


def test_lobes_of_the_synthetic_patient(synthetic: tuple[TerritoryMap, np.ndarray]) -> None:
    """Right 0.98 and left 0.92 (Dice) against the lobes by formula: the artery runs beside the true portal branches."""
    found, labels = synthetic
    assert found.supply is Supply.ARTERY
    for name, part, least in (("right lobe", (5, 6, 7, 8), 0.97), ("left lobe", (2, 3, 4), 0.88)):
        (item,) = [one for one in found.territories if one.name == name]
        true = np.isin(labels, part)
        dice = 2 * np.count_nonzero(item.region.array & true) / (item.region.array.sum() + true.sum())
        assert dice > least
    assert not any("in pieces" in text for text in found.remarks)


def test_the_synthetic_artery_hangs_together_and_keeps_beside_the_portal_branches() -> None:
    """Every node lies off a portal node by the two radii and the gap; no branch is wider than its parent."""
    portal = patient_by_formula().vessels.portal
    tree = hepatic_artery(portal)
    assert (tree.parent[1:] < np.arange(1, len(tree.parent))).all() and tree.parent[0] == -1
    assert (tree.radius_mm[1:] <= tree.radius_mm[tree.parent[1:]] + 1e-9).all()
    wanted = (1 + CALIBRE_SHARE) * portal.radius_mm + APART_MM
    for point in tree.points_mm[len(COELIAC) :]:
        assert np.abs(np.linalg.norm(portal.points_mm - point, axis=1) - wanted).min() < 1e-9
