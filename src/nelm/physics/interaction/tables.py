"""The data files of this package, read once; each says in its first lines where its numbers come from."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

SYMBOLS = {
    "H": 1,
    "C": 6,
    "N": 7,
    "O": 8,
    "F": 9,
    "Na": 11,
    "Mg": 12,
    "Al": 13,
    "Si": 14,
    "P": 15,
    "S": 16,
    "Cl": 17,
    "Ar": 18,
    "K": 19,
    "Ca": 20,
    "Ti": 22,
    "Fe": 26,
    "Cu": 29,
    "Zn": 30,
    "I": 53,
}
"""Atomic number of each element that the data files hold."""


@lru_cache(maxsize=16)
def table(name: str) -> NDArray[np.float64]:
    """The rows of one data file; where it holds elements, their atomic number comes first."""
    text = (files("nelm.physics.interaction") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines[1:]], dtype=np.float64)
    rows.setflags(write=False)
    return rows


@lru_cache(maxsize=16)
def heads(name: str) -> tuple[str, ...]:
    """Heads of the columns of one data file."""
    text = (files("nelm.physics.interaction") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(next(line for line in text.splitlines() if not line.startswith("#")).split(","))


@lru_cache(maxsize=256)
def rows_of(name: str, atomic_number: int) -> NDArray[np.float64]:
    """The rows of one element without the column of its atomic number."""
    whole = table(name)
    return whole[whole[:, 0] == atomic_number, 1:]
