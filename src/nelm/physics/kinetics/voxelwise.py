"""Maps of time-integrated activity: each voxel by its own decline, or by that of its organ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError, problem
from nelm.physics.kinetics.fit import Fit
from nelm.physics.kinetics.measurements import FloatArray, TimeActivity, decay_constant_per_h

Map = NDArray[np.float32]
VOXELS_AT_ONCE = 1 << 15
"""Voxels of one block: a block of four times, in doubles, stays in the cache."""
STEPS = 8
"""Gauss-Newton steps from the log-linear start; the last ones change nothing in a voxel with signal."""
FASTEST = 50.0
"""Largest rate, in units of 1 / (last time - first time)."""


LARGEST = float(np.finfo(np.float32).max)


class Source(IntEnum):
    """Where the kinetics of a voxel come from."""

    OUTSIDE = 0
    OWN = 1
    """A mono-exponential fit to the voxel."""
    PHYSICAL_DECAY = 2
    """The voxel's fit, held at physical decay."""
    ORGAN = 3
    """The organ's curve scaled to the voxel: too little signal, or activity that rises."""


@dataclass(frozen=True, slots=True, eq=False)
class VoxelKinetics:
    """Time-integrated activity of each voxel.

    Parameters
    ----------
    time_integrated_activity : array (z, y, x), unit of the activity times hours; zero outside the mask.
    time_integrated_activity_sd : array (z, y, x), standard uncertainty from the noise of the voxels; where the
        kinetics are the organ's, with the uncertainty of those.
    effective_half_life_h : array (z, y, x), of the voxel's own fit or the slowest of the organ [h]; zero outside.
    source : array (z, y, x) of `Source`.
    """

    time_integrated_activity: Map
    time_integrated_activity_sd: Map
    effective_half_life_h: Map
    source: NDArray[np.uint8]

    def voxels(self, source: Source) -> int:
        """How many voxels have their kinetics from this source."""
        return int(np.count_nonzero(self.source == source))


def voxelwise_kinetics(
    activities: NDArray[np.floating],
    *,
    times_h: tuple[float, ...],
    activity_sds: NDArray[np.floating] | float,
    organ: Fit,
    mask: NDArray[np.bool_] | None = None,
    least_signal_to_noise: float,
) -> VoxelKinetics:
    """Mono-exponential fit in each voxel, weighted, never slower than physical decay.

    Starts from the log-linear fit with weights (A/sd)^2 and refines by Gauss-Newton on the activities themselves. A
    voxel slower than physical decay is held there. A voxel whose activity does not decline, or whose amplitude is
    below `least_signal_to_noise` standard uncertainties, gets the organ's curve scaled to it by least squares.

    Parameters
    ----------
    activities : array (n, z, y, x), registered, not corrected for decay, not negative, any unit (MBq/mL).
    times_h : Times after administration [h], strictly increasing, at least two.
    activity_sds : Standard uncertainty of a voxel, broadcast to the shape of `activities`: one number, (n, 1, 1, 1)
        for one per time, or all of them; positive.
    organ : Fit of the organ's mean activity or concentration to the same nuclide; only its shape is used.
    mask : array (z, y, x), where to work; everywhere if None.
    least_signal_to_noise : Of the scaled organ curve, for a fit of the voxel's own to be tried.

    Raises
    ------
    InputError : Times out of order, negative or not finite activities, an uncertainty that is not positive, an empty
        mask.
    GeometryError : Shapes that do not agree.

    Notes
    -----
    Time grows with voxels times points; memory beyond the input is four maps. The noise of neighbouring voxels is
    correlated, so uncertainties of single voxels do not add up to that of a region: take the organ's fit for it.
    """
    times = np.array(TimeActivity.of(times_h, [1.0] * len(times_h), relative_uncertainty=1.0).times_h)
    if times.size < 2:
        raise problem(
            f"{times.size} time", "two or more times", "Use voxelwise_single_time_point.", path="times_h"
        )
    if activities.ndim != 4 or activities.shape[0] != times.size:
        raise GeometryError(
            f"activities of shape {activities.shape} for {times.size} times",
            expected="an array (times, z, y, x)",
            remedy="Stack the registered images along the first axis, in the order of the times.",
        )
    inside = _inside(mask, activities.shape[1:])
    sds = _broadcast(activity_sds, activities.shape)
    clock = (times, decay_constant_per_h(organ.physical_half_life_h))
    fallback = (_OrganShape.of(organ, times), least_signal_to_noise)
    found = np.zeros((3, inside.size), dtype=np.float32)
    source = np.zeros(inside.size, dtype=np.uint8)
    for block in _blocks(inside):
        z, y, x = np.unravel_index(block, activities.shape[1:])
        values = activities[:, z, y, x].astype(np.float64)
        noise = sds[:, z, y, x].astype(np.float64)
        _refuse_block(values, noise)
        with np.errstate(all="ignore"):
            found[:, block], source[block] = _block(values / noise, 1.0 / noise, clock, fallback)
    maps = found.reshape(3, *activities.shape[1:])
    return VoxelKinetics(maps[0], maps[1], maps[2], source.reshape(activities.shape[1:]))


