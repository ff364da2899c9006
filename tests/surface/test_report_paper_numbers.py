"""Every number of the PDF leads to its source too: before the lists at its end, no digit stands outside a link."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from tests.plans import rich_plan

from nelm.app import read_plan
from nelm.planner.plan import Plan
from nelm.report import pdf_bytes

WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>')
NUMBER_OF_A_LIST = re.compile(r"\d+\.")
END = ["Facts", "of", "the", "record"]
FOOTER_PT = 800
Box = tuple[float, float, float, float]


def links(pdf: bytes) -> list[list[Box]]:
    """The boxes of the links of every sheet, measured from the top [pt]."""
    found: list[list[Box]] = []
    for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        height = float(sheet.mediabox.height)
        boxes: list[Box] = []
        for note in sheet.get("/Annots") or []:
            x0, y0, x1, y1 = (float(value) for value in note.get_object()["/Rect"])
            boxes.append((min(x0, x1), height - max(y0, y1), max(x0, x1), height - min(y0, y1)))
        found.append(boxes)
    return found


def words(pdf: bytes, reader: str) -> Iterator[tuple[int, Box, str]]:
    """Every word with its sheet and box, down to the facts of the record."""
    listed = subprocess.run(
        [reader, "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    sheet, last = -1, [""] * len(END)
    for line in listed.splitlines():
        sheet += "<page " in line
        if (found := WORD.search(line)) is not None:
            x0, y0, x1, y1 = (float(value) for value in found.groups()[:4])
            last = [*last[1:], found.group(5)]
            if last == END:
                return
            yield sheet, (x0, y0, x1, y1), found.group(5)
    raise AssertionError("the report has no facts of the record")


def bare(pdf: bytes, reader: str) -> list[str]:
    """Words with a digit that no link covers, numbers of lists and the foot of the sheet apart."""
    boxes = links(pdf)
    found: list[str] = []
    for sheet, (x0, y0, x1, y1), word in words(pdf, reader):
        if y0 > FOOTER_PT or NUMBER_OF_A_LIST.fullmatch(word) or not any(sign.isdecimal() for sign in word):
            continue
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        covered = any(
            left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1
            for left, top, right, bottom in boxes[sheet]
        )
        if not covered:
            found.append(f"sheet {sheet + 1}: {word}")
    return found


@pytest.fixture(scope="module")
def reader(program: Callable[[str], str]) -> str:
    return program("pdftotext")


def plans(root: Path) -> Iterator[tuple[str, Plan]]:
    yield "rich", rich_plan()
    for name in ("examples/insulinoma-prrt.yaml", "tests/data/demo-001.yaml", "tests/data/every-key.yaml"):
        yield name, read_plan(str(root / name))


def test_no_number_on_paper_stands_without_a_link(root: Path, reader: str) -> None:
    found = {name: bare(pdf_bytes(plan), reader)[:8] for name, plan in plans(root)}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_check_sees_a_bare_number(root: Path, reader: str) -> None:
    pdf = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(rich_plan())))
    del pdf.pages[0]["/Annots"]
    stripped = io.BytesIO()
    pdf.write(stripped)
    assert len(bare(stripped.getvalue(), reader)) > 10
