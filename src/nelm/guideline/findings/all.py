"""All derived facts together, built once from the knowledge."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.findings.body import Body, body
from nelm.guideline.findings.burden import Burden, burden
from nelm.guideline.findings.grading import Grading, grading
from nelm.guideline.findings.growth import Growth, growth
from nelm.guideline.findings.history import History, history
from nelm.guideline.findings.liver_function import LiverFunction, liver_function
from nelm.guideline.findings.performance import Performance, performance
from nelm.guideline.findings.receptors import Receptors, receptors
from nelm.guideline.findings.renal import Renal, renal
from nelm.guideline.findings.spread import Spread, spread
from nelm.guideline.findings.staging import Staging, staging
from nelm.guideline.findings.syndromes import Syndromes, syndromes
from nelm.guideline.findings.transplant_criteria import TransplantCriteria, transplant_criteria
from nelm.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Facts:
    """Derived facts by field; raw facts are named through `nelm.guideline.facts`."""

    grading: Grading
    staging: Staging
    syndromes: Syndromes
    receptors: Receptors
    burden: Burden
    spread: Spread
    liver_function: LiverFunction
    body: Body
    renal: Renal
    performance: Performance
    history: History
    growth: Growth
    transplant_criteria: TransplantCriteria


def derived_facts(knowledge: Knowledge) -> Facts:
    """Every derived fact as an expression over the raw ones."""
    grade = grading(knowledge)
    return Facts(
        grading=grade,
        staging=staging(knowledge, grade),
        syndromes=syndromes(knowledge),
        receptors=receptors(knowledge),
        burden=burden(knowledge),
        spread=spread(),
        liver_function=liver_function(knowledge),
        body=body(knowledge),
        renal=renal(knowledge),
        performance=performance(knowledge),
        history=history(),
        growth=growth(knowledge),
        transplant_criteria=transplant_criteria(knowledge, grade),
    )