def voxelwise_single_time_point(
    activity: NDArray[np.floating],
    *,
    time_h: float,
    effective_half_life_h: NDArray[np.floating] | float,
    physical_half_life_h: float,
    mask: NDArray[np.bool_] | None = None,
) -> VoxelKinetics:
    """Time-integrated activity of each voxel from one image and effective half-lives: A 2^(t/T) T / ln 2.

    Parameters
    ----------
    activity : array (z, y, x), not corrected for decay, not negative.
    time_h : After administration [h], positive.
    effective_half_life_h : One number or array (z, y, x), such as one half-life per organ [h], positive inside the
        mask. One that is longer than the physical half-life is held there, and `source` says PHYSICAL_DECAY.
    physical_half_life_h : Of the nuclide [h].
    mask : array (z, y, x), where to work; everywhere if None.

    Returns
    -------
    Maps with `source` ORGAN; the map of uncertainties is zero, because one image knows nothing of the half-life:
    take `population_time_integrated_activity` for it.

    Raises
    ------
    InputError : Negative or not finite activities, a time or half-life that is not positive, an empty mask.
    GeometryError : Shapes that do not agree.
    """
    if not (math.isfinite(time_h) and time_h > 0):
        raise problem(time_h, "a finite time after administration above zero, in hours", path="time_h")
    decay_constant_per_h(physical_half_life_h)
    inside = _inside(mask, activity.shape)
    half_lives = np.asarray(effective_half_life_h, dtype=np.float64)
    if half_lives.ndim and half_lives.shape != activity.shape:
        raise GeometryError(
            f"half-lives of shape {half_lives.shape} for an image of shape {activity.shape}",
            expected="one half-life, or one for each voxel",
        )
    chosen = np.broadcast_to(half_lives, activity.shape).ravel()[inside]
    if not (np.isfinite(chosen) & (chosen > 0)).all():
        raise problem(
            f"{int(np.count_nonzero(~(np.isfinite(chosen) & (chosen > 0))))} voxels without a half-life",
            "a positive half-life in every voxel of the mask",
            "Give a half-life for every organ inside the mask.",
            path="effective_half_life_h",
        )
    values = activity.ravel()[inside].astype(np.float64)
    _refuse_block(values[None], np.ones((1, 1)))
    held = np.minimum(chosen, physical_half_life_h)
    found = np.zeros((2, inside.size), dtype=np.float32)
    source = np.zeros(inside.size, dtype=np.uint8)
    found[0, inside] = values * np.exp2(time_h / held) * held / math.log(2.0)
    found[1, inside] = held
    source[inside] = np.where(chosen > physical_half_life_h, Source.PHYSICAL_DECAY, Source.ORGAN)
    maps = found.reshape(2, *activity.shape)
    return VoxelKinetics(maps[0], np.zeros_like(maps[0]), maps[1], source.reshape(activity.shape))


