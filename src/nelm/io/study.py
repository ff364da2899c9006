"""Images and segmentations of one patient, found in files and folders of anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nelm.errors import InputError, NelmError, Problem
from nelm.imaging.progress import Progress, silent
from nelm.io.dicom import (
    Acquisition,
    DicomObject,
    Discovery,
    DoseImage,
    Series,
    find_series,
    read_acquisition,
    read_dose_image,
    read_volume,
)
from nelm.io.segmentation import (
    read_nifti_labels,
    read_nifti_volume,
    read_rtstruct,
    read_seg,
    segment_of_mask_volume,
)
from nelm.io.segmentation.nrrd import read_nrrd_labels
from nelm.io.segmentation.rtstruct import referenced_series_of
from nelm.volume import Segment, Segmentation, Structure, Volume

MASK_MODALITIES = ("CT", "MR", "OT")
FEW_LABELS = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that could not be used, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class EmissionImage:
    """A PET or SPECT volume with the facts of its acquisition."""

    volume: Volume
    acquisition: Acquisition


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What was found.

    Parameters
    ----------
    images : CT and MR, the one with the most slices first.
    emissions : PET and SPECT.
    segmentations : Of every kind.
    doses : RT Dose objects, such as those of earlier courses.
    refused : Series and objects that cannot be trusted or read.
    ignored : Number of other files, by reason.
    """

    images: tuple[Volume, ...]
    emissions: tuple[EmissionImage, ...]
    segmentations: tuple[Segmentation, ...]
    refused: tuple[Refused, ...]
    ignored: Mapping[str, int]
    doses: tuple[DoseImage, ...] = ()

    def of(self, *structures: Structure) -> tuple[tuple[Segmentation, Segment], ...]:
        """Every segment that is one of these structures, with its segmentation."""
        return tuple((item, segment) for item in self.segmentations for segment in item.of(*structures))


def read_study(
    paths: Sequence[Path],
    *,
    overrides: Mapping[str, Structure] | None = None,
    progress: Progress | None = None,
) -> Study:
    """Read everything that measurements can use.

    Parameters
    ----------
    overrides : What names of segments mean, where they are not understood.
    progress : Told what is being read.

    Raises
    ------
    InputError : A path does not exist, or nothing at all can be used; says why for each thing found.
    """
    say = progress or silent
    say("looking through the files")
    found = find_series(paths)
    refused: list[Refused] = []
    volumes = _volumes(found, refused, say)
    masks, images = _masks_apart(volumes, overrides)
    emissions = [
        EmissionImage(volume, read_acquisition(series))
        for series, volume in images
        if series.modality in ("PT", "NM")
    ]
    anatomy = [volume for series, volume in images if series.modality in MASK_MODALITIES]
    segmentations = [*masks, *_objects(found, anatomy, refused, say=say, overrides=overrides)]
    doses = _doses(found, refused, say)
    others = other_files(paths)
    for path in others:
        say(f"reading {path.name}")
        _other(path, anatomy, segmentations, refused, overrides=overrides)
    if not segmentations and not anatomy and not emissions and not doses:
        raise _nothing(paths, refused, found)
    ignored: dict[str, int] = {}
    for item in found.ignored:
        if item.path not in others:
            ignored[item.reason] = ignored.get(item.reason, 0) + 1
    return Study(
        tuple(anatomy), tuple(emissions), tuple(segmentations), tuple(refused), ignored, tuple(doses)
    )


OTHER_FORMATS = (".nii", ".nii.gz", ".nrrd")


