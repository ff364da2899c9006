"""What trials of embolisation showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import Criterion, requires
from nelm.guideline.facts import category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge
from nelm.therapies.embolisation.criteria import BURDEN, reason_to_treat
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option."""
    known, trials = knowledge.record(EmbolisationKnowledge, "embolisation"), knowledge.trials
    metastases = requires(facts.spread.liver_metastases, known.trial_retnet_neuroendocrine)
    retnet = TrialMatch(trials["retnet"], _retnet(facts, known))
    pooled = TrialMatch(trials["tace_or_tae_meta"], (metastases,))
    series = TrialMatch(trials["embolisation_complications"], (metastases,))
    abscess = TrialMatch(trials["drug_eluting_abscess"], ())
    return {
        "embolisation.bland": (retnet, pooled, series),
        "embolisation.chemo": (retnet, pooled),
        "embolisation.drug_eluting": (retnet, abscess),
    }


def _retnet(facts: Facts, known: EmbolisationKnowledge) -> tuple[Criterion, ...]:
    """Entry of the RETNET trial, its limits in canonical units."""
    return (
        requires(facts.spread.liver_dominant, known.trial_retnet_liver_dominant),
        requires(~category("liver.resectable").is_("complete"), known.trial_retnet_unresectable),
        requires(reason_to_treat(facts, known), known.trial_retnet_reason),
        requires(number("patient.ecog") <= known.ecog_max, known.ecog_max),
        requires(number("labs.creatinine") < known.creatinine_below, known.creatinine_below),
        requires(number("labs.bilirubin") <= known.bilirubin_max, known.bilirubin_max),
        requires(number("labs.albumin") >= known.albumin_min, known.albumin_min),
        requires(number("labs.platelets") > known.platelets_above, known.platelets_above),
        requires(number("labs.inr") <= known.inr_max, known.inr_max),
        requires(known.burden_max >= BURDEN, known.burden_max),
        requires(number("liver.largest_mm") >= known.lesion_size_min, known.lesion_size_min),
    )
