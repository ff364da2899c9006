"""The images that derived objects point to: their headers, completed where they lack what the standard asks for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID, generate_uid

from nelm.errors import InputError, Problem
from nelm.volume import Volume

MANUFACTURER, MODEL, SERIAL = "nelm", "nelm measure", "0"
EMPTY = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
         "AccessionNumber", "ReferringPhysicianName")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Headers of the slices of a volume, in its order.

    Parameters
    ----------
    headers : Without pixels, complete enough to be referred to; one for a volume that is one file of many frames.
    made_at : When the derived objects are made.
    remarks : What was filled in.
    """

    headers: tuple[Dataset, ...]
    made_at: datetime
    remarks: tuple[str, ...]

    def uid(self, *what: str) -> UID:
        """An identifier that the same images and the same words always give."""
        return generate_uid(entropy_srcs=[self.headers[0].SeriesInstanceUID, *what, self.made_at.isoformat()])

    def lasting_uid(self, *what: str) -> UID:
        """An identifier that does not depend on when it is made: the identity of a lesion."""
        return generate_uid(entropy_srcs=[self.headers[0].SeriesInstanceUID, *what])


def sources_of(volume: Volume, *, made_at: datetime) -> Sources:
    """The headers of the files that a volume was read from: one for each slice, or one of many frames.

    Raises
    ------
    InputError : The volume is no DICOM series, or was resampled on reading.
    """
    wanted = [uid for uid in volume.origin.sop_instance_uids if uid]
    folder = Path(volume.origin.path)
    if len(set(wanted)) not in (1, volume.grid.shape[0]) or not folder.exists():
        raise _no_series(volume)
    found = _headers(folder, set(wanted))
    missing = [uid for uid in wanted if uid not in found]
    if missing:
        raise InputError(
            [Problem(str(folder), f"{len(missing)} of {len(wanted)} slices are gone", "every slice that was measured",
                     "Measure again.")]
        )  # fmt: skip
    headers = [found[uid] for uid in wanted]
    if len(headers) == 1 and int(headers[0].get("NumberOfFrames") or 1) != volume.grid.shape[0]:
        raise _no_series(volume)
    remarks = _completed(headers)
    return Sources(tuple(headers), made_at, tuple(remarks))


def _no_series(volume: Volume) -> InputError:
    """The error for an image that cannot be referred to."""
    return InputError(
        [Problem(volume.origin.path or "image", "no DICOM series with a file or a frame for each slice",
                 "the series that was measured", "Give the DICOM series: NIfTI cannot be referred to.")]
    )  # fmt: skip


def _headers(folder: Path, wanted: set[str]) -> dict[str, Dataset]:
    """Headers by SOPInstanceUID."""
    found: dict[str, Dataset] = {}
    paths: Sequence[Path] = (
        sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else [folder]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values were recorded when the series was read
        for path in paths:
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except Exception:  # no DICOM, or damaged: not one of the slices
                continue
            uid = str(header.get("SOPInstanceUID") or header.file_meta.get("MediaStorageSOPInstanceUID", ""))
            if uid in wanted:
                header.SOPInstanceUID = uid
                header.SOPClassUID = header.get("SOPClassUID") or header.file_meta.MediaStorageSOPClassUID
                found[uid] = header
    return found


def _completed(headers: Sequence[Dataset]) -> list[str]:
    """Fill in what references need, in place; gives what was filled in."""
    filled: dict[str, None] = {}
    first = headers[0]
    made = {
        name: generate_uid(entropy_srcs=[str(first.SOPInstanceUID), name])
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")
    }
    for header in headers:
        for name, uid in made.items():
            if not header.get(name):
                setattr(header, name, uid)
                filled[name] = None
        for name in EMPTY:
            if name not in header:
                setattr(header, name, "")
        if not header.get("PositionReferenceIndicator"):
            header.PositionReferenceIndicator = ""
        for name in ("PatientName", "PatientID", "StudyID", "AccessionNumber"):
            value = str(header.get(name) or "")
            if "\0" in value:
                setattr(header, name, value.replace("\0", "").strip())
    return [f"{name} was missing in the images and was made up" for name in filled]
