"""What a report of doses is made of, beyond the doses themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nelm.dosimetry.plausibility import Check
from nelm.dosimetry.therapy import TherapyDose
from nelm.knowledge import Source, Status


@dataclass(frozen=True, slots=True)
class Statement:
    """A constant or a method that was used.

    Parameters
    ----------
    text : One sentence.
    sources : Keys of `DoseReport.sources`.
    status : How far it was checked.
    """

    text: str
    sources: tuple[str, ...] = ()
    status: Status = Status.VERIFIED


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words.

    Parameters
    ----------
    head : Heading of each column, with its unit.
    rows : Cells; the first names the row.
    notes : Sentences below it.

    Raises
    ------
    ValueError : A row of another length than the heading.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        odd = [row for row in self.rows if len(row) != len(self.head)]
        if odd:
            raise ValueError(f"a row of {len(odd[0])} cells under {len(self.head)} headings: {odd[0]}")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the page: doses of a course, activity planning, what came of another treatment.

    Parameters
    ----------
    title : Its heading.
    paragraphs : Text above the tables.
    tables : In order.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DoseReport:
    """Everything that the page shows.

    Parameters
    ----------
    cycles : Doses of each administration, in the order of time; one at least.
    checks : In any order; the page puts the worst first.
    sections : What the caller adds, in its order; those without content are left out.
    methods : Constants and methods beyond those that the doses themselves name.
    sources : What checks and methods cite, by key.
    case_id : Whose doses they are, as a case is named; empty where there is no case.

    Raises
    ------
    ValueError : No administration, or a source that is not among `sources`.
    """

    cycles: tuple[TherapyDose, ...]
    checks: tuple[Check, ...] = ()
    sections: tuple[Section, ...] = ()
    methods: tuple[Statement, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    case_id: str = ""

    def __post_init__(self) -> None:
        if not self.cycles:
            raise ValueError("a report of doses has one administration at least")
        cited = {key for item in (*self.checks, *self.methods) for key in item.sources}
        missing = sorted(cited - set(self.sources))
        if missing:
            raise ValueError(f"cited but not among the sources: {', '.join(missing)}")
