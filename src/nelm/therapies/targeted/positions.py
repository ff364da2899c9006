"""What guidelines, labels and trials say of each drug, and for whom."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, every
from nelm.therapies.targeted.knowledge import TargetedKnowledge
from nelm.therapies.targeted.settings import Settings

Positions = tuple[Position, ...]


def not_read(known: TargetedKnowledge) -> Positions:
    """Guidelines that were not opened, named as such."""
    return (
        Position(known.position_esmo, ALWAYS),
        Position(known.position_enets, ALWAYS),
        Position(known.position_nanets, ALWAYS),
        Position(known.position_nccn, ALWAYS),
    )


def _asco_pancreas(facts: Facts, known: TargetedKnowledge, place: Settings) -> Positions:
    """What ASCO says of everolimus and sunitinib alike in the pancreas."""
    g1_g2 = place.pancreas & facts.grading.is_g1_g2
    later = facts.history.after_ssa | facts.history.pretreated
    g3 = every(place.pancreas, facts.grading.grade.is_("G3"), facts.history.progressing)
    return (
        Position(known.position_asco_pancreas, every(g1_g2, facts.history.progressing, later)),
        Position(
            known.position_asco_receptor_negative,
            every(g1_g2, place.receptor_negative, facts.history.new_or_progressing),
        ),
        Position(known.position_asco_g3, g3),
    )


def _everolimus(facts: Facts, known: TargetedKnowledge, place: Settings) -> Positions:
    progressing = facts.history.progressing
    gut_later = every(place.gut, facts.grading.is_g1_g2, progressing, facts.history.after_ssa)
    silent = every(place.gut_or_lung, place.progressing, ~facts.syndromes.functioning)
    midgut_negative = every(place.midgut, facts.grading.is_g1_g2, place.receptor_negative)
    comparable = every(facts.grading.is_g1_g2, progressing, facts.receptors.positive)
    return (
        Position(known.position_fda_everolimus_pancreas, place.pancreas & place.progressing),
        Position(known.position_fda_everolimus_gut_lung, silent),
        Position(known.position_fda_everolimus_carcinoid, facts.syndromes.carcinoid),
        Position(known.position_asco_everolimus_gut, gut_later),
        *_asco_pancreas(facts, known, place),
        Position(
            known.position_enets2016_insulinoma, place.pancreas & boolean("tumour.syndromes.insulinoma")
        ),
        Position(known.position_enets2016_midgut, midgut_negative),
        Position(known.position_compete, comparable),
        Position(known.position_seqtor, every(place.pancreas, facts.grading.is_g1_g2, progressing)),
    )


def _cabozantinib(facts: Facts, known: TargetedKnowledge, place: Settings) -> Positions:
    later = place.progressing & facts.history.pretreated
    return (
        Position(known.position_fda_cabozantinib, later),
        Position(known.position_ec_cabozantinib, later),
        Position(known.position_asco_before_cabinet, ALWAYS),
    )


def positions(facts: Facts, known: TargetedKnowledge, place: Settings) -> dict[str, tuple[Position, ...]]:
    """Positions by option."""
    unread = not_read(known)
    g1_g2_progressing = facts.grading.is_g1_g2 & facts.history.progressing
    return {
        "targeted.everolimus": (*_everolimus(facts, known, place), *unread),
        "targeted.sunitinib": (
            Position(known.position_fda_sunitinib, place.pancreas & place.progressing),
            *_asco_pancreas(facts, known, place),
            Position(known.position_enets2016_sunitinib, place.pancreas & facts.grading.is_g1_g2),
            *unread,
        ),
        "targeted.cabozantinib": (*_cabozantinib(facts, known, place), *unread),
        "targeted.surufatinib": (
            Position(known.position_china_surufatinib, g1_g2_progressing),
            Position(known.position_fda_surufatinib, ALWAYS),
            *unread,
        ),
        "targeted.bevacizumab": (
            Position(known.position_s0518, facts.grading.well_differentiated),
            Position(known.position_bevanec, category("tumour.differentiation").is_("poor")),
            *unread,
        ),
    }
