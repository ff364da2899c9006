"""An earlier examination beside the present one: registered, and lesion by lesion matched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nelm.imaging.lesions import Lesion, lesion_of, matched, named_over_time
from nelm.imaging.measured import MeasuredLesion, StudyMeasurement
from nelm.imaging.progress import Progress
from nelm.imaging.registration import (
    RigidTransform,
    moved_mask,
    register_rigidly,
    registration_error,
)
from nelm.volume import Grid, Mask

LIVER_MARGIN_MM = 20.0
PERCENTILE_FLOOR_MM = 1.0


def with_earlier(
    measurement: StudyMeasurement, earlier: StudyMeasurement, *, progress: Progress
) -> StudyMeasurement:
    """The measurement with the lesions named as in the earlier one, and what became of each.

    The images are registered rigidly on the liver; without images, or in one frame of reference, the segmentations are
    taken as they lie. The error of the registration (95 %, from going back and forth and from the surfaces of the
    liver) decides how near lesions have to be to be the same.
    """
    progress("registration with the earlier examination")
    transform, backward, remarks = registered_livers(measurement, earlier)
    grid = measurement.liver.regions.liver.grid
    moved = [moved_lesion(item, transform, grid) for item in earlier.liver.lesions]
    present = [item for item in moved if item is not None]
    kept = [item for item, lesion in zip(earlier.liver.lesions, moved, strict=True) if lesion is not None]
    points = grid.points_of([[n // 2 for n in grid.shape]])
    if measurement.liver.lesions:
        points = np.array([item.size.longest.first_mm for item in measurement.liver.lesions])
    error = registration_error(
        transform,
        points,
        surfaces=(measurement.liver.regions.liver, earlier.liver.regions.liver),
        backward=backward,
    )
    error_mm = max(PERCENTILE_FLOOR_MM, error.p95_mm if error is not None else PERCENTILE_FLOOR_MM)
    now = [item.lesion for item in measurement.liver.lesions]
    matches = matched(present, now, error_mm=error_mm)
    names = named_over_time(present, now, matches)
    lesions = tuple(
        replace(item, lesion=lesion) for item, lesion in zip(measurement.liver.lesions, names, strict=True)
    )
    said = f"lesions matched with those of {earlier.origin.date or 'an earlier examination'}; error {error_mm:.1f} mm"
    how = "" if error is None else f" (95 %, by {error.method})"
    return replace(
        measurement,
        liver=replace(measurement.liver, lesions=lesions),
        matches=matches,
        earlier=tuple(kept),
        remarks=(*measurement.remarks, said + how, *remarks),
    )


def registered_livers(
    measurement: StudyMeasurement, earlier: StudyMeasurement
) -> tuple[RigidTransform, RigidTransform | None, list[str]]:
    """From the present image to the earlier one, and back."""
    now, then = measurement.image, earlier.image
    if now is None or then is None:
        return RigidTransform.identity(), None, ["without both images nothing was registered"]
    frames = {now.origin.frame_of_reference_uid, then.origin.frame_of_reference_uid}
    if len(frames) == 1 and None not in frames:
        return RigidTransform.identity(), None, []
    whole = register_rigidly(now, then).transform
    region = _around(measurement.liver.regions.liver)
    there = register_rigidly(now, then, region=region, start=whole).transform
    back = register_rigidly(
        then, now, region=_around(earlier.liver.regions.liver), start=there.inverse()
    ).transform
    return there, back, []


def _around(liver: Mask) -> Mask:
    """The box around the liver with a margin."""
    array = np.zeros(liver.grid.shape, dtype=bool)
    array[liver.box(margin_mm=LIVER_MARGIN_MM)] = True
    return Mask(array, liver.grid)


def moved_lesion(item: MeasuredLesion, transform: RigidTransform, grid: Grid) -> Lesion | None:
    """An earlier lesion on the lattice of the present image; None where it falls outside."""
    laid = moved_mask(item.lesion.mask, transform, grid)
    return None if laid.is_empty else lesion_of(item.lesion.name, laid)
