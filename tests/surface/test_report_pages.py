"""The report as page and paper: stands alone, escapes what it is given, repeats its bytes, says what it is."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pypdf
import pytest
from rich.console import Console
from tests.plans import rich_plan

from nelm.planner.plan import DISCLAIMER, Plan
from nelm.report import html_page, pdf_bytes, print_check, print_explanation, print_plan

WITHOUT_SPACE = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """Text without white space and source numbers, so that line breaks do not matter."""
    return WITHOUT_SPACE.sub("", text)


@pytest.fixture(scope="module")
def page() -> str:
    return html_page(rich_plan())


@pytest.fixture(scope="module")
def paper() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf_bytes(rich_plan())))


def said(plan: Plan) -> Iterator[str]:
    """Sentences that both renderings must hold."""
    for option in plan.options:
        if option.verdict != "not_indicated":
            yield from (item.statement for item in option.criteria)
            yield from (item.text for item in option.proposal.regimen + option.proposal.cautions)
    yield from (view.says for item in plan.conflicts for view in item.views)
    yield from (item.citation for item in plan.sources.values())
    yield from plan.warnings
    yield from (item.text for item in plan.follow_up)


def test_page_and_paper_say_the_same_sentences(page: str, paper: pypdf.PdfReader) -> None:
    words = squeezed(unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", page)))
    printed = squeezed("".join(sheet.extract_text() for sheet in paper.pages))
    plan = rich_plan()
    assert [text for text in said(plan) if squeezed(text) not in words] == []
    assert [text for text in said(plan) if squeezed(text) not in printed] == []


def test_the_page_fetches_nothing_and_runs_nothing(page: str) -> None:
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\ssrc=|\son\w+=", page)


def test_text_of_a_case_never_becomes_markup(page: str) -> None:
    assert "lu177_dotatate &lt;b&gt;" in page and "<b>" not in page
    assert "doxorubicin &lt;5 cycles&gt;" in page


def test_text_of_a_case_never_becomes_code_on_paper() -> None:
    plan = replace(rich_plan(), warnings=('#panic("no") $x$ *bold* [a] @b <c> \\',))
    printed = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf_bytes(plan))).pages)
    assert squeezed('#panic("no") $x$ *bold* [a] @b <c>') in squeezed(printed)


def test_the_disclaimer_is_on_the_page_and_on_every_sheet(page: str, paper: pypdf.PdfReader) -> None:
    assert page.count(DISCLAIMER) == 2
    assert all(squeezed(DISCLAIMER) in squeezed(sheet.extract_text()) for sheet in paper.pages)


def test_the_same_plan_gives_the_same_bytes(page: str) -> None:
    assert html_page(rich_plan()) == page
    assert pdf_bytes(rich_plan()) == pdf_bytes(rich_plan())


def test_the_paper_is_a4_and_names_itself(paper: pypdf.PdfReader) -> None:
    box = paper.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert paper.metadata is not None and paper.metadata.title == "nelm plan made-001"
    assert "1 / " in paper.pages[0].extract_text()


def test_what_is_recalled_or_secondary_is_marked(page: str) -> None:
    assert page.count('class="doubt">recalled, not checked') > 1
    assert page.count('class="doubt">secondary source') > 1


def test_no_code_word_reaches_the_reader(page: str) -> None:
    words = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not re.findall(
        r"\b(?:not_met|not_indicated|second_line|excludes|disease_control|undetermined)\b", words
    )


def test_pictures_have_a_title_and_a_description(page: str) -> None:
    drawn = page.count("<svg")
    assert drawn == 3
    assert len(re.findall(r"<svg[^>]*aria-label=[^>]*><title>[^<]+</title><desc>[^<]+</desc>", page)) == drawn


def test_a_plan_without_anything_is_still_a_report() -> None:
    empty = replace(
        rich_plan(), facts=(), findings=(), options=(), next_facts=(), conflicts=(), follow_up=(), warnings=(),
        sources={}, timeline=(), lesions=(),
    )  # fmt: skip
    assert "No missing fact would change a verdict" in html_page(empty)
    assert pdf_bytes(empty).startswith(b"%PDF")


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_keeps_its_width(width: int) -> None:
    console = Console(width=width, file=io.StringIO(), record=True)
    print_plan(rich_plan(), console)
    print_explanation(rich_plan(), "prrt.lu177_dotatate", console)
    print_check(rich_plan(), console)
    text = console.export_text()
    assert max(len(line) for line in text.splitlines()) <= width
    assert "● recommended" in text and "✕ contraindicated" in text
    assert "What to find out first" in text and "not a medical device" in text.lower()


def test_the_explanation_goes_down_to_fact_limit_and_source() -> None:
    console = Console(width=200, file=io.StringIO(), record=True)
    print_explanation(rich_plan(), "prrt.lu177_dotatate", console)
    text = console.export_text()
    for part in ("receptor_imaging.sstr.extent", "limit: 75 ×10⁹/L", "section 4.2",
                 "Invented et al., J Examples 2020;1:1-9", "(read: full text)"):  # fmt: skip
        assert part in text


def test_the_typesetter_is_loaded_only_when_a_pdf_is_asked_for() -> None:
    import subprocess

    code = "import sys, nelm.report; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
