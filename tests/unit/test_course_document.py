"""The course document: what is read, what is refused and how, what is known on a day, and its published schema."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nelm.app.course.case_on_day import case_document_on
from nelm.app.course.images import LESION_SUM, estimate_of, examinations
from nelm.app.course.lines import course_lines
from nelm.app.course.symptoms import diary_courses, diary_days
from nelm.case.course_document import parse_course
from nelm.case.course_schema import course_schema, schema_text
from nelm.case.course_vocabulary import Organ
from nelm.case.vocabulary import ExtrahepaticSite
from nelm.errors import InputError
from nelm.followup import Word
from nelm.followup.knowledge import QualityOfLifeKnowledge, SymptomCourseKnowledge
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.io.course_files import CourseFile, course_of, read_course
from nelm.knowledge import load_knowledge

DATA = Path(__file__).parent.parent / "data"
DEMO = DATA / "courses" / "demo-course.yaml"
KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(QualityOfLifeKnowledge, "quality_of_life")
SYMPTOMS = KNOWLEDGE.record(SymptomCourseKnowledge, "symptom_course")
RESPONSE = KNOWLEDGE.record(ResponseKnowledge, "response")
Document = dict[str, Any]


def lesion(name: str, size: float | None = None, **more: Any) -> Document:
    return {"id": name, "organ": "liver"} | ({} if size is None else {"longest_mm": size}) | more


def course(**lists: Any) -> Document:
    """A course of a small case with lists."""
    case = {
        "schema": "nelm.case/1",
        "id": "small",
        "as_of": "2026-01-01",
        "patient": {"age_years": 60},
        "liver": {"lesion_count": 2, "largest_mm": 40},
        "course": {"status": "new"},
        "treatments": [],
    }
    return {"schema": "nelm.course/1", "id": "small", "case": case} | lists


def read(**lists: Any) -> CourseFile:
    return course_of(course(**lists), DATA, KNOWN)


def on(day: str, **lists: Any) -> Document:
    """The derived case on a day."""
    return case_document_on(read(**lists), date.fromisoformat(day), KNOWLEDGE)


def refusal(document: Document) -> str:
    with pytest.raises(InputError) as caught:
        course_of(document, DATA, KNOWN)
    return str(caught.value)


# ------------------------------------------------------------------------------------------ reading
def test_the_demo_course_is_read_with_the_case_that_it_names() -> None:
    file = read_course(DEMO, KNOWN)
    assert file.course.id == "demo-course"
    assert file.case["id"] == "demo-001"
    assert [one.answered_on.isoformat() for one in file.answers] == ["2026-05-01", "2026-09-01"]
    assert file.course.last_day == date(2027, 9, 20)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"imagin": []}, 'imagin: found the unknown key "imagin"'),
        ({"imaging": [{"modality": "ct"}]}, "imaging[0].date"),
        ({"imaging": [{"date": "2026-02"}]}, "Add the month and the day"),
        ({"imaging": [{"date": "2026-02-01", "lesions": [{"id": "A", "longest_mm": 20}]}]}, ""),
        ({"imaging": [{"date": "2026-02-01", "lesions": [lesion("A", 20), lesion("A", 30)]}]}, "every lesion once"),
        ({"imaging": [{"date": "2026-02-01"}, {"date": "2026-02-01"}]}, "imaging[1].date"),
        ({"imaging": [{"date": "2026-02-01", "lesions": [lesion("A", -3)]}]}, "imaging[0].lesions[0].longest_mm"),
        ({"imaging": [{"date": "2026-02-01", "lesions": [{"id": "A", "organ": "livr"}]}]}, 'Did you mean "liver"?'),
        ({"labs": [{"test": "platelets", "value": 60, "unit": "10*9/L"}]}, "labs[0].date"),
        ({"labs": [{"test": "platelets", "value": 60, "unit": "10*9/L", "date": "2026-03"}]}, "the day of the sample"),
        ({"labs": [{"test": "platelets", "value": 60, "date": "2026-03-01"}]}, "the unit of platelets"),
        ({"diary": [{"date": "2026-02-01", "counts": {"diarrhoea": [3, -1]}}]}, "diary[0].counts.diarrhoea[1]"),
        ({"diary": [{"date": "2026-02-01", "counts": {"hiccups": 3}}]}, "diary[0].counts.hiccups"),
        ({"questionnaires": [{"date": "2026-02-01", "instrument": "qlq_c30"}]}, "questionnaires[0].answers"),
        ({"questionnaires": [{"date": "2026-02-01", "instrument": "qlq_c30", "answers": {"31": 2}}]}, "items[31]"),
        ({"questionnaires": [{"date": "2026-02-01", "instrument": "qlq_c30", "answers": {"1": 5}}]}, "from 1 to 4"),
        ({"questionnaires": [{"date": "2026-02-01", "fhir": "a.json"}]}, "questionnaires[0].fhir"),
        ({"questionnaires": [{"fhir": "not-there.json"}]}, "no such file"),
        ({"treatments": [{"option": "targeted.everolimus"}]}, "treatments[0].start"),
        ({"treatments": [{"option": "targeted.everolimuss", "start": "2026-02-01"}]}, "targeted.everolimus"),
        ({"treatments": [{"option": "surveillance", "start": "2026-02-01", "end": "2026-01-01"}]}, "treatments[0].end"),
        ({"treatments": [{"option": "surveillance", "start": "2026-02-01", "stopped_for": "choice"}]}, "Add end:"),
        ({"treatments": [{"option": "prrt.lu177_dotatate", "start": "2026-02-01",
                          "cycles": [{"date": "2026-01-01"}]}]}, "treatments[0].cycles[0].date"),
        ({"toxicities": [{"date": "2026-02-01", "term": "x", "resolved_on": "2026-01-01"}]},
         "toxicities[0].resolved_on"),
        ({"toxicities": [{"date": "2026-02-01", "term": "x", "grade": 7}]}, "toxicities[0].grade"),
        ({"reports": [{"date": "2025-12-01", "facts": {}}]}, "reports[0].date"),
        ({"reports": [{"date": "2026-02-01", "facts": {"patient": {"ecog": 9}}}]}, "reports[0].facts.patient.ecog"),
        ({"reports": [{"date": "2026-02-01", "facts": {"patient": {"eco": 1}}}]}, "reports[0].facts.patient.eco"),
        ({"case": {"schema": "nelm.case/1", "id": "x"}}, "case.as_of"),
        ({"case": "not-there.yaml"}, "no such file"),
        ({"schema": "nelm.course/2"}, "nelm.course/1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(change: Document, said: str) -> None:
    if not said:
        with pytest.raises(InputError, match="the organ of the lesion"):
            examinations(read(**change).course, RESPONSE)
        return
    assert said in refusal(course(**change))


def test_every_problem_is_listed_at_once() -> None:
    document = course(labs=[{"test": "inr", "value": 1}], treatments=[{"option": "chemo.captem"}], imagin=[])
    with pytest.raises(InputError) as caught:
        parse_course(document)
    assert {one.path for one in caught.value.problems} == {"imagin", "labs[0].date", "treatments[0].start"}


def test_a_lesion_that_comes_from_nowhere_is_refused() -> None:
    file = read(
        imaging=[
            {"date": "2026-01-01", "lesions": [lesion("A", 30)]},
            {"date": "2026-04-01", "lesions": [lesion("A", 30), lesion("B", 12)], "new_lesions": []},
        ]
    )
    with pytest.raises(InputError, match="a lesion of the baseline"):
        course_lines(file.course, KNOWLEDGE)


# ------------------------------------------------------------------------------- what is known on a day
def test_a_lesion_lies_in_the_liver_the_primary_or_a_site_of_the_case() -> None:
    assert [str(organ) for organ in Organ] == ["liver", "primary", *(str(site) for site in ExtrahepaticSite)]


def test_nothing_later_than_the_day_is_known() -> None:
    treatments = [
        {"option": "ssa.lanreotide", "start": "2026-01-10", "end": "2026-06-01", "stopped_for": "progression",
         "best_response": "SD", "doses": [{"date": "2026-01-10", "amount": 120, "unit": "mg"}]},
        {"option": "targeted.everolimus", "start": "2026-06-10"},
    ]  # fmt: skip
    toxicities = [{"date": "2026-02-01", "term": "steatorrhoea", "grade": 1, "resolved_on": "2026-07-01"}]
    early = read(treatments=treatments, toxicities=toxicities).until(date(2026, 3, 1)).course
    assert [one.option for one in early.treatments] == ["ssa.lanreotide"]
    assert (early.treatments[0].end, early.treatments[0].stopped_for) == (None, None)
    assert early.treatments[0].best_response is None
    assert early.toxicities[0].resolved_on is None


def test_cutting_at_the_last_day_changes_nothing() -> None:
    file = read_course(DEMO, KNOWN)
    assert file.course.last_day is not None
    assert file.course.until(file.course.last_day) == file.course


def test_reports_change_the_case_from_their_day_on() -> None:
    reports = [{"date": "2026-05-01", "facts": {"patient": {"ecog": 2}, "tumour": {"dpyd": "partial"}}}]
    before, after = on("2026-04-30", reports=reports), on("2026-05-01", reports=reports)
    assert "ecog" not in before["patient"]
    assert (after["patient"]["ecog"], after["tumour"]["dpyd"], after["patient"]["age_years"]) == (
        2,
        "partial",
        60,
    )


@pytest.mark.parametrize(("day", "age"), [("2026-12-31", 60), ("2027-01-02", 61), ("2031-06-01", 65)])
def test_completed_years_are_added_to_the_age(day: str, age: int) -> None:
    assert on(day)["patient"]["age_years"] == age


def test_a_treatment_that_goes_on_from_the_case_is_replaced_in_its_place() -> None:
    document = course(treatments=[{"option": "ssa.lanreotide", "start": "2025-06-01", "end": "2026-05-01",
                                   "stopped_for": "progression"}])  # fmt: skip
    document["case"]["treatments"] = [
        {"option": "ssa.lanreotide", "ongoing": True},
        {"option": "resection.primary"},
    ]
    file = course_of(document, DATA, KNOWN)
    found = case_document_on(file, date(2026, 6, 1), KNOWLEDGE)["treatments"]
    assert [one["option"] for one in found] == ["ssa.lanreotide", "resection.primary"]
    assert (found[0]["ongoing"], found[0]["end"], found[0]["stopped_for"]) == (
        False,
        "2026-05-01",
        "progression",
    )


def test_the_case_itself_is_never_changed() -> None:
    file = read_course(DEMO, KNOWN)
    before = copy.deepcopy(file.case)
    for days in (0, 200, 400, 600):
        case_document_on(file, file.first_day + timedelta(days=days), KNOWLEDGE)
    assert file.case == before


# ------------------------------------------------------------------------------------ images and lines
def imaging(*sizes: float) -> list[Document]:
    """One lesion of these sizes, every half year from January 2026 on."""
    days = [f"{2026 + number // 2}-{'01' if number % 2 == 0 else '07'}-01" for number in range(len(sizes))]
    return [
        {"date": day, "slice_thickness_mm": 2, "lesions": [lesion("A", size)], "new_lesions": []}
        for day, size in zip(days, sizes, strict=True)
    ]


def test_a_line_has_its_own_baseline() -> None:
    """20 to 30 mm is progression on the first treatment; 30 to 20 mm afterwards a response to the second."""
    treatments = [
        {"option": "ssa.lanreotide", "start": "2026-01-10"},
        {"option": "prrt.lu177_dotatate", "start": "2026-07-10"},
    ]
    found = course_lines(read(imaging=imaging(20, 30, 20), treatments=treatments).course, KNOWLEDGE)
    assert [(one.best, one.progression) for one in found.lines] == [
        (Word.PD, date(2026, 7, 1)),
        (Word.PR, None),
    ]
    assert [one.baseline for one in found.lines] == [date(2026, 1, 1), date(2026, 7, 1)]


def test_a_new_lesion_belongs_to_the_next_baseline() -> None:
    images = imaging(30, 30, 30)
    images[1]["new_lesions"] = [{"id": "B", "organ": "bone", "certainty": "unequivocal"}]
    treatments = [
        {"option": "ssa.lanreotide", "start": "2026-01-10"},
        {"option": "prrt.lu177_dotatate", "start": "2026-07-10"},
    ]
    found = course_lines(read(imaging=images, treatments=treatments).course, KNOWLEDGE)
    assert [[str(day.word) for day in line.days] for line in found.lines] == [["PD"], ["SD"]]
    assert found.lines[1].response is not None
    assert found.lines[1].response.targets.non_targets == ("B",)


def test_progression_and_change_reach_the_case() -> None:
    treatments = [{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    found = on("2026-07-01", imaging=imaging(20, 30), treatments=treatments)
    assert found["course"] == {
        "status": "progressing", "basis": "recist_1_1", "interval_months": 5.9, "diameter_change_percent": 50.0,
    }  # fmt: skip
    assert found["evidence"]["course.status"]["method"].startswith("computed")
    given = found["treatments"][0]
    assert (given["best_response"], given["progressed_on"], given["progression_free_months"]) == (
        "PD",
        True,
        5.7,
    )
    assert found["liver"]["largest_mm"] == 30.0


def test_without_new_images_the_case_keeps_its_word() -> None:
    found = on(
        "2026-07-01", imaging=imaging(20), treatments=[{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    )
    assert found["course"] == {"status": "new"}
    assert "progressed_on" not in found["treatments"][0]


def test_time_without_progression_is_a_bound_until_progression() -> None:
    treatments = [{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    found = on("2026-07-01", imaging=imaging(20, 20), treatments=treatments)
    assert found["treatments"][0]["progression_free_months"] == ">=5.7"
    assert found["treatments"][0]["progressed_on"] is False


def test_time_without_progression_runs_on_through_an_analogue_and_no_other_treatment() -> None:
    """A radioligand until the progression under its analogue; the drug that another one replaced has a bound."""
    prrt = {
        "option": "prrt.lu177_dotatate",
        "start": "2026-01-10",
        "end": "2026-05-10",
        "stopped_for": "completed",
    }
    images = imaging(20, 20, 30)
    for option, months in (("ssa.lanreotide", 11.7), ("targeted.everolimus", ">=5.7")):
        found = on("2027-01-01", imaging=images, treatments=[prrt, {"option": option, "start": "2026-08-01"}])
        assert found["treatments"][0]["progression_free_months"] == months
        assert "progressed_on" not in found["treatments"][0]
        assert found["treatments"][1]["progressed_on"] is True


def test_new_lesions_reach_count_and_sites() -> None:
    images = imaging(30, 30)
    images[1]["new_lesions"] = [
        {"id": "B", "organ": "bone", "certainty": "unequivocal"},
        {"id": "C", "organ": "liver", "certainty": "unequivocal"},
        {"id": "D", "organ": "lung", "certainty": "equivocal"},
    ]
    found = on("2026-07-01", imaging=images)
    assert found["liver"]["lesion_count"] == 3
    assert found["extrahepatic"] == [{"site": "bone"}]


def test_the_word_of_a_report_counts_where_nothing_was_measured_and_gives_way_where_it_was() -> None:
    stated = [
        {"date": "2026-01-01"},
        {"date": "2026-07-01", "stated": {"response": "PD", "basis": "clinical"}},
    ]
    treatments = [{"option": "ssa.lanreotide", "start": "2026-01-10"}]
    assert on("2026-07-01", imaging=stated, treatments=treatments)["course"] == {
        "status": "progressing",
        "basis": "clinical",
    }
    measured = imaging(20, 20)
    measured[1]["stated"] = {"response": "PD"}
    day = course_lines(read(imaging=measured, treatments=treatments).course, KNOWLEDGE).days[0]
    assert day.word is Word.SD
    assert "says PD" in day.remark


def test_receptor_volumes_are_added_where_every_lesion_has_one() -> None:
    images = [{"date": "2026-01-01", "lesions": [lesion("A", sstr_volume_ml=10), lesion("B", sstr_volume_ml=5)]},
              {"date": "2026-02-01", "lesions": [lesion("A", sstr_volume_ml=10), lesion("B")]}]  # fmt: skip
    first, second = examinations(read(imaging=images).course, RESPONSE)
    assert first.receptor_volumes_ml[LESION_SUM].value == 15
    assert second.receptor_volumes_ml == {}


def test_a_range_is_taken_with_its_middle() -> None:
    images = [{"date": "2026-01-01", "lesions": [lesion("A", volume_ml="10..20")]}]
    (lesion_read,) = read(imaging=images).course.imaging[0].lesions
    found = estimate_of(lesion_read.volume_ml)
    assert found is not None
    assert (found.low, found.value, found.high) == (10, 15, 20)


# ------------------------------------------------------------------------------------------- symptoms
def test_a_list_of_counts_is_one_day_each_and_null_is_no_count() -> None:
    days = diary_days(read(diary=[{"date": "2026-02-01", "counts": {"diarrhoea": [3, None, 0]}}]).course)
    assert [(one.day.isoformat(), dict(one.counts)) for one in days] == [
        ("2026-02-01", {"diarrhoea": 3}),
        ("2026-02-03", {"diarrhoea": 0}),
    ]


def test_a_day_written_twice_is_refused() -> None:
    file = read(diary=[{"date": "2026-02-01", "counts": {"diarrhoea": [3, 2]}},
                       {"date": "2026-02-02", "counts": {"diarrhoea": 2}}])  # fmt: skip
    with pytest.raises(InputError, match="each day once"):
        diary_days(file.course)


def test_the_last_two_weeks_of_the_diary_tell_how_often_a_symptom_comes() -> None:
    diary = [{"date": "2026-02-01", "counts": {"diarrhoea": [8] * 14}},
             {"date": "2026-06-01", "counts": {"diarrhoea": [2] * 14, "flushing": [0] * 14}}]  # fmt: skip
    found = on(
        "2026-07-01", diary=diary, symptoms=[{"date": "2026-01-01", "name": "diarrhoea", "ctcae_grade": 2}]
    )
    assert found["symptoms"] == [{"name": "diarrhoea", "ctcae_grade": 2, "per_day": 2.0}]
    (course_of_it, _) = diary_courses(read(diary=diary).course, date(2026, 7, 1), SYMPTOMS)
    assert course_of_it.durable is not None
    assert course_of_it.durable.holds is True


def test_a_symptom_ends_on_the_day_it_is_resolved() -> None:
    symptoms = [{"date": "2026-02-01", "name": "flushing", "resolved_on": "2026-05-01"}]
    assert on("2026-04-30", symptoms=symptoms)["symptoms"] == [{"name": "flushing"}]
    assert on("2026-05-01", symptoms=symptoms)["symptoms"] == []


# --------------------------------------------------------------------------------------------- schema
def test_the_published_schema_is_current(root: Path) -> None:
    published = (root / "docs/schema/nelm.course-1.json").read_text(encoding="utf-8")
    assert published == schema_text(), (
        "run: python -m nelm.case.course_schema > docs/schema/nelm.course-1.json"
    )


@pytest.mark.parametrize("path", sorted((DATA / "courses").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_the_courses_of_the_tests(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema (pip install jsonschema)")
    validator = jsonschema.Draft202012Validator(course_schema())
    document = json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8")), default=str))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert not validator.is_valid(document | {"imagin": []})
