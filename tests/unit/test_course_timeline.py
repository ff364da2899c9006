"""The timeline of a course: axes hold what they should, words lie over nothing, bytes repeat."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from tests.course_views import CGA, DAY, LANES, SYSTEMIC, crowded_lanes

from nelm.report.course import Event, Lane, Point, Span, timeline_chart
from nelm.report.course.lettering import text_width, wrapped
from nelm.report.course.placing import BarWords, Flag, bar_words, chips, flags, rows_of, spread
from nelm.report.course.scales import time_axis, value_axis
from nelm.report.course.wording import point_value

SIZES = {"": 12.5, "s": 11.5}
COURSES = {
    "rich": LANES,
    "one": (CGA,),
    "empty": (Lane("Nothing known", "mL"),),
    "3 months": crowded_lanes(0.25),
    "3 years": crowded_lanes(3),
    "15 years": crowded_lanes(15),
    "crammed": crowded_lanes(8, events=60, treatments=40),
    "one day": (
        Lane("A", "mL", (Point(DAY, 1.0),), (Span(DAY, None, "b"),), (Event(DAY, "c"), Event(DAY, "d"))),
    ),
}


def drawings(lanes: tuple[Lane, ...]) -> list[ET.Element]:
    """Both layouts."""
    svg = str(timeline_chart(lanes, day=DAY, name="t").svg)
    return list(ET.fromstring(f"<div>{svg}</div>"))


Box = tuple[float, float, float, float, str]


def boxes(node: ET.Element, left: float = 0.0, top: float = 0.0) -> list[Box]:
    """Left, top, right, bottom and words of every text, as wide as in the widest font."""
    moved = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", node.get("transform", ""))
    if moved:
        left, top = left + float(moved[1]), top + float(moved[2])
    found: list[Box] = []
    if node.tag == "text":
        kinds = node.get("class", "").split()
        size = SIZES["s" if "s" in kinds else ""]
        width = text_width(node.text or "", size, bold="b" in kinds)
        shift = {"start": 0.0, "middle": width / 2, "end": width}[node.get("text-anchor", "start")]
        x, y = left + float(node.get("x", "nan")) - shift, top + float(node.get("y", "nan"))
        found.append((x, y - 0.72 * size, x + width, y + 0.1 * size, node.text or ""))
    for child in node:
        found += boxes(child, left, top)
    return found


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("layout", [0, 1])
def test_no_words_lie_over_others_or_leave_the_drawing(course: str, layout: int) -> None:
    check_words(drawings(COURSES[course])[layout])


def test_no_words_lie_over_others_in_courses_drawn_by_lot() -> None:
    rng = random.Random(17)
    for _ in range(40):
        for drawing in drawings(random_lanes(rng)):
            check_words(drawing)


def random_lanes(rng: random.Random) -> tuple[Lane, ...]:
    """Lanes of any mixture over three months to fifteen years."""
    reach = rng.choice((90, 400, 2000, 5500))

    def when() -> date:
        return DAY - timedelta(days=rng.randint(-30, reach))

    def said() -> str:
        some = ("grade 3", "everolimus", "7.4 GBq", "µ", "paused", "to")
        return " ".join(rng.choices(some, k=rng.randint(1, 7)))

    def lane(place: int) -> Lane:
        scale = 10.0 ** rng.randint(-2, 5)
        points = [Point(when(), scale * rng.lognormvariate(0, 1.5), text=said() if rng.random() < 0.3 else "")
                  for _ in range(rng.choice((0, 1, 12)))]  # fmt: skip
        starts = [when() for _ in range(rng.choice((0, 1, 9)))]
        spans = [Span(one, rng.choice((None, one, one + timedelta(days=rng.randint(1, 900)))), said(), said()[:9])
                 for one in starts]  # fmt: skip
        events = [
            Event(when(), said(), rng.choice(("", "toxicity", "scan"))) for _ in range(rng.choice((0, 1, 15)))
        ]
        limits = [(said(), scale * rng.uniform(0.5, 2)) for _ in range(rng.randint(0, 3))]
        in_order = tuple(sorted(points, key=lambda one: one.day))
        unit = rng.choice(("", "mL", "µmol/24 h"))
        return Lane(f"{place} {said()}", unit, in_order, tuple(spans), tuple(events), tuple(limits))

    return tuple(lane(place) for place in range(rng.randint(1, 12)))


def check_words(drawing: ET.Element) -> None:
    """All words lie in the drawing and none over others."""
    width, height = (float(one) for one in drawing.get("viewBox", "").split()[2:])
    found = boxes(drawing)
    for left, top, right, bottom, text in found:
        assert left >= -0.5 and top >= 0 and right <= width + 0.5 and bottom <= height, text
    for place, one in enumerate(found):
        for other in found[:place]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, f"{one[4]!r} over {other[4]!r}"


@pytest.mark.parametrize("course", COURSES)
def test_every_event_and_bar_has_its_words_or_a_number_that_is_explained(course: str) -> None:
    lanes = COURSES[course]
    for drawing in drawings(lanes):
        texts = [text for *_, text in boxes(drawing)]
        whole = " ".join(texts)
        told = [one.text for lane in lanes for one in lane.events]
        told += [one.label for lane in lanes for one in lane.spans if one.label != "pause"]
        assert [words for words in told if words not in whole] == []
        ranges = [re.fullmatch(r"(\d+)(?:–(\d+))?", text) for text in texts]
        used = drawing.findall(".//rect[@class='chip']")
        listed = {int(text) for text in texts if re.fullmatch(r"\d+", text)}
        chipped = [one for one in ranges if one and one[2]]
        assert all(set(range(int(one[1]), int(one[2]) + 1)) <= listed for one in chipped)
        assert bool(used) == any(re.match(r"\d{4}-\d\d-\d\d\b.* .*: ", text) for text in texts)


def test_words_are_as_wide_as_matplotlib_sets_them() -> None:
    measured = TextToPath()
    for text in ("lanreotide 120 mg", "µmol/24 h", "5-HIAA ≥ 300, [¹⁷⁷Lu]"):
        for bold in (False, True):
            font = FontProperties(family=["DejaVu Sans"], weight="bold" if bold else "normal", size=100)
            expected = measured.get_text_width_height_descent(text, font, ismath=False)[0]
            # Kerning and hinting, which a browser may leave out, are not counted.
            assert text_width(text, 100, bold=bold) == pytest.approx(expected, rel=0.02)
    assert text_width("\U0001f9ec", 12) == 12


def test_wrapped_lines_fit_and_lose_no_letter() -> None:
    text = "telotristat considered from uninterruptedlylongwordsthatdonotfit on"
    lines = wrapped(text, 12, 90)
    assert all(text_width(one, 12) <= 90 for one in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("", 12, 90) == []


@pytest.mark.parametrize("days", [1, 60, 92, 200, 366, 800, 1500, 2200, 3700, 5479, 15000])
@pytest.mark.parametrize(("left", "right", "room"), [(178, 944, 62.0), (48, 384, 49.6)])
def test_the_axis_of_time_has_readable_ticks(days: int, left: float, right: float, room: float) -> None:
    for start in (DAY - timedelta(days=days), date(2024, 1, 1)):
        axis = time_axis([start, start + timedelta(days=days)], left=left, right=right)
        ticks = axis.ticks(room)
        assert len(ticks) >= 2
        assert all(left <= x <= right for x, _ in ticks)
        # Months are up to 2.4 days shorter than the mean of 30.4 that the step is chosen with.
        assert all(b[0] - a[0] >= 0.9 * room for a, b in pairwise(ticks))
        assert re.search(r"\d{4}", ticks[0][1])
        assert axis.x(axis.first) == left and axis.x(axis.last) == right


def test_years_are_ticks_of_their_first_day() -> None:
    axis = time_axis([date(2020, 11, 15), DAY], left=0, right=1000)
    years = [(x, text) for x, text in axis.ticks(62) if text.isdigit()]
    assert [text for _, text in years] == ["2021", "2022", "2023", "2024", "2025", "2026"]
    assert all(x == axis.x(date(int(text), 1, 1)) for x, text in years)


def test_an_axis_of_values_holds_them_with_few_round_ticks() -> None:
    rng = random.Random(7)
    for _ in range(500):
        scale = 10.0 ** rng.uniform(-4, 5)
        values = [
            scale * rng.choice((rng.uniform(-1, 1), rng.lognormvariate(0, 2)))
            for _ in range(rng.randint(1, 9))
        ]
        axis = value_axis(values)
        assert axis.low <= min(values) and max(values) <= axis.high
        assert 1 <= len(axis.ticks) <= 7 and list(axis.ticks) == sorted(set(axis.ticks))
        assert all(axis.low <= one <= axis.high for one in axis.ticks)
        assert axis.y(axis.low, 70) == pytest.approx(70) and axis.y(axis.high, 70) == pytest.approx(
            0, abs=1e-9
        )
        tops = [axis.y(one, 70) for one in sorted(values)]
        assert tops == sorted(tops, reverse=True)


def test_large_factors_are_shown_by_their_logarithm() -> None:
    axis = value_axis([62, 3900])
    assert axis.logarithmic and axis.ticks == (100, 1000)
    assert axis.y(100, 70) - axis.y(1000, 70) == pytest.approx(axis.y(200, 70) - axis.y(2000, 70))
    assert not value_axis([0, 3900]).logarithmic and not value_axis([100, 400]).logarithmic


def test_zero_is_on_the_axis_unless_the_values_are_close() -> None:
    assert value_axis([212, 452]).low == 0
    assert value_axis([95, 112]).low > 0
    assert value_axis([5, 5]).low < 5 < value_axis([5, 5]).high
    assert value_axis([0, 0]).low == 0 < value_axis([0, 0]).high


def pixels(flag: Flag) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Cells of the words and of the line of a label, on a raster of pixels and rows."""
    words = {(x, flag.row) for x in range(round(flag.left), round(flag.right))}
    return words, {(round(flag.x), row) for row in range(flag.row)}


