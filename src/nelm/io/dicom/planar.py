"""Planar nuclear medicine images: frames with their detector, energy window and view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from nelm.errors import InputError, Problem
from nelm.io.dicom.findings import Finding
from nelm.io.dicom.gamma_camera import MS_PER_S, EnergyWindow, energy_windows_of
from nelm.io.dicom.headers import Header, read_header
from nelm.io.dicom.instances import Frame, Layout, Source
from nelm.io.dicom.pixels import decoded
from nelm.io.dicom.series import Series
from nelm.io.dicom.values import rescaled, rescales
from nelm.io.dicom.volumes import origin_of
from nelm.volume import ImageOrigin


@dataclass(frozen=True, slots=True)
class PlanarFrame:
    """What one planar image shows.

    Parameters
    ----------
    file : Number of the file in the series, from 0.
    detector : Number of the detector, from 1.
    energy_window : The window, None where the file has no energy window vector.
    view : Such as Anterior, as the code says.
    duration_s : Of the acquisition [s].
    """

    file: int
    detector: int
    energy_window: EnergyWindow | None
    view: str | None
    duration_s: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PlanarImages:
    """Planar images of one size.

    Parameters
    ----------
    array : (frames, rows, columns), counts as stored and rescaled.
    frames : What each shows.
    pixel_spacing_mm : Between rows and between columns; None where the header is silent.
    origin : Where they came from.
    """

    array: NDArray[np.generic]
    frames: tuple[PlanarFrame, ...]
    pixel_spacing_mm: tuple[float, float] | None
    origin: ImageOrigin


def read_planar(series: Series) -> PlanarImages:
    """Planar images, or projections, of nuclear medicine.

    Raises
    ------
    InputError
        For series that are no planar images, and where pixels are damaged or contradict the header.
    """
    if series.layout not in (Layout.PLANAR, Layout.PROJECTIONS):
        remedy = "Read it with read_volume"
        raise InputError([Problem("series", "", "planar nuclear medicine images", remedy)], file=series.name)
    first = series.frames[0]
    if not first.rows or not first.columns:
        raise InputError([Problem("Rows", "", "the size of the images", "Copy it again")], file=series.name)
    frames = tuple(sorted(series.frames, key=lambda frame: (str(frame.source.path), frame.index)))
    scale, findings = rescales(series, frames)
    described = [one for source in _sources(frames) for one in _described(source, _sources(frames))]
    images: list[NDArray[np.generic]] = []
    for source in _sources(frames):
        own = [frame.index for frame in frames if frame.source.path == source.path]
        pixels, remarks = decoded(source, own, (first.rows, first.columns))
        images += [rescaled(one, scale[len(images) + k]) for k, one in enumerate(pixels)]
        findings += remarks
    array = np.stack(images)
    array.flags.writeable = False
    said: list[Finding] = [*series.findings, *findings]
    return PlanarImages(array, tuple(described), first.pixel_spacing_mm, origin_of(series, frames, said))


def _sources(frames: tuple[Frame, ...]) -> tuple[Source, ...]:
    """The files of the frames, each once."""
    return tuple({frame.source.path: frame.source for frame in frames}.values())


def _described(source: Source, sources: tuple[Source, ...]) -> list[PlanarFrame]:
    """What the frames of one file show."""
    try:
        header = read_header(source.path)
    except InvalidDicomError as error:
        problem = Problem(source.path.name, "", f"a readable header ({error})", "Copy the file again")
        raise InputError([problem], file=str(source.path)) from error
    count = source.frame_count
    detectors = _vector(header, "DetectorVector", count, source)
    windows = _vector(header, "EnergyWindowVector", count, source)
    known = {one.number: one for one in energy_windows_of(header)}
    duration = header.number("ActualFrameDuration")
    return [
        PlanarFrame(
            file=sources.index(source),
            detector=detectors[index] if detectors else 1,
            energy_window=known.get(windows[index], EnergyWindow(windows[index], None, ()))
            if windows
            else None,
            view=_view(header, detectors[index] if detectors else 1),
            duration_s=None if duration is None else duration / MS_PER_S,
        )
        for index in range(count)
    ]


def _vector(header: Header, keyword: str, count: int, source: Source) -> tuple[int, ...] | None:
    """A vector with one number for each frame; None when the file has none."""
    found = header.wholes(keyword)
    if found is not None and len(found) != count:
        problem = Problem(keyword, f"{len(found)} values", f"{count}, one for each frame", "Copy it again")
        raise InputError([problem], file=str(source.path))
    return found


def _view(header: Header, detector: int) -> str | None:
    """The view of a detector, such as Anterior."""
    detectors = header.items("DetectorInformationSequence")
    if not 0 < detector <= len(detectors):
        return None
    code = detectors[detector - 1].item("ViewCodeSequence")
    return (code.text("CodeMeaning") or code.text("CodeValue")) if code is not None else None
