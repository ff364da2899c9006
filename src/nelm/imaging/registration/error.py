"""How far off a registration may be, so that every margin after it can be widened.

What each estimate can show: landmarks given by a person show the error at their places and no farther; the surface
of the liver shows errors across the surface, not along it; going back and forth shows what the method does not
reproduce, not what it does wrong both times; restarts show whether the answer hangs on the start. The largest of what
is at hand is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.imaging.registration.transform import RigidTransform, Transform, moved_mask
from nelm.volume import Mask


@dataclass(frozen=True, slots=True)
class RegistrationError:
    """An estimate of the target registration error.

    Parameters
    ----------
    mean_mm, p95_mm : Mean and 95th percentile [mm].
    method : Which estimate gave the largest 95th percentile.
    parts : Every estimate at hand: name, mean, 95th percentile.
    """

    mean_mm: float
    p95_mm: float
    method: str
    parts: tuple[tuple[str, float, float], ...]


def registration_error(
    transform: Transform,
    points_mm: NDArray[np.float64],
    *,
    landmarks: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    surfaces: tuple[Mask, Mask] | None = None,
    backward: RigidTransform | None = None,
    restarts: tuple[Transform, ...] = (),
) -> RegistrationError | None:
    """The error at points of the fixed image; None where nothing is at hand to estimate it by.

    Parameters
    ----------
    transform : From the fixed image to the moving one.
    points_mm : (n, 3) points whose error is asked for (lesions).
    landmarks : The same points in the fixed and in the moving image (n, 3).
    surfaces : The same organ in the fixed and in the moving image.
    backward : The registration of the fixed image onto the moving one.
    restarts : The same registration from other starts.
    """
    parts: list[tuple[str, float, float]] = []
    if landmarks is not None:
        parts.append(
            _part("landmarks", np.linalg.norm(transform.points(landmarks[0]) - landmarks[1], axis=1))
        )
    if surfaces is not None:
        parts.append(_part("surface of the liver", surface_distances(transform, *surfaces)))
    if backward is not None:
        there_and_back = backward.points(transform.points(points_mm))
        parts.append(_part("there and back", np.linalg.norm(there_and_back - points_mm, axis=1)))
    if restarts:
        reached = np.stack([other.points(points_mm) for other in (transform, *restarts)])
        parts.append(_part("restarts", np.linalg.norm(reached - reached.mean(axis=0), axis=2).max(axis=0)))
    if not parts:
        return None
    worst = max(parts, key=lambda part: part[2])
    return RegistrationError(worst[1], worst[2], worst[0], tuple(parts))


def surface_distances(transform: Transform, fixed: Mask, moving: Mask) -> NDArray[np.float64]:
    """Distances between the surfaces of an organ in both images after registration, both ways [mm]."""
    box = fixed.box(margin_mm=20.0)
    still = fixed.cropped(box)
    laid = moved_mask(moving, transform, still.grid)
    first, second = _surface(still), _surface(laid)
    if not len(first) or not len(second):
        return np.array([np.inf])
    return np.concatenate([cKDTree(second).query(first)[0], cKDTree(first).query(second)[0]])


def perturbed_starts(
    count: int, rng: np.random.Generator, *, centre_mm: NDArray[np.float64]
) -> list[RigidTransform]:
    """Starts around nothing: up to 5 degrees and 10 mm off, about a centre."""
    found: list[RigidTransform] = []
    for _ in range(count):
        a, b, c = np.radians(rng.uniform(-5, 5, 3))
        x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        matrix = np.eye(4)
        matrix[:3, :3] = x @ y @ z
        matrix[:3, 3] = centre_mm - matrix[:3, :3] @ centre_mm + rng.uniform(-10, 10, 3)
        found.append(RigidTransform.of(matrix))
    return found


def _part(name: str, distances: NDArray[np.floating]) -> tuple[str, float, float]:
    return name, float(np.mean(distances)), float(np.percentile(distances, 95))


def _surface(mask: Mask) -> NDArray[np.float64]:
    """Points of the voxels of a region with a neighbour outside it."""
    array = np.pad(mask.array, 1)
    inner = array.copy()
    for axis in range(3):
        inner &= np.roll(array, 1, axis) & np.roll(array, -1, axis)
    border = (array & ~inner)[1:-1, 1:-1, 1:-1]
    return mask.grid.points_of(np.argwhere(border))
