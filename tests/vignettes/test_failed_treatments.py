"""What failed is not recommended again: every option against growth, in every case in which it is open.

The cases are those of `examples`, of `tests/data`, the published ones where they are at hand, and every decision of the
published courses with ordinary values. In each the option is put on record as one on which the tumour progressed, and
as one stopped for toxicity of grade 3; then it must not be recommended, and a criterion or position must say why. An
analogue may go on against a syndrome that it controls, and the criterion that says so must hold.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.vignettes.board import MIDGUT, changed
from tests.vignettes.test_published_courses import DECIDED, KNOWLEDGE, replayed

from nelm.app import case_plan
from nelm.app.course import Followed, follow
from nelm.app.course.case_on_day import case_document_on
from nelm.case import parse_case
from nelm.followup.knowledge import QualityOfLifeKnowledge
from nelm.guideline.criteria import Intent, Kind
from nelm.guideline.facts import AGAIN
from nelm.guideline.frames import frame_of
from nelm.guideline.row import row_of
from nelm.io.case_files import read_document
from nelm.io.course_files import course_of
from nelm.planner.evaluation import current_guideline
from nelm.planner.plan import PlannedOption

Document = dict[str, Any]
ROOT = Path(__file__).parent.parent.parent
FILES = ("examples/insulinoma-prrt.yaml", "tests/data/demo-001.yaml", "tests/data/every-key.yaml")
CARCINOMA = [{"site": "liver", "differentiation": "poor", "cell_type": "small_cell", "ki67_percent": 80}]
LABS = [
    *(item for item in MIDGUT["labs"]),
    *({"test": test, "value": 30, "unit": "U/L", "upper_limit": 40} for test in ("alp", "ast", "alt")),
]
FINISHED: Document = {"option": "prrt.lu177_dotatate", "ongoing": False, "stopped_for": "completed",
                      "progressed_on": False, "progression_free_months": 12}  # fmt: skip
OTHERS: dict[str, Document] = {
    "midgut": {},
    "carcinoma": {"tumour.specimens": CARCINOMA, "course.status": "new", "treatments": []},
    "carcinoma after platinum": {
        "tumour.specimens": CARCINOMA,
        "treatments": [{"option": "chemo.platinum_etoposide", "ongoing": False, "progressed_on": True}],
    },
    "unstable": {"tumour.msi_high": True},
    "after radioligands": {"labs": LABS, "treatments": [FINISHED]},
}
"""Changes of the midgut case that open options which are open in no other case here."""
OPEN = ("recommended", "option")
GUIDELINE = current_guideline(KNOWLEDGE)
CONTROL = tuple(rule.id for rule in GUIDELINE.options if rule.intent is Intent.DISEASE_CONTROL)
HOW: dict[str, Document] = {
    "progressed": {"progressed_on": True, "stopped_for": "progression"},
    "toxicity": {"stopped_for": "toxicity", "toxicities": [{"term": "fatigue", "ctcae_grade": 3}]},
}
JUSTIFIED = {("ssa.octreotide_lar", "progressed"), ("ssa.lanreotide", "progressed")}
SYNDROME = "somatostatin.syndrome_control"
NOT_GIVEN_AGAIN = ("surveillance", "trial")
"""No treatment that could fail: watching, and whatever trial is open now."""


def _files(shared: Path | None) -> Iterator[tuple[str, Document]]:
    published = [] if shared is None else sorted((shared / "reference" / "cases").glob("published-*.yaml"))
    for path in (*(ROOT / name for name in FILES), *published):
        yield path.stem, read_document(path.read_bytes())


def _courses() -> Iterator[tuple[str, Document]]:
    for name in DECIDED:
        followed = replayed(name, ordinary=True)
        for one in followed.decisions:
            yield f"{name} {one.day}", dict(case_document_on(followed.file, one.day, KNOWLEDGE))


@cache
def cases(shared: Path | None) -> dict[str, Document]:
    others = {name: changed(MIDGUT, changes) for name, changes in OTHERS.items()}
    return {**others, **dict(_files(shared)), **dict(_courses())}


def failed(document: Document, option: str, how: str) -> Document:
    """The case with the option on record as failed; an earlier entry of it gives way."""
    found = copy.deepcopy(document)
    kept = [item for item in found.get("treatments") or [] if item.get("option") != option]
    found["treatments"] = [*kept, {"option": option, "ongoing": False, **HOW[how]}]
    return found


def evaluated(documents: list[Document]) -> list[dict[str, Any]]:
    """The evaluated rows; a bowel that no case can say to be open is taken as open, since irinotecan asks for it."""
    rows = [row_of(parse_case(document), KNOWLEDGE).values for document in documents]
    rows = [{"symptoms.bowel_obstruction": False, **row} for row in rows]
    return list(GUIDELINE.evaluate(frame_of(rows)).iter_rows(named=True))


def said(option: str, line: dict[str, Any]) -> list[str]:
    """Entries about what failed before that speak of this patient."""
    rule = GUIDELINE.option(option)
    unmet = [
        item.id
        for item in rule.of_kind(Kind.REQUIRES)
        if line[GUIDELINE.places[id(item.test)]] is False
        and (item.id.endswith(".not_failed_before") or "prrt.no_previous_course" in item.id)
    ]
    cautions = [
        item.id
        for item in rule.of_kind(Kind.CAUTION)
        if line[GUIDELINE.places[id(item.test)]] and ".progressed_" in item.id
    ]
    ends = ("failed", "failed_before", "not_tolerated")
    against = [
        item.entry.id
        for item in rule.positions
        if line[GUIDELINE.places[id(item.context)]] and item.opposes and item.entry.id.endswith(ends)
    ]
    return [*unmet, *cautions, *against]


@pytest.fixture(scope="module")
def wanted(request: pytest.FixtureRequest) -> dict[str, dict[str, Document]]:
    """For every option the cases in which it is open, by name; those where it is recommended first."""
    try:
        shared = request.getfixturevalue("shared")
    except pytest.skip.Exception:
        shared = None
    every = cases(shared)
    verdicts = dict(zip(every, evaluated(list(every.values())), strict=True))
    return {
        option: {
            name: every[name]
            for word in OPEN
            for name in every
            if verdicts[name][option] == word
        }
        for option in CONTROL
        if option not in NOT_GIVEN_AGAIN
    }  # fmt: skip


def test_every_option_against_growth_that_can_be_given_again_is_watched() -> None:
    assert {*CONTROL} - {*NOT_GIVEN_AGAIN} == {*AGAIN}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("option", AGAIN)
def test_what_failed_is_not_recommended_and_the_plan_says_why(
    option: str, how: str, wanted: dict[str, dict[str, Document]]
) -> None:
    found = wanted[option]
    assert found, "open in none of the cases"
    lines = evaluated([failed(document, option, how) for document in found.values()])
    rule = GUIDELINE.option(option)
    justifying = [item for item in rule.criteria if item.id == SYNDROME]
    for name, line in zip(found, lines, strict=True):
        if line[option] == "recommended":
            assert (option, how) in JUSTIFIED, name
            assert all(line[GUIDELINE.places[id(item.test)]] for item in justifying), name
            assert justifying
        assert said(option, line), (name, line[option])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("option", AGAIN)
def test_what_failed_is_not_first_in_the_plan(
    option: str, how: str, wanted: dict[str, dict[str, Document]]
) -> None:
    """In the first case; where nothing else is open, a last resort may stand alone, and is not recommended."""
    document = next(iter(wanted[option].values()))
    plan = case_plan(parse_case(failed(document, option, how)))
    planned = next(item for item in plan.options if item.id == option)
    others = [
        item
        for item in plan.options
        if item.intent is Intent.DISEASE_CONTROL and item.rank and item.id not in (option, *NOT_GIVEN_AGAIN)
    ]
    if (option, how) not in JUSTIFIED and others:
        assert planned.rank != 1


def test_an_option_that_goes_on_well_after_an_earlier_failure_stays_open() -> None:
    document = copy.deepcopy(MIDGUT)
    document["treatments"] += [
        {"option": "targeted.everolimus", "ongoing": False, "stopped_for": "toxicity"},
        {"option": "targeted.everolimus", "ongoing": True},
    ]
    (line,) = evaluated([document])
    assert said("targeted.everolimus", line) == []


def test_a_class_that_failed_speaks_for_analogues_and_for_no_other_drug() -> None:
    document = copy.deepcopy(MIDGUT)
    document["treatments"] = [
        {"option": name, "ongoing": False, "stopped_for": "toxicity"} for name in ("ssa.*", "targeted.*")
    ]
    (line,) = evaluated([document])
    assert said("ssa.lanreotide", line) == ["somatostatin.position_not_tolerated"]
    assert said("targeted.everolimus", line) == []


@pytest.mark.parametrize(
    ("best", "failed_before"), [("PR", False), ("SD", False), ("PD", True), (None, True)]
)
def test_an_embolisation_that_held_the_tumour_did_not_fail(best: str | None, failed_before: bool) -> None:
    document = copy.deepcopy(MIDGUT)
    document["treatments"] += [
        {"option": "embolisation.bland", "ongoing": False, "best_response": best, "progressed_on": True}
    ]
    (line,) = evaluated([document])
    assert bool(said("embolisation.bland", line)) is failed_before


def test_a_long_first_course_justifies_radioligands_again() -> None:
    document = copy.deepcopy(MIDGUT)
    document["treatments"] += [
        {"option": "prrt.lu177_dotatate", "ongoing": False, "best_response": "PR", "progressed_on": True,
         "progression_free_months": 30, "cycles": 4, "activity_gbq": 29.6}
    ]  # fmt: skip
    (line,) = evaluated([document])
    assert said("prrt.retreatment", line) == []
    assert said("prrt.lu177_dotatate", line)


# ------------------------------------------------------------------------------- in a followed course
BEGUN = {"option": "targeted.everolimus", "start": "2026-06-01"}
SECOND = {"date": "2026-12-01", "stated": {"response": "PD", "basis": "recist_1_1"}}


def followed(treatment: Document, *, images: list[Document]) -> Followed:
    course = {
        "schema": "nelm.course/1", "id": "failed", "case": MIDGUT,
        "imaging": [{"date": "2026-05-01"}, *images], "treatments": [treatment],
    }  # fmt: skip
    known = KNOWLEDGE.record(QualityOfLifeKnowledge, "quality_of_life")
    return follow(course_of(course, ROOT, known), on=date(2027, 1, 10), knowledge=KNOWLEDGE)


def planned(found: Followed, option: str) -> PlannedOption:
    return next(item for item in found.last.plan.options if item.id == option)


def test_progression_on_images_forecloses_the_drug_that_was_running() -> None:
    found = followed(BEGUN, images=[SECOND])
    assert planned(found, "targeted.everolimus").verdict == "not_indicated"
    (closed,) = [item for item in found.foreclosed if item.option == "targeted.everolimus"]
    assert closed.by_treatment
    assert "targeted.not_failed_before" in {item.id for item in closed.reasons}
    assert planned(found, "targeted.cabozantinib").verdict == "recommended"


def test_a_drug_without_progression_is_not_foreclosed() -> None:
    stable = [{"date": "2026-12-01", "stated": {"response": "SD", "basis": "recist_1_1"}}]
    found = followed(BEGUN, images=stable)
    answers = {item.id: item.state for item in planned(found, "targeted.everolimus").criteria}
    assert answers["targeted.not_failed_before"] == "met"


@pytest.mark.parametrize("reason", [None, "completed", "progression"])
def test_progression_on_the_first_images_after_the_end_is_that_of_the_drug(reason: str | None) -> None:
    ended = BEGUN | {"end": "2026-11-20"} | ({"stopped_for": reason} if reason else {})
    found = followed(ended, images=[SECOND])
    assert planned(found, "targeted.everolimus").verdict == "not_indicated"


def test_a_drug_that_was_stopped_for_toxicity_is_an_option_at_the_end() -> None:
    """The progression came four months later and is not that of the drug."""
    stopped = BEGUN | {"end": "2026-08-01", "stopped_for": "toxicity"}
    found = followed(stopped, images=[SECOND])
    everolimus = planned(found, "targeted.everolimus")
    assert everolimus.verdict == "option"
    assert {
        item.statement
        for item in everolimus.positions
        if item.position == "against" and item.applies == "met"
    }
    ranks = [item.rank for item in found.last.plan.options if item.intent == everolimus.intent and item.rank]
    assert everolimus.rank is not None
    assert everolimus.rank > min(ranks)
