"""What guidelines, programmes and summaries say of the operations, and for whom."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Boolean, every
from nelm.therapies.surgery.knowledge import SurgeryKnowledge


def not_read(known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Bodies whose text was not opened."""
    entries = (
        known.position_asco_not_read,
        known.position_enets_not_read,
        known.position_esmo_not_read,
        known.position_nanets_not_read,
        known.position_nccn_not_read,
    )
    return tuple(Position(entry, ALWAYS) for entry in entries)


def _clearable(facts: Facts) -> Boolean:
    """G1 or G2, all liver metastases removable."""
    return facts.grading.is_g1_g2 & category("liver.resectable").is_("complete")


def _synchronous(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Primary in place and removable together with the metastases."""
    in_place = boolean("tumour.primary_in_situ") & boolean("tumour.primary_resectable")
    entries = (
        known.position_nanets_synchronous,
        known.position_nccn_synchronous,
        known.position_enets_synchronous,
    )
    return tuple(Position(entry, in_place & _clearable(facts)) for entry in entries)


def resection(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Positions on complete resection."""
    clearable = _clearable(facts)
    return (
        Position(known.position_pdq_resection, category("tumour.primary_site").is_("pancreas") & clearable),
        Position(known.position_sweden_resection, clearable),
        Position(known.position_enets_resection, clearable & facts.spread.extrahepatic_none_or_resectable),
        *_synchronous(facts, known),
        Position(known.position_norway_carcinoma, facts.grading.is_carcinoma),
        Position(known.position_asco_not_read, ALWAYS),
        Position(known.position_esmo_not_read, ALWAYS),
    )


def two_stage(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Positions on resection in two stages: none was read."""
    return (Position(known.position_norway_carcinoma, facts.grading.is_carcinoma), *not_read(known))


def debulking(facts: Facts, known: SurgeryKnowledge, *, feasible: Boolean) -> tuple[Position, ...]:
    """Positions on debulking."""
    functioning = category("tumour.functioning").is_("functioning")
    ninety = category("liver.resectable").is_in("complete", "debulking_90")
    return (
        Position(known.position_asco_debulking, every(facts.grading.is_net, feasible)),
        Position(known.position_pdq_debulking, every(facts.grading.is_net, ninety)),
        Position(known.position_norway_debulking, functioning),
        Position(known.position_enets_debulking, functioning),
        Position(known.position_norway_carcinoma, facts.grading.is_carcinoma),
        Position(known.position_esmo_not_read, ALWAYS),
        Position(known.position_nanets_not_read, ALWAYS),
        Position(known.position_nccn_not_read, ALWAYS),
    )


def primary(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Positions on removing the primary."""
    gut = category("tumour.primary_site").is_("jejunum_ileum") & facts.grading.is_net
    return (
        *_synchronous(facts, known),
        Position(known.position_enets_primary, gut),
        Position(known.position_asco_not_read, ALWAYS),
        Position(known.position_esmo_not_read, ALWAYS),
    )


def transplantation(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Positions on transplantation."""
    lists = facts.transplant_criteria
    unresectable = facts.grading.is_g1_g2 & ~category("liver.resectable").is_("complete")
    return (
        Position(known.position_milan_transplant, lists.milan_net),
        Position(known.position_optn_transplant, lists.optn),
        Position(known.position_sweden_transplant, unresectable),
        *not_read(known),
    )


def portal_vein(facts: Facts, known: SurgeryKnowledge) -> tuple[Position, ...]:
    """Positions on portal vein embolisation."""
    small = _clearable(facts) & ~facts.body.remnant_sufficient_cautious
    return (Position(known.position_cirse_embolisation, small), *not_read(known))
