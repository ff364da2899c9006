"""Sizes of lesions against formulas: ellipsoids at random places, in random directions, on random anisotropic grids.

Tolerances: a digital body is known to about a voxel; bias is the mean over many, so it must be well below one
(voxels here are 0.6 to 3 mm, 1.1 mm on average).
"""

import math

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of, random_grid, random_rotation

from nelm.imaging.lesions import distance_to_capsule, distance_to_structure, lesion_of, size_of
from nelm.volume import Grid

MIDDLE = 45.0


def bodies(count: int, largest_mm: float, seed: int) -> list[tuple[Ellipsoid, Grid]]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        half = largest_mm / 2 * np.array([1.0, rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0)])
        centre = MIDDLE + rng.uniform(-2, 2, 3)
        found.append((Ellipsoid(centre, half, random_rotation(rng)), random_grid(rng, 2 * MIDDLE)))
    return found


@pytest.mark.parametrize("largest_mm", [4.0, 6.0, 10.0, 20.0, 40.0, 60.0])
def test_longest_diameter_has_little_bias_and_its_limits_hold(largest_mm: float) -> None:
    errors, held = [], 0
    for body, grid in bodies(30, largest_mm, seed=int(largest_mm)):
        mask = mask_of([body], grid)
        if mask.is_empty:
            continue
        measured = size_of(mask).longest.mm
        errors.append(measured.value - largest_mm)
        held += measured.low <= largest_mm <= measured.high
    assert abs(np.mean(errors)) < 0.45
    assert np.std(errors) < 0.6
    assert held >= 0.95 * len(errors)


@pytest.mark.parametrize("largest_mm", [6.0, 10.0, 20.0, 40.0, 60.0])
def test_volume_has_no_bias_and_its_limits_hold(largest_mm: float) -> None:
    shares, held, count = [], 0, 0
    for body, grid in bodies(30, largest_mm, seed=int(largest_mm) + 100):
        volume = size_of(mask_of([body], grid)).volume_ml
        shares.append(volume.value / body.volume_ml)
        held += volume.low <= body.volume_ml <= volume.high
        count += 1
    assert np.mean(shares) == pytest.approx(1, abs=0.06 if largest_mm < 10 else 0.02)
    assert held == count


def test_axial_diameters_of_an_ellipsoid_along_the_axes() -> None:
    body = Ellipsoid(np.array([40.0, 40.0, 40.0]), np.array([20.0, 12.0, 30.0]), np.eye(3))
    size = size_of(mask_of([body], Grid.axial((54, 110, 110), (1.5, 0.75, 0.75))))
    assert size.longest.mm.value == pytest.approx(60, abs=1.5)
    assert size.axial.mm.value == pytest.approx(40, abs=0.75)
    assert size.axial_short.mm.value == pytest.approx(24, abs=0.75)
    assert size.effective_mm.value == pytest.approx(2 * (20 * 12 * 30) ** (1 / 3), abs=0.2)
    assert size.axial_slice == pytest.approx(40 / 1.5, abs=1)
    first, second = np.array(size.axial.first_mm), np.array(size.axial.second_mm)
    assert abs(first[2] - second[2]) < 1e-6
    assert np.abs((first + second) / 2 - 40)[:2].max() < 1


def test_diameters_do_not_depend_on_how_the_grid_is_turned_or_flipped() -> None:
    body = Ellipsoid(
        np.array([30.0, 30.0, 30.0]), np.array([14.0, 9.0, 11.0]), random_rotation(np.random.default_rng(3))
    )
    plain = Grid.axial((60, 60, 60), (1, 1, 1))
    flipped = Grid.of((60, 60, 60), [[0, 0, -1, 59], [0, -1, 0, 59], [-1, 0, 0, 59], [0, 0, 0, 1]])
    one, other = size_of(mask_of([body], plain)), size_of(mask_of([body], flipped))
    assert one.longest.mm.value == pytest.approx(other.longest.mm.value)
    assert one.axial.mm.value == pytest.approx(other.axial.mm.value)
    assert one.volume_ml.value == pytest.approx(other.volume_ml.value)


def test_a_lesion_of_one_voxel_has_a_size_with_limits() -> None:
    array = np.zeros((5, 5, 5), dtype=bool)
    array[2, 2, 2] = True
    mask = mask_of([ball((2.0, 2.0, 2.0), 0.4)], Grid.axial((5, 5, 5), (1, 1, 1)))
    size = size_of(mask)
    assert size.volume_ml.value == pytest.approx(0.001)
    assert size.volume_ml.low == 0
    assert size.longest.mm.low == 0 and 0 < size.longest.mm.value < 1.5


def test_distance_between_balls_has_little_bias_and_its_limits_hold() -> None:
    rng = np.random.default_rng(11)
    errors, held = [], 0
    for _ in range(60):
        grid = random_grid(rng, 2 * MIDDLE)
        gap = rng.uniform(0, 20)
        direction = random_rotation(rng)[0]
        lesion = ball(tuple(MIDDLE - direction * 12 + rng.uniform(-1, 1, 3)), rng.uniform(4, 9))
        radius = rng.uniform(3, 8)
        other = ball(tuple(lesion.centre + direction * (lesion.half_axes[0] + gap + radius)), radius)
        measured = distance_to_structure(lesion_of("L1", mask_of([lesion], grid)), mask_of([other], grid))
        assert measured is not None
        errors.append(measured.value - gap)
        held += measured.low <= gap <= measured.high
    assert abs(np.mean(errors)) < 0.5
    assert held >= 57  # the limits are meant to hold 95 %


def test_distance_to_the_capsule() -> None:
    rng = np.random.default_rng(5)
    errors = []
    for _ in range(20):
        grid = random_grid(rng, 2 * MIDDLE)
        liver = ball((MIDDLE, MIDDLE, MIDDLE), 38)
        depth = rng.uniform(1, 18)
        direction = random_rotation(rng)[0]
        lesion = ball(tuple(liver.centre + direction * (38 - depth - 6)), 6)
        measured = distance_to_capsule(lesion_of("L1", mask_of([lesion], grid)), mask_of([liver], grid))
        assert measured is not None
        errors.append(measured.value - depth)
    assert abs(np.mean(errors)) < 0.6
    assert np.abs(errors).max() < 3.2  # a voxel across


def test_no_distance_to_what_is_not_there() -> None:
    grid = Grid.axial((20, 20, 20), (1, 1, 1))
    lesion = lesion_of("L1", mask_of([ball((10, 10, 10), 4)], grid))
    empty = mask_of([ball((10, 10, 10), 4)], grid)
    assert distance_to_structure(lesion, type(empty)(np.zeros(grid.shape, dtype=bool), grid)) is None
    assert distance_to_capsule(lesion, type(empty)(np.zeros(grid.shape, dtype=bool), grid)) is None


def test_effective_diameter_is_that_of_the_sphere() -> None:
    grid = Grid.axial((60, 60, 60), (0.5, 0.5, 0.5))
    size = size_of(mask_of([ball((15, 15, 15), 10)], grid))
    assert size.effective_mm.value == pytest.approx(20, abs=0.1)
    assert size.volume_ml.value == pytest.approx(4 / 3 * math.pi, rel=0.01)
