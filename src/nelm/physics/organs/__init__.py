"""Organ dosimetry after MIRD: S values and their scaling by mass, dose of organs, of the liver and of red marrow."""

from nelm.physics.organs.dose import (
    LIVER_WITH_LESIONS,
    LIVER_WITHOUT_LESIONS,
    LiverDoses,
    OrganDose,
    liver_absorbed_doses,
    organ_absorbed_dose,
)
from nelm.physics.organs.marrow import (
    MarrowDose,
    marrow_absorbed_dose,
    marrow_activity_from_blood,
    marrow_activity_from_image,
    red_marrow_to_blood_ratio,
    remainder_activity,
    remainder_s,
)
from nelm.physics.organs.s_values import OrganS, self_s_of_total
from nelm.physics.organs.table import OrganSTable, opendose_table

__all__ = [
    "LIVER_WITHOUT_LESIONS",
    "LIVER_WITH_LESIONS",
    "LiverDoses",
    "MarrowDose",
    "OrganDose",
    "OrganS",
    "OrganSTable",
    "liver_absorbed_doses",
    "marrow_absorbed_dose",
    "marrow_activity_from_blood",
    "marrow_activity_from_image",
    "opendose_table",
    "organ_absorbed_dose",
    "red_marrow_to_blood_ratio",
    "remainder_activity",
    "remainder_s",
    "self_s_of_total",
]
