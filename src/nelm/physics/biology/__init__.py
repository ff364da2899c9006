"""Biological effect of dose: BED with incomplete repair, EQD2, equivalent uniform dose, histograms, courses."""

from nelm.physics.biology.bed import (
    absorbed_dose_for,
    biologically_effective_dose,
    biologically_effective_dose_from,
    biologically_effective_dose_of_cycles,
    biologically_effective_dose_of_fractions,
    equivalent_dose_in_fractions,
)
from nelm.physics.biology.courses import AccumulatedDose, Course, accumulated_dose
from nelm.physics.biology.dose_rate import (
    ExponentialDoseRate,
    mono_exponential_dose_rate,
    uptake_dose_rate,
)
from nelm.physics.biology.histogram import DoseVolumeHistogram, dose_volume_histogram
from nelm.physics.biology.repair import lea_catcheside, protraction_matrix, quadratic_matrix
from nelm.physics.biology.sampled import SampledProtraction, sampled_protraction
from nelm.physics.biology.uniform_dose import (
    equivalent_uniform_bed,
    equivalent_uniform_dose,
    generalised_equivalent_uniform_dose,
    uniform_dose_for_bed,
)

__all__ = [
    "AccumulatedDose",
    "Course",
    "DoseVolumeHistogram",
    "ExponentialDoseRate",
    "SampledProtraction",
    "absorbed_dose_for",
    "accumulated_dose",
    "biologically_effective_dose",
    "biologically_effective_dose_from",
    "biologically_effective_dose_of_cycles",
    "biologically_effective_dose_of_fractions",
    "dose_volume_histogram",
    "equivalent_dose_in_fractions",
    "equivalent_uniform_bed",
    "equivalent_uniform_dose",
    "generalised_equivalent_uniform_dose",
    "lea_catcheside",
    "mono_exponential_dose_rate",
    "protraction_matrix",
    "quadratic_matrix",
    "sampled_protraction",
    "uniform_dose_for_bed",
    "uptake_dose_rate",
]