def test_labels_lie_over_no_words_and_no_lines() -> None:
    rng = random.Random(3)
    for _ in range(300):
        count = rng.randint(1, 25)
        marks = sorted((float(rng.randint(0, 400)), float(rng.randint(10, 150))) for _ in range(count))
        found = flags(marks, left=0, right=420, rows=4)
        placed = [one for one in found if one]
        assert [one.x for one in placed] == [x for (x, _), one in zip(marks, found, strict=True) if one]
        assert all(one.left >= 0 and one.right <= 420 and 0 <= one.row < 4 for one in placed)
        drawn = [pixels(one) for one in placed]
        for place, (words, line) in enumerate(drawn):
            for others, other_line in drawn[:place]:
                assert not words & others and not words & other_line and not line & others


def test_labels_with_room_stand_after_their_marks_on_the_lowest_row() -> None:
    assert flags([(10, 50), (100, 50)], left=0, right=300, rows=4) == [
        Flag(10, 0, 14, 64),
        Flag(100, 0, 104, 154),
    ]
    assert flags([(10, 120), (100, 50)], left=0, right=300, rows=4) == [
        Flag(10, 1, 14, 134),
        Flag(100, 0, 104, 154),
    ]
    assert flags([(290, 50)], left=0, right=300, rows=4) == [Flag(290, 0, 236, 286)]
    assert flags([(150, 290)], left=0, right=300, rows=4) == [None]


