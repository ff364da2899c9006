"""What a course of radioligand therapy would look like for this patient."""

from __future__ import annotations

from dataclasses import replace

from nelm.guideline.therapy import Item, PatientView, Proposal, item
from nelm.knowledge import Entry, Knowledge
from nelm.therapies.prrt.doses import (
    PlannedCourse,
    cumulative,
    given_activities,
    kidney_limits,
    kidney_risk,
    other_populations,
    projected_doses,
    published_means,
    total_activity,
)
from nelm.therapies.prrt.eligibility import eligibility
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.organ_limits import dotatate_organs, edotreotide_organs
from nelm.therapies.prrt.running_course import next_cycle_line
from nelm.therapies.prrt.schedule import analogue_items, cycle_items, first_day

CHECKED_BEFORE = (
    "labs.haemoglobin",
    "labs.platelets",
    "labs.leukocytes",
    "renal.creatinine_clearance",
    "labs.bilirubin",
    "labs.albumin",
)
"""Values without which cycle 1 cannot be cleared."""


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Activity, cycles, protection, timing, doses and monitoring of one option."""
    known = knowledge.record(PrrtKnowledge, "prrt")
    match option:
        case "prrt.lu177_edotreotide":
            return _edotreotide(patient, known)
        case "prrt.y90":
            return _yttrium(patient, known)
        case "prrt.retreatment":
            return _retreatment(patient, known)
        case _:
            return _dotatate(patient, known)


def _dotatate(patient: PatientView, known: PrrtKnowledge) -> Proposal:
    activity, cycles = known.dotatate_activity, known.dotatate_cycles
    start = first_day(patient, known.long_acting_stop)
    return Proposal(
        regimen=(
            *next_cycle_line(patient, known),
            *_cycles(known, activity=activity, interval=known.dotatate_interval, cycles=cycles),
            *_analogue(known),
            *_protection(known),
            *cycle_items(patient, start, interval=known.dotatate_interval, cycles=cycles),
            *analogue_items(patient, start, known, cycles=cycles),
            *_readiness(patient, known),
        ),
        quantities=(
            *eligibility(patient, known),
            *_doses(patient, known, activity=activity, cycles=cycles),
        ),
        monitoring=_monitoring(known),
        cautions=(*_modification(known), *_advice(patient, known)),
    )


def _retreatment(patient: PatientView, known: PrrtKnowledge) -> Proposal:
    activity, cycles = known.dotatate_activity, known.retreatment_cycles
    start = first_day(patient, known.long_acting_stop)
    return Proposal(
        regimen=(
            *_cycles(known, activity=activity, interval=known.dotatate_interval, cycles=cycles),
            *_analogue(known),
            *_protection(known),
            *cycle_items(patient, start, interval=known.dotatate_interval, cycles=cycles),
            *analogue_items(patient, start, known, cycles=cycles),
            *_readiness(patient, known),
        ),
        quantities=(
            *eligibility(patient, known),
            *_doses(patient, known, activity=activity, cycles=cycles),
            *cumulative(patient, activity, cycles, per_gbq=known.kidney_dotatate),
            item("cumulative activity in Rotterdam", known.retreatment_cumulative),
            item("cumulative kidney dose in Munich", known.salvage_kidney_dose),
        ),
        monitoring=_monitoring(known),
        cautions=(
            *_modification(known),
            *_advice(patient, known),
            item("trial treatments", known.actinium_after_lutetium),
        ),
    )


def _edotreotide(patient: PatientView, known: PrrtKnowledge) -> Proposal:
    activity, cycles, interval = (
        known.edotreotide_activity,
        known.edotreotide_cycles,
        known.edotreotide_interval,
    )
    start = first_day(patient, known.long_acting_stop)
    organs, given = edotreotide_organs(known), given_activities(patient)
    course = PlannedCourse(activity, _further(cycles, given), cycles, organs, given)
    return Proposal(
        regimen=(
            *_cycles(known, activity=activity, interval=interval, cycles=cycles),
            item("analogue", known.edotreotide_analogue),
            *_protection(known),
            *cycle_items(patient, start, interval=interval, cycles=cycles),
            *_readiness(patient, known),
        ),
        quantities=(
            *eligibility(patient, known),
            total_activity("activity of the course", activity, cycles),
            *projected_doses(patient, known, course),
            published_means(known, course, known.kidney_edotreotide),
        ),
        monitoring=_monitoring(known),
        cautions=(item("response", known.edotreotide_gut_response), *_advice(patient, known)),
    )


def _yttrium(patient: PatientView, known: PrrtKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("activity per cycle", known.y90_activity),
            item("cycles", known.y90_cycles),
            item("interval", known.y90_interval),
            _by_surface(patient, known.y90_by_surface),
            *_protection(known),
            *_readiness(patient, known),
        ),
        quantities=(
            item("kidney dose adjusted to", known.y90_kidney_limit),
            item("marrow dose adjusted to", known.y90_marrow_limit),
            item("kidney threshold in fractions", known.kidney_y90_threshold),
            *kidney_limits(patient, known),
        ),
        monitoring=_monitoring(known),
        cautions=_advice(patient, known),
    )


def _cycles(known: PrrtKnowledge, *, activity: Entry, interval: Entry, cycles: Entry) -> tuple[Item, ...]:
    return (
        item("activity per cycle", activity),
        item("interval", interval),
        item("cycles", cycles),
        item("not interchangeable", known.not_interchangeable),
    )


def _analogue(known: PrrtKnowledge) -> tuple[Item, ...]:
    return (
        item("long-acting analogue before", known.long_acting_stop),
        item("short-acting octreotide before", known.short_acting_stop),
        item("analogue after each cycle", known.long_acting_after),
        item("analogue after the last cycle", known.long_acting_every),
        item("analogue until", known.long_acting_until),
        item("analogue outside the cycles", known.ssa_if_functional),
    )


def _protection(known: PrrtKnowledge) -> tuple[Item, ...]:
    return (
        item("antiemetic", known.antiemetic),
        item("amino acids", known.amino_acids),
        item("amino acids, mixed solutions", known.amino_acids_mixed),
        item("amino acids, never reduced", known.amino_acids_not_reduced),
        item("glucocorticoids", known.glucocorticoids),
        item("observation", known.observation),
    )


def _readiness(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """Names the values that are not known and without which cycle 1 cannot be cleared."""
    missing = tuple(name for name in CHECKED_BEFORE if patient.number(name) is None)
    if not missing:
        return ()
    names = ", ".join(name.rpartition(".")[2].replace("_", " ") for name in missing)
    text = f"Not known, so cycle 1 cannot be cleared yet: {names}."
    return (
        Item("before cycle 1", text, known.blood_counts.sources, known.blood_counts.status, facts=missing),
    )


def _doses(patient: PatientView, known: PrrtKnowledge, *, activity: Entry, cycles: Entry) -> tuple[Item, ...]:
    """Doses of 177Lu-DOTATATE; cycles of a course under way count as given, those of a finished one come on top."""
    given = given_activities(patient)
    finished = patient.truth("treatments.prrt.ongoing") is False
    further = int(cycles.number) if finished else _further(cycles, given)
    course = PlannedCourse(activity, further, cycles, dotatate_organs(known), given)
    lines = (
        total_activity("activity of the course", activity, cycles),
        *projected_doses(patient, known, course),
    )
    if further:
        lines = (
            *lines,
            other_populations(known, course, risk=kidney_risk(patient)),
            published_means(known, course, known.kidney_dotatate),
        )
    return (*lines, item("marrow limit of the antagonist trial", known.marrow_antagonist))


def _further(cycles: Entry, given: tuple[float, ...] | None) -> int:
    """Cycles of the course that are still to come."""
    return max(int(cycles.number) - len(given or ()), 0)


def _by_surface(patient: PatientView, per_surface: Entry) -> Item:
    """Activity from body surface; without height and weight the text says what is missing."""
    surface, line = patient.number("body.bsa"), item("activity by body surface", per_surface)
    facts = ("patient.height_cm", "patient.weight_kg")
    if surface is None or per_surface.low is None or per_surface.high is None:
        return replace(line, text=f"{per_surface.statement} Height or weight is not known.", facts=facts)
    low, high = per_surface.low * surface.low, per_surface.high * surface.high
    text = (
        f"{per_surface.statement} At {surface.low:.2f} to {surface.high:.2f} m²: {low:.1f} to {high:.1f} GBq."
    )
    return replace(line, text=text, low=round(low, 2), high=round(high, 2), unit="GBq", facts=facts)


def _monitoring(known: PrrtKnowledge) -> tuple[Item, ...]:
    return (
        item("blood tests", known.blood_counts),
        item("platelet nadir", known.platelet_nadir),
        item("platelets before cycles 2 to 4", known.platelets_later_cycles),
        item("kidney function", known.renal_function_matters),
        item("imaging", known.response_imaging),
        item("receptor PET", known.imaging_on_analogue),
        item("dosimetry", known.personal_dosimetry),
        item("dosimetry-guided number of cycles", known.dosimetry_guided),
        item("late marrow disease", known.late_myelodysplasia),
    )


def _modification(known: PrrtKnowledge) -> tuple[Item, ...]:
    """The dose modification table, with the rule that a long delay is a stop."""
    return (
        item("reduced activity", known.modified_activity),
        item("platelets", known.hold_platelets),
        item("anaemia, neutropenia", known.hold_blood),
        item("lymphocytes", known.lymphopenia_ignored),
        item("kidney", known.hold_renal),
        item("kidney, clearance", known.hold_renal_clearance),
        item("kidney, change", known.hold_renal_change),
        item("liver", known.hold_hepatic),
        item("permanent stop, delay", known.stop_delay),
        item("permanent stop, recurrence", known.stop_recurrence),
        item("grading", known.ctcae_version),
    )


def _advice(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """Advice for this patient; lines that cannot concern the patient are left out."""
    lines = [
        item("contraception, EU", known.contraception_eu),
        item("contraception, United States", known.contraception_us),
    ]
    if patient.word("patient.sex") != "male":
        lines.append(item("breastfeeding after", known.weaning_us))
    if patient.truth("syndromes.crisis_risk") is not False:
        lines.append(item("hormonal crisis", known.crisis_readiness))
    if patient.truth("syndromes.carcinoid") is not False:
        lines.append(item("volume load", known.volume_load))
    return (*lines, item("sequence", known.after_everolimus_or_embolisation))
