"""Directions of rows and columns: read, checked, made exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.io.dicom.instances import Sextuple

EXACT = 1e-4
"""Errors of a direction cosine up to this come from writing few digits."""
REPAIRABLE = 1e-2
"""Up to this the directions can be made exact; beyond, they are wrong."""

Vector = NDArray[np.float64]


def inexactness(orientation: Sextuple) -> float:
    """How far the two directions are from unit length and from a right angle (largest deviation)."""
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    lengths = abs(np.linalg.norm(row) - 1), abs(np.linalg.norm(column) - 1)
    return float(max(*lengths, abs(row @ column)))


def axes_of(orientation: Sextuple) -> tuple[Vector, Vector, Vector]:
    """Unit vectors along a row, along a column and along the slice normal (row x column), at right angles."""
    row, column = np.array(orientation[:3], dtype=np.float64), np.array(orientation[3:], dtype=np.float64)
    row = row / np.linalg.norm(row)
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return row, column, np.cross(row, column)


def normal_of(orientation: Sextuple) -> Vector | None:
    """The slice normal; None when the directions are too broken to have one."""
    return axes_of(orientation)[2] if inexactness(orientation) <= REPAIRABLE else None
