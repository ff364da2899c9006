"""Where each emission image lies in the space of the anatomy."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from nelm.errors import ConvergenceError
from nelm.imaging.registration import RigidTransform, moved_volume, register_rigidly, registration_error
from nelm.volume import Grid, Mask, Volume

CORNERS = np.array(np.meshgrid((0.25, 0.75), (0.25, 0.75), (0.25, 0.75), indexing="ij")).reshape(3, -1).T
"""Places in an image, as parts of its edges, at which the error of a registration is looked at."""
LEAST_ERROR_MM = 1.0
EMISSION = ("NM", "PT")
FAINT, AROUND_MM = 0.003, 20.0
"""Part of the largest value below which an emission image shows nothing, and what is kept around the rest [mm]."""
AT_ONCE = 2
"""Registrations that run beside each other."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An emission image and its place.

    Parameters
    ----------
    volume : The image; resampled where it had to be laid onto the anatomy first.
    from_reference : Where a point of the anatomy lies in it.
    error_mm : 95 % of that [mm].
    remarks : How it was found.
    """

    volume: Volume
    from_reference: RigidTransform
    error_mm: float
    remarks: tuple[str, ...]


def placed(images: Sequence[Volume], anatomy: Volume | None, others: Sequence[Volume]) -> list[Placed]:
    """The place of each image: by its frame of reference, by the CT that shares it, else by an image that is placed.

    The first of the images in the list is laid onto the anatomy if it does not lie there, because maps are made on it.

    Parameters
    ----------
    images : In the order of time.
    anatomy : The image that regions were drawn on; None: all images are taken as they lie.
    others : Every CT and MR of the study.
    """
    if anatomy is None:
        return [
            Placed(image, RigidTransform.identity(), 0.0, ("no image of the anatomy: taken as it lies",))
            for image in images
        ]
    found: list[Placed | None] = [_by_frame(image, anatomy) for image in images]
    for number, image in enumerate(images):
        if found[number] is None:
            found[number] = _by_companion(image, anatomy, others)
    anchor = next((one for one in found if one is not None), None)
    if anchor is None:
        anchor = found[0] = _registered(images[0], anatomy, "directly to the anatomy, which is not sure")
    anchored = anchor

    def place(number: int) -> Placed:
        return found[number] or _through(images[number], anchored)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        done = list(pool.map(place, range(len(images))))
    first = done[0]
    return [first if first.from_reference == RigidTransform.identity() else _laid(first), *done[1:]]


def _by_frame(image: Volume, anatomy: Volume) -> Placed | None:
    """In the frame of reference of the anatomy nothing moves."""
    own = image.origin.frame_of_reference_uid
    if own is None or own != anatomy.origin.frame_of_reference_uid:
        return None
    return Placed(image, RigidTransform.identity(), 0.0, ())


def _by_companion(image: Volume, anatomy: Volume, others: Sequence[Volume]) -> Placed | None:
    """By the CT that was taken with it, registered to the anatomy."""
    own = image.origin.frame_of_reference_uid
    mates = [other for other in others if own is not None and other.origin.frame_of_reference_uid == own]
    if not mates:
        return None
    transform, error = _rigid(anatomy, mates[0])
    return Placed(image, transform, error, (_said(image, f"by its CT, error {error:.1f} mm"),))


def _registered(image: Volume, anatomy: Volume, how: str) -> Placed:
    transform, error = _rigid(anatomy, image)
    return Placed(image, transform, error, (_said(image, f"{how}, error {error:.1f} mm"),))


def _through(image: Volume, anchor: Placed) -> Placed:
    """By an emission image that is placed already."""
    to_anchor, error = _rigid(anchor.volume, image)
    total = float(np.hypot(error, anchor.error_mm))
    said = _said(image, f"to the image that lies in place, error {error:.1f} mm")
    return Placed(image, to_anchor.after(anchor.from_reference), total, (said,))


def _seen(image: Volume) -> Volume:
    """The part of an emission image that shows something; another image whole."""
    values = np.asarray(image.array, dtype=np.float64)
    if image.origin.modality not in EMISSION or values.max() <= 0:
        return image
    return image.cropped(Mask(values > FAINT * values.max(), image.grid).box(AROUND_MM))


def _rigid(fixed: Volume, moving: Volume) -> tuple[RigidTransform, float]:
    """From the fixed image to the moving one, and 95 % of its error [mm]."""
    fixed, moving = _seen(fixed), _seen(moving)
    there = register_rigidly(fixed, moving).transform
    back = register_rigidly(moving, fixed, start=there.inverse()).transform
    points = fixed.grid.points_of(CORNERS * (np.array(fixed.grid.shape) - 1))
    error = registration_error(there, points, backward=back)
    if error is None:
        raise ConvergenceError("two images could not be registered", remedy="Register them first")
    return there, max(LEAST_ERROR_MM, error.p95_mm)


def _laid(first: Placed) -> Placed:
    """The image resampled into the space of the anatomy."""
    grid = first.volume.grid
    points = first.from_reference.inverse().points(grid.corners)
    low, high = points.min(axis=0), points.max(axis=0)
    spacing = grid.spacing_mm
    shape = [
        int(np.ceil(extent / step)) + 1 for extent, step in zip((high - low)[::-1], spacing, strict=True)
    ]
    target = Grid.axial(shape, spacing, low.tolist())
    moved = moved_volume(first.volume, first.from_reference, target)
    return replace(first, volume=moved, from_reference=RigidTransform.identity())


def _said(image: Volume, how: str) -> str:
    name = image.origin.description or image.origin.path or "image"
    return f"{name}: registered {how}"
