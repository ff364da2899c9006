"""Vessel trees, Couinaud segments, remnants and surfaces against bodies by formula."""

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of, random_rotation

from nelm.errors import InputError
from nelm.imaging.liver import (
    Landmarks,
    Method,
    couinaud_as_given,
    couinaud_from_planes,
    couinaud_from_territories,
    lobes_of,
    location_of,
    remnant_after,
    resected_segments,
    surface_of,
    territories,
    vessel_tree,
    working_grid,
)
from nelm.volume import Grid, Mask, mask_on

GRID = Grid.axial((70, 110, 130), (2.0, 1.5, 1.5), (-100, -80, -70))
LIVER = mask_of([Ellipsoid(np.array([0.0, 0.0, 0.0]), np.array([85.0, 65.0, 60.0]), np.eye(3))], GRID)
CAVA = np.array([[10.0, 55.0, -70.0], [10.0, 55.0, 0.0], [10.0, 55.0, 70.0]])


def tubes(*parts: tuple[tuple[float, ...], tuple[float, ...], float], grid: Grid = GRID) -> Mask:
    """Cylinders with round ends from a to b [mm]."""
    points = grid.points_of(np.argwhere(np.ones(grid.shape, dtype=bool)))
    inside = np.zeros(len(points), dtype=bool)
    for first, second, radius in parts:
        a, b = np.array(first), np.array(second)
        along = (b - a) / np.linalg.norm(b - a)
        t = np.clip((points - a) @ along, 0, np.linalg.norm(b - a))
        inside |= np.linalg.norm(points - a - t[:, None] * along, axis=1) <= radius
    return Mask(inside.reshape(grid.shape), grid)


@pytest.mark.parametrize(("radius", "tolerance"), [(2.0, 0.6), (3.0, 0.6), (5.0, 0.8), (8.0, 0.8)])
def test_calibre_of_cylinders_in_all_directions(radius: float, tolerance: float) -> None:
    """Mean error within the tolerance [mm]: less than a voxel of 0.8 mm; lengths lose about a radius at each end."""
    rng = np.random.default_rng(int(radius))
    grid = Grid.axial((55, 100, 100), (1.4, 0.8, 0.8), (-40, -40, -38))
    errors = []
    for _ in range(6):
        direction = random_rotation(rng)[0] * 26
        tree = vessel_tree(tubes((tuple(-direction), tuple(direction), radius), grid=grid))
        main = max(tree.branches, key=lambda branch: branch.length_mm)
        errors.append(main.diameter_mm - 2 * radius)
        assert 52 - 2 * radius < main.length_mm < 1.25 * 52 + 2 * radius
    assert abs(np.mean(errors)) < tolerance


def test_a_fork_has_a_parent_and_two_children() -> None:
    mask = tubes(
        ((0, 40, -60), (0, 10, -20), 6), ((0, 10, -20), (-50, -10, 10), 4), ((0, 10, -20), (45, -15, 5), 4)
    )
    tree = vessel_tree(mask, organ=mask_of([ball((0, 0, 10), 45)], GRID))
    roots = [place for place, branch in enumerate(tree.branches) if branch.parent is None]
    assert len(roots) == 1
    trunk = tree.branches[roots[0]]
    assert np.linalg.norm(trunk.points_mm[0] - [0, 40, -60]) < 12
    large = [place for place, branch in enumerate(tree.branches) if branch.length_mm > 30]
    assert len(large) == 3
    assert all(roots[0] in tree.way_to_root(place) for place in large)


def test_a_loop_is_opened_and_said() -> None:
    ring = [((30 * np.cos(a), 30 * np.sin(a), 0), (30 * np.cos(b), 30 * np.sin(b), 0), 3)
            for a, b in zip(np.arange(0, 6.2, 0.4), np.arange(0.4, 6.7, 0.4), strict=False)]  # fmt: skip
    tree = vessel_tree(tubes(*ring))
    assert any("loop" in text for text in tree.remarks)


def landmarks(*, seen: bool = True) -> Landmarks:
    return Landmarks(CAVA, (30.0, 80.0, 125.0), np.array([5.0, 30.0, -5.0]), 5.0, 8.0, 8.0, seen, ())


def working() -> Mask:
    return mask_on(LIVER, working_grid(LIVER))


