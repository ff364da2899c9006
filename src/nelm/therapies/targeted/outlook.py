"""What trials of targeted drugs showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import Criterion, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import some
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge, Trial
from nelm.therapies.targeted.knowledge import TargetedKnowledge
from nelm.therapies.targeted.settings import GUT, Settings, settings

Trials = Mapping[str, Trial]


def _radiant(
    facts: Facts, known: TargetedKnowledge, place: Settings, trials: Trials
) -> tuple[TrialMatch, ...]:
    grade, progressing = facts.grading.is_g1_g2, facts.history.progressing
    differentiated = some(grade, facts.grading.grade.is_("other_scheme"))
    return (
        TrialMatch(
            trials["radiant_3"],
            (
                requires(place.pancreas, known.trial_radiant3_site),
                requires(grade, known.trial_radiant3_grade),
                requires(progressing, known.trial_radiant3_progression),
            ),
        ),
        TrialMatch(
            trials["radiant_4"],
            (
                requires(place.gut_or_lung, known.trial_radiant4_site),
                requires(differentiated, known.trial_radiant4_grade),
                requires(~facts.syndromes.functioning, known.trial_radiant4_functioning),
                requires(progressing, known.trial_radiant4_progression),
            ),
        ),
        TrialMatch(
            trials["radiant_2"],
            (
                requires(facts.syndromes.carcinoid, known.trial_radiant2_syndrome),
                requires(grade, known.trial_radiant2_grade),
                requires(progressing, known.trial_radiant2_progression),
            ),
        ),
    )


def _compete(facts: Facts, known: TargetedKnowledge, place: Settings, trial: Trial) -> TrialMatch:
    highest = trial.limits["ki67_percent_max"]
    silent_gut = place.gut & ~facts.syndromes.functioning
    return TrialMatch(
        trial,
        (
            requires(some(place.pancreas, silent_gut), known.trial_compete_site),
            requires(facts.grading.is_g1_g2, known.trial_compete_grade),
            requires(number("tumour.ki67_percent") <= highest, highest),
            requires(facts.history.progressing, known.trial_compete_progression),
            requires(facts.receptors.positive, known.trial_compete_receptors),
        ),
    )


def _seqtor(facts: Facts, known: TargetedKnowledge, place: Settings, trial: Trial) -> TrialMatch:
    return TrialMatch(
        trial,
        (
            requires(place.pancreas, known.trial_seqtor_site),
            requires(facts.grading.is_g1_g2, known.trial_seqtor_grade),
            requires(facts.history.new_or_progressing, known.trial_seqtor_need),
        ),
    )


def _sunitinib(
    facts: Facts, known: TargetedKnowledge, place: Settings, trials: Trials
) -> tuple[TrialMatch, ...]:
    sun1111 = trials["sun1111"]
    within = sun1111.limits["months_since_progression_below"]
    return (
        TrialMatch(
            sun1111,
            (
                requires(place.pancreas, known.trial_sun1111_site),
                requires(facts.grading.well_differentiated, known.trial_sun1111_differentiation),
                requires(facts.history.progressing, known.trial_sun1111_progression),
                requires(number("course.interval_months") < within, within),
            ),
        ),
        TrialMatch(trials["sunitinib_phase_4"], (requires(place.pancreas, known.trial_phase4_site),)),
        TrialMatch(
            trials["oclurandom"],
            (
                requires(place.pancreas, known.trial_oclurandom_site),
                requires(facts.history.progressing, known.trial_oclurandom_progression),
                requires(facts.history.any_treatment, known.trial_oclurandom_pretreated),
                requires(facts.receptors.positive, known.trial_oclurandom_receptors),
            ),
        ),
    )


def _cabinet(
    facts: Facts, known: TargetedKnowledge, place: Settings, trials: Trials
) -> tuple[TrialMatch, ...]:
    elsewhere = category("tumour.primary_site").is_in(*GUT, "lung", "thymus", "unknown")
    graded = facts.grading.well_differentiated

    def match(trial: Trial, site: Criterion) -> TrialMatch:
        lines = trial.limits["previous_lines_min"]
        return TrialMatch(
            trial,
            (
                site,
                requires(graded, known.trial_cabinet_grade),
                requires(facts.history.progressing, known.trial_cabinet_progression),
                requires(facts.history.pretreated, lines),
            ),
        )

    return (
        match(trials["cabinet_pancreatic"], requires(place.pancreas, known.trial_cabinet_pancreas)),
        match(trials["cabinet_extrapancreatic"], requires(elsewhere, known.trial_cabinet_elsewhere)),
    )


def _sanet(facts: Facts, known: TargetedKnowledge, place: Settings, trials: Trials) -> tuple[TrialMatch, ...]:
    grade = requires(facts.grading.is_g1_g2, known.trial_sanet_grade)
    return (
        TrialMatch(trials["sanet_p"], (requires(place.pancreas, known.trial_sanet_pancreas), grade)),
        TrialMatch(trials["sanet_ep"], (requires(~place.pancreas, known.trial_sanet_elsewhere), grade)),
    )


def _bevacizumab(
    facts: Facts, known: TargetedKnowledge, place: Settings, trials: Trials
) -> tuple[TrialMatch, ...]:
    carcinoma = category("tumour.differentiation").is_("poor")
    return (
        TrialMatch(
            trials["s0518"],
            (
                requires(~place.pancreas, known.trial_s0518_site),
                requires(facts.grading.is_g1_g2, known.trial_s0518_grade),
                requires(facts.history.progressing, known.trial_s0518_prognosis),
            ),
        ),
        TrialMatch(
            trials["bevanec"],
            (
                requires(carcinoma, known.trial_bevanec_histology),
                requires(boolean("treatments.chemo.received"), known.trial_bevanec_second_line),
            ),
        ),
    )


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option."""
    known, trials = knowledge.record(TargetedKnowledge, "targeted"), knowledge.trials
    place = settings(facts)
    return {
        "targeted.everolimus": (
            *_radiant(facts, known, place, trials),
            _compete(facts, known, place, trials["compete"]),
            _seqtor(facts, known, place, trials["seqtor"]),
        ),
        "targeted.sunitinib": _sunitinib(facts, known, place, trials),
        "targeted.cabozantinib": _cabinet(facts, known, place, trials),
        "targeted.surufatinib": _sanet(facts, known, place, trials),
        "targeted.bevacizumab": _bevacizumab(facts, known, place, trials),
    }
