"""The images of a course document as the examinations that response criteria read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nelm.case.course_document import CourseDocument
from nelm.case.course_records import ImagedLesion, Imaging
from nelm.case.course_vocabulary import (
    ContrastPhase,
    ImagingModality,
    LesionSeen,
    NewLesionCertainty,
    Organ,
)
from nelm.errors import problem
from nelm.followup import Certainty, Examination, LesionFinding, LesionState, Modality, NewLesion, Phase
from nelm.followup.margins import weighted_sum
from nelm.followup.reading_error import with_reading_error
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate, Measured

MODALITIES = {
    ImagingModality.CT: Modality.CT,
    ImagingModality.MR: Modality.MR,
    ImagingModality.RECEPTOR_PET: Modality.RECEPTOR_PET,
    ImagingModality.FDG_PET: Modality.FDG_PET,
    ImagingModality.ULTRASOUND: Modality.ULTRASOUND,
    ImagingModality.RADIOGRAPH: Modality.RADIOGRAPH,
}
PHASES = {
    ContrastPhase.UNENHANCED: Phase.UNENHANCED,
    ContrastPhase.ARTERIAL: Phase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS: Phase.PORTAL_VENOUS,
    ContrastPhase.LATE: Phase.LATE,
}
STATES = {
    LesionSeen.MEASURED: LesionState.MEASURED,
    LesionSeen.PRESENT: LesionState.PRESENT,
    LesionSeen.TOO_SMALL: LesionState.TOO_SMALL,
    LesionSeen.ABSENT: LesionState.ABSENT,
    LesionSeen.PROGRESSED: LesionState.PROGRESSED,
    LesionSeen.NOT_EVALUABLE: LesionState.NOT_EVALUABLE,
}
CERTAINTIES = {
    NewLesionCertainty.UNEQUIVOCAL: Certainty.UNEQUIVOCAL,
    NewLesionCertainty.EQUIVOCAL: Certainty.EQUIVOCAL,
}
LESION_SUM = "sum over lesions"
"""Name of the receptor volume that was added up from lesions."""


def estimate_of(number: Measured | None) -> Estimate | None:
    """A number of the document with its limits; of a bound or a range the middle is taken as the value."""
    if number is None:
        return None
    middle = (number.low + number.high) / 2 if number.estimate is None else number.estimate
    return Estimate(middle, number.low, number.high)


def examinations(course: CourseDocument, known: ResponseKnowledge) -> tuple[Examination, ...]:
    """Every examination with the error of reading; what is said of a lesion once (organ, node) holds from then on.

    Raises
    ------
    InputError : The organ of a lesion is never said.
    """
    told: dict[str, tuple[Organ, bool]] = {}
    found: list[Examination] = []
    for place, imaging in enumerate(course.imaging):
        for one in imaging.new_lesions or ():
            told[one.id] = (one.organ, one.organ is Organ.LYMPH_NODE)
        for number, lesion in enumerate(imaging.lesions):
            _tell(told, lesion, f"imaging[{place}].lesions[{number}].organ")
        one_reader = course.one_reader is True
        found.append(with_reading_error(_examination(imaging, told), one_reader=one_reader, known=known))
    return tuple(found)


def targets_named(course: CourseDocument) -> tuple[str, ...] | None:
    """Lesions that the first examination calls targets; None where it calls none, so that they are chosen."""
    if not course.imaging:
        return None
    return tuple(one.id for one in course.imaging[0].lesions if one.target) or None


def as_baseline(examination: Examination, earlier: tuple[Examination, ...]) -> Examination:
    """An examination as the first of a line of treatment: what is new on it, or was known before, belongs to it."""
    lesions = list(examination.lesions)
    named = {one.lesion for one in lesions}
    for new in examination.new_lesions or ():
        if new.lesion not in named:
            lesions.append(
                LesionFinding(
                    new.lesion, new.organ, LesionState.PRESENT, is_node=new.organ == Organ.LYMPH_NODE
                )
            )
            named.add(new.lesion)
    for before in reversed(earlier):
        for one in before.lesions:
            if one.lesion not in named:
                state = LesionState.NOT_EVALUABLE
                lesions.append(LesionFinding(one.lesion, one.organ, state, is_node=one.is_node))
                named.add(one.lesion)
        for new in before.new_lesions or ():
            if new.lesion not in named:
                is_node = new.organ == Organ.LYMPH_NODE
                lesions.append(
                    LesionFinding(new.lesion, new.organ, LesionState.NOT_EVALUABLE, is_node=is_node)
                )
                named.add(new.lesion)
    return replace(examination, lesions=tuple(lesions), new_lesions=None)


def _tell(told: dict[str, tuple[Organ, bool]], lesion: ImagedLesion, path: str) -> None:
    """Remember where a lesion lies."""
    before = told.get(lesion.id)
    organ = lesion.organ or (before[0] if before else None)
    if organ is None:
        raise problem("", "the organ of the lesion", "Say it where the lesion is named first.", path=path)
    is_node = lesion.node if lesion.node is not None else before[1] if before else organ is Organ.LYMPH_NODE
    told[lesion.id] = (organ, is_node)


def _examination(imaging: Imaging, told: Mapping[str, tuple[Organ, bool]]) -> Examination:
    thickness = imaging.slice_thickness_mm
    return Examination(
        day=imaging.date,
        modality=None if imaging.modality is None else MODALITIES[imaging.modality],
        phase=None if imaging.phase is None else PHASES[imaging.phase],
        slice_thickness_mm=None if thickness is None else thickness.high,
        lesions=tuple(_finding(one, *told[one.id]) for one in imaging.lesions),
        new_lesions=None if imaging.new_lesions is None else tuple(
            NewLesion(one.id, str(one.organ), CERTAINTIES[one.certainty], one.only_on_receptor_pet)
            for one in imaging.new_lesions
        ),
        tracer=imaging.tracer,
        receptor_volumes_ml=_receptor_volumes(imaging),
        tumour_volume_ml=estimate_of(imaging.tumour_volume_ml),
        markers_normal=imaging.markers_normal,
    )  # fmt: skip


def _receptor_volumes(imaging: Imaging) -> dict[str, Estimate]:
    """Receptor volumes by method, and the sum over lesions where every lesion has one."""
    found = {name: one for name, volume in imaging.sstr_volume_ml.items() if (one := estimate_of(volume))}
    parts = [estimate_of(one.sstr_volume_ml) for one in imaging.lesions]
    known = [part for part in parts if part is not None]
    if known and len(known) == len(parts):
        found[LESION_SUM] = weighted_sum(*((1.0, part) for part in known))
    return found


def _finding(one: ImagedLesion, organ: Organ, is_node: bool) -> LesionFinding:
    return LesionFinding(
        lesion=one.id,
        organ=str(organ),
        state=None if one.state is None else STATES[one.state],
        is_node=is_node,
        longest_mm=estimate_of(one.longest_mm),
        short_axis_mm=estimate_of(one.short_axis_mm),
        fragments_mm=tuple(part for part in map(estimate_of, one.fragments_mm) if part is not None),
        merged_into=one.merged_into,
        viable_mm=estimate_of(one.viable_mm),
        attenuation_hu=estimate_of(one.attenuation_hu),
        volume_ml=estimate_of(one.volume_ml),
        has_lipiodol=one.lipiodol,
        is_embolised=one.embolised,
        is_hypervascular=one.hypervascular,
        is_cystic=one.cystic,
        has_new_nodule=one.new_nodule,
        is_treated_locally=one.treated_locally,
    )
