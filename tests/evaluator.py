"""An independent evaluator of the rule graph: plain Python, one patient, True / False / None. The oracle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nelm.guideline import logic
from nelm.quantities import Interval

Truth = bool | None
Ends = tuple[float, float] | None


def truth(node: logic.Boolean, row: Mapping[str, Any]) -> Truth:
    match node:
        case logic.BooleanFact():
            return row.get(node.name)
        case logic.Constant():
            return node.value
        case logic.DefinedBoolean():
            return truth(node.expression, row)
        case logic.Negation():
            inner = truth(node.part, row)
            return None if inner is None else not inner
        case logic.Conjunction():
            return _all([truth(part, row) for part in node.parts])
        case logic.Disjunction():
            found = _all([_not(truth(part, row)) for part in node.parts])
            return _not(found)
        case logic.AtLeast():
            found = [truth(part, row) for part in node.parts]
            if sum(item is True for item in found) >= node.count:
                return True
            return False if sum(item is not False for item in found) < node.count else None
        case logic.Comparison():
            return _compare(node.order, ends(node.left, row), ends(node.right, row))
        case logic.Membership():
            return _member(node, row)
        case logic.Known():
            return row.get(node.fact.name) is not None
    raise TypeError(type(node).__name__)


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _all(values: list[Truth]) -> Truth:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def _compare(order: str, left: Ends, right: Ends) -> Truth:
    if left is None or right is None:
        return None
    sure = {
        "ge": (left[0] >= right[1], left[1] < right[0]),
        "gt": (left[0] > right[1], left[1] <= right[0]),
        "le": (left[1] <= right[0], left[0] > right[1]),
        "lt": (left[1] < right[0], left[0] >= right[1]),
    }[order]
    return True if sure[0] else False if sure[1] else None


def word_truths(node: logic.Partition, row: Mapping[str, Any]) -> dict[str, Truth]:
    raw = {word: truth(test, row) for word, test in node.cases}
    return {
        word: True
        if all(other is False for name, other in raw.items() if name != word) and len(raw) > 1
        else value
        for word, value in raw.items()
    }


def _member(node: logic.Membership, row: Mapping[str, Any]) -> Truth:
    if isinstance(node.category, logic.CategoryFact):
        value = row.get(node.category.name)
        return None if value is None else value in node.values
    words = word_truths(node.category, row)
    inside = [value for word, value in words.items() if word in node.values]
    outside = [value for word, value in words.items() if word not in node.values]
    if not outside:
        return True
    if len(inside) == 1:
        return inside[0]
    if all(value is False for value in outside):
        return True
    return False if all(value is False for value in inside) else None


def ends(node: logic.Number, row: Mapping[str, Any]) -> Ends:
    match node:
        case logic.NumberFact():
            value = row.get(node.name)
            return (value.low, value.high) if isinstance(value, Interval) else None
        case logic.Limit():
            return node.value, node.value
        case logic.Range():
            return node.low, node.high
        case logic.DefinedNumber():
            return ends(node.expression, row)
        case logic.FirstKnown():
            first = ends(node.first, row)
            return ends(node.second, row) if first is None else first
        case logic.Score():
            points = dict(node.points).get(row.get(node.category.name))
            return None if points is None else (points, points)
        case logic.Choice():
            return _chosen(truth(node.condition, row), ends(node.then, row), ends(node.otherwise, row))
        case logic.Arithmetic():
            return _arithmetic(node, [ends(part, row) for part in node.operands])
    raise TypeError(type(node).__name__)


def _chosen(condition: Truth, then: Ends, otherwise: Ends) -> Ends:
    if condition is not None:
        return then if condition else otherwise
    if then is None or otherwise is None:
        return None
    return min(then[0], otherwise[0]), max(then[1], otherwise[1])


def _arithmetic(node: logic.Arithmetic, parts: list[Ends]) -> Ends:
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    calculate = {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "power": lambda a, b: a**b,
        "minimum": min,
        "maximum": max,
        "log": math.log,
        "log10": math.log10,
        "exp": math.exp,
    }[node.operation]
    try:
        if len(known) == 1:
            corners = [calculate(end) for end in known[0]]
        else:
            corners = [calculate(a, b) for a in known[0] for b in known[1]]
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan, math.nan
    return min(corners), max(corners)


def verdict(option: Any, row: Mapping[str, Any]) -> str:
    """The verdict of an option by the rules of the contract, written independently of the columns."""
    states = [(item, truth(item.test, row)) for item in option.criteria]
    needed = _all([value for item, value in states if item.kind == "requires"])
    excluded = [(item.status, value) for item, value in states if item.kind == "excludes"]
    if any(value is True and status != "recalled" for status, value in excluded):
        return "contraindicated"
    if needed is False:
        return "not_indicated"
    if needed is None or any(value is not False for _, value in excluded):
        return "undetermined"
    spoken = [(item, truth(item.context, row)) for item in option.positions]
    backed = any(item.supports and value is True for item, value in spoken)
    opposed = [value for item, value in spoken if item.opposes]
    return "recommended" if backed and all(value is False for value in opposed) else "option"
