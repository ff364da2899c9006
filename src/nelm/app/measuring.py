"""From images and segmentations to measurements, facts, pictures and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nelm.app.following import with_earlier
from nelm.app.imaging_limits import ImagingKnowledge, imaging_knowledge, thresholds
from nelm.app.regions import liver_regions, organs, spleen
from nelm.errors import NelmError
from nelm.imaging.lesions import Lesion
from nelm.imaging.liver import resected_segments
from nelm.imaging.measured import (
    LiverMeasurement,
    StudyMeasurement,
    TracerMeasurement,
    measure_liver,
    remnant_of,
)
from nelm.imaging.progress import Progress, silent
from nelm.imaging.registration import RigidTransform, moved_volume, register_rigidly, registration_error
from nelm.imaging.uptake import (
    Uptake,
    dual_tracer,
    lesion_pair,
    liver_reference,
    organ_reference,
    relation_of,
    tumour_volumes,
    uptake_of,
)
from nelm.io.dicom import suv_volume
from nelm.io.study import EmissionImage, Study, read_study
from nelm.knowledge import load_knowledge
from nelm.volume import Grid, ImageOrigin, Structure, Volume

RECEPTOR_WORDS = (
    "dota",
    "tate",
    "toc",
    "noc",
    "octreo",
    "satoreotide",
    "ga-68",
    "68ga",
    "^68^gallium",
    "cu-64",
    "64cu",
    "^64^copper",
)
FDG_WORDS = ("fdg", "fluorodeoxyglucose", "glucose")


@dataclass(frozen=True, slots=True)
class MeasuringOptions:
    """What the user asked for.

    Parameters
    ----------
    overrides : Meanings of segment names.
    resections : Names or segment numbers of resections whose remnant is wanted.
    earlier : Files and folders of an earlier examination with its segmentation.
    """

    overrides: Mapping[str, Structure]
    resections: tuple[str, ...] = ()
    earlier: tuple[Path, ...] = ()


def measure_study(
    paths: Sequence[Path], options: MeasuringOptions, *, progress: Progress | None = None
) -> StudyMeasurement:
    """Measure what is in files and folders.

    Raises
    ------
    InputError, GeometryError : Nothing that can be measured, or nothing that can be trusted.
    """
    say = progress or silent
    for name in options.resections:
        resected_segments(name)  # a wrong name is refused before anything is read
    study = read_study(paths, overrides=options.overrides, progress=say)
    return measurement_of(study, options, progress=say)


def measurement_of(
    study: Study, options: MeasuringOptions, *, progress: Progress | None = None
) -> StudyMeasurement:
    """Measure a study that was read; as `measure_study`."""
    say = progress or silent
    taken = [(name, resected_segments(name)) for name in options.resections]
    known = imaging_knowledge(load_knowledge())
    regions, image, remarks = liver_regions(study)
    liver = measure_liver(regions, subcapsular_within_mm=known.subcapsular_within.number, progress=say)
    remnants = tuple((name, remnant_of(liver, sorted(segments))) for name, segments in taken)
    tracers, said = _tracers(study, liver, image, known=known, say=say)
    dual = None
    if tracers.keys() >= {"sstr", "fdg"}:
        pairs = [
            lesion_pair(a, b)
            for a, b in zip(tracers["sstr"].relations, tracers["fdg"].relations, strict=True)
        ]
        dual = dual_tracer(pairs)
    measurement = StudyMeasurement(
        liver=liver,
        image=image,
        origin=_origin(study, image),
        remnants=remnants,
        receptor=tracers.get("sstr"),
        fdg=tracers.get("fdg"),
        dual=dual,
        remarks=(*remarks, *said, *_repairs(study, image)),
        refused=tuple(f"{item.where}: {item.reason}" for item in study.refused),
    )
    if not options.earlier:
        return measurement
    before = measure_study(options.earlier, MeasuringOptions(options.overrides), progress=say)
    return with_earlier(measurement, before, progress=say)


def _origin(study: Study, image: Volume | None) -> ImageOrigin:
    """Where the measurements came from: the image where there is one, else the segmentation."""
    return image.origin if image is not None else study.segmentations[0].origin


def _repairs(study: Study, image: Volume | None) -> tuple[str, ...]:
    """What was repaired on reading, for the image and the segmentations."""
    origins = [*([image.origin] if image is not None else []), *(item.origin for item in study.segmentations)]
    return tuple(dict.fromkeys(f"{origin.modality}: {text}" for origin in origins for text in origin.repairs))


def _tracers(
    study: Study, liver: LiverMeasurement, image: Volume | None, *, known: ImagingKnowledge, say: Progress
) -> tuple[dict[str, TracerMeasurement], list[str]]:
    """Receptor and FDG imaging, the newest of each; what could not be used is said."""
    found: dict[str, TracerMeasurement] = {}
    remarks: list[str] = []
    for emission in sorted(study.emissions, key=lambda item: item.volume.origin.date or "", reverse=True):
        if emission.volume.origin.modality != "PT":
            continue
        kind = tracer_kind(emission)
        if kind is None:
            name = emission.volume.origin.description or emission.volume.origin.path
            remarks.append(f"PET {name}: the header does not say which tracer; not used")
        elif kind not in found:
            say("uptake of the lesions")
            try:
                found[kind] = _tracer(emission, study, liver, image, known=known, with_volumes=kind == "sstr")
            except NelmError as error:
                remarks.append(f"PET not used: {error}")
    return found, remarks


def tracer_kind(emission: EmissionImage) -> str | None:
    """Which of sstr and fdg it is, by the tracer's name in the header; None where it does not say."""
    acquisition = emission.acquisition
    text = f"{acquisition.radiopharmaceutical or ''} {emission.volume.origin.description}".lower()
    if any(word in text for word in FDG_WORDS):
        return "fdg"
    text += f" {acquisition.radionuclide or ''}".lower()
    return "sstr" if any(word in text for word in RECEPTOR_WORDS) else None


