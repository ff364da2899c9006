"""From a mapping study with 99mTc-MAA to every method of radioembolisation side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from nelm.app.dose_regions import dose_regions
from nelm.app.dosimetry_limits import ImagingChoices, assumptions_of
from nelm.app.mapping_case import BeforeTreatment, before_treatment, refuse_other_patient
from nelm.app.mapping_doses import NUCLIDES, MappedActivity, mapped_activity, predicted_doses, ratio_recovery
from nelm.app.mapping_lungs import TECHNETIUM, Lungs, lungs_of, planar_of_study
from nelm.app.mapping_regions import MappedLiver, mapped_liver
from nelm.app.placing import placed
from nelm.app.regions import base_image
from nelm.dosimetry.assumptions import Assumptions, Kinetics
from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import RegionKind
from nelm.errors import InputError, Problem
from nelm.guideline.therapy import Item, item
from nelm.imaging.progress import Progress, silent
from nelm.io.study import EmissionImage, Study
from nelm.knowledge import Knowledge, load_knowledge
from nelm.physics.uncertainty import volume_relative_sd
from nelm.therapies.radioembolisation.comparison import side_by_side
from nelm.therapies.radioembolisation.devices import Device, Method
from nelm.therapies.radioembolisation.knowledge import DoseTables, RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import lung_allowance
from nelm.therapies.radioembolisation.methods import DevicePlan, PlanningInput
from nelm.therapies.radioembolisation.territory import MeasuredLiver, Territory, measured_liver
from nelm.therapies.radioembolisation.tumour_to_normal import (
    ConcentrationRatio,
    measured_concentration_ratio,
)
from nelm.therapies.radioembolisation.vial import Vial, Window, half_life, window
from nelm.therapies.radioembolisation.voxel import VoxelDoses
from nelm.volume import Mask, Volume, mask_on

VIAL_TOLERANCE = 0.1
"""Part by which the content of a vial may differ from what is to be drawn."""
OUTSIDE_TERRITORY = 0.1
"""Part of the liver's counts outside of the territories that is worth a remark."""


@dataclass(frozen=True, slots=True)
class VialOnHand:
    """A vial that could be used: for which device, what it holds [GBq] and when."""

    device: Device
    activity_gbq: float
    calibrated_at: datetime


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """What the user says beside the images.

    Parameters
    ----------
    imaging : Resolution of the SPECT and the engine.
    planar : Files of the planar views; none: those in the study, if there are any.
    case_file : The case.
    tumour_gy, mean_dose_gy : Doses aimed at, by device [Gy]; no default exists.
    vials : Vials on hand.
    """

    imaging: ImagingChoices = field(default_factory=ImagingChoices)
    planar: tuple[Path, ...] = ()
    case_file: Path | None = None
    tumour_gy: Mapping[Device, float] = field(default_factory=dict[Device, float])
    mean_dose_gy: Mapping[Device, float] = field(default_factory=dict[Device, float])
    vials: tuple[VialOnHand, ...] = ()


@dataclass(frozen=True, slots=True)
class FittingTime:
    """When a vial holds what a method asks for, within `VIAL_TOLERANCE`."""

    vial: VialOnHand
    method: Method
    drawn_gbq: float
    when: Window


@dataclass(frozen=True, slots=True, eq=False)
class PlannedStudy:
    """Everything that is known before radioembolisation.

    Parameters
    ----------
    before : From the case.
    agent, date, patient_key : Of the mapping study; the key tells patients apart and names none.
    measured : Volumes and masses.
    lungs : Shunt and mass.
    ratios : T/N by territory.
    devices : Every method for every device.
    predicted : Doses of 1 GBq by nuclide, region by region [Gy].
    vials : When the vials on hand fit.
    cautions : Late toxicity and what to watch.
    remarks : What was taken how.
    refused : Files and series that could not be used.
    """

    before: BeforeTreatment
    agent: str
    date: str | None
    patient_key: str | None
    measured: MeasuredLiver
    lungs: Lungs
    ratios: Mapping[str, ConcentrationRatio]
    devices: tuple[DevicePlan, ...]
    predicted: Mapping[str, tuple[RegionDose, ...]]
    vials: tuple[FittingTime, ...]
    cautions: tuple[Item, ...]
    remarks: tuple[str, ...]
    refused: tuple[str, ...]


def is_mapping(study: Study) -> bool:
    """Whether the emission images of a study are all of 99mTc, the nuclide of mapping studies."""
    nuclides = {image.acquisition.nuclide for image in study.emissions}
    return nuclides == {TECHNETIUM}


