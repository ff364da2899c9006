"""The page of doses: stands alone, holds every region with units, says what is not known, nests, repeats its bytes."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from rich.console import Console
from tests.doses import BODIES, ct, regions, therapy, without_activity

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.plausibility import Check, Level
from nelm.dosimetry.regions import RegionKind
from nelm.knowledge import Source, Status
from nelm.planner.plan import DISCLAIMER
from nelm.report.dosimetry import (
    DoseReport,
    Section,
    Statement,
    Table,
    dose_page,
    dose_pictures,
    print_doses,
    words,
)

VOID = {"meta", "img", "br", "path", "use", "rect", "clippath"}
SOURCES = {"made2026": Source("made2026", "Made, J Up 2026;1:1", "paper", "abstract", date(2026, 1, 1))}
CHECKS = (
    Check(Level.OK, "Kidneys: 0.13 Gy/GBq is usual.", ("made2026",)),
    Check(Level.REFUSAL, "Spleen <i>: more decays than were given.", (), Status.RECALLED),
)
COURSE = Section(
    "Doses over the course",
    ("Two of four cycles.",),
    (Table(("organ", "together [Gy]"), (("kidneys", "1.9 (1.7 to 2.1)"),), ("One calibration.",)),),
)


class Page(HTMLParser):
    """Follows tags to their ends, collects anchors and what leads to them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.to: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.to.add(given["href"][1:])
        self.to.update(re.findall(r"url\(#([^)]+)\)", " ".join(given.values())))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
            self.open.pop()


@pytest.fixture(scope="module")
def report() -> DoseReport:
    methods = (Statement("Uncertainty to first order.", ("made2026",), Status.SECONDARY),)
    return DoseReport((therapy(),), CHECKS, (COURSE,), methods, SOURCES, "made-001")


@pytest.fixture(scope="module")
def page(report: DoseReport) -> str:
    return dose_page(report, dose_pictures(therapy(), regions(), ct())[:2])