@dataclass(frozen=True, slots=True, eq=False)
class _OrganShape:
    """The organ's curve at the times, and its integral.

    Parameters
    ----------
    at_times : array (n,), activity of the curve at the times of the images.
    integral : Time-integrated activity of the curve.
    relative_sd : Relative standard uncertainty of that integral.
    half_life_h : Slowest effective half-life [h].
    """

    at_times: FloatArray
    integral: float
    relative_sd: float
    half_life_h: float

    @classmethod
    def of(cls, organ: Fit, times: FloatArray) -> _OrganShape:
        """The shape of a fit."""
        integral = organ.time_integrated_activity
        at_times = organ.activity(times)
        if not (at_times > 0).any():
            raise problem(
                "an organ without activity at the times of the images",
                "a fit of the organ to these images",
                path="organ",
            )
        return cls(
            at_times,
            integral,
            organ.time_integrated_activity_sd / integral,
            organ.effective_half_lives_h[0],
        )


def _block(
    scaled: FloatArray,
    weight: FloatArray,
    clock: tuple[FloatArray, float],
    fallback: tuple[_OrganShape, float],
) -> tuple[FloatArray, NDArray[np.uint8]]:
    """Integral, its uncertainty and half-life (3, voxels) and the source, of voxels (n, voxels).

    `scaled` is activity over noise, `weight` one over noise; `clock` holds times and decay constant.
    """
    (times, decay), (shape, least) = clock, fallback
    expected = weight * shape.at_times[:, None]
    norm = np.einsum("ij,ij->j", expected, expected)
    scale = np.einsum("ij,ij->j", expected, scaled) / norm
    strong = scale * np.sqrt(norm) >= least
    found = np.empty((3, scaled.shape[1]))
    found[0] = scale * shape.integral
    found[1] = shape.integral * np.hypot(1 / np.sqrt(norm), scale * shape.relative_sd)
    found[2] = shape.half_life_h
    source = np.full(scaled.shape[1], Source.ORGAN, dtype=np.uint8)
    tried = np.flatnonzero(strong)
    if tried.size:
        rate = _rates(scaled[:, tried], weight[:, tried], times)
        declines = rate > 0
        kept = tried[declines]
        slow = rate[declines] <= decay
        own = np.where(slow, decay, rate[declines])
        results = _integrals(scaled[:, kept], weight[:, kept], times, own)
        usable = (np.isfinite(results) & (results < LARGEST)).all(axis=0)
        found[:, kept[usable]] = results[:, usable]
        source[kept[usable]] = np.where(slow, Source.PHYSICAL_DECAY, Source.OWN)[usable]
    return found, source


def _rates(scaled: FloatArray, weight: FloatArray, times: FloatArray) -> FloatArray:
    """Rate [1/h] of the exponential of either sign that fits each voxel best; not finite where none does."""
    middle = float(times.mean())
    since = (times - middle)[:, None]
    span = float(np.ptp(times))
    amplitude, rate = _log_linear(scaled, weight, since)
    for _ in range(STEPS):
        shape = weight * np.exp(-rate * since)
        by_rate = -since * shape * amplitude
        apart = scaled - amplitude * shape
        aa = np.einsum("ij,ij->j", shape, shape)
        ar = np.einsum("ij,ij->j", shape, by_rate)
        rr = np.einsum("ij,ij->j", by_rate, by_rate)
        ra = np.einsum("ij,ij->j", shape, apart)
        rb = np.einsum("ij,ij->j", by_rate, apart)
        step = (aa * rb - ar * ra) / np.maximum(aa * rr - ar**2, np.finfo(np.float64).tiny)
        step = np.clip(np.nan_to_num(step), -1 / span, 1 / span)
        rate = np.clip(rate + step, -FASTEST / span, FASTEST / span)
        shape = weight * np.exp(-rate * since)
        amplitude = np.einsum("ij,ij->j", shape, scaled) / np.einsum("ij,ij->j", shape, shape)
    return rate


