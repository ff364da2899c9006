"""What trials of radioligand therapy showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import Criterion, excludes, requires
from nelm.guideline.facts import boolean, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.findings.history import SYSTEMIC
from nelm.guideline.logic import Boolean, at_least, some
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge, Trial
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.population import GASTROINTESTINAL, MIDGUT, primary_in, receptor_positive

ki67 = number("tumour.ki67_percent")


def netter_1(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Midgut, G1-G2, progressing on octreotide, with the blood and organ limits as quoted."""
    bilirubin, inr = number("labs.bilirubin.times_upper_limit"), number("labs.inr.times_upper_limit")
    prothrombin_normal = inr <= known.trial_netter_1_inr_normal
    low_albumin = (number("labs.albumin") < known.trial_netter_1_albumin_min) & ~prothrombin_normal
    clearance, creatinine = facts.renal.creatinine_clearance, number("labs.creatinine")
    return TrialMatch(
        trial,
        (
            requires(primary_in(*MIDGUT), known.trial_netter_1_midgut),
            requires(facts.grading.is_g1_g2, known.trial_netter_1_grade),
            requires(boolean("treatments.ssa.octreotide_lar"), known.trial_netter_1_on_octreotide),
            requires(facts.history.after_ssa, known.trial_netter_1_progressing),
            excludes(creatinine > known.trial_netter_1_creatinine_max, known.trial_netter_1_creatinine),
            excludes(clearance < known.trial_netter_1_clearance_min, known.trial_netter_1_clearance),
            *_netter_1_blood(known),
            excludes(bilirubin > known.trial_netter_1_bilirubin_max, known.trial_netter_1_bilirubin),
            excludes(low_albumin, known.trial_netter_1_albumin),
        ),
    )


def _netter_1_blood(known: PrrtKnowledge) -> tuple[Criterion, ...]:
    haemoglobin, platelets = number("labs.haemoglobin"), number("labs.platelets")
    return (
        excludes(haemoglobin < known.trial_netter_1_haemoglobin_min, known.trial_netter_1_haemoglobin),
        excludes(
            number("labs.leukocytes") < known.trial_netter_1_leukocytes_min, known.trial_netter_1_leukocytes
        ),
        excludes(platelets < known.trial_netter_1_platelets_min, known.trial_netter_1_platelets),
    )


def _ki67_range(trial: Trial) -> tuple[Criterion, ...]:
    low, high = trial.limits["ki67_percent_min"], trial.limits["ki67_percent_max"]
    return (requires(ki67 >= low, low), requires(ki67 <= high, high))


