"""What guidelines, programmes and the running trial say of embolisation."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import category
from nelm.guideline.failures import against_again
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge


def common(facts: Facts, known: EmbolisationKnowledge) -> tuple[Position, ...]:
    """Positions on embolisation of any kind."""
    unresectable = ~category("liver.resectable").is_("complete") & facts.spread.liver_dominant
    uncontrolled = facts.spread.liver_dominant & facts.syndromes.carcinoid_uncontrolled
    later = category("tumour.primary_site").is_("jejunum_ileum") & facts.history.pretreated
    unread = (
        known.position_asco_not_read,
        known.position_enets_not_read,
        known.position_esmo_not_read,
        known.position_nanets_not_read,
        known.position_nccn_not_read,
    )
    return (
        Position(known.position_norway, unresectable & facts.receptors.mixed_or_negative),
        Position(known.position_sweden, unresectable & facts.grading.is_g1_g2),
        Position(known.position_sequence_refractory, uncontrolled),
        Position(known.position_sequence_later, later),
        *(Position(entry, ALWAYS) for entry in unread),
    )


def chemo(known: EmbolisationKnowledge) -> tuple[Position, ...]:
    """Chemoembolisation is compared in a trial without a result."""
    return (Position(known.position_retnet_chemo, ALWAYS),)


def drug_eluting(known: EmbolisationKnowledge) -> tuple[Position, ...]:
    """The safety board's closure of the drug-eluting arm."""
    return (Position(known.position_retnet_drug_eluting, ALWAYS),)


def again(option: str, known: EmbolisationKnowledge) -> tuple[Position, ...]:
    """Whether this very treatment failed before or was stopped for toxicity."""
    return against_again(option, known.position_failed_before, known.position_not_tolerated)
