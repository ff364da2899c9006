"""A patient as a handful of facts, evaluated: the harness of the rule tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from nelm.guideline.compiling import Layers, evaluate, high, low
from nelm.guideline.criteria import OptionRule
from nelm.guideline.frames import RawValue, frame_of
from nelm.guideline.logic import Boolean, CategoryFact, DefinedNumber, Node, Number, Partition
from nelm.knowledge import load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.quantities import Interval

Given = Mapping[str, Any]


def row(given: Given) -> dict[str, RawValue]:
    """Facts as the frames want them: a number is a float or a (low, high) pair; nothing declined."""

    def value(item: Any) -> RawValue:
        if isinstance(item, tuple):
            return Interval(float(item[0]), float(item[1]))
        if isinstance(item, int | float) and not isinstance(item, bool):
            return Interval.exact(float(item))
        return item

    return {name: value(item) for name, item in given.items()}


def _state(value: bool | None) -> str:
    return {True: "met", False: "not_met", None: "unknown"}[value]


def evaluate_many(option_id: str, patients: Sequence[Given]) -> list[dict[str, Any]]:
    """Verdict and criterion states of an option for several patients at once."""
    guideline = current_guideline(load_knowledge())
    option: OptionRule = guideline.option(option_id)
    accepted = {f"preferences.declined.{option_id}": False}
    frame = guideline.evaluate(frame_of([row({**accepted, **given}) for given in patients]))
    return [
        {
            "verdict": line[option_id],
            "states": {item.id: _state(line[guideline.places[id(item.test)]]) for item in option.criteria},
        }
        for line in frame.iter_rows(named=True)
    ]


def evaluate_option(option_id: str, given: Given) -> dict[str, Any]:
    """Verdict and criterion states of an option for one patient."""
    return evaluate_many(option_id, [given])[0]


def evaluate_node(node: Node, given: Given) -> Any:
    """Value of one expression: truth, (low, high) or the word (None when unknown)."""
    layers = Layers()
    layers.add(node)
    frame = frame_of([row(given)])
    if isinstance(node, Boolean):
        return evaluate(frame, layers, {"it": node})["it"][0]
    if isinstance(node, Number):
        named = node if isinstance(node, DefinedNumber) else DefinedNumber("it", node, node.unit, "it")
        layers.add(named)
        found = evaluate(frame, layers, {})
        lowest = found[low(named.name)][0]
        return None if lowest is None else (lowest, found[high(named.name)][0])
    assert isinstance(node, Partition | CategoryFact)
    words = {word: node.is_(word) for word in node.values}
    found = evaluate(frame, layers, {f"it={word}": test for word, test in words.items()})
    return next((word for word in words if found[f"it={word}"][0]), None)


__all__ = ["evaluate_many", "evaluate_node", "evaluate_option", "pl", "row"]
