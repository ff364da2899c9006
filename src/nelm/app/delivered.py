"""Planned against delivered: the predictions of a mapping study beside the doses of the images after treatment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nelm.app.dosing import DosedStudy
from nelm.errors import InputError, Problem
from nelm.io.dose_json import Document, estimate_document
from nelm.io.planned_doses import read_planned
from nelm.io.study import Study
from nelm.therapies.radioembolisation.delivered import PlannedAgainstDelivered, planned_against_delivered


@dataclass(frozen=True, slots=True)
class Compared:
    """Each region, and the activity that was delivered [GBq]."""

    rows: tuple[PlannedAgainstDelivered, ...]
    activity_gbq: float


def patient_key_of(study: Study) -> str | None:
    """What tells the patient of a study from others; None where the images have no identifier."""
    return next((image.acquisition.patient_key for image in study.emissions), None)


def compared_with_plan(study: DosedStudy, planned_file: Path, *, patient_key: str | None) -> Compared:
    """Planned against delivered of the only administration of a study.

    Raises
    ------
    InputError : Several administrations, no activity, another nuclide than was planned, or another patient.
    """
    planned = read_planned(planned_file)
    where = str(planned_file)
    if None not in (planned.patient_key, patient_key) and planned.patient_key != patient_key:
        raise InputError([Problem("planned", "the plan of another patient", "the plan of the patient of the images",
                                  "Give the plan of this patient")], file=where)  # fmt: skip
    if len(study.cycles) != 1:
        raise InputError([Problem("study", f"{len(study.cycles)} administrations", "one, the one that was planned",
                                  "Give its images alone")], file=where)  # fmt: skip
    dose = study.cycles[0].dose
    regions = planned.by_nuclide.get(dose.administration.nuclide)
    if regions is None:
        names = ", ".join(planned.by_nuclide) or "nothing"
        raise InputError([Problem("planned", f"predictions for {names}", f"one for {dose.administration.nuclide}",
                                  "Give the plan of these microspheres, or say --nuclide")], file=where)  # fmt: skip
    activity = dose.administration.activity_gbq
    if activity is None:
        raise InputError([Problem("activity", "not known", "the activity that was delivered",
                                  "Give --activity GBQ, the residual taken off")], file=where)  # fmt: skip
    return Compared(planned_against_delivered(regions, dose.regions, activity_gbq=activity), activity)


def comparison_document(rows: Sequence[PlannedAgainstDelivered]) -> list[Document]:
    """Planned against delivered, one object for each region."""
    return [
        {
            "name": one.name,
            "kind": one.kind.value,
            "planned_gy": estimate_document(one.planned_gy),
            "delivered_gy": estimate_document(one.delivered_gy),
            "ratio": estimate_document(one.ratio),
            **({"reason": one.reason} if one.reason else {}),
        }
        for one in rows
    ]