def plan_mapping(
    study: Study, paths: Sequence[Path], options: MappingOptions, *, progress: Progress | None = None
) -> PlannedStudy:
    """Plan radioembolisation on a mapping study.

    Parameters
    ----------
    paths : Where the study was read from, to look for planar views.

    Raises
    ------
    InputError, GeometryError : No SPECT, CT, liver or lesions, files of somebody else, or images not to be trusted.
    """
    say = progress or silent
    knowledge = load_knowledge()
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    spect, ct = _spect(study), _ct(study)
    before = before_treatment(options.case_file, knowledge)
    refuse_other_patient(before, spect.acquisition.height_m)
    liver = mapped_liver(study, ct)
    regions, said = dose_regions(study, ct)
    assumed = _assumptions(knowledge, options.imaging, NUCLIDES[0])
    say("placing the SPECT")
    (place,) = placed([spect.volume], ct, study.images)
    mapped = mapped_activity(place, regions, ct, assumed)
    say("lung shunt")
    planar, of_planar = planar_of_study(paths, options.planar, spect=mapped.view.scan.activity,
                                        facts=spect.acquisition, liver=liver, ct=ct, known=known)  # fmt: skip
    resolution_mm = options.imaging.resolution_mm
    lungs = lungs_of(mapped, liver, planar=planar, stated=before.stated_shunt, resolution_mm=resolution_mm,
                     density=assumed.density, known=known)  # fmt: skip
    ratios = _ratios(mapped, liver, resolution_mm=resolution_mm, assumptions=assumed, known=known)
    voxel, predicted = _doses(mapped, liver, lungs, knowledge, options=options, say=say)
    measured = _measured(liver, assumed, known)
    given = PlanningInput(
        liver=measured,
        lung_shunt=lungs.shunt,
        lung_mass=lungs.mass,
        allowance=lung_allowance(before.earlier_lung_gy, known),
        ratios=ratios,
        body_surface_m2=before.body_surface_m2,
        pretreated=before.pretreated,
        tumour_gy=options.tumour_gy,
        mean_dose_gy=options.mean_dose_gy,
        voxel=voxel,
    )
    tables = knowledge.record(DoseTables, "radioembolisation_doses")
    devices = side_by_side(given, known=known, tables=tables)
    remarks = (*liver.remarks, *said, *mapped.remarks, *_of_header(spect), *of_planar, *lungs.remarks,
               *_outside(mapped, liver))  # fmt: skip
    return PlannedStudy(
        before=before,
        agent=spect.acquisition.radiopharmaceutical or "",
        date=spect.volume.origin.date,
        patient_key=spect.acquisition.patient_key,
        measured=measured,
        lungs=lungs,
        ratios=ratios,
        devices=devices,
        predicted=predicted,
        vials=_fitting(devices, options.vials),
        cautions=_cautions(known),
        remarks=tuple(dict.fromkeys(remarks)),
        refused=_refused(study),
    )


def _refused(study: Study) -> tuple[str, ...]:
    """What could not be used; planar views are no volumes and are read on their own."""
    return tuple(f"{one.where}: {one.reason}" for one in study.refused if "planar" not in one.reason.lower())


def _spect(study: Study) -> EmissionImage:
    """The SPECT of the mapping study.

    Raises
    ------
    InputError : None, several, or one of another nuclide or of several patients.
    """
    found = [image for image in study.emissions if image.acquisition.nuclide == TECHNETIUM]
    keys = {image.acquisition.patient_key for image in found} - {None}
    if len(keys) > 1:
        raise InputError([Problem("study", f"images of {len(keys)} patients", "images of one patient",
                                  "Take out the series that belong to somebody else")])  # fmt: skip
    corrected = [image for image in found if "ATTN" in image.acquisition.corrections]
    chosen = corrected if len(found) > 1 else found
    if len(chosen) != 1:
        names = ", ".join(image.acquisition.series_name for image in found) or "none"
        raise InputError([Problem("study", names, "one SPECT of 99mTc, corrected for attenuation",
                                  "Give the reconstruction that is to be used, and no other")])  # fmt: skip
    return chosen[0]


def _ct(study: Study) -> Volume:
    """The CT that the regions were drawn on.

    Raises
    ------
    InputError : None.
    """
    image = base_image(study)
    if image is None or image.quantity.value != "HU":
        raise InputError([Problem("study", "no CT with the regions", "the CT that liver and lungs were drawn on",
                                  "Give the CT of the SPECT/CT as well: masses and doses are of it")])  # fmt: skip
    return image


def _assumptions(knowledge: Knowledge, imaging: ImagingChoices, nuclide: str) -> Assumptions:
    """What the images do not say; the map is relative, so that no calibration enters."""
    relative = ImagingChoices(
        imaging.resolution_mm, imaging.resolution_relative_sd, 0.0, imaging.engine, imaging.settings
    )
    return assumptions_of(knowledge, relative, nuclide=nuclide, kinetics=Kinetics.TRAPPED)


def _measured(liver: MappedLiver, assumed: Assumptions, known: RadioembolisationKnowledge) -> MeasuredLiver:
    """Volumes and masses; the relative error of the smaller of tumour and normal liver is taken for both."""
    smallest_ml = min(liver.tumour.volume_ml, liver.perfused.volume_ml)
    spread = volume_relative_sd(
        max(smallest_ml, liver.liver.grid.voxel_ml),
        voxel_mm=float(np.cbrt(liver.liver.grid.voxel_ml * 1000)),
        outline_resolution_fwhm_mm=assumed.outline_resolution_mm,
        observer_relative_sd=assumed.observer_relative_sd,
    )
    return measured_liver(
        liver.territories, liver=liver.liver, tumour=liver.tumour, known=known, volume_relative_sd=spread
    )


