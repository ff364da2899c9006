"""Which derived facts a plan lists as findings, with their sources and what has to be said beside them."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.findings.all import Facts
from nelm.guideline.findings.body import BodyKnowledge
from nelm.guideline.findings.burden import BurdenKnowledge
from nelm.guideline.findings.grading import GradingKnowledge
from nelm.guideline.findings.growth import GrowthKnowledge
from nelm.guideline.findings.liver_function import LiverFunctionKnowledge
from nelm.guideline.findings.performance import PerformanceKnowledge
from nelm.guideline.findings.receptors import ReceptorKnowledge
from nelm.guideline.findings.renal import RenalKnowledge
from nelm.guideline.findings.staging import StagingKnowledge
from nelm.guideline.findings.syndromes import SyndromeKnowledge
from nelm.guideline.findings.transplant_criteria import TransplantKnowledge
from nelm.guideline.logic import DefinedBoolean, DefinedNumber, Partition, facts_of, limits_of
from nelm.knowledge import Entry, Knowledge, Status, sources_of, weakest

Derived = DefinedNumber | DefinedBoolean | Partition


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A derived fact as the plan shows it.

    `status` is that of the limits and the formula, or of the definition where there are none; `decimals` are
    those of the display alone; `note` is what the sources say beside the value; `facts` are the raw facts it
    rests on. A finding is left out while nothing is known of any of them.
    """

    id: str
    node: Derived
    sources: tuple[str, ...]
    status: Status
    note: str | None
    decimals: int
    facts: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the finding is, in words."""
        return self.node.meaning

    @property
    def unit(self) -> str | None:
        """UCUM unit of a number."""
        return self.node.unit if isinstance(self.node, DefinedNumber) else None


def _finding(
    node: Derived, *entries: Entry, beside: tuple[Entry, ...] = (), decimals: int = 0
) -> ReportedFinding:
    """A finding with the sources of its limits, of the formula's `entries` and of what is said `beside`."""
    limits = (*limits_of(node, through_definitions=True), *entries)
    rests_on = (*limits, *beside)
    return ReportedFinding(
        id=node.name,
        node=node,
        sources=sources_of(rests_on),
        status=weakest(tuple(entry.status for entry in limits or beside)),
        note=" ".join(entry.statement for entry in beside) or None,
        decimals=decimals,
        facts=facts_of(node),
    )


