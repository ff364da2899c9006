"""Groups and lists of a case document, as copies that may be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

Document = dict[str, object]


def group(document: Mapping[str, object], key: str) -> Document:
    """A group of keys; empty where there is none."""
    found = document.get(key)
    return dict(cast("Mapping[str, object]", found)) if isinstance(found, Mapping) else {}


def items(document: Mapping[str, object], key: str) -> list[Document]:
    """The groups of a list; empty where there is none."""
    found = document.get(key)
    listed = cast("list[Mapping[str, object]]", found) if isinstance(found, list | tuple) else []
    return [dict(one) for one in listed]
