"""A series: the images that together are one volume, or one set of planar views."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nelm.io.dicom.findings import Finding
from nelm.io.dicom.instances import Frame, Layout, Source


@dataclass(frozen=True, slots=True)
class Series:
    """Images that belong to one volume, in the order of their slices.

    One SeriesInstanceUID may give several: phases, echoes and time points are taken apart, as are scout views.

    Parameters
    ----------
    modality : CT, MR, PT or NM.
    series_uid, study_uid, frame_of_reference_uid : Identifiers, None where the files have none.
    description, date : Series description; day (ISO 8601).
    folder : Name of the folder of the first file.
    frames : In the order of the slices where the geometry is known, else by instance number.
    part : Which part of its SeriesInstanceUID this is, in words; empty when it is the whole of it.
    findings : What was found while the files were put together.
    """

    modality: str
    series_uid: str | None
    study_uid: str | None
    frame_of_reference_uid: str | None
    description: str
    date: str | None
    folder: str
    frames: tuple[Frame, ...]
    part: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files in the order of the slices, each once."""
        return tuple(dict.fromkeys(frame.source.path for frame in self.frames))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files as sources in the order of the slices, each once."""
        return tuple({frame.source.path: frame.source for frame in self.frames}.values())

    @property
    def layout(self) -> Layout:
        """How its files hold the images."""
        return self.frames[0].source.layout

    @property
    def is_localizer(self) -> bool:
        """Whether it is a scout view."""
        return self.frames[0].source.is_localizer

    @property
    def name(self) -> str:
        """How messages name the series: its identifier and its folder."""
        uid = self.series_uid or "without SeriesInstanceUID"
        part = f", {self.part}" if self.part else ""
        return f"series {uid} in folder {self.folder}{part}"
