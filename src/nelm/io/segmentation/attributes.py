"""Attributes of a data set that may be absent, empty or damaged: None then, and never an error of the reader."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

Vector = tuple[float, ...]


def text_of(dataset: Dataset, name: str) -> str:
    """An attribute as text without padding; empty when absent or unreadable."""
    value = value_of(dataset, name)
    return "" if value is None else str(value).strip(" \0")


def value_of(dataset: Dataset, name: str) -> Any:
    """An attribute; None when absent, empty or unreadable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an over-long decimal string was noted when the file was opened
        try:
            value = dataset.get(name)
        except Exception:  # a value that cannot be converted is not known
            return None
    return None if value in ("", None) else value


def numbers_of(dataset: Dataset, name: str, count: int) -> Vector | None:
    """An attribute of `count` finite numbers; None when absent or anything else."""
    value = value_of(dataset, name)
    if value is None:
        return None
    items: Sequence[Any] = [value] if isinstance(value, str | int | float) else value
    try:
        found = tuple(float(item) for item in items)
    except (TypeError, ValueError):
        return None
    return found if len(found) == count and all(math.isfinite(item) for item in found) else None


def number_of(dataset: Dataset, name: str) -> float | None:
    """An attribute of one finite number; None when absent or anything else."""
    found = numbers_of(dataset, name, 1)
    return None if found is None else found[0]


def items_of(dataset: Dataset | None, name: str) -> list[Dataset]:
    """The items of a sequence; none when absent or damaged."""
    value = None if dataset is None else value_of(dataset, name)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def first_of(dataset: Dataset | None, name: str) -> Dataset | None:
    """The first item of a sequence; None when there is none."""
    items = items_of(dataset, name)
    return items[0] if items and isinstance(items[0], Dataset) else None
