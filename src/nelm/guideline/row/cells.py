"""Cells of a row while it is filled: value, text as written, places in the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nelm.guideline.facts import fact_specs
from nelm.quantities import Interval, Measured

CellValue = bool | str | Interval


@dataclass(frozen=True, slots=True)
class Cell:
    """A known fact: its value, how the record wrote it, and the paths in the case that say so."""

    value: CellValue
    written: str
    paths: tuple[str, ...]
    inferred: str | None = None


@dataclass
class Cells:
    """The facts known so far. A later, weaker statement never replaces an earlier one."""

    known: dict[str, Cell] = field(default_factory=dict[str, Cell])
    notes: list[str] = field(default_factory=list[str])

    def put(
        self, name: str, value: object, *paths: str, written: str = "", inferred: str | None = None
    ) -> None:
        """Set a fact unless its value is unknown or it is set already."""
        if value is None or name in self.known:
            return
        if name not in fact_specs():
            raise KeyError(name)
        self.known[name] = _cell(value, paths, written, inferred)

    def value(self, name: str) -> CellValue | None:
        """The value of a fact; None when unknown."""
        cell = self.known.get(name)
        return cell.value if cell else None

    def paths(self, *names: str) -> tuple[str, ...]:
        """The places of several facts, without repetition."""
        found = (path for name in names if name in self.known for path in self.known[name].paths)
        return tuple(dict.fromkeys(found))


def _cell(value: object, paths: tuple[str, ...], written: str, inferred: str | None) -> Cell:
    if isinstance(value, Measured):
        return Cell(value.interval, written or value.as_written, paths, inferred)
    if isinstance(value, bool | Interval):
        return Cell(value, written or _plain(value), paths, inferred)
    if isinstance(value, int | float):
        return Cell(Interval.exact(float(value)), written or f"{value:g}", paths, inferred)
    return Cell(str(value), written or str(value), paths, inferred)


def _plain(value: bool | Interval) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return interval_words(value)


def interval_words(value: Interval, digits: int = 4) -> str:
    """An interval as people write it."""
    if value.is_exact:
        return f"{value.low:.{digits}g}"
    if value.high == float("inf"):
        return f"at least {value.low:.{digits}g}"
    if value.low == float("-inf"):
        return f"at most {value.high:.{digits}g}"
    return f"{value.low:.{digits}g} to {value.high:.{digits}g}"


def highest(values: Iterable[Measured | None]) -> Interval | None:
    """Where the largest of several numbers lies, over those that are known."""
    known = [value.interval for value in values if value is not None]
    if not known:
        return None
    return Interval(max(item.low for item in known), max(item.high for item in known))


def lowest(values: Iterable[Measured | None]) -> Interval | None:
    """Where the smallest of several numbers lies, over those that are known."""
    known = [value.interval for value in values if value is not None]
    if not known:
        return None
    return Interval(min(item.low for item in known), min(item.high for item in known))


def any_true(values: Iterable[bool | None]) -> bool | None:
    """Whether any holds: yes if one does, no if all that are known do not, unknown if nothing is known."""
    known = [value for value in values if value is not None]
    return any(known) if known else None


def frozen(cells: Cells) -> Mapping[str, Cell]:
    """The cells in the order of the columns."""
    return {name: cells.known[name] for name in fact_specs() if name in cells.known}
