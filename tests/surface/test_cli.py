"""The command line: exit codes, what goes where, and that bad input writes nothing and shows no traceback."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from tests.surface.test_bad_input import BROKEN_YAML, MISSPELT, STRUCTURAL, changed, path_of

from nelm.cli.commands import nelm
from nelm.cli.entry import run

ROOT = Path(__file__).parent.parent.parent
DEMO = str(ROOT / "tests" / "data" / "demo-001.yaml")
WRONG = [json.dumps(changed(way, value), default=str) for way, value in STRUCTURAL]
MALFORMED = [
    *((text, "case.json") for text in WRONG[:: max(1, len(WRONG) // 200)]),
    *((text, "case.yaml") for text in BROKEN_YAML.values()),
]


def test_there_are_two_hundred_malformed_cases() -> None:
    assert len(MALFORMED) >= 200
    assert len(MISSPELT) > 0 and path_of(MISSPELT[0])


def test_malformed_cases_exit_3_with_a_path_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "plan.html"
    for text, name in MALFORMED:
        case = tmp_path / name
        case.write_text(text, encoding="utf-8")
        code = run(["plan", str(case), "--html", str(target), "--json", str(tmp_path / "plan.json")])
        said = capsys.readouterr()
        assert code == 3, text[:200]
        assert "Traceback" not in said.err and str(case) in said.err and said.out == ""
        assert [path.name for path in tmp_path.iterdir()] == [name]
        case.unlink()


def test_plan_writes_json_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["plan", DEMO, "--json", "-"]) == 0
    said = capsysbinary.readouterr()
    assert json.loads(said.out)["schema"] == "nelm.plan/1"
    assert said.err == b""


def test_plan_without_target_speaks_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", DEMO]) == 0
    said = capsys.readouterr()
    assert said.out == "" and "demo-001" in said.err and "Not a medical device" in " ".join(said.err.split())


def test_plan_writes_all_three_files(tmp_path: Path) -> None:
    targets = {kind: tmp_path / f"plan.{kind}" for kind in ("json", "html", "pdf")}
    options = [part for kind, path in targets.items() for part in (f"--{kind}", str(path))]
    assert run(["plan", DEMO, *options]) == 0
    assert targets["pdf"].read_bytes().startswith(b"%PDF")
    assert targets["html"].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(targets["json"].read_bytes())["case"] == "demo-001"


def test_case_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Input:
        buffer = io.BytesIO(Path(DEMO).read_bytes())

    monkeypatch.setattr(sys, "stdin", Input())
    assert run(["check", "-"]) == 0
    assert "valid" in capsys.readouterr().err


def test_explain_names_criteria_facts_limits_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", DEMO, "prrt.lu177_dotatate"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    for part in ("creatinine", "40 mL/min", "labs[", "source"):
        assert part in said, part


@pytest.mark.parametrize(
    "arguments",
    [[], ["plan"], ["nothing"], ["plan", DEMO, "--html"], ["explain", DEMO], ["explain", DEMO, "prrt.lu177"]],
)
def test_wrong_use_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_unwritable_target_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", DEMO, "--json", str(tmp_path / "absent" / "plan.json")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_every_command_has_help_with_an_example() -> None:
    for command in nelm.commands.values():
        assert command.help and "Example:" in command.help
        assert all(
            getattr(option, "help", "x") for option in command.params if option.param_type_name == "option"
        )


def test_cohort_gives_the_verdicts_of_the_plan(tmp_path: Path) -> None:
    import polars as pl

    source, target = tmp_path / "facts.csv", tmp_path / "verdicts.csv"
    source.write_text(
        "id,tumour.differentiation,tumour.mixed,course.status,tumour.ki67_percent\na,poor,false,new,80\nb,,,,\n",
        encoding="utf-8",
    )
    assert run(["cohort", str(source), str(target)]) == 0
    verdicts = pl.read_csv(target)
    assert verdicts["id"].to_list() == ["a", "b"]
    assert set(verdicts.row(1, named=True)["chemo.captem"].split()) == {"undetermined"}
    assert verdicts.row(0, named=True)["chemo.captem"] == "not_indicated"


def test_cohort_names_a_column_that_is_no_fact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "facts.csv"
    source.write_text("tumour.colour\nblue\n", encoding="utf-8")
    assert run(["cohort", str(source), str(tmp_path / "out.csv")]) == 3
    assert "tumour.colour" in capsys.readouterr().err
