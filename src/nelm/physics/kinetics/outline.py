"""Uncertainty of an outline: of its volume, of the recovery that follows from it, and of the counts inside it.

The framework is that of the EANM guidance on uncertainty (Gear et al., Eur J Nucl Med Mol Imaging 2018;45:2456). Its
text could not be read here and equation numbers are not given; each formula is derived below from what it states,
and for the voxel part, a^2/6, an independent implementation of the guidance was seen to agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nelm.errors import problem
from nelm.physics.kinetics.recovery import SIGMA_PER_FWHM, sphere_recovery, sphere_recovery_by_log_volume

MM3_PER_ML = 1000.0


@dataclass(frozen=True, slots=True)
class OutlineUncertainty:
    """Relative standard uncertainties that an outline brings, all driven by the one uncertain volume.

    Parameters
    ----------
    volume : u(v)/v.
    recovery : u(R)/R, from the volume alone and, where given, from the resolution.
    counts : u(C)/C of the counts inside the outline, from the volume alone.
    recovered_counts : Of C/R, the corrected activity; counts and recovery vary together through the volume.
    """

    volume: float
    recovery: float
    counts: float
    recovered_counts: float


def equivalent_diameter_mm(volume_ml: float) -> float:
    """Diameter of the sphere of this volume [mm]: (6 v / pi)^(1/3)."""
    if not (math.isfinite(volume_ml) and volume_ml > 0):
        raise problem(
            volume_ml, "a volume above zero in millilitres", "Outline the region first.", path="volume_ml"
        )
    return (6.0 * volume_ml * MM3_PER_ML / math.pi) ** (1.0 / 3.0)


def volume_relative_uncertainty(volume_ml: float, *, voxel_mm: float, fwhm_mm: float) -> float:
    """Relative standard uncertainty of an outlined volume: 3 u(d)/d, u(d)^2 = a^2/6 + FWHM^2/(4 ln 2).

    A diameter d runs between two edges. Each is placed to the nearest voxel, uniform over a width a, so a^2/12 each;
    and each is seen through the point spread function, a Gaussian of variance FWHM^2/(8 ln 2). Volume goes with the
    third power of the diameter.

    Parameters
    ----------
    volume_ml : Outlined volume [mL], positive; d is that of the sphere of this volume.
    voxel_mm : Voxel width a of the image that was outlined [mm].
    fwhm_mm : Full width at half maximum of that image [mm]; of the CT if the outline was drawn there.

    Notes
    -----
    For a small region the result exceeds one: the outline then says nothing about the volume.
    """
    for value, path in ((voxel_mm, "voxel_mm"), (fwhm_mm, "fwhm_mm")):
        if not (math.isfinite(value) and value >= 0):
            raise problem(value, "a length in millimetres, not negative", path=path)
    variance = voxel_mm**2 / 6 + 2 * (fwhm_mm * SIGMA_PER_FWHM) ** 2
    return 3 * math.sqrt(variance) / equivalent_diameter_mm(volume_ml)


def outline_uncertainty(
    volume_ml: float, *, volume_uncertainty: float, fwhm_mm: float, fwhm_relative_uncertainty: float = 0.0
) -> OutlineUncertainty:
    """What an uncertain volume does to the recovery and to the counts inside, for the sphere of that volume.

    Recovery: u(R)/R = (dlnR/dlnv) u(v)/v, with the resolution's part (dlnR/dlnF = -3 dlnR/dlnv, because R depends
    on d/F only) added in quadrature. Counts: moving the outline over the blurred sphere adds what lies at its edge,
    so u(C)/C = f u(v)/v / R with the edge value f = erf(x)/2 - (1 - exp(-x^2))/(x sqrt(pi)) over the
    concentration, x = 2 sqrt(ln 2) d / FWHM. Corrected activity C/R: the two move together, |f/R - dlnR/dlnv| u(v)/v.

    Parameters
    ----------
    volume_ml : Outlined volume [mL], positive.
    volume_uncertainty : u(v)/v, from `volume_relative_uncertainty` or from repeated outlines.
    fwhm_mm : Full width at half maximum of the emission image [mm], positive.
    fwhm_relative_uncertainty : u(F)/F of that width.
    """
    for value, path in (
        (volume_uncertainty, "volume_uncertainty"),
        (fwhm_relative_uncertainty, "fwhm_relative_uncertainty"),
    ):
        if not (math.isfinite(value) and value >= 0):
            raise problem(value, "a relative uncertainty, not negative", path=path)
    diameter = equivalent_diameter_mm(volume_ml)
    recovered = sphere_recovery(diameter, fwhm_mm=fwhm_mm)
    by_volume = sphere_recovery_by_log_volume(diameter, fwhm_mm=fwhm_mm) / recovered
    by_counts = edge_value(diameter, fwhm_mm) / recovered
    resolution = 3 * by_volume * fwhm_relative_uncertainty
    return OutlineUncertainty(
        volume=volume_uncertainty,
        recovery=math.hypot(by_volume * volume_uncertainty, resolution),
        counts=by_counts * volume_uncertainty,
        recovered_counts=math.hypot((by_counts - by_volume) * volume_uncertainty, resolution),
    )


def edge_value(diameter_mm: float, fwhm_mm: float) -> float:
    """Blurred concentration at the surface of a sphere of concentration one."""
    if fwhm_mm == 0:
        return 0.5
    x = 2 * math.sqrt(math.log(2.0)) * diameter_mm / fwhm_mm
    return math.erf(x) / 2 + math.expm1(-(x**2)) / (x * math.sqrt(math.pi))
