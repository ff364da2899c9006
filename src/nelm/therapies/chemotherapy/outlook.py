"""What trials of chemotherapy showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import Criterion, excludes, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some
from nelm.guideline.primary_sites import DIGESTIVE
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge, Trial
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge


def _pancreas() -> Boolean:
    return category("tumour.primary_site").is_("pancreas")


def _poor() -> Boolean:
    return category("tumour.differentiation").is_("poor")


def _had_platinum() -> Boolean:
    return boolean("treatments.chemo.platinum_etoposide") | boolean("treatments.chemo.platinum_irinotecan")


def _pancreatic(
    facts: Facts, known: ChemotherapyKnowledge, trials: Mapping[str, Trial]
) -> dict[str, TrialMatch]:
    """Trials of alkylators in pancreatic tumours."""
    e2211 = trials["e2211"]
    within = e2211.limits["months_since_progression_below"]
    reason = facts.history.progressing | category("course.status").is_("new")
    return {
        "e2211": TrialMatch(
            e2211,
            (
                requires(_pancreas(), known.trial_e2211_site),
                requires(facts.grading.is_g1_g2, known.trial_e2211_grade),
                requires(facts.history.progressing, known.trial_e2211_progression),
                requires(number("course.interval_months") < within, within),
            ),
        ),
        "seqtor": TrialMatch(
            trials["seqtor"],
            (
                requires(_pancreas(), known.trial_seqtor_site),
                requires(facts.grading.is_g1_g2, known.trial_seqtor_grade),
                requires(reason, known.trial_seqtor_need),
            ),
        ),
        "captem_pooled": TrialMatch(
            trials["captem_pooled"],
            (requires(boolean("tumour.histology_known"), known.trial_captem_pooled_neuroendocrine),),
        ),
        "mgmt_meta": TrialMatch(
            trials["mgmt_meta"],
            (requires(facts.grading.well_differentiated & _tested(), known.trial_mgmt_tested),),
        ),
    }


def _tested() -> Boolean:
    """MGMT reported, whatever the answer; unknown while it is not."""
    return boolean("tumour.mgmt_deficient") | ~boolean("tumour.mgmt_deficient")


def _streptozocin(known: ChemotherapyKnowledge, trials: Mapping[str, Trial]) -> tuple[TrialMatch, ...]:
    """Series of streptozocin; nothing of their populations was read but the site."""
    return (
        TrialMatch(
            trials["streptozocin_doxorubicin"],
            (requires(_pancreas(), known.trial_historic_streptozocin_site),),
        ),
        TrialMatch(trials["streptozocin_uppsala"], (requires(_pancreas(), known.trial_uppsala_site),)),
        TrialMatch(trials["streptozocin_2015"], (requires(_pancreas(), known.trial_streptozocin_2015_site),)),
    )


def _first_line_carcinoma(
    facts: Facts, known: ChemotherapyKnowledge, trials: Mapping[str, Trial]
) -> dict[str, TrialMatch]:
    digestive = category("tumour.primary_site").is_in(*DIGESTIVE)
    high_grade = some(_poor(), facts.grading.grade.is_("G3"))
    outside_lung = ~category("tumour.primary_site").is_("lung")
    return {
        "topic_nec": TrialMatch(
            trials["topic_nec"],
            (
                requires(_poor() & digestive, known.trial_topic_nec_histology),
                requires(~boolean("treatments.chemo.received"), known.trial_topic_nec_first_line),
            ),
        ),
        "nordic_nec_2": TrialMatch(
            trials["nordic_nec_2"], (requires(high_grade, known.trial_nordic_nec2_histology),)
        ),
        "nordic_nec_1": TrialMatch(
            trials["nordic_nec_1"], (requires(high_grade, known.trial_nordic_nec1_histology),)
        ),
        "carboplatin": TrialMatch(
            trials["carboplatin_etoposide_cohort"],
            (requires(_poor() & outside_lung, known.trial_carboplatin_cohort_histology),),
        ),
    }


def _folfiri_series(known: ChemotherapyKnowledge, trial: Trial) -> TrialMatch:
    bilirubin = trial.limits["bilirubin_times_upper_limit_below"]
    eligibility: tuple[Criterion, ...] = (
        requires(_poor(), known.trial_folfiri_histology),
        requires(_had_platinum(), known.trial_folfiri_after_platinum),
        requires(number("labs.bilirubin.times_upper_limit") < bilirubin, bilirubin),
        excludes(number("patient.ecog") >= known.performance_poor_from, known.trial_folfiri_performance),
        excludes(
            number("labs.alp.times_upper_limit") >= known.trial_folfiri_alp_max, known.trial_folfiri_alp
        ),
    )
    return TrialMatch(trial, eligibility)


def _second_line_carcinoma(
    known: ChemotherapyKnowledge, trials: Mapping[str, Trial]
) -> dict[str, TrialMatch]:
    site = category("tumour.primary_site")
    digestive = site.is_in(*DIGESTIVE)
    lung_or_digestive = site.is_in(*DIGESTIVE, "lung")
    ecog = number("patient.ecog")
    return {
        "folfiri": _folfiri_series(known, trials["folfiri_second_line"]),
        "seneca": TrialMatch(
            trials["seneca"],
            (
                requires(_poor() & lung_or_digestive, known.trial_seneca_histology),
                requires(_had_platinum(), known.trial_seneca_after_platinum),
            ),
        ),
        "bevanec": TrialMatch(
            trials["bevanec"],
            (
                requires(_poor() & digestive, known.trial_bevanec_histology),
                requires(boolean("treatments.chemo.received"), known.trial_bevanec_second_line),
                requires(ecog <= known.trial_bevanec_performance_max, known.trial_bevanec_performance_max),
            ),
        ),
    }


def _compose(facts: Facts, known: ChemotherapyKnowledge, trial: Trial) -> TrialMatch:
    ki67 = number("tumour.ki67_percent")
    lowest, highest = trial.limits["ki67_percent_min"], trial.limits["ki67_percent_max"]
    return TrialMatch(
        trial,
        (
            requires(facts.grading.grade.is_in("G2", "G3"), known.trial_compose_grade),
            requires(ki67 >= lowest, lowest),
            requires(ki67 <= highest, highest),
        ),
    )


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option."""
    known, trials = knowledge.record(ChemotherapyKnowledge, "chemotherapy"), knowledge.trials
    pancreatic = _pancreatic(facts, known, trials)
    first = _first_line_carcinoma(facts, known, trials)
    second = _second_line_carcinoma(known, trials)
    compose = _compose(facts, known, trials["compose"])
    marker = TrialMatch(trials["kulke_mgmt"], ())  # its entry criteria were not printed
    alkylator = (pancreatic["e2211"], pancreatic["mgmt_meta"], marker)
    high_grade = (first["nordic_nec_2"], first["nordic_nec_1"])
    return {
        "chemo.captem": (*alkylator, pancreatic["captem_pooled"], second["seneca"], compose),
        "chemo.temozolomide": (*alkylator, first["nordic_nec_1"]),
        "chemo.stz_5fu": (pancreatic["seqtor"], *_streptozocin(known, trials)),
        "chemo.platinum_etoposide": (first["topic_nec"], first["carboplatin"], *high_grade),
        "chemo.platinum_irinotecan": (first["topic_nec"], *high_grade),
        "chemo.folfox": (compose, first["nordic_nec_2"]),
        "chemo.capox": (),
        "chemo.folfiri": (second["folfiri"], second["bevanec"], second["seneca"]),
    }
