"""Deformable registration: what is left after the rigid part, as a smooth displacement (B-splines).

For the liver between breaths and between examinations. A grid of control points is moved so that the images fit
(mutual information); the displacement is smooth by construction. Where space would fold over itself the answer is
not believed: the share of such places is reported, and too much of it is refused.
"""

# SimpleITK has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from nelm.errors import ConvergenceError
from nelm.imaging.registration.itk import coarser, image_of
from nelm.imaging.registration.rigid import CLOSE_SPREAD_HU, register_rigidly
from nelm.imaging.registration.transform import DeformableTransform, RigidTransform, moved_volume
from nelm.volume import Grid, Mask, Quantity, Volume

EDGE_MM = 3.0
CONTROL_MM = 35.0
MOST_ITERATIONS = 40
MOST_FOLDING = 0.001
BINS = 32
SEED = 20261
SHARE = 0.2


def register_deformably(
    fixed: Volume, moving: Volume, *, region: Mask | None = None, rigid: RigidTransform | None = None
) -> DeformableTransform:
    """The displacement that lays the moving image onto the fixed one after a rigid registration.

    Parameters
    ----------
    region : Where it has to fit; None for everywhere.
    rigid : The rigid part; found first where it is not given.

    Raises
    ------
    ConvergenceError : The images have nothing in common, or the answer folds space.

    Notes
    -----
    Some 20 to 60 s for two abdominal CT on two cores, on blocks of 3 mm with control points every 35 mm.
    """
    first = rigid if rigid is not None else register_rigidly(fixed, moving, region=region).transform
    array, grid = coarser(_soft(fixed), fixed.grid, EDGE_MM)
    outside = float(np.min(moving.array))
    laid = moved_volume(moving, first, grid, outside=outside)
    still, moved = image_of(array, grid), image_of(_soft(laid), grid)
    mesh = [max(2, round(n * s / CONTROL_MM)) for n, s in zip(grid.shape, grid.spacing_mm, strict=True)][::-1]
    transform = SimpleITK.BSplineTransformInitializer(still, mesh, 3)
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(SHARE, SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetShrinkFactorsPerLevel((2, 1))
    method.SetSmoothingSigmasPerLevel((3.0, 0.0))
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetOptimizerAsLBFGSB(1e-5, MOST_ITERATIONS, 5, 300, 1e7)
    if region is not None:
        coarse, _ = coarser(region.array.astype(np.float32), fixed.grid, EDGE_MM)
        method.SetMetricFixedMask(SimpleITK.Cast(image_of(coarse > 0, grid), SimpleITK.sitkUInt8))
    method.SetInitialTransform(transform, inPlace=True)
    try:
        method.Execute(still, moved)
    except RuntimeError as error:
        raise ConvergenceError(
            "the deformable registration failed", expected="images that overlap",
            remedy="Register rigidly, and give the region that has to fit.",
        ) from error  # fmt: skip
    field = SimpleITK.TransformToDisplacementField(
        transform, SimpleITK.sitkVectorFloat32, still.GetSize(), still.GetOrigin(), still.GetSpacing(),
        still.GetDirection(),
    )  # fmt: skip
    displacement = np.asarray(SimpleITK.GetArrayFromImage(field), dtype=np.float32)
    folding = folding_share(displacement, grid)
    if folding > MOST_FOLDING:
        raise ConvergenceError(
            f"the deformation folds over itself in {folding:.1%} of the image", expected="a smooth deformation",
            remedy="Use the rigid registration, or narrow the region that has to fit.",
        )  # fmt: skip
    return DeformableTransform(first, displacement, grid, folding)


def folding_share(displacement_mm: NDArray[np.float32], grid: Grid) -> float:
    """Share of the grid where the Jacobian determinant of the deformation is not positive."""
    axes = grid.matrix[:3, :3]
    slopes = np.stack([np.gradient(displacement_mm, axis=axis) for axis in range(3)], axis=-1)
    jacobian = np.eye(3) + slopes @ np.linalg.inv(axes)
    return float(np.mean(np.linalg.det(jacobian) <= 0))


def _soft(volume: Volume) -> NDArray[np.float32]:
    array = np.asarray(volume.array, dtype=np.float32)
    return np.clip(array, *CLOSE_SPREAD_HU) if volume.quantity is Quantity.HOUNSFIELD else array
