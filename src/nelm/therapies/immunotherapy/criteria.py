"""Who can have a checkpoint inhibitor: tumours with a marker, after other treatment."""

from __future__ import annotations

from nelm.guideline.criteria import Intent, OptionRule, Position, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.failures import failed, not_tolerated
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, every
from nelm.knowledge import Knowledge
from nelm.therapies.immunotherapy.knowledge import ImmunotherapyKnowledge

OPTION = "immunotherapy.checkpoint_inhibitor"


def _positions(facts: Facts, known: ImmunotherapyKnowledge) -> tuple[Position, ...]:
    unstable, burdened = boolean("tumour.msi_high"), boolean("tumour.tmb_high")
    later = facts.history.any_treatment & facts.history.progressing
    return (
        Position(known.position_fda_burden, burdened & later),
        Position(known.position_fda_instability, unstable & later),
        Position(known.position_enets2023, category("tumour.differentiation").is_("poor")),
        Position(known.position_norway, ~unstable),
        Position(known.position_not_tolerated, not_tolerated(OPTION)),
        Position(known.position_esmo, ALWAYS),
        Position(known.position_nanets, ALWAYS),
    )


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """Checkpoint inhibitors."""
    known = knowledge.record(ImmunotherapyKnowledge, "immunotherapy")
    unstable = boolean("tumour.msi_high")
    pregnant = category("patient.sex").is_("female") & boolean("patient.pregnant")
    criteria = (
        requires(unstable | boolean("tumour.tmb_high"), known.marker),
        requires(every(facts.history.any_treatment, facts.history.progressing), known.pretreated),
        requires(~failed(OPTION), known.not_failed_before),
        excludes(pregnant, known.pregnancy),
        caution(boolean("patient.comorbidities.interstitial_lung_disease"), known.lung_disease),
        caution(boolean("patient.comorbidities.viral_hepatitis"), known.viral_hepatitis),
        caution(boolean("patient.breastfeeding"), known.breastfeeding),
        caution(number("patient.ecog") >= known.performance_poor_from, known.performance_poor),
        favours(unstable, known.instability),
    )
    said = _positions(facts, known)
    return (
        OptionRule(
            OPTION,
            "Checkpoint inhibitor",
            Intent.DISEASE_CONTROL,
            criteria,
            said,
        ),
    )
