"""`nelm plan` of a course: the plan of the derived case, and a report that begins with the course so far."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pypdf
import pytest
from tests.surface.test_course_page import in_browser
from tests.surface.test_report_numbers import Page, parsed
from tests.surface.test_report_pages import squeezed
from tests.surface.test_report_paper_numbers import bare

from nelm.app import read_plan
from nelm.app.board import read_board, rendered
from nelm.app.course import read_and_follow
from nelm.app.course.view import course_lanes
from nelm.cli.entry import run
from nelm.report import html_page, pdf_bytes
from nelm.report.course import timeline_chart

DATA = Path(__file__).parent.parent / "data"
CASE = str(DATA / "demo-001.yaml")
COURSE = str(DATA / "courses" / "demo-course.yaml")
EARLY = "2026-12-05"
EMPTY = {
    "schema": "nelm.course/1",
    "id": "x",
    "case": {"schema": "nelm.case/1", "id": "x", "as_of": "2026-01-01"},
}
TITLES = ("Best response and progression", "Next doses", "What the course forecloses", "Due next")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the course on its last day (`last`) and on an earlier one (`early`)."""
    folder = tmp_path_factory.mktemp("reports")
    for name, more in (("last", []), ("early", ["--on", EARLY])):
        targets = [f"--{kind}={folder / name}.{kind}" for kind in ("json", "html", "pdf")]
        assert run(["plan", COURSE, *targets, *more]) == 0
    return folder


