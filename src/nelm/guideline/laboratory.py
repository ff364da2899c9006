"""Laboratory limits that are printed in one unit and compared in the canonical one."""

from __future__ import annotations

from nelm.errors import KnowledgeError
from nelm.guideline.facts import number
from nelm.guideline.logic import Limit, Number, in_unit
from nelm.knowledge import Entry
from nelm.quantities import LAB_QUANTITIES, LAB_UNITS


def factor_to_canonical(test: str, unit: str) -> float:
    """The number by which a value in `unit` is multiplied to be in the canonical unit of a test."""
    factors = next(iter(LAB_QUANTITIES[test].scales.values()))
    if unit not in factors:
        raise KnowledgeError(f"{test} is not compared in {unit!r}; use one of {sorted(factors)}")
    return float(factors[unit])


def laboratory_limit(test: str, entry: Entry) -> Number:
    """The limit of an entry in the canonical unit of a test; the entry keeps the unit of its source.

    The limit is converted and not the value, in the way in which a value in the same unit is converted, so
    that a value that equals the limit as printed still equals it.
    """
    unit = LAB_UNITS[test]
    return Limit(entry.number * factor_to_canonical(test, entry.unit or "1"), unit, entry)


def in_printed_unit(test: str, unit: str) -> Number:
    """The value of a test in the unit that a formula was published with."""
    return in_unit(number(f"labs.{test}") / factor_to_canonical(test, unit), unit)
