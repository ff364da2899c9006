"""The graph as z3 formulas: exact values, partial knowledge, three truth values as a pair.

A statement becomes (surely true, surely false), a number (value, whether it is known). A number that needs a
logarithm, a root or a product of two facts is a free real: the bins over it are what is proved.
"""

from __future__ import annotations

from typing import Any

import z3

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
    Number,
    NumberFact,
    Partition,
    Range,
    Score,
    children,
)

LINEAR = {"add", "subtract", "minimum", "maximum"}


def _is_linear(node: Any) -> bool:
    if isinstance(node, Arithmetic) and node.operation not in LINEAR:
        scaled = node.operation in ("multiply", "divide") and isinstance(node.operands[1], Limit)
        if not scaled:
            return False
    return all(_is_linear(child) for child in children(node) if isinstance(child, Number | Boolean))


class Translation:
    """Formulas of one graph; `assumptions` bound the words of each category."""

    def __init__(self) -> None:
        self.assumptions: list[Any] = []
        self._numbers: dict[int, tuple[Any, Any]] = {}
        self._truths: dict[int, tuple[Any, Any]] = {}
        self._kept: list[Any] = []
        self._categories: dict[str, tuple[Any, Any]] = {}

    def category(self, fact: CategoryFact) -> tuple[Any, Any]:
        """Index of the word, and whether it is known."""
        if fact.name not in self._categories:
            index = z3.Int(fact.name)
            self.assumptions += [index >= 0, index < len(fact.values)]
            self._categories[fact.name] = (index, z3.Bool(f"known {fact.name}"))
        return self._categories[fact.name]

    def number(self, node: Number) -> tuple[Any, Any]:
        """Value and knownness of a number."""
        if id(node) not in self._numbers:
            self._kept.append(node)
            self._numbers[id(node)] = self._number(node)
        return self._numbers[id(node)]

    def _number(self, node: Number) -> tuple[Any, Any]:
        match node:
            case NumberFact(name=name):
                return z3.Real(name), z3.Bool(f"known {name}")
            case DefinedNumber(name=name) if not _is_linear(node.expression):
                return z3.Real(name), z3.Bool(f"known {name}")
            case DefinedNumber():
                return self.number(node.expression)
            case Limit():
                return z3.RealVal(repr(node.value)), z3.BoolVal(True)
            case Range():
                return z3.FreshReal(), z3.BoolVal(False)
            case Choice():
                (true, false), then, other = (
                    self.truth(node.condition),
                    self.number(node.then),
                    self.number(node.otherwise),
                )
                known = z3.Or(z3.And(true, then[1]), z3.And(false, other[1]))
                return z3.If(true, then[0], other[0]), known
            case FirstKnown():
                first, second = self.number(node.first), self.number(node.second)
                return z3.If(first[1], first[0], second[0]), z3.Or(first[1], second[1])
            case Score():
                return self._score(node)
            case Arithmetic():
                return self._arithmetic(node)
            case _:
                raise TypeError(type(node).__name__)

    def _score(self, node: Score) -> tuple[Any, Any]:
        index, known = self.category(node.category)
        value, told = z3.RealVal(0), z3.BoolVal(False)
        for name, points in node.points:
            here = index == node.category.values.index(name)
            value, told = z3.If(here, z3.RealVal(repr(points)), value), z3.Or(told, here)
        return value, z3.And(known, told)

    def _arithmetic(self, node: Arithmetic) -> tuple[Any, Any]:
        parts = [self.number(part) for part in node.operands]
        (a, _), (b, _) = parts
        value = {
            "add": lambda: a + b,
            "subtract": lambda: a - b,
            "multiply": lambda: a * b,
            "divide": lambda: a / b,
            "minimum": lambda: z3.If(a <= b, a, b),
            "maximum": lambda: z3.If(a >= b, a, b),
        }[node.operation]()
        return value, z3.And(*(known for _, known in parts))

    def truth(self, node: Boolean) -> tuple[Any, Any]:
        """Surely true, surely false."""
        if id(node) not in self._truths:
            self._kept.append(node)
            self._truths[id(node)] = self._truth(node)
        return self._truths[id(node)]

    def _truth(self, node: Boolean) -> tuple[Any, Any]:
        match node:
            case BooleanFact(name=name):
                value, known = z3.Bool(name), z3.Bool(f"known {name}")
                return z3.And(known, value), z3.And(known, z3.Not(value))
            case DefinedBoolean():
                return self.truth(node.expression)
            case Constant():
                return z3.BoolVal(node.value), z3.BoolVal(not node.value)
            case Comparison():
                return self._comparison(node)
            case Conjunction():
                pairs = [self.truth(part) for part in node.parts]
                return z3.And(*(t for t, _ in pairs)), z3.Or(*(f for _, f in pairs))
            case Disjunction():
                pairs = [self.truth(part) for part in node.parts]
                return z3.Or(*(t for t, _ in pairs)), z3.And(*(f for _, f in pairs))
            case Negation():
                true, false = self.truth(node.part)
                return false, true
            case AtLeast():
                pairs = [self.truth(part) for part in node.parts]
                surely, possibly = [t for t, _ in pairs], [z3.Not(f) for _, f in pairs]
                return z3.AtLeast(*surely, node.count), z3.Not(z3.AtLeast(*possibly, node.count))
            case Membership():
                return self._membership(node)
            case Known():
                known = z3.Bool(f"known {node.fact.name}")
                return known, z3.Not(known)
            case _:
                raise TypeError(type(node).__name__)

    def _comparison(self, node: Comparison) -> tuple[Any, Any]:
        (a, a_known), (b, b_known) = self.number(node.left), self.number(node.right)
        holds = {"ge": a >= b, "gt": a > b, "le": a <= b, "lt": a < b}[node.order]
        both = z3.And(a_known, b_known)
        return z3.And(both, holds), z3.And(both, z3.Not(holds))

    def _membership(self, node: Membership) -> tuple[Any, Any]:
        if isinstance(node.category, CategoryFact):
            index, known = self.category(node.category)
            inside = z3.Or(*(index == node.category.values.index(value) for value in node.values))
            return z3.And(known, inside), z3.And(known, z3.Not(inside))
        words = {value: self.truth(condition) for value, condition in node.category.cases}
        inside = [words[value] for value in words if value in node.values]
        outside = [words[value] for value in words if value not in node.values]
        all_out, all_in = (z3.And(*(f for _, f in group)) for group in (outside, inside))
        surely = inside[0][0] if len(inside) == 1 else z3.BoolVal(False)
        return z3.Or(surely, all_out), all_in

    def overlap(self, node: Partition) -> Any:
        """Formula: two words hold at once."""
        truths = [self.truth(condition)[0] for _, condition in node.cases]
        return z3.And(*self.assumptions, z3.AtLeast(*truths, 2))

    def gap(self, node: Partition) -> Any:
        """Formula: every word is excluded."""
        falsehoods = [self.truth(condition)[1] for _, condition in node.cases]
        return z3.And(*self.assumptions, *falsehoods)
