"""What lies in a folder of anything: image series, DICOM objects for other readers, and the rest with reasons."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nelm.errors import InputError, Problem
from nelm.io.dicom.file_headers import DicomObject, Ignored, read_file
from nelm.io.dicom.findings import Defect, Finding, tallied
from nelm.io.dicom.grouping import Group, groups_of
from nelm.io.dicom.instances import Frame
from nelm.io.dicom.orientation import normal_of
from nelm.io.dicom.series import Series

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found.

    Parameters
    ----------
    series : Image series that may be read as volumes or planar images.
    objects : Segmentations, structure sets, reports, doses and the like.
    ignored : Every other file, with the reason.
    """

    series: tuple[Series, ...]
    objects: tuple[DicomObject, ...]
    ignored: tuple[Ignored, ...]

    def of(self, *modalities: str) -> tuple[Series, ...]:
        """The series of these modalities."""
        return tuple(one for one in self.series if one.modality in modalities)

    def objects_of(self, *kinds: str) -> tuple[DicomObject, ...]:
        """The objects of these kinds."""
        return tuple(one for one in self.objects if one.kind in kinds)


def find_series(paths: Sequence[Path], *, progress: Progress | None = None) -> Discovery:
    """Everything DICOM below some files and folders, from the headers alone.

    Files are read once, pixels are not touched: about one millisecond a file.

    Parameters
    ----------
    paths : Files or folders; folders are searched through, links to folders are not followed.
    progress : Called with the number of files read and the number of all files.

    Raises
    ------
    InputError
        If a path does not exist. Nothing that a file contains raises: it is ignored with a reason.
    """
    files = _files(paths)
    frames: list[Frame] = []
    objects: list[DicomObject] = []
    ignored: list[Ignored] = []
    for done, path in enumerate(files, start=1):
        found = _read(path)
        if isinstance(found, DicomObject):
            objects.append(found)
        elif isinstance(found, Ignored):
            ignored.append(found)
        else:
            frames.extend(found)
        if progress is not None:
            progress(done, len(files))
    return Discovery(_series(frames), tuple(objects), tuple(ignored))


def _read(path: Path) -> tuple[Frame, ...] | DicomObject | Ignored:
    """What one file is."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Ignored(path, f"cannot be opened: {error.strerror}")
    if not stat.S_ISREG(mode):
        return Ignored(path, "not a regular file")
    return read_file(path)


def _files(paths: Sequence[Path]) -> list[Path]:
    """All files below the paths, each once, in a fixed order."""
    missing = [path for path in paths if not Path(path).exists()]
    if missing:
        remedy = "Check the spelling, or give the folder that holds the study"
        raise InputError(Problem(str(path), "", "a file or folder that exists", remedy) for path in missing)
    found: dict[Path, None] = {}
    for path in paths:
        for file in _below(Path(path)):
            found.setdefault(file)
    return list(found)


def _below(path: Path) -> Iterator[Path]:
    """A file itself, or every file below a folder."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(names))


def _series(frames: Sequence[Frame]) -> tuple[Series, ...]:
    """Frames put together by SeriesInstanceUID, or by folder where there is none, and split into volumes."""
    together: dict[tuple[str, str], list[Frame]] = {}
    for frame in frames:
        uid = frame.source.series_uid
        key = ("uid", uid) if uid else ("folder", str(frame.source.path.parent))
        together.setdefault(key, []).append(frame)
    found: list[Series] = []
    for (kind, _), members in together.items():
        groups = groups_of(members)
        for number, group in enumerate(groups, start=1):
            found.append(_one(group, number, len(groups), by_folder=kind == "folder"))
    return tuple(found)


def _one(group: Group, number: int, count: int, *, by_folder: bool) -> Series:
    """One series with what was found about its files."""
    frames = _in_order(group.frames)
    sources = list({frame.source.path: frame.source for frame in frames}.values())
    part = f"part {number} of {count} ({', '.join(dict.fromkeys(group.labels))})" if count > 1 else ""
    findings = [*group.findings, *tallied(one for source in sources for one in source.findings)]
    if by_folder:
        detail = "the files have no SeriesInstanceUID and were put together because they lie in one folder"
        findings.insert(0, Finding(Defect.EMPTY_IDENTIFIER, detail))
    if part:
        detail = f"the images under one SeriesInstanceUID differ; this is {part}, {len(frames)} images"
        findings.insert(0, Finding(Defect.SPLIT_SERIES, detail))
    first = sources[0]
    return Series(
        modality=first.modality,
        series_uid=first.series_uid,
        study_uid=next((source.study_uid for source in sources if source.study_uid), None),
        frame_of_reference_uid=next(
            (s.frame_of_reference_uid for s in sources if s.frame_of_reference_uid), None
        ),
        description=first.description,
        date=first.date,
        folder=first.path.parent.name or str(first.path.parent),
        frames=frames,
        part=part,
        findings=tuple(findings),
    )


def _in_order(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """Frames along the slice normal where that is known, else by instance number and name."""
    numbered = sorted(
        frames,
        key=lambda frame: (
            frame.instance_number is None,
            frame.instance_number or 0,
            str(frame.source.path),
            frame.index,
        ),
    )
    orientation = frames[0].orientation
    normal = normal_of(orientation) if orientation is not None else None
    positions = [frame.position_mm for frame in numbered]
    if normal is None or any(position is None for position in positions):
        return tuple(numbered)
    along = np.array(positions, dtype=np.float64) @ normal
    return tuple(numbered[i] for i in np.argsort(along, kind="stable"))
