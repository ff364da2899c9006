"""What a header of nuclear medicine says about the gamma camera: energy windows, and how long a tomogram took."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.io.dicom.headers import Header

MS_PER_S = 1000.0
ARC_TOLERANCE = 0.05
"""Relative difference within which views times step is the scan arc."""


@dataclass(frozen=True, slots=True)
class EnergyWindow:
    """An energy window of a gamma camera: its number from 1, name, and limits [keV]; None where not said."""

    number: int
    name: str | None
    ranges_kev: tuple[tuple[float, float], ...]

    def holds(self, energy_kev: float) -> bool:
        """Whether an energy [keV] lies inside."""
        return any(low <= energy_kev <= high for low, high in self.ranges_kev)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation of the detectors: number of views, time for each [s], angle between them and arc [degrees]."""

    views: int
    view_s: float
    step_deg: float | None
    arc_deg: float | None


def energy_windows_of(header: Header) -> tuple[EnergyWindow, ...]:
    """The energy windows in the order of their numbers."""
    found: list[EnergyWindow] = []
    for number, item in enumerate(header.items("EnergyWindowInformationSequence"), start=1):
        limits = [
            (part.number("EnergyWindowLowerLimit"), part.number("EnergyWindowUpperLimit"))
            for part in item.items("EnergyWindowRangeSequence")
        ]
        ranges = tuple((low, high) for low, high in limits if low is not None and high is not None)
        found.append(EnergyWindow(number, item.text("EnergyWindowName"), ranges))
    return tuple(found)


def duration_of(header: Header, notes: list[str]) -> float | None:
    """How long the acquisition took from its start to its end [s]; None where the header does not settle it.

    Planar images: Actual Frame Duration. Tomograms: the views of a rotation, each of Actual Frame Duration, summed over
    the rotations. By the standard every detector has its own Number of Frames in Rotation views, taken at the same
    time as those of the others, so the number of detectors does not matter; some cameras count the views of all
    detectors together. Projections show which by their number of frames. Of a reconstruction by several detectors whose
    views would take each of them round the whole arc both can be meant: then nothing is given, and it is said.

    Source: DICOM PS3.3 C.8.4.12 (rotation), C.8.4.8.1.9 (angular views of each detector).
    """
    rotations = _rotations(header)
    if rotations is None:
        return _milliseconds(header, "ActualFrameDuration")
    total_s = sum(rotation.views * rotation.view_s for rotation in rotations)
    detectors = header.whole("NumberOfDetectors") or 1
    if detectors == 1:
        return total_s
    shared = _views_are_shared(header, rotations, detectors)
    if shared is None:
        notes.append(
            f"{detectors} detectors and {sum(rotation.views for rotation in rotations)} views: each its own "
            f"({total_s:g} s), or all together ({total_s / detectors:g} s); the duration is left open"
        )
        return None
    return total_s / detectors if shared else total_s


def _rotations(header: Header) -> tuple[Rotation, ...] | None:
    """The rotations; None for planar images, and where the number of views or their time is missing."""
    found: list[Rotation] = []
    for item in header.items("RotationInformationSequence"):
        views, view_s = item.whole("NumberOfFramesInRotation"), _milliseconds(item, "ActualFrameDuration")
        if not views or views < 0 or view_s is None:
            return None
        found.append(Rotation(views, view_s, item.number("AngularStep"), item.number("ScanArc")))
    return tuple(found) or None


def _views_are_shared(header: Header, rotations: tuple[Rotation, ...], detectors: int) -> bool | None:
    """Whether the number of views counts those of all detectors together; None where that is open."""
    views = sum(rotation.views for rotation in rotations)
    frames = header.whole("NumberOfFrames")
    if "AngularViewVector" in header and frames is not None:
        windows = header.whole("NumberOfEnergyWindows") or 1
        return {windows * views: True, windows * views * detectors: False}.get(frames)
    first = rotations[0]
    if first.step_deg is None or first.arc_deg is None:
        return None
    covered = first.views * first.step_deg
    if abs(detectors * covered - first.arc_deg) <= ARC_TOLERANCE * first.arc_deg:
        return False
    return None


def _milliseconds(header: Header, keyword: str) -> float | None:
    """A time above zero that the header gives in milliseconds [s]."""
    found = header.number(keyword)
    return found / MS_PER_S if found is not None and found > 0 else None
