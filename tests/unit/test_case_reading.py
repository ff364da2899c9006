"""The case document becomes a case."""

import copy
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nelm.case import Case, Plain, case_to_document, parse_case
from nelm.case.vocabulary import OPTION_CLASSES, OPTION_IDS, Comorbidity, LabLevel, Resectable
from nelm.errors import InputError
from nelm.io.case_files import read_case, read_document
from nelm.quantities import Interval, Measured

Document = dict[str, Any]
DATA = Path(__file__).parent.parent / "data"
PUBLISHED = [f"reference/cases/published-{number:02}.yaml" for number in range(1, 13)]
LEAST: Document = {"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01"}


def with_(**groups: object) -> Document:
    """The least document with these groups."""
    return {**copy.deepcopy(LEAST), **groups}


def problems(document: Document) -> dict[str, str]:
    """Path and text of every problem of a document."""
    with pytest.raises(InputError) as caught:
        parse_case(document, origin="case.json")
    return {problem.path: str(problem) for problem in caught.value.problems}


def test_the_example_of_the_format_loads() -> None:
    case = read_case(DATA / "demo-001.yaml")
    assert case.as_of == date(2026, 5, 1)
    assert case.patient.comorbidities == (Comorbidity.HYPERTENSION,)
    assert case.tumour.specimens[0].ki67_percent == Measured(Interval(4.0, 4.0), "4", estimate=4.0)
    assert case.labs[0].unit is not None
    assert (case.labs[0].unit.code, case.labs[1].value) == ("umol/L", LabLevel.RAISED)
    assert case.liver.lesions[0].segments == (6,)
    assert case.warnings == ()


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_cases_load_and_survive_a_round_trip(shared_path: Callable[[str], Path], name: str) -> None:
    case = read_case(shared_path(name))
    assert parse_case(case_to_document(case), origin="") == case


@pytest.mark.parametrize("name", ["demo-001.yaml", "every-key.yaml"])
def test_a_case_survives_a_round_trip(name: str) -> None:
    case = read_case(DATA / name)
    assert parse_case(case_to_document(case), origin="") == case
    assert pickle.loads(pickle.dumps(case)) == case


def test_absent_and_null_are_the_same() -> None:
    null = {key: None for key in Case.model_fields if key not in ("schema_version", "id", "as_of")}
    assert parse_case(with_(**null), origin="") == parse_case(with_(), origin="")
    assert (
        parse_case(with_(tumour={"tnm": None, "specimens": None, "dpyd": None}), origin="").tumour.dpyd
        is None
    )


def test_a_case_cannot_be_changed() -> None:
    case = parse_case(with_(), origin="")
    with pytest.raises(ValueError, match="frozen"):
        case.id = "y"  # type: ignore[misc]


def test_yaml_words_keep_their_text() -> None:
    text = b"schema: nelm.case/1\nid: 1.10\nas_of: 2026-05-01\nliver: {resectable: no, largest_mm: 1e1}\n"
    case = parse_case(read_document(text), origin="")
    assert (case.id, case.liver.resectable) == ("1.10", Resectable.NO)
    assert case.liver.largest_mm is not None
    assert (case.liver.largest_mm.low, case.liver.largest_mm.as_written) == (10.0, "1e1")


@pytest.mark.parametrize("word", ["yes", "no", "NO", "on", "True", "1"])
def test_only_true_and_false_are_truth_values(word: str) -> None:
    found = problems(with_(patient={"pregnant": Plain(word)}))
    assert "true or false" in found["patient.pregnant"]


@pytest.mark.parametrize("text", ["0x1F", "010", "1_000", ".inf", "1:30", "--4"])
def test_numbers_of_other_dialects_are_refused(text: str) -> None:
    assert list(problems(with_(liver={"largest_mm": Plain(text)}))) == ["liver.largest_mm"]


def test_all_problems_are_told_at_once() -> None:
    found = problems({
        "schema": "nelm.case/1", "as_of": "2026-05-01", "id": "x", "patint": {},
        "patient": {"ecog": 7, "sex": "f"},
        "tumour": {"specimens": [{"ki67_percent": 140}], "functioning": "non_functioning", "primary_site": "ileum"},
    })  # fmt: skip
    assert list(found) == [
        "patient.sex", "patient.ecog", "tumour.primary_site", "tumour.specimens[0].ki67_percent", "patint",
    ]  # fmt: skip
    assert "140" in found["tumour.specimens[0].ki67_percent"]
    assert 'Did you mean "patient"?' in found["patint"]
    assert 'Did you mean "jejunum_ileum"?' in found["tumour.primary_site"]


