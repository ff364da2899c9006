"""The report as PDF, set with Typst: the same sentences as the HTML page, on A4."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from nelm.planner.plan import Plan
from nelm.report.printed import printed

if TYPE_CHECKING:
    from nelm.report.course.so_far import CourseSoFar


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("nelm.report").joinpath("templates", "report.typ").read_bytes()


def pdf_bytes(plan: Plan, course: CourseSoFar | None = None) -> bytes:
    """The report as PDF; the same plan gives the same bytes (the date of the file is the day of the board).

    The plan enters as data, never as markup, so that no text of a case can become code.
    """
    import typst

    midnight = datetime(plan.as_of.year, plan.as_of.month, plan.as_of.day, tzinfo=UTC)
    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"plan": json.dumps(printed(plan), ensure_ascii=False)},
        timestamp=int(midnight.timestamp()),
        pdf_standards=["a-2b"],
        ignore_system_fonts=True,
        pdf_tags=False,
    )
    if not isinstance(made, bytes):
        raise TypeError("the PDF compiler gave no bytes")
    return made
