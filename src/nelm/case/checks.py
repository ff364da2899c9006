"""Problems that involve more than one fact of a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from pydantic import ValidationInfo

from nelm.errors import InputError, Problem, shown
from nelm.quantities import PartialDate


def contradiction(path: str, value: object, other_path: str, other: object) -> Problem:
    """Two facts that cannot both be true; names both paths."""
    remedy = "Correct one of them, or leave out what is not certain."
    return Problem(path, shown(str(value)).strip('"'), f"which says {other}", remedy, contradicts=other_path)


def later_than_as_of(path: str, found: PartialDate, as_of: date) -> Problem:
    """A date of the past that lies after the day of the board."""
    return Problem(
        path, found.as_written, f"a date not later than as_of ({as_of})", "Correct the date or as_of."
    )


def day_of_board(info: ValidationInfo) -> date | None:
    """The day of the board of the document being read, if it is known."""
    context = cast("dict[str, date | None] | None", info.context)
    return context.get("as_of") if context else None


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise one error with all problems, if there are any."""
    if found := tuple(problems):
        raise InputError(found)
