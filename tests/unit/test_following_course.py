"""What is made of a course: dose steps against the record, marrow, heart, analogue, calendar, lanes of the page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nelm.app.course import Followed, follow, read_and_follow
from nelm.app.course.drug_tables import row_of_term
from nelm.app.course.drugs import DrugStep
from nelm.app.course.sections import course_sections
from nelm.app.course.view import course_view
from nelm.followup.due import Examination
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.marrow_watch import Verdict
from nelm.io.course_files import course_of, read_course
from nelm.knowledge import load_knowledge
from nelm.report.course.wording import headline
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge, ChemotherapyModification
from nelm.therapies.chemotherapy.modification import capecitabine
from nelm.therapies.somatostatin.steps import Advice, Target
from nelm.therapies.targeted.knowledge import TargetedKnowledge, TargetedModification
from nelm.therapies.targeted.modification import cabozantinib
from nelm.therapies.targeted.modification_everolimus import LiverImpairment, everolimus

DATA = Path(__file__).parent.parent / "data"
KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(QualityOfLifeKnowledge, "quality_of_life")
Document = dict[str, Any]
LIVER = [
    {"test": "bilirubin", "value": 9, "unit": "umol/L", "upper_limit": 21, "date": "2026-01-01"},
    {"test": "albumin", "value": 42, "unit": "g/L", "date": "2026-01-01"},
    {"test": "inr", "value": 1.0, "date": "2026-01-01"},
]
COUNTS = ("platelets", "neutrophils", "haemoglobin")


def course(**lists: Any) -> Document:
    """A pancreatic tumour with a liver of class A, and lists."""
    case = {
        "schema": "nelm.case/1", "id": "steps", "as_of": "2026-01-01",
        "patient": {"sex": "male", "age_years": 60, "height_cm": 175, "weight_kg": 75, "no_other_comorbidities": True,
                    "comorbidities": []},
        "tumour": {"primary_site": "pancreas", "functioning": "non_functioning", "dpyd": "normal",
                   "specimens": [{"differentiation": "well", "ki67_percent": 5, "mitoses_per_2mm2": 1}]},
        "liver": {"parenchyma": "normal", "ascites": "none", "encephalopathy": "none"},
        "no_other_treatments": True,
    }  # fmt: skip
    labs = [*LIVER, *lists.pop("labs", [])]
    return {"schema": "nelm.course/1", "id": "steps", "case": case, "labs": labs} | lists


def followed(on: str, **lists: Any) -> Followed:
    file = course_of(course(**lists), DATA, KNOWN)
    return follow(file, on=date.fromisoformat(on), knowledge=KNOWLEDGE)


def counts(
    day: str, platelets: float = 200, neutrophils: float = 4, haemoglobin: float = 140
) -> list[Document]:
    units = ("10*9/L", "10*9/L", "g/L")
    values = (platelets, neutrophils, haemoglobin)
    return [
        {"test": test, "value": value, "unit": unit, "date": day}
        for test, value, unit in zip(COUNTS, values, units, strict=True)
    ]


def reviews(*days: str) -> list[Document]:
    return [{"date": day, "no_other_toxicities": True} for day in days]


def step(found: Followed, drug: str) -> DrugStep:
    (one,) = [item for item in found.steps if item.step.drug == drug]
    return one


@pytest.fixture(scope="module")
def demo() -> Followed:
    return read_and_follow(str(DATA / "courses" / "demo-course.yaml"))


# ---------------------------------------------------------------------------------------- dose steps
EVEROLIMUS = [{"option": "targeted.everolimus", "start": "2026-02-01",
               "doses": [{"date": "2026-02-01", "amount": 10, "unit": "mg"}]}]  # fmt: skip


def test_nothing_seen_on_the_day_of_a_review_gives_the_full_dose() -> None:
    labs = counts("2026-03-01")
    found = step(
        followed("2026-03-01", treatments=EVEROLIMUS, labs=labs, reviews=reviews("2026-03-01")), "everolimus"
    )
    assert (found.step.action, found.step.level) == (Action.GIVE, Level.FULL)
    assert found.step.dose is not None
    assert found.step.dose.amount == 10


def test_without_a_review_nothing_is_taken_as_absent() -> None:
    found = step(followed("2026-03-01", treatments=EVEROLIMUS, labs=counts("2026-03-01")), "everolimus")
    assert found.step.action is Action.FIND_OUT
    assert not {"the grade of platelets", "the grade of neutrophils"} & set(found.step.find_out)
    assert "the grade of stomatitis" in found.step.find_out


def test_a_review_speaks_for_its_own_day_only() -> None:
    found = step(followed("2026-03-02", treatments=EVEROLIMUS, reviews=reviews("2026-03-01")), "everolimus")
    assert found.step.action is Action.FIND_OUT


def test_a_value_that_an_earlier_review_has_seen_does_not_speak_for_the_next_dose() -> None:
    labs, days = counts("2026-03-01"), reviews("2026-03-01")
    later = followed("2026-06-01", treatments=EVEROLIMUS, labs=labs, reviews=days)
    assert "the grade of platelets" in step(later, "everolimus").step.find_out
    fresh = followed("2026-03-20", treatments=EVEROLIMUS, labs=[*labs, *counts("2026-03-18")], reviews=days)
    assert "the grade of platelets" not in step(fresh, "everolimus").step.find_out


def test_an_unresolved_toxicity_holds_and_a_dose_given_in_spite_of_it_is_said() -> None:
    toxicities = [
        {"date": "2026-02-20", "term": "pneumonitis", "grade": 3, "treatment": "targeted.everolimus"}
    ]
    found = step(followed("2026-03-01", treatments=EVEROLIMUS, toxicities=toxicities), "everolimus")
    assert (found.step.action, found.step.level) == (Action.HOLD, Level.ON_HOLD)
    assert any("The record shows no pause." in remark for remark in found.remarks)


def test_a_permanent_stop_is_not_undone_by_doses_of_the_record() -> None:
    toxicities = [{"date": "2026-02-20", "term": "pneumonitis", "grade": 4, "treatment": "targeted.everolimus",
                   "resolved_on": "2026-03-10"}]  # fmt: skip
    found = step(
        followed("2026-04-01", treatments=EVEROLIMUS, toxicities=toxicities, labs=counts("2026-04-01"),
                 reviews=reviews("2026-04-01")), "everolimus")  # fmt: skip
    assert (found.step.action, found.step.level) == (Action.STOP, Level.STOPPED)


def test_a_lower_dose_of_the_record_is_never_raised() -> None:
    treatments = [{"option": "targeted.everolimus", "start": "2026-02-01",
                   "doses": [{"date": "2026-02-01", "amount": 10, "unit": "mg"},
                             {"date": "2026-02-20", "amount": 5, "unit": "mg"}]}]  # fmt: skip
    found = step(
        followed(
            "2026-03-01", treatments=treatments, labs=counts("2026-03-01"), reviews=reviews("2026-03-01")
        ),
        "everolimus",
    )
    assert found.step.dose is not None
    assert found.step.dose.amount == 5


def test_a_higher_dose_than_the_table_allows_is_said() -> None:
    treatments = [{"option": "targeted.everolimus", "start": "2026-02-01",
                   "doses": [{"date": "2026-02-01", "amount": 5, "unit": "mg"},
                             {"date": "2026-02-20", "amount": 10, "unit": "mg"}]}]  # fmt: skip
    found = step(followed("2026-03-01", treatments=treatments, reviews=reviews("2026-02-10")), "everolimus")
    assert any("more than the table allows" in remark for remark in found.remarks)


def test_captem_has_two_tables_and_both_wait_for_counts() -> None:
    treatments = [{"option": "chemo.captem", "start": "2026-02-01", "cycles": [{"date": "2026-02-01"}]}]
    labs = [*counts("2026-03-01", platelets=60), {"test": "creatinine", "value": 80, "unit": "umol/L",
                                                  "date": "2026-03-01"}]  # fmt: skip
    found = followed("2026-03-01", treatments=treatments, labs=labs, reviews=reviews("2026-03-01"))
    assert step(found, "temozolomide").step.action is Action.HOLD
    assert step(found, "capecitabine").step.action is Action.HOLD


def test_capecitabine_is_refused_without_the_enzyme() -> None:
    document = course(treatments=[{"option": "chemo.captem", "start": "2026-02-01"}])
    document["case"]["tumour"]["dpyd"] = "complete"
    found = follow(course_of(document, DATA, KNOWN), on=date(2026, 3, 1), knowledge=KNOWLEDGE)
    assert step(found, "capecitabine").step.action is Action.STOP


PRRT = [{"option": "prrt.lu177_dotatate", "start": "2026-02-01",
         "cycles": [{"date": "2026-02-01", "activity_gbq": 7.4}]}]  # fmt: skip


def chemistry(day: str) -> list[Document]:
    return [
        {"test": "creatinine", "value": 80, "unit": "umol/L", "date": day},
        {"test": "bilirubin", "value": 9, "unit": "umol/L", "upper_limit": 21, "date": day},
        {"test": "albumin", "value": 42, "unit": "g/L", "date": day},
    ]


def test_the_next_cycle_is_given_when_everything_is_known() -> None:
    labs = [*chemistry("2026-01-20"), *counts("2026-03-28"), *chemistry("2026-03-28")]
    found = step(
        followed("2026-03-30", treatments=PRRT, labs=labs, reviews=reviews("2026-03-30")), "177Lu-DOTATATE"
    )
    assert (found.step.action, found.step.level) == (Action.GIVE, Level.FULL)
    assert found.step.dose is not None
    assert found.step.dose.amount == pytest.approx(7.4)


def test_low_platelets_hold_the_cycle_and_halve_the_one_after() -> None:
    labs = [*chemistry("2026-01-20"), *counts("2026-03-28", platelets=60), *counts("2026-04-28"),
            *chemistry("2026-03-28"), *chemistry("2026-04-28")]  # fmt: skip
    days = reviews("2026-03-30", "2026-04-30")
    held = followed("2026-03-30", treatments=PRRT, labs=labs, reviews=days)
    assert step(held, "177Lu-DOTATATE").step.action is Action.HOLD
    later = step(followed("2026-04-30", treatments=PRRT, labs=labs, reviews=days), "177Lu-DOTATATE").step
    assert later.level is not Level.FULL
    dose = later.dose or later.dose_if_clear
    assert dose is not None
    assert dose.amount == pytest.approx(3.7)


def test_values_before_the_last_cycle_do_not_speak_for_the_next() -> None:
    labs = [*counts("2026-01-28"), *chemistry("2026-01-28")]
    found = step(followed("2026-03-30", treatments=PRRT, labs=labs), "177Lu-DOTATATE")
    assert found.step.action is Action.FIND_OUT
    assert "platelets" in found.step.find_out


def test_a_treatment_that_ended_has_no_step() -> None:
    treatments = [{"option": "targeted.everolimus", "start": "2026-02-01", "end": "2026-02-20"}]
    assert followed("2026-03-01", treatments=treatments).steps == ()


@pytest.mark.parametrize(
    ("term", "row"),
    [
        ("Febrile neutropenia", "febrile"), ("Neutrophil count decreased", "neutrophils"),
        ("Platelet count decreased", "platelets"), ("Mucositis oral", "stomatitis"), ("lung infection", "infection"),
        ("Pneumonitis", "pneumonitis"), ("hyperglycaemia", "metabolic"), ("fatigue", "other"),
        ("Invasive fungal infection", "fungal"),
    ],
)  # fmt: skip
def test_terms_find_their_row_of_everolimus(term: str, row: str) -> None:
    doses = KNOWLEDGE.record(TargetedKnowledge, "targeted")
    rules = KNOWLEDGE.record(TargetedModification, "targeted_modification")
    table = everolimus(doses, rules, liver=LiverImpairment.NONE)
    assert row_of_term(term, table) == row


def test_a_term_is_other_where_a_table_has_no_row_for_it() -> None:
    doses = KNOWLEDGE.record(TargetedKnowledge, "targeted")
    rules = KNOWLEDGE.record(TargetedModification, "targeted_modification")
    chemo = KNOWLEDGE.record(ChemotherapyKnowledge, "chemotherapy")
    limits = KNOWLEDGE.record(ChemotherapyModification, "chemotherapy_modification")
    assert row_of_term("Hypertension", cabozantinib(doses, rules, child_pugh_b=False)) == "pressure"
    assert row_of_term("Hypertension", capecitabine(chemo, limits, dpyd=None)) == "other"


# --------------------------------------------------------------------------------------------- watch
def test_low_counts_long_after_a_radioligand_ask_for_the_marrow() -> None:
    treatments = [PRRT[0] | {"end": "2026-02-01"}]
    labs = [*counts("2026-08-01", platelets=60), *counts("2027-06-01", platelets=50)]
    found = followed("2027-06-01", treatments=treatments, labs=labs)
    assert found.marrow.verdict is Verdict.PERSISTENT
    assert found.marrow.options == ("workup.bone_marrow",)
    assert followed("2027-06-01", labs=labs).marrow.verdict is Verdict.NOT_EXPOSED


def carcinoid(on: str, **lists: Any) -> Followed:
    document = course(**lists)
    document["case"]["tumour"] |= {"primary_site": "jejunum_ileum", "functioning": "functioning",
                                   "syndromes": ["carcinoid"]}  # fmt: skip
    return follow(course_of(document, DATA, KNOWN), on=date.fromisoformat(on), knowledge=KNOWLEDGE)


def test_a_normal_marker_spares_no_echocardiogram_and_a_raised_one_asks_for_it() -> None:
    normal = {"test": "nt_probnp", "value": 60, "unit": "ng/L", "date": "2026-03-01"}
    raised = {"test": "hiaa_plasma", "value": 900, "unit": "nmol/L", "date": "2026-03-01"}
    assert carcinoid("2026-03-02", labs=[normal]).watch.echo.asked is None
    asked = carcinoid("2026-03-02", labs=[normal, raised]).watch
    assert asked.echo.asked is True
    assert Examination.ECHOCARDIOGRAPHY in {item.examination for item in asked.calendar.due}


def test_a_procedure_in_the_carcinoid_syndrome_asks_for_a_plan_and_an_echocardiogram(demo: Followed) -> None:
    """The demo has an echocardiogram that is more than a year old and no known heart disease."""
    asked = {str(one.procedure): one for one in demo.preparations}
    assert "ablation" in asked
    ablation = asked["ablation"]
    assert ablation.echo is None
    assert ablation.crisis is not None
    assert ablation.crisis.applies
    assert len(ablation.crisis.views) == 4
    assert followed("2026-03-01").preparations == ()


def test_an_analogue_that_fails_on_its_standard_dose_is_raised_against_symptoms() -> None:
    treatments = [{"option": "ssa.octreotide_lar", "start": "2026-01-10",
                   "doses": [{"date": "2026-01-10", "amount": 30, "unit": "mg"}]}]  # fmt: skip
    symptoms = [{"date": "2026-02-01", "name": "diarrhoea", "per_day": 8, "refractory_to_ssa": True}]
    watch = carcinoid("2026-09-01", treatments=treatments, symptoms=symptoms).watch
    advice = {one.target: one.advice.advice for one in watch.analogues}
    assert advice[Target.SYMPTOMS] in (Advice.RAISE, Advice.FIND_OUT)
    assert advice[Target.TUMOUR] is Advice.FIND_OUT
    assert not any(one.is_assumed for one in watch.analogues)
    assert watch.telotristat is not None


def test_a_dose_that_is_not_stated_is_said_to_be_assumed() -> None:
    treatments = [{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    assert all(one.is_assumed for one in carcinoid("2026-03-01", treatments=treatments).watch.analogues)


def test_without_a_syndrome_nothing_is_said_of_heart_or_telotristat() -> None:
    watch = followed("2026-03-01").watch
    assert (watch.echo.asked, watch.telotristat, watch.analogues) == (False, None, ())


def test_the_calendar_counts_from_what_was_done() -> None:
    treatments = [{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    checks = [{"date": "2026-02-01", "examination": "thyroid"}]
    images = [{"date": "2026-01-05", "modality": "ct"}]
    due = followed("2026-03-01", treatments=treatments, checks=checks, imaging=images).watch.calendar.due
    counted = {item.examination: item.counted_from for item in due}
    assert counted[Examination.IMAGING] == date(2026, 1, 5)
    assert counted[Examination.THYROID] == date(2026, 2, 1)
    assert counted[Examination.VITAMIN_B12] is None


# ---------------------------------------------------------------------------------------- no foresight
@pytest.mark.parametrize("name", ["demo-course", "retreatment"])
def test_no_decision_knows_what_came_later(name: str) -> None:
    """Every decision on the way is the one that was made when nothing later had been written."""
    path = DATA / "courses" / f"{name}.yaml"
    whole = read_and_follow(str(path))
    for decision in whole.decisions[1::5]:
        then = follow(read_course(path, KNOWN), on=decision.day, knowledge=KNOWLEDGE)
        assert then.last.case == decision.case
        assert [(one.id, one.verdict, one.rank) for one in then.last.plan.options] == [
            (one.id, one.verdict, one.rank) for one in decision.plan.options
        ]


# ------------------------------------------------------------------------------------------- the page
def test_reported_symptoms_are_bars_to_the_next_report_or_their_end() -> None:
    view = course_view(read_and_follow(str(DATA / "courses" / "insulinoma.yaml"), None))
    spans = next(lane for lane in view.lanes if lane.name == "Symptoms").spans
    assert [(span.label, str(span.first), str(span.last)) for span in spans] == [
        ("hypoglycaemia", "2015-01-08", "2015-05-01"),
        ("hypoglycaemia, despite an analogue", "2015-05-01", "2016-01-01"),
    ]
    crisis = read_and_follow(str(DATA / "courses" / "carcinoid-crisis.yaml"), None)
    assert headline(course_view(crisis)).endswith("177Lu-DOTATATE PRRT; present: flushing")


def test_lanes_hold_what_the_course_holds(demo: Followed) -> None:
    lanes = {lane.name: lane for lane in course_view(demo).lanes}
    assert list(lanes) == [
        "Treatment", "Sum of diameters", "Tumour volume", "chromogranin A", "diarrhoea", "flushing",
        "QLQ-C30: summary", "QLQ-C30: global health", "Toxicity", "Decisions",
    ]  # fmt: skip
    assert [span.label for span in lanes["Treatment"].spans if span.kind == "pause"] == ["Everolimus: pause"]
    assert len([event for event in lanes["Treatment"].events if event.kind == "cycle"]) == 3
    assert [event.text for event in lanes["Sum of diameters"].events] == ["SD", "PD", "PR"]
    assert lanes["chromogranin A"].limits == (("upper limit", 100.0),)
    for lane in lanes.values():
        assert [point.day for point in lane.points] == sorted(point.day for point in lane.points)
        assert all(span.last is None or span.last >= span.first for span in lane.spans)


def test_every_key_that_a_section_cites_is_a_source_of_the_page(demo: Followed) -> None:
    view = course_view(demo)
    texts = [text for one in view.sections for text in one.paragraphs]
    texts += [cell for one in view.sections for table in one.tables for row in table.rows for cell in row]
    texts += [note for one in view.sections for table in one.tables for note in table.notes]
    keys = {
        key.partition(":")[0].strip()
        for text in texts
        for found in re.findall(r"\[([a-z0-9_]+(?:; [a-z0-9_]+)*(?:: [a-z]+)?)\]", text)
        for key in found.split(";")
    }
    assert len(keys) > 20
    assert keys <= set(view.sources)


def test_sections_of_an_empty_course_say_what_is_not_known() -> None:
    sections = {one.title: one for one in course_sections(followed("2026-01-01"))}
    assert not sections["Response"].tables
    assert "Disease: not known" in sections["The next decision, 2026-01-01"].paragraphs[0]
