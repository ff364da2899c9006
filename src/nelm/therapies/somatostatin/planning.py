"""What treatment with an analogue or interferon would look like for this patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from nelm.guideline.therapy import Item, PatientView, Proposal, item, stated
from nelm.knowledge import Entry, Knowledge
from nelm.quantities.answers import some
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.population import CONTROLLED_SYNDROMES, REDUCED_START

ONGOING = "treatments.ssa.ongoing"
SYNDROMES = tuple(f"tumour.syndromes.{name}" for name in CONTROLLED_SYNDROMES)


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Dose, injections and monitoring of one option."""
    known = knowledge.record(SomatostatinKnowledge, "somatostatin")
    match option:
        case "ssa.lanreotide":
            return _lanreotide(patient, known)
        case "ssa.intensified":
            return _intensified(patient, known)
        case "biotherapy.interferon":
            return _interferon(known)
        case _:
            return _octreotide(patient, known)


def _octreotide(patient: PatientView, known: SomatostatinKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            *_octreotide_dose(patient, known),
            item("interval", known.octreotide_interval),
            *_octreotide_days(patient, known),
        ),
        monitoring=_analogue_monitoring(known),
        cautions=(
            item("exacerbation", known.octreotide_exacerbation),
            item("interactions", known.analogue_interactions),
            *_by_syndrome(patient, known),
            item("gall bladder", known.cholecystectomy),
        ),
    )


def _octreotide_dose(patient: PatientView, known: SomatostatinKnowledge) -> tuple[Item, ...]:
    """10 mg with dialysis or cirrhosis, 20 mg after short-acting octreotide for symptoms, else 30 mg."""
    reduced, syndrome = some(map(patient.truth, REDUCED_START)), some(map(patient.truth, SYNDROMES))
    low = replace(item("starting dose, reduced", known.octreotide_reduced_dose), facts=REDUCED_START)
    if reduced is True:
        return (low,)
    lines: list[Item] = []
    if syndrome is not False:
        lines += [
            item("short-acting first, for symptoms", known.octreotide_short_acting),
            replace(item("starting dose, for symptoms", known.octreotide_symptom_dose), facts=SYNDROMES),
            item("short-acting overlap", known.short_acting_overlap),
        ]
    if syndrome is not True:
        lines.append(replace(item("dose, for the tumour", known.octreotide_tumour_dose), facts=SYNDROMES))
    if reduced is None:
        text = f"Dialysis or cirrhosis is not known; with either: {low.value:g} mg."
        lines.append(replace(low, text=text))
    return tuple(lines)


def _octreotide_days(patient: PatientView, known: SomatostatinKnowledge) -> tuple[Item, ...]:
    """Days of the first injections; for symptoms the depot follows two weeks of short-acting octreotide."""
    if some(map(patient.truth, SYNDROMES)) is not True or patient.truth(ONGOING) is True:
        return (_injections(patient, known.octreotide_interval),)
    depot = patient.as_of + timedelta(weeks=known.short_acting_before.number)
    overlap = depot + timedelta(weeks=known.short_acting_overlap.number)
    text = (
        f"Short-acting octreotide from {patient.as_of} at the earliest, first depot {depot}, "
        f"short-acting until {overlap} at least."
    )
    entries = (known.short_acting_before, known.short_acting_overlap)
    return (
        stated("first depot", text, entries, depot.isoformat(), facts=(ONGOING,)),
        item("dose review", known.dose_review),
    )


def _injections(patient: PatientView, interval: Entry) -> Item:
    """First two injections, counted from the day of the board; the last one given is not a fact of the case."""
    days = timedelta(days=interval.number)
    ongoing = patient.truth(ONGOING)
    if ongoing is True:
        text = (
            f"Next injection {interval.number:g} days after the last; the day of the last one is not known."
        )
        return stated("next injection", text, (interval,), facts=(ONGOING,))
    following = patient.as_of + days
    text = (
        f"First injection from {patient.as_of}, the second {interval.number:g} days later: from {following}."
    )
    if ongoing is None:
        text += " Whether an analogue is running already is not known."
    return stated("injections", text, (interval,), patient.as_of.isoformat(), facts=(ONGOING,))


def _lanreotide(patient: PatientView, known: SomatostatinKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("dose", known.lanreotide_dose),
            item("interval", known.lanreotide_interval),
            item("never doubled", known.lanreotide_not_doubled),
            _injections(patient, known.lanreotide_interval),
        ),
        monitoring=_analogue_monitoring(known),
        cautions=(
            item("hypersensitivity", known.lanreotide_hypersensitivity),
            item("interactions", known.lanreotide_interactions),
            *_by_syndrome(patient, known),
            item("gall bladder", known.cholecystectomy),
        ),
    )


def _intensified(patient: PatientView, known: SomatostatinKnowledge) -> Proposal:
    """The intensified form of the analogue that is given; all forms when that is not known."""
    lanreotide = (
        item("lanreotide, shorter interval", known.intensified_lanreotide),
        item("lanreotide, never doubled", known.lanreotide_not_doubled),
    )
    octreotide = (
        item("octreotide, shorter interval", known.intensified_octreotide),
        item("octreotide, higher dose", known.intensified_octreotide_dose),
    )
    had_lanreotide, had_octreotide = (patient.truth(name) for name in GIVEN)
    if had_lanreotide is True and had_octreotide is not True:
        regimen = lanreotide
    elif had_octreotide is True and had_lanreotide is not True:
        regimen = octreotide
    else:
        regimen = (*lanreotide, *octreotide)
    return Proposal(
        regimen=tuple(replace(line, facts=GIVEN) for line in regimen),
        monitoring=_analogue_monitoring(known),
        cautions=(item("gain", known.modest_gain), *_by_syndrome(patient, known)),
    )


GIVEN = ("treatments.ssa.lanreotide", "treatments.ssa.octreotide_lar")


def _interferon(known: SomatostatinKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("dose", known.interferon_dose),
            item("pegylated", known.interferon_peg_dose),
            item("with octreotide", known.interferon_with_analogue),
        ),
        monitoring=(item("blood, thyroid, mood", known.interferon_monitoring),),
        cautions=(
            item("what to expect", known.interferon_effect),
            item("withdrawal", known.interferon_withdrawal),
            item("unsuitable with", known.interferon_toxicity),
        ),
    )


def _analogue_monitoring(known: SomatostatinKnowledge) -> tuple[Item, ...]:
    return (
        item("tests", known.analogue_monitoring),
        item("long term", known.analogue_long_term),
        item("imaging", known.analogue_imaging),
    )


def _by_syndrome(patient: PatientView, known: SomatostatinKnowledge) -> tuple[Item, ...]:
    """Lines for the syndromes that the patient has."""
    lines: list[Item] = []
    if patient.truth("tumour.syndromes.glucagonoma") is True:
        lines.append(item("rash", known.glucagonoma_rash))
    if patient.truth("tumour.syndromes.vipoma") is True:
        lines.append(item("fluids first", known.vipoma_fluids))
    return tuple(lines)
