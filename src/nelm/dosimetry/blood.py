"""Red marrow from blood samples: what the activity of plasma in the marrow gives to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.integrals import ActivityIntegral, fitted
from nelm.errors import problem
from nelm.physics.emissions import Emissions
from nelm.physics.kinetics import TimeActivity
from nelm.physics.organs import OrganS, marrow_absorbed_dose, marrow_activity_from_blood
from nelm.physics.organs.s_values import MGY_G_PER_MBQ_S_KEV
from nelm.quantities import Estimate

KEV_PER_MEV = 1000.0
MOST_MBQ_PER_ML = 5.0
"""More than any blood sample after an administration: 7.4 GBq in 3 L are 2.5 MBq/mL; above, the unit is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class BloodMarrow:
    """Self dose of red marrow from blood.

    Parameters
    ----------
    absorbed_dose_gy : Self dose by electrons, a lower bound of the whole: photons from elsewhere come on top [Gy].
    integral : Of the activity of 1 mL of blood [MBq h per mL].
    red_marrow_to_blood_ratio : That was used [1].
    remarks : What should be known.
    """

    absorbed_dose_gy: Estimate
    integral: ActivityIntegral
    red_marrow_to_blood_ratio: float
    remarks: tuple[str, ...]


def marrow_from_blood(
    samples: TimeActivity,
    emissions: Emissions,
    *,
    red_marrow_to_blood_ratio: float,
    ratio_relative_sd: float,
    blood_density_g_ml: float,
    activity_relative_sd: float,
) -> BloodMarrow:
    """Self dose of red marrow from the activity of blood.

    ``D = A_blood / (rho V) RMBLR E`` with the time-integrated activity of a sample A_blood, its mass rho V and the
    energy of electrons per decay E, all of which stays in the marrow.

    Parameters
    ----------
    samples : Activity of 1 mL of whole blood at times after the administration, not corrected for decay [MBq].
    red_marrow_to_blood_ratio, ratio_relative_sd : RMBLR and its relative standard uncertainty [1].
    blood_density_g_ml : [g/mL].
    activity_relative_sd : Standard uncertainty that all samples share, such as of the well counter [1].

    Raises
    ------
    InputError : Samples of more activity than blood can have: another unit.
    ConvergenceError : Activities that do not decline.
    """
    if max(samples.activities) > MOST_MBQ_PER_ML:
        raise problem(
            f"{max(samples.activities):g} MBq/mL",
            f"blood of at most {MOST_MBQ_PER_ML:g} MBq/mL",
            "Look at the unit of the samples: MBq/mL, kBq/mL or counts",
            path="blood",
        )
    integral = fitted(samples, physical_half_life_h=emissions.half_life_h)
    per_gram = MGY_G_PER_MBQ_S_KEV * emissions.electron_energy_mev * KEV_PER_MEV
    self_s = OrganS("red marrow", "red marrow", emissions.nuclide, 1.0, per_gram, 0.0,
                    provenance="all electrons stay")  # fmt: skip
    activity = marrow_activity_from_blood(
        blood_time_integrated_activity_mbq_h=integral.time_integrated_activity_mbq_h,
        blood_mass_g=blood_density_g_ml,
        marrow_mass_g=1.0,
        red_marrow_to_blood_ratio=red_marrow_to_blood_ratio,
    )
    dose = marrow_absorbed_dose(
        marrow_time_integrated_activity_mbq_h=activity, marrow_mass_g=1.0, self_s=self_s
    )
    relative = math.hypot(integral.relative_sd, ratio_relative_sd, activity_relative_sd)
    return BloodMarrow(
        absorbed_dose_gy=log_normal(dose.absorbed_dose_gy, relative),
        integral=integral,
        red_marrow_to_blood_ratio=red_marrow_to_blood_ratio,
        remarks=(
            "Self dose by electrons from blood: photons of organs and of the rest of the body come on top.",
            "Not valid where marrow or metastases in it take up the compound.",
            *integral.remarks,
        ),
    )
