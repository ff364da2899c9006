"""QuestionnaireResponse in: both guides, every form of an answer, and what is refused with its path."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest

from nelm.errors import InputError
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.followup.quality_of_life import scores, summary_score
from nelm.followup.questionnaires import Questionnaire
from nelm.io.fhir_questionnaire import read_answers
from nelm.knowledge import load_knowledge

KNOWN = load_knowledge().record(QualityOfLifeKnowledge, "quality_of_life")
SYSTEM = "https://www.medizininformatik-initiative.de/fhir/ext/modul-pro/CodeSystem/mii-cs-pro-eortc-qlq-c30"
FOUR = ("not-at-all", "a-little", "quite-a-bit", "very-much")
SEVEN = ("1-very-poor", "2-poor", "3-fair", "4-good", "5-very-good", "6-excellent", "7-perfect")
EXAMPLE = (2, 3, 2, 1, 1, 2, 2, 1, 2, 3, 2, 2, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 2, 1)
"""Items 1 to 28 of the example response of the guide of the Medical Informatics Initiative."""


def coded(number: int, answer: int) -> dict[str, Any]:
    """An item as that guide writes it."""
    words = SEVEN if number > 28 else FOUR
    code = words[answer - 1] + ("-role" if number in (6, 7) else "")
    coding = {"system": SYSTEM, "code": code}
    return {"linkId": f"qlq-c30-q{number:02d}", "answer": [{"valueCoding": coding}]}


def response(items: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/x"},
        "authored": "2024-01-15T10:30:00Z",
        "item": items,
    }
    return {**whole, **changed}


def test_the_example_of_the_guide() -> None:
    """Its 28 answers as words, global health as 5; scores by the formula of the guide's own page."""
    items = [coded(number, answer) for number, answer in enumerate(EXAMPLE, start=1)]
    items += [coded(29, 5), coded(30, 5)]
    answers, remarks = read_answers(json.loads(json.dumps(response(items))), KNOWN)
    assert (answers.questionnaire, answers.answered_on) == (Questionnaire.QLQ_C30, date(2024, 1, 15))
    assert remarks == ()
    found = {item.scale.name: item.value for item in scores(answers, KNOWN)}
    assert found["physical"] == pytest.approx((1 - ((2 + 3 + 2 + 1 + 1) / 5 - 1) / 3) * 100)
    assert found["fatigue"] == pytest.approx(((3 + 2 + 2) / 3 - 1) / 3 * 100)
    assert found["global health"] == pytest.approx(200 / 3)
    assert summary_score(scores(answers, KNOWN), KNOWN).value is not None


def test_every_form_of_an_answer_gives_the_same() -> None:
    rng = random.Random(7)
    for _ in range(50):
        truth = {n: rng.randint(1, 7 if n > 28 else 4) for n in range(1, 31) if rng.random() < 0.8}
        if not truth:
            continue
        ordinal = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
        forms = (
            [coded(n, a) for n, a in truth.items()],
            [{"linkId": f"qlq-c30-q{n:02d}", "answer": [{"valueInteger": a}]} for n, a in truth.items()],
            [{"linkId": f"EORTCQLQC30_Q{n:02d}-02", "answer": [{"valueCoding": {"code": str(a)}}]}
             for n, a in truth.items()],
            [{"linkId": f"EORTCQLQC30_Q{n:02d}", "answer": [{"valueDecimal": float(a)}]} for n, a in truth.items()],
            [{"linkId": f"qlq-c30-q{n:02d}", "answer": [{"valueCoding": {
                "code": "A", "extension": [{"url": ordinal, "valueDecimal": a}]}}]} for n, a in truth.items()],
        )  # fmt: skip
        assert all(read_answers(response(items), KNOWN)[0].items == truth for items in forms)


def test_groups_are_walked_and_computed_scores_are_left() -> None:
    items = [
        {"linkId": "QLQ-C30.Section1", "item": [coded(1, 4)]},
        {"linkId": "qlq-c30-q02"},
        {"linkId": "scores", "item": [{"linkId": "score-pf", "answer": [{"valueDecimal": 73.33}]}]},
    ]
    answers, remarks = read_answers(response(items), KNOWN)
    assert answers.items == {1: 4}
    assert remarks == ("Scores computed elsewhere were not read.",)


def test_the_module_by_its_own_links() -> None:
    items = [{"linkId": f"qlq-ginet21-q{n}", "answer": [{"valueInteger": 2}]} for n in range(31, 52)]
    answers, _ = read_answers(response(items), KNOWN)
    assert answers.questionnaire is Questionnaire.QLQ_GINET21
    assert [item.value for item in scores(answers, KNOWN)] == [pytest.approx(100 / 3)] * 10


def test_an_unfinished_response_is_said_to_be_one() -> None:
    _, remarks = read_answers(response([coded(1, 1)], status="in-progress"), KNOWN)
    assert "in-progress" in remarks[0]


@pytest.mark.parametrize(
    ("number", "value"),
    [(1, 5), (28, 0), (29, 8), (30, 0), (29, -1), (3, 2.5), (3, True), (3, "2"), (3, float("inf"))],
)
def test_an_answer_out_of_its_range_is_refused_with_its_path(number: int, value: object) -> None:
    key = "valueDecimal" if isinstance(value, float) else "valueInteger"
    items = [coded(2, 1), {"linkId": f"qlq-c30-q{number:02d}", "answer": [{key: value}]}]
    with pytest.raises(InputError) as caught:
        read_answers(response(items), KNOWN)
    (found,) = caught.value.problems
    assert found.path == "item[1].answer[0]"
    assert found.expected.startswith(f"a whole number from 1 to {7 if number > 28 else 4}")


def test_item_29_has_seven_answers_and_item_28_four() -> None:
    assert read_answers(response([coded(29, 7)]), KNOWN)[0].items == {29: 7}
    with pytest.raises(InputError, match="1 to 4"):
        read_answers(
            response([{"linkId": "qlq-c30-q28", "answer": [{"valueCoding": {"code": "5-very-good"}}]}]), KNOWN
        )


@pytest.mark.parametrize(
    ("items", "match"),
    [
        ([coded(1, 1), {"linkId": "qlq-c30-q31", "answer": [{"valueInteger": 1}]}], r"item\[1\].linkId"),
        ([coded(1, 1), {"linkId": "phq-9-q1", "answer": [{"valueInteger": 1}]}], r"item\[1\].linkId"),
        ([coded(1, 1), coded(1, 2)], "one answer to each item"),
        ([{"linkId": "qlq-c30-q01", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}], "one answer"),
        ([{"linkId": "qlq-c30-q01", "answer": [{"valueString": "Mrs Smith says no"}]}], "another type"),
        ([], "items of one questionnaire"),
        ([coded(1, 1), {"linkId": "qlq-ginet21-q31", "answer": [{"valueInteger": 1}]}], "one questionnaire"),
        ({"linkId": "qlq-c30-q01"}, "a list of items"),
        (["qlq-c30-q01"], "an item"),
        ([{"linkId": "qlq-c30-q01", "answer": {"valueInteger": 1}}], "a list of answers"),
    ],
)
def test_what_is_refused(items: Any, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        read_answers(response(items), KNOWN)
    assert "Smith" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"resourceType": "Bundle"}, "resourceType"),
        ({"status": "entered-in-error"}, "status"),
        ({"authored": None}, "authored"),
        ({"authored": "2024-02-30"}, "authored"),
        ({"authored": "2024-01"}, "authored"),
    ],
)
def test_a_response_without_kind_status_or_day_is_refused(changed: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        read_answers(response([coded(1, 1)], **changed), KNOWN)