def test_every_voxel_of_the_liver_has_one_segment_and_sides_are_right() -> None:
    liver = working()
    found = couinaud_from_planes(liver, landmarks())
    assert ((found.labels > 0) == liver.array).all()
    assert found.method is Method.PLANES
    middles = {}
    for number in range(2, 9):
        places = np.argwhere(found.labels == number)
        middles[number] = found.grid.points_of(places).mean(axis=0)
    assert middles[2][0] > middles[4][0] > middles[8][0] > middles[7][0] - 20  # x grows to the left
    assert middles[7][2] > middles[6][2] and middles[8][2] > middles[5][2] and middles[2][2] > middles[3][2]
    assert middles[7][1] > middles[8][1]  # y grows to the back
    assert sum(found.volumes_ml().values()) == pytest.approx(liver.volume_ml)


def test_segments_by_planes_are_those_of_the_formula() -> None:
    """Away from the borders (confidence above 0.9) every voxel lies where its direction and height say."""
    found = couinaud_from_planes(working(), landmarks())
    places = np.argwhere((found.labels > 1) & (found.confidence > 0.9))
    points = found.grid.points_of(places)
    angle = np.degrees(np.arctan2(-(points[:, 1] - 55), -(points[:, 0] - 10)))
    angle = np.where(angle < -90, angle + 360, angle)  # behind the cava on the left
    sector = np.digitize(angle, [30, 80, 125])
    labels = found.labels[tuple(places.T)]
    allowed = {0: (6, 7), 1: (5, 8), 2: (4,), 3: (2, 3)}
    assert all(label in allowed[int(part)] for label, part in zip(labels, sector, strict=True))


def test_average_planes_are_of_low_confidence() -> None:
    from nelm.imaging.liver import landmarks_of

    liver = working()
    found = couinaud_from_planes(liver, landmarks_of(liver, veins=None, cava=None, portal=None))
    assert found.method is Method.AVERAGE_PLANES
    assert float(found.confidence[found.labels > 0].mean()) < 0.5
    assert len(found.remarks) == 3


def test_a_larger_vessel_serves_farther() -> None:
    """Two parallel vessels of radius 8 and 2, 40 mm apart: the border lies 3 mm nearer to the thin one."""
    mask = tubes(((-20, 0, -50), (-20, 0, 50), 8), ((20, 0, -50), (20, 0, 50), 2))
    tree = vessel_tree(mask)
    points = np.array([[x, 0.0, 0.0] for x in (-2.0, 1.0, 5.5, 8.0)])
    owner, certain = territories(points, tree)
    thick = owner[0]
    assert (owner == thick).tolist() == [True, True, False, False]
    assert certain[0] > certain[1]


def test_given_segments_are_taken_and_gaps_are_said() -> None:
    liver = working()
    planes = couinaud_from_planes(liver, landmarks())
    given = {number: planes.labels == number for number in (2, 3, 4, 5, 6, 7, 8)}
    given[5] = np.zeros_like(given[5])
    found = couinaud_as_given(liver, given)
    assert found.method is Method.GIVEN
    assert any("no segment 1, 5" in text for text in found.remarks)
    assert any("in no given segment" in text for text in found.remarks)
    assert (found.labels[given[7]] == 7).all()


def test_the_place_of_a_lesion() -> None:
    found = couinaud_from_planes(working(), landmarks())
    right = location_of(mask_of([ball((-45, -25, 35), 8)], GRID), found)
    left = location_of(mask_of([ball((60, 10, 20), 8)], GRID), found)
    assert right is not None and right.lobe == "right" and left is not None and left.lobe == "left"
    assert lobes_of([right, left]) == "both" and lobes_of([right]) == "one"
    assert lobes_of([right, None]) is None
    assert location_of(mask_of([ball((94, 79, 69), 3)], GRID), found) is None


PORTAL = tubes(
    ((5, 60, -66), (5, 30, -5), 6), ((5, 30, -5), (-60, -10, 0), 4.5), ((5, 30, -5), (60, -10, 5), 4.5)
)
VEINS = tubes(
    ((10, 55, 20), (10, 55, 66), 9), ((10, 50, 45), (-55, -5, 20), 4), ((10, 50, 45), (60, 0, 25), 4)
)


