"""What may be wrong with a DICOM series, by name, and how it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Defect(StrEnum):
    """Names of what may be wrong with a series or a file of it."""

    MISSING_SLICES = "missing slices"
    NON_UNIFORM_SPACING = "non-uniform spacing"
    IRREGULAR_POSITIONS = "slightly irregular positions"
    IDENTICAL_DUPLICATES = "identical duplicate slices"
    CONFLICTING_DUPLICATES = "conflicting duplicate slices"
    TILT = "tilted gantry"
    SHEARED = "sheared stack"
    MIXED_ORIENTATION = "mixed orientation"
    SPLIT_SERIES = "series split into parts"
    BROKEN_ORIENTATION = "broken orientation"
    INEXACT_ORIENTATION = "inexact orientation"
    MISSING_POSITION = "missing position"
    MISSING_ORIENTATION = "missing orientation"
    MISSING_PIXEL_SPACING = "missing pixel spacing"
    THICKNESS_OVERLAP = "overlapping slices"
    THICKNESS_GAP = "gaps between slices"
    WRONG_SPACING_TAG = "spacing tag contradicts the positions"
    ANISOTROPIC_PIXELS = "pixels that are not square"
    REVERSED_ORDER = "numbered against the slice normal"
    CONTRADICTORY_ORDER = "positions contradict the numbering"
    SINGLE_SLICE = "single slice"
    CUT_AT_THE_START = "possibly cut at one end"
    NO_FRAME_OF_REFERENCE = "no frame of reference"
    NO_PATIENT_POSITION = "no patient position"
    EMPTY_IDENTIFIER = "empty identifier"
    LONG_NUMBER = "over-long number"
    BROKEN_NUMBER = "broken number"
    ABSURD_VALUE = "absurd value"
    BROKEN_ENCODING = "broken encoding"
    WRONG_MODALITY = "modality contradicts the SOP class"
    MISSING_RESCALE = "missing rescale"
    PIXEL_PADDING = "pixel padding"
    EXCESS_PIXELS = "excess pixel data"
    LOSSY_COMPRESSION = "lossy compression"
    DECODER_WARNING = "remark of the decoder"
    UNKNOWN_UNITS = "unknown units"


HARMLESS = frozenset({Defect.REVERSED_ORDER, Defect.ANISOTROPIC_PIXELS})
"""Said among the findings, but nothing that was repaired or assumed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong and was repaired, assumed or found harmless.

    Parameters
    ----------
    defect : Its name.
    detail : What was found and what was done, one sentence without a full stop.
    """

    defect: Defect
    detail: str

    def __str__(self) -> str:
        return f"{self.defect}: {self.detail}"


def tallied(findings: Iterable[Finding], *, unit: str = "files") -> tuple[Finding, ...]:
    """Equal findings once each, with how often they occurred, in order of first occurrence."""
    counted = Counter(findings)
    return tuple(
        finding if count == 1 else Finding(finding.defect, f"{finding.detail} ({count} {unit})")
        for finding, count in counted.items()
    )


def repairs(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The sentences for `ImageOrigin.repairs`: every finding that is not harmless, once."""
    kept = (str(finding) for finding in findings if finding.defect not in HARMLESS)
    return tuple(dict.fromkeys(kept))
