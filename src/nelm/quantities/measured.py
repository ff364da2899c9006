"""Numbers as written in a report: exact, bounded, a range, or measured with an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from nelm.errors import problem
from nelm.quantities.domain import Domain
from nelm.quantities.interval import Interval
from nelm.quantities.units import SAME, Scale

NUMBER = r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
BOUND = re.compile(rf"\s*(<=|>=|<|>|≤|≥)\s*({NUMBER})\s*")
RANGE = re.compile(rf"\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*")
MEASURED_PATTERN = rf"^[ \t]*(?:(?:<=|>=|<|>|≤|≥)[ \t]*{NUMBER}|{NUMBER}[ \t]*\.\.[ \t]*{NUMBER})[ \t]*$"
FORMS = 'a number (4), a bound ("<3", ">=20"), a range ("8..10") or {value: 31, sd: 2}'
COVERAGE_FACTOR = 1.96
"""Standard deviations either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as written, and the interval that it stands for.

    Parameters
    ----------
    interval : Where the number lies, in the canonical unit. A value with standard deviation gives
        value ± 1.96 sd, cut at the limits of the domain; a one-sided bound reaches to the limit of the domain.
    as_written : The text as entered, in the unit as entered (``<3``, ``8..10``, ``31 ± 2``).
    estimate : The single best value in the canonical unit: the number itself or the measured value; None
        for a bound or a range.
    sd : Standard deviation in the canonical unit, if one was given.
    """

    interval: Interval
    as_written: str
    estimate: float | None = None
    sd: float | None = None

    @property
    def low(self) -> float:
        """Smallest possible value."""
        return self.interval.low

    @property
    def high(self) -> float:
        """Largest possible value."""
        return self.interval.high

    @property
    def is_exact(self) -> bool:
        """Whether the number is known exactly."""
        return self.interval.is_exact

    def __str__(self) -> str:
        return self.as_written


def measured(raw: object, domain: Domain, scale: Scale = SAME, *, as_written: str | None = None) -> Measured:
    """The number that a document states, in the canonical unit.

    Parameters
    ----------
    raw : A number, a bound, a range, or a mapping with ``value`` and ``sd``.
    domain : Possible values, in the canonical unit.
    scale : Conversion from the unit as entered to the canonical unit.
    as_written : The number's own text, where the reader kept it.

    Raises
    ------
    InputError : The text cannot be read, or the value is impossible.

    Example
    -------
    >>> measured("8..10", Domain()).interval
    Interval(low=8.0, high=10.0)
    """
    if isinstance(raw, Mapping):
        return _with_error(cast("Mapping[object, object]", raw), domain, scale)
    if isinstance(raw, str):
        return _bound_or_range(raw, domain, scale)
    value = finite(raw, domain)
    canonical = _possible(value, domain, scale, raw=raw)
    written = as_written if as_written is not None else _number_text(value)
    return Measured(Interval.exact(canonical), written, estimate=canonical)


def finite(raw: object, domain: Domain, key: str = "") -> float:
    """A document's number as a float; booleans, NaN and infinities are refused, at the place `key`."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        expected = domain.words if key else f"{domain.words}, written as {FORMS}"
        raise problem(raw, expected, "Write it without quotes, or leave the fact out.", path=key)
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise problem(raw, domain.words, "Write an ordinary number, or leave the fact out.", path=key)
    return value


def document_value(number: Measured) -> float | int | str | dict[str, float | int]:
    """The number as a case document holds it, as it was entered."""
    value, plus_minus, sd = number.as_written.partition(" ± ")
    if plus_minus:
        return {"value": _plain_number(value), "sd": _plain_number(sd)}
    return _plain_number(value) if re.fullmatch(NUMBER, value) else value


def _with_error(raw: Mapping[object, object], domain: Domain, scale: Scale) -> Measured:
    """A measurement with its standard deviation."""
    form = "{value: 31, sd: 2}"
    if set(raw) != {"value", "sd"}:
        raise problem(raw, f"exactly the keys value and sd, as in {form}", "Write both keys and no other.")
    if domain.whole:
        raise problem(raw, domain.words, 'A count has no standard deviation; write a range such as "8..10".')
    value, sd = finite(raw["value"], domain, "value"), finite(raw["sd"], Domain(), "sd")
    if sd < 0:
        raise problem(sd, "a standard deviation of 0 or more", f"Write it as in {form}.", path="sd")
    estimate = _possible(value, domain, scale, raw=value, key="value")
    sd_canonical = abs(scale.factor) * sd
    spread = COVERAGE_FACTOR * sd_canonical
    interval = Interval(estimate - spread, estimate + spread).within(domain.low, domain.high)
    written = f"{_number_text(value)} ± {_number_text(sd)}"
    return Measured(interval, written, estimate=estimate, sd=sd_canonical)


def _bound_or_range(raw: str, domain: Domain, scale: Scale) -> Measured:
    """A bound such as ``<3`` or a range such as ``8..10``."""
    written = str(raw).strip()
    if found := RANGE.fullmatch(raw):
        low, high = (_possible(_text_number(end, domain), domain, scale, raw=raw) for end in found.groups())
        if low > high:
            raise problem(raw, "a range with its smaller end first", f'Write "{found[2]}..{found[1]}".')
        return Measured(Interval(low, high), written)
    if found := BOUND.fullmatch(raw):
        limit = _possible(_text_number(found[2], domain), domain, scale, raw=raw)
        return Measured(_one_sided(found[1], limit, domain, raw), written)
    unquoted = re.fullmatch(rf"\s*{NUMBER}\s*", raw)
    remedy = (
        f"Write {written} without quotes." if unquoted else "Use one of these forms, or leave the key out."
    )
    raise problem(raw, f"{domain.words}, written as {FORMS}", remedy)


def _one_sided(sign: str, limit: float, domain: Domain, raw: str) -> Interval:
    """The interval below or above a limit, cut at the domain."""
    step = 1.0 if domain.whole else 0.0
    if sign in ("<", "<=", "≤"):
        strict = limit - step if step else math.nextafter(limit, -math.inf)
        low, high = domain.low, strict if sign == "<" else limit
    else:
        strict = limit + step if step else math.nextafter(limit, math.inf)
        low, high = strict if sign == ">" else limit, domain.high
    if low > high:
        raise problem(raw, domain.words, "No possible value lies beyond that bound.")
    return Interval(low, high)


def _possible(value: float, domain: Domain, scale: Scale, *, raw: object, key: str = "") -> float:
    """The value in the canonical unit, refused if it is impossible."""
    canonical = scale.canonical(value)
    if not domain.holds(canonical):
        raise problem(raw, domain.words, "Check the value and its unit.", path=key)
    return canonical


def _text_number(text: str, domain: Domain) -> float:
    """The number that a matched text means."""
    return finite(float(text), domain)


def _number_text(value: float) -> str:
    """A number in its shortest exact form, whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _plain_number(text: str) -> float | int:
    """A written number as int where it is whole."""
    value = float(text)
    return int(value) if value == int(value) and abs(value) < 1e15 else value
