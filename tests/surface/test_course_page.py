"""The page of a course: stands alone, holds every value as a table, fits wide and narrow screens in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.course_views import DAY, LANES, crowded_lanes, rich_view

from nelm.planner.plan import DISCLAIMER
from nelm.report.course import CourseView, Event, Lane, course_page

VOID = {"meta", "path", "rect", "line", "circle"}
MEASURE = """<script>
const found = [];
for (const svg of document.querySelectorAll("svg")) {
  const whole = svg.getBoundingClientRect();
  if (!whole.width) continue;
  const nodes = [...svg.querySelectorAll("text")], scale = whole.width / svg.viewBox.baseVal.width;
  const texts = nodes.map(t => [t.getBoundingClientRect(), t.textContent]);
  const sizes = nodes.map(t => parseFloat(getComputedStyle(t).fontSize) * scale);
  const inside = b => b.left > whole.left - 1 && b.right < whole.right + 1
    && b.top > whole.top - 3 && b.bottom < whole.bottom + 3;
  const out = texts.filter(([b]) => !inside(b)).map(t => t[1]);
  const over = [];
  const flat = b => [b.left + .5, b.top + .2 * b.height, b.right - .5, b.bottom - .2 * b.height];
  for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
    const a = flat(texts[i][0]), b = flat(texts[j][0]);
    if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]) over.push([texts[i][1], texts[j][1]]);
  }
  found.push({id: svg.id, count: texts.length, smallest: Math.min(...sizes), out, over});
}
const wide = document.documentElement.scrollWidth - innerWidth;
document.body.dataset.found = JSON.stringify({charts: found, wide});
</script></body>"""


class Page(HTMLParser):
    """Follows tags to their ends, collects names and what leads to them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.to: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID or tag in ("path", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.to.add(given["href"][1:])
        self.to.update(re.findall(r"url\(#([^)]+)\)", " ".join(given.values())))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()


@pytest.fixture(scope="module")
def page() -> str:
    return course_page(rich_view())


def words_of(page: str) -> str:
    """What a reader sees, drawings apart."""
    bare = re.sub(r"<style.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def rows(page: str, lane: str) -> list[tuple[str, ...]]:
    """Cells of a lane in the table below the timeline."""
    table = page[page.index('<table class="written">') :].partition("</table>")[0]
    part = next(one for one in table.split("<tbody>")[1:] if f'scope="rowgroup">{lane}' in one)
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in part.split("<tr")[2:]]
    return [tuple(unescape(cell) for cell in row) for row in found]


def test_the_head_says_whose_course_it_is_and_what_goes_on(page: str) -> None:
    head = words_of(page[: page.index("</header>")])
    for part in ("Course of treatment", "made-006 on 2026-11-26, from 2020-11-15", DISCLAIMER,
                 "going on: lanreotide 120 mg every 14 days, CAPTEM, capecitabine at 75 %"):  # fmt: skip
        assert part in head


def test_the_table_holds_everything_that_the_timeline_shows(page: str) -> None:
    for lane in LANES:
        found = rows(page, lane.name)
        assert len(found) == len(lane.points) + len(lane.spans) + len(lane.events)
        days = [row[0][:10] for row in found]
        assert days == sorted(days)
        for one in lane.points:
            value = next(row[2] for row in found if row[0] == str(one.day) and row[2][0].isdigit())
            numbers = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", value.replace(lane.unit, "", 1))]
            given = [one.value] if one.low is None or one.high is None else [one.value, one.low, one.high]
            assert numbers == pytest.approx(given, rel=2e-3) and one.text in value
        for span in lane.spans:
            last = f"{span.first} to {span.last}" if span.last else f"{span.first}, goes on"
            assert (last, span.kind, span.label) in found
        for event in lane.events:
            assert (str(event.day), event.kind, event.text) in found
        for name, _ in lane.limits:
            assert f"{name}:" in words_of(page)


def test_sections_with_content_and_their_sources_are_shown(page: str) -> None:
    text = words_of(page)
    for part in (
        "What next",
        "Stable on CAPTEM",
        "128 mm (122 to 134)",
        "Made up.",
        "Made, J Up",
        "read: abstract",
    ):
        assert part in text
    assert "Nothing" not in text


def test_it_nests_and_every_name_is_there_once(page: str) -> None:
    found = Page(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids)) and found.to <= set(found.ids)


def test_it_fetches_nothing_and_runs_nothing(page: str) -> None:
    assert not re.search(r"<script|<link|<iframe|<img|@import|url\((?!#)|https?://|\son\w+=", page)


def test_drawings_say_what_they_show(page: str) -> None:
    told = re.findall(r"<svg[^>]*aria-label=[^>]*><title>[^<]+</title><desc>([^<]+)</desc>", page)
    assert len(told) == page.count("<svg") == 2
    for lane in LANES:
        assert f"{lane.name}: " in told[0]
    assert "348 mL (320.2 to 375.8)" in told[0] and "lanreotide 120 mg every 14 days" in told[0]


def test_nothing_recorded_is_said(page: str) -> None:
    assert "Nothing is recorded of this course." in course_page(CourseView("Course", "x", DAY, ()))
    empty = course_page(CourseView("Course", "x", DAY, (Lane("Volume", "mL"),)))
    assert "nothing recorded" in words_of(empty) and "Nothing is recorded" not in empty
    assert words_of(empty).count("going on") == 0


def test_words_are_escaped() -> None:
    view = replace(
        rich_view(), title="<x>", case_id="<y>", lanes=(Lane("<z>", events=(Event(DAY, "<q>", "<r>"),)),)
    )
    assert not re.search(r"<[xyzqr]>", course_page(view))


def test_the_same_course_gives_the_same_bytes(page: str) -> None:
    assert course_page(rich_view()) == page


def in_browser(page: str, width: int, tmp_path: Path, program: Callable[[str], str]) -> dict[str, Any]:
    """What a browser with a window of this width [px] makes of a page: its charts and what reaches beyond it."""
    file = tmp_path / "page.html"
    file.write_text(page.replace("</body>", MEASURE), encoding="utf-8")
    done = subprocess.run(
        [program("chromium"), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
         f"--window-size={width},2000", "--virtual-time-budget=2000", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    measured = re.search(r'data-found="([^"]*)"', done.stdout)
    assert measured is not None
    return json.loads(unescape(measured[1]))


@pytest.mark.parametrize("width", [1300, 960, 420])
@pytest.mark.parametrize("course", ["rich", "crowded"])
def test_in_a_browser_no_words_lie_over_others_and_all_can_be_read(
    course: str, width: int, tmp_path: Path, program: Callable[[str], str]
) -> None:
    lanes = {"rich": LANES, "crowded": crowded_lanes(15)}[course]
    found = in_browser(course_page(replace(rich_view(), lanes=lanes)), width, tmp_path, program)
    assert [one["id"] for one in found["charts"]] == [f"timeline-{'wide' if width > 900 else 'narrow'}"]
    chart = found["charts"][0]
    assert chart["count"] > 10 and chart["out"] == [] and chart["over"] == []
    assert chart["smallest"] >= 9.5  # pixels
    assert found["wide"] <= 0  # nothing to scroll sideways
