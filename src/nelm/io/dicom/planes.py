"""Image planes: where each slice or frame of a file lies in the patient."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from nelm.io.dicom.attributes import Vector, first_of, items_of, number_of, numbers_of

MOST_FRAMES = 20_000


@dataclass(frozen=True, slots=True)
class Plane:
    """One slice or frame; what the header does not say is None.

    Parameters
    ----------
    frame : Index of the frame in its file.
    position : Centre of the first voxel (x, y, z) [mm].
    orientation : Direction cosines along a row, then along a column (6).
    spacing : Between rows, between columns [mm].
    thickness : Slice thickness [mm].
    """

    frame: int
    position: Vector | None
    orientation: Vector | None
    spacing: Vector | None
    thickness: float | None


def planes_of(dataset: Dataset, kind: str) -> tuple[Plane, ...]:
    """The planes of a file, in the order of its frames."""
    if kind == "NM":
        return _nuclear(dataset)
    if "PerFrameFunctionalGroupsSequence" in dataset:
        return _enhanced(dataset)
    return (_plane(0, dataset, dataset, dataset),)


def _plane(frame: int, place: Dataset | None, turned: Dataset | None, measured: Dataset | None) -> Plane:
    return Plane(
        frame,
        numbers_of(place, "ImagePositionPatient", 3) if place is not None else None,
        numbers_of(turned, "ImageOrientationPatient", 6) if turned is not None else None,
        numbers_of(measured, "PixelSpacing", 2) if measured is not None else None,
        number_of(measured, "SliceThickness") if measured is not None else None,
    )


def _enhanced(dataset: Dataset) -> tuple[Plane, ...]:
    """Planes of an enhanced multi-frame image: from the group of the frame, else from the shared one."""
    shared = first_of(dataset, "SharedFunctionalGroupsSequence")
    groups = items_of(dataset, "PerFrameFunctionalGroupsSequence")

    def item(group: Dataset, name: str) -> Dataset | None:
        return first_of(group, name) or first_of(shared, name)

    return tuple(
        _plane(
            index,
            item(group, "PlanePositionSequence"),
            item(group, "PlaneOrientationSequence"),
            item(group, "PixelMeasuresSequence"),
        )
        for index, group in enumerate(groups)
    )


def _nuclear(dataset: Dataset) -> tuple[Plane, ...]:
    """Planes of a nuclear medicine image.

    The detector sequence gives the first frame; the others follow along the normal of the plane at
    SpacingBetweenSlices, which may be negative, or at SliceThickness where it is absent.
    """
    detector = first_of(dataset, "DetectorInformationSequence") or dataset
    first = numbers_of(detector, "ImagePositionPatient", 3) or numbers_of(dataset, "ImagePositionPatient", 3)
    turned = numbers_of(detector, "ImageOrientationPatient", 6) or numbers_of(
        dataset, "ImageOrientationPatient", 6
    )
    spacing, thickness = numbers_of(dataset, "PixelSpacing", 2), number_of(dataset, "SliceThickness")
    step = number_of(dataset, "SpacingBetweenSlices") or thickness
    frames = int(number_of(dataset, "NumberOfFrames") or 1)
    if first is None or turned is None or step is None or frames == 1:
        return tuple(
            Plane(index, first if frames == 1 else None, turned, spacing, thickness)
            for index in range(frames)
        )
    normal = cross(turned[:3], turned[3:])
    return tuple(
        Plane(
            index,
            tuple(a + index * step * b for a, b in zip(first, normal, strict=True)),
            turned,
            spacing,
            abs(thickness) if thickness else None,
        )
        for index in range(min(frames, MOST_FRAMES))
    )


def cross(first: Vector, second: Vector) -> Vector:
    """The vector product."""
    (a, b, c), (d, e, f) = first, second
    return b * f - c * e, c * d - a * f, a * e - b * d