def test_chips_share_nothing_and_count_every_mark_once() -> None:
    rng = random.Random(5)
    for _ in range(300):
        places = sorted(rng.uniform(0, 300) for _ in range(rng.randint(1, 30)))
        found = chips(places, first=4, digit_px=8, left=0, right=320)
        assert [n for one in found for n in range(one.first, one.last + 1)] == list(range(4, 4 + len(places)))
        assert all(a.right < b.left for a, b in pairwise(found))
        assert all(one.left >= -1e-9 and one.right <= 320 + 1e-9 for one in found)


def test_bars_take_as_many_rows_as_there_are_at_one_time() -> None:
    rng = random.Random(11)
    for _ in range(200):
        spans = sorted((10.0 * a, 10.0 * (a + rng.randint(1, 9))) for a in rng.choices(range(40), k=12))
        rows = rows_of(spans)
        most = max(sum(start <= t + 5 < end for start, end in spans) for t in range(0, 500, 10))
        assert 1 + max(rows) == most
        for row in range(most):
            members = [span for span, its in zip(spans, rows, strict=True) if its == row]
            assert all(a[1] <= b[0] for a, b in pairwise(members))


def test_words_of_bars_stand_on_them_after_them_or_above_them() -> None:
    spans = [(0.0, 100.0, 80.0), (100.0, 120.0, 60.0), (125.0, 130.0, 40.0)]
    found = bar_words(spans, left=0, right=400, rows=3)
    assert found == [BarWords(6), Flag(100, 0, 104, 164), BarWords(135)]
    assert bar_words([(0, 20, 900)], left=0, right=400, rows=3) == [None]


def test_spread_labels_touch_no_other_and_stay_inside_where_they_fit() -> None:
    assert spread([(10, 12), (60, 12)], top=0, bottom=70) == [10, 60]
    assert spread([(30, 12), (32, 12), (69, 12)], top=0, bottom=70) == [30, 42, 64]
    rng = random.Random(2)
    for _ in range(200):
        places = sorted((rng.uniform(0, 70), rng.choice((12.5, 14.5))) for _ in range(5))
        found = spread(places, top=-6, bottom=76)
        edges = [
            (middle - height / 2, middle + height / 2)
            for middle, (_, height) in zip(found, places, strict=True)
        ]
        assert edges[0][0] >= -6 - 1e-9 and edges[-1][1] <= 76 + 1e-9
        assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(edges))