def _tumour(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    grade = knowledge.record(GradingKnowledge, "grading")
    stage = knowledge.record(StagingKnowledge, "staging")
    beside_grade = (
        grade.higher_grade_rules,
        grade.carcinoma_not_graded,
        grade.mixed_graded_by_component,
        grade.differentiation_is_separate,
        grade.highest_recent_specimen,
        grade.lung_scheme_differs,
    )
    beside_stage = (stage.groups, stage.groups_stomach, stage.stage_one_without_nodes, stage.carcinoma_elsewhere,
                    stage.uicc_narrower, stage.edition)  # fmt: skip
    splits = (stage.colorectum_split, stage.pancreas_enets, stage.pancreas_enets_three_a, stage.ampulla_enets)
    return (
        _finding(facts.grading.grade, beside=beside_grade),
        _finding(facts.staging.m, beside=(stage.metastasis_categories,)),
        _finding(facts.staging.stage, beside=(*beside_stage, *splits)),
        _finding(facts.staging.midgut, beside=(stage.trial_buckets,)),
    )


def _syndromes(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known, found = knowledge.record(SyndromeKnowledge, "syndromes"), facts.syndromes
    return (
        _finding(found.functioning, beside=(known.functioning_needs_syndrome, known.secondary_hormones)),
        _finding(found.carcinoid_uncontrolled, known.functioning_needs_syndrome),
        _finding(found.crisis_risk, beside=(known.hormone_crisis_group,)),
        _finding(found.carcinoid_hormone, beside=(known.carcinoid_hormone,)),
        _finding(found.insulinoma_hormone, beside=(known.insulinoma_hormones,)),
        _finding(found.gastrinoma_hormone, beside=(known.gastrinoma_hormone,)),
        _finding(found.vipoma_hormone, beside=(known.vipoma_hormone,)),
        _finding(found.glucagonoma_hormone, beside=(known.glucagonoma_hormone, known.somatostatinoma)),
        _finding(
            found.heart_markers_raised, beside=(known.heart_markers, known.normal_probnp_does_not_settle)
        ),
    )


def _imaging(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known, found = knowledge.record(ReceptorKnowledge, "receptors"), facts.receptors
    relation = (
        known.krenning_relation,
        known.krenning_second_numbering,
        known.threshold_differs,
        known.pet_reads_higher,
    )
    return (
        _finding(found.at_least_liver, beside=relation),
        _finding(found.mismatch, beside=(known.mismatch_weighs_more, known.other_dual_scales)),
        _finding(found.netpet, beside=(known.netpet_definition, known.netpet_outcome)),
    )


def _liver(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known, pattern = knowledge.record(BurdenKnowledge, "burden"), facts.burden
    size, body = knowledge.record(BodyKnowledge, "body"), facts.body
    frilling = (known.frilling_one, known.frilling_two, known.frilling_three)
    enets = (known.enets_simple, known.enets_complex, known.enets_diffuse)
    debulking = (known.debulking_one, known.debulking_two, known.debulking_three)
    return (
        _finding(pattern.burden_class, beside=(known.bins_share_no_value, known.method_is_stated)),
        _finding(pattern.frilling, beside=frilling),
        _finding(pattern.enets_pattern, beside=enets),
        _finding(pattern.debulking_type, beside=debulking),
        _finding(pattern.high, beside=(known.high_burden,)),
        _finding(body.total_liver_volume, size.vauthey_slope, size.vauthey_constant),
        _finding(body.total_liver_volume_urata, size.urata_slope, size.urata_constant),
        _finding(body.standardised_remnant_percent, beside=(size.remnant_denominator,), decimals=1),
        _finding(body.remnant_sufficient, size.remnant_normal),
        _finding(body.remnant_sufficient_cautious, size.remnant_normal_cautious),
    )


def _function(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known, liver = knowledge.record(LiverFunctionKnowledge, "liver_function"), facts.liver_function
    kidney, renal = knowledge.record(RenalKnowledge, "renal"), facts.renal
    said = (known.child_pugh_extrapolated, known.child_pugh_biliary_disease)
    return (
        _finding(liver.child_pugh_score, beside=said),
        _finding(liver.child_pugh, beside=said),
        _finding(
            liver.child_pugh_score_alternative, beside=(known.child_pugh_albumin_three_below_alternative,)
        ),
        _finding(liver.child_pugh_alternative, beside=(known.child_pugh_albumin_three_below_alternative,)),
        _finding(liver.albi, known.albi_bilirubin, known.albi_albumin, decimals=2),
        _finding(liver.albi_grade, known.albi_bilirubin, known.albi_albumin),
        _finding(liver.meld, known.meld3_bilirubin, known.meld_lower_bound),
        _finding(renal.creatinine_clearance, kidney.cockcroft_gault_age, kidney.cockcroft_gault_divisor),
        _finding(renal.filtration_rate, kidney.ckd_epi_factor, kidney.ckd_epi_exponent),
    )


def _patient(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known = knowledge.record(PerformanceKnowledge, "performance")
    size, growth = knowledge.record(BodyKnowledge, "body"), knowledge.record(GrowthKnowledge, "growth")
    rate = (growth.rate_is_of_volume, growth.below_reading_error)
    return (
        _finding(facts.performance.karnofsky, known.ecog_0, beside=(known.ecog_map_is_convention,)),
        _finding(facts.body.bsa, size.mosteller_divisor, decimals=2),
        _finding(facts.body.bsa_dubois, size.dubois_factor, decimals=2),
        _finding(facts.growth.tumour_growth_rate, growth.dimensions, beside=rate, decimals=1),
        _finding(facts.growth.diameter_growth_rate, growth.dimensions, beside=rate, decimals=2),
        _finding(facts.growth.fast_under_observation, beside=(growth.three_month_from,)),
        _finding(facts.growth.fast_before_treatment, beside=(growth.before_from,)),
    )


def _transplantation(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    known, lists = knowledge.record(TransplantKnowledge, "transplantation"), facts.transplant_criteria
    parts = (*lists.milan_parts, *lists.optn_parts)
    return (
        _finding(lists.milan_net, known.milan_age),
        _finding(lists.milan_net_later, beside=(known.milan_later,)),
        _finding(lists.optn, *(part.entry for part in lists.optn_parts), beside=(known.optn_no_age_limit,)),
        *(_finding(part.statement, beside=(part.entry,)) for part in parts),
    )


def reported(facts: Facts, knowledge: Knowledge) -> tuple[ReportedFinding, ...]:
    """Every derived fact that a plan lists, in the order in which it lists them."""
    groups = (_tumour, _syndromes, _imaging, _liver, _function, _patient, _transplantation)
    return tuple(finding for group in groups for finding in group(facts, knowledge))
