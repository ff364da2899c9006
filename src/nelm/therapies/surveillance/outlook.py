"""Trials that have not reported or tested what is not in use, and whether this patient would fit them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import excludes, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.primary_sites import GASTROENTEROPANCREATIC
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge, Trial
from nelm.therapies.surveillance.knowledge import SurveillanceKnowledge

KI67 = "tumour.ki67_percent"


def _netter_3(facts: Facts, known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    below, months = trial.limits["ki67_percent_below"], trial.limits["months_since_diagnosis_max"]
    return TrialMatch(
        trial,
        (
            requires(facts.grading.is_g1_g2, known.trial_grade_g1_g2),
            requires(number(KI67) < below, below),
            requires(number("tumour.months_since_diagnosis") <= months, months),
            requires(facts.receptors.all_lesions, known.trial_netter_3_receptors),
            requires(facts.burden.high, known.trial_netter_3_burden),
        ),
    )


def _compose(facts: Facts, known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    lowest, highest = trial.limits["ki67_percent_min"], trial.limits["ki67_percent_max"]
    return TrialMatch(
        trial,
        (
            requires(facts.grading.grade.is_in("G2", "G3"), known.trial_compose_grade),
            requires(number(KI67) >= lowest, lowest),
            requires(number(KI67) <= highest, highest),
        ),
    )


def _action_1(facts: Facts, known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    fewest, most = trial.limits["previous_lu177_cycles_min"], trial.limits["previous_lu177_cycles_max"]
    control = trial.limits["months_of_control_min"]
    lutetium = boolean("treatments.prrt.lu177_dotatate") | boolean("treatments.prrt.lu177_edotreotide")
    cycles = number("treatments.prrt.cycles")
    return TrialMatch(
        trial,
        (
            requires(facts.grading.is_g1_g2, known.trial_grade_g1_g2),
            requires(facts.history.progressing, known.trial_action_1_progression),
            requires(lutetium, known.trial_action_1_lutetium),
            requires(cycles >= fewest, fewest),
            requires(cycles <= most, most),
            excludes(number("treatments.prrt.progression_free_months") < control, control),
        ),
    )


def _sorento(known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    site = category("tumour.primary_site").is_in(*GASTROENTEROPANCREATIC)
    return TrialMatch(trial, (requires(site, known.trial_sorento_site),))


def _obrixtamig(known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    site = category("tumour.primary_site")
    return TrialMatch(
        trial,
        (
            requires(category("tumour.differentiation").is_("poor"), known.trial_obrixtamig_carcinoma),
            requires(~site.is_("lung"), known.trial_obrixtamig_site),
        ),
    )


def _axinet(facts: Facts, known: SurveillanceKnowledge, trial: Trial) -> TrialMatch:
    return TrialMatch(
        trial,
        (
            requires(~category("tumour.primary_site").is_("pancreas"), known.trial_axinet_site),
            requires(facts.grading.is_g1_g2, known.trial_axinet_grade),
        ),
    )


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials for the option of a trial; of two early studies the population was not read, so none is stated."""
    known = knowledge.record(SurveillanceKnowledge, "surveillance")
    trials = knowledge.trials
    return {
        "trial": (
            _netter_3(facts, known, trials["netter_3"]),
            _compose(facts, known, trials["compose"]),
            _action_1(facts, known, trials["action_1"]),
            _sorento(known, trials["sorento"]),
            _obrixtamig(known, trials["obrixtamig"]),
            _axinet(facts, known, trials["axinet"]),
            TrialMatch(trials["pb212_dotamtate"], ()),
            TrialMatch(trials["satoreotide"], ()),
        )
    }
