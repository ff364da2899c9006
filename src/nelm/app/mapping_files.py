"""Writes a plan of radioembolisation: the document (nelm.mapping/1) and the page."""

from __future__ import annotations

import json
import math
from pathlib import Path

from nelm import __version__
from nelm.app.mapping import PlannedStudy
from nelm.app.mapping_report import cited_sources, headline, mapping_sections
from nelm.dosimetry.doses import RegionDose
from nelm.guideline.therapy import Item
from nelm.io.digits import significant
from nelm.io.planned_doses import MAPPING_SCHEMA
from nelm.knowledge import KNOWLEDGE_VERSION, load_knowledge
from nelm.planner.plan import DISCLAIMER
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.lung_shunt import LungShunt
from nelm.therapies.radioembolisation.methods import DevicePlan, MethodResult
from nelm.therapies.radioembolisation.territory import TerritoryMasses
from nelm.therapies.radioembolisation.thresholds import Threshold

Document = dict[str, object]
DIGITS = 6


def mapping_json(plan: PlannedStudy) -> str:
    """The document as text; an open end of an interval is null."""
    document = mapping_document(plan)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_mapping_page(plan: PlannedStudy, file: Path) -> None:
    """The page of a plan."""
    from nelm.report.sections import section_page

    text = section_page(
        "Radioembolisation: methods side by side",
        headline(plan),
        mapping_sections(plan),
        cited_sources(plan, load_knowledge()),
    )
    file.write_text(text, encoding="utf-8")


def mapping_document(plan: PlannedStudy) -> Document:
    """Everything that a plan holds, ready for JSON."""
    measured, lungs = plan.measured, plan.lungs
    return {
        "schema": MAPPING_SCHEMA,
        "software": __version__,
        "knowledge": KNOWLEDGE_VERSION,
        "notice": DISCLAIMER,
        "case_id": plan.before.case_id,
        "agent": plan.agent or None,
        "date": plan.date,
        "patient_key": plan.patient_key,
        "lung_shunt": None if lungs.shunt is None else _shunt(lungs.shunt),
        "lung_shunt_beside": [_shunt(one) for one in lungs.beside],
        "lung_mass_kg": _estimate(lungs.mass.mass_kg),
        "lung_mass_is_assumed": lungs.mass.is_assumed,
        "liver_ml": _number(measured.liver_ml),
        "tumour_ml": _number(measured.tumour_ml),
        "tumour_not_perfused_ml": _number(measured.missed_tumour_ml),
        "spared_normal_kg": _number(measured.spared_normal_kg),
        "territories": [_territory(one, plan) for one in measured.territories],
        "devices": [_device(one) for one in plan.devices],
        "predicted": {
            nuclide: [_predicted(one) for one in doses] for nuclide, doses in plan.predicted.items()
        },
        "vials": [
            {
                "device": one.vial.device.value,
                "activity_gbq": one.vial.activity_gbq,
                "calibrated_at": one.vial.calibrated_at.isoformat(),
                "method": one.method.value,
                "to_draw_gbq": _number(one.drawn_gbq),
                "opens": one.when.opens.isoformat(),
                "exact_at": one.when.exact_at.isoformat(),
                "closes": one.when.closes.isoformat(),
            }
            for one in plan.vials
        ],
        "cautions": [_item(one) for one in plan.cautions],
        "remarks": [
            *(_item(one) for one in plan.before.remarks),
            *({"text": text} for text in (*plan.remarks, *plan.refused)),
        ],
    }


def _shunt(shunt: LungShunt) -> Document:
    remarks = [_item(one) for one in shunt.remarks]
    return {"fraction": _estimate(shunt.fraction), "method": shunt.method.value, "remarks": remarks}


