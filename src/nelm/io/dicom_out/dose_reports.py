"""DICOM SR, TID 1500: the doses of every organ and lesion, pointing to its segment and carrying its identity.

One group without a region holds the administration; every region has a group of its own. Standard uncertainties are the
range of measurement uncertainty of TID 310, above and below. What DICOM has no code for (time-integrated activity,
effective half-life, BED, dose for an activity, D98, V20) carries a code of this project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    Comprehensive3DSR,
    FindingSite,
    Measurement,
    MeasurementProperties,
    MeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    ReferencedSegment,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import UID

from nelm import __version__
from nelm.io.dicom_out.concepts import (
    BED,
    EFFECTIVE_HALF_LIFE,
    GRAY,
    HOUR,
    nuclide_code,
    private_code,
)
from nelm.io.dicom_out.measurement_reports import measurement_report
from nelm.io.dicom_out.reports import decimal
from nelm.io.dicom_out.segmentations import TYPES
from nelm.io.dicom_out.sources import Sources
from nelm.volume import Structure

PROCEDURE = CodedConcept("440252007", "SCT", "Administration of radiopharmaceutical")
GRAY_PER_GBQ = Code("Gy/GBq", "UCUM", "Gray per gigabecquerel")
MBQ, MBQ_H = Code("MBq", "UCUM", "megabecquerel"), Code("MBq.h", "UCUM", "megabecquerel hour")
MILLILITRE, GRAM, PERCENT = (
    Code("mL", "UCUM", "milliliter"),
    Code("g", "UCUM", "gram"),
    Code("%", "UCUM", "Percent"),
)
VOLUME, MASS = Code("118565006", "SCT", "Volume"), Code("118538004", "SCT", "Mass")
MEAN_DOSE = Code("128533", "DCM", "Mean Absorbed Radiation Dose")
ACTIVITY = Code("113507", "DCM", "Administered activity")
RADIOPHARMACEUTICAL = Code("123001", "DCM", "Radiopharmaceutical")
RADIONUCLIDE = Code("89457008", "SCT", "Radionuclide")
TIME_INTEGRATED = private_code("TIA", "Time-integrated activity")
DOSE_PER_ACTIVITY = private_code("DOSE_PER_A", "Mean absorbed dose per administered activity")
LONGEST_CODE, LONGEST_MEANING = 16, 64


@dataclass(frozen=True, slots=True)
class ReportedAdministration:
    """What was given and how the doses were found.

    Parameters
    ----------
    radiopharmaceutical : Name, as administered.
    nuclide : Symbol and mass number (Lu-177).
    activity_mbq : Administered activity [MBq].
    cycle : Number of the administration in its course.
    engine, engine_version : What computed the dose (transport, kernel, local).
    parameters : Further facts of the method, one sentence each: calibration, model of the kinetics, alpha/beta.
    """

    radiopharmaceutical: str
    nuclide: str
    activity_mbq: float
    cycle: int
    engine: str
    engine_version: str = __version__
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedDose:
    """What is reported of a region; None for what was not found.

    Parameters
    ----------
    name : Tracking identifier.
    segment : Number of its segment in the SEG.
    tracking_uid : Its identity; of a lesion that over all examinations.
    structure : What it is.
    volume_ml, mass_g : Of the region.
    time_integrated_activity_mbq_h, effective_half_life_h : Kinetics.
    mean_dose_gy, mean_dose_sd_gy : Mean absorbed dose and its standard uncertainty.
    bed_gy, bed_sd_gy : Biologically effective dose and its standard uncertainty.
    dose_per_activity_gy_per_gbq : Mean absorbed dose for the administered activity.
    dose_to_percent_gy : Pairs of a part of the volume [%] and the dose that it receives at least: D98, D50, D2.
    percent_at_dose : Pairs of a dose [Gy] and the part of the volume that receives it at least [%]: V20.
    """

    name: str
    segment: int
    tracking_uid: UID
    structure: Structure
    volume_ml: float
    mass_g: float | None
    time_integrated_activity_mbq_h: float | None
    effective_half_life_h: float | None
    mean_dose_gy: float
    mean_dose_sd_gy: float | None = None
    bed_gy: float | None = None
    bed_sd_gy: float | None = None
    dose_per_activity_gy_per_gbq: float | None = None
    dose_to_percent_gy: tuple[tuple[float, float], ...] = ()
    percent_at_dose: tuple[tuple[float, float], ...] = ()


def dose_report_object(
    doses: Sequence[ReportedDose],
    administration: ReportedAdministration,
    segmentation: Dataset,
    sources: Sources,
    *,
    series_number: int,
) -> Comprehensive3DSR:
    """The report, ready to be saved."""
    return measurement_report(
        [
            _administered(administration, sources),
            *[_group(dose, administration, segmentation) for dose in doses],
        ],
        segmentation,
        sources,
        procedure=PROCEDURE,
        name=f"SR doses {administration.nuclide} {administration.cycle}",
        description=f"nelm doses, {administration.nuclide}, cycle {administration.cycle}"[:64],
        series_number=series_number,
    )


def _administered(
    administration: ReportedAdministration, sources: Sources
) -> MeasurementsAndQualitativeEvaluations:
    """The group of the administration."""
    name = f"administration {administration.cycle}"
    return MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=sources.lasting_uid(name), identifier=name),
        algorithm_id=_engine(administration),
        measurements=[_measured(ACTIVITY, administration.activity_mbq, MBQ)],
        qualitative_evaluations=[
            QualitativeEvaluation(RADIOPHARMACEUTICAL, _pharmaceutical(administration.radiopharmaceutical)),
            QualitativeEvaluation(RADIONUCLIDE, nuclide_code(administration.nuclide)),
        ],
    )


def _group(
    dose: ReportedDose, administration: ReportedAdministration, segmentation: Dataset
) -> VolumetricROIMeasurementsAndQualitativeEvaluations:
    """One region: its segment, what it is, and its numbers."""
    sct = cast("Any", codes.SCT)
    is_lesion = dose.structure is Structure.LESION
    kind = sct.NeoplasmSecondary if is_lesion else getattr(sct, TYPES.get(dose.structure, "BodyStructure"))
    return VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=dose.tracking_uid, identifier=dose.name),
        referenced_segment=ReferencedSegment.from_segmentation(
            segmentation=cast("Any", segmentation), segment_number=dose.segment
        ),
        finding_type=kind,
        algorithm_id=_engine(administration),
        finding_sites=_sites(dose.structure),
        measurements=_measurements(dose),
    )


def _sites(structure: Structure) -> list[FindingSite] | None:
    """Where a lesion lies, and the side of a paired organ."""
    sct = cast("Any", codes.SCT)
    sides = {Structure.KIDNEY_LEFT: sct.Left, Structure.KIDNEY_RIGHT: sct.Right}
    if structure in sides:
        return [FindingSite(anatomic_location=sct.Kidney, laterality=sides[structure])]
    return [FindingSite(anatomic_location=sct.Liver)] if structure is Structure.LESION else None


def _measurements(dose: ReportedDose) -> list[Measurement]:
    """The numbers of a region that are known."""
    numbers: list[tuple[Code, float | None, Code, float | None]] = [
        (VOLUME, dose.volume_ml, MILLILITRE, None),
        (MASS, dose.mass_g, GRAM, None),
        (TIME_INTEGRATED, dose.time_integrated_activity_mbq_h, MBQ_H, None),
        (EFFECTIVE_HALF_LIFE, dose.effective_half_life_h, HOUR, None),
        (MEAN_DOSE, dose.mean_dose_gy, GRAY, dose.mean_dose_sd_gy),
        (BED, dose.bed_gy, GRAY, dose.bed_sd_gy),
        (DOSE_PER_ACTIVITY, dose.dose_per_activity_gy_per_gbq, GRAY_PER_GBQ, None),
    ]
    for percent, value in dose.dose_to_percent_gy:
        meaning = f"Absorbed dose that {percent:g} % of the volume receives at least"
        numbers.append((private_code(f"D{percent:g}", meaning), value, GRAY, None))
    for dose_gy, percent in dose.percent_at_dose:
        meaning = f"Part of the volume that receives at least {dose_gy:g} Gy"
        numbers.append((private_code(f"V{dose_gy:g}Gy", meaning), percent, PERCENT, None))
    return [
        _measured(name, value, unit, uncertainty)
        for name, value, unit, uncertainty in numbers
        if value is not None
    ]


def _measured(name: Code, value: float, unit: Code, uncertainty: float | None = None) -> Measurement:
    """A number with its standard uncertainty, if it has one."""
    properties = (
        None
        if uncertainty is None
        else MeasurementProperties(
            upper_measurement_uncertainty=decimal(uncertainty),
            lower_measurement_uncertainty=decimal(uncertainty),
        )
    )
    return Measurement(name=name, value=decimal(value), unit=unit, properties=properties)


def _engine(administration: ReportedAdministration) -> AlgorithmIdentification:
    """What computed the dose, and how."""
    return AlgorithmIdentification(
        name=f"nelm {administration.engine}",
        version=administration.engine_version,
        parameters=list(administration.parameters) or None,
    )


def _pharmaceutical(name: str) -> Code:
    """A radiopharmaceutical as a code of its own: lists of public codes lack most that are used in therapy."""
    return private_code(name[:LONGEST_CODE], name[:LONGEST_MEANING])
