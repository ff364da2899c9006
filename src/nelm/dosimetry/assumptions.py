"""What dosimetry takes from outside: the image's quality, the engine, tissue constants, populations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.regions import RegionKind
from nelm.errors import problem
from nelm.physics.engines import ENGINES, Settings
from nelm.physics.kinetics import HalfLifePopulation


class Kinetics(StrEnum):
    """How activity behaves after the images."""

    CLEARING = "washes out and decays"
    TRAPPED = "stays and decays"


@dataclass(frozen=True, slots=True)
class Tissue:
    """Constants of the linear-quadratic model of a tissue.

    Parameters
    ----------
    alpha_beta_gy, alpha_beta_sd_gy : alpha/beta and its standard uncertainty [Gy].
    repair_half_time_h, repair_half_time_sd_h : Half-time of repair and its standard uncertainty [h].
    """

    alpha_beta_gy: float
    repair_half_time_h: float
    alpha_beta_sd_gy: float = 0.0
    repair_half_time_sd_h: float = 0.0


@dataclass(frozen=True, slots=True)
class ImageQuality:
    """What is known of the emission images.

    Parameters
    ----------
    resolution_mm : Full width at half maximum as reconstructed [mm]; None: no correction for partial volume.
    resolution_relative_sd : Its standard uncertainty [1].
    calibration_relative_sd : Standard uncertainty of the calibration, common to all images [1].
    repeat_relative_sd : Of a point of a curve, beyond noise and registration [1].
    """

    resolution_mm: float | None = None
    resolution_relative_sd: float = 0.0
    calibration_relative_sd: float = 0.0
    repeat_relative_sd: float = 0.0

    def __post_init__(self) -> None:
        if self.resolution_mm is not None and not 0 < self.resolution_mm < 40:
            raise problem(
                f"{self.resolution_mm:g} mm",
                "a full width at half maximum above 0 and below 40 mm",
                "Measure it with the reconstruction in use, or leave it out",
                path="resolution",
            )


@dataclass(frozen=True, slots=True, eq=False)
class Assumptions:
    """Everything that the images do not say.

    Parameters
    ----------
    kinetics : Whether activity washes out.
    quality : Of the images.
    density : From CT number to density.
    outline_resolution_mm : Full width at half maximum of the image that regions were outlined on [mm].
    observer_relative_sd : Standard uncertainty of a volume between observers [1].
    dose_factor_relative_sd : Of the dose for a given activity, mass and shape [1].
    density_relative_sd : Of the density of soft tissue [1].
    single_image_h : Time that a single image serves best at [h].
    tissues : Constants for BED, by the kind of region; without them no BED.
    populations : Half-lives for a single time point, by the kind of region.
    engine : Name of a dose engine.
    settings : Of `transport`.
    """

    kinetics: Kinetics
    quality: ImageQuality
    density: DensityCurve
    outline_resolution_mm: float
    observer_relative_sd: float
    dose_factor_relative_sd: float
    density_relative_sd: float
    single_image_h: float
    tissues: Mapping[RegionKind, Tissue] = field(default_factory=dict[RegionKind, Tissue])
    populations: Mapping[RegionKind, HalfLifePopulation] = field(
        default_factory=dict[RegionKind, HalfLifePopulation]
    )
    engine: str = "kernel"
    settings: Settings | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise problem(self.engine, f"one of {', '.join(ENGINES)}", path="engine")
