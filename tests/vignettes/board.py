"""Small whole cases laid before the planner, and what the board would read in the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nelm.app import case_plan
from nelm.case import parse_case
from nelm.io.plan_json import plan_document

Document = dict[str, Any]

MIDGUT: Document = {
    "schema": "nelm.case/1",
    "id": "trap",
    "as_of": "2026-05-01",
    "patient": {
        "sex": "female", "age_years": 61, "height_cm": 166, "weight_kg": 64, "ecog": 1, "pregnant": False,
        "breastfeeding": False, "fit_for_major_surgery": True, "comorbidities": [], "no_other_comorbidities": True,
    },
    "tumour": {
        "primary_site": "jejunum_ileum", "primary_in_situ": False, "functioning": "non_functioning",
        "syndromes": [], "hereditary": "none", "dpyd": "normal",
        "specimens": [{"date": "2026-03-10", "site": "liver", "differentiation": "well", "ki67_percent": 4,
                       "mitoses_per_2mm2": 1}],
    },
    "receptor_imaging": {
        "sstr": {"date": "2026-03-20", "uptake": "above_liver", "extent": "all"},
        "fdg": {"date": "2026-03-21", "uptake": "none", "positive_sstr_negative_lesions": False},
    },
    "liver": {
        "lesion_count": 12, "largest_mm": 45, "lobes": "both", "burden_percent": 30, "resectable": "no",
        "volume_ml": 1600, "parenchyma": "normal", "portal_vein_thrombosis": "none",
        "bilioenteric_anastomosis": False, "biliary_obstruction": False, "ascites": "none",
        "encephalopathy": "none", "lung_shunt_fraction": 0.05, "lung_dose_so_far_gy": 0,
    },
    "extrahepatic": [],
    "no_other_extrahepatic": True,
    "course": {"status": "progressing", "basis": "recist_1_1", "interval_months": 8,
               "diameter_change_percent": 24, "rapid": False},
    "symptoms": [],
    "labs": [
        {"test": "creatinine", "value": 70, "unit": "umol/L", "upper_limit": 90},
        {"test": "bilirubin", "value": 10, "unit": "umol/L", "upper_limit": 21},
        {"test": "albumin", "value": 42, "unit": "g/L"},
        {"test": "inr", "value": 1.0},
        {"test": "platelets", "value": 220, "unit": "10*9/L"},
        {"test": "haemoglobin", "value": 130, "unit": "g/L"},
        {"test": "leukocytes", "value": 6, "unit": "10*9/L"},
        {"test": "neutrophils", "value": 4, "unit": "10*9/L"},
        {"test": "lymphocytes", "value": 1.5, "unit": "10*9/L"},
    ],
    "treatments": [{"option": "ssa.lanreotide", "start": "2025-06-01", "ongoing": True, "progressed_on": True}],
    "no_other_treatments": True,
}  # fmt: skip
"""A midgut G1-G2 tumour with receptors that grows on lanreotide; nothing that excludes a treatment."""


def changed(document: Document, changes: Document) -> Document:
    """A copy of the case with some values by dotted path; `labs.<test>` sets one laboratory value."""
    result = _copied(document)
    for path, value in changes.items():
        *place, last = path.split(".")
        if place == ["labs"]:
            result["labs"] = [item for item in result["labs"] if item["test"] != last] + [
                value | {"test": last}
            ]
            continue
        target = result
        for name in place:
            target = target.setdefault(name, {})
        target[last] = value
    return result


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def plan(**changes: Any) -> Document:
    """The plan of the midgut case with changes (`liver__burden_percent=60`)."""
    asked = {path.replace("__", "."): value for path, value in changes.items()}
    return plan_document(case_plan(parse_case(changed(MIDGUT, asked), origin="trap")))


def pancreas(**changes: Any) -> Document:
    """The plan of the same patient with a pancreatic primary."""
    return plan(tumour__primary_site="pancreas", **changes)


def option(document: Document, name: str) -> Document:
    """One option of a plan."""
    return next(item for item in document["options"] if item["id"] == name)


def verdict(document: Document, name: str) -> str:
    """The verdict on one option."""
    return option(document, name)["verdict"]


def states(document: Document, name: str) -> dict[str, str]:
    """The criteria of one option and whether they are met."""
    return {item["id"]: item["state"] for item in option(document, name)["criteria"]}


def evidence(document: Document, name: str, trial: str) -> Document:
    """What the plan shows of one study under one option."""
    return next(item for item in option(document, name)["evidence"] if item["trial"] == trial)


def outcomes(study: Document, endpoint: str, measure: str) -> list[Document]:
    """The results of a study for one endpoint and measure."""
    return [item for item in study["outcomes"] if (item["endpoint"], item["measure"]) == (endpoint, measure)]


def conflict(document: Document, name: str) -> dict[str, str]:
    """The views of one disagreement: what each body says."""
    found = next(item for item in document["conflicts"] if item["id"] == name)
    return {view["body"]: view["says"] for view in found["views"]}


def texts(value: Any) -> Iterator[str]:
    """Every text in a plan or a part of it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
