"""`nelm follow`: exit codes, what goes where, the shape of the document, and that bad input writes nothing."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from html import unescape
from pathlib import Path
from textwrap import dedent
from typing import Any

import pypdf
import pytest

from nelm.cli.entry import run
from nelm.io.case_files import read_case

DATA = Path(__file__).parent.parent / "data"
DEMO = str(DATA / "courses" / "demo-course.yaml")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The whole document of the demo course."""
    target = tmp_path_factory.mktemp("follow") / "followup.json"
    assert run(["follow", DEMO, "--json", str(target)]) == 0
    return json.loads(target.read_bytes())


def of(listed: list[Document], **wanted: Any) -> Document:
    """The only item with these values."""
    (found,) = [item for item in listed if all(item[key] == value for key, value in wanted.items())]
    return found


def test_json_goes_to_standard_output_and_words_to_standard_error(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert run(["follow", DEMO]) == 0
    said = capsysbinary.readouterr()
    found = json.loads(said.out)
    assert (found["schema"], found["course"], found["on"]) == ("nelm.followup/1", "demo-course", "2027-09-20")
    words = " ".join(said.err.decode().split())
    for title in (
        "The next decision",
        "What the course forecloses",
        "Response",
        "Dose steps",
        "Not a medical device",
    ):
        assert title in words


def test_the_same_course_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        files = [f"--{kind}={tmp_path / name}.{kind}" for kind in ("json", "html", "ics", "fhir")]
        assert run(["follow", DEMO, *files]) == 0
    for kind in ("json", "html", "ics", "fhir"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes(), kind


def test_calendar_and_page_are_written(tmp_path: Path) -> None:
    paths = {kind: tmp_path / f"course.{kind}" for kind in ("html", "ics", "fhir", "json")}
    assert (
        run(["follow", DEMO, "--subject", "Patient/7", *(f"--{kind}={path}" for kind, path in paths.items())])
        == 0
    )
    assert paths["html"].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    calendar = paths["ics"].read_bytes()
    assert calendar.startswith(b"BEGIN:VCALENDAR\r\n") and calendar.endswith(b"END:VCALENDAR\r\n")
    bundle = json.loads(paths["fhir"].read_bytes())
    due = json.loads(paths["json"].read_bytes())["calendar"]["due"]
    requests = [
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "ServiceRequest"
    ]
    assert len(requests) == len(due) == calendar.count(b"BEGIN:VEVENT\r\n") > 5
    assert {one["subject"]["reference"] for one in requests} == {"Patient/7"}


def test_responses_by_all_criteria_with_their_disagreement(document: Document) -> None:
    assert [one["word"] for one in document["responses"]] == ["SD", "PD", "PR"]
    first = document["responses"][0]
    assert [one["criteria"] for one in first["answers"]] == [
        "RECIST 1.1",
        "mRECIST",
        "Choi",
        "modified Choi",
        "tumour volume",
    ]
    assert all(one["reasons"] for one in first["answers"])
    lines = {tuple(one["treatments"]): one for one in document["lines"]}
    assert (lines["ssa.lanreotide",]["best"], lines["ssa.lanreotide",]["progression"]) == ("SD", "2026-12-01")
    assert (lines["prrt.lu177_dotatate",]["best"], lines["prrt.lu177_dotatate",]["baseline"]) == (
        "PR",
        "2026-12-01",
    )
    assert lines["targeted.everolimus",]["best"] is None


def test_everolimus_is_given_again_one_step_lower(document: Document) -> None:
    """Stomatitis of grade 3 holds it; a review without toxicities, with the liver known, clears it at 5 mg."""
    step = of(document["dose_steps"], drug="everolimus")
    assert [one["instruction"].partition(" ")[0] for one in step["walked"]] == [
        "Hold",
        "Hold",
        "Give",
        "Find",
    ]
    assert (step["action"], step["level"]) == ("give", "reduced dose")
    assert step["dose"].startswith("5 mg")
    assert step["remarks"] == []


def test_grades_carry_their_edition_and_what_is_missing(document: Document) -> None:
    low = of(document["grades"], test="platelets", date="2027-02-15")["grades"][0]
    assert (low["version"], low["low"], low["high"]) == ("5", 2, 2)
    open_one = of(document["grades"], test="haemoglobin", date="2027-06-01")["grades"][0]
    assert (open_one["low"], open_one["high"]) == (0, 1)
    assert open_one["missing"] == ["the lower limit of haemoglobin"]


def test_the_plan_after_every_event_says_what_moved_and_why(document: Document) -> None:
    days = [one["date"] for one in document["decisions"]]
    assert days == sorted(set(days)) and len(days) == 9
    after = of(document["decisions"], date="2026-12-01")
    moved = of(after["moves"], option="surveillance")
    assert (moved["before"], moved["after"]) == ("option", "not_indicated")
    assert {"fact": "course.status", "before": "stable", "after": "progressing"}.items() <= moved["causes"][
        0
    ].items()
    for one in document["decisions"]:
        for move in one["moves"]:
            assert move["before"] != move["after"] or move["rank_before"] != move["rank_after"]


def test_what_is_foreclosed_names_its_criteria_and_facts(document: Document) -> None:
    closed = of(document["foreclosed"], option="prrt.lu177_dotatate")
    assert closed["by_treatment"]
    assert [one["id"] for one in closed["reasons"]] == ["prrt.no_previous_course"]
    assert any(cause["fact"].startswith("treatments.prrt") for cause in closed["causes"])
    said = {(one["treatment"], one["status"]) for one in document["consequences"]}
    assert ("prrt.lu177_dotatate", "verified") in said


def test_every_source_that_is_named_is_listed(document: Document) -> None:
    def named(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = set(value["sources"]) if isinstance(value.get("sources"), list) else set()
            return own.union(*(named(item) for item in value.values()), set())
        return set().union(*(named(item) for item in value)) if isinstance(value, list) else set()

    assert named(document) <= set(document["sources"])


def test_a_day_in_between_knows_nothing_later(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["follow", DEMO, "--on", "2026-08-10"]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert found["on"] == "2026-08-10"
    assert [one["date"] for one in found["responses"]] == ["2026-08-03"]
    assert [one["option"] for one in found["case"]["treatments"]] == ["ssa.lanreotide"]
    text = json.dumps({key: value for key, value in found.items() if key not in ("sources", "calendar")})
    assert "2026-12" not in text and "everolimus begun" not in text


def test_a_course_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    course = {
        "schema": "nelm.course/1",
        "id": "x",
        "case": {"schema": "nelm.case/1", "id": "x", "as_of": "2026-01-01"},
    }

    class Input:
        buffer = io.BytesIO(json.dumps(course).encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert run(["follow", "-"]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert (found["on"], found["responses"], len(found["decisions"])) == ("2026-01-01", [], 1)


def test_into_puts_what_follows_into_a_case(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    shutil.copy(DATA / "demo-001.yaml", case)
    assert run(["follow", DEMO, "--into", str(case), "--json", str(tmp_path / "out.json")]) == 0
    merged = read_case(case)
    assert merged.as_of.isoformat() == "2027-09-20"
    assert str(merged.course.status) == "responding"
    given = {item.option: item for item in merged.treatments}
    assert str(given["prrt.lu177_dotatate"].best_response) == "PR"
    assert given["ssa.lanreotide"].progressed_on is True
    assert (tmp_path / "case.yaml~").read_bytes() == (DATA / "demo-001.yaml").read_bytes()
    assert "# female | male" in case.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["follow"], 2),
        (["follow", DEMO, "--on", "soon"], 2),
        (["follow", "no-such-course.yaml"], 3),
        (["follow", str(DATA / "demo-001.yaml")], 3),
        (["follow", DEMO, "--into", "no-such-case.yaml"], 3),
    ],
)
def test_wrong_use_and_bad_input(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == code
    said = capsys.readouterr()
    assert said.out == "" and said.err and "Traceback" not in said.err


def test_bad_input_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(DEMO).read_text(encoding="utf-8").replace("../demo-001.yaml", str(DATA / "demo-001.yaml"))
    course = tmp_path / "course.yaml"
    for wrong in (
        text.replace("longest_mm: 31", "longest_mm: -31"),
        text.replace("id: L1, longest", "id: L9, longest"),
        text.replace("imaging:", "imagin:"),
        text.replace("option: ssa.lanreotide", "option: ssa.lanreotid"),
    ):
        assert wrong != text
        course.write_text(wrong, encoding="utf-8")
        targets = [f"--{kind}={tmp_path / kind}" for kind in ("json", "html", "ics", "fhir")]
        assert run(["follow", str(course), *targets]) == 3
        assert "Traceback" not in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == ["course.yaml"]


def test_into_leaves_nothing_of_a_course_that_images_made_untrue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case says that the disease did not grow rapidly; of the images a year later nobody has said so."""
    case = tmp_path / "case.yaml"
    text = (DATA / "demo-001.yaml").read_text(encoding="utf-8")
    assert "rapid: false" in text
    case.write_text(text, encoding="utf-8")
    assert run(["follow", DEMO, "--into", str(case), "--json", str(tmp_path / "out.json")]) == 0
    assert read_case(case).course.rapid is None
    assert "course.rapid: False by not known" in " ".join(capsys.readouterr().err.split())


def test_into_leaves_no_symptom_that_has_resolved(tmp_path: Path) -> None:
    course = DATA / "courses" / "insulinoma.yaml"
    first = course.read_text(encoding="utf-8").split("\ncase:\n")[1].split("\nimaging:")[0]
    case = tmp_path / "case.yaml"
    case.write_text(f"{dedent(first)}\nsymptoms:\n  - {{name: hypoglycaemia}}\n", encoding="utf-8")
    assert [str(one.name) for one in read_case(case).symptoms] == ["hypoglycaemia"]
    assert run(["follow", str(course), "--into", str(case), "--json", str(tmp_path / "out.json")]) == 0
    assert read_case(case).symptoms == ()


def test_the_case_of_the_document_can_be_read_again(document: Document, tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps(document["case"]), encoding="utf-8")
    assert read_case(case).as_of.isoformat() == "2027-09-20"


def test_the_page_on_paper_says_what_the_page_says(tmp_path: Path) -> None:
    targets = {kind: tmp_path / f"course.{kind}" for kind in ("html", "pdf", "json")}
    assert run(["follow", DEMO, *(f"--{kind}={path}" for kind, path in targets.items())]) == 0
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(targets["pdf"]).pages]
    printed = re.sub(r"\s+", "", "".join(sheets))
    page = targets["html"].read_text(encoding="utf-8")
    shown = re.sub(
        r"<style.*?</style>|<svg.*?</svg>|<details>.*?</details>|<header>.*?</header>",
        "",
        page,
        flags=re.DOTALL,
    )
    cells = re.findall(
        r"<(h2|p|td|th)[^>]*>(.*?)</\1>", shown[shown.index("<main>") : shown.index('id="sources"')]
    )
    words = [re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", cell))) for _, cell in cells]
    assert len(words) > 200 and [one for one in words if one not in printed] == []
    assert "cycle7.4GBq" in re.sub(r"\s+", "", sheets[0]) and "chromogranin" in sheets[0]
