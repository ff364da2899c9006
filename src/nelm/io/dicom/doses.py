"""Reading RT Dose: doses of earlier courses, of external beams and of radionuclides, as volumes in Gy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from nelm.errors import GeometryError, InputError, Problem
from nelm.io.dicom.file_headers import source_of
from nelm.io.dicom.findings import Finding, repairs
from nelm.io.dicom.geometry import ROUNDED_MM, UNEVEN
from nelm.io.dicom.headers import Header, read_header
from nelm.io.dicom.instances import Source
from nelm.io.dicom.orientation import REPAIRABLE, Vector, axes_of, inexactness
from nelm.io.dicom.pixels import decoded
from nelm.volume import Grid, ImageOrigin, Quantity, Volume

MODALITY = "RTDOSE"


class DoseKind(StrEnum):
    """What a dose is (attribute Dose Type)."""

    PHYSICAL = "PHYSICAL"
    EFFECTIVE = "EFFECTIVE"
    """Corrected for its biological effect, in a way that the object does not say."""
    ERROR = "ERROR"
    """The difference of a desired and a planned dose."""


@dataclass(frozen=True, slots=True, eq=False)
class DoseImage:
    """A dose that was found.

    Parameters
    ----------
    volume : [Gy]; its quantity is the absorbed dose only where the dose is physical.
    kind : What it is.
    summation : Dose Summation Type as written; None where empty.
    label, comment : Of the treatment, and about the dose; empty where the file says nothing.
    structure_set_uid : The structure set of its histograms or of its treatment, if it names one.
    """

    volume: Volume
    kind: DoseKind
    summation: str | None
    label: str
    comment: str
    structure_set_uid: str | None


def read_dose(path: Path) -> Volume:
    """The absorbed dose of an RT Dose object [Gy], float32, on its own grid.

    Raises
    ------
    InputError
        As `read_dose_image`, and for a dose that was corrected for its biological effect or is a difference.
    GeometryError
        As `read_dose_image`.
    """
    found = read_dose_image(path)
    if found.kind is not DoseKind.PHYSICAL:
        remedy = "Export the physical dose; another one can be read with read_dose_image"
        raise InputError([Problem("DoseType", found.kind.value, "PHYSICAL", remedy)], file=str(path))
    return found.volume


def read_dose_image(path: Path) -> DoseImage:
    """An RT Dose object with what it says about itself.

    Planes may lie obliquely, run against their normal, and give their places from the first plane or as coordinates
    along the patient; pixels may have 16 or 32 bits.

    Raises
    ------
    InputError
        For a file that cannot be read, holds no grid, or whose dose is relative.
    GeometryError
        Where the planes cannot be placed, or are not evenly spaced.
    """
    try:
        header = read_header(path)
    except InvalidDicomError as error:
        raise _refused(path, "file", "", f"a readable header ({error})") from error
    kind = _kind(path, header)
    source = source_of(path, header)
    scaling = header.number("DoseGridScaling")
    if scaling is None or scaling <= 0:
        raise _refused(
            path, "DoseGridScaling", "" if scaling is None else f"{scaling:g}", "a number above zero"
        )
    order, grid = _grid(path, header, source)
    pixels, findings = decoded(source, range(source.frame_count), (grid.shape[1], grid.shape[2]))
    array = np.stack([(pixels[k].astype(np.float64) * scaling).astype(np.float32) for k in order])
    quantity = Quantity.ABSORBED_DOSE if kind is DoseKind.PHYSICAL else Quantity.ARBITRARY
    overview = header.item("PlanOverviewSequence")
    return DoseImage(
        volume=Volume(array, grid, quantity, _origin(source, [*header.findings, *findings])),
        kind=kind,
        summation=header.text("DoseSummationType"),
        label=overview.described("RTPlanLabel") if overview is not None else "",
        comment=header.described("DoseComment"),
        structure_set_uid=_structure_set(header, overview),
    )


def _kind(path: Path, header: Header) -> DoseKind:
    """What the dose is; refuses what is no grid of doses in Gy."""
    units = header.text("DoseUnits")
    if units != "GY":
        said = units or "nothing"
        remedy = (
            "Export the dose in gray: a relative dose has no known prescription"
            if units == "RELATIVE"
            else ""
        )
        raise _refused(path, "DoseUnits", said, "GY", remedy=remedy)
    if "Rows" not in header:
        raise _refused(
            path, "pixels", "", "a grid of doses; the file holds points, isodoses or histograms alone"
        )
    said = header.text("DoseType")
    if said not in list(DoseKind):
        raise _refused(path, "DoseType", said or "nothing", "PHYSICAL, EFFECTIVE or ERROR")
    return DoseKind(said)


def _grid(path: Path, header: Header, source: Source) -> tuple[list[int], Grid]:
    """The planes in the order of their normal, and where they lie."""
    position, orientation = (
        header.numbers("ImagePositionPatient", 3),
        header.numbers("ImageOrientationPatient", 6),
    )
    spacing = header.numbers("PixelSpacing", 2)
    rows, columns = header.whole("Rows"), header.whole("Columns")
    if position is None or orientation is None or spacing is None or not rows or not columns:
        raise _misplaced(path, "size, position, orientation or pixel spacing is missing")
    if min(spacing) <= 0 or inexactness(orientation) > REPAIRABLE:  # type: ignore[arg-type]
        raise _misplaced(path, "directions or pixel spacing are broken")
    row, column, normal = axes_of(orientation)  # type: ignore[arg-type]
    offsets = _offsets(path, header, source, first_z_mm=float(position[2]), normal=normal)
    order = np.argsort(offsets, kind="stable")
    step = _step(path, header, offsets[order])
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = step * normal, spacing[0] * column, spacing[1] * row
    matrix[:3, 3] = np.array(position) + offsets[order[0]] * normal
    return order.tolist(), Grid.of((len(offsets), rows, columns), matrix)


def _offsets(
    path: Path, header: Header, source: Source, *, first_z_mm: float, normal: Vector
) -> NDArray[np.float64]:
    """Distance of every plane from the first along the normal [mm].

    Source: DICOM PS3.3 C.8.8.3.2: from the first plane, if the vector begins with zero; else z coordinates, which
    begin with that of the first plane and are for transverse planes alone.
    """
    count = max(source.frame_count, 1)
    if count == 1:
        return np.zeros(1)
    found = header.numbers("GridFrameOffsetVector", count)
    if found is None:
        raise _misplaced(path, f"GridFrameOffsetVector has no {count} numbers")
    offsets = np.array(found)
    if offsets[0] == 0:
        return offsets
    if abs(offsets[0] - first_z_mm) > ROUNDED_MM or abs(abs(normal[2]) - 1) > REPAIRABLE:
        raise _misplaced(path, "GridFrameOffsetVector begins neither with zero nor with the first plane")
    return (offsets - offsets[0]) * np.sign(normal[2])


def _step(path: Path, header: Header, along: NDArray[np.float64]) -> float:
    """Distance of neighbouring planes [mm]."""
    if len(along) == 1:
        thickness = header.number("SliceThickness")
        if not thickness or thickness < 0:
            raise _misplaced(path, "a single plane without a thickness")
        return thickness
    step = float(along[-1] - along[0]) / (len(along) - 1)
    if step <= 0 or np.abs(np.diff(along) - step).max() > max(UNEVEN * step, ROUNDED_MM):
        raise _misplaced(path, "planes are not evenly spaced", "Export the dose on a regular grid")
    return step


def _origin(source: Source, findings: list[Finding]) -> ImageOrigin:
    """Where the dose came from."""
    return ImageOrigin(
        path=str(source.path),
        modality=MODALITY,
        series_uid=source.series_uid,
        study_uid=source.study_uid,
        frame_of_reference_uid=source.frame_of_reference_uid,
        date=source.date,
        description=source.description,
        repairs=repairs(findings),
        sop_instance_uids=(source.sop_instance_uid,) if source.sop_instance_uid else (),
    )


def _structure_set(header: Header, overview: Header | None) -> str | None:
    """The structure set that the dose refers to."""
    for place in (header, overview):
        item = place.item("ReferencedStructureSetSequence") if place is not None else None
        if item is not None:
            return item.text("ReferencedSOPInstanceUID")
    return None


def _refused(path: Path, name: str, value: str, expected: str, *, remedy: str = "") -> InputError:
    """The error for an object that holds no dose that can be used."""
    return InputError([Problem(name, value, expected, remedy or "Export the dose again")], file=str(path))


def _misplaced(path: Path, what: str, remedy: str = "Export the dose again") -> GeometryError:
    """The error for a dose that cannot be placed."""
    return GeometryError(what, where=str(path), expected="a regular grid of dose planes", remedy=remedy)
