"""The instruction for the next cycle of a course under way, as far as the record of the case goes.

The case says how many cycles were given, with what activity in all, the worst grade of each toxicity and the latest
blood values. It does not say when a cycle was given, when a toxicity came and went, which edition graded it, or what
the liver was like before. So the state of the course is often one of several; the instruction is given when all of
them agree, and else what would tell them apart.
"""

from __future__ import annotations

from nelm.guideline.therapy import Item, PatientView, stated
from nelm.quantities import Interval
from nelm.quantities.answers import at_least
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import (
    Action,
    CourseState,
    Instruction,
    Level,
    cycle_given,
    next_cycle,
)
from nelm.therapies.prrt.toxicity import Assessment, Toxicity

RECORDED = "treatments.prrt.toxicity"
HISTORY_QUESTION = "which toxicity has held a cycle before, and whether a reduced cycle was given since"
GRADED = {
    Toxicity.PLATELETS: "platelets",
    Toxicity.ANAEMIA: "haemoglobin",
    Toxicity.NEUTROPHILS: "neutrophils",
    Toxicity.OTHER: "other",
}
"""Toxicities whose rule asks for a grade, and the fact that holds it."""
ORGANS = {Toxicity.KIDNEY: "kidney", Toxicity.LIVER: "liver"}
"""Toxicities whose rule asks for values and not for the grade that was recorded."""


