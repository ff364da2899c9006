"""Data set as PDF with Typst, on templates of the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast


@lru_cache(maxsize=1)
def _templates() -> dict[str, bytes]:
    folder = files("nelm.report").joinpath("templates")
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name.endswith(".typ")}


def typeset(template: str, data: Mapping[str, object], *, day: date, fonts: tuple[Path, ...] = ()) -> bytes:
    """A template with its data as PDF; the same data give the same bytes.

    The data enter as data, never as markup, so that no text of a case can become code.

    Parameters
    ----------
    template : Name of its file.
    data : What it shows.
    day : The date of the file.
    fonts : Folders of fonts beside those that Typst brings along.
    """
    import typst

    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    templates = _templates()
    made = cast("Any", typst).compile(
        {**templates, "main.typ": templates[template]},
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(midnight.timestamp()),
        pdf_standards=["a-2b"],
        font_paths=[str(folder) for folder in fonts],
        ignore_system_fonts=True,
        pdf_tags=False,
    )
    if not isinstance(made, bytes):
        raise TypeError("the PDF compiler gave no bytes")
    return made
