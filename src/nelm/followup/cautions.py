"""What can make an image look like progression that is none, and what keeps two images from being compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nelm.followup.answers import Answer, Reason, Word
from nelm.followup.examinations import Examination, Modality, TreatmentKind, TreatmentPeriod
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import DAYS_PER_MONTH


def comparison_cautions(
    baseline: Examination, examination: Examination, *, known: ResponseKnowledge
) -> tuple[Reason, ...]:
    """Differences in how two examinations were made that change what is measured."""
    found: list[Reason] = []
    if baseline.modality is not examination.modality:
        was, now = (one.modality or "not stated" for one in (baseline, examination))
        found.append(Reason(f"The modality changed from {was} to {now}.", known.measurable_from))
    if baseline.phase is not examination.phase:
        text = (
            f"The phase changed from {baseline.phase or 'not stated'} to {examination.phase or 'not stated'}."
        )
        found.append(Reason(f"{text} {known.phase_changes_size.statement}", known.phase_changes_size))
    if baseline.slice_thickness_mm != examination.slice_thickness_mm:
        found.append(Reason("The slices are not equally thick, or it is not known.", known.slice_factor))
    return tuple(found)


def progression_cautions(
    examinations: Sequence[Examination],
    treatments: Sequence[TreatmentPeriod],
    answers: Sequence[Answer],
    *,
    known: ResponseKnowledge,
) -> tuple[Reason, ...]:
    """Why progression at the last of the examinations may be none; empty where nothing allows progression."""
    if not any(Word.PD in answer.possible for answer in answers):
        return ()
    examination = examinations[-1]
    return (
        *_after_prrt(examination.day, treatments, known),
        *_cystic(examination, treatments, known),
        *_receptor_pet(examinations, known),
    )


def _after_prrt(
    day: date, treatments: Sequence[TreatmentPeriod], known: ResponseKnowledge
) -> tuple[Reason, ...]:
    """Images within the first months of radioligand therapy; a running course counts as just given."""
    entry = known.pseudo_after_prrt
    for one in treatments:
        if one.kind is not TreatmentKind.PRRT or one.first > day:
            continue
        months = (day - min(one.last or day, day)).days / DAYS_PER_MONTH
        if months <= entry.number:
            text = f"{months:.1f} months after radioligand therapy. {entry.statement}"
            return (Reason(text, entry),)
    return ()


def _cystic(
    examination: Examination, treatments: Sequence[TreatmentPeriod], known: ResponseKnowledge
) -> tuple[Reason, ...]:
    """Cystic lesions under a kinase inhibitor."""
    running = any(
        one.kind is TreatmentKind.KINASE_INHIBITOR
        and one.first <= examination.day
        and (one.last is None or one.last >= examination.day)
        for one in treatments
    )
    if not running:
        return ()
    cystic = [one.lesion for one in examination.lesions if one.is_cystic]
    unknown = any(one.is_cystic is None for one in examination.lesions)
    if not cystic and not unknown:
        return ()
    what = f"Cystic: {', '.join(cystic)}." if cystic else "Whether lesions turned cystic is not stated."
    return (Reason(f"{what} {known.pseudo_cystic.statement}", known.pseudo_cystic),)


def _receptor_pet(examinations: Sequence[Examination], known: ResponseKnowledge) -> tuple[Reason, ...]:
    """New lesions on receptor PET, after another tracer or without an earlier one."""
    examination = examinations[-1]
    if not any(one.only_on_receptor_pet is not False for one in examination.new_lesions or ()):
        return ()
    if examination.modality is not Modality.RECEPTOR_PET and not examination.receptor_volumes_ml:
        return ()
    earlier = [one.tracer for one in examinations[:-1] if one.modality is Modality.RECEPTOR_PET or one.tracer]
    if earlier and earlier[-1] is not None and earlier[-1] == examination.tracer:
        return ()
    what = "The tracer is another or not known." if earlier else "There was no such PET before."
    return (Reason(f"{what} {known.pseudo_tracer.statement}", known.pseudo_tracer),)
