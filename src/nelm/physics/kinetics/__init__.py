"""Activity over time: measurement, models, choice of model, time-integrated activity with its uncertainty."""

from nelm.physics.kinetics.counting import (
    CalibrationFactor,
    TrueRate,
    acquisition_decay_factor,
    calibration_factor,
    decay_factor,
    largest_observed_rate_cps,
    observed_rate_cps,
    true_rate_cps,
    true_rate_nonparalysable_cps,
)
from nelm.physics.kinetics.fit import CovarianceScaling, Fit
from nelm.physics.kinetics.fitting import fit
from nelm.physics.kinetics.measurements import TimeActivity
from nelm.physics.kinetics.models import Curve, KineticModel
from nelm.physics.kinetics.outline import (
    OutlineUncertainty,
    equivalent_diameter_mm,
    outline_uncertainty,
    volume_relative_uncertainty,
)
from nelm.physics.kinetics.population import (
    HalfLifePopulation,
    TimeIntegratedDistribution,
    population_time_integrated_activity,
)
from nelm.physics.kinetics.recovery import (
    Recovery,
    concentrations_without_spill,
    recovery_coefficient,
    slab_recovery,
    sphere_recovery,
    sphere_recovery_by_log_volume,
    transfer_matrix,
)
from nelm.physics.kinetics.selection import Choice, SetAside, choose_model
from nelm.physics.kinetics.single_time_point import (
    absorbed_dose_hanscheid_2017_gy,
    absorbed_dose_hanscheid_2018_gy,
    half_life_method_over_exact,
    hanscheid_2018_over_exact,
    hanscheid_2018_remarks,
    time_integrated_activity_from_half_life,
    time_integrated_activity_hanscheid_2018,
)
from nelm.physics.kinetics.trapezoid import Start, Tail, Trapezoid, trapezoid
from nelm.physics.kinetics.voxelwise import (
    Source,
    VoxelKinetics,
    voxelwise_kinetics,
    voxelwise_single_time_point,
)

__all__ = [
    "CalibrationFactor",
    "Choice",
    "CovarianceScaling",
    "Curve",
    "Fit",
    "HalfLifePopulation",
    "KineticModel",
    "OutlineUncertainty",
    "Recovery",
    "SetAside",
    "Source",
    "Start",
    "Tail",
    "TimeActivity",
    "TimeIntegratedDistribution",
    "Trapezoid",
    "TrueRate",
    "VoxelKinetics",
    "absorbed_dose_hanscheid_2017_gy",
    "absorbed_dose_hanscheid_2018_gy",
    "acquisition_decay_factor",
    "calibration_factor",
    "choose_model",
    "concentrations_without_spill",
    "decay_factor",
    "equivalent_diameter_mm",
    "fit",
    "half_life_method_over_exact",
    "hanscheid_2018_over_exact",
    "hanscheid_2018_remarks",
    "largest_observed_rate_cps",
    "observed_rate_cps",
    "outline_uncertainty",
    "population_time_integrated_activity",
    "recovery_coefficient",
    "slab_recovery",
    "sphere_recovery",
    "sphere_recovery_by_log_volume",
    "time_integrated_activity_from_half_life",
    "time_integrated_activity_hanscheid_2018",
    "transfer_matrix",
    "trapezoid",
    "true_rate_cps",
    "true_rate_nonparalysable_cps",
    "volume_relative_uncertainty",
    "voxelwise_kinetics",
    "voxelwise_single_time_point",
]
