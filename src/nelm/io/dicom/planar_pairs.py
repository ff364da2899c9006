"""Opposite planar images, anterior and posterior: what a lung shunt and planar kinetics are measured on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from nelm.errors import InputError, Problem
from nelm.io.dicom.acquisition import Acquisition, read_acquisition
from nelm.io.dicom.discovery import find_series
from nelm.io.dicom.gamma_camera import EnergyWindow, energy_windows_of
from nelm.io.dicom.headers import Header, read_header
from nelm.io.dicom.instances import Layout
from nelm.io.dicom.planar import PlanarFrame, read_planar
from nelm.io.dicom.series import Series
from nelm.volume import ImageOrigin

ANTERIOR, POSTERIOR = "anterior", "posterior"
WORDS = {ANTERIOR: {"ant", "anterior"}, POSTERIOR: {"pos", "post", "posterior"}}
STRAIGHT_DEG = 10.0
"""A detector within this of 0 or 180 degrees stands behind or in front of the patient."""
SAME_SPACING = 1e-3
"""Largest relative difference of the pixel spacing of the two images."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanarPair:
    """Two opposite planar images of one energy window, taken together.

    Parameters
    ----------
    anterior, posterior : (rows, columns) counts, each as its detector sees the patient: in the posterior image the
        patient's left is on the left, in the anterior image it is on the right.
    pixel_mm : Between rows and between columns; None where the header is silent.
    energy_window : Of both; None where the files describe none.
    duration_s : Of both [s]; None where the header is silent.
    acquisition : When and with what.
    origin : Where they came from.
    notes : What was assumed, one sentence each.
    """

    anterior: NDArray[np.generic]
    posterior: NDArray[np.generic]
    pixel_mm: tuple[float, float] | None
    energy_window: EnergyWindow | None
    duration_s: float | None
    acquisition: Acquisition
    origin: ImageOrigin
    notes: tuple[str, ...] = ()

    @property
    def posterior_turned(self) -> NDArray[np.generic]:
        """The posterior image turned over, so that every pixel lies behind that of the anterior image."""
        return self.posterior[:, ::-1]

    @property
    def geometric_mean(self) -> NDArray[np.float64]:
        """Square root of the product of the two images, turned to lie over each other (rows, columns)."""
        product = np.asarray(self.anterior, np.float64) * np.asarray(self.posterior_turned, np.float64)
        return np.sqrt(np.clip(product, 0, None))


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One image with its side, window and series."""

    side: str
    image: NDArray[np.generic]
    window: EnergyWindow | None
    frame: PlanarFrame
    series: Series
    pixel_mm: tuple[float, float] | None
    origin: ImageOrigin
    note: str | None


def read_planar_pair(paths: Sequence[Path], *, photopeak_kev: float | None = None) -> PlanarPair:
    """The anterior and posterior image in one file of two detectors, or in two files.

    The side of a detector is that of its view code; without one that of its start angle, which the standard counts
    from the patient's back (DICOM PS3.3 C.8.4.11: 0 degrees behind, 180 in front); without that the word in the
    description of the series. Whatever was not coded is said in the notes.

    Parameters
    ----------
    paths : Files or folders with this pair and nothing else of nuclear medicine that is planar.
    photopeak_kev : An energy inside the window to use; needed where there are several windows.

    Raises
    ------
    InputError
        Where there is not exactly one image of each side in the window, or the two are not alike.
    """
    where = ", ".join(str(path) for path in paths)
    found = [one for one in find_series(paths).of("NM") if one.layout is Layout.PLANAR]
    views = [view for series in found for view in _views(series)]
    if photopeak_kev is not None:
        views = [one for one in views if one.window is None or one.window.holds(photopeak_kev)]
    front, back = (_only(views, side, where) for side in (ANTERIOR, POSTERIOR))
    _check_alike(front, back, where)
    notes = tuple(dict.fromkeys(one.note for one in (front, back) if one.note))
    return PlanarPair(
        anterior=front.image,
        posterior=back.image,
        pixel_mm=front.pixel_mm,
        energy_window=front.window,
        duration_s=front.frame.duration_s,
        acquisition=read_acquisition(front.series),
        origin=front.origin,
        notes=notes,
    )


def _views(series: Series) -> list[_View]:
    """Every image of a series with what it shows."""
    images = read_planar(series)
    found: list[_View] = []
    sources = sorted(series.sources, key=lambda source: str(source.path))
    headers = [_header(source.path) for source in sources]
    for array, frame in zip(images.array, images.frames, strict=True):
        side, note = _side(headers[frame.file], frame)
        windows = energy_windows_of(headers[frame.file])
        window = frame.energy_window or (windows[0] if len(windows) == 1 else None)
        found.append(_View(side, array, window, frame, series, images.pixel_spacing_mm, images.origin, note))
    return found


def _header(path: Path) -> Header:
    """The header of a file that was read before."""
    try:
        return read_header(path)
    except InvalidDicomError as error:
        raise InputError(
            [Problem(path.name, "", f"a readable header ({error})", "Copy it again")], file=str(path)
        ) from error


def _side(header: Header, frame: PlanarFrame) -> tuple[str, str | None]:
    """Anterior, posterior or nothing, and what was assumed."""
    side = _named_side(frame.view)
    if side:
        return side, None
    detectors = header.items("DetectorInformationSequence")
    item = detectors[frame.detector - 1] if 0 < frame.detector <= len(detectors) else None
    angle = item.number("StartAngle") if item is not None else None
    if angle is not None and abs((angle + 90) % 180 - 90) <= STRAIGHT_DEG:
        behind = abs((angle + 180) % 360 - 180) <= STRAIGHT_DEG
        return (POSTERIOR if behind else ANTERIOR), "the side of a detector was taken from its start angle"
    words = " ".join((header.described("SeriesDescription"), header.described("ImageID")))
    side = _named_side(words)
    return side, "the side of an image was taken from the description of its series" if side else None


def _named_side(text: str | None) -> str:
    """The side that a text names; empty for neither and for both."""
    words = set(re.findall(r"[a-z]+", (text or "").lower()))
    sides = [side for side, names in WORDS.items() if names & words]
    return sides[0] if len(sides) == 1 else ""


def _only(views: Sequence[_View], side: str, where: str) -> _View:
    """The only view of a side."""
    found = [one for one in views if one.side == side]
    if len(found) == 1:
        return found[0]
    windows = {one.window for one in found}
    count = f"{len(found)} of {len(views)} planar images"
    remedy = "Give the file of the static or whole-body images, with both detectors"
    if len(windows) > 1:
        names = ", ".join(str(one.name or one.number) for one in windows if one is not None)
        remedy = f"Say the photopeak; there are the energy windows {names}"
    raise InputError([Problem(f"{side} image", count, "exactly one", remedy)], file=where)


def _check_alike(front: _View, back: _View, where: str) -> None:
    """Refuse two images that do not belong together."""
    compared = (
        ("size", front.image.shape, back.image.shape),
        ("energy window", front.window, back.window),
        ("duration", front.frame.duration_s, back.frame.duration_s),
        ("day", front.origin.date, back.origin.date),
        ("patient", front.series.sources[0].patient_key, back.series.sources[0].patient_key),
        ("nuclide", *(read_acquisition(one.series).nuclide for one in (front, back))),
    )
    problems = [
        Problem(name, "", f"the same {name} in the anterior and the posterior image", "Give images taken together")
        for name, one, other in compared
        if one != other
    ]  # fmt: skip
    first, second = front.pixel_mm or (0.0, 0.0), back.pixel_mm or (0.0, 0.0)
    if not np.allclose(first, second, rtol=SAME_SPACING):
        problems.append(Problem("pixel spacing", "", "the same in both images", "Give images taken together"))
    if problems:
        raise InputError(problems, file=where)
