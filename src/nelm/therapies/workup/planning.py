"""What a test should answer, and how often it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nelm.guideline.findings.all import Facts
from nelm.guideline.therapy import PatientView, Proposal, TrialMatch, item
from nelm.knowledge import Knowledge
from nelm.therapies.workup.knowledge import WorkupKnowledge

Plan = Callable[[WorkupKnowledge], Proposal]


def outlook(facts: Facts, knowledge: Knowledge) -> Mapping[str, tuple[TrialMatch, ...]]:
    """No trial is shown for a test."""
    return {}


def _biopsy(known: WorkupKnowledge) -> Proposal:
    return Proposal(regimen=(item("sample", known.biopsy_sample), item("lesion", known.biopsy_site)))


def _receptors(known: WorkupKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            item("tracer", known.receptor_tracer),
            item("timing", known.receptor_timing),
            item("timing, recalled", known.receptor_timing_recalled),
        ),
        monitoring=(item("report", known.receptor_report),),
    )


def _fdg(known: WorkupKnowledge) -> Proposal:
    return Proposal(monitoring=(item("report", known.fdg_report),))


def _mri(known: WorkupKnowledge) -> Proposal:
    return Proposal(monitoring=(item("report", known.mri_report),))


def _heart(known: WorkupKnowledge) -> Proposal:
    return Proposal(
        monitoring=(
            item("interval", known.heart_interval),
            item("before procedures", known.heart_before_procedures),
            item("screening", known.heart_no_consensus),
        ),
        cautions=(
            item("NT-proBNP", known.heart_probnp_no_reason),
            item("risk", known.heart_risk),
        ),
    )


def _dpyd(known: WorkupKnowledge) -> Proposal:
    return Proposal(
        monitoring=(item("result", known.dpyd_result),), cautions=(item("uracil", known.dpyd_uracil),)
    )


def _mapping(known: WorkupKnowledge) -> Proposal:
    return Proposal(
        quantities=(item("lung dose limit", known.mapping_limits),),
        monitoring=(item("report", known.mapping_report),),
    )


def _marrow(known: WorkupKnowledge) -> Proposal:
    return Proposal(
        monitoring=(item("report", known.marrow_report),), cautions=(item("risk", known.marrow_risk),)
    )


PLANS: dict[str, Plan] = {
    "workup.rebiopsy": _biopsy,
    "workup.sstr_pet": _receptors,
    "workup.fdg_pet": _fdg,
    "workup.liver_mri": _mri,
    "workup.echocardiography": _heart,
    "workup.dpyd": _dpyd,
    "workup.mapping_angiography": _mapping,
    "workup.bone_marrow": _marrow,
}


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """What one test should answer."""
    return PLANS[option](knowledge.record(WorkupKnowledge, "workup"))
