"""The timeline on paper: stands alone, breaks between lanes, keeps one axis, fits its sheet."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from tests.course_views import ANALOGUES, DAY, LANES, crowded_lanes

from nelm.report.course.paper import FONT, TALLEST, PaperDrawing, font_folder, timeline_sheets
from nelm.report.course.printed import column_widths

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawings(years: float) -> tuple[PaperDrawing, ...]:
    return timeline_sheets(crowded_lanes(years), day=DAY, name="t")


def words(drawing: PaperDrawing) -> str:
    """All words of a drawing, in a line."""
    return " ".join(one.text or "" for one in ET.fromstring(drawing.svg).iter(f"{NAMESPACE}text"))


def size(drawing: PaperDrawing) -> tuple[float, float]:
    width, height = ET.fromstring(drawing.svg).get("viewBox", "").split()[2:]
    return float(width), float(height)


def test_a_drawing_needs_nothing_of_a_page() -> None:
    for one in timeline_sheets(LANES, day=DAY, name="t"):
        assert not re.search(r"var\(|@media|https?://(?!www\.w3\.org/2000/svg)", one.svg)
        assert f'font-family="{FONT}"' in one.svg and "currentColor" in one.svg and ' color="#' in one.svg


def test_the_font_that_words_are_measured_in_is_there() -> None:
    assert {f"{FONT.replace(' ', '')}{weight}.ttf" for weight in ("", "-Bold")} <= {
        path.name for path in font_folder().iterdir()
    }


@pytest.mark.parametrize("years", [0.25, 3, 15])
def test_what_is_taller_than_a_sheet_goes_on_on_the_next(years: float) -> None:
    found = drawings(years)
    assert len(found) > 1
    whole = " ".join(words(one) for one in found)
    for lane in crowded_lanes(years):
        assert lane.name.split()[0] in whole
        told = [one.label for one in lane.spans] + [one.text for one in lane.events]
        assert [text for text in told if text not in whole] == []
    for one in found:
        width, height = size(one)
        assert one.width * height <= TALLEST * width * 1.001


def test_all_sheets_have_one_axis() -> None:
    def axis(one: PaperDrawing) -> list[tuple[str | None, str | None]]:
        marks = [
            node
            for node in ET.fromstring(one.svg).iter(f"{NAMESPACE}text")
            if "m" in node.get("class", "").split()
        ]
        return [(node.get("x"), node.text) for node in marks if re.fullmatch(r"20\d\d", node.text or "")][:15]

    first, *others = drawings(15)
    assert len(axis(first)) > 3 and others
    assert all(axis(one)[: len(axis(first)) // 2] == axis(first)[: len(axis(first)) // 2] for one in others)


def test_a_kind_looks_the_same_on_all_sheets() -> None:
    *plots, treatments, _ = crowded_lanes(8)
    sheets = timeline_sheets([ANALOGUES, treatments, *plots, treatments], day=DAY, name="t")
    keys = [
        re.findall(r'class="bar" style="([^"]*)"[^>]*width="23"[^>]*/><text[^>]*>([^<]*)', one.svg)
        for one in sheets
    ]
    first, last = ({kind: style for style, kind in key} for key in (keys[0], keys[-1]))
    assert len(sheets) > 1 and "analogue" in first and "analogue" not in last
    assert len(last) == 10 and all(first[kind] == style for kind, style in last.items())


def test_a_lane_taller_than_a_sheet_is_drawn_smaller() -> None:
    lane = crowded_lanes(8, events=400, treatments=40)[-1]
    (only,) = timeline_sheets([lane], day=DAY, name="t")
    width, height = size(only)
    assert height > TALLEST * width and only.width == pytest.approx(TALLEST * width / height, rel=1e-3)


def test_nothing_is_no_sheet() -> None:
    assert timeline_sheets([], day=DAY, name="t") == ()


def test_columns_of_few_letters_are_as_wide_as_they_are() -> None:
    assert column_widths([["a", "b" * 30, "c" * 500]], ()) == [0, 30, 60]
    assert column_widths([["a"]], ["a heading of some thirty letters"]) == [32]
