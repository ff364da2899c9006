"""Every number of the HTML report can be clicked down to its source: no digit stands outside a link."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.plans import rich_plan

from nelm.app import read_plan
from nelm.planner.plan import Plan
from nelm.report import html_page

VOID = {"meta", "br", "link", "img", "hr", "input", "circle", "rect", "line", "path"}
NOT_SHOWN = {"style", "title", "desc"}  # a picture's title and description repeat what its links show
FREE_CLASSES = {"rank", "name"}
CASES = ("examples/insulinoma-prrt.yaml", "tests/data/demo-001.yaml", "tests/data/every-key.yaml")


class Page(HTMLParser):
    """Collects digit-bearing text without a link, every link and every anchor."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.bare: list[str] = []
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.twice: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            if given["id"] in self.anchors:
                self.twice.append(str(given["id"]))
            self.anchors.add(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.add(str(given["href"]))
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(sign.isdecimal() for sign in data) and not any(_leads(tag, given) for tag, given in self.open):
            self.bare.append(data.strip())


def _leads(tag: str, given: dict[str, str | None]) -> bool:
    """Whether an element leads to a source or fact, or holds what needs none."""
    linked = tag == "a" and bool(given.get("href"))
    free = bool(FREE_CLASSES & set((given.get("class") or "").split()))
    return linked or free or tag in NOT_SHOWN or tag == "cite"


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


def plans(root: Path) -> Iterator[tuple[str, Plan]]:
    yield "rich", rich_plan()
    for name in CASES:
        yield name, read_plan(str(root / name))


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[str, Page]:
    return {name: parsed(html_page(plan)) for name, plan in plans(root)}


def test_no_number_stands_without_a_link(pages: dict[str, Page]) -> None:
    found = {name: page.bare[:8] for name, page in pages.items() if page.bare}
    assert not found, f"link these to their source or fact: {found}"


def test_every_link_inside_the_page_arrives(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        lost = sorted(link for link in page.links if link.startswith("#") and link[1:] not in page.anchors)
        assert not lost, f"{name}: these links lead nowhere: {lost[:10]}"


def test_no_anchor_is_used_twice(pages: dict[str, Page]) -> None:
    assert {name: page.twice for name, page in pages.items() if page.twice} == {}


def test_links_out_of_the_page_are_for_reading_only(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert all(link.startswith(("#", "https://", "http://")) for link in page.links)


def test_the_check_sees_a_bare_number() -> None:
    assert parsed("<p>dose 7.4 GBq</p>").bare == ["dose 7.4 GBq"]
    assert parsed('<p>dose <a href="#source-x">7.4</a> GBq</p>').bare == []
