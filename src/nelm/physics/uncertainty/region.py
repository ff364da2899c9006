"""How well the outline of a region is known, and how counts and recovery answer to it.

An error of the outline moves three quantities at once: the volume, the counts inside the outline and the recovery that
is read from the volume. Elasticities, ``d ln y / d ln v``, carry that into the chain.

Sources
-------
Gear et al., EANM practical guidance on uncertainty analysis for molecular radiotherapy absorbed dose calculations,
Eur J Nucl Med Mol Imaging 2018;45:2456-2474. Read of it: the abstract, the beginning and the legend of figure 5 (count
rate and its gradient as a function of the volume of interest). Equations (1) to (3) are derived here; they have the
form in which that guidance is remembered, and were not compared with it line by line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nelm.errors import problem
from nelm.physics.biology.refusals import Array, finite_array, not_negative, positive
from nelm.physics.kinetics.outline import edge_value, equivalent_diameter_mm, volume_relative_uncertainty


def sphere_diameter_mm(volume_ml: float) -> float:
    """Diameter of the sphere of a volume [mm]."""
    return equivalent_diameter_mm(positive(volume_ml, "volume_ml"))


def volume_relative_sd(
    volume_ml: float,
    *,
    voxel_mm: float,
    outline_resolution_fwhm_mm: float,
    observer_relative_sd: float = 0.0,
) -> float:
    """Relative standard uncertainty of an outlined volume [1].

    ``u(v)/v = 3 u(d)/d``, ``u(d)^2 = a^2/6 + FWHM^2/(4 ln 2)`` (1), d the diameter of the sphere of that volume.

    Either end of a diameter is known to within a voxel (uniform, a^2/12) and to the spread of the edge (normal,
    sigma = FWHM/2.355); the errors along the three axes are taken as one.

    Parameters
    ----------
    volume_ml : Volume of the region [mL].
    voxel_mm : Edge a of the voxels of the image that it was outlined on [mm].
    outline_resolution_fwhm_mm : Spatial resolution of that image; of the CT where the outline is from CT [mm].
    observer_relative_sd : Standard uncertainty of the volume between observers or methods, added in squares [1].
    """
    volume = positive(volume_ml, "volume_ml")
    voxel, fwhm = (
        positive(voxel_mm, "voxel_mm"),
        not_negative(outline_resolution_fwhm_mm, "outline_resolution_fwhm_mm"),
    )
    outlined = volume_relative_uncertainty(volume, voxel_mm=voxel, fwhm_mm=fwhm)
    return math.hypot(outlined, not_negative(observer_relative_sd, "observer_relative_sd"))


def edge_count_density(volume_ml: float, *, emission_resolution_fwhm_mm: float) -> float:
    """Counts at the edge of a uniform sphere, as a part of those it would have without blur [1].

    ``f = erf(2 r / (sqrt2 sigma)) / 2 - sigma / (r sqrt(2 pi)) (1 - exp(-2 r^2 / sigma^2))`` (2)

    1/2 for a large region; less for a small one, which spills out to every side. Derived from the convolution of a
    sphere with a normal point spread function.
    """
    diameter = sphere_diameter_mm(volume_ml)
    return edge_value(diameter, positive(emission_resolution_fwhm_mm, "emission_resolution_fwhm_mm"))


def count_rate_elasticity(volume_ml: float, *, recovery: float, emission_resolution_fwhm_mm: float) -> float:
    """How the counts in a sphere answer to its outline, ``d ln C / d ln v = f / R`` (3) [1].

    Widening the outline by dv gathers counts of the edge, f dv, where all of it holds R v. 0 for a region of fixed size
    that does not follow the outline.

    Parameters
    ----------
    volume_ml : Volume of the region [mL].
    recovery : Part R of the region's counts that lie inside its outline [1].
    emission_resolution_fwhm_mm : Spatial resolution of the SPECT or PET [mm].
    """
    density = edge_count_density(volume_ml, emission_resolution_fwhm_mm=emission_resolution_fwhm_mm)
    return density / positive(recovery, "recovery")


@dataclass(frozen=True, slots=True, eq=False)
class LogisticRecovery:
    """A recovery curve fitted to phantom spheres: ``R(v) = 1 - 1 / (1 + (v / b1)^b2)``.

    Parameters
    ----------
    half_volume_ml : b1, the volume of R = 1/2 [mL].
    steepness : b2 [1].
    covariance : array (2, 2)  Covariance of (b1, b2) from the fit.
    """

    half_volume_ml: float
    steepness: float
    covariance: Array

    def __post_init__(self) -> None:
        positive(self.half_volume_ml, "half_volume_ml")
        positive(self.steepness, "steepness")
        object.__setattr__(self, "covariance", covariance_matrix(self.covariance, 2))

    def at(self, volume_ml: float) -> float:
        """Recovery R of a volume [1]."""
        ratio = (positive(volume_ml, "volume_ml") / self.half_volume_ml) ** self.steepness
        return ratio / (1 + ratio)

    def elasticity(self, volume_ml: float) -> float:
        """``d ln R / d ln v = b2 (1 - R)`` [1]."""
        return self.steepness * (1 - self.at(volume_ml))

    def relative_sd(self, volume_ml: float) -> float:
        """Relative standard uncertainty of R from the fit of the curve, at a given volume [1]."""
        left = 1 - self.at(volume_ml)
        gradient = left * np.array(
            [-self.steepness / self.half_volume_ml, math.log(volume_ml / self.half_volume_ml)]
        )
        return math.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0))


def covariance_matrix(values: ArrayLike, size: int) -> Array:
    """The covariance, refused unless it is symmetric, of the size, and has no negative variance."""
    matrix = finite_array(values, "covariance")
    if matrix.shape != (size, size) or not bool(np.allclose(matrix, matrix.T, rtol=1e-8, atol=0)):
        raise problem(
            f"an array of shape {matrix.shape}",
            f"a symmetric matrix of {size} x {size}",
            "Give the covariance of the fitted parameters in their order",
            path="covariance",
        )
    lowest = float(np.linalg.eigvalsh(_correlation(matrix)).min())
    if lowest < -1e-8:
        raise problem(
            lowest, "no negative variance in any direction", "The fit did not converge", path="covariance"
        )
    return matrix


def _correlation(matrix: Array) -> Array:
    """The covariance over its standard deviations, so that units do not matter."""
    variance = np.diag(matrix)
    if bool((variance < 0).any()):
        raise problem(float(variance.min()), "variances of zero or more", path="covariance")
    sd = np.sqrt(np.where(variance > 0, variance, 1.0))
    return np.asarray(matrix / np.outer(sd, sd), dtype=np.float64)
