"""Traps of a naive implementation, by number: medicines and the reading of their evidence, in whole plans."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib.resources import files
from typing import Any

import pytest
from tests.vignettes.board import (
    MIDGUT,
    conflict,
    evidence,
    option,
    outcomes,
    pancreas,
    plan,
    states,
    texts,
    verdict,
)

from nelm.case.vocabulary import LabTest as LaboratoryTest
from nelm.errors import InputError
from nelm.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
CARCINOID = {
    "tumour__functioning": "functioning",
    "tumour__syndromes": ["carcinoid"],
    "symptoms": [{"name": "diarrhoea", "per_day": 6, "refractory_to_ssa": True}],
}
CHILD_PUGH = {
    "A": {},
    "B": {
        "labs__bilirubin": {"value": 45, "unit": "umol/L"},
        "labs__albumin": {"value": 30, "unit": "g/L"},
    },
    "C": {
        "labs__bilirubin": {"value": 60, "unit": "umol/L"},
        "labs__albumin": {"value": 25, "unit": "g/L"},
        "liver__ascites": "moderate_severe",
    },
}


def survival(study: dict[str, Any]) -> dict[str, Any]:
    """The one hazard ratio of overall survival that a plan shows of a study."""
    (found,) = outcomes(study, "overall_survival", "hazard_ratio")
    return found


def test_trap_14_everolimus_is_not_for_the_carcinoid_syndrome() -> None:
    """The label excludes functional carcinoid: the same tumour without a syndrome may have it."""
    assert verdict(plan(), "targeted.everolimus") in ("recommended", "option")
    functional = plan(**CARCINOID)
    assert verdict(functional, "targeted.everolimus") == "not_indicated"
    assert states(functional, "targeted.everolimus")["targeted.functional_carcinoid"] == "not_met"


def test_trap_14_radiant_2_missed_its_boundary() -> None:
    """One-sided p 0.026 against a boundary of 0.0246, and a survival hazard ratio of 1.17."""
    study = evidence(plan(), "targeted.everolimus", "radiant_2")
    (p_value,) = outcomes(study, "progression_free_survival", "p_value")
    assert p_value["value"] == 0.026 and "0.0246" in p_value["note"] and "missed" in p_value["note"]
    assert survival(study)["value"] == 1.17 and "not significant" in survival(study)["note"]


@pytest.mark.parametrize(
    ("name", "trial", "value"),
    [("chemo.captem", "e2211", 0.82), ("targeted.sunitinib", "sun1111", 0.73)],
)
def test_trap_15_final_survival_and_not_the_early_figure(name: str, trial: str, value: float) -> None:
    """E2211 is 0.82 and SUN1111 0.73; the early 0.41 of both stands nowhere in the plan."""
    study = evidence(pancreas(), name, trial)
    assert survival(study)["value"] == value and "not significant" in survival(study)["note"]
    assert 0.41 not in [item["value"] for item in study["outcomes"]]


def test_trap_16_two_sets_of_figures_each_with_its_label() -> None:
    """CABINET: 3.3 months and 0.22 by the label, 4.4 and 0.23 by NEJM, never unlabelled."""
    study = evidence(pancreas(), "targeted.cabozantinib", "cabinet_pancreatic")
    labels = {"FDA label": (3.3, 0.22), "NEJM": (4.4, 0.23)}
    for label, (months, ratio) in labels.items():
        median, hazard = (
            next(o for o in outcomes(study, "progression_free_survival", measure) if label in o["note"])
            for measure in ("median", "hazard_ratio")
        )
        assert (median["comparator_value"], hazard["value"]) == (months, ratio)
    assert all(item["note"] for item in study["outcomes"])


def test_trap_16_clarinet_by_paper_and_by_label() -> None:
    """CLARINET: a placebo median of 18.0 months in NEJM and 16.6 in the United States label."""
    medians = outcomes(evidence(plan(), "ssa.lanreotide", "clarinet"), "progression_free_survival", "median")
    assert {o["comparator_value"]: "NEJM:" in o["note"] for o in medians} == {18.0: True, 16.6: False}
    assert all("label" in o["note"] for o in medians if o["comparator_value"] == 16.6)


def test_trap_17_sunitinib_is_continuous() -> None:
    """37.5 mg a day without a break, not the 50 mg, 4 weeks on and 2 off, of kidney cancer."""
    dose = option(pancreas(), "targeted.sunitinib")["regimen"]["dose"]
    assert (dose["value"], dose["unit"]) == (37.5, "mg/d")
    assert "without a break" in dose["text"]


def test_trap_18_cabozantinib_needs_earlier_treatment_and_is_reduced_in_most() -> None:
    """After an analogue alone it is not indicated; two thirds were reduced, to a median of 38.4 mg."""
    name = "targeted.cabozantinib"
    assert verdict(pancreas(), name) == "not_indicated"
    earlier = {
        "option": "targeted.everolimus",
        "start": "2025-09-01",
        "ongoing": False,
        "progressed_on": True,
    }
    treated = pancreas(treatments=[*MIDGUT["treatments"], earlier])
    assert verdict(treated, name) in ("recommended", "option")
    reduced = option(treated, name)["regimen"]["after toxicity"]
    assert reduced["value"] == 38.4 and "two thirds" in reduced["text"]


@pytest.mark.parametrize(("grade", "expected"), [("A", True), ("B", True), ("C", False)])
def test_trap_19_telotristat_and_the_liver(grade: str, expected: bool) -> None:
    """Child-Pugh B: not recommended (FDA) or 250 mg once a day (EMA); C: neither label allows it."""
    document = plan(**CARCINOID, **CHILD_PUGH[grade])
    assert (verdict(document, "symptom.telotristat") in ("recommended", "option")) is expected
    doses = option(document, "symptom.telotristat")["regimen"]
    if grade == "B":
        assert (
            doses["dose, United States"]["value"] is None
            and "not recommended" in doses["dose, United States"]["text"]
        )
        assert doses["dose, Europe"]["value"] == 250 and "once a day" in doses["dose, Europe"]["text"]
        assert set(conflict(document, "d8_telotristat_liver")) == {"FDA label", "EMA label"}
    if grade == "C":
        assert not [item for label, item in doses.items() if label.startswith("dose") and item["value"]]


def test_trap_19_octreotide_comes_half_an_hour_later() -> None:
    """Short-acting octreotide at least 30 minutes after telotristat."""
    later = option(plan(**CARCINOID), "symptom.telotristat")["regimen"]["octreotide"]
    assert (later["value"], later["unit"]) == (30, "min")
    assert "after telotristat" in later["text"]


@pytest.mark.parametrize(("grade", "highest"), [("A", 7.5), ("B", 5.0), ("C", 2.5)])
def test_trap_20_everolimus_by_liver_function(grade: str, highest: float) -> None:
    """7.5, 5 and at most 2.5 mg; older labels print 2.5 for class B, which is said."""
    dose = option(
        pancreas(patient__comorbidities=["cirrhosis"], liver__parenchyma="cirrhosis", **CHILD_PUGH[grade]),
        "targeted.everolimus",
    )["regimen"]["dose"]
    assert max(dose["high"] or 0, dose["value"] or 0) == highest
    if grade == "B":
        assert "Older" in dose["text"] and dose["low"] == 2.5


def test_trap_21_lanreotide_is_never_doubled_for_the_syndrome() -> None:
    """The 120 mg for the tumour cover the carcinoid syndrome: one dose, and the plan says so."""
    syndrome, silent = (
        option(document, "ssa.lanreotide")["regimen"] for document in (plan(**CARCINOID), plan())
    )
    assert syndrome["dose"] == silent["dose"] and syndrome["dose"]["value"] == 120
    assert [item["value"] for item in syndrome.values() if item["unit"] == "mg"] == [120]
    assert "never added" in syndrome["never doubled"]["text"]


def test_trap_22_captem_days_and_versions() -> None:
    """Capecitabine twice daily on days 1 to 14, temozolomide once daily on days 10 to 14, every 28 days."""
    regimen = option(pancreas(), "chemo.captem")["regimen"]
    assert "twice daily on days 1 to 14" in regimen["capecitabine"]["text"]
    assert "once daily on days 10 to 14 only" in regimen["temozolomide"]["text"]
    assert (regimen["cycle"]["value"], regimen["cycle"]["unit"]) == (28, "d")
    assert "750 mg/m" in regimen["capecitabine"]["text"] and "600 mg/m" in regimen["older version"]["text"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, "undetermined"), ("complete", "contraindicated"), ("normal", "recommended")],
)
def test_trap_22_dpyd_is_tested_first(status: str | None, expected: str) -> None:
    """Without the DPYD result CAPTEM is not recommended, and the plan asks for the test."""
    document = pancreas(tumour__dpyd=status)
    assert verdict(document, "chemo.captem") == expected
    assert (verdict(document, "workup.dpyd") == "recommended") is (status is None)


@pytest.mark.parametrize("name", ["ssa.octreotide_lar", "ssa.lanreotide", "ssa.intensified"])
def test_trap_23_an_insulinoma_blocks_the_analogue(name: str) -> None:
    """An analogue can deepen the hypoglycaemia of an insulinoma: contraindicated, for that reason."""
    document = pancreas(tumour__functioning="functioning", tumour__syndromes=["insulinoma"])
    assert verdict(document, name) == "contraindicated"
    assert states(document, name)["somatostatin.insulinoma"] == "met"


def test_trap_23_streptozocin_stops_at_the_kidney() -> None:
    """A low clearance keeps streptozocin from being recommended, and only that criterion moves."""
    low = pancreas(labs__creatinine={"value": 200, "unit": "umol/L"})
    assert verdict(pancreas(), "chemo.stz_5fu") == "recommended"
    assert verdict(low, "chemo.stz_5fu") in ("undetermined", "contraindicated")
    assert states(low, "chemo.stz_5fu")["chemotherapy.streptozocin_renal"] == "met"
    kidney = next(i for i in option(low, "chemo.stz_5fu")["monitoring"] if i["label"] == "kidney")
    assert "weekly" in kidney["text"] and "protein" in kidney["text"]


def test_trap_34_a_normal_probnp_settles_nothing() -> None:
    """260 ng/L found 92 % in 2008 and 46 % in 2023: echocardiography is asked for whatever the value."""
    for value in (90, 900):
        document = plan(**CARCINOID, labs__nt_probnp={"value": value, "unit": "ng/L"})
        assert verdict(document, "workup.echocardiography") == "recommended"
        views = conflict(document, "d11_heart_disease_screening")
        assert "92 %" in views["Cohort of 2008"] and "46 %" in views["Cohort of 2023"]


def test_trap_35_the_version_of_the_criteria_is_said() -> None:
    """CLARINET and phase IV sunitinib used RECIST 1.0; Choi was better in one study, worse in another."""
    document = pancreas()
    assert "RECIST 1.0" in evidence(document, "ssa.lanreotide", "clarinet")["caveat"]
    assert "RECIST 1.0" in evidence(document, "targeted.sunitinib", "sunitinib_phase_4")["caveat"]
    views = conflict(document, "d18_choi")
    assert "Choi was better" in views["CRIPNET"] and "RECIST told prognosis better" in views["Dutch cohort"]
    growth = KNOWLEDGE.entries("response")["progression_rise_mm"]
    assert growth.value == 5 and "1.0" in growth.statement


def test_trap_37_no_item_of_a_questionnaire_is_shipped() -> None:
    """EORTC items are licensed: structure and scoring alone, no text of an item, and that is said."""
    rows = {item["id"]: item["reason"] for item in _rows_not_encoded()}
    assert "licence" in rows["RSP-18"]
    shipped = "\n".join(text.lower() for text in _shipped())
    assert not re.search(r"during the past week|trouble taking a long walk|did you need to rest", shipped)


def _rows_not_encoded() -> list[dict[str, str]]:
    text = (files("nelm.knowledge") / "data" / "rows_not_encoded.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["rows"]


def _shipped() -> Iterator[str]:
    yield from _knowledge_texts()
    for document in (pancreas(), plan(**CARCINOID)):
        yield from texts({key: value for key, value in document.items() if key != "sources"})


def _knowledge_texts() -> Iterator[str]:
    """Every text of the knowledge: entries, studies with their outcomes, disagreements."""
    names = [
        path.name[:-5] for path in (files("nelm.knowledge") / "data").iterdir() if path.name.endswith(".toml")
    ]
    for name in sorted(set(names) - {"sources", "trials", "conflicts", "rows_not_encoded"}):
        yield from (entry.statement for entry in KNOWLEDGE.entries(name).values())
    yield from _words((*KNOWLEDGE.trials.values(), *KNOWLEDGE.disagreements.values()))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _words(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words(getattr(value, field.name))


CLAIM = re.compile(
    r"(prolong\w*|lengthen\w*|extend\w*|improv\w*|increas\w*|longer)\s+(\w+\s+){0,2}(survival|life)\b"
    r"|survival (benefit|advantage|gain)|gain in (overall )?survival|(live|lived|survive|survived) longer",
    re.IGNORECASE,
)
DENIAL = re.compile(r"\b(no|not|never|without|none|nor|although)\b", re.IGNORECASE)


def claims(lines: Iterator[str]) -> list[str]:
    """Texts that speak of longer survival in a sentence that denies nothing."""
    sentences = (part for line in lines for part in re.split(r"(?<=[.;:])\s", line))
    return [part for part in sentences if CLAIM.search(part) and not DENIAL.search(part)]


def test_trap_38_the_scan_finds_a_claim() -> None:
    """The words that the next test looks for are found when they are there."""
    assert claims(iter(["It prolongs overall survival.", "A survival benefit was seen."]))
    assert len(claims(iter(["A gain in survival."]))) == 1 and not claims(iter(["No survival benefit."]))


def test_trap_38_nothing_is_said_to_prolong_survival() -> None:
    """No survival gain was shown by any randomised trial here; crossover was 36 to 88 %."""
    assert claims(_shipped()) == []
    for name in ("targeted.everolimus", "targeted.sunitinib", "chemo.captem", "chemo.stz_5fu"):
        told = [item["text"] for item in option(pancreas(), name)["cautions"] if item["label"] == "survival"]
        assert told and "No randomised trial" in told[0]


def test_trap_38_every_survival_result_of_a_randomised_trial_is_qualified() -> None:
    """Each overall survival figure of a randomised trial says that it is not significant, or why it says nothing."""
    words = (
        "not significant",
        "no significant difference",
        "no survival difference",
        "no claim",
        "superseded",
    )
    results = [
        (trial.id, outcome.note)
        for trial in KNOWLEDGE.trials.values()
        for outcome in trial.outcomes
        if trial.design == "randomised" and outcome.endpoint == "overall_survival"
    ]
    assert len(results) > 20
    assert [item for item in results if not any(word in (item[1] or "") for word in words)] == []


def test_trap_40_words_of_another_era_are_read_as_such() -> None:
    """G3 once meant carcinoma: a case that says G3 alone is not given a grade, and older words are quoted."""
    stated = plan(tumour__stated_grade="G3", tumour__specimens=[{"date": "2026-03-10", "ki67_percent": 40}])
    assert not [f for f in stated["findings"] if f["id"] == "tumour.grade" and f["value"] == "G3"]
    assert "carcinoma" in conflict(stated, "d20_old_g3")["Literature before WHO 2017 and 2019"]
    assert verdict(stated, "chemo.platinum_etoposide") == "undetermined"
    assert '"carcinoid"' in KNOWLEDGE.trials["radiant_2"].population
    assert "not separated" in KNOWLEDGE.trials["nordic_nec_1"].population


def test_trap_41_limits_of_one_netest_are_not_used_for_the_other() -> None:
    """NETest 2.0 is another algorithm: it has no limit here, and no criterion asks for either."""
    entries = KNOWLEDGE.entries("surveillance")
    assert entries["marker_netest"].value == 40 and "1.0" in entries["marker_netest"].statement
    assert entries["marker_netest2"].value is None and "do not hold" in entries["marker_netest2"].statement
    assert not [test for test in LaboratoryTest if "netest" in test.value]
    with pytest.raises(InputError):
        plan(labs__netest={"value": 41})


def test_trap_43_promid_is_time_to_progression_and_clarinet_was_stable() -> None:
    """PROMID has no progression-free survival; 96 % of CLARINET were stable before entry."""
    document = plan()
    promid = evidence(document, "ssa.octreotide_lar", "promid")
    assert outcomes(promid, "time_to_progression", "hazard_ratio")[0]["value"] == 0.34
    assert not [item for item in promid["outcomes"] if item["endpoint"] == "progression_free_survival"]
    clarinet = evidence(document, "ssa.lanreotide", "clarinet")
    assert "96 % were stable" in clarinet["caveat"] and "does not show" in clarinet["caveat"]
    fast = plan(course__rapid=True)
    assert states(fast, "ssa.lanreotide")["somatostatin.fast_growth"] == "met"