def _log_linear(scaled: FloatArray, weight: FloatArray, since: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Amplitude at the middle time and rate of a straight line through ln A with weights (A/sd)^2."""
    squares = scaled**2
    logs = np.log(np.maximum(scaled, 1e-30) / weight)
    total = np.maximum(squares.sum(axis=0), np.finfo(np.float64).tiny)
    mean_time = (squares * since).sum(axis=0) / total
    mean_log = (squares * logs).sum(axis=0) / total
    from_mean = since - mean_time
    spread = np.maximum((squares * from_mean**2).sum(axis=0), np.finfo(np.float64).tiny)
    rate = -(squares * from_mean * (logs - mean_log)).sum(axis=0) / spread
    fastest = FASTEST / float(np.ptp(since))
    rate = np.clip(rate, -fastest, fastest)
    return np.exp(mean_log + rate * mean_time), rate


def _integrals(scaled: FloatArray, weight: FloatArray, times: FloatArray, rate: FloatArray) -> FloatArray:
    """Integral, its standard uncertainty and the half-life (3, voxels) for given rates, best amplitudes.

    With a = A(0) and l: X = a/l, gradient (1/l, -a/l^2), covariance of (a, l) from the normal equations.
    """
    since = times[:, None]
    shape = weight * np.exp(-rate * since)
    aa = np.einsum("ij,ij->j", shape, shape)
    amplitude = np.einsum("ij,ij->j", shape, scaled) / aa
    by_rate = -since * shape * amplitude
    ar = np.einsum("ij,ij->j", shape, by_rate)
    rr = np.einsum("ij,ij->j", by_rate, by_rate)
    determinant = np.maximum(aa * rr - ar**2, np.finfo(np.float64).tiny)
    integral = amplitude / rate
    variance = (rr + 2 * ar * integral + aa * integral**2) / (determinant * rate**2)
    return np.stack([integral, np.sqrt(np.maximum(variance, 0.0)), math.log(2.0) / rate])


def _inside(mask: NDArray[np.bool_] | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Voxels to work on, flat; refuses an empty mask and another shape."""
    if mask is None:
        return np.ones(math.prod(shape), dtype=bool)
    if mask.shape != shape:
        raise GeometryError(
            f"a mask of shape {mask.shape} for an image of shape {shape}",
            expected="one grid for image and mask",
            remedy="Bring the mask to the grid of the image with nelm.volume.mask_on.",
        )
    if not mask.any():
        raise problem(
            "an empty mask", "a mask with at least one voxel", "Outline the region first.", path="mask"
        )
    return mask.ravel()


def _broadcast(activity_sds: NDArray[np.floating] | float, shape: tuple[int, ...]) -> NDArray[np.floating]:
    """Uncertainties in the shape of the activities, without a copy."""
    sds = np.asarray(activity_sds)
    try:
        return np.broadcast_to(sds, shape)
    except ValueError:
        raise GeometryError(
            f"uncertainties of shape {sds.shape} for activities of shape {shape}",
            expected="one number, one per time as (n, 1, 1, 1), or the shape of the activities",
        ) from None


def _blocks(inside: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Indices of the voxels to work on, some at a time."""
    indices = np.flatnonzero(inside)
    for start in range(0, indices.size, VOXELS_AT_ONCE):
        yield indices[start : start + VOXELS_AT_ONCE]


def _refuse_block(values: FloatArray, noise: FloatArray) -> None:
    """Refuses activities that are negative or not finite, and uncertainties that are not positive."""
    wrong = ~(np.isfinite(values) & (values >= 0))
    if wrong.any():
        raise problem(
            float(values[wrong][0]),
            "finite activities, not negative",
            "Correct or mask out voxels that are negative or not a number; do not set them to zero unseen.",
            path="activities",
        )
    unsure = ~(np.isfinite(noise) & (noise > 0))
    if unsure.any():
        raise problem(
            float(noise[unsure][0]),
            "positive standard uncertainties",
            "Give the noise of a voxel in the unit of the activity.",
            path="activity_sds",
        )
