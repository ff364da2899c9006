"""From frames of one SeriesInstanceUID to groups that can each be one volume."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.instances import Frame, Phase
from nelm.io.dicom.orientation import normal_of

SAME_DIRECTION = 1e-3
"""Largest difference of a direction cosine within one stack."""
SAME_SPACING = 1e-3
"""Largest relative difference of a pixel spacing within one stack."""
SAME_PLACE_MM = 0.01
"""Images nearer than this lie at one place."""
FULL_PART = 0.5
"""A time point or echo with less than this part of the slices is no volume of its own."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Group:
    """Frames that can be one volume, in what they differ from their neighbours, and what was assumed."""

    frames: tuple[Frame, ...]
    labels: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that all frames of one volume share.

    Parameters
    ----------
    name : In words.
    value : Of a frame; None where its header is silent or broken.
    same : Whether two values are one.
    filled : The frame with a value that it lacks; None where a lacking value is left alone.
    """

    name: str
    value: Callable[[Frame], Hashable]
    same: Callable[[object, object], bool] = lambda one, other: one == other
    filled: Callable[[Frame, Frame], Frame] | None = None


def _near(tolerance: float, *, relative: bool) -> Callable[[object, object], bool]:
    """A comparison of tuples of numbers."""

    def same(one: object, other: object) -> bool:
        first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
        limit = tolerance * np.abs(first) if relative else tolerance
        return bool((np.abs(first - second) <= limit).all())

    return same


CRITERIA = (
    Criterion("modality", lambda frame: frame.source.modality),
    Criterion("layout of the files", lambda frame: frame.source.layout),
    Criterion("study", lambda frame: frame.source.study_uid),
    Criterion("patient", lambda frame: frame.source.patient_key),
    Criterion("frame of reference", lambda frame: frame.source.frame_of_reference_uid),
    Criterion("patient position", lambda frame: frame.source.patient_position),
    Criterion("size of the images", lambda frame: (frame.rows, frame.columns)),
    Criterion("image type", lambda frame: frame.image_type or None),
    Criterion(
        "orientation",
        lambda frame: frame.orientation,
        _near(SAME_DIRECTION, relative=False),
        lambda frame, other: replace(frame, orientation=other.orientation),
    ),
    Criterion(
        "pixel spacing",
        lambda frame: frame.pixel_spacing_mm,
        _near(SAME_SPACING, relative=True),
        lambda frame, other: replace(frame, pixel_spacing_mm=other.pixel_spacing_mm),
    ),
)

PHASES: tuple[tuple[str, Callable[[Phase], Hashable]], ...] = (
    ("temporal position", lambda phase: phase.temporal_position),
    ("echo time", lambda phase: phase.echo_time_ms),
    ("b-value", lambda phase: phase.b_value),
    ("trigger time", lambda phase: phase.trigger_time_ms),
    ("acquisition number", lambda phase: phase.acquisition_number),
    ("frame reference time", lambda phase: phase.frame_reference_time_ms),
    ("acquisition time", lambda phase: phase.acquired),
)


def groups_of(frames: Sequence[Frame]) -> tuple[Group, ...]:
    """Groups of frames that can each be one volume: split by what all slices share, then by phase."""
    groups = [Group(tuple(frames))]
    for criterion in CRITERIA:
        groups = [part for group in groups for part in _split(group, criterion)]
    return tuple(part for group in groups for part in _phases(group))


def _split(group: Group, criterion: Criterion) -> list[Group]:
    """The group in parts of one value each; frames without a value join the only part there is."""
    clusters: list[tuple[object, list[Frame]]] = []
    silent: list[Frame] = []
    for frame in group.frames:
        value = criterion.value(frame)
        if value is None:
            silent.append(frame)
            continue
        for known, members in clusters:
            if criterion.same(known, value):
                members.append(frame)
                break
        else:
            clusters.append((value, [frame]))
    if len(clusters) == 1 and silent:
        return [_joined(group, criterion, clusters[0][1], silent)]
    parts = [members for _, members in clusters] + ([silent] if silent else [])
    if len(parts) == 1:
        return [group]
    return [Group(tuple(part), (*group.labels, criterion.name), group.findings) for part in parts]


def _joined(group: Group, criterion: Criterion, members: list[Frame], silent: list[Frame]) -> Group:
    """The group with the value of its members given to those that are silent, and said so."""
    detail = (
        f"{len(silent)} of {len(group.frames)} images have no {criterion.name}; taken as that of the others"
    )
    defect = {
        "orientation": Defect.MISSING_ORIENTATION,
        "pixel spacing": Defect.MISSING_PIXEL_SPACING,
        "frame of reference": Defect.NO_FRAME_OF_REFERENCE,
        "patient position": Defect.NO_PATIENT_POSITION,
    }.get(criterion.name, Defect.EMPTY_IDENTIFIER)
    fill = criterion.filled
    frames = group.frames
    if fill is not None:
        lacking = {id(frame) for frame in silent}
        frames = tuple(fill(frame, members[0]) if id(frame) in lacking else frame for frame in frames)
    return replace(group, frames=frames, findings=(*group.findings, Finding(defect, detail)))


def _phases(group: Group) -> Iterable[Group]:
    """The group in phases, where several images lie at one place and one property tells them apart."""
    places = _places(group.frames)
    if places is None or len(set(places)) == len(places):
        return [group]
    for name, value in PHASES:
        parts: dict[Hashable, list[int]] = {}
        for index, frame in enumerate(group.frames):
            parts.setdefault(value(frame.phase), []).append(index)
        if len(parts) > 1 and None not in parts and _are_volumes(places, parts.values()):
            return [
                Group(tuple(group.frames[i] for i in part), (*group.labels, name), group.findings)
                for part in parts.values()
            ]
    return [group]


def _are_volumes(places: list[int], parts: Iterable[list[int]]) -> bool:
    """Whether no part holds a place twice and each holds most of the places."""
    sets = [{places[i] for i in part} for part in parts]
    unique = all(len(found) == len(part) for found, part in zip(sets, parts, strict=True))
    return unique and min(map(len, sets)) >= FULL_PART * max(map(len, sets))


def _places(frames: Sequence[Frame]) -> list[int] | None:
    """Number of the place along the stack for every frame; None where a position is not known."""
    orientation = frames[0].orientation
    normal = normal_of(orientation) if orientation is not None else None
    if normal is None or any(frame.position_mm is None for frame in frames):
        return None
    along = np.array([frame.position_mm for frame in frames], dtype=np.float64) @ normal
    order = np.argsort(along, kind="stable")
    numbers = np.zeros(len(frames), dtype=np.int64)
    numbers[order] = np.concatenate([[0], np.cumsum(np.diff(along[order]) > SAME_PLACE_MM)])
    return numbers.tolist()
