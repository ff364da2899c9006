"""From the images after one or more administrations to the doses of organs and lesions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from nelm.app.compiled_code import keep_compiled_code
from nelm.app.dose_regions import dose_regions
from nelm.app.dosimetry_limits import ImagingChoices, assumptions_of, plausible_ranges
from nelm.app.placing import Placed, placed
from nelm.app.regions import base_image
from nelm.dosimetry.assumptions import Kinetics
from nelm.dosimetry.knowledge import DosimetryKnowledge
from nelm.dosimetry.plausibility import Check, checks_of
from nelm.dosimetry.quantification import Acquired, Camera, quantified, scaled_to
from nelm.dosimetry.regions import Region
from nelm.dosimetry.scans import BQ_PER_MBQ, Administration, Scan
from nelm.dosimetry.therapy import TherapyDose, therapy_dose
from nelm.errors import InputError, Problem, problem
from nelm.imaging.progress import Progress, silent
from nelm.io.dicom import implausible
from nelm.io.dicom.acquisition import Acquisition, DecayCorrection
from nelm.io.study import EmissionImage, Study
from nelm.knowledge import load_knowledge
from nelm.physics.emissions import emissions_of
from nelm.volume import ImageOrigin, Volume

SECONDS_PER_HOUR = 3600.0
SPHERE_WORDS = ("microsphere", "sir-sphere", "therasphere", "quiremsphere", "resin", "glass")
SPHERE_NUCLIDES = ("Y-90", "Ho-166")
"""Given as microspheres where the header says nothing else; 90Y may be on a peptide, too, and then has to be said."""


@dataclass(frozen=True, slots=True)
class DosingOptions:
    """What the user says beside the images.

    Parameters
    ----------
    imaging : Quality of the images and the engine.
    camera : Calibration and dead time.
    nuclide, activity_mbq, injected_at : Of a single administration, where the header is silent or wrong.
    known_activity_mbq : Activity in the field of view at the time of the first image [MBq]: the patient is the phantom.
    kinetics : Whether activity washes out; None: told from the nuclide and the agent.
    observed_cps : Rate of all windows during each image, in the order of time, for the dead time [counts/s].
    """

    imaging: ImagingChoices = field(default_factory=ImagingChoices)
    camera: Camera = field(default_factory=Camera)
    nuclide: str | None = None
    activity_mbq: float | None = None
    injected_at: datetime | None = None
    known_activity_mbq: float | None = None
    kinetics: Kinetics | None = None
    observed_cps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CycleDose:
    """Doses of one administration, with what was checked.

    Parameters
    ----------
    number : Of the administration in the study, from 1.
    dose : What came out.
    checks : What was compared with what.
    """

    number: int
    dose: TherapyDose
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DosedStudy:
    """What was computed of a study.

    Parameters
    ----------
    cycles : In the order of time.
    regions : Of the anatomy, on its grid.
    anatomy : The CT that regions were drawn on; None where there is none.
    origin : Where the anatomy came from.
    remarks : What was noticed on reading.
    refused : Files and series that could not be used.
    """

    cycles: tuple[CycleDose, ...]
    regions: tuple[Region, ...]
    anatomy: Volume | None
    origin: ImageOrigin
    remarks: tuple[str, ...]
    refused: tuple[str, ...]


def dose_study(study: Study, options: DosingOptions, *, progress: Progress | None = None) -> DosedStudy:
    """Compute the doses of what was found in files and folders.

    Raises
    ------
    InputError, GeometryError : Nothing that dose can be computed from, or nothing that can be trusted.
    ConvergenceError : No activity curve that can be integrated.
    """
    say = progress or silent
    emissions = _therapy_images(study, options)
    anatomy = base_image(study)
    regions, remarks = dose_regions(study, anatomy)
    groups = _by_administration(emissions, options)
    cycles = tuple(
        _cycle(number, group, study, anatomy=anatomy, regions=regions, options=options, say=say)
        for number, group in enumerate(groups, start=1)
    )
    return DosedStudy(
        cycles=cycles,
        regions=regions,
        anatomy=anatomy,
        origin=anatomy.origin if anatomy is not None else study.segmentations[0].origin,
        remarks=remarks,
        refused=tuple(f"{item.where}: {item.reason}" for item in study.refused),
    )


def _cycle(
    number: int, images: Sequence[EmissionImage], study: Study, *, anatomy: Volume | None,
    regions: Sequence[Region], options: DosingOptions, say: Progress,
) -> CycleDose:  # fmt: skip
    """Doses of one administration."""
    administration = _administration(images, options)
    kinetics = options.kinetics or kinetics_of(administration)
    knowledge = load_knowledge()
    assumptions = assumptions_of(
        knowledge, options.imaging, nuclide=administration.nuclide, kinetics=kinetics
    )
    half_life_h = emissions_of(administration.nuclide).half_life_h
    if assumptions.engine == "transport":
        keep_compiled_code()
    say("placing the images")
    places = placed([image.volume for image in images], anatomy, study.images)
    cameras = _cameras(images, options, knowledge.record(DosimetryKnowledge, "dosimetry"))
    scans = [
        _scan(image, place, administration, camera=camera, options=options, half_life_h=half_life_h)
        for image, place, camera in zip(images, places, cameras, strict=True)
    ]
    dose = therapy_dose(
        administration,
        scans,
        regions,
        anatomy if _is_ct(anatomy) else None,
        assumptions=assumptions,
        progress=say,
    )
    ordered = sorted(scans, key=lambda scan: scan.after_h)
    checks = checks_of(
        dose,
        plausible_ranges(knowledge, nuclide=administration.nuclide, kinetics=kinetics),
        imaged_mbq=[_activity_mbq(scan.activity) for scan in ordered],
        half_life_h=half_life_h,
    )
    return CycleDose(number, dose, checks)


def _cameras(
    images: Sequence[EmissionImage], options: DosingOptions, known: DosimetryKnowledge
) -> list[Camera]:
    """The camera with its count rate for each image.

    Raises
    ------
    InputError : Another number of rates than images.
    """
    rates = options.observed_cps
    camera = replace(options.camera, dead_time_relative_sd=known.dead_time_spread.number)
    if not rates:
        return [camera] * len(images)
    if len(rates) != len(images):
        raise problem(
            f"{len(rates)} count rates for {len(images)} images",
            "one rate for each image of an administration, in the order of time",
            "Give --observed-rate once for each image",
            path="observed_rate",
        )
    starts = [image.acquisition.start or image.acquisition.series_start or datetime.max for image in images]
    order = sorted(range(len(images)), key=starts.__getitem__)
    rate_of = {image: rates[rank] for rank, image in enumerate(order)}
    return [replace(camera, observed_cps=rate_of[place]) for place in range(len(images))]


def kinetics_of(administration: Administration) -> Kinetics:
    """Whether activity washes out: microspheres stay."""
    agent = administration.agent.lower()
    spheres = any(word in agent for word in SPHERE_WORDS)
    peptide = any(word in agent for word in ("dota", "tate", "toc"))
    if spheres or (administration.nuclide in SPHERE_NUCLIDES and not peptide):
        return Kinetics.TRAPPED
    return Kinetics.CLEARING


def _therapy_images(study: Study, options: DosingOptions) -> tuple[EmissionImage, ...]:
    """SPECT and PET of a study, all of one patient.

    Raises
    ------
    InputError : None, or of different patients.
    """
    if not study.emissions:
        refused = [
            Problem(item.where, item.reason, "an image that can be trusted") for item in study.refused[:20]
        ]
        raise InputError(refused or [Problem("study", "no SPECT or PET", "images after the administration",
                                             "Give the reconstructed series, not the projections")])  # fmt: skip
    keys = {image.acquisition.patient_key for image in study.emissions}
    if len(keys - {None}) > 1:
        raise InputError([Problem("study", f"images of {len(keys)} patients", "images of one patient",
                                  "Take out the series that belong to somebody else")])  # fmt: skip
    _refuse_other_units(study.emissions, options)
    return study.emissions


def _refuse_other_units(images: Sequence[EmissionImage], options: DosingOptions) -> None:
    """Refuse headers whose numbers can only be in another unit, but for what the user said in their place."""
    told = {
        "RadionuclideTotalDose": options.activity_mbq is not None,
        "time from injection to image": options.injected_at is not None,
    }
    found = [
        replace(problem, path=f"{image.acquisition.series_name}: {problem.path}")
        for image in images
        for problem in implausible(image.acquisition)
        if not told.get(problem.path, False)
    ]
    if found:
        raise InputError(found)


def _by_administration(
    images: Sequence[EmissionImage], options: DosingOptions
) -> list[tuple[EmissionImage, ...]]:
    """Images of each administration, in the order of time.

    Raises
    ------
    InputError : No time of injection, or none of the image itself.
    """
    problems: list[Problem] = []
    groups: dict[datetime, list[EmissionImage]] = {}
    for image in images:
        injection = options.injected_at or image.acquisition.injection
        where = image.acquisition.series_name
        if injection is None:
            problems.append(Problem(where, "no time of injection", "when the activity was administered",
                                    "Give --injected-at YYYY-MM-DDTHH:MM"))  # fmt: skip
        if image.acquisition.start is None and image.acquisition.series_start is None:
            problems.append(Problem(where, "no time of acquisition", "when the image was taken",
                                    "Give the images as the scanner wrote them"))  # fmt: skip
        if injection is not None:
            groups.setdefault(injection.replace(second=0, microsecond=0), []).append(image)
    if problems:
        raise InputError(problems)
    return [tuple(groups[key]) for key in sorted(groups)]


def _administration(images: Sequence[EmissionImage], options: DosingOptions) -> Administration:
    """What was given, from the headers and the user.

    Raises
    ------
    InputError : No nuclide, or headers that contradict each other.
    """
    first = images[0].acquisition
    nuclides = {image.acquisition.nuclide for image in images} - {None}
    given = {round(a) for image in images if (a := image.acquisition.injected_activity_bq) is not None}
    if options.nuclide is None and len(nuclides) != 1:
        found = ", ".join(sorted(str(name) for name in nuclides)) or "no radionuclide"
        raise problem(
            found,
            "one radionuclide in all images of an administration",
            "Give --nuclide Lu-177",
            path=first.series_name,
        )
    if options.activity_mbq is None and len(given) > 1:
        raise problem(
            " and ".join(f"{a / BQ_PER_MBQ:.0f} MBq" for a in sorted(given)),
            "one administered activity in all images of an administration",
            "Give --activity GBQ",
            path=first.series_name,
        )
    activity = options.activity_mbq
    if activity is None and given:
        activity = given.pop() / BQ_PER_MBQ
    return Administration(
        nuclide=options.nuclide or str(nuclides.pop()),
        agent=first.radiopharmaceutical or "",
        activity_mbq=activity,
        at=options.injected_at or first.injection,
    )


def _scan(
    image: EmissionImage,
    place: Placed,
    administration: Administration,
    *,
    camera: Camera,
    options: DosingOptions,
    half_life_h: float,
) -> Scan:
    """One image in Bq/mL, in its place and time."""
    facts = image.acquisition
    start = facts.start or facts.series_start
    assert start is not None and administration.at is not None
    duration_s = _duration_s(facts)
    acquired = Acquired(
        start_h=(start - administration.at).total_seconds() / SECONDS_PER_HOUR,
        duration_h=(duration_s or 0.0) / SECONDS_PER_HOUR,
        corrected_to_h=_corrected_to(facts, (start - administration.at).total_seconds() / SECONDS_PER_HOUR),
    )
    volume = replace(place.volume, array=np.maximum(np.asarray(place.volume.array, dtype=np.float32), 0.0))
    remarks = [*place.remarks, *facts.notes]
    if options.known_activity_mbq is not None:
        middle = acquired.start_h + acquired.duration_h / 2
        found = scaled_to(volume, options.known_activity_mbq)
        remarks.append(f"image scaled so that it holds {options.known_activity_mbq:g} MBq")
    else:
        found, middle, done = quantified(volume, acquired, camera, half_life_h=half_life_h)
        remarks += done
    return Scan(
        found, middle, place.from_reference, place.error_mm, tuple(dict.fromkeys(remarks)),
        scale_relative_sd=camera.scale_relative_sd,
    )  # fmt: skip


def _duration_s(facts: Acquisition) -> float | None:
    """Length of an acquisition: of a camera's turn, or of a bed position."""
    if facts.duration_s is not None:
        return facts.duration_s
    frames = [one for one in facts.frame_durations_s if one is not None]
    return max(frames) if frames else None


def _corrected_to(facts: Acquisition, start_h: float) -> float | None:
    """Time after the administration that the numbers are decay corrected to [h]."""
    match facts.decay_correction:
        case DecayCorrection.START:
            return start_h
        case DecayCorrection.ADMINISTRATION:
            return 0.0
        case DecayCorrection.NONE:
            return None
        case _:
            return start_h if "DECY" in facts.corrections else None


def _activity_mbq(image: Volume) -> float:
    """Activity in the field of view [MBq]."""
    return float(np.asarray(image.array, dtype=np.float64).sum()) * image.grid.voxel_ml / BQ_PER_MBQ


def _is_ct(image: Volume | None) -> bool:
    return image is not None and image.origin.modality in ("CT", "NIFTI") and image.quantity.value == "HU"