def next_cycle_line(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """What to do about the next cycle; nothing unless a course is under way."""
    if patient.truth("treatments.prrt.ongoing") is not True:
        return ()
    seen = assessment(patient, known)
    instructions = [
        next_cycle(state, seen, day=patient.as_of, known=known) for state in possible_states(patient, known)
    ]
    asked = {(one.action, one.activity_gbq, one.activity_if_clear_gbq) for one in instructions}
    if len(asked) == 1:
        return (_line(_sentence(instructions[0]), instructions),)
    choices = "; or ".join(dict.fromkeys(_sentence(one).rstrip(".") for one in instructions))
    return (_line(f"Find out first {HISTORY_QUESTION}. Then: {choices}.", instructions, undecided=True),)


def assessment(patient: PatientView, known: PrrtKnowledge) -> Assessment:
    """What the case knows of today: the latest blood values, and recorded grades where there is no value."""
    platelets, haemoglobin = patient.number("labs.platelets"), patient.number("labs.haemoglobin")
    neutrophils = patient.number("labs.neutrophils")
    return Assessment(
        platelets=platelets,
        platelets_grade=_grade(patient, "platelets") if platelets is None else None,
        haemoglobin_g_l=haemoglobin,
        anaemia_grade=_grade(patient, "haemoglobin") if haemoglobin is None else None,
        neutrophils=neutrophils,
        neutropenia_grade=_grade(patient, "neutrophils") if neutrophils is None else None,
        lymphopenia_grade=_grade(patient, "lymphocytes"),
        creatinine_clearance_ml_min=patient.number("renal.creatinine_clearance"),
        creatinine_rise_percent=_creatinine_rise(patient),
        clearance_fall_percent=_clearance_fall(patient),
        bilirubin_times_upper_limit=patient.number("labs.bilirubin.times_upper_limit"),
        albumin_g_l=patient.number("labs.albumin"),
        other_grade=_grade(patient, "other"),
        delay_weeks=_delay(patient, known),
    )


def possible_states(patient: PatientView, known: PrrtKnowledge) -> tuple[CourseState, ...]:
    """Where the course may stand, by the toxicities recorded and by whether any cycle was reduced."""
    sure, perhaps = _recorded(patient, known)
    reduced = _was_reduced(patient, known)
    if reduced and not sure | perhaps:
        return tuple(_resumed(frozenset({toxicity})) for toxicity in Toxicity)
    states: list[CourseState] = []
    for had in dict.fromkeys((sure, sure | perhaps)):
        if not had:
            states.append(CourseState())
            continue
        if reduced is not True:
            states.append(CourseState(Level.ON_HOLD, pending=had))
        if reduced is not False:
            states.append(_resumed(had))
    return tuple(states)


def _resumed(had: frozenset[Toxicity]) -> CourseState:
    """A course in which a reduced cycle was given after these toxicities."""
    return cycle_given(CourseState(Level.REDUCED, pending=had))


def _recorded(patient: PatientView, known: PrrtKnowledge) -> tuple[frozenset[Toxicity], frozenset[Toxicity]]:
    """Toxicities of the course that held a cycle, and those that may have: kidney and liver go by no grade."""
    limits = {
        Toxicity.PLATELETS: known.hold_platelets_grade,
        Toxicity.ANAEMIA: known.hold_blood_grade,
        Toxicity.NEUTROPHILS: known.hold_blood_grade,
        Toxicity.OTHER: known.hold_other_grade,
    }
    answers = {
        toxicity: at_least(_grade(patient, GRADED[toxicity]), limit.number)
        for toxicity, limit in limits.items()
        if _grade(patient, GRADED[toxicity]) is not None
    }
    organs = {
        toxicity
        for toxicity, name in ORGANS.items()
        if (grade := _grade(patient, name)) is not None and grade.high > 0
    }
    sure = frozenset(toxicity for toxicity, answer in answers.items() if answer)
    return sure, frozenset(organs | {toxicity for toxicity, answer in answers.items() if answer is None})


def _was_reduced(patient: PatientView, known: PrrtKnowledge) -> bool | None:
    """Whether the activity so far says that a cycle was reduced: half a full cycle short, or nearly nothing."""
    cycles, activity = (
        patient.number("treatments.prrt.cycles"),
        patient.number("treatments.prrt.activity_gbq"),
    )
    if cycles is None or activity is None or not cycles.is_exact:
        return None
    missing = (known.dotatate_activity.number - known.modified_activity.number) / 2
    full = cycles.low * known.dotatate_activity.number
    short = Interval(full - activity.high, full - activity.low)
    return at_least(short, missing)


def _grade(patient: PatientView, name: str) -> Interval | None:
    return patient.number(f"{RECORDED}.{name}")


def _creatinine_rise(patient: PatientView) -> Interval | None:
    """Rise of creatinine over that before the first cycle [%]."""
    now, before = patient.number("labs.creatinine"), patient.number("treatments.prrt.creatinine_before")
    if now is None or before is None or before.low <= 0:
        return None
    return Interval(100 * (now.low - before.high) / before.high, 100 * (now.high - before.low) / before.low)


def _clearance_fall(patient: PatientView) -> Interval | None:
    """Fall of the clearance at the weight and age of today, which follows from the rise of creatinine [%]."""
    rise = _creatinine_rise(patient)
    if rise is None:
        return None
    low, high = (100 - 100 / (1 + percent / 100) for percent in (rise.low, rise.high))
    return Interval(low, high)


def _delay(patient: PatientView, known: PrrtKnowledge) -> Interval | None:
    """How long the next cycle can be overdue: from nothing to all the time that the course has lost [wk]."""
    weeks, cycles = (
        patient.number("treatments.prrt.weeks_since_start"),
        patient.number("treatments.prrt.cycles"),
    )
    if weeks is None or cycles is None:
        return None
    lost = weeks.high - cycles.low * (known.dotatate_interval.low or known.dotatate_interval.number)
    return Interval(0.0, max(lost, 0.0))


def _sentence(found: Instruction) -> str:
    """The instruction in words."""
    reasons = " ".join(reason.text for reason in found.reasons)
    unknown = f" Not known: {'; '.join(found.unknown)}." if found.unknown else ""
    match found.action:
        case Action.GIVE:
            return f"Give {found.activity_gbq:g} GBq. {reasons}"
        case Action.FIND_OUT:
            return (
                f"Find out first: {'; '.join(found.unknown)}. If that is in order, "
                f"{found.activity_if_clear_gbq:g} GBq. {reasons}"
            )
        case Action.HOLD:
            return f"Hold. {reasons}{unknown}"
        case Action.STOP:
            return f"Stop for good. {reasons}"


def _line(text: str, instructions: list[Instruction], *, undecided: bool = False) -> Item:
    entries = [reason.entry for one in instructions for reason in one.reasons]
    first = instructions[0]
    activity = None if undecided else first.activity_gbq
    unit, facts = None if activity is None else "GBq", ("treatments.prrt.ongoing", "treatments.prrt.cycles")
    return stated("next cycle", text, entries, activity, unit=unit, facts=facts)