def _tracer(
    emission: EmissionImage,
    study: Study,
    liver: LiverMeasurement,
    image: Volume | None,
    *,
    known: ImagingKnowledge,
    with_volumes: bool,
) -> TracerMeasurement:
    """Uptake of every lesion on one PET."""
    suv = suv_volume(emission.volume, emission.acquisition)
    to_image, error_mm, remarks = _laid_over(suv, liver, image)
    on_anatomy = suv if to_image == RigidTransform.identity() else _moved(suv, to_image, liver)
    lesions = [item.lesion for item in liver.lesions]
    margin = known.reference_margin.number
    liver_ref = liver_reference(on_anatomy, liver.working_liver, lesions, margin_mm=margin)
    organ = spleen(study)
    spleen_ref = None if organ is None else organ_reference(on_anatomy, organ, margin_mm=margin)
    uptakes = tuple(_uptake(on_anatomy, lesion, margin) for lesion in lesions)
    relations = tuple(
        None if uptake is None else relation_of(
            uptake, liver=liver_ref, spleen=spleen_ref, liver_sds=known.liver_spread.number,
            none_below=known.no_uptake_below.number,
        )
        for uptake in uptakes
    )  # fmt: skip
    volumes = tumour_volumes(
        on_anatomy, lesions, organs(study), thresholds(known), liver=liver_ref, margin_mm=margin,
        searched=liver.working_liver,
    ) if with_volumes else ()  # fmt: skip
    if liver_ref is None:
        remarks.append("too little tumour-free liver on the PET for a reference: no relation to liver")
    if spleen_ref is None:
        remarks.append("no spleen: above spleen cannot be told from above liver")
    return TracerMeasurement(
        image=on_anatomy, tracer=emission.acquisition.radiopharmaceutical or "", to_image=to_image,
        error_mm=error_mm, uptakes=uptakes,
        relations=relations, liver=liver_ref, spleen=spleen_ref, volumes=volumes, remarks=tuple(remarks),
    )  # fmt: skip


def _uptake(image: Volume, lesion: Lesion, resolution_mm: float) -> Uptake | None:
    """Uptake of a lesion; None where it lies outside the image."""
    try:
        return uptake_of(image, lesion, resolution_mm=resolution_mm)
    except NelmError:
        return None


def _laid_over(
    suv: Volume, liver: LiverMeasurement, image: Volume | None
) -> tuple[RigidTransform, float | None, list[str]]:
    """From the anatomical image to the PET: nothing for one frame of reference, else a rigid registration."""
    if image is None:
        return (
            RigidTransform.identity(),
            None,
            ["no anatomical image: the PET was taken as lying on the segmentation"],
        )
    frames = {image.origin.frame_of_reference_uid, suv.origin.frame_of_reference_uid}
    if len(frames) == 1 and None not in frames:
        return RigidTransform.identity(), 0.0, []
    there = register_rigidly(image, suv).transform
    back = register_rigidly(suv, image).transform
    points = (
        np.array([item.size.longest.first_mm for item in liver.lesions])
        if liver.lesions
        else liver.landmarks.portal_mm[None]
    )
    error = registration_error(there, points, backward=back)
    assert error is not None
    return there, error.p95_mm, [
        f"PET and anatomical image have different frames of reference: registered rigidly, error {error.p95_mm:.1f} mm "
        f"({error.method})"
    ]  # fmt: skip


def _moved(suv: Volume, to_image: RigidTransform, liver: LiverMeasurement) -> Volume:
    """The PET laid over the anatomical image, on voxels of its size around the liver and its neighbours."""
    working = liver.working_liver
    low = working.grid.points_of([[0, 0, 0]])[0] - AROUND_MM
    high = working.grid.points_of([np.array(working.grid.shape) - 1])[0] + AROUND_MM
    spacing = suv.grid.spacing_mm
    x, y, z = high - low
    shape = [int(np.ceil(extent / step)) for extent, step in zip((z, y, x), spacing, strict=True)]
    return moved_volume(suv, to_image, Grid.axial(shape, spacing, tuple(low)))


AROUND_MM = 60.0
