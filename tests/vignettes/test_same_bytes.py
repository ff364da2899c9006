"""The same case gives the same plan, whatever the order of its lists and however often it is asked."""

from __future__ import annotations

import random
from pathlib import Path

from nelm.app import case_plan
from nelm.case import case_to_document, parse_case
from nelm.io.case_files import read_case
from nelm.io.plan_json import plan_bytes, plan_document
from nelm.report import html_page, pdf_bytes

DEMO = Path(__file__).parent.parent / "data" / "demo-001.yaml"


def test_same_case_same_bytes() -> None:
    first, second = case_plan(read_case(str(DEMO))), case_plan(read_case(str(DEMO)))
    assert plan_bytes(first) == plan_bytes(second)
    assert html_page(first) == html_page(second)
    assert pdf_bytes(first) == pdf_bytes(second)


def test_order_of_lists_changes_no_verdict() -> None:
    document = case_to_document(read_case(str(DEMO)))
    shuffled = _shuffled(document, random.Random(7))
    wanted = plan_document(case_plan(parse_case(document, origin="demo")))
    got = plan_document(case_plan(parse_case(shuffled, origin="demo")))
    for name in ("options", "next_facts", "conflicts"):
        assert _bare(got[name]) == _bare(wanted[name])


def _shuffled(value, seed):
    if isinstance(value, dict):
        return {key: _shuffled(item, seed) for key, item in value.items()}
    if isinstance(value, list):
        items = [_shuffled(item, seed) for item in value]
        seed.shuffle(items)
        return items
    return value


def _bare(value):
    """Without the places in the document, which move with the order."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in ("from", "facts")}
    return [_bare(item) for item in value] if isinstance(value, list) else value
