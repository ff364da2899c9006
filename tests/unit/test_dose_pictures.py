"""Planes through the patient lie where they should, and dose pictures show what they say."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.image import imread
from tests.doses import ct, regions, therapy

from nelm.report.dosimetry import dose_pictures
from nelm.report.dosimetry.overlay import isodoses_for
from nelm.report.dosimetry.planes import Direction, box_around, middle_of, plane_through
from nelm.volume import Grid, Mask, Volume, volume_on

LOW, HIGH = np.array([-60.0, -50.0, -40.0]), np.array([60.0, 50.0, 40.0])
SPOT = np.array([30.0, -20.0, 10.0])
"""To the patient's left, in front, towards the head, of the middle."""
GRIDS = {
    "axial": Grid.axial((41, 51, 61), (2, 2, 2), (-60, -50, -40)),
    "turned": Grid.of((41, 51, 61), [[0, 0, -2, 60], [0, -2, 0, 50], [-2, 0, 0, 40], [0, 0, 0, 1]]),
    "sagittal": Grid.of((61, 41, 51), [[2, 0, 0, -60], [0, 0, 2, -50], [0, -2, 0, 40], [0, 0, 0, 1]]),
}


def spot_on(grid: Grid) -> Volume:
    array = np.zeros(grid.shape, dtype=np.float32)
    array[tuple(np.round(grid.indices_of([SPOT])[0]).astype(int))] = 1
    return Volume(array, grid)


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize(
    ("direction", "row", "column"),
    [
        (Direction.AXIAL, SPOT[1] - LOW[1], SPOT[0] - LOW[0]),
        (Direction.CORONAL, HIGH[2] - SPOT[2], SPOT[0] - LOW[0]),
        (Direction.SAGITTAL, HIGH[2] - SPOT[2], SPOT[1] - LOW[1]),
    ],
)
def test_a_point_is_shown_where_a_radiologist_looks_for_it(
    name: str, direction: Direction, row: float, column: float
) -> None:
    """Left of the patient on the right of the picture, front and head on top, however the image was stored."""
    plane = plane_through(SPOT, direction, LOW, HIGH)
    shown = volume_on(spot_on(GRIDS[name]), plane.grid).array[0]
    assert np.unravel_index(np.argmax(shown), shown.shape) == (row, column)
    assert shown.max() == pytest.approx(1, abs=1e-3)


def test_the_middle_of_a_ring_lies_in_the_ring() -> None:
    grid = GRIDS["axial"]
    x, y = grid.points_of(np.indices(grid.shape).reshape(3, -1).T)[:, :2].T
    ring = Mask(((np.hypot(x, y) > 20) & (np.hypot(x, y) < 30)).reshape(grid.shape), grid)
    point = middle_of(ring)
    assert 20 < np.hypot(*point[:2]) < 30


def test_the_box_holds_the_regions_and_stays_in_the_image() -> None:
    grid = GRIDS["axial"]
    array = np.zeros(grid.shape, dtype=bool)
    array[20, 25, 30] = True  # the point (0, 0, 0)
    low, high = box_around([Mask(array, grid)], grid, 45.0)
    assert low.tolist() == [-45, -45, -40] and high.tolist() == [45, 45, 40]


def test_isodoses_are_round_and_end_below_the_near_maximum() -> None:
    levels = isodoses_for(therapy()).levels_gy
    hottest = max(one.histogram.dose_to(2).value for one in therapy().regions if one.histogram is not None)
    assert list(levels) == [0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
    assert levels[-1] <= hottest < 2 * levels[-1]


@pytest.mark.parametrize("with_ct", [True, False])
def test_three_planes_through_kidney_liver_and_the_hottest_lesion(with_ct: bool) -> None:
    found = dose_pictures(therapy(), regions(), ct() if with_ct else None)
    assert [one.name for one in found] == [
        f"dose-{target}-{direction}" for target in ("kidney", "liver", "lesion") for direction in Direction
    ]
    assert found[0].caption.startswith(
        "Kidney left: axial, z −4"
    )  # the hotter one; its centre lies at z -45 mm
    assert found[-1].caption.startswith("Hottest lesion, L2: sagittal, x −4")
    assert all(one.caption.endswith(", given 2026-03-02") for one in found)
    for one in found:
        pixels = imread(io.BytesIO(one.png))
        assert np.ptp(pixels[..., :3], axis=-1).max() > 0.5  # something is coloured


def test_no_region_gives_no_picture() -> None:
    assert dose_pictures(therapy(), (), ct()) == ()
