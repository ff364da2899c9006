"""The graph as Polars expressions: one row is one patient, null is unknown, a number is two columns.

Polars' null logic is Kleene's three-valued logic. A number `x` stands in the columns `x|low` and `x|high`
(both null when nothing is known); a defined fact becomes columns once, and everything after refers to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from nelm.guideline.logic import (
    Arithmetic,
    AtLeast,
    Boolean,
    BooleanFact,
    CategoryFact,
    Choice,
    Comparison,
    Conjunction,
    Constant,
    DefinedBoolean,
    DefinedNumber,
    Disjunction,
    FirstKnown,
    Known,
    Limit,
    Membership,
    Negation,
    Node,
    Number,
    NumberFact,
    Partition,
    Range,
    Score,
    children,
)

Interval = tuple[pl.Expr, pl.Expr]
Names = Mapping[int, str]
"""Columns of intermediate numbers, by identity of the node."""

TRUE = pl.lit(True)
UNKNOWN = pl.lit(None, dtype=pl.Boolean)


def low(name: str) -> str:
    """Column of the lower end of a number."""
    return f"{name}|low"


def high(name: str) -> str:
    """Column of the upper end of a number."""
    return f"{name}|high"


def word(name: str, value: str) -> str:
    """Column that says whether a derived category has this word."""
    return f"{name}={value}"


def _smaller(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    return pl.when(first <= second).then(first).when(first > second).then(second)


def _larger(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    return pl.when(first >= second).then(first).when(first < second).then(second)


def _hull(ends: Sequence[pl.Expr]) -> Interval:
    """Smallest and largest of several ends that are known or unknown together."""
    return pl.min_horizontal(ends), pl.max_horizontal(ends)


def _kleene(yes: pl.Expr, no: pl.Expr) -> pl.Expr:
    """True where `yes`, false where `no`, unknown elsewhere (cheaper than a chain of choices)."""
    return yes | (~no & UNKNOWN)


def _product(first: Interval, second: Interval) -> Interval:
    return _hull([a * b for a in first for b in second])


def _monotone(operation: str, parts: Sequence[Interval]) -> Interval:
    """Operations that rise with each operand, or fall with the second."""
    (a_low, a_high), *rest = parts
    match operation:
        case "add":
            return a_low + rest[0][0], a_high + rest[0][1]
        case "subtract":
            return a_low - rest[0][1], a_high - rest[0][0]
        case "log":
            return a_low.log(), a_high.log()
        case "log10":
            return a_low.log(10.0), a_high.log(10.0)
        case "exp":
            return a_low.exp(), a_high.exp()
        case "minimum":
            return _smaller(a_low, rest[0][0]), _smaller(a_high, rest[0][1])
        case "maximum":
            return _larger(a_low, rest[0][0]), _larger(a_high, rest[0][1])
        case _:
            raise ValueError(operation)


def _comparison(node: Comparison, names: Names) -> pl.Expr:
    """True or false where the intervals are apart, null where the limit lies inside."""
    (a_low, a_high), (b_low, b_high) = number(node.left, names), number(node.right, names)
    match node.order:
        case "ge":
            yes, no = a_low >= b_high, a_high < b_low
        case "gt":
            yes, no = a_low > b_high, a_high <= b_low
        case "le":
            yes, no = a_high <= b_low, a_low > b_high
        case "lt":
            yes, no = a_high < b_low, a_low >= b_high
    return _kleene(yes, no)


def number(node: Number, names: Names) -> Interval:
    """Lower and upper end of a numeric expression: its column when it has one."""
    if id(node) in names:
        return pl.col(low(names[id(node)])), pl.col(high(names[id(node)]))
    return _computed(node, names)


def _computed(node: Number, names: Names) -> Interval:
    match node:
        case NumberFact() | DefinedNumber():
            return pl.col(low(node.name)), pl.col(high(node.name))
        case Limit():
            return pl.lit(node.value), pl.lit(node.value)
        case Range():
            return pl.lit(node.low), pl.lit(node.high)
        case Arithmetic(operation="multiply"):
            return _multiplied(node, names)
        case Arithmetic(operation="divide"):
            (a_low, a_high), (b_low, b_high) = (number(part, names) for part in node.operands)
            return _product((a_low, a_high), (1.0 / b_high, 1.0 / b_low))
        case Arithmetic(operation="power"):
            (a_low, a_high), (exponent, _) = (number(part, names) for part in node.operands)
            return _hull([a_low.pow(exponent), a_high.pow(exponent)])
        case Arithmetic():
            return _monotone(node.operation, [number(part, names) for part in node.operands])
        case Choice():
            return _chosen(node, names)
        case FirstKnown():
            (a_low, a_high), (b_low, b_high) = number(node.first, names), number(node.second, names)
            known = a_low.is_not_null()
            return pl.when(known).then(a_low).otherwise(b_low), pl.when(known).then(a_high).otherwise(b_high)
        case Score():
            return _score(node)
        case _:
            raise TypeError(f"not a numeric node: {type(node).__name__}")


def _multiplied(node: Arithmetic, names: Names) -> Interval:
    first, second = node.operands
    if isinstance(second, Limit):
        (a_low, a_high) = number(first, names)
        if second.value == 1.0:
            return a_low, a_high
        scaled = (a_low * second.value, a_high * second.value)
        return scaled if second.value >= 0 else (scaled[1], scaled[0])
    return _product(number(first, names), number(second, names))


def _chosen(node: Choice, names: Names) -> Interval:
    condition = boolean(node.condition, names)
    then, otherwise = number(node.then, names), number(node.otherwise, names)
    lowest, highest = _smaller(then[0], otherwise[0]), _larger(then[1], otherwise[1])
    return (
        pl.when(condition).then(then[0]).when(~condition).then(otherwise[0]).otherwise(lowest),
        pl.when(condition).then(then[1]).when(~condition).then(otherwise[1]).otherwise(highest),
    )


def _score(node: Score) -> Interval:
    column = pl.col(node.category.name)
    points = pl.lit(None, dtype=pl.Float64)
    for value, score in node.points:
        points = pl.when(column == value).then(score).otherwise(points)
    return points, points


def boolean(node: Boolean, names: Names) -> pl.Expr:
    """Truth of a statement: true, false or null; its column when it has one."""
    return pl.col(names[id(node)]) if id(node) in names else _truth(node, names)


def _truth(node: Boolean, names: Names) -> pl.Expr:
    match node:
        case BooleanFact() | DefinedBoolean():
            return pl.col(node.name)
        case Constant():
            return pl.lit(node.value)
        case Comparison():
            return _comparison(node, names)
        case Conjunction():
            return _folded(node.parts, names, conjunction=True)
        case Disjunction():
            return _folded(node.parts, names, conjunction=False)
        case Negation():
            return ~boolean(node.part, names)
        case AtLeast():
            return _at_least(node, names)
        case Membership():
            return _membership(node)
        case Known(fact=NumberFact(name=name)):
            return pl.col(low(name)).is_not_null()
        case Known():
            return pl.col(node.fact.name).is_not_null()
        case _:
            raise TypeError(f"not a statement: {type(node).__name__}")


def _folded(parts: Sequence[Boolean], names: Names, *, conjunction: bool) -> pl.Expr:
    """All or any of the parts, as a balanced tree (thousands of parts do not nest deeply)."""
    exprs = [boolean(part, names) for part in parts]
    while len(exprs) > 1:
        paired = [
            first & second if conjunction else first | second
            for first, second in zip(exprs[::2], exprs[1::2], strict=False)
        ]
        exprs = [*paired, *exprs[2 * len(paired) :]]
    return exprs[0]


def _at_least(node: AtLeast, names: Names) -> pl.Expr:
    parts = [boolean(part, names) for part in node.parts]
    surely = pl.sum_horizontal([part.fill_null(False).cast(pl.Int32) for part in parts])
    possibly = pl.sum_horizontal([part.fill_null(True).cast(pl.Int32) for part in parts])
    return _kleene(surely >= node.count, possibly < node.count)


def _membership(node: Membership) -> pl.Expr:
    category = node.category
    if isinstance(category, CategoryFact):
        column, kind = pl.col(category.name), pl.Enum(category.values)
        equal = [column == pl.lit(value, dtype=kind) for value in node.values]
        answer = equal[0]
        for item in equal[1:]:
            answer = answer | item
        return answer
    inside = [pl.col(word(category.name, value)) for value in category.values if value in node.values]
    outside = [pl.col(word(category.name, value)) for value in category.values if value not in node.values]
    if not outside:
        return TRUE
    if len(inside) == 1:
        return inside[0]
    return _kleene(_all_false(outside), _all_false(inside))


def _all_false(exprs: Sequence[pl.Expr]) -> pl.Expr:
    answer = ~exprs[0].fill_null(True)
    for item in exprs[1:]:
        answer = answer & ~item.fill_null(True)
    return answer


Definition = DefinedNumber | DefinedBoolean | Partition


def _partition_columns(node: Partition, names: Names) -> list[pl.Expr]:
    """One column a word: its condition holds, or all others are excluded."""
    truths = {value: boolean(condition, names) for value, condition in node.cases}
    columns: list[pl.Expr] = []
    for value, truth in truths.items():
        others = [other for name, other in truths.items() if name != value]
        columns.append((truth | _all_false(others) if others else truth).alias(word(node.name, value)))
    return columns


PLAIN = BooleanFact | DefinedBoolean | Constant


def _is_atom(node: Membership | Comparison) -> bool:
    if isinstance(node, Membership):
        return isinstance(node.category, CategoryFact)
    return isinstance(node.left, NumberFact) and isinstance(node.right, Limit)


@dataclass
class Layers:
    """Definitions and intermediate numbers, sorted so that each layer needs only the layers before it.

    Every composite number gets a column of its own: interval arithmetic uses each operand several times, so
    nested expressions would otherwise grow exponentially.
    """

    names: dict[int, str] = field(default_factory=dict[int, str])
    _depth: dict[int, int] = field(default_factory=dict[int, int])
    _seen: dict[int, Node] = field(default_factory=dict[int, Node])
    _atoms: dict[Boolean, Membership | Comparison] = field(
        default_factory=dict[Boolean, Membership | Comparison]
    )
    _nodes: dict[str, Definition] = field(default_factory=dict[str, Definition])
    _layers: list[list[Definition | Number | Boolean]] = field(
        default_factory=list[list[Definition | Number | Boolean]]
    )

    def add(self, node: Node) -> None:
        """Take in a node and all that it needs."""
        self._mark(node)
        self._add(node)

    def _mark(self, root: Node) -> None:
        """Conditions that several columns use get a column of their own, decided before anything is placed."""
        pending = [root]
        while pending:
            node = pending.pop()
            if id(node) in self._seen:
                continue
            self._seen[id(node)] = node
            if isinstance(node, Choice):
                self._name_condition(node.condition)
            if isinstance(node, Partition):
                for _, condition in node.cases:
                    self._name_condition(condition)
            pending.extend(children(node))

    def _name_condition(self, node: Boolean) -> None:
        if not isinstance(node, PLAIN) and id(node) not in self._depth and id(node) not in self.names:
            self.names[id(node)] = f"~{len(self.names)}"

    def _add(self, node: Node) -> int:
        if id(node) in self._depth:
            return self._depth[id(node)]
        if isinstance(node, DefinedNumber | DefinedBoolean | Partition):
            return self._define(node)
        if isinstance(node, Membership | Comparison) and _is_atom(node):
            return self._add_atom(node)
        depth = max((self._add(child) for child in children(node)), default=0)
        if isinstance(node, Arithmetic | Choice | FirstKnown):
            self.names[id(node)] = f"~{len(self.names)}"
        if isinstance(node, Number | Boolean) and id(node) in self.names:
            return self._place(node, depth)
        self._depth[id(node)] = depth
        return depth

    def _add_atom(self, node: Membership | Comparison) -> int:
        """A question to one raw fact: asked once, however many statements ask it."""
        first = self._atoms.setdefault(node, node)
        if first is node:
            self.names.setdefault(id(node), f"~{len(self.names)}")
            return self._place(node, 0)
        self.names[id(node)] = self.names[id(first)]
        self._depth[id(node)] = 1
        return 1

    def _place(self, node: Definition | Number | Boolean, depth: int) -> int:
        while len(self._layers) <= depth:
            self._layers.append([])
        self._layers[depth].append(node)
        self._depth[id(node)] = depth + 1
        return depth + 1

    def _define(self, node: Definition) -> int:
        first = self._nodes.setdefault(node.name, node)
        if first is not node:
            if first != node:
                raise ValueError(f"two definitions share the name {node.name!r}")
            return self._depth[id(first)]
        return self._place(node, max((self._add(child) for child in children(node)), default=0))

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Every definition by name."""
        return self._nodes

    @property
    def columns(self) -> tuple[tuple[pl.Expr, ...], ...]:
        """The columns to add, layer by layer."""
        return tuple(
            tuple(column for node in layer for column in self._columns_of(node)) for layer in self._layers
        )

    def _columns_of(self, node: Definition | Number | Boolean) -> list[pl.Expr]:
        if isinstance(node, Partition):
            return _partition_columns(node, self.names)
        if isinstance(node, Boolean) and not isinstance(node, DefinedBoolean):
            return [_truth(node, self.names).alias(self.names[id(node)])]
        if isinstance(node, DefinedBoolean):
            return [boolean(node.expression, self.names).alias(node.name)]
        if isinstance(node, DefinedNumber):
            name, ends = node.name, number(node.expression, self.names)
        else:
            name, ends = self.names[id(node)], _computed(node, self.names)
        return [ends[0].alias(low(name)), ends[1].alias(high(name))]

    def statement(self, node: Boolean) -> pl.Expr:
        """Truth of a statement whose parts were added before."""
        return boolean(node, self.names)


def evaluate(frame: pl.DataFrame, layers: Layers, statements: Mapping[str, Boolean]) -> pl.DataFrame:
    """The frame of facts with every definition and every named statement added as columns."""
    for node in statements.values():
        layers.add(node)
    query = frame.lazy()
    for layer in layers.columns:
        query = query.with_columns(layer)
    return query.with_columns(
        [layers.statement(node).alias(name) for name, node in statements.items()]
    ).collect()