@pytest.fixture(scope="module")
def page(files: Path) -> str:
    return (files / "last.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def paper(files: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO((files / "last.pdf").read_bytes()))


def section(page: str) -> str:
    """The course so far, from its heading to that of the options."""
    return page[page.index('<h2 id="course">') : page.index('<h2 id="options">')]


def rows(table: str) -> list[list[str]]:
    """Cells of a table as plain words."""
    found = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in table.split("<tr")[1:]]
    return [[unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", cell)).strip() for cell in row] for row in found]


def part(page: str, title: str) -> list[list[str]]:
    """The table of a part of the summary."""
    text = section(page)
    start = text.index(f"<h3>{title}</h3>")
    return rows(text[start : text.index("</table>", start)])


def written(page: str) -> list[list[str]]:
    """The table of everything in the timeline."""
    return rows(page[page.index('<table class="written" id="course-record">') :].partition("</table>")[0])


# ------------------------------------------------------------------------------------------ the plan
@pytest.mark.parametrize("on", [None, EARLY])
def test_the_plan_is_that_of_the_derived_case(on: str | None, files: Path, tmp_path: Path) -> None:
    day = [] if on is None else ["--on", on]
    case, followed, derived = tmp_path / "case.yaml", tmp_path / "followed.json", tmp_path / "derived.json"
    shutil.copy(CASE, case)
    assert run(["follow", COURSE, "--json", str(followed), "--into", str(case), *day]) == 0
    derived.write_text(json.dumps(json.loads(followed.read_bytes())["case"]), encoding="utf-8")
    of_course = (files / f"{'last' if on is None else 'early'}.json").read_bytes()
    for source in (case, derived):
        target = tmp_path / f"{source.stem}-plan.json"
        assert run(["plan", str(source), "--json", str(target)]) == 0
        assert target.read_bytes() == of_course


def test_the_days_give_different_plans(files: Path) -> None:
    days = [json.loads((files / f"{name}.json").read_bytes())["as_of"] for name in ("last", "early")]
    assert days == ["2027-09-20", EARLY]


def test_a_plain_case_gives_the_report_of_its_plan_alone(tmp_path: Path) -> None:
    targets = [f"--{kind}={tmp_path / 'plan'}.{kind}" for kind in ("html", "pdf")]
    assert run(["plan", CASE, *targets]) == 0
    plan = read_plan(CASE)
    assert (tmp_path / "plan.html").read_text(encoding="utf-8") == html_page(plan)
    assert (tmp_path / "plan.pdf").read_bytes() == pdf_bytes(plan)
    text = html_page(plan)
    for words in ("course so far", "course-record", "timeline", "--c1"):
        assert words not in text


def test_a_course_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    class Input:
        buffer = io.BytesIO(json.dumps(EMPTY).encode())

    monkeypatch.setattr(sys, "stdin", Input())
    assert run(["plan", "-", "--on", "2026-02-03", "--json", "-"]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert (found["schema"], found["case"], found["as_of"]) == ("nelm.plan/1", "x", "2026-02-03")


@pytest.mark.parametrize(("day", "verdict"), [(EARLY, "open"), ("2027-09-20", "not indicated")])
def test_explain_knows_the_day(day: str, verdict: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", COURSE, "prrt.lu177_dotatate", "--on", day]) == 0
    head = capsys.readouterr().err.splitlines()[0]
    assert head.startswith("177Lu-DOTATATE PRRT") and verdict in head


def test_check_knows_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    counted: list[int] = []
    for day in ("2026-05-01", "2027-09-20"):
        assert run(["check", COURSE, "--on", day]) == 0
        found = re.match(r"valid demo-001: (\d+) facts", capsys.readouterr().err)
        assert found is not None
        counted.append(int(found[1]))
    assert counted[0] < counted[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["plan", CASE, "--on", EARLY], 2, "a day is for a course"),
        (["explain", CASE, "surveillance", "--on", EARLY], 2, "a day is for a course"),
        (["check", CASE, "--on", EARLY], 2, "a day is for a course"),
        (["plan", COURSE, "--on", "soon"], 2, "--on"),
        (["plan", "no-such-course.yaml"], 3, "no such file"),
    ],
)
def test_wrong_use(
    arguments: list[str], code: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--html", str(tmp_path / "x.html")] if arguments[0] == "plan" else []
    assert run([*arguments, *more]) == code
    said = capsys.readouterr()
    assert said.out == "" and words in said.err and "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("longest_mm: 31", "longest_mm: -31", "imaging[0].lesions[0].longest_mm"),
        ("demo-001.yaml", "absent.yaml", "absent.yaml"),
        ("imaging:", "imagin:", "imagin"),
    ],
)
def test_a_bad_course_names_the_place_and_writes_nothing(
    before: str, after: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(CASE, tmp_path / "demo-001.yaml")
    text = Path(COURSE).read_text(encoding="utf-8").replace("../demo-001.yaml", "demo-001.yaml")
    assert before in text
    (tmp_path / "course.yaml").write_text(text.replace(before, after), encoding="utf-8")
    assert run(["plan", str(tmp_path / "course.yaml"), "--html", str(tmp_path / "x.html")]) == 3
    assert place in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course.yaml", "demo-001.yaml"]


# ------------------------------------------------------------------------------------------ the page
def test_the_timeline_is_that_of_the_course_and_stands_before_the_options(page: str) -> None:
    followed = read_and_follow(COURSE)
    chart = timeline_chart(course_lanes(followed), day=followed.on, name="course")
    assert str(chart.svg) in section(page)
    assert page.index('class="blocks"') < page.index('<h2 id="course">')


def test_the_table_says_what_the_picture_shows(page: str) -> None:
    found = written(page)
    for lane in course_lanes(read_and_follow(COURSE)):
        assert any(row[0].startswith(lane.name) for row in found)
        for span in lane.spans:
            days = f"{span.first} to {span.last}" if span.last else f"{span.first}, goes on"
            assert [days, span.kind.replace("_", " "), span.label] in found
        for event in lane.events:
            assert [str(event.day), event.kind, event.text] in found
        for point in lane.points:
            assert any(row[0] == str(point.day) and row[-1].startswith(f"{point.value:.4g}") for row in found)


def test_the_summary_says_response_doses_what_is_closed_and_what_is_due(page: str) -> None:
    text = section(page)
    assert "Disease: responding (RECIST" in unescape(re.sub(r"<[^>]+>", "", text))
    response = dict(rows(text[text.index("<h3>Response on") :].partition("</table>")[0]))
    assert response["RECIST 1.1"] == "PR, within the error also SD"
    assert response["sum of diameters"] == "46 (43 to 49) mm; -35 (-40 to -30) % since 2026-12-01"
    assert ["Lanreotide", "SD", "none", "2026-12-01"] in part(page, "Best response and progression")
    doses = part(page, "Next doses")
    assert ["everolimus", "2027-09-20", "give", "reduced dose (1 step down)",
            "Give everolimus: 5 mg by mouth once daily."] in doses  # fmt: skip
    closed = {row[0]: row[1:] for row in part(page, "What the course forecloses")}
    options = "177Lu-DOTATATE PRRT, 177Lu-edotreotide PRRT, 90Y-DOTATOC PRRT"
    assert closed[options][0] == "2027-05-10" and closed[options][1].startswith("a treatment; needs:")
    due = part(page, "Due next")
    assert ["echocardiography recalled, not checked", "2027-05-05", "overdue"] in due
    assert ["CT or MRI", "2027-12-01 to 2028-06-01", "to come"] in due


def test_criteria_that_disagree_are_said_with_their_sources(tmp_path: Path) -> None:
    shutil.copy(CASE, tmp_path / "demo-001.yaml")
    text = Path(COURSE).read_text(encoding="utf-8").replace("../demo-001.yaml", "demo-001.yaml")
    # As large as before and much less dense: Choi speaks of a response, RECIST does not.
    less = re.sub(
        r"L1, longest_mm: 30(.*)attenuation_hu: 70", r"L1, longest_mm: 30\1attenuation_hu: 40", text
    )
    less = re.sub(
        r"L2, longest_mm: 25(.*)attenuation_hu: 74", r"L2, longest_mm: 24\1attenuation_hu: 40", less
    )
    (tmp_path / "course.yaml").write_text(less, encoding="utf-8")
    followed = read_and_follow(str(tmp_path / "course.yaml"), date(2026, 9, 1))
    said = followed.lines.days[-1].response
    assert said is not None and said.disagreement
    html = rendered(read_board(str(tmp_path / "course.yaml"), followed.on), ["html"])["html"].decode()
    words = unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", section(html)))
    for reason in said.disagreement:
        assert reason.text in words


def test_nothing_later_than_the_day_is_there(files: Path) -> None:
    page = (files / "early.html").read_text(encoding="utf-8")
    text = unescape(re.sub(r"<[^>]+>", " ", section(page)))
    for later in ("PRRT ongoing", "Everolimus", "cycle 7.4", "stomatitis", "2027-06-01 ", "2027-09"):
        assert later not in text.partition("Due next")[0], later
    assert max(row[0][:10] for row in written(page) if row[0].startswith("20")) <= EARLY
    whole = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(files / "early.pdf").pages)
    assert "cycle 7.4" not in whole and "stomatitis" not in whole and "SD" in whole


def test_every_number_of_the_page_leads_somewhere(page: str) -> None:
    found: Page = parsed(page)
    assert found.bare == [] and found.twice == []
    assert [link for link in found.links if link.startswith("#") and link[1:] not in found.anchors] == []


def test_the_page_fetches_nothing_and_runs_nothing(page: str) -> None:
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\((?!#)|\ssrc=|\son\w+=", page)


@pytest.mark.parametrize("width", [1300, 960, 420])
def test_in_a_browser_the_picture_can_be_read_and_nothing_scrolls_sideways(
    width: int, page: str, tmp_path: Path, program: Callable[[str], str]
) -> None:
    found = in_browser(page, width, tmp_path, program)
    (chart,) = [one for one in found["charts"] if one["id"]]
    assert chart["id"] == f"course-{'wide' if width > 900 else 'narrow'}"
    assert chart["count"] > 50 and chart["out"] == [] and chart["over"] == [] and chart["smallest"] >= 9.5
    assert found["wide"] <= 0


def test_a_course_in_which_nothing_happened_is_still_a_report(tmp_path: Path) -> None:
    (tmp_path / "course.json").write_text(json.dumps(EMPTY), encoding="utf-8")
    made = rendered(read_board(str(tmp_path / "course.json")), ["html", "pdf"])
    text = section(made["html"].decode())
    assert "Nothing is recorded of this course." in text and "<svg" not in text
    assert parsed(made["html"].decode()).bare == []
    whole = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(made["pdf"])).pages)
    assert "Nothing is recorded of this course." in whole


# ------------------------------------------------------------------------------------------ on paper
def drawn(sheet: pypdf.PageObject) -> list[Any]:
    """The drawings that a sheet holds."""
    held = sheet["/Resources"].get_object().get("/XObject", {})
    return [one.get_object() for one in held.values()]


def test_the_paper_has_the_course_before_the_options(paper: pypdf.PdfReader) -> None:
    texts = [sheet.extract_text() for sheet in paper.pages]
    first = next(place for place, text in enumerate(texts) if "The course so far" in text)
    options = next(place for place, text in enumerate(texts) if text.lstrip().startswith("Options"))
    assert first == 0 < options
    for title in TITLES:
        assert squeezed(title) in squeezed("".join(texts[:options]))
    whole = squeezed("".join(texts))
    assert squeezed("Everything in the timeline of the course") in whole
    assert squeezed("2027-08-08 to 2027-08-24 grade 3 stomatitis, grade 3") in whole


def test_the_paper_draws_every_lane_in_the_font_that_was_measured(paper: pypdf.PdfReader) -> None:
    sheet = next(one for one in paper.pages if "chromogranin A" in one.extract_text().replace("\n", " "))
    text = squeezed(sheet.extract_text())
    for lane in course_lanes(read_and_follow(COURSE)):
        assert squeezed(lane.name) in text
        assert [one.text for one in lane.events if squeezed(one.text) not in text] == []
    names = {font["/BaseFont"] for font in _fonts(sheet)}
    assert any("DejaVuSans" in name for name in names) and any("DejaVuSans-Bold" in name for name in names)


def _fonts(page: pypdf.PageObject) -> list[Any]:
    """Fonts of a sheet and of the drawings on it."""
    found: list[Any] = []
    for holder in (page, *drawn(page)):
        listed = holder["/Resources"].get_object().get("/Font", {}) if "/Resources" in holder else {}
        found += [font.get_object() for font in listed.get_object().values()] if listed else []
    return found


def test_every_number_on_paper_leads_somewhere(files: Path, program: Callable[[str], str]) -> None:
    assert bare((files / "last.pdf").read_bytes(), program("pdftotext")) == []


def test_the_same_course_gives_the_same_bytes(files: Path) -> None:
    again = rendered(read_board(COURSE), ["html", "pdf"])
    assert again["html"] == (files / "last.html").read_bytes()
    assert again["pdf"] == (files / "last.pdf").read_bytes()
