"""Rigid registration: where a patient lies in another examination, by mutual information.

Both images are averaged over blocks to a few millimetres, which takes the noise off and bounds the time; the optimiser
goes through finer and finer pictures of them. It starts from the middles of the bodies, so that other fields of view
do not matter much. Sampling is seeded and one thread is used, so that the same images give the same answer.
"""

# SimpleITK has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from nelm.errors import ConvergenceError
from nelm.imaging.registration.itk import coarser, image_of
from nelm.imaging.registration.transform import RigidTransform
from nelm.volume import Mask, Quantity, Volume, mask_on

SEED = 20261
SHRINK, SMOOTH_MM = (3, 2, 1), (6.0, 3.0, 0.0)
EDGE_MM = 2.5
BINS = 40
SHARE = 0.08
LEAST_SHARED = 0.03
"""Mutual information [nat] over the whole overlap below which two images have nothing in common."""

COARSE_BINS = 16
FEWEST_COMMON = 2000
"""Blocks that have to overlap for that to be judged."""

CLOSE_SPREAD_HU = (-200.0, 300.0)
"""CT is cut to what tells soft tissue apart; beyond it bones and the table would lead."""


@dataclass(frozen=True, slots=True)
class RigidResult:
    """A rigid registration.

    Parameters
    ----------
    transform : From the fixed image to the moving one.
    metric : Mutual information reached (negative, lower is better).
    iterations : Of the last level.
    remarks : What should be known.
    """

    transform: RigidTransform
    metric: float
    iterations: int
    remarks: tuple[str, ...]


def register_rigidly(
    fixed: Volume,
    moving: Volume,
    *,
    region: Mask | None = None,
    start: RigidTransform | None = None,
    most_iterations: int = 120,
) -> RigidResult:
    """The rigid transform that lays the moving image onto the fixed one.

    Parameters
    ----------
    region : Where in the fixed image it has to fit (the liver, widened by the caller); None for everywhere.
    start : Where to begin; by default the middles of the bodies are laid over each other.

    Raises
    ------
    ConvergenceError : The images have nothing in common where they overlap.

    Notes
    -----
    Some 3 to 6 s for two CT of 512 x 512 x 120 on two cores.
    """
    first, second = _picture(fixed), _picture(moving)
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(SHARE, SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetShrinkFactorsPerLevel(SHRINK)
    method.SetSmoothingSigmasPerLevel(SMOOTH_MM)
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetOptimizerAsRegularStepGradientDescent(4.0, 0.005, most_iterations, 0.6)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetGlobalDefaultNumberOfThreads(THREADS)
    if region is not None:
        inside = mask_on(region, fixed.grid)
        coarse, grid = coarser(inside.array.astype(np.float32), fixed.grid, EDGE_MM)
        mask = image_of(coarse > 0, grid)
        method.SetMetricFixedMask(SimpleITK.Cast(mask, SimpleITK.sitkUInt8))
    initial = _initial(first, second) if start is None else _euler(start)
    method.SetInitialTransform(initial, inPlace=True)
    try:
        method.Execute(first, second)
    except RuntimeError:
        raise _failed("they overlap too little") from None
    metric = float(method.GetMetricValue())
    shared = _shared_information(first, second, initial)
    if not np.isfinite(metric) or shared < LEAST_SHARED:
        raise _failed(f"mutual information {shared:.3f}")
    return RigidResult(_matrix(initial), metric, int(method.GetOptimizerIteration()), ())


THREADS = 1
"""Sums over several threads differ in their last digits, and the optimiser makes more of it."""


def _failed(why: str) -> ConvergenceError:
    return ConvergenceError(
        f"the two images could not be laid over each other ({why})",
        expected="two examinations of the same part of one patient",
        remedy="Check that both belong to one patient, or give a first guess.",
    )


def _shared_information(fixed: Any, moving: Any, transform: Any) -> float:
    """Mutual information of the two pictures over their overlap, less its bias for few blocks [nat]."""
    nothing = -1e9
    laid = SimpleITK.GetArrayFromImage(
        SimpleITK.Resample(moving, fixed, transform, SimpleITK.sitkLinear, nothing)
    )
    first, second = np.asarray(SimpleITK.GetArrayFromImage(fixed)), np.asarray(laid)
    common = second > nothing / 2
    count = int(np.count_nonzero(common))
    if count < FEWEST_COMMON:
        return 0.0
    joint = np.histogram2d(first[common], second[common], bins=COARSE_BINS)[0] / count
    expected = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    there = joint > 0
    information = float(np.sum(joint[there] * np.log(joint[there] / expected[there])))
    return information - (COARSE_BINS - 1) ** 2 / (2 * count)


def _picture(volume: Volume) -> Any:
    """The image as it is registered: averaged over blocks, CT cut to soft tissue, emission compressed."""
    array, grid = coarser(volume.array, volume.grid, EDGE_MM)
    if volume.quantity is Quantity.HOUNSFIELD:
        array = np.clip(array, *CLOSE_SPREAD_HU)
    elif volume.quantity is not Quantity.ARBITRARY:
        array = np.sqrt(np.clip(array, 0, None))
    return image_of(array, grid)


def _initial(fixed: Any, moving: Any) -> Any:
    """Middles of mass of what is brighter than the background over each other."""
    transform = SimpleITK.Euler3DTransform()
    centres = [_middle(image) for image in (fixed, moving)]
    transform.SetCenter(centres[0])
    transform.SetTranslation([float(b - a) for a, b in zip(*centres, strict=True)])
    return transform


def _middle(image: Any) -> list[float]:
    """Middle of the body: of voxels above halfway between the darkest and the median bright."""
    array = SimpleITK.GetArrayViewFromImage(image)
    level = (float(array.min()) + float(np.percentile(array, 90))) / 2
    places = np.argwhere(array > level).mean(axis=0)[::-1]
    return [
        float(item)
        for item in image.TransformContinuousIndexToPhysicalPoint([float(item) for item in places])
    ]


def _euler(transform: RigidTransform) -> Any:
    found = SimpleITK.Euler3DTransform()
    matrix = transform.array
    found.SetMatrix([float(item) for item in matrix[:3, :3].ravel()], 1e-6)
    found.SetTranslation([float(item) for item in matrix[:3, 3]])
    return found


def _matrix(transform: Any) -> RigidTransform:
    """The transform as a matrix: R (x - c) + c + t."""
    rotation: NDArray[np.float64] = np.array(transform.GetMatrix()).reshape(3, 3)
    centre, shift = np.array(transform.GetCenter()), np.array(transform.GetTranslation())
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, centre + shift - rotation @ centre
    return RigidTransform.of(matrix)