def other_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """NIfTI and NRRD files below these paths, in the order of their names."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found |= dict.fromkeys(
            item for item in inside if item.name.lower().endswith(OTHER_FORMATS) and item.is_file()
        )
    return tuple(found)


def _volumes(found: Discovery, refused: list[Refused], say: Progress) -> list[tuple[Series, Volume]]:
    """Every series that can be trusted."""
    volumes: list[tuple[Series, Volume]] = []
    for series in found.series:
        say(f"reading {series.modality} {series.description or series.folder}")
        try:
            volumes.append((series, read_volume(series)))
        except NelmError as error:
            refused.append(Refused(series.name, _reason(error)))
    return volumes


def _masks_apart(
    volumes: list[tuple[Series, Volume]], overrides: Mapping[str, Structure] | None
) -> tuple[list[Segmentation], list[tuple[Series, Volume]]]:
    """Image series of two values are masks; those of one grid make one segmentation."""
    masks: list[Segmentation] = []
    images: list[tuple[Series, Volume]] = []
    for series, volume in volumes:
        segment = (
            segment_of_mask_volume(volume, overrides=overrides)
            if series.modality in MASK_MODALITIES
            else None
        )
        if segment is None:
            images.append((series, volume))
            continue
        for place, item in enumerate(masks):
            if item.grid.same_as(volume.grid):
                masks[place] = replace(item, segments=(*item.segments, segment))
                break
        else:
            masks.append(
                Segmentation(volume.grid, (segment,), replace(volume.origin, modality="mask series"))
            )
    return masks, images


def _objects(
    found: Discovery,
    images: list[Volume],
    refused: list[Refused],
    *,
    say: Progress,
    overrides: Mapping[str, Structure] | None,
) -> list[Segmentation]:
    """DICOM segmentations and structure sets."""
    segmentations: list[Segmentation] = []
    for header in found.objects:
        say(f"reading {header.kind} {header.path.name}")
        try:
            if header.kind == "SEG":
                segmentations.append(_renamed(read_seg(header.path), overrides))
            elif header.kind == "RTSTRUCT":
                segmentations.append(
                    read_rtstruct(header.path, _drawn_on(header, images), overrides=overrides)
                )
        except NelmError as error:
            refused.append(Refused(str(header.path), _reason(error)))
    return segmentations


def _doses(found: Discovery, refused: list[Refused], say: Progress) -> list[DoseImage]:
    """Every RT Dose object that can be trusted."""
    doses: list[DoseImage] = []
    for header in found.objects_of("RTDOSE"):
        say(f"reading RTDOSE {header.path.name}")
        try:
            doses.append(read_dose_image(header.path))
        except NelmError as error:
            refused.append(Refused(str(header.path), _reason(error)))
    return doses


def _renamed(segmentation: Segmentation, overrides: Mapping[str, Structure] | None) -> Segmentation:
    """A segmentation with the user's meanings of names."""
    if not overrides:
        return segmentation
    segments = tuple(
        replace(
            segment,
            structure=overrides.get(segment.name, overrides.get(segment.name.lower(), segment.structure)),
        )
        for segment in segmentation.segments
    )
    return replace(segmentation, segments=segments)


def _drawn_on(header: DicomObject, images: list[Volume]) -> Volume:
    """The image that a structure set was drawn on: the series it names, else the only one of its frame of reference."""
    named = referenced_series_of(header.path)
    for volume in images:
        if named is not None and volume.origin.series_uid == named:
            return volume
    if len(images) == 1:
        return images[0]
    raise InputError(
        [Problem(str(header.path), "its image is not here", "the image series that the structures were drawn on",
                 "Give the folder with that series as well.")]
    )  # fmt: skip


def _other(
    path: Path,
    images: list[Volume],
    segmentations: list[Segmentation],
    refused: list[Refused],
    *,
    overrides: Mapping[str, Structure] | None,
) -> None:
    """A NIfTI or NRRD file: labels where it has few whole values, an image otherwise."""
    try:
        if path.name.lower().endswith(".nrrd"):
            segmentations.append(read_nrrd_labels(path, overrides=overrides))
            return
        volume = read_nifti_volume(path)
        values = np.unique(volume.array[:: max(1, volume.array.shape[0] // 12)]).astype(np.float64)
        whole = bool((values == np.round(values)).all()) and bool(values.min() >= 0)
        if whole and len(values) <= FEW_LABELS:
            segmentations.append(read_nifti_labels(path, overrides=overrides))
        else:
            images.append(volume)
    except NelmError as error:
        refused.append(Refused(str(path), _reason(error)))


def _nothing(paths: Sequence[Path], refused: list[Refused], found: Discovery) -> InputError:
    """The error for folders in which nothing can be used."""
    problems = [Problem(item.where, item.reason, "an image or a segmentation") for item in refused[:20]]
    if not problems:
        reasons = sorted({item.reason for item in found.ignored})[:5]
        said = f"{len(found.ignored)} files ({'; '.join(reasons)})" if reasons else "no files"
        problems = [Problem(", ".join(str(path) for path in paths), said, "images or segmentations",
                            "Give a folder with DICOM series, segmentations or NIfTI label maps.")]  # fmt: skip
    return InputError(problems)


def _reason(error: NelmError) -> str:
    """What is wrong, in one line, with the remedy."""
    if isinstance(error, InputError):
        return "; ".join(str(problem) for problem in error.problems)
    return ". ".join(part for part in (error.what, error.remedy) if part)
