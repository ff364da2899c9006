"""What guidelines, labels and trials say of each regimen, and for whom."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import boolean, category
from nelm.guideline.failures import failed
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Boolean, every, some
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge
from nelm.therapies.chemotherapy.settings import Settings

Positions = tuple[Position, ...]


def not_read(known: ChemotherapyKnowledge) -> Positions:
    """Guidelines that were not opened, named as such."""
    return (
        Position(known.position_esmo, ALWAYS),
        Position(known.position_nanets, ALWAYS),
        Position(known.position_nccn, ALWAYS),
    )


def _asco(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Positions:
    """Chemotherapy as such; the text read does not single out a regimen."""
    later = every(
        place.pancreatic_g1_g2, facts.history.progressing, facts.history.after_ssa | facts.history.pretreated
    )
    receptor_negative = ~facts.receptors.positive | facts.receptors.mixed_or_negative
    return (
        Position(known.position_asco_pancreas_second_line, later),
        Position(
            known.position_asco_receptor_negative,
            every(place.pancreatic_g1_g2, receptor_negative, facts.history.new_or_progressing),
        ),
        Position(
            known.position_asco_early,
            every(place.pancreatic_g1_g2, place.early, facts.history.new_or_progressing),
        ),
        Position(known.position_asco_g3, place.net_g3),
    )


def _bulky_or_progressing(facts: Facts, place: Settings) -> Boolean:
    return every(place.pancreas, facts.grading.is_net, facts.history.progressing | boolean("symptoms.bulk"))


def _midgut(facts: Facts) -> Boolean:
    small_bowel = category("tumour.primary_site").is_in("jejunum_ileum", "duodenum")
    return small_bowel & facts.grading.is_g1_g2


def _captem(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Positions:
    grade_2 = facts.grading.grade.is_("G2")
    pressing = some(boolean("course.rapid"), place.early)
    return (
        *_asco(facts, known, place),
        Position(known.position_enets2017, _bulky_or_progressing(facts, place)),
        Position(known.position_enets2016_captem, every(place.pancreas, grade_2, pressing)),
        Position(
            known.position_norway_captem,
            every(place.pancreas, facts.grading.is_net, facts.history.progressing),
        ),
        Position(known.position_norway_midgut, _midgut(facts)),
        Position(known.position_survey_captem, place.second_line_carcinoma),
        Position(known.position_esmo2021_lung, place.lung_carcinoid),
    )


def _temozolomide(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Positions:
    return (
        Position(known.position_e2211_combination, place.pancreatic_g1_g2),
        Position(known.position_tenec, place.second_line_carcinoma),
        Position(known.position_norway_midgut, _midgut(facts)),
        Position(known.position_esmo2021_lung, place.lung_carcinoid),
    )


def _streptozocin(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Positions:
    pressing = some(boolean("course.rapid"), place.early)
    label = every(place.pancreatic_g1_g2, facts.history.progressing | boolean("symptoms.bulk"))
    return (
        *_asco(facts, known, place),
        Position(known.position_zanosar_label, label),
        Position(known.position_enets2017, _bulky_or_progressing(facts, place)),
        Position(known.position_enets2016_streptozocin, every(place.pancreatic_g1_g2, pressing)),
    )


def _platinum_etoposide(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> Positions:
    pure = place.untreated_carcinoma & facts.grading.grade.is_("NEC")
    again = place.second_line_carcinoma & boolean("treatments.chemo.platinum_etoposide")
    return (
        Position(known.position_enets2023_platinum, pure),
        Position(known.position_enets2016_platinum, place.untreated_carcinoma),
        Position(known.position_norway_platinum, pure),
        Position(known.position_nordic_net_g3, facts.grading.grade.is_("G3")),
        Position(known.position_rechallenge, again),
    )


def positions(facts: Facts, known: ChemotherapyKnowledge, place: Settings) -> dict[str, tuple[Position, ...]]:
    """Positions by option."""
    unread = not_read(known)
    practice = Position(
        known.position_folfox_sequence,
        some(place.net_g3, place.second_line_carcinoma, place.pancreatic_need),
    )
    return {
        "chemo.captem": (*_captem(facts, known, place), *unread),
        "chemo.temozolomide": (*_temozolomide(facts, known, place), *unread),
        "chemo.stz_5fu": (*_streptozocin(facts, known, place), *unread),
        "chemo.platinum_etoposide": (
            *_platinum_etoposide(facts, known, place),
            Position(known.position_platinum_failed, failed("chemo.platinum_etoposide")),
            *unread,
        ),
        "chemo.platinum_irinotecan": (
            Position(known.position_topic_nec, place.untreated_carcinoma),
            Position(known.position_enets_irinotecan_platinum, place.untreated_carcinoma),
            Position(known.position_nordic_net_g3, facts.grading.grade.is_("G3")),
            *unread,
        ),
        "chemo.folfox": (practice, *unread),
        "chemo.capox": (Position(known.position_capox_evidence, ALWAYS), *unread),
        "chemo.folfiri": (
            Position(known.position_enets2023_second_line, place.second_line_carcinoma),
            *unread,
        ),
    }
