"""The liver ledger as a JSON document (nelm.liver/1): feasibility, candidates, plans, every number with its limits."""

from __future__ import annotations

from nelm import __version__
from nelm.guideline.feasibility import Feasibility, Reason
from nelm.io.digits import significant
from nelm.io.dose_json import estimate_document
from nelm.knowledge import KNOWLEDGE_VERSION, Entry
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.proposals import Unreachable
from nelm.planner.liver.heated import HeatedLesion
from nelm.planner.liver.ledger import LiverLedger, PlannedResection
from nelm.therapies.ablation.lesion_plan import AblationOption, AblationPlan
from nelm.therapies.ablation.needle_path import NeedlePath
from nelm.therapies.embolisation.sessions import EmbolisationPlan
from nelm.therapies.surgery.staging import StagedResection
from nelm.therapies.surgery.standardised import StandardisedRemnant

Document = dict[str, object]
SCHEMA = "nelm.liver/1"
DIGITS = 4


def liver_document(ledger: LiverLedger, facts: Document, *, case: str | None, notice: str) -> Document:
    """The whole document.

    Parameters
    ----------
    facts : What goes into a case (`liver_facts`).
    case : Name of the case; None where none was given.
    notice : What this is not.
    """
    return {
        "schema": SCHEMA,
        "case": case,
        "software": __version__,
        "knowledge": KNOWLEDGE_VERSION,
        "notice": notice,
        "facts": facts,
        "lesions": [_lesion(ledger, item.lesion.name) for item in ledger.measurement.lesions],
        "remnant_limit": None if ledger.remnant_limit is None else limit_document(ledger.remnant_limit),
        "plans": [_plan(plan) | {"aim": aim.name} for aim, plan in ledger.proposals.plans],
        "unreachable": [_unreachable(one) for one in ledger.proposals.unreachable],
        "front": {
            "plans": [_point(plan) for plan in ledger.front.plans],
            "is_cut": ledger.front.is_cut,
            "residual_resolution_percent": ledger.front.resolution.residual_percent,
            "liver_resolution_percent": ledger.front.resolution.liver_percent,
        },
        "resections": [_resection(one) for one in ledger.resections],
        "staged": [_staged(one) for one in ledger.staged],
        "ablations": [_ablation(one) for one in ledger.ablations],
        "heat": {name: _heat(one) for name, one in ledger.heat.items()},
        "territories": [
            {"name": one.name, "level": one.level.value, "lobe": one.lobe.value,
             "liver_ml": estimate_document(one.liver_ml), "healthy_ml": estimate_document(one.healthy_ml),
             "tumour_ml": significant(one.tumour_ml, DIGITS), "diameter_mm": significant(one.diameter_mm, DIGITS),
             "shares": {name: estimate_document(share) for name, share in one.shares.items()}}
            for one in ledger.territories.territories
        ],
        "territories_by": ledger.territories.supply.value,
        "embolisation": _embolisation(ledger.embolisation),
        "remarks": list(ledger.remarks),
    }  # fmt: skip


def _lesion(ledger: LiverLedger, name: str) -> Document:
    found = [one for one in ledger.feasibility if one.lesion == name]
    return {"id": name, "feasibility": [_feasibility(one) for one in found]}


def _feasibility(found: Feasibility) -> Document:
    return {
        "modality": found.modality.value,
        "state": found.state.value,
        "reasons": [reason_document(reason) for reason in found.reasons],
        "cautions": list(found.cautions),
    }


def reason_document(reason: Reason) -> Document:
    """One thing that was looked at."""
    return {
        "text": reason.text,
        "state": reason.state.value,
        "value": estimate_document(reason.value),
        "unit": reason.unit or None,
        "limit": None if reason.limit is None else limit_document(reason.limit),
    }


def limit_document(entry: Entry) -> Document:
    """A limit with its source."""
    return {
        "id": entry.id,
        "statement": entry.statement,
        "value": entry.value if isinstance(entry.value, int | float) else None,
        "low": entry.low,
        "high": entry.high,
        "unit": entry.unit,
        "sources": list(entry.sources),
        "status": entry.status.value,
    }


def _plan(plan: JointPlan) -> Document:
    """One plan in full."""
    return {
        **_point(plan),
        "assignments": [
            {"lesion": one.lesion, "action": one.action.value, "by": list(one.by)} for one in plan.assignments
        ],
        "untreated_ml": estimate_document(plan.untreated_ml),
        "proof": {
            "status": plan.proof.status.value,
            "gap": plan.proof.gap,
            "solver": plan.proof.solver,
            "programmes": plan.proof.programmes,
            "verified": plan.proof.verified,
            "corrected": plan.proof.corrected,
        },
        "remarks": list(plan.remarks),
    }


def _point(plan: JointPlan) -> Document:
    """What a plan comes to."""
    burden = plan.burden
    return {
        "taken": list(plan.taken),
        "residual_ml": estimate_document(plan.residual_ml),
        "removed_percent": estimate_document(plan.removed_percent),
        "remnant_ml": estimate_document(plan.remnant_ml),
        "burden": {name: getattr(burden, name) for name in burden.__dataclass_fields__},
    }


def _unreachable(one: Unreachable) -> Document:
    return {"aim": one.aim.name, "against": str(one.against)}