CONTRADICTIONS: list[tuple[Document, str, str]] = [
    (with_(patient={"sex": "male", "pregnant": True}), "patient.pregnant", "patient.sex"),
    (with_(patient={"age_years": 61, "birth_date": "1970-01-01"}), "patient.age_years", "patient.birth_date"),
    (
        with_(tumour={"functioning": "non_functioning", "syndromes": ["carcinoid"]}),
        "tumour.functioning",
        "tumour.syndromes",
    ),
    (
        with_(tumour={"primary_in_situ": False, "primary_symptomatic": True}),
        "tumour.primary_symptomatic",
        "tumour.primary_in_situ",
    ),
    (
        with_(liver={"lesion_count": 1, "lesions": [{"id": "a"}, {"id": "b"}]}),
        "liver.lesion_count",
        "liver.lesions",
    ),
    (with_(liver={"lesions": [{"id": "a"}, {"id": "a"}]}), "liver.lesions[1].id", "liver.lesions[0].id"),
    (
        with_(liver={"largest_mm": 20, "lesions": [{"diameter_mm": 31}]}),
        "liver.largest_mm",
        "liver.lesions[0].diameter_mm",
    ),
    (
        with_(liver={"volume_ml": 900, "future_liver_remnant_ml": 1000}),
        "liver.future_liver_remnant_ml",
        "liver.volume_ml",
    ),
    (with_(liver={"lobes": "one", "lesions": [{"segments": [2, 7]}]}), "liver.lobes", "liver.lesions"),
    (
        with_(receptor_imaging={"sstr": {"uptake": "none", "extent": "all"}}),
        "receptor_imaging.sstr.extent",
        "receptor_imaging.sstr.uptake",
    ),
    (
        with_(receptor_imaging={"fdg": {"uptake": "none", "positive_sstr_negative_lesions": 2}}),
        "receptor_imaging.fdg.positive_sstr_negative_lesions",
        "receptor_imaging.fdg.uptake",
    ),
    (
        with_(treatments=[{"option": "chemo.*", "start": "2024", "end": "2023-12"}]),
        "treatments[0].end",
        "treatments[0].start",
    ),
    (
        with_(treatments=[{"option": "chemo.*", "end": "2023-12", "ongoing": True}]),
        "treatments[0].ongoing",
        "treatments[0].end",
    ),
    (
        with_(treatments=[{"option": "chemo.*", "stopped_for": "toxicity", "ongoing": True}]),
        "treatments[0].stopped_for",
        "treatments[0].ongoing",
    ),
    (with_(patient={"sex": "male"}, extrahepatic=[{"site": "ovary"}]), "extrahepatic[0].site", "patient.sex"),
    (
        with_(patient={"comorbidities": ["cirrhosis"]}, liver={"parenchyma": "normal"}),
        "liver.parenchyma",
        "patient.comorbidities",
    ),
    (
        with_(patient={"birth_date": "1970"}, tumour={"diagnosed_on": "1960"}),
        "tumour.diagnosed_on",
        "patient.birth_date",
    ),
]


@pytest.mark.parametrize(("document", "path", "other"), CONTRADICTIONS)
def test_a_contradiction_names_both_places(document: Document, path: str, other: str) -> None:
    found = problems(document)
    assert list(found) == [path]
    assert other in found[path]


def test_at_least_so_many_lesions_contradicts_no_longer_list() -> None:
    liver = {"lesion_count": 1, "lesion_count_is_minimum": True, "lesions": [{}, {}]}
    read = parse_case(with_(liver=liver), origin="").liver
    assert [lesion.id for lesion in read.lesions] == ["L1", "L2"]
    assert read.lesion_count_interval == Interval(1.0, float("inf"))


@pytest.mark.parametrize("path", ["patient.birth_date", "tumour.diagnosed_on", "tumour.specimens[0].date"])
def test_a_past_date_cannot_be_later_than_the_board(path: str) -> None:
    late = "2026-06"
    document = {
        "patient.birth_date": with_(patient={"birth_date": late}),
        "tumour.diagnosed_on": with_(tumour={"diagnosed_on": late}),
        "tumour.specimens[0].date": with_(tumour={"specimens": [{"date": late}]}),
    }[path]
    assert list(problems(document)) == [path]