def netter_2(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """First line, G2 from Ki-67 10 % or G3, all targets positive, no liver-directed treatment before."""
    months, age = trial.limits["months_since_diagnosis_max"], trial.limits["age_years_min"]
    liver_directed = some(
        boolean("treatments.arterial_embolisation.received"),
        boolean("treatments.radioembolisation.received"),
        boolean("treatments.ablation.received"),
    )
    first_line = ~facts.history.pretreated & ~facts.history.after_ssa
    return TrialMatch(
        trial,
        (
            requires(facts.grading.grade.is_in("G2", "G3"), known.trial_netter_2_grade),
            *_ki67_range(trial),
            requires(first_line, known.trial_netter_2_first_line),
            requires(number("tumour.months_since_diagnosis") <= months, months),
            requires(number("patient.age_years") >= age, age),
            requires(facts.receptors.all_lesions, known.trial_netter_2_all_targets),
            excludes(liver_directed, known.trial_netter_2_no_liver_directed),
        ),
    )


def high_burden(facts: Facts, known: PrrtKnowledge) -> Boolean:
    """NETTER-3's high disease burden: any one item; single lesion sizes are read through the largest."""
    largest = number("liver.largest_mm")
    several = (number("liver.lesion_count") > 1) & (largest > known.trial_netter_3_several_mm)
    return some(
        largest > known.trial_netter_3_lesion_mm,
        several,
        number("labs.alp.times_upper_limit") > known.trial_netter_3_alp,
        boolean("extrahepatic.bone"),
        boolean("extrahepatic.peritoneum"),
        facts.syndromes.volume_symptoms,
        facts.syndromes.functioning,
    )


def netter_3(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Newly diagnosed G1-G2 below Ki-67 10 % with high burden."""
    months, below = trial.limits["months_since_diagnosis_max"], trial.limits["ki67_percent_below"]
    return TrialMatch(
        trial,
        (
            requires(facts.grading.is_g1_g2, known.trial_netter_3_grade),
            requires(ki67 < below, below),
            requires(number("tumour.months_since_diagnosis") <= months, months),
            requires(high_burden(facts, known), known.trial_netter_3_burden),
            requires(facts.receptors.all_lesions, known.trial_netter_3_all_targets),
        ),
    )


def oclurandom(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Pancreatic, progressing, pretreated, receptor-positive."""
    return TrialMatch(
        trial,
        (
            requires(primary_in("pancreas"), known.trial_oclurandom_pancreas),
            requires(facts.history.progressing, known.trial_oclurandom_progressing),
            requires(facts.history.any_treatment, known.trial_oclurandom_pretreated),
            requires(receptor_positive(facts), known.trial_oclurandom_receptors),
        ),
    )


def compete(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Progressing G1-G2, pancreatic or non-functioning gastroenteric, first or second line."""
    most = trial.limits["ki67_percent_max"]
    classes = [boolean(f"treatments.{family}.received") for family in SYSTEMIC]
    site = primary_in("pancreas") | (primary_in(*GASTROINTESTINAL) & ~facts.syndromes.functioning)
    return TrialMatch(
        trial,
        (
            requires(facts.grading.is_g1_g2, known.trial_compete_grade),
            requires(ki67 <= most, most),
            requires(facts.history.progressing, known.trial_compete_progressing),
            requires(site, known.trial_compete_site),
            requires(~at_least(2, *classes), known.trial_compete_lines),
        ),
    )


def compose(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Well-differentiated G2 from Ki-67 15 % and G3."""
    grade = requires(facts.grading.grade.is_in("G2", "G3"), known.trial_compose_grade)
    return TrialMatch(trial, (grade, *_ki67_range(trial)))


def rotterdam(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Progression after at least 18 months."""
    months = trial.limits["months_progression_free_after_first_course_min"]
    interval = requires(number("treatments.prrt.progression_free_months") >= months, months)
    return TrialMatch(
        trial, (interval, requires(facts.history.progressing, known.trial_rotterdam_progressing))
    )


def action_1(facts: Facts, known: PrrtKnowledge, trial: Trial) -> TrialMatch:
    """Progression after two to four cycles that held at least six months."""
    cycles, held = number("treatments.prrt.cycles"), number("treatments.prrt.progression_free_months")
    least, most = trial.limits["previous_lu177_cycles_min"], trial.limits["previous_lu177_cycles_max"]
    control = trial.limits["months_of_control_min"]
    return TrialMatch(
        trial,
        (
            requires(facts.grading.is_g1_g2, known.trial_action_1_grade),
            requires(facts.history.progressing, known.trial_action_1_progressing),
            requires(cycles >= least, least),
            requires(cycles <= most, most),
            requires(held >= control, control),
        ),
    )


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option; studies whose population was not printed have no entry criteria."""
    known, trials = knowledge.record(PrrtKnowledge, "prrt"), knowledge.trials
    pancreas = requires(primary_in("pancreas"), known.trial_netter_r_pancreas)
    control_site = requires(primary_in("pancreas", *MIDGUT), known.trial_control_nets_site)
    treated_before = requires(boolean("treatments.prrt.received"), known.trial_munich_treated_before)
    return {
        "prrt.lu177_dotatate": (
            netter_1(facts, known, trials["netter_1"]),
            netter_2(facts, known, trials["netter_2"]),
            netter_3(facts, known, trials["netter_3"]),
            oclurandom(facts, known, trials["oclurandom"]),
            TrialMatch(trials["netter_r"], (pancreas,)),
            TrialMatch(trials["control_nets"], (control_site,)),
            TrialMatch(trials["iluminet"], ()),
            TrialMatch(trials["erasmus"], ()),
            TrialMatch(trials["hormonal_crisis_prrt"], ()),
            TrialMatch(trials["netpet_validation"], ()),
        ),
        "prrt.lu177_edotreotide": (
            compete(facts, known, trials["compete"]),
            compose(facts, known, trials["compose"]),
        ),
        "prrt.retreatment": (
            rotterdam(facts, known, trials["prrt_retreatment_rotterdam"]),
            TrialMatch(trials["prrt_salvage_munich"], (treated_before,)),
            action_1(facts, known, trials["action_1"]),
        ),
    }