def _territory(one: TerritoryMasses, plan: PlannedStudy) -> Document:
    ratio = plan.ratios.get(one.name)
    return {
        "name": one.name,
        "extent": one.extent.value,
        "perfused_ml": _number(one.perfused_ml),
        "tumour_ml": _number(one.tumour_ml),
        "normal_ml": _number(one.normal_ml),
        "tumour_kg": _estimate(one.tumour_kg),
        "normal_kg": _estimate(one.normal_kg),
        "share_of_liver": _number(one.share_of_liver),
        "tumour_to_normal": None if ratio is None else _estimate(ratio.value),
    }


def _device(plan: DevicePlan) -> Document:
    aims, spheres = plan.aims, plan.microspheres
    none = plan.thresholds.no_value
    return {
        "device": spheres.device.value,
        "nuclide": spheres.nuclide,
        "constant_gy_kg_per_gbq": spheres.constant_gy_kg_per_gbq,
        "sphere_activity_bq": spheres.sphere_activity.value,
        "residual": _estimate(spheres.residual),
        "aims": {
            "tumour_gy": aims.tumour_gy,
            "perfused_normal_max_gy": aims.perfused_normal_max_gy,
            "whole_normal_max_gy": aims.whole_normal_max_gy,
            "lung_max_gy": aims.lung_max_gy,
            "lung_activity_max_gbq": aims.lung_activity_max_gbq,
        },
        "methods": [_method(one) for one in plan.methods],
        "threshold": None if none is None else _item(none),
        "thresholds": [_threshold(one) for one in plan.thresholds.found],
        "thresholds_of_other_tumours": [_threshold(one) for one in plan.thresholds.of_other_tumours],
        "differences": [_item(one) for one in spheres.remarks],
        "remarks": [_item(one) for one in plan.remarks],
    }


def _method(result: MethodResult) -> Document:
    doses = result.doses
    return {
        "method": result.method.value,
        "is_label_method": result.is_label_method,
        "delivered_gbq": _estimate(result.activity_gbq),
        "to_draw_gbq": _estimate(result.drawn_gbq),
        "territories_gbq": [_number(value) for value in result.territories_gbq],
        "doses": None
        if doses is None
        else {
            "perfused_gy": _estimate(doses.perfused_gy),
            "tumour_gy": _estimate(doses.tumour_gy),
            "perfused_normal_gy": _estimate(doses.perfused_normal_gy),
            "whole_normal_gy": _estimate(doses.whole_normal_gy),
            "lung_gy": _estimate(doses.lung_gy),
        },
        "chance_above_lung_limit": result.chance_above_lung_limit,
        "set_by": result.bound_by.value if result.bound_by else None,
        "alternatives_gbq": {bound.value: _estimate(activity) for bound, activity in result.alternatives},
        "exceeded": [one.value for one in result.exceeded],
        "missing": list(result.missing),
        "remarks": [_item(one) for one in result.remarks],
    }


def _threshold(row: Threshold) -> Document:
    entry = row.entry
    return {
        "region": row.region.value,
        "tumours": [one.value for one in row.tumours],
        "is_ceiling": row.is_ceiling,
        "value": entry.value,
        "low": entry.low,
        "high": entry.high,
        "unit": entry.unit,
        "sources": list(entry.sources),
        "status": entry.status.value,
    }


def _predicted(dose: RegionDose) -> Document:
    found: Document = {
        "name": dose.name,
        "kind": dose.kind.value,
        "gy_per_gbq": _estimate(dose.absorbed_dose_gy),
    }
    return found if dose.reason is None else {**found, "unknown_because": dose.reason}


def _item(one: Item) -> Document:
    return {"label": one.label, "text": one.text, "sources": list(one.sources), "status": one.status.value}


def _estimate(value: Estimate | None) -> Document | None:
    if value is None:
        return None
    return {"value": _number(value.value), "low": _number(value.low), "high": _number(value.high)}


def _number(value: float) -> float | None:
    """To so many digits; None for an end that is open."""
    return significant(value, DIGITS) if math.isfinite(value) else None
