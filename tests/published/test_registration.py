"""Registration against transforms that are known: on real CT, on real SPECT, and a synthetic warp.

The bar is 0.5 mm; voxels are 0.74 x 0.74 x 1.6 mm.
"""

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation
from tests.balls import mask_of
from tests.phantoms import GRID, LESIONS, LIVER, ct_of

from nelm.errors import ConvergenceError
from nelm.imaging.registration import (
    RigidTransform,
    folding_share,
    moved_mask,
    moved_volume,
    register_deformably,
    register_rigidly,
    registration_error,
)
from nelm.io.dicom import find_series, read_volume
from nelm.io.segmentation import read_nifti_volume
from nelm.volume import Grid, Quantity, Volume


def transform(rng: np.random.Generator, centre: np.ndarray, *, degrees: float, mm: float) -> RigidTransform:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", rng.uniform(-degrees, degrees, 3), degrees=True).as_matrix()
    matrix[:3, 3] = centre - matrix[:3, :3] @ centre + rng.uniform(-mm, mm, 3)
    return RigidTransform.of(matrix)


def corners(grid: Grid) -> np.ndarray:
    ends = [(n * 0.2, n * 0.8) for n in grid.shape]
    return grid.points_of(np.array(np.meshgrid(*ends, indexing="ij")).reshape(3, -1).T)


def test_a_real_ct_is_laid_onto_itself(shared_path: Callable[[str], Path], tmp_path: Path) -> None:
    with tarfile.open(shared_path("data/ircad17/PATIENT_DICOM.tar.xz")) as archive:
        archive.extractall(tmp_path, filter="data")
    ct = read_volume(find_series([tmp_path]).series[0])
    rng = np.random.default_rng(0)
    known = transform(rng, corners(ct.grid).mean(axis=0), degrees=12, mm=25)
    moving = moved_volume(ct, known.inverse(), ct.grid, outside=-1024)
    noisy = Volume(
        moving.array + rng.normal(0, 15, ct.grid.shape).astype(np.float32), ct.grid, Quantity.HOUNSFIELD
    )
    found = register_rigidly(ct, noisy).transform
    points = corners(ct.grid)
    assert np.linalg.norm(found.points(points) - known.points(points), axis=1).max() < 0.5


def test_a_real_spect_is_laid_onto_itself(shared_path: Callable[[str], Path]) -> None:
    """Voxels of 8.8 mm: a quarter of one is asked for."""
    spect = read_nifti_volume(
        shared_path("data/lu177_spect_4tp/SPECT-024H_reg.nii.gz"), quantity=Quantity.COUNTS
    )
    known = transform(np.random.default_rng(2), corners(spect.grid).mean(axis=0), degrees=4, mm=12)
    moving = moved_volume(spect, known.inverse(), spect.grid)
    found = register_rigidly(spect, moving).transform
    points = corners(spect.grid)
    assert np.linalg.norm(found.points(points) - known.points(points), axis=1).max() < 2.2


def test_the_same_images_give_the_same_answer() -> None:
    first, second = ct_of(LESIONS), ct_of(LESIONS, shift_mm=(4, -3, 6), seed=2)
    assert register_rigidly(first, second).transform == register_rigidly(first, second).transform


def test_the_error_estimate_covers_the_error() -> None:
    first, second = ct_of(LESIONS), ct_of(LESIONS, shift_mm=(7.0, -5.0, 8.0), seed=2)
    there = register_rigidly(first, second).transform
    back = register_rigidly(second, first).transform
    points = np.array([body.centre for body in LESIONS])
    true = np.linalg.norm(there.points(points) - (points + np.array([7.0, -5.0, 8.0])), axis=1)
    liver = mask_of([LIVER], GRID)
    moved = type(liver)(liver.array, second.grid)
    error = registration_error(there, points, backward=back, surfaces=(liver, moved))
    assert error is not None and {name for name, *_ in error.parts} == {
        "there and back",
        "surface of the liver",
    }
    assert true.max() < 1.0
    assert error.p95_mm >= 0.5 * true.max()
    assert registration_error(there, points) is None


def test_images_without_anything_in_common_are_refused() -> None:
    grid = Grid.axial((20, 30, 30), (4, 4, 4))
    rng = np.random.default_rng(0)
    noise = [
        Volume(rng.normal(0, 30, grid.shape).astype(np.float32), grid, Quantity.HOUNSFIELD) for _ in range(2)
    ]
    with pytest.raises(ConvergenceError):
        register_rigidly(*noise)


def test_a_smooth_warp_is_recovered() -> None:
    """A breath of up to 8 mm is brought below 2.5 mm on average (control points every 35 mm, voxels of 2 to 3 mm)."""
    fixed = ct_of(LESIONS)
    indices = np.indices(GRID.shape, dtype=np.float64)
    middle = (np.array(GRID.shape) - 1) / 2
    bell = np.exp(-sum(((indices[a] - middle[a]) * GRID.spacing_mm[a] / 60) ** 2 for a in range(3)))
    shift_mm = 8.0 * bell  # along z
    there = indices.copy()
    there[0] -= shift_mm / GRID.spacing_mm[0]
    moving = Volume(ndimage.map_coordinates(np.asarray(fixed.array, dtype=np.float32), there, order=1, mode="nearest"),
                    GRID, Quantity.HOUNSFIELD)  # fmt: skip
    found = register_deformably(fixed, moving, rigid=RigidTransform.identity())
    assert found.folding_share == 0
    inside = np.argwhere(LIVER.at(GRID))[::97]
    points = GRID.points_of(inside)
    reached = found.points(points) - points
    # where a point of the fixed image lies in the moving one: z such that z - shift(z) is the fixed height
    true = np.array([solve(point, middle) for point in inside]) * GRID.spacing_mm[0]
    error = np.abs(reached[:, 2] - true)
    assert error.mean() < 2.5 < np.abs(true).mean() + 1.0
    assert error.mean() < 0.6 * np.abs(true).mean()


def solve(index: np.ndarray, middle: np.ndarray) -> float:
    """Shift along z [voxels] of a point of the fixed image, by fixed-point iteration."""
    k = float(index[0])
    for _ in range(60):
        place = np.array([k, index[1], index[2]])
        bell = np.exp(-float(np.sum(((place - middle) * np.array(GRID.spacing_mm) / 60) ** 2)))
        k = float(index[0]) + 8.0 * bell / GRID.spacing_mm[0]
    return k - float(index[0])


def test_folding_is_seen() -> None:
    grid = Grid.axial((10, 10, 10), (2, 2, 2))
    field = np.zeros((*grid.shape, 3), dtype=np.float32)
    assert folding_share(field, grid) == 0
    field[..., 0] = -2.0 * 2 * np.arange(10)[None, None, :]
    assert folding_share(field, grid) == 1


def test_a_mask_moves_with_its_image() -> None:
    liver = mask_of([LIVER], GRID)
    known = transform(np.random.default_rng(4), np.zeros(3), degrees=8, mm=5)
    there_and_back = moved_mask(moved_mask(liver, known, GRID), known.inverse(), GRID)
    both = np.count_nonzero(there_and_back.array & liver.array)
    assert 2 * both / (np.count_nonzero(there_and_back.array) + np.count_nonzero(liver.array)) > 0.97
