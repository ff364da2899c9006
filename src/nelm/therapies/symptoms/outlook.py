"""What trials of symptom treatment showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.facts import boolean, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge
from nelm.therapies.symptoms.knowledge import SymptomKnowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Trials by option: TELESTAR for frequent, TELECAST for less frequent bowel movements."""
    known = knowledge.record(SymptomKnowledge, "symptoms")
    telestar, telecast = knowledge.trials["telestar"], knowledge.trials["telecast"]
    movements = number("symptoms.diarrhoea.per_day")
    frequent = telestar.limits["bowel_movements_per_day_min"]
    below = telecast.limits["bowel_movements_per_day_below"]
    syndrome = requires(facts.syndromes.carcinoid, known.trial_telestar_syndrome)
    analogue = requires(boolean("treatments.ssa.ongoing"), known.trial_telestar_analogue)
    return {
        "symptom.telotristat": (
            TrialMatch(telestar, (syndrome, analogue, requires(movements >= frequent, frequent))),
            TrialMatch(telecast, (syndrome, requires(movements < below, below))),
        )
    }
