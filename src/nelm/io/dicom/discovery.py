"""Every image series and every other DICOM object in a folder of anything."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nelm.errors import InputError, Problem
from nelm.io.dicom.header import Header, NotReadable, read_header

Progress = Callable[[int, int], None]
IMAGES = frozenset({"CT", "MR", "PT", "NM", "OT"})
OTHER_FORMATS = (".nii", ".nii.gz", ".nrrd", ".seg.nrrd")
"""Files that other readers take."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that is left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Series:
    """Images that belong to one volume, in no order yet.

    Parameters
    ----------
    uid : SeriesInstanceUID; None when the files have none and only their folder holds them together.
    headers : One for each file.
    folder : Name of the folder of the first file.
    notes : How the files were brought together or kept apart, and what is odd about them.
    """

    uid: str | None
    headers: tuple[Header, ...]
    notes: tuple[str, ...] = ()

    @property
    def modality(self) -> str:
        """CT, MR, PT, NM or OT."""
        return self.headers[0].kind

    @property
    def description(self) -> str:
        """The series description."""
        return self.headers[0].description

    @property
    def folder(self) -> str:
        """Name of the folder that the first file lies in."""
        return self.headers[0].path.parent.name

    @property
    def name(self) -> str:
        """How messages name the series."""
        return f"series {self.uid or 'without UID'} in {self.headers[0].path.parent}"

    @property
    def planes(self) -> int:
        """Number of slices or frames."""
        return sum(len(header.planes) for header in self.headers)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What lies in the folders.

    Parameters
    ----------
    series : Image series, the one with the most planes first.
    objects : Segmentations, structure sets, reports and other DICOM objects.
    others : Files of other formats that hold images or label maps (NIfTI, NRRD).
    ignored : Everything else, with the reason.
    """

    series: tuple[Series, ...]
    objects: tuple[Header, ...]
    others: tuple[Path, ...]
    ignored: tuple[Ignored, ...]

    def of(self, *modalities: str) -> tuple[Series, ...]:
        """The series of these modalities."""
        return tuple(series for series in self.series if series.modality in modalities)


def find_series(paths: Sequence[Path], *, progress: Progress | None = None) -> Discovery:
    """Look through files and folders, however they are named.

    Parameters
    ----------
    progress : Called with the number of files looked at and the number of all files.

    Raises
    ------
    InputError : A path does not exist.
    """
    files = _files(paths)
    headers: list[Header] = []
    others: list[Path] = []
    ignored: list[Ignored] = []
    for place, path in enumerate(files, start=1):
        if path.name.lower().endswith(OTHER_FORMATS):
            others.append(path)
        else:
            try:
                headers.append(read_header(path))
            except NotReadable as reason:
                ignored.append(Ignored(path, str(reason)))
            except OSError as error:
                ignored.append(Ignored(path, error.strerror or "cannot be read"))
        if progress is not None:
            progress(place, len(files))
    kept, twice = _without_copies(headers)
    series = _grouped([header for header in kept if header.kind in IMAGES])
    objects = tuple(header for header in kept if header.kind not in IMAGES)
    return Discovery(tuple(series), objects, tuple(others), (*ignored, *twice))


def _files(paths: Sequence[Path]) -> list[Path]:
    """Every file below the paths, in the order of their names; hidden ones left out."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise InputError([Problem(str(path), "", "a file or a folder with images", "Check the name.")])
        if path.is_file():
            found[path] = None
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            found |= dict.fromkeys(Path(folder, name) for name in sorted(names) if not name.startswith("."))
    return list(found)


def _without_copies(headers: Iterable[Header]) -> tuple[list[Header], list[Ignored]]:
    """Each instance once: copies under another name are left out where every byte is the same."""
    seen: dict[tuple[str | None, str], Header] = {}
    kept: list[Header] = []
    copies: list[Ignored] = []
    for header in headers:
        first = seen.get((header.series_uid, header.sop_uid)) if header.sop_uid else None
        if first is not None and first.path.read_bytes() == header.path.read_bytes():
            copies.append(Ignored(header.path, f"a copy of {first.path.name}"))
            continue
        kept.append(header)
        if header.sop_uid:
            seen.setdefault((header.series_uid, header.sop_uid), header)
    return kept, copies


def _grouped(headers: Sequence[Header]) -> list[Series]:
    """Images by series, and within a series by what cannot be one volume."""
    by_uid: dict[tuple[str, str], list[Header]] = defaultdict(list)
    for header in headers:
        held_by = header.series_uid or f"folder {header.path.parent}"
        by_uid[held_by, header.kind].append(header)
    found: list[Series] = []
    for (_, _), members in by_uid.items():
        parts: dict[tuple[object, ...], list[Header]] = defaultdict(list)
        for header in members:
            parts[_form(header)].append(header)
        for part in parts.values():
            found.append(Series(part[0].series_uid, tuple(part), _notes(part, len(parts))))
    return sorted(found, key=lambda series: (-series.planes, str(series.headers[0].path)))


def _form(header: Header) -> tuple[object, ...]:
    """Images with another form cannot belong to one volume."""
    plane = header.planes[0] if header.planes else None
    turned = (
        tuple(round(item, 2) + 0.0 for item in plane.orientation) if plane and plane.orientation else None
    )
    spacing = tuple(round(item, 4) for item in plane.spacing) if plane and plane.spacing else None
    single = header.path if len(header.planes) > 1 else None
    return header.rows, header.columns, turned, spacing, header.splits, single


def _notes(members: Sequence[Header], parts: int) -> tuple[str, ...]:
    notes = [note for header in members for note in header.notes]
    if members[0].series_uid is None:
        notes.append("no SeriesInstanceUID: the files of the folder were taken as one series")
    if parts > 1:
        notes.append(f"one of {parts} parts of its series that differ in size, direction, spacing or kind")
    return tuple(dict.fromkeys(notes))