def test_a_remnant_keeps_what_has_inflow_and_outflow() -> None:
    liver = working()
    portal, veins = vessel_tree(PORTAL, organ=liver), vessel_tree(VEINS, organ=liver)
    found = couinaud_from_territories(liver, landmarks(), portal)
    resected = np.isin(found.labels, sorted(resected_segments("right_hemihepatectomy")))
    tumour = np.zeros(liver.grid.shape, dtype=bool)
    left = remnant_after(
        liver, resected, tumour, portal=portal, veins=veins, landmarks=landmarks(), error_mm=1.0
    )
    assert left.anatomical_ml.value == pytest.approx(np.count_nonzero(liver.array & ~resected) * 0.008)
    assert left.functional_ml is not None and left.supplied_ml is not None and left.drained_ml is not None
    assert left.functional_ml.value <= min(left.supplied_ml.value, left.drained_ml.value) + 1e-9
    assert left.functional_ml.value > 0.8 * left.anatomical_ml.value  # the left side has vessels of its own


def test_a_remnant_behind_a_cut_vessel_does_not_count() -> None:
    """Taking out the middle of a thin left branch cuts off what it serves beyond (a thick one is dissected free)."""
    liver = working()
    thin = tubes(
        ((5, 60, -66), (5, 30, -5), 6), ((5, 30, -5), (-60, -10, 0), 4.5), ((5, 30, -5), (62, -10, 5), 2.0)
    )
    portal = vessel_tree(thin, organ=liver)
    points = liver.grid.points_of(np.argwhere(np.ones(liver.grid.shape, dtype=bool))).reshape(
        *liver.grid.shape, 3
    )
    slab = liver.array & (points[..., 0] > 38) & (points[..., 0] < 52)
    tumour = np.zeros(liver.grid.shape, dtype=bool)
    left = remnant_after(liver, slab, tumour, portal=portal, veins=None, landmarks=landmarks(), error_mm=1.0)
    beyond = np.count_nonzero(liver.array & (points[..., 0] >= 52)) * liver.grid.voxel_ml
    assert left.supplied_ml is not None
    assert left.anatomical_ml.value - left.supplied_ml.value > 0.5 * beyond
    assert left.drained_ml is None and left.functional_ml is None
    assert any("outflow is unknown" in text for text in left.remarks)


def test_tumour_is_no_remnant() -> None:
    liver = working()
    tumour = mask_on(mask_of([ball((60, 0, 0), 12)], GRID), liver.grid).array
    resected = np.zeros(liver.grid.shape, dtype=bool)
    found = remnant_after(
        liver, resected, tumour, portal=None, veins=None, landmarks=landmarks(), error_mm=1.0
    )
    assert found.anatomical_ml.value == pytest.approx(np.count_nonzero(liver.array & ~tumour) * 0.008)
    assert found.tumour_left_ml == pytest.approx(np.count_nonzero(tumour & liver.array) * 0.008)
    assert found.functional_share_percent.value == pytest.approx(100)


def test_names_of_resections() -> None:
    assert resected_segments("Right hemihepatectomy") == {5, 6, 7, 8}
    assert resected_segments("7,8") == {7, 8} and resected_segments("s2+s3") == {2, 3}
    with pytest.raises(InputError, match="resection"):
        resected_segments("the left half")


@pytest.mark.parametrize("radius", [4.0, 10.0, 30.0])
def test_a_surface_is_closed_points_outward_and_keeps_the_volume(radius: float) -> None:
    body = mask_of([ball((3, -4, 5), radius)], GRID)
    surface = surface_of(body, most_faces=6000)
    assert surface is not None
    assert surface.volume_ml == pytest.approx(body.volume_ml, rel=0.12 if radius < 10 else 0.03)
    edges = np.sort(
        np.concatenate([surface.faces[:, [0, 1]], surface.faces[:, [1, 2]], surface.faces[:, [2, 0]]]), axis=1
    )
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).all()
    assert np.abs(np.linalg.norm(surface.vertices_mm - [3, -4, 5], axis=1) - radius).max() < 2.0
    assert len(surface.faces) < 9000


def test_thin_vessels_keep_their_volume_as_surfaces() -> None:
    vessel = tubes(((-60, -10, -20), (60, 20, 20), 2.0))
    surface = surface_of(vessel, most_faces=20_000)
    assert surface is not None and surface.volume_ml == pytest.approx(vessel.volume_ml, rel=0.2)
