"""Facts dated later than the day of the board: ignored, and said so.

Which dates do what:

- ``labs[].date``, ``treatments[].start`` later than ``as_of``: the item is ignored;
- ``receptor_imaging.sstr.date`` and ``.fdg.date``: the examination is ignored;
- ``treatments[].end`` of a treatment that is not said to be ongoing: the end is ignored;
- ``evidence`` dated later: the fact at its path is ignored;
- ``patient.birth_date``, ``tumour.diagnosed_on``, ``tumour.specimens[].date`` cannot be later: an error.

A month or a year that may lie before ``as_of`` is not later.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import cast

from nelm.case.document import Case, SetAside
from nelm.case.paths import Step, child, steps


def later_paths(case: Case) -> Iterator[tuple[str, str]]:
    """Path and date of every fact that is later than the day of the board."""
    day = case.as_of
    for place, lab in enumerate(case.labs):
        if lab.date is not None and lab.date.is_after(day):
            yield f"labs[{place}]", lab.date.as_written
    for place, treatment in enumerate(case.treatments):
        if treatment.start is not None and treatment.start.is_after(day):
            yield f"treatments[{place}]", treatment.start.as_written
        elif treatment.end is not None and treatment.end.is_after(day) and not treatment.ongoing:
            yield f"treatments[{place}].end", treatment.end.as_written
    for name, imaging in (("sstr", case.receptor_imaging.sstr), ("fdg", case.receptor_imaging.fdg)):
        if imaging.date is not None and imaging.date.is_after(day):
            yield f"receptor_imaging.{name}", imaging.date.as_written
    for path, entry in case.evidence.items():
        if entry.date is not None and entry.date.is_after(day):
            yield path, entry.date.as_written


def without_later(document: dict[str, object], case: Case) -> tuple[dict[str, object], SetAside] | None:
    """The document without its later facts and what was set aside; None if there are none."""
    found = list(later_paths(case))
    if not found:
        return None
    pruned, dropped = copy.deepcopy(document), dict[str, set[int]]()
    for path, _ in found:
        _forget(pruned, steps(path), dropped)
    places = tuple((name, _drop(pruned, name, indices)) for name, indices in dropped.items())
    warnings = [
        f"{path} is dated {written}, later than as_of {case.as_of}, and was ignored"
        for path, written in found
    ]
    return pruned, SetAside(tuple(warnings), places)


def _forget(document: dict[str, object], path: tuple[Step, ...], dropped: dict[str, set[int]]) -> None:
    """Make one fact unknown; whole list items are only noted, so that places stay valid meanwhile."""
    *way, last = path
    holder: object = document
    for step in way:
        holder = child(holder, step)
    if isinstance(last, int):
        dropped.setdefault(".".join(str(step) for step in way), set()).add(last)
    elif isinstance(holder, dict):
        cast("dict[str, object]", holder).pop(last, None)


def _drop(document: dict[str, object], name: str, indices: set[int]) -> tuple[int, ...]:
    """Remove list items; gives the places of those that stay."""
    *way, last = name.split(".")
    holder: object = document
    for step in way:
        holder = child(holder, step)
    items = child(holder, last)
    if not isinstance(items, list):
        return ()
    kept = [place for place in range(len(cast("list[object]", items))) if place not in indices]
    cast("dict[str, object]", holder)[last] = [cast("list[object]", items)[place] for place in kept]
    return tuple(kept)
