"""What guidelines, labels and trials say of analogues and interferon, and for whom."""

from __future__ import annotations

from nelm.guideline.criteria import Position
from nelm.guideline.facts import boolean, number
from nelm.guideline.failures import not_tolerated
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import ALWAYS, Boolean, every
from nelm.knowledge import Knowledge
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.population import (
    CLARINET_SITES,
    GASTROENTEROPANCREATIC,
    MIDGUT,
    controlled_syndrome,
    insulinoma,
    primary_in,
    receptor_positive,
)


def clarinet_population(facts: Facts, knowledge: Knowledge) -> Boolean:
    """Non-functioning, Ki-67 below 10 %, an organ of the trial."""
    limit = knowledge.trials["clarinet"].limits["ki67_percent_below"]
    slow = number("tumour.ki67_percent") < limit
    return every(
        primary_in(*CLARINET_SITES), ~facts.syndromes.functioning, slow, facts.grading.well_differentiated
    )


def promid_population(facts: Facts) -> Boolean:
    """Treatment-naive, well-differentiated midgut tumour."""
    return every(primary_in(*MIDGUT), facts.grading.well_differentiated, facts.history.naive)


def asco(facts: Facts, known: SomatostatinKnowledge) -> tuple[Position, ...]:
    """First line in G1-G2, kept in functioning tumours, weak in G3."""
    low_grade = facts.grading.is_g1_g2 & receptor_positive(facts)
    first = every(primary_in(*GASTROENTEROPANCREATIC), low_grade, ~facts.history.after_ssa)
    keep = every(facts.syndromes.functioning, facts.history.after_ssa, ~insulinoma())
    return (
        Position(known.position_asco_first, first),
        Position(known.position_asco_keep, keep),
        Position(known.position_asco_g3, facts.grading.grade.is_("G3") & ~controlled_syndrome()),
        Position(known.position_insulinoma, insulinoma()),
    )


def sweden(facts: Facts, known: SomatostatinKnowledge) -> Position:
    """Against symptoms, and against growth in small-bowel and pancreatic tumours."""
    growth = every(primary_in("jejunum_ileum", "pancreas"), facts.grading.is_g1_g2, ~facts.history.after_ssa)
    return Position(known.position_sweden, controlled_syndrome() | (growth & receptor_positive(facts)))


def not_read(known: SomatostatinKnowledge) -> tuple[Position, ...]:
    """Guidelines that exist and whose position was not read."""
    return (
        Position(known.position_esmo_not_read, ALWAYS),
        Position(known.position_enets_not_read, ALWAYS),
        Position(known.position_nanets_not_read, ALWAYS),
        Position(known.position_nccn_not_read, ALWAYS),
    )


def stopped(option: str, known: SomatostatinKnowledge) -> Position:
    """Stopped for toxicity before."""
    return Position(known.position_not_tolerated, not_tolerated(option))


def octreotide_positions(facts: Facts, known: SomatostatinKnowledge) -> tuple[Position, ...]:
    """Octreotide: PROMID, syndrome label, low burden in the ENETS table."""
    low_burden = number("liver.burden_percent") <= known.burden_high_from
    tabulated = every(
        primary_in(*MIDGUT),
        facts.grading.grade.is_("G1"),
        receptor_positive(facts),
        low_burden,
        ~facts.history.after_ssa,
    )
    return (
        *asco(facts, known),
        Position(known.position_label_octreotide, boolean("tumour.syndromes.carcinoid")),
        Position(known.position_promid, promid_population(facts)),
        stopped("ssa.octreotide_lar", known),
        Position(known.position_enets_octreotide, tabulated),
        sweden(facts, known),
        *not_read(known),
    )


def lanreotide_positions(
    facts: Facts, known: SomatostatinKnowledge, knowledge: Knowledge
) -> tuple[Position, ...]:
    """Lanreotide: CLARINET, label, any burden in the ENETS table."""
    in_trial = clarinet_population(facts, knowledge)
    tabulated = every(
        primary_in(*MIDGUT, "pancreas"),
        facts.grading.is_g1_g2,
        number("tumour.ki67_percent") <= known.enets_ki67_max,
        receptor_positive(facts),
        ~facts.history.after_ssa,
    )
    label = boolean("tumour.syndromes.carcinoid") | (in_trial & ~facts.history.after_ssa)
    return (
        *asco(facts, known),
        Position(known.position_label_lanreotide, label),
        Position(known.position_clarinet, in_trial & ~facts.history.after_ssa),
        stopped("ssa.lanreotide", known),
        Position(known.position_enets_lanreotide, tabulated),
        sweden(facts, known),
        *not_read(known),
    )


def intensified_positions(
    facts: Facts, known: SomatostatinKnowledge, knowledge: Knowledge
) -> tuple[Position, ...]:
    """Consider at best: one uncontrolled trial, and symptom control."""
    limit = knowledge.trials["clarinet_forte"].limits["ki67_percent_max"]
    forte = every(
        facts.history.after_ssa, primary_in(*MIDGUT, "pancreas"), number("tumour.ki67_percent") <= limit
    )
    return (
        Position(known.position_forte, forte),
        stopped("ssa.intensified", known),
        Position(known.position_intensify_syndrome, facts.syndromes.carcinoid_uncontrolled),
        Position(known.position_insulinoma, insulinoma()),
        *not_read(known),
    )


def interferon_positions(facts: Facts, known: SomatostatinKnowledge) -> tuple[Position, ...]:
    """A second or later line in functioning and small-bowel tumours."""
    low_grade = facts.grading.is_g1_g2
    limit = known.ki67_evidence_below
    slow = every(low_grade, number("tumour.ki67_percent") < limit, facts.syndromes.functioning)
    small_bowel = primary_in("jejunum_ileum") & low_grade
    after_two = facts.history.pretreated & facts.history.progressing
    return (
        Position(known.position_interferon_oberg, every(slow, facts.history.after_ssa, ~insulinoma())),
        Position(
            known.position_interferon_enets, every(primary_in(*MIDGUT), low_grade, ~receptor_positive(facts))
        ),
        Position(known.position_interferon_s0518, low_grade & ~primary_in("pancreas")),
        Position(known.position_interferon_late, small_bowel & after_two),
        stopped("biotherapy.interferon", known),
        *not_read(known),
    )