def test_later_facts_are_ignored_and_said_so() -> None:
    case = parse_case(
        with_(
            labs=[
                {"test": "inr", "value": 1.0, "date": "2026-05-02"},
                {"test": "inr", "value": 1.2, "date": "2026-05"},
            ],
            treatments=[
                {"option": "chemo.captem", "start": "2026-06"},
                {"option": "ssa.lanreotide", "start": "2026-03", "end": "2026-07"},
                {"option": "ssa.lanreotide", "start": "2026-03", "end": "2026-07", "ongoing": True},
            ],
            receptor_imaging={"sstr": {"date": "2027", "uptake": "above_liver"}},
            liver={"burden_percent": 6, "largest_mm": 30},
            evidence={"liver.burden_percent": {"date": "2026-06-01"}},
        ),
        origin="",
    )
    assert [lab.value.low for lab in case.labs if isinstance(lab.value, Measured)] == [1.2]
    assert [item.end is None for item in case.treatments] == [True, False]
    assert case.receptor_imaging.sstr.uptake is None
    assert (case.liver.burden_percent, case.liver.largest_mm is None) == (None, False)
    assert [warning.partition(" ")[0] for warning in case.warnings] == [
        "labs[0]", "treatments[0]", "treatments[1].end", "receptor_imaging.sstr", "liver.burden_percent",
    ]  # fmt: skip
    assert case.document_path("labs[0].value") == "labs[1].value"
    assert case.document_path("treatments[1].end") == "treatments[2].end"
    assert case.document_path("tumour.specimens[0].date") == "tumour.specimens[0].date"


def test_a_laboratory_value_is_held_in_the_canonical_unit() -> None:
    case = parse_case(with_(labs=[
        {"test": "bilirubin", "value": "<2", "unit": "mg/dL", "upper_limit": 1.2},
        {"test": "chromogranin_a", "value": 20, "unit": "nmol/L"},
        {"test": "chromogranin_a", "value": 900, "unit": "ng/mL"},
    ]), origin="")  # fmt: skip
    bilirubin, by_amount, by_mass = case.labs
    assert isinstance(bilirubin.value, Measured)
    assert bilirubin.value.high < 34.2
    assert (bilirubin.value.as_written, str(bilirubin.unit)) == ("<2", "umol/L")
    assert bilirubin.upper_limit is not None
    assert bilirubin.upper_limit.low == pytest.approx(20.52, rel=1e-12)  # 1.2 mg/dL x 17.1
    assert (by_amount.is_comparable, by_mass.is_comparable) == (False, True)


@pytest.mark.parametrize(
    ("lab", "path"),
    [
        ({"test": "creatinine", "value": 78}, "labs[0].unit"),
        ({"test": "creatinine", "value": 78, "unit": "g/L"}, "labs[0].unit"),
        ({"test": "albumin", "value": 4.2, "unit": "g/L"}, "labs[0].value"),
        ({"test": "creatinine", "value": "high"}, "labs[0].value"),
        ({"test": "creatinin", "value": "raised"}, "labs[0].test"),
        ({"value": "raised"}, "labs[0].test"),
        ({"test": "inr", "value": 1.1, "unit": "%"}, "labs[0].unit"),
        ({"test": "sodium", "value": -3, "unit": "mmol/L"}, "labs[0].value"),
    ],
)
def test_a_wrong_laboratory_entry_is_refused_at_its_place(lab: Document, path: str) -> None:
    assert list(problems(with_(labs=[lab]))) == [path]


def test_every_option_and_class_is_a_treatment() -> None:
    names = (*OPTION_IDS, *OPTION_CLASSES)
    case = parse_case(with_(treatments=[{"option": name} for name in names]), origin="")
    assert tuple(item.option for item in case.treatments) == names


@pytest.mark.parametrize(
    "entry",
    [{"other": "doxorubicin"}, {"option": "other: doxorubicin"}, {"option": {"other": "doxorubicin"}}],
)
def test_a_treatment_may_be_a_text(entry: Document) -> None:
    (treatment,) = parse_case(with_(treatments=[entry]), origin="").treatments
    assert (treatment.option, treatment.other) == (None, "doxorubicin")


@pytest.mark.parametrize("entry", [{}, {"option": "chemo.*", "other": "x"}, {"option": "chemo"}])
def test_a_treatment_has_one_name(entry: Document) -> None:
    assert list(problems(with_(treatments=[entry]))) == ["treatments[0].option"]


@pytest.mark.parametrize(
    "path", ["liver.burden", "labs[0].value", "labs.creatinine", "", "liver..x", "id[0]"]
)
def test_evidence_is_for_a_fact_of_the_document(path: str) -> None:
    assert problems(with_(evidence={path: {"source": "CT"}}))


def test_a_message_shows_a_shortened_value() -> None:
    (text,) = problems(with_(tumour={"primary_site": "x" * 5000})).values()
    assert "x" * 61 not in text
