"""Analogues and interferon: who they are for, the insulinoma flag, doses by syndrome and organ."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.rows import evaluate_option

from nelm.guideline.therapy import Item, PatientView, Proposal
from nelm.knowledge import load_knowledge
from nelm.therapies.somatostatin import THERAPY

OCTREOTIDE, LANREOTIDE = "ssa.octreotide_lar", "ssa.lanreotide"
INTENSIFIED, INTERFERON = "ssa.intensified", "biotherapy.interferon"
AS_OF = date(2026, 5, 1)
SYNDROMES = (
    "carcinoid", "insulinoma", "gastrinoma", "vipoma", "glucagonoma", "somatostatinoma", "acth", "pthrp", "ghrh",
    "other",
)  # fmt: skip
NON_FUNCTIONING: dict[str, Any] = {
    "tumour.functioning": "non_functioning",
    **{f"tumour.syndromes.{name}": False for name in SYNDROMES},
}
MIDGUT: dict[str, Any] = {
    **NON_FUNCTIONING,
    "tumour.primary_site": "jejunum_ileum",
    "tumour.differentiation": "well",
    "tumour.mixed": False,
    "tumour.ki67_percent": 4,
    "receptor_imaging.sstr.uptake": "above_liver",
    "receptor_imaging.sstr.positive": True,
    "course.status": "new",
    "treatments.ssa.received": False,
    "treatments.ssa.ongoing": False,
    "treatments.ssa.progressed_on": False,
}
CARCINOID: dict[str, Any] = {
    **MIDGUT,
    "tumour.functioning": "functioning",
    "tumour.syndromes.carcinoid": True,
}
FAILED: dict[str, Any] = {
    "course.status": "progressing",
    "treatments.ssa.received": True,
    "treatments.ssa.ongoing": True,
    "treatments.ssa.progressed_on": True,
}


def _verdict(option: str, facts: dict[str, Any]) -> str:
    return evaluate_option(option, facts)["verdict"]


def _proposal(option: str, **values: Any) -> Proposal:
    return THERAPY.proposal(option, PatientView("case", AS_OF, values), load_knowledge())


def _named(items: tuple[Item, ...], label: str) -> Item:
    return next(line for line in items if line.label == label)


def _labels(items: tuple[Item, ...]) -> set[str]:
    return {line.label for line in items}


@pytest.mark.parametrize("option", [OCTREOTIDE, LANREOTIDE])
def test_first_line_of_a_receptor_positive_tumour(option: str) -> None:
    """T-01, T-02, ASCO."""
    assert _verdict(option, MIDGUT) == "recommended"


@pytest.mark.parametrize("option", [OCTREOTIDE, LANREOTIDE, INTENSIFIED])
def test_insulinoma_blocks_an_analogue(option: str) -> None:
    """SYN-2, trap 23."""
    insulinoma = {"tumour.functioning": "functioning", "tumour.syndromes.insulinoma": True}
    assert _verdict(option, {**MIDGUT, **insulinoma}) == "contraindicated"


def test_unknown_syndrome_leaves_it_undetermined() -> None:
    """An insulinoma that nobody asked for is not ruled out."""
    facts = {
        name: value for name, value in MIDGUT.items() if "syndromes" not in name and "functioning" not in name
    }
    assert _verdict(OCTREOTIDE, facts) == "undetermined"


def test_receptor_negative_tumour_without_a_syndrome_is_not_indicated() -> None:
    """ASCO: receptors are asked for."""
    negative = {
        "receptor_imaging.sstr.uptake": "none",
        "receptor_imaging.sstr.positive": False,
        "tumour.sstr2_positive": False,
    }
    assert _verdict(LANREOTIDE, {**MIDGUT, **negative}) == "not_indicated"


def test_syndrome_is_an_indication_without_receptor_imaging() -> None:
    """SYN-1."""
    facts = {name: value for name, value in CARCINOID.items() if not name.startswith("receptor")}
    assert _verdict(OCTREOTIDE, facts) == "recommended"


def test_g3_without_a_syndrome_is_not_recommended() -> None:
    """ASCO: relatively ineffective."""
    assert _verdict(OCTREOTIDE, {**MIDGUT, "tumour.ki67_percent": 40}) == "option"


def test_after_progression_without_a_syndrome_it_is_an_option_at_most() -> None:
    """D15."""
    found = evaluate_option(LANREOTIDE, {**MIDGUT, **FAILED})
    assert found["verdict"] == "option"
    assert found["states"]["somatostatin.progressed_nonfunctioning"] == "met"


def test_after_progression_a_functioning_tumour_keeps_its_analogue() -> None:
    """ASCO."""
    assert _verdict(OCTREOTIDE, {**CARCINOID, **FAILED}) == "recommended"


def test_intensified_only_after_the_standard_dose() -> None:
    """T-03."""
    assert _verdict(INTENSIFIED, MIDGUT) == "not_indicated"
    assert _verdict(INTENSIFIED, {**MIDGUT, **FAILED}) == "option"
    despite = {"treatments.ssa.received": True, "symptoms.flushing.refractory_to_ssa": True}
    assert _verdict(INTENSIFIED, {**CARCINOID, **despite}) == "option"


def test_interferon_in_a_refractory_syndrome() -> None:
    """The agent card: refractory carcinoid syndrome; decompensated liver holds it."""
    liver = {"liver.ascites": "none", "liver.encephalopathy": "none"}
    refractory = {**CARCINOID, **FAILED, **liver, "symptoms.flushing.refractory_to_ssa": True}
    assert _verdict(INTERFERON, refractory) == "option"
    assert _verdict(INTERFERON, {**refractory, "liver.ascites": "moderate_severe"}) == "undetermined"
    assert _verdict(INTERFERON, MIDGUT) == "not_indicated"


def _with_syndrome(present: bool) -> dict[str, Any]:
    return {f"tumour.syndromes.{name}": present and name == "carcinoid" for name in SYNDROMES}


NO_ORGAN_FAILURE = {"patient.comorbidities.dialysis": False, "patient.comorbidities.cirrhosis": False}


def test_octreotide_dose_for_the_tumour_and_for_symptoms() -> None:
    """The agent card: 30 mg, or 20 mg after two weeks of short-acting octreotide."""
    tumour = _proposal(OCTREOTIDE, **_with_syndrome(False), **NO_ORGAN_FAILURE).regimen
    assert _named(tumour, "dose, for the tumour").value == 30
    assert "short-acting first, for symptoms" not in _labels(tumour)
    symptoms = _proposal(OCTREOTIDE, **_with_syndrome(True), **NO_ORGAN_FAILURE).regimen
    assert _named(symptoms, "starting dose, for symptoms").value == 20
    assert _named(symptoms, "first depot").value == "2026-05-15"


@pytest.mark.parametrize("organ", ["dialysis", "cirrhosis"])
def test_octreotide_starts_low_with_dialysis_or_cirrhosis(organ: str) -> None:
    """10 mg alone, and beside the other dose while it is unknown."""
    known = _proposal(OCTREOTIDE, **{f"patient.comorbidities.{organ}": True}).regimen
    assert _named(known, "starting dose, reduced").value == 10
    assert "dose, for the tumour" not in _labels(known)
    assert {"starting dose, reduced", "dose, for the tumour"} <= _labels(_proposal(OCTREOTIDE).regimen)


def test_lanreotide_is_never_doubled_for_symptoms() -> None:
    """Trap 21: one injection of 120 mg every 28 days, with or without carcinoid syndrome."""
    regimen = _proposal(LANREOTIDE, **_with_syndrome(True)).regimen
    assert [line.value for line in regimen if line.unit == "mg"] == [120]
    assert _named(regimen, "interval").value == 28
    assert "never added" in _named(regimen, "never doubled").text


def test_running_analogue_has_no_invented_injection_day() -> None:
    """The day of the last injection is not a fact of the case."""
    line = _named(_proposal(LANREOTIDE, **{"treatments.ssa.ongoing": True}).regimen, "next injection")
    assert line.value is None
    assert "not known" in line.text


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("treatments.ssa.lanreotide", "lanreotide, shorter interval"),
        ("treatments.ssa.octreotide_lar", "octreotide, shorter interval"),
    ],
)
def test_intensified_form_follows_the_analogue_given(given: str, label: str) -> None:
    """T-03 and the agent card; all forms while it is unknown."""
    both = {"lanreotide, shorter interval", "octreotide, shorter interval"}
    assert _labels(_proposal(INTENSIFIED, **{given: True}).regimen) & both == {label}
    assert both <= _labels(_proposal(INTENSIFIED).regimen)