def _resection(one: PlannedResection) -> Document:
    candidate = one.candidate
    return {
        "name": candidate.name,
        "kind": candidate.modality.value,
        "segments": sorted(candidate.segments_taken),
        "removes": [
            {"lesion": removal.lesion, "margin_mm": estimate_document(removal.margin_mm),
             "vessel": removal.vessel or None, "vessel_mm": estimate_document(removal.vessel_mm),
             "state": removal.state.value}
            for removal in candidate.removed
        ],
        "cuts_through": list(candidate.cut_through),
        "resected_ml": significant(candidate.resected_ml, DIGITS),
        "inflow_lost_ml": significant(candidate.inflow_lost_ml, DIGITS),
        "outflow_lost_ml": significant(candidate.outflow_lost_ml, DIGITS),
        "vessels_cut": [vessel.name for vessel in candidate.vessels_cut],
        "is_major": candidate.is_major,
        "complexity": candidate.complexity,
        "remnant": _remnant(one.remnant) | {
            "anatomical_ml": estimate_document(candidate.volumes.anatomical_ml),
            "supplied_ml": estimate_document(candidate.volumes.supplied_ml),
            "drained_ml": estimate_document(candidate.volumes.drained_ml),
            "functional_ml": estimate_document(candidate.volumes.functional_ml),
        },
    }  # fmt: skip


def _remnant(remnant: StandardisedRemnant) -> Document:
    return {
        "percent": estimate_document(remnant.percent),
        "of": remnant.denominator.value,
        "counted": remnant.counted.value,
        "limits": [{**limit_document(entry), "reached": state.value} for entry, state in remnant.answers],
    }


def _staged(one: StagedResection) -> Document:
    growth = one.growth
    return {
        "first": [candidate.name for candidate in one.first],
        "embolised": one.embolised,
        "second": one.second.name,
        "left": list(one.left),
        "before": _remnant(one.before),
        "growth": None if growth is None else {
            "weeks": growth.weeks,
            "percent": estimate_document(growth.percent),
            "gain_points": estimate_document(growth.gain_points),
            "limits": [{**limit_document(entry), "reached": state.value} for entry, state in growth.answers],
        },
        "notes": [entry.statement for entry in one.notes],
    }  # fmt: skip


def _ablation(plan: AblationPlan) -> Document:
    reach = plan.reach
    return {
        "lesion": plan.lesion,
        "directions_tried": reach.tried,
        "directions_free": reach.free,
        "refused": dict(reach.refused),
        "near_miss": reach.near_miss or None,
        "unknown_structures": list(reach.unknown),
        "paths": [_path(path) for path in reach.paths],
        "options": [_option(option) for option in plan.options],
    }


def _path(path: NeedlePath) -> Document:
    return {
        "entry_mm": [significant(value, 6) for value in path.entry_mm],
        "target_mm": [significant(value, 6) for value in path.target_mm],
        "tip_mm": [significant(value, 6) for value in path.tip_mm],
        "length_mm": significant(path.length_mm, DIGITS),
        "capsule_angle_deg": significant(path.capsule_angle_deg, DIGITS),
        "axial_angle_deg": significant(path.axial_angle_deg, DIGITS),
        "liver_before_lesion_mm": significant(path.liver_before_lesion_mm, DIGITS),
        "distances_mm": {name: significant(length, DIGITS) for name, length in path.distances},
        "cautions": list(path.cautions),
    }


def _option(option: AblationOption) -> Document:
    narrow = option.narrow
    return {
        "modality": option.modality.value,
        "state": option.feasibility.state.value,
        "device": None if option.row is None else option.row.words,
        "positions": None if narrow is None or narrow.count is None else [_path(one) for one in narrow.paths],
        "why_not": None if narrow is None else narrow.why_not or None,
        "coverage": None if option.coverage is None else [list(one) for one in option.coverage.shares],
        "certainty": [
            {"margin_mm": one.margin_mm, "probability": one.probability,
             "targeting_sd_mm": significant(one.targeting_sd_mm, DIGITS), "zone_varies": one.zone_varies}
            for one in option.certainties
        ],
        "remarks": list(option.remarks),
    }  # fmt: skip


def _heat(one: HeatedLesion) -> Document:
    zone = one.zone
    return {
        "power_w": zone.setting.power_w,
        "duration_s": zone.setting.duration_s,
        "aim": one.aim,
        "search": one.choice.text,
        "models": [
            {"model": model.model, "volume_ml": estimate_document(model.volume_ml),
             "coverage": [[part.margin_mm, estimate_document(part.share)] for part in model.coverage]}
            for model in zone.zones
        ],
        "vessel": None if zone.sink is None else {
            "name": zone.sink.vessel, "distance_mm": significant(zone.sink.distance_mm, DIGITS),
            "losses": [
                {"model": loss.model, "volume_ml": significant(loss.volume_ml, DIGITS),
                 "facing": significant(loss.facing, DIGITS),
                 "facing_without": significant(loss.facing_without, DIGITS), "away": significant(loss.away, DIGITS),
                 "away_without": significant(loss.away_without, DIGITS)}
                for loss in zone.sink.losses
            ],
        },
        "remarks": list(zone.remarks),
    }  # fmt: skip


def _embolisation(plan: EmbolisationPlan) -> Document:
    return {
        "state": plan.state.value,
        "sessions": [
            {"number": one.number, "lobe": one.lobe.value, "territories": [part.name for part in one.territories],
             "healthy_ml": significant(one.healthy_ml, DIGITS),
             "healthy_percent": significant(one.healthy_percent, DIGITS),
             "tumour_ml": significant(one.tumour_ml, DIGITS), "lesions": list(one.lesions)}
            for one in plan.sessions
        ],
        "intervals": [one.text for one in plan.intervals],
        "treated_percent": estimate_document(plan.treated_percent),
        "missed": list(plan.missed),
        "unsure": list(plan.unsure),
        "reasons": [reason_document(reason) for reason in plan.reasons],
        "remarks": list(plan.remarks),
    }  # fmt: skip
