"""Mass of the lungs: from a map of density, or the kilogram that is commonly assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.guideline.therapy import Item, item
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


@dataclass(frozen=True, slots=True)
class LungMass:
    """Mass of the lungs [kg], whether it is assumed, and what to know about it."""

    mass_kg: Estimate
    is_assumed: bool
    remarks: tuple[Item, ...]


def lung_mass_of_density(
    density_g_cm3: NDArray[np.floating],
    *,
    lungs: NDArray[np.bool_],
    voxel_ml: float,
    known: RadioembolisationKnowledge,
) -> LungMass:
    """Mass of the lungs [kg]: density summed over the region; limits as published for SPECT/CT.

    Parameters
    ----------
    density_g_cm3 : (z, y, x) from the CT [g/cm3].
    lungs : (z, y, x) region of both lungs, all of them.
    voxel_ml : Volume of a voxel [mL].
    """
    if lungs.shape != density_g_cm3.shape or not lungs.any():
        raise problem(f"shape {lungs.shape}", f"a region with voxels on {density_g_cm3.shape}", path="lungs")
    mass = float(density_g_cm3[lungs].sum(dtype=np.float64)) * voxel_ml / 1000.0
    agreement = known.lung_mass_agreement
    # The published limits are of estimate minus reference, so they change sides.
    low, high = mass - (agreement.high or 0.0), mass - (agreement.low or 0.0)
    return LungMass(Estimate(mass, low, high), False, (item("lung mass", agreement),))


def assumed_lung_mass(known: RadioembolisationKnowledge) -> LungMass:
    """The kilogram that is commonly assumed, with the limits of a series in which the lungs were weighed by CT."""
    assumed, cohort = known.lung_mass.number, known.lung_mass_cohort
    low, high = cohort.low or assumed, cohort.high or assumed
    return LungMass(
        Estimate(assumed, min(low, assumed), max(high, assumed)),
        True,
        (item("lung mass, assumed", known.lung_mass), item("lung mass, measured", cohort)),
    )
