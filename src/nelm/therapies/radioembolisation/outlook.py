"""What series of radioembolisation showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.facts import boolean
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Series by option."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    trials = knowledge.trials
    metastases = requires(facts.spread.liver_metastases, known.trial_neuroendocrine)
    treated = requires(boolean("treatments.prrt.received"), known.trial_prrt)
    bile_ducts = requires(boolean("liver.bilioenteric_anastomosis"), known.trial_biliary)
    late = TrialMatch(trials["tare_late_toxicity"], (metastases,))
    resin = TrialMatch(trials["tare_resin_tomozawa"], (metastases,))
    liver_dose = TrialMatch(trials["tare_zuckerman"], (metastases,))
    after_prrt = TrialMatch(trials["tare_after_prrt"], (metastases, treated))
    biliary = TrialMatch(trials["tare_biliary_compromise"], (bile_ducts,))
    return {
        "radioembolisation.y90_resin": (late, resin, liver_dose, after_prrt, biliary),
        "radioembolisation.y90_glass": (late, biliary),
        "radioembolisation.ho166": (late, biliary),
    }
