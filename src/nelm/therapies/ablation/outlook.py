"""What series of ablation showed."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge
from nelm.therapies.ablation.knowledge import AblationKnowledge

SERIES = ("resection_with_rfa", "microwave_ablation", "stereotactic_microwave_ablation")


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Series by option."""
    known = knowledge.record(AblationKnowledge, "ablation")
    metastases = requires(facts.spread.liver_metastases, known.liver_metastases)
    return {"ablation.thermal": tuple(TrialMatch(knowledge.trials[name], (metastases,)) for name in SERIES)}