def _ratios(
    mapped: MappedActivity, liver: MappedLiver, *, resolution_mm: float | None, assumptions: Assumptions,
    known: RadioembolisationKnowledge,
) -> dict[str, ConcentrationRatio]:  # fmt: skip
    """T/N of each territory that holds tumour which the SPECT can show."""
    grid = mapped.view.scan.activity.grid
    sick = mask_on(liver.tumour, grid).array
    whole = mask_on(liver.liver, grid).array
    found: dict[str, ConcentrationRatio] = {}
    for territory in liver.territories:
        inside = mask_on(territory.perfused, grid).array & whole
        if not (inside & sick).any() or not (inside & ~sick).any():
            continue
        shares = [
            _tumour_ml(region.mask, territory) * (region.kind is RegionKind.LESION)
            for region in mapped.regions
        ]
        found[territory.name] = measured_concentration_ratio(
            mapped.counts,
            tumour=inside & sick,
            perfused_normal=inside & ~sick,
            voxel_ml=grid.voxel_ml,
            resolution_fwhm_mm=resolution_mm or known.mapping_resolution.number,
            known=known,
            tumour_recovery=ratio_recovery(mapped, shares, assumptions),
        )
    return found


def _tumour_ml(region: Mask, territory: Territory) -> float:
    """Volume of a region inside a territory [mL]."""
    return Mask(region.array & mask_on(territory.perfused, region.grid).array, region.grid).volume_ml


def _doses(
    mapped: MappedActivity, liver: MappedLiver, lungs: Lungs, knowledge: Knowledge, *, options: MappingOptions,
    say: Progress,
) -> tuple[dict[str, VoxelDoses], dict[str, tuple[RegionDose, ...]]]:  # fmt: skip
    """Doses of 1 GBq by nuclide; nothing without a lung shunt."""
    voxel: dict[str, VoxelDoses] = {}
    predicted: dict[str, tuple[RegionDose, ...]] = {}
    if lungs.shunt is None:
        return voxel, predicted
    for nuclide in NUCLIDES:
        say(f"doses of {nuclide} by {options.imaging.engine}")
        voxel[nuclide], predicted[nuclide] = predicted_doses(
            mapped,
            liver,
            nuclide,
            shunt=lungs.shunt,
            lung_mass=lungs.mass,
            assumptions=_assumptions(knowledge, options.imaging, nuclide),
            known=knowledge.record(RadioembolisationKnowledge, "radioembolisation"),
        )
    return voxel, predicted


def _fitting(devices: Sequence[DevicePlan], vials: Sequence[VialOnHand]) -> tuple[FittingTime, ...]:
    """When each vial holds what each method of its device asks for."""
    found: list[FittingTime] = []
    for vial in vials:
        plan = next(one for one in devices if one.microspheres.device is vial.device)
        hours = half_life(plan.microspheres.nuclide).half_life_h
        for result in plan.methods:
            if result.drawn_gbq is not None and result.drawn_gbq.value > 0.0:
                wanted = result.drawn_gbq.value
                when = window(
                    Vial(vial.activity_gbq, vial.calibrated_at, hours),
                    wanted_gbq=wanted,
                    tolerance=VIAL_TOLERANCE,
                )
                found.append(FittingTime(vial, result.method, wanted, when))
    return tuple(found)


def _cautions(known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """Late toxicity and what else speaks against treating, whatever the dose."""
    return (
        item("late toxicity", known.whole_liver),
        item("one lobe at a time", known.one_lobe_at_a_time),
        item("first months", known.reild_watch),
        item("years", known.late_watch),
        item("extrahepatic deposits", known.shunt_uncorrectable),
        item("devices differ", known.spheres_differ),
    )


def _of_header(spect: EmissionImage) -> tuple[str, ...]:
    """Corrections that the SPECT should have and does not say it has."""
    words = {"ATTN": "attenuation", "SCAT": "scatter"}
    lacking = [word for code, word in words.items() if code not in spect.acquisition.corrections]
    if not lacking:
        return spect.acquisition.notes
    return (
        *spect.acquisition.notes,
        f"the header of the SPECT does not say that {' and '.join(lacking)} was corrected: shunt and T/N may be wrong",
    )


def _outside(mapped: MappedActivity, liver: MappedLiver) -> tuple[str, ...]:
    """Counts of the liver outside of the territories."""
    grid = mapped.view.scan.activity.grid
    whole, inside = mask_on(liver.liver, grid).array, mask_on(liver.perfused, grid).array
    total = float(mapped.counts[whole].sum())
    share = 1.0 - float(mapped.counts[whole & inside].sum()) / total if total > 0 else 0.0
    if share <= OUTSIDE_TERRITORY:
        return ()
    return (
        f"{100 * share:.0f} % of the liver's counts lie outside of the territories: look at their outline, and at "
        "where the particles were given",
    )