def words_of(page: str) -> str:
    """What a reader sees, drawings apart."""
    bare = re.sub(r"<style.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def row_of(page: str, name: str) -> str:
    """The row of a region in the large table."""
    table = page[page.index('<table class="number">') :]
    return next(row.partition("</tr>")[0] for row in table.split("<tr") if f'<th scope="row">{name}' in row)


def known(dose_of: RegionDose) -> float:
    assert dose_of.absorbed_dose_gy is not None
    return dose_of.absorbed_dose_gy.value


def test_every_region_has_a_row_with_its_dose(page: str) -> None:
    for name in ("L1", "L2", "liver without lesions", "kidney right", "kidney left", "spleen", "kidneys"):
        region = next(
            one for one in therapy().regions if one.name.replace("_", " ") in (name, name.split(" w")[0])
        )
        digits = 1 if known(region) >= 1 else 2
        assert f"<strong>{known(region):.{digits}f}" in row_of(page, name)


def test_an_unknown_dose_is_said_with_its_reason_and_no_number(page: str) -> None:
    reason = "the mono-exponential curve would rise for ever"
    assert f"not known: {reason}" in row_of(page, "L3 &lt;b&gt;")
    assert "Gy" not in row_of(page, "L3 &lt;b&gt;")
    assert f"L3 <b>: no dose, {reason}" in words_of(page)
    assert "not known of L3 <b>" in words_of(page)  # the union that holds it


def test_what_was_given_is_said_first(page: str) -> None:
    header = words_of(page[: page.index("</header>")])
    for part in ("made-001", "Lu-177 DOTATATE", "7.40 GBq ± 2 %", "given 2026-03-02 09:30", "imaged 4, 24, 96 h after",
                 "local deposition", DISCLAIMER):  # fmt: skip
        assert part in header


def test_the_glance_shows_kidneys_with_limits_dose_per_activity_and_bed(page: str) -> None:
    kidneys = therapy().named("kidneys")
    mean, bed = kidneys.absorbed_dose_gy, kidneys.bed_gy
    assert mean is not None and bed is not None
    block = words_of(page[page.index("<h2>Kidneys") : page.index("<h2>Liver")])
    assert f"mean dose {mean.value:.2f} Gy ({mean.low:.2f} to {mean.high:.2f})" in block
    assert f"per activity {mean.value / 7.4:.2f} Gy/GBq" in block
    assert f"BED {bed.value:.2f} Gy ({bed.low:.2f} to {bed.high:.2f})" in block
    assert "with a dose 2 of 3" in words_of(page)


def test_numbers_have_units(page: str) -> None:
    head = words_of(
        page[page.index('<table class="number">') : page.index("</thead>", page.index('class="number"'))]
    )
    for column in ("Volume mL", "Mean dose Gy", "Per activity Gy/GBq", "BED Gy", "EQD2 Gy", "activity MBq h",
                   "half-life h", "D98 / D50 / D2 Gy"):  # fmt: skip
        assert column in head
    assert page.count(">activity [MBq]<") == len(BODIES) == page.count(">time after administration [h]<")
    assert page.count(">absorbed dose [Gy]<") == page.count("receives at least it [%]<") == 2


def test_checks_come_worst_first_with_source_and_doubt(page: str) -> None:
    table = page[page.index('<table class="checks">') :]
    assert table.index("more decays") < table.index("is usual")
    assert "Spleen &lt;i&gt;" in table and "recalled, not checked" in table
    assert '<a href="#source-made2026">1</a>' in table


def test_sections_of_the_caller_are_shown_and_empty_ones_are_not(page: str, report: DoseReport) -> None:
    for part in (
        "Doses over the course",
        "Two of four cycles.",
        "together [Gy]",
        "1.9 (1.7 to 2.1)",
        "One calibration.",
    ):
        assert part in words_of(page)
    bare = DoseReport((therapy(),), sections=(Section("Nothing"),))
    shown = words_of(dose_page(bare))
    for title in ("Nothing", "Checks", "Dose map", "Sources"):
        assert title not in shown


def test_constants_and_remarks_are_written_out(page: str) -> None:
    text = words_of(page)
    assert "half-life 159.53 h" in text and "alpha/beta 2.6 ± 0.5 Gy, half-time of repair 2.8 ± 0.4 h" in text
    assert "Uncertainty to first order." in text and "photons are left out" in text
    assert "Not among the regions, so without a dose: red marrow, lungs." in text
    assert text.count("3 points are too few") == 1  # one remark with a letter, not one for each region
    assert 'href="#remark-1-a">a</a>' in row_of(page, "spleen")


def test_the_budget_names_what_dominates(page: str) -> None:
    """In a large region with a calibration of 3 % and everything else near 1 or 2 %, calibration does."""
    table = page[page.index('<table class="budget">') :]
    row = next(row.partition("</tr>")[0] for row in table.split("<tr") if '<th scope="row">spleen' in row)
    spleen = therapy().named("spleen")
    assert f"<strong>{100 * spleen.relative_sd:.1f} %" in row
    largest = max(spleen.budget, key=lambda part: part.relative_effect)
    assert re.findall(r'class="most">([\d.]+) %', row) == [f"{100 * largest.relative_effect:.1f}"]


def test_it_nests_and_every_anchor_is_there_once(page: str) -> None:
    found = Page(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert found.to <= set(found.ids)


def test_two_administrations_share_no_anchor_and_both_are_named() -> None:
    dose = therapy()
    later = replace(without_activity(dose), remarks=("another remark",))
    text = dose_page(DoseReport((dose, later)))
    found = Page(text)
    assert len(found.ids) == len(set(found.ids)) and found.to <= set(found.ids)
    said = words_of(text)
    assert "Administration 1, 2026-03-02: Lu-177 DOTATATE, 7.40 GBq" in said
    assert "Administration 2: Lu-177 DOTATATE, activity not known" in said
    assert (
        "The administered activity is not known: no dose per activity." in said and "another remark" in said
    )


def test_every_row_is_as_wide_as_its_heading(page: str) -> None:
    """Also where a reason stands for several cells, and where columns that nobody fills are left out."""
    bare = tuple(replace(one, biological=None, sphere_gy=None) for one in without_activity(therapy()).regions)
    narrow = dose_page(DoseReport((replace(therapy(), regions=bare),)))
    for text, columns in ((page, 12), (narrow, 8)):
        table = text[text.index('<table class="number">') :].partition("</table>")[0]
        for row in table.split("<tr")[1:]:
            spans = [int(found or 1) for found in re.findall(r"<t[dh]\b(?:[^>]*colspan=\"(\d+)\")?", row)]
            assert sum(spans) == columns


def test_it_fetches_nothing_and_runs_nothing(page: str) -> None:
    assert not re.search(r"<script|<link|<iframe|@import|url\((?!#)|https?://|\son\w+=", page)
    assert set(re.findall(r'\ssrc="([^,"]*)', page)) == {"data:image/png;base64"}


def test_drawings_take_ink_and_colours_from_the_page_and_say_what_they_show(page: str) -> None:
    drawn = page.count("<svg")
    assert drawn == len(BODIES) + 2
    assert "#010203" not in page and "var(--c1, #0072b2)" in page and "currentColor" in page
    assert len(re.findall(r"<svg[^>]*aria-label=[^>]*><title>[^<]+</title><desc>[^<]+</desc>", page)) == drawn


def test_the_same_doses_give_the_same_bytes(report: DoseReport, page: str) -> None:
    assert dose_page(report, dose_pictures(therapy(), regions(), ct())[:2]) == page


def test_parts_of_a_liver_are_named_and_every_kind_has_its_place() -> None:
    """As after microspheres to one lobe: a kind without a place could not be sorted."""
    assert {*words.ORDER, RegionKind.LESION} == set(RegionKind)
    liver = therapy().named("liver")
    parts = (
        replace(liver, name="liver, reached", kind=RegionKind.PERFUSED_LIVER),
        replace(liver, name="rest", kind=RegionKind.SPARED_LIVER),
    )
    said = words_of(dose_page(DoseReport((replace(therapy(), regions=parts),))))
    assert "Liver perfused 0.42 Gy" in said and "spared 0.42 Gy" in said
    assert "rest (spared liver without lesions)" in said


def test_a_source_that_is_not_given_is_refused() -> None:
    with pytest.raises(ValueError, match="made2026"):
        DoseReport((therapy(),), CHECKS)


def test_a_row_that_does_not_fit_its_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2"):
        Table(("a", "b"), (("x",),))


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_terminal_keeps_its_width(width: int) -> None:
    console = Console(width=width, file=io.StringIO(), record=True)
    print_doses(therapy(), console, CHECKS)
    text = console.export_text()
    assert max(len(line) for line in text.splitlines()) <= width
    lines = text.splitlines()
    for name in (
        "L1",
        "L2",
        "L3 <b>",
        "liver without lesions",
        "kidney right",
        "kidney left",
        "spleen",
        "kidneys",
    ):
        assert any(line.startswith(name.split(" with")[0]) for line in lines)
    kidneys = therapy().named("kidneys").absorbed_dose_gy
    assert kidneys is not None and f"{kidneys.low:.2f} to {kidneys.high:.2f}" in text
    assert "not known: L3 <b>: no dose" in text
    assert text.index("refusal: Spleen <i>") < text.index("in order")
    assert "ok: Kidneys" not in text
    assert "not a medical device" in text.lower()
