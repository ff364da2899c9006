"""The graph that every clinical statement is written in: facts, limits, comparison, and, or, not, k of.

Total and closed: no loops, no functions of the user, no evaluation here. `compiling` turns the graph into
Polars expressions, `wording` into sentences; the tests hold a plain-Python evaluator and a z3 translation.
A numeric fact is an interval, a truth value is true, false or unknown, a category is a partition of words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from nelm.errors import KnowledgeError
from nelm.knowledge import Entry

Order = Literal["ge", "gt", "le", "lt"]
Operation = Literal[
    "add", "subtract", "multiply", "divide", "log", "log10", "exp", "power", "minimum", "maximum"
]


class Number:
    """A numeric expression; its value is an interval in `unit`."""

    __slots__ = ()
    unit: str

    def __ge__(self, other: Operand) -> Boolean:
        return Comparison("ge", self, operand(other, self.unit))

    def __gt__(self, other: Operand) -> Boolean:
        return Comparison("gt", self, operand(other, self.unit))

    def __le__(self, other: Operand) -> Boolean:
        return Comparison("le", self, operand(other, self.unit))

    def __lt__(self, other: Operand) -> Boolean:
        return Comparison("lt", self, operand(other, self.unit))

    def __add__(self, other: Operand) -> Number:
        return Arithmetic("add", (self, operand(other, None)), self.unit)

    def __sub__(self, other: Operand) -> Number:
        return Arithmetic("subtract", (self, operand(other, None)), self.unit)

    def __rsub__(self, other: Operand) -> Number:
        return Arithmetic("subtract", (operand(other, None), self), self.unit)

    def __mul__(self, other: Operand) -> Number:
        return Arithmetic("multiply", (self, operand(other, None)), self.unit)

    def __truediv__(self, other: Operand) -> Number:
        return Arithmetic("divide", (self, operand(other, None)), self.unit)

    __radd__ = __add__
    __rmul__ = __mul__

    def between(self, low: Operand, high: Operand) -> Boolean:
        """Whether the value lies in the closed range."""
        return (self >= low) & (self <= high)


class Boolean:
    """A statement that is true, false or unknown."""

    __slots__ = ()

    def __and__(self, other: Boolean) -> Boolean:
        return every(self, other)

    def __or__(self, other: Boolean) -> Boolean:
        return some(self, other)

    def __invert__(self) -> Boolean:
        return Negation(self)


@dataclass(frozen=True, slots=True)
class NumberFact(Number):
    """A measured or stated number of the case."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Limit(Number):
    """A number of the knowledge, or a bare structural constant (`entry` is None)."""

    value: float
    unit: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Range(Number):
    """A number of the knowledge that is itself an interval; without an end it says nothing."""

    low: float
    high: float
    unit: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic(Number):
    """An operation on intervals; monotone in each operand on the domain where it is used."""

    operation: Operation
    operands: tuple[Number, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Choice(Number):
    """`then` where the condition holds, `otherwise` where not, the hull of both where it is unknown."""

    condition: Boolean
    then: Number
    otherwise: Number
    unit: str


@dataclass(frozen=True, slots=True)
class FirstKnown(Number):
    """The first number where anything is known of it, else the second: a stated fall-back, never a default."""

    first: Number
    second: Number
    unit: str


@dataclass(frozen=True, slots=True)
class Score(Number):
    """Points for the words of a category; unknown for an unknown word and for one without points."""

    category: CategoryFact
    points: tuple[tuple[str, float], ...]
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class DefinedNumber(Number):
    """A derived number with a name of its own."""

    name: str
    expression: Number
    unit: str
    meaning: str


Operand = Number | Entry | float | int


def operand(value: Operand, unit: str | None) -> Number:
    """A number, a knowledge entry or a bare constant as an expression; units must agree when given."""
    if isinstance(value, Entry):
        found = Limit(value.number, value.unit or "1", value)
    elif isinstance(value, Number):
        found = value
    else:
        return Limit(float(value), unit or "1")
    if unit is not None and found.unit != unit:
        name = value.id if isinstance(value, Entry) else repr(value)
        raise KnowledgeError(f"{name} is in {found.unit!r} where {unit!r} is compared; convert one of them")
    return found


def range_of(entry: Entry) -> Number:
    """The interval that an entry with `low` and `high` gives."""
    if entry.low is None or entry.high is None or entry.unit is None:
        raise KnowledgeError(f"{entry.id} needs low, high and unit to stand for a range")
    return Range(float(entry.low), float(entry.high), entry.unit, entry)


def nothing_known(unit: str) -> Number:
    """A number of which nothing is known, for a branch that no formula covers."""
    return Range(-math.inf, math.inf, unit)


def in_unit(expression: Number, unit: str) -> Number:
    """The same number, labelled with the unit that the formula gives."""
    return Arithmetic("multiply", (expression, Limit(1.0, "1")), unit)


def log(value: Number) -> Number:
    """Natural logarithm, unit 1."""
    return Arithmetic("log", (value,), "1")


def log10(value: Number) -> Number:
    """Decimal logarithm, unit 1."""
    return Arithmetic("log10", (value,), "1")


def power_of_constant(base: float, exponent: Number) -> Number:
    """A positive constant raised to a number: exp(exponent x ln(base))."""
    return Arithmetic("exp", (Arithmetic("multiply", (exponent, Limit(math.log(base), "1")), "1"),), "1")


def power(value: Number, exponent: Operand) -> Number:
    """A positive number raised to an exact exponent."""
    return Arithmetic("power", (value, operand(exponent, None)), "1")


def minimum(first: Number, second: Operand) -> Number:
    """The smaller of two numbers."""
    return Arithmetic("minimum", (first, operand(second, None)), first.unit)


def maximum(first: Number, second: Operand) -> Number:
    """The larger of two numbers."""
    return Arithmetic("maximum", (first, operand(second, None)), first.unit)


def first_known(first: Number, second: Number) -> Number:
    """The first number where it is known, else the second (units must agree)."""
    return FirstKnown(first, operand(second, first.unit), first.unit)


def zero_where_known(value: Number) -> Number:
    """Zero where anything is known of the (non-negative) number, unknown elsewhere."""
    return Arithmetic("minimum", (value, Limit(0.0, value.unit)), "1")


def choose(condition: Boolean, then: Operand, otherwise: Operand, unit: str = "1") -> Number:
    """One of two numbers by a condition; the hull of both while the condition is unknown."""
    return Choice(condition, operand(then, None), operand(otherwise, None), unit)


@dataclass(frozen=True, slots=True)
class BooleanFact(Boolean):
    """A yes or no of the case."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant(Boolean):
    """Always true or always false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Comparison(Boolean):
    """Order of two numbers; unknown where the intervals overlap."""

    order: Order
    left: Number
    right: Number


@dataclass(frozen=True, slots=True)
class Conjunction(Boolean):
    """All of several statements."""

    parts: tuple[Boolean, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Boolean):
    """Any of several statements."""

    parts: tuple[Boolean, ...]


@dataclass(frozen=True, slots=True)
class Negation(Boolean):
    """Not so."""

    part: Boolean


@dataclass(frozen=True, slots=True)
class AtLeast(Boolean):
    """At least `count` of several statements."""

    count: int
    parts: tuple[Boolean, ...]


@dataclass(frozen=True, slots=True)
class DefinedBoolean(Boolean):
    """A derived statement with a name of its own."""

    name: str
    expression: Boolean
    meaning: str


@dataclass(frozen=True, slots=True)
class CategoryFact:
    """A word of the case out of a closed vocabulary."""

    name: str
    values: tuple[str, ...]

    def is_(self, value: str) -> Boolean:
        """Whether the word is this one."""
        return self.is_in(value)

    def is_in(self, *values: str) -> Boolean:
        """Whether the word is one of these."""
        _check_words(self.name, self.values, values)
        return Membership(self, tuple(sorted(values)))


@dataclass(frozen=True, slots=True)
class Partition:
    """A derived category: for each word the condition under which it holds.

    The conditions must be exhaustive and exclusive (z3 proves it in the tests), so membership in a set of
    words is known as soon as every word outside, or every word inside, is excluded.
    """

    name: str
    cases: tuple[tuple[str, Boolean], ...]
    meaning: str

    @property
    def values(self) -> tuple[str, ...]:
        """The words, in order."""
        return tuple(word for word, _ in self.cases)

    def is_(self, value: str) -> Boolean:
        """Whether the word is this one."""
        return self.is_in(value)

    def is_in(self, *values: str) -> Boolean:
        """Whether the word is one of these."""
        _check_words(self.name, self.values, values)
        return Membership(self, tuple(sorted(values)))


@dataclass(frozen=True, slots=True)
class Membership(Boolean):
    """A category is one of several words."""

    category: CategoryFact | Partition
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known(Boolean):
    """Whether anything is known of a raw fact; for work-up alone, since it never is unknown itself."""

    fact: NumberFact | BooleanFact | CategoryFact


Node = Number | Boolean | Partition | CategoryFact


def _check_words(name: str, known: tuple[str, ...], asked: Iterable[str]) -> None:
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise KnowledgeError(f"{name} has no value {unknown}; it has {list(known)}")


def every(*parts: Boolean) -> Boolean:
    """All of them."""
    flat = tuple(
        item for part in parts for item in (part.parts if isinstance(part, Conjunction) else (part,))
    )
    return flat[0] if len(flat) == 1 else Conjunction(flat)


def some(*parts: Boolean) -> Boolean:
    """Any of them."""
    flat = tuple(
        item for part in parts for item in (part.parts if isinstance(part, Disjunction) else (part,))
    )
    return flat[0] if len(flat) == 1 else Disjunction(flat)


def at_least(count: int, *parts: Boolean) -> Boolean:
    """At least `count` of them."""
    return AtLeast(count, parts)


ALWAYS = Constant(True)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of, in order."""
    match node:
        case Arithmetic():
            return node.operands
        case Choice():
            return (node.condition, node.then, node.otherwise)
        case FirstKnown():
            return (node.first, node.second)
        case Score():
            return (node.category,)
        case DefinedNumber() | DefinedBoolean():
            return (node.expression,)
        case Comparison():
            return (node.left, node.right)
        case Conjunction() | Disjunction() | AtLeast():
            return node.parts
        case Negation():
            return (node.part,)
        case Membership():
            return (node.category,)
        case Known():
            return (node.fact,)
        case Partition():
            return tuple(condition for _, condition in node.cases)
        case _:
            return ()


def walk(node: Node) -> Iterable[Node]:
    """Every node below and including this one, each shared node once."""
    seen: set[int] = set()
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending.extend(reversed(children(current)))


def facts_of(node: Node) -> tuple[str, ...]:
    """Names of the raw facts that a statement rests on, in order of first use."""
    raw = (item.name for item in walk(node) if isinstance(item, NumberFact | BooleanFact | CategoryFact))
    return tuple(dict.fromkeys(raw))


def limits_of(node: Node, *, through_definitions: bool = False) -> tuple[Entry, ...]:
    """Knowledge entries compared with in a statement; those inside derived facts only when asked for."""
    pending: list[Node] = [node]
    found: dict[str, Entry] = {}
    while pending:
        current = pending.pop(0)
        if isinstance(current, Limit) and current.entry is not None:
            found[current.entry.id] = current.entry
        if isinstance(current, DefinedNumber | DefinedBoolean | Partition) and not through_definitions:
            continue
        pending.extend(children(current))
    return tuple(found.values())


def thresholds(node: Node) -> Mapping[str, tuple[float, ...]]:
    """For each raw numeric fact the values at which a direct comparison with it changes."""
    found: dict[str, set[float]] = {}
    for item in walk(node):
        if isinstance(item, Comparison):
            for side, other in ((item.left, item.right), (item.right, item.left)):
                if isinstance(side, NumberFact) and isinstance(other, Limit):
                    found.setdefault(side.name, set()).add(other.value)
    return {name: tuple(sorted(values)) for name, values in sorted(found.items())}
