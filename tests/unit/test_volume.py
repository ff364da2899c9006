"""Grids, volumes and masks: indices and points, boxes, resampling."""

import math

import numpy as np
import pytest

from nelm.volume import Grid, Mask, Structure, Volume, mask_on, volume_on

OBLIQUE = [[0.1, 0.2, 0.7, -20.0], [0.3, 0.69, -0.2, 15.0], [1.58, -0.13, 0.05, 400.0], [0, 0, 0, 1]]


def test_points_and_indices_are_inverse_on_an_oblique_grid() -> None:
    grid = Grid.of((4, 5, 6), OBLIQUE)
    indices = np.array([[0, 0, 0], [3, 4, 5], [1.5, 2.25, 0.75]])
    assert np.allclose(grid.indices_of(grid.points_of(indices)), indices, atol=1e-12)
    assert np.allclose(grid.points_of([[0, 0, 1]]) - grid.points_of([[0, 0, 0]]), [[0.7, -0.2, 0.05]])
    assert not grid.is_axial


def test_spacing_and_voxel_volume() -> None:
    grid = Grid.axial((3, 4, 5), (1.6, 0.7, 0.8), (1, 2, 3))
    assert grid.spacing_mm == pytest.approx((1.6, 0.7, 0.8))
    assert grid.voxel_ml == pytest.approx(1.6 * 0.7 * 0.8 / 1000)
    assert grid.is_axial
    assert grid.points_of([[1, 0, 2]]).tolist() == [[1 + 1.6, 2, 3 + 1.6]]


@pytest.mark.parametrize(
    ("shape", "affine"),
    [
        ((0, 1, 1), np.eye(4)),
        ((1, 2, -1), np.eye(4)),
        ((1, 1, 1), np.full((4, 4), np.nan)),
        ((1, 1, 1), np.diag([1.0, 0, 1, 1])),
        ((1, 1, 1), [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]),
    ],
)
def test_a_grid_without_room_is_refused(shape: tuple[int, ...], affine: object) -> None:
    with pytest.raises(ValueError, match=r"grid|affine"):
        Grid.of(shape, affine)  # type: ignore[arg-type]


def test_a_box_keeps_every_voxel_and_its_point() -> None:
    array = np.zeros((6, 7, 8), dtype=bool)
    array[2:4, 3, 5:7] = True
    mask = Mask(array, Grid.of(array.shape, OBLIQUE))
    box = mask.box(margin_mm=0.9)
    cut = mask.cropped(box)
    assert cut.volume_ml == pytest.approx(mask.volume_ml)
    inside = np.argwhere(cut.array)
    assert np.allclose(cut.grid.points_of(inside), mask.grid.points_of(np.argwhere(array)))


def test_arrays_are_not_writeable_through_a_volume() -> None:
    volume = Volume(np.zeros((2, 2, 2), dtype=np.float32), Grid.axial((2, 2, 2), (1, 1, 1)))
    with pytest.raises(ValueError, match="read-only"):
        volume.array[0, 0, 0] = 1


def test_a_linear_field_survives_resampling_between_oblique_grids() -> None:
    source = Grid.of((12, 13, 14), OBLIQUE)
    points = source.points_of(np.argwhere(np.ones(source.shape, dtype=bool))).reshape(*source.shape, 3)
    field = points @ np.array([0.3, -0.2, 0.5])
    middle = source.points_of([[5.0, 6.0, 6.0]])[0]
    target = Grid.axial((4, 4, 4), (0.5, 0.4, 0.3), middle)
    moved = volume_on(Volume(field.astype(np.float32), source), target)
    wanted = target.points_of(np.argwhere(np.ones(target.shape, dtype=bool))) @ np.array([0.3, -0.2, 0.5])
    assert np.allclose(moved.array.ravel(), wanted, atol=1e-3)


def test_a_sphere_keeps_its_volume_on_another_grid() -> None:
    grid = Grid.axial((40, 60, 60), (1.5, 1.0, 1.0))
    points = grid.points_of(np.argwhere(np.ones(grid.shape, dtype=bool)))
    inside = np.linalg.norm(points - points.mean(axis=0), axis=1) < 18
    sphere = Mask(inside.reshape(grid.shape), grid)
    finer = mask_on(sphere, Grid.axial((75, 75, 75), (0.8, 0.8, 0.8)))
    assert finer.volume_ml == pytest.approx(sphere.volume_ml, rel=0.01)
    assert sphere.volume_ml == pytest.approx(4 / 3 * math.pi * 18**3 / 1000, rel=0.01)


def test_couinaud_numbers() -> None:
    assert Structure.COUINAUD_4B.couinaud == 4
    assert Structure.LIVER.couinaud is None
