"""What guidelines, programmes and labels say of radioembolisation."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import category
from nelm.guideline.failures import against_again
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


def common(facts: Facts, known: RadioembolisationKnowledge) -> tuple[Position, ...]:
    """Positions on radioembolisation of any kind."""
    unresectable = ~category("liver.resectable").is_("complete") & facts.grading.is_g1_g2
    unread = (
        known.position_asco_not_read,
        known.position_enets_not_read,
        known.position_esmo_not_read,
        known.position_eanm_not_read,
    )
    return (
        Position(known.position_sweden, unresectable),
        Position(known.position_nccn, unresectable),
        Position(known.position_concern, category("liver.lobes").is_("both")),
        *(Position(entry, ALWAYS) for entry in unread),
    )


def resin(known: RadioembolisationKnowledge) -> tuple[Position, ...]:
    """Labels of resin."""
    return (Position(known.position_resin_label, ALWAYS),)


def glass(known: RadioembolisationKnowledge) -> tuple[Position, ...]:
    """Label of glass."""
    return (Position(known.position_glass_label, ALWAYS),)


def holmium(known: RadioembolisationKnowledge) -> tuple[Position, ...]:
    """The trial of holmium."""
    return (Position(known.position_hepar_plus, ALWAYS),)


def again(option: str, known: RadioembolisationKnowledge) -> tuple[Position, ...]:
    """Whether this very treatment failed before or was stopped for toxicity."""
    return against_again(option, known.position_failed_before, known.position_not_tolerated)
