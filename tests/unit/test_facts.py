"""The columns: documented, named like the case document, typed."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from nelm.guideline.facts import boolean, category, fact_specs, number
from nelm.guideline.frames import completed, frame_of

ROOT = Path(__file__).parent.parent.parent


def test_the_page_of_facts_is_current() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "facts_page.py"))
    assert script["PAGE"].read_text(encoding="utf-8") == script["page"]()


def test_a_fact_is_asked_by_its_type() -> None:
    assert number("labs.creatinine").unit == "umol/L"
    assert boolean("patient.pregnant").name == "patient.pregnant"
    assert "G2" in category("tumour.stated_grade").values
    for asked, name in (
        (number, "patient.pregnant"),
        (boolean, "labs.creatinine"),
        (category, "patient.pregnant"),
    ):
        with pytest.raises(KeyError):
            asked(name)


def test_a_frame_has_every_column_and_refuses_others() -> None:
    assert frame_of([{}]).width == completed(frame_of([{}])).width
    with pytest.raises(KeyError, match="colour"):
        frame_of([{"tumour.colour": "blue"}])


def test_every_fact_says_how_it_is_found_out() -> None:
    assert all(spec.meaning and spec.answered_by for spec in fact_specs().values())
