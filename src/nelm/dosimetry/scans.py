"""What was given and what was seen: an administration, and emission images after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from nelm.errors import InputError, Problem, problem
from nelm.imaging.registration import RigidTransform
from nelm.volume import Quantity, Volume

BQ_PER_MBQ = 1e6
LARGEST_THERAPY_MBQ = 100_000.0
"""More than any therapy of a person with these nuclides; a number above it has the wrong unit."""
SMALLEST_MBQ = 1.0
"""Less than any administration that is imaged; a number below it is in gigabecquerel or becquerel by mistake."""


@dataclass(frozen=True, slots=True)
class Administration:
    """One administration of a radiopharmaceutical or of microspheres.

    Parameters
    ----------
    nuclide : Such as ``Lu-177``.
    agent : What carries it, as the header or the user names it.
    activity_mbq : Administered [MBq]; None where it is not known.
    at : When; None where only hours after it are known.
    activity_relative_sd : Standard uncertainty of the activity [1].

    Raises
    ------
    InputError : An activity that no therapy has: most likely another unit.
    """

    nuclide: str
    agent: str
    activity_mbq: float | None
    at: datetime | None
    activity_relative_sd: float = 0.0

    def __post_init__(self) -> None:
        given = self.activity_mbq
        if given is not None and not SMALLEST_MBQ <= given <= LARGEST_THERAPY_MBQ:
            raise problem(
                f"{given:g} MBq",
                f"an administered activity from {SMALLEST_MBQ:g} to {LARGEST_THERAPY_MBQ:g} MBq",
                "Look at the unit: MBq here, GBq on the command line, Bq or MBq in DICOM",
                path="administration.activity",
            )

    @property
    def activity_gbq(self) -> float | None:
        """Administered [GBq]."""
        return None if self.activity_mbq is None else self.activity_mbq / 1000


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One quantitative emission image.

    Parameters
    ----------
    activity : Activity concentration at the time `after_h`, physical decay not corrected [Bq/mL].
    after_h : Middle of the acquisition after the administration [h].
    from_reference : Where a point of the reference image lies in this one.
    registration_error_mm : 95 % of that registration [mm]; 0 in one frame of reference.
    remarks : What should be known of this image.
    scale_relative_sd : Standard uncertainty of its scale that the other images do not share, such as of dead time [1].
    """

    activity: Volume
    after_h: float
    from_reference: RigidTransform
    registration_error_mm: float = 0.0
    remarks: tuple[str, ...] = ()
    scale_relative_sd: float = 0.0

    def __post_init__(self) -> None:
        if self.activity.quantity is not Quantity.ACTIVITY_CONCENTRATION:
            raise problem(
                self.activity.quantity.value,
                "an image in Bq/mL",
                "Give the calibration factor, or the activity that the image shows",
                path=self.activity.origin.path or "scan",
            )
        if not np.isfinite(self.activity.array).all():
            raise problem(
                "not a number in some voxels",
                "finite activity concentrations",
                "Look at the reconstruction and at the scaling in the header",
                path=self.activity.origin.path or "scan",
            )
        if not self.after_h > 0:
            raise problem(
                f"{self.after_h:.2f} h",
                "an image after the administration",
                "Look at the time of injection and at the clock of the scanner",
                path=self.activity.origin.path or "scan",
            )


def in_order(scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    """Scans by their time.

    Raises
    ------
    InputError : No scan, or two of one time.
    """
    if not scans:
        raise InputError([Problem("scans", "none", "one quantitative SPECT or PET at least",
                                  "Give the series that was taken after the administration")])  # fmt: skip
    ordered = tuple(sorted(scans, key=lambda scan: scan.after_h))
    for first, second in pairwise(ordered):
        if second.after_h - first.after_h < 1e-3:
            raise InputError(
                [Problem(second.activity.origin.path or "scan", f"{second.after_h:.2f} h after administration",
                         f"another time than that of {first.activity.origin.path or 'the scan before'}",
                         "Give each acquisition once: bed positions have to be joined, reconstructions chosen")]
            )  # fmt: skip
    return ordered
