"""Grades as ranges: a number known as an interval, graded by limits that may be intervals themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from nelm.knowledge import Entry
from nelm.quantities import Interval

NONE, WORST_BY_NUMBER = 0, 4
"""Grade 0 says that there is nothing to grade; grade 5 is death and never follows from a number."""


class CtcaeVersion(StrEnum):
    """Editions of the Common Terminology Criteria for Adverse Events."""

    FIVE = "5"
    SIX = "6"


@dataclass(frozen=True, slots=True)
class Grade:
    """A CTCAE grade from a number, with the edition that gave it.

    Parameters
    ----------
    term : The adverse event as CTCAE names it.
    version : The edition.
    low, high : The grade lies between these, both included; equal when it is settled.
    entries : The limits that were used.
    missing : What would settle the grade; empty when it is settled, or when only a more exact value would.
    """

    term: str
    version: CtcaeVersion
    low: int
    high: int
    entries: tuple[Entry, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether one grade only is possible."""
        return self.low == self.high

    @property
    def interval(self) -> Interval:
        """The grade as an interval, as the machines of dose modification take it."""
        return Interval(float(self.low), float(self.high))

    @property
    def words(self) -> str:
        """The grade in words, with its edition."""
        shown = f"{self.low}" if self.is_settled else f"{self.low} to {self.high}"
        wanted = f"; to find out: {', '.join(self.missing)}" if self.missing else ""
        return f"{self.term} grade {shown} (CTCAE {self.version}){wanted}"


@dataclass(frozen=True, slots=True)
class Span:
    """The grades that one rule allows, and what is missing to narrow them."""

    low: int
    high: int
    missing: tuple[str, ...] = ()

    def or_else(self, other: Span) -> Span:
        """Either rule may hold: every grade that one of them allows."""
        return Span(
            min(self.low, other.low), max(self.high, other.high), _joined(self.missing, other.missing)
        )

    def worse_of(self, other: Span) -> Span:
        """Both rules hold and the worse grade counts; what cannot change the answer is not missing."""
        low, high = max(self.low, other.low), max(self.high, other.high)
        missing = () if low == high else _joined(self.missing, other.missing)
        return Span(low, high, missing)

    def settled(self) -> Span:
        """The same span; nothing is missing when one grade is left."""
        return replace(self, missing=()) if self.low == self.high else self

    def graded(self, term: str, version: CtcaeVersion, *entries: Entry) -> Grade:
        """The grade that the span stands for."""
        span = self.settled()
        return Grade(term, version, span.low, span.high, entries, span.missing)


def limits(entry: Entry) -> tuple[float, ...]:
    """The limits that an entry lists, from the mildest grade to the worst."""
    if not isinstance(entry.value, tuple):
        raise TypeError(f"knowledge entry {entry.id} lists no limits")
    return tuple(float(item) for item in entry.value)


@dataclass(frozen=True, slots=True)
class Normal:
    """A limit of normal: the interval that it lies in, what to call it, and whether the laboratory gave it.

    Where it was not given, the other limit may still bound it: the lower one never lies above the upper one.
    """

    interval: Interval
    name: str
    is_known: bool = True

    @classmethod
    def lower(cls, own: Interval | None, other: Interval | None, name: str) -> Normal:
        """The lower limit, bounded by the upper one where it is not known."""
        bounded = Interval(-math.inf, other.high if other else math.inf)
        return cls(own or bounded, f"the lower limit of {name}", own is not None)

    @classmethod
    def upper(cls, own: Interval | None, other: Interval | None, name: str) -> Normal:
        """The upper limit, bounded by the lower one where it is not known."""
        bounded = Interval(other.low if other else -math.inf, math.inf)
        return cls(own or bounded, f"the upper limit of {name}", own is not None)


def fallen(value: Interval, entry: Entry, *, normal: Normal, grades: tuple[int, ...] = (2, 3, 4)) -> Span:
    """Grades of a value that is too low: grade 1 below normal, `grades` below the limits of the entry.

    Without the lower limit the grade is settled only where it does not depend on it.
    """
    bounds = limits(entry)

    def at(number: float, lower: float) -> int:
        found = [grade for bound, grade in zip(bounds, grades, strict=True) if number < bound]
        return max(found, default=1 if number < lower else NONE)

    lower = normal.interval
    return _without(Span(at(value.high, lower.low), at(value.low, lower.high)), normal)


def below_all(value: Interval, entry: Entry, first_grade: int = 1) -> Span:
    """Grades of a value by the entry's limits alone, the first of which begins `first_grade`."""

    def at(number: float) -> int:
        passed = sum(number < bound for bound in limits(entry))
        return passed + first_grade - 1 if passed else NONE

    return Span(at(value.high), at(value.low))


def risen(value: Interval, entry: Entry, *, normal: Normal, grades: tuple[int, ...] = (2, 3, 4)) -> Span:
    """Grades of a value that is too high: grade 1 above normal, `grades` above the limits of the entry."""
    bounds = limits(entry)

    def at(number: float, upper: float) -> int:
        found = [grade for bound, grade in zip(bounds, grades, strict=True) if number > bound]
        return max(found, default=1 if number > upper else NONE)

    upper = normal.interval
    return _without(Span(at(value.low, upper.high), at(value.high, upper.low)), normal)


def multiple(
    value: Interval, entry: Entry, *, of: Interval, first_grade: int = 1, first_included: bool = False
) -> Span:
    """Grades of a value above multiples of `of`, the first of which begins `first_grade`.

    That first multiple itself counts where `first_included`.
    """
    factors = limits(entry)

    def at(number: float, reference: float) -> int:
        passed = sum(number > factor * reference for factor in factors)
        if not passed and first_included and number == factors[0] * reference:
            passed = 1
        return passed + first_grade - 1 if passed else NONE

    return Span(at(value.low, of.high), at(value.high, of.low))


def _without(span: Span, normal: Normal) -> Span:
    """The span, with its limit of normal named as missing where it is and matters."""
    if normal.is_known or span.low == span.high or span.low > 1:
        return span
    return replace(span, missing=(normal.name,))


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
