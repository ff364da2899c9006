"""RT Dose: absorbed dose of radionuclides on its own grid, in the frame of reference of the image it belongs to.

A radionuclide therapy has no RT Plan. Of the terms that Dose Summation Type defines, those that name a plan, a beam or
a brachytherapy setup ask for a reference to one; PLAN_OVERVIEW does not: the treatment is described in the object
(DICOM PS3.3 C.8.8.3). The slices of the image, which the dose was computed with, are referred to by purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import RTDoseStorage

from nelm.errors import InputError, Problem
from nelm.io.dicom.doses import DoseKind
from nelm.io.dicom_out.derived import check_right_angles, derived_head, reference_to
from nelm.io.dicom_out.image_headers import code, decimal
from nelm.io.dicom_out.sources import Sources
from nelm.volume import Grid, Quantity, Volume

STEPS = 2**32 - 1
"""Stored numbers of 32 bits."""
ROUND_OFF = 1e-6
"""Part of the largest dose by which a convolution may fall below zero."""
LONGEST_LABEL, LONGEST_COMMENT = 16, 64


class DoseMedium(StrEnum):
    """What the tissues were taken as (attribute Tissue Heterogeneity Correction)."""

    IMAGE = "IMAGE"
    WATER = "WATER"


@dataclass(frozen=True, slots=True)
class DescribedDose:
    """What is said about a dose.

    Parameters
    ----------
    kind : PHYSICAL for absorbed dose, EFFECTIVE for BED.
    label : Of the treatment, at most 16 characters: "Lu-177 cycle 2".
    comment : Engine, nuclide, cycle and the like, at most 64 characters.
    site : Treated part of the body.
    medium : What the tissues were taken as.
    cycles : Number of administrations that the dose sums.
    """

    kind: DoseKind
    label: str
    comment: str
    site: str
    medium: DoseMedium
    cycles: int = 1


@dataclass(frozen=True, slots=True)
class RegionHistogram:
    """Cumulative dose-volume histogram of a region of the structure set.

    Parameters
    ----------
    roi_number : Number of the region in the structure set.
    bin_gy : Width of a bin [Gy].
    volumes_ml : Volume that receives at least the lower edge of each bin [mL]; the first is the whole region.
    minimum_gy, mean_gy, maximum_gy : Of the region.
    """

    roi_number: int
    bin_gy: float
    volumes_ml: tuple[float, ...]
    minimum_gy: float
    mean_gy: float
    maximum_gy: float


def dose_object(
    dose: Volume,
    sources: Sources,
    *,
    described: DescribedDose,
    series_number: int,
    structure_set: Dataset | None = None,
    histograms: Sequence[RegionHistogram] = (),
) -> Dataset:
    """The RT Dose of a volume in Gy, 32 bits a voxel, ready to be saved.

    Parameters
    ----------
    dose : Absorbed dose, or BED, with right angles between its axes; the grid need not be that of the image.
    sources : The image whose frame of reference and study the dose belongs to.
    structure_set : The RTSTRUCT whose regions the histograms are of.
    histograms : Dose-volume histograms; none without a structure set.

    Raises
    ------
    InputError : A dose that is not finite or is negative; histograms without a structure set.
    GeometryError : A grid whose axes are not at right angles.
    """
    if histograms and structure_set is None:
        raise InputError([Problem("histograms", "no structure set", "the RTSTRUCT with their regions",
                                  "Make it first, or leave the histograms out.")])  # fmt: skip
    values, grid = _along_normal(_checked(dose, described.kind), dose.grid)
    dataset = derived_head(
        sources,
        RTDoseStorage,
        modality="RTDOSE",
        series_number=series_number,
        description=described.comment,
        name=f"RTDOSE {described.kind} {described.label}",
    )
    dataset.ContentDate, dataset.ContentTime = (
        sources.made_at.strftime(form) for form in ("%Y%m%d", "%H%M%S")
    )
    dataset.InstanceNumber = 1
    dataset.DoseUnits, dataset.DoseType = "GY", described.kind.value
    dataset.DoseComment = described.comment[:LONGEST_COMMENT]
    dataset.DoseSummationType = "PLAN_OVERVIEW"
    dataset.TissueHeterogeneityCorrection = described.medium.value
    dataset.PlanOverviewSequence = Items([_overview(described, sources, structure_set)])
    dataset.ReferencedInstanceSequence = Items([_used(header) for header in sources.headers])
    _put_grid(dataset, grid)
    _put_values(dataset, values)
    if structure_set is not None and histograms:
        dataset.ReferencedStructureSetSequence = Items([reference_to(structure_set)])
        dataset.DVHSequence = Items([_histogram(one, described.kind) for one in histograms])
    return dataset


def _checked(dose: Volume, kind: DoseKind) -> NDArray[np.float64]:
    """Values that can be stored: finite and, but for round-off, not negative [Gy]."""
    values = np.asarray(dose.array, dtype=np.float64)
    lowest, highest = float(values.min()), float(values.max())
    problems: list[Problem] = []
    if kind is DoseKind.ERROR:
        remedy = "Write an uncertainty as a parametric map: in RT Dose, ERROR is desired minus planned dose"
        problems.append(Problem("kind", kind.value, "PHYSICAL or EFFECTIVE", remedy))
    if kind is DoseKind.PHYSICAL and dose.quantity is not Quantity.ABSORBED_DOSE:
        problems.append(Problem("dose", dose.quantity.value, "a volume of absorbed dose in Gy"))
    if not np.isfinite(values).all() or lowest < -ROUND_OFF * highest:
        problems.append(Problem("dose", f"{lowest:g} to {highest:g}", "finite numbers, none negative"))
    if problems:
        raise InputError(problems)
    return np.clip(values, 0, None)


def _along_normal(values: NDArray[np.float64], grid: Grid) -> tuple[NDArray[np.float64], Grid]:
    """The planes in the order of their normal (row x column), along which frame offsets are positive."""
    check_right_angles(grid)
    unit = grid.matrix[:3, :3] / np.array(grid.spacing_mm)
    if float(np.cross(unit[:, 2], unit[:, 1]) @ unit[:, 0]) > 0:
        return values, grid
    matrix = grid.matrix
    matrix[:3, 3] = grid.points_of([[grid.shape[0] - 1, 0, 0]])[0]
    matrix[:3, 0] *= -1
    return values[::-1], Grid.of(grid.shape, matrix)


def _put_grid(dataset: Dataset, grid: Grid) -> None:
    """Where the planes lie."""
    spacing = grid.spacing_mm
    unit = grid.matrix[:3, :3] / np.array(spacing)
    dataset.ImagePositionPatient = [decimal(value) for value in grid.matrix[:3, 3]]
    dataset.ImageOrientationPatient = [decimal(value) for value in (*unit[:, 2], *unit[:, 1])]
    dataset.PixelSpacing = [decimal(spacing[1]), decimal(spacing[2])]
    dataset.SliceThickness = decimal(spacing[0])
    if grid.shape[0] > 1:
        dataset.NumberOfFrames = grid.shape[0]
        dataset.FrameIncrementPointer = 0x3004000C
        dataset.GridFrameOffsetVector = [decimal(k * spacing[0]) for k in range(grid.shape[0])]


def _put_values(dataset: Dataset, values: NDArray[np.float64]) -> None:
    """The dose as whole numbers of 32 bits times one scaling."""
    scaling = float(decimal(max(float(values.max()), 1e-9) / (STEPS - 1) * (1 + 1e-9)))
    dataset.DoseGridScaling = decimal(scaling)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = values.shape[-2:]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 32, 32, 31, 0
    dataset.PixelData = np.round(values / scaling).astype("<u4").tobytes()


def _overview(described: DescribedDose, sources: Sources, structure_set: Dataset | None) -> Dataset:
    """The treatment, in place of the plan that a radionuclide therapy does not have."""
    item = Dataset()
    item.PlanOverviewIndex = 1
    item.RTPlanLabel = described.label[:LONGEST_LABEL]
    item.TreatmentSite, item.TreatmentSiteCodeSequence = described.site[:64], Items([])
    item.PrescriptionOverviewSequence = Items([])
    item.NumberOfFractionsIncluded = described.cycles
    item.ReferencedImageSequence = Items([reference_to(header) for header in sources.headers])
    if structure_set is not None:
        item.ReferencedStructureSetSequence = Items([reference_to(structure_set)])
    return item


def _used(header: Dataset) -> Dataset:
    """A reference to an image that the dose was computed with."""
    item = reference_to(header)
    item.PurposeOfReferenceCodeSequence = Items([code("129202", "DCM", "Image used for Dose Calculation")])
    return item


def _histogram(histogram: RegionHistogram, kind: DoseKind) -> Dataset:
    """A cumulative histogram of one region, in bins of dose with the volume above each."""
    volumes = histogram.volumes_ml
    if any(later > earlier * (1 + 1e-9) for earlier, later in pairwise(volumes)):
        raise InputError(
            [Problem(f"histogram of region {histogram.roi_number}", "rises", "a volume that falls")]
        )
    item, region = Dataset(), Dataset()
    item.DVHType, item.DoseUnits, item.DoseType = "CUMULATIVE", "GY", kind.value
    item.DVHDoseScaling, item.DVHVolumeUnits, item.DVHNumberOfBins = "1", "CM3", len(volumes)
    item.DVHData = [decimal(value) for volume in volumes for value in (histogram.bin_gy, volume)]
    item.DVHMinimumDose, item.DVHMaximumDose, item.DVHMeanDose = (
        decimal(value) for value in (histogram.minimum_gy, histogram.maximum_gy, histogram.mean_gy)
    )
    region.DVHROIContributionType, region.ReferencedROINumber = "INCLUDED", histogram.roi_number
    item.DVHReferencedROISequence = Items([region])
    return item
