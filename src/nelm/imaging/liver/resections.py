"""Named resections as sets of Couinaud segments (Brisbane 2000 terminology)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nelm.errors import InputError, Problem

RESECTIONS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "right_hemihepatectomy": frozenset({5, 6, 7, 8}),
        "left_hemihepatectomy": frozenset({2, 3, 4}),
        "right_trisectionectomy": frozenset({4, 5, 6, 7, 8}),
        "left_trisectionectomy": frozenset({2, 3, 4, 5, 8}),
        "left_lateral_sectionectomy": frozenset({2, 3}),
        "left_medial_sectionectomy": frozenset({4}),
        "right_anterior_sectionectomy": frozenset({5, 8}),
        "right_posterior_sectionectomy": frozenset({6, 7}),
        "central_hepatectomy": frozenset({4, 5, 8}),
        "caudate_resection": frozenset({1}),
    }
)
"""Segment 1 stays unless it is named."""


def resected_segments(name: str) -> frozenset[int]:
    """The segments that a resection takes: a name of `RESECTIONS`, or numbers (``5,6`` or ``s7``).

    Raises
    ------
    InputError : Neither.
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in RESECTIONS:
        return RESECTIONS[plain]
    parts = [part.strip("s_") for part in plain.replace("+", ",").split(",")]
    if parts and all(part.isdigit() and 1 <= int(part) <= 8 for part in parts):
        return frozenset(int(part) for part in parts)
    raise InputError(
        [
            Problem(
                "resection",
                f'"{name}"',
                f"segments (5,6) or one of {', '.join(RESECTIONS)}",
                "Correct the name.",
            )
        ]
    )
