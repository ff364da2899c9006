"""How much more of the microspheres tumour takes up than normal liver: two ratios that are never mixed.

`ConcentrationRatio` is activity per mass in tumour over that in perfused normal liver (T/N of the partition model).
`ActivityRatio` is activity in tumour over activity in normal liver (R of Kao's variant), and goes with a shunt of its
own, `TumourLungShunt`. Both pairs say the same of a patient once the masses are known; a bare number is neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Status
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

Counts = NDArray[np.floating]
Region = NDArray[np.bool_]
FWHM_PER_SD = 2.0 * math.sqrt(2.0 * math.log(2.0))


@dataclass(frozen=True, slots=True)
class ConcentrationRatio:
    """T/N: activity per mass in tumour over activity per mass in perfused normal liver [1]."""

    value: Estimate
    remarks: tuple[Item, ...] = ()

    @classmethod
    def exactly(cls, value: float) -> ConcentrationRatio:
        """A ratio without error."""
        return cls(Estimate(value, value, value))


@dataclass(frozen=True, slots=True)
class ActivityRatio:
    """R of Kao's variant: activity in tumour over activity in normal liver [1]."""

    value: float


@dataclass(frozen=True, slots=True)
class TumourLungShunt:
    """TLSF of Kao's variant: activity in the lungs over that in lungs and tumour [1]; not the lung shunt fraction."""

    value: float


def activity_ratio(ratio: ConcentrationRatio, *, tumour_kg: float, normal_kg: float) -> ActivityRatio:
    """Kao's R from T/N: ``R = T/N m_T / m_N``, for the best value [kao2013]."""
    return ActivityRatio(ratio.value.value * tumour_kg / normal_kg)


def concentration_ratio(ratio: ActivityRatio, *, tumour_kg: float, normal_kg: float) -> ConcentrationRatio:
    """T/N from Kao's R: ``T/N = R m_N / m_T``."""
    return ConcentrationRatio.exactly(ratio.value * normal_kg / tumour_kg)


def tumour_lung_shunt(*, lung_shunt: float, ratio: ActivityRatio) -> TumourLungShunt:
    """Kao's shunt from the lung shunt fraction L: ``A_L / (A_L + A_T)``, where A_L / (A_T + A_N) = L / (1 - L)."""
    lungs = lung_shunt / (1.0 - lung_shunt) * (1.0 + ratio.value)
    return TumourLungShunt(lungs / (lungs + ratio.value))


def lung_shunt_of(shunt: TumourLungShunt, *, ratio: ActivityRatio) -> float:
    """Lung shunt fraction [1] from Kao's shunt: ``A_L / (A_L + A_T + A_N)``."""
    lungs = shunt.value / (1.0 - shunt.value) * ratio.value
    return lungs / (lungs + 1.0 + ratio.value)


def measured_concentration_ratio(
    counts: Counts,
    *,
    tumour: Region,
    perfused_normal: Region,
    voxel_ml: float,
    resolution_fwhm_mm: float,
    known: RadioembolisationKnowledge,
    tumour_recovery: Estimate | None = None,
) -> ConcentrationRatio:
    """T/N from the SPECT of 99mTc-MAA: counts per mL in tumour over counts per mL in perfused normal liver [1].

    The standard error of each mean is the spread of its voxels over the square root of the number of places in the
    region that the camera tells apart: V / (4 pi s^2)^(3/2), s the standard deviation of the point spread function.
    It holds noise and unevenness, not the error of the outlines.

    Parameters
    ----------
    counts : (z, y, x), corrected for attenuation and scatter.
    tumour, perfused_normal : (z, y, x) regions without a voxel in common, both inside the perfused volume.
    voxel_ml : Volume of a voxel [mL].
    resolution_fwhm_mm : Spatial resolution of the reconstructed image [mm].
    tumour_recovery : Share of the concentration of the tumour that the image shows [1]; None to leave the ratio
        uncorrected, which is said.

    Raises
    ------
    InputError : Regions that are empty, overlap, or normal liver without counts.
    """
    _refuse(tumour, perfused_normal, counts)
    places_ml = (4.0 * math.pi) ** 1.5 * (resolution_fwhm_mm / 10.0 / FWHM_PER_SD) ** 3
    inside, u_inside = _mean(counts[tumour], voxel_ml=voxel_ml, place_ml=places_ml)
    outside, u_outside = _mean(counts[perfused_normal], voxel_ml=voxel_ml, place_ml=places_ml)
    if outside <= 0.0 or inside <= 0.0:
        raise problem(
            min(inside, outside),
            "mean counts above zero in both regions",
            "Look at the regions",
            path="counts",
        )
    recovery = tumour_recovery or Estimate(1.0, 1.0, 1.0)
    value = inside / outside / recovery.value
    spread = math.hypot(u_inside / inside, u_outside / outside, recovery.sd / recovery.value)
    factor = math.exp(COVERAGE_FACTOR * math.sqrt(math.log1p(spread**2)))
    remarks = [item("mapping against treatment", known.maa_overestimates_tumour)]
    if tumour_recovery is None:
        text = (
            "Small tumours show less than their concentration: the ratio is not corrected and may be too low."
        )
        remarks.append(Item("partial volume", text, ("project",), Status.COMPUTED))
    return ConcentrationRatio(Estimate(value, value / factor, value * factor), tuple(remarks))


def _mean(counts: Counts, *, voxel_ml: float, place_ml: float) -> tuple[float, float]:
    """Mean and standard error of the mean of a region [counts per voxel]."""
    places = max(1.0, counts.size * voxel_ml / place_ml)
    sd = float(counts.std(dtype=np.float64))
    return float(counts.mean(dtype=np.float64)), sd / math.sqrt(places)


def _refuse(tumour: Region, perfused_normal: Region, counts: Counts) -> None:
    for region, path in ((tumour, "tumour"), (perfused_normal, "perfused_normal")):
        if region.shape != counts.shape or not bool(region.any()):
            raise problem(
                f"shape {region.shape}, {int(region.sum())} voxels",
                f"a region with voxels on the grid {counts.shape}",
                "Resample the regions onto the grid of the SPECT",
                path=path,
            )
    shared = int((tumour & perfused_normal).sum())
    if shared:
        raise problem(
            f"{shared} voxels", "no voxel in both regions", "Take tumour out of normal liver", path="tumour"
        )
