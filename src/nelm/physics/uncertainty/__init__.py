"""Uncertainty of dose after the EANM guidance of 2018: region, fit, dose factor, chain, budget, BED."""

from nelm.physics.uncertainty.biological import BedUncertainty, biologically_effective_dose_uncertainty
from nelm.physics.uncertainty.chain import (
    ChainStages,
    Contribution,
    DoseUncertainty,
    DosimetryChain,
    absorbed_dose_uncertainty,
    chain_of_region,
)
from nelm.physics.uncertainty.dose_factor import PowerLawDoseFactor, power_law_dose_factor
from nelm.physics.uncertainty.region import (
    LogisticRecovery,
    count_rate_elasticity,
    edge_count_density,
    sphere_diameter_mm,
    volume_relative_sd,
)
from nelm.physics.uncertainty.time_integral import TimeIntegral, exponential_time_integral

__all__ = [
    "BedUncertainty",
    "ChainStages",
    "Contribution",
    "DoseUncertainty",
    "DosimetryChain",
    "LogisticRecovery",
    "PowerLawDoseFactor",
    "TimeIntegral",
    "absorbed_dose_uncertainty",
    "biologically_effective_dose_uncertainty",
    "chain_of_region",
    "count_rate_elasticity",
    "edge_count_density",
    "exponential_time_integral",
    "power_law_dose_factor",
    "sphere_diameter_mm",
    "volume_relative_sd",
]
