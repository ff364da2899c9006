"""What is heated: tissue on a grid of voxels, what holds it cool, what happens at the border."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem

Array = NDArray[np.float64]
Field = Array | NDArray[np.float32] | float
"""A number for each voxel (z, y, x), or one for all."""


class Border(StrEnum):
    """What lies beyond the grid."""

    BODY_TEMPERATURE = "at body temperature"
    """One more layer of voxels on every side, held at body temperature."""
    INSULATED = "insulated"


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """Thermal properties.

    Parameters
    ----------
    conductivity_w_m_k : k [W/(m K)].
    heat_capacity_j_m3_k : Density times specific heat, rho c [J/(m3 K)].
    perfusion_w_m3_k : Blood flow times density and specific heat of blood, w rho_b c_b [W/(m3 K)].
    """

    conductivity_w_m_k: Field
    heat_capacity_j_m3_k: Field
    perfusion_w_m3_k: Field


@dataclass(frozen=True, slots=True, eq=False)
class Wall:
    """A surface at a known temperature inside the grid: of a large vessel, or of an applicator.

    The surface lies where `distance_mm` is 0; between two voxels it is found by linear interpolation, so that it does
    not follow the edges of voxels.

    Parameters
    ----------
    distance_mm : (z, y, x) distance to the surface, negative inside [mm].
    temperature_c : Inside [degrees Celsius].
    coefficient_w_m2_k : Heat transfer through the surface; None holds the surface itself at the temperature.
    """

    distance_mm: Array
    temperature_c: float
    coefficient_w_m2_k: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Heated:
    """A grid of tissue that is heated.

    Parameters
    ----------
    shape, spacing_mm : Of the grid along (z, y, x).
    source_w_m3 : Power absorbed, Q [W/m3].
    body_c : Of the tissue at the start and of arterial blood [degrees Celsius].
    walls : None may touch another of a different temperature.
    cap_c : No voxel gets hotter, whatever it absorbs (vaporisation takes the rest); None for no cap.
    perfusion_until : Name of the death model with which perfusion ends; None for perfusion that never ends.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    tissue: Tissue
    source_w_m3: Field
    body_c: float
    walls: tuple[Wall, ...] = ()
    border: Border = Border.BODY_TEMPERATURE
    cap_c: float | None = None
    perfusion_until: str | None = None

    def __post_init__(self) -> None:
        if not all(np.isfinite(step) and step > 0 for step in self.spacing_mm):
            raise problem(self.spacing_mm, "three edges above 0 [mm]", path="spacing_mm")
        _checked("conductivity_w_m_k", self.tissue.conductivity_w_m_k, self.shape, above=0.0)
        _checked("heat_capacity_j_m3_k", self.tissue.heat_capacity_j_m3_k, self.shape, above=0.0)
        _checked("perfusion_w_m3_k", self.tissue.perfusion_w_m3_k, self.shape, above=None)
        _checked("source_w_m3", self.source_w_m3, self.shape, above=None)
        for wall in self.walls:
            if wall.distance_mm.shape != self.shape:
                raise problem(
                    wall.distance_mm.shape, f"the grid's shape {self.shape}", path="wall.distance_mm"
                )

    def field(self, values: Field) -> Array:
        """A number for each voxel, float64."""
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=np.float64), self.shape))


def _checked(name: str, values: Field, shape: tuple[int, int, int], *, above: float | None) -> None:
    """Raise where a field has the wrong shape or a value that makes no sense; `above` None allows 0."""
    given = np.asarray(values)
    if given.shape not in ((), shape):
        raise problem(given.shape, f"one number, or the grid's shape {shape}", path=name)
    fits = given >= 0 if above is None else given > above
    if not bool(np.all(np.isfinite(given) & fits)):
        raise problem(given.min(), "finite numbers, none negative", path=name)
