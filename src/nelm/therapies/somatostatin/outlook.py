"""What trials of analogues and interferon showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.facts import boolean, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge, Trial
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.population import CLARINET_SITES, MIDGUT, primary_in


def promid(facts: Facts, known: SomatostatinKnowledge, trial: Trial) -> TrialMatch:
    """Treatment-naive, well-differentiated midgut tumour, functioning or not."""
    return TrialMatch(
        trial,
        (
            requires(primary_in(*MIDGUT), known.trial_promid_midgut),
            requires(facts.grading.well_differentiated, known.trial_promid_well),
            requires(facts.history.naive, known.trial_promid_naive),
        ),
    )


def clarinet(facts: Facts, known: SomatostatinKnowledge, trial: Trial) -> TrialMatch:
    """Non-functioning, Ki-67 below 10 %."""
    below = trial.limits["ki67_percent_below"]
    return TrialMatch(
        trial,
        (
            requires(primary_in(*CLARINET_SITES), known.trial_clarinet_site),
            requires(~facts.syndromes.functioning, known.trial_clarinet_nonfunctioning),
            requires(number("tumour.ki67_percent") < below, below),
        ),
    )


def clarinet_forte(facts: Facts, known: SomatostatinKnowledge, trial: Trial) -> TrialMatch:
    """Progression on lanreotide every 28 days, Ki-67 up to 20 %."""
    most = trial.limits["ki67_percent_max"]
    return TrialMatch(
        trial,
        (
            requires(primary_in("pancreas", *MIDGUT), known.trial_forte_site),
            requires(boolean("treatments.ssa.lanreotide"), known.trial_forte_on_lanreotide),
            requires(facts.history.after_ssa, known.trial_forte_progressed),
            requires(number("tumour.ki67_percent") <= most, most),
        ),
    )


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option."""
    known, trials = knowledge.record(SomatostatinKnowledge, "somatostatin"), knowledge.trials
    had_lanreotide = requires(boolean("treatments.ssa.lanreotide"), known.trial_clarinet_ole_lanreotide)
    net = requires(facts.grading.is_net, known.trial_sorento_net)
    sorento = TrialMatch(trials["sorento"], (net,))
    carcinoid = (
        requires(facts.grading.is_g1_g2, known.trial_s0518_grade),
        requires(~primary_in("pancreas"), known.trial_s0518_carcinoid),
    )
    return {
        "ssa.octreotide_lar": (promid(facts, known, trials["promid"]), sorento),
        "ssa.lanreotide": (
            clarinet(facts, known, trials["clarinet"]),
            TrialMatch(trials["clarinet_ole"], (had_lanreotide,)),
            sorento,
        ),
        "ssa.intensified": (clarinet_forte(facts, known, trials["clarinet_forte"]),),
        "biotherapy.interferon": (TrialMatch(trials["s0518"], carcinoid),),
    }
