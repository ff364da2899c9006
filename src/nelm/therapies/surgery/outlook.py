"""What series of operations showed, and whether this patient would have been in them."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.criteria import requires
from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import TrialMatch
from nelm.knowledge import Knowledge
from nelm.therapies.surgery.criteria import debulking_feasible
from nelm.therapies.surgery.knowledge import SurgeryKnowledge


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """Series by option."""
    known, trials = knowledge.record(SurgeryKnowledge, "surgery"), knowledge.trials
    metastases = requires(facts.spread.liver_metastases, known.liver_metastases)
    feasible = requires(debulking_feasible(), known.debulking_feasible)
    milan = requires(facts.transplant_criteria.milan_net, known.position_milan_transplant)
    series = ("debulking_scott", "debulking_graff_baker")
    ablated = TrialMatch(trials["resection_with_rfa"], (metastases,))
    within = tuple(
        TrialMatch(trials[name], (metastases, milan))
        for name in ("transplant_maspero", "transplant_mazzaferro")
    )
    return {
        "resection.liver": (ablated, within[0]),
        "resection.debulking": tuple(TrialMatch(trials[name], (metastases, feasible)) for name in series),
        "transplant.liver": within,
    }
