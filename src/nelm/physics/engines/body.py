"""What a dose engine is given and what it gives: a body in voxels, a dose map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError, InputError, Problem, problem, shown
from nelm.physics.emissions import Emissions
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.interaction import Material

DECAYS_PER_MBQ_H = 3.6e9
Field = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Materials and densities of voxels; outside lies vacuum.

    Parameters
    ----------
    material : (z, y, x) place of each voxel's material in `materials`.
    density_g_cm3 : (z, y, x) [g/cm3].
    materials : What the voxels are made of.
    spacing_mm : Edges of a voxel along (z, y, x) [mm].

    Raises
    ------
    GeometryError, InputError : Shapes that differ, a density that is negative or not a number, an unknown material.
    """

    material: NDArray[np.uint8]
    density_g_cm3: Field
    materials: tuple[Material, ...]
    spacing_mm: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.material.ndim != 3 or self.material.shape != self.density_g_cm3.shape:
            raise GeometryError(
                f"material {self.material.shape} and density {self.density_g_cm3.shape} do not lie on one grid",
                expected="two maps (z, y, x) of one shape",
                remedy="Resample one onto the other",
            )
        if not all(np.isfinite(step) and step > 0 for step in self.spacing_mm):
            raise problem(self.spacing_mm, "three edges above 0 [mm]", path="spacing_mm")
        low = float(self.density_g_cm3.min())
        if not (np.isfinite(self.density_g_cm3).all() and low >= 0):
            raise problem(low, "densities of 0 or more [g/cm3]", path="density_g_cm3")
        if int(self.material.max()) >= len(self.materials):
            raise problem(
                int(self.material.max()), f"one of {len(self.materials)} materials", path="material"
            )

    @classmethod
    def uniform(
        cls, shape: tuple[int, int, int], material: Material, spacing_mm: tuple[float, float, float]
    ) -> Body:
        """A block of one material at its own density."""
        density = np.full(shape, material.density_g_cm3)
        return cls(np.zeros(shape, dtype=np.uint8), density, (material,), spacing_mm)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along (z, y, x)."""
        z, y, x = self.material.shape
        return z, y, x

    @property
    def voxel_cm3(self) -> float:
        """Volume of a voxel [cm3]."""
        return float(np.prod(self.spacing_mm)) / 1000

    @property
    def mass_g(self) -> Field:
        """(z, y, x) mass of each voxel [g]."""
        return self.density_g_cm3 * self.voxel_cm3


@dataclass(frozen=True, slots=True, eq=False)
class DoseMap:
    """Absorbed dose in voxels.

    Parameters
    ----------
    dose_gy : (z, y, x) [Gy].
    statistical_sd_gy : (z, y, x) standard deviation from the limited number of histories [Gy]; None where the engine
        has none, which does not mean that it has no error.
    emitted_j, deposited_j : Energy of all decays that the engine counts, and what of it stayed in the voxels [J].
    engine : How it was computed, in words.
    remarks : What should be known.
    """

    dose_gy: Field
    statistical_sd_gy: Field | None
    emitted_j: float
    deposited_j: float
    engine: str
    remarks: tuple[str, ...] = ()


def checked_activity(time_integrated_activity_mbq_h: NDArray[np.floating], body: Body) -> Field:
    """The map as float64; refused when it is negative, not finite, empty, off the grid or where there is no mass.

    Raises
    ------
    GeometryError, InputError
    """
    activity = np.asarray(time_integrated_activity_mbq_h, dtype=np.float64)
    if activity.shape != body.shape:
        raise GeometryError(
            f"activity {activity.shape} does not lie on the grid of the body {body.shape}",
            expected="a map (z, y, x) of the same shape",
            remedy="Resample it onto the grid of the body, keeping its sum",
        )
    found: list[Problem] = []
    path = "time_integrated_activity_mbq_h"
    if not np.isfinite(activity).all():
        found.append(Problem(path, "not a number", "finite values", "Look at how the curves were integrated"))
    elif float(activity.min()) < 0:
        found.append(
            Problem(path, shown(float(activity.min())), "values of 0 or more", "Set noise below 0 to 0")
        )
    elif float(activity.sum()) <= 0:
        found.append(
            Problem(path, "0 everywhere", "activity in some voxel", "Look at the mask that was applied")
        )
    elif bool((activity[body.density_g_cm3 <= 0] > 0).any()):
        found.append(
            Problem("density_g_cm3", "0", "mass wherever there is activity", "Look at the CT's calibration")
        )
    if found:
        raise InputError(found)
    return activity


def emitted_mev(emissions: Emissions) -> float:
    """Energy per decay of everything but neutrinos [MeV]."""
    return emissions.electron_energy_mev + emissions.alpha_energy_mev + emissions.photon_energy_mev


def gray(energy_mev: Field, body: Body) -> Field:
    """Dose of an energy in each voxel [Gy]; 0 where there is no mass."""
    mass_kg = body.mass_g / 1000
    return np.divide(energy_mev * JOULE_PER_MEV, mass_kg, out=np.zeros_like(mass_kg), where=mass_kg > 0)