def test_what_goes_on_ends_in_an_arrow_on_the_day_and_what_ended_does_not() -> None:
    drawing = drawings((SYSTEMIC,))[0]
    day = float(drawing.find(".//line[@class='day']").get("x1"))  # pyright: ignore
    bars = [one.get("d", "") for one in drawing.findall(".//path[@class='bar']")]
    tips = [float(re.search(r"L([\d.]+) ", one)[1]) for one in bars]  # pyright: ignore
    arrows = [tip > float(re.search(r"H([\d.]+)L", one)[1]) for one, tip in zip(bars, tips, strict=True)]  # pyright: ignore
    assert arrows == [one.last is None for one in SYSTEMIC.spans]
    assert tips[-1] == day == 944


def test_points_whiskers_and_limits_are_where_their_values_are() -> None:
    points = (
        Point(day=date(2026, 1, 1), value=50, low=25, high=100),
        Point(date(2026, 7, 2), 100, low=75),
        Point(DAY, 0),
    )
    drawing = drawings((Lane("A", "mL", points, limits=(("limit", 75),)),))[0]
    dots = drawing.findall(".//circle")
    middles = [float(one.get("cy", "nan")) for one in dots]
    assert middles == pytest.approx([35, 0, 70])
    halves = (date(2026, 7, 2) - date(2026, 1, 1)).days / (DAY - date(2026, 1, 1)).days
    assert [float(one.get("cx", "nan")) for one in dots] == pytest.approx(
        [178, 178 + 766 * halves, 944], abs=0.06
    )
    whiskers = [(float(one.get("y1", "nan")), float(one.get("y2", "nan")))
                for one in drawing.findall(".//line[@class='whisker']")]  # fmt: skip
    assert whiskers == [(52.5, 0), (52.5, 52.5), (0, 0), (17.5, 0), (17.5, 17.5)]
    assert [float(one.get("y1", "nan")) for one in drawing.findall(".//line[@class='limit']")] == [17.5]


def test_values_that_are_not_known_are_left_out_and_said() -> None:
    lost = Lane("A", "mL", (Point(DAY, float("nan"), text="haemolysed"),))
    assert "no value known" in str(timeline_chart((lost,), day=DAY, name="t").svg)
    assert point_value(lost.points[0], "mL") == "not known, haemolysed"
    part = Lane("A", "mL", (*lost.points, Point(DAY, 3.0, high=float("inf"))))
    assert len(drawings((part,))[0].findall(".//circle")) == 1
    assert "nothing recorded" in str(timeline_chart((Lane("A"),), day=DAY, name="t").svg)


def test_lanes_may_go_on_after_the_day() -> None:
    later = DAY + timedelta(days=400)
    lane = Lane(
        "Planned",
        events=(Event(later, "image"),),
        spans=(Span(later, None, "planned"), Span(DAY, later, "cycle")),
    )
    drawing = drawings((lane,))[0]
    assert float(drawing.find(".//line[@class='day']").get("x1")) < 944  # pyright: ignore


def test_kinds_are_told_apart_without_colour() -> None:
    kinds = [f"kind {place}" for place in range(6)]
    spans = tuple(
        Span(date(2020 + place, 1, 1), date(2020 + place, 9, 1), kind, kind)
        for place, kind in enumerate(kinds)
    )
    drawing = drawings((Lane("A", spans=spans),))[0]
    hatches = [one.get("d") for one in drawing.findall(".//pattern/path")]
    assert len(set(hatches)) == len(hatches) == 6
    fills = [
        re.search(r"url\(#([^)]*)\)", one.get("style", ""))[1]
        for one in drawing.findall(".//path[@class='bar']")
    ]  # pyright: ignore
    assert fills == [one.get("id") for one in drawing.findall(".//pattern")]


def test_names_and_words_are_escaped() -> None:
    lane = Lane(
        "<b>&",
        "<u>",
        (Point(DAY, 1.0, text="<i>"),),
        (Span(DAY, None, "<s>", "<k>"),),
        (Event(DAY, "<e>", "<m>"),),
    )
    svg = str(timeline_chart((lane,), day=DAY, name="t").svg)
    assert not re.search(r"<[buisekm]>", svg)
    ET.fromstring(f"<div>{svg}</div>")


def test_the_same_lanes_give_the_same_bytes_and_two_charts_share_no_name() -> None:
    one, again, other = (timeline_chart(LANES, day=DAY, name=name) for name in ("a", "a", "b"))
    assert one == again
    ids = [set(re.findall(r' id="([^"]+)"', str(chart.svg))) for chart in (one, other)]
    assert ids[0] and not ids[0] & ids[1]
    used = set(re.findall(r"url\(#([^)]+)\)", str(one.svg)))
    assert used <= ids[0]
