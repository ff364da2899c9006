"""Disagreements between guidelines, labels and studies, shown when they touch the patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nelm.guideline.criteria import Verdict
from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some
from nelm.knowledge import Disagreement, Knowledge
from nelm.planner.plan import PlannedOption
from nelm.planner.sequence import SequenceKnowledge

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "d1_prrt_line": ("prrt.lu177_dotatate",),
    "d2_nec_platinum": ("chemo.platinum_etoposide", "chemo.platinum_irinotecan"),
    "d3_ki67_55": ("chemo.platinum_etoposide", "chemo.temozolomide", "chemo.captem"),
    "d4_chromogranin_a": (),
    "d5_debulking": ("resection.debulking",),
    "d6_transplant": ("transplant.liver",),
    "d7_future_liver_remnant": ("resection.liver", "resection.two_stage"),
    "d8_telotristat_liver": ("symptom.telotristat",),
    "d9_everolimus_liver": ("targeted.everolimus",),
    "d10_crisis_prophylaxis": ("symptom.crisis_prophylaxis",),
    "d11_heart_disease_screening": (),
    "d12_uptake_threshold": ("prrt.lu177_dotatate", "prrt.lu177_edotreotide"),
    "d13_radioembolisation": (
        "radioembolisation.y90_resin",
        "radioembolisation.y90_glass",
        "radioembolisation.ho166",
    ),
    "d14_drug_eluting_beads": ("embolisation.drug_eluting",),
    "d15_analogue_after_progression": ("ssa.octreotide_lar", "ssa.lanreotide", "ssa.intensified"),
    "d16_dpyd": ("chemo.captem", "chemo.stz_5fu", "chemo.folfox", "chemo.capox", "chemo.folfiri"),
    "d17_appendix_t": (),
    "d18_choi": ("targeted.sunitinib",),
    "d19_kidney_floor": ("prrt.lu177_dotatate",),
    "d20_old_g3": (),
    "d21_child_pugh_albumin": (),
    "d22_ctcae_neutrophils": (),
    "d23_marrow_dose": ("prrt.lu177_dotatate", "prrt.retreatment"),
}
"""Options of which at least one has to be open for the disagreement to touch the patient (none: no such need)."""

TOUCHES_WHILE_UNKNOWN = frozenset({"d16_dpyd"})
"""Disagreements about whether to find a fact out; they touch the patient above all while it is unknown."""

OPEN = (Verdict.RECOMMENDED, Verdict.OPTION, Verdict.UNDETERMINED)


def _liver_doubtful(facts: Facts) -> Boolean:
    return facts.liver_function.child_pugh.is_in("B", "C")


def _on_chemotherapy_or_prrt() -> Boolean:
    return some(*(boolean(f"treatments.{family}.ongoing") for family in ("chemo", "prrt", "targeted")))


def touches(facts: Facts, known: SequenceKnowledge) -> Mapping[str, Boolean]:
    """For each disagreement the facts of a patient that it touches."""
    net, grade = facts.grading.is_net, facts.grading.grade
    liver = facts.spread.liver_metastases
    return {
        "d1_prrt_line": grade.is_in("G2", "G3"),
        "d2_nec_platinum": facts.grading.is_carcinoma,
        "d3_ki67_55": grade.is_in("G3", "NEC", "MiNEN"),
        "d4_chromogranin_a": net,
        "d5_debulking": liver & net,
        "d6_transplant": liver & net,
        "d7_future_liver_remnant": liver,
        "d8_telotristat_liver": _liver_doubtful(facts),
        "d9_everolimus_liver": _liver_doubtful(facts),
        "d10_crisis_prophylaxis": boolean("tumour.syndromes.carcinoid"),
        "d11_heart_disease_screening": boolean("tumour.syndromes.carcinoid"),
        "d12_uptake_threshold": category("receptor_imaging.sstr.uptake").is_("equal_liver"),
        "d13_radioembolisation": liver & net,
        "d14_drug_eluting_beads": liver & net,
        "d15_analogue_after_progression": facts.history.after_ssa
        & category("tumour.functioning").is_("non_functioning"),
        "d16_dpyd": ~category("tumour.dpyd").is_("normal"),
        "d17_appendix_t": category("tumour.primary_site").is_("appendix"),
        "d18_choi": category("tumour.primary_site").is_("pancreas"),
        "d19_kidney_floor": facts.renal.creatinine_clearance.between(
            known.kidney_floor_low, known.kidney_floor_high
        ),
        "d20_old_g3": category("tumour.stated_grade").is_("G3") | grade.is_in("G3", "NEC"),
        "d21_child_pugh_albumin": _liver_doubtful(facts),
        "d22_ctcae_neutrophils": _on_chemotherapy_or_prrt(),
        "d23_marrow_dose": net,
    }


def conflict_column(identifier: str) -> str:
    """Column that says whether a disagreement touches the patient."""
    return f"conflict/{identifier}"


def conflict_statements(facts: Facts, known: SequenceKnowledge) -> dict[str, Boolean]:
    """The conditions of all disagreements by column."""
    return {conflict_column(name): test for name, test in touches(facts, known).items()}


def touching(
    line: Mapping[str, object], options: Sequence[PlannedOption], knowledge: Knowledge
) -> tuple[Disagreement, ...]:
    """The disagreements that touch this patient: the facts say so, and an option in question is open."""
    still_open = {item.id for item in options if item.verdict in OPEN}
    return tuple(
        item
        for name, item in knowledge.disagreements.items()
        if _touched(name, line[conflict_column(name)])
        and (not OPTIONS[name] or still_open & set(OPTIONS[name]))
    )


def _touched(identifier: str, answer: object) -> bool:
    return answer is True or (answer is None and identifier in TOUCHES_WHILE_UNKNOWN)
