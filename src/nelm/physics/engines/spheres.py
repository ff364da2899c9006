"""Spheres: the dose of a uniform source in a sphere to itself, from a point kernel, for any mass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nelm.errors import problem
from nelm.physics.emissions.records import JOULE_PER_MEV
from nelm.physics.engines.body import DECAYS_PER_MBQ_H
from nelm.physics.transport.point import PointKernel

Array = NDArray[np.float64]
NODES = 5


def sphere_self_share(radii_cm: Array, sphere_radius_cm: float) -> Array:
    """Share of the energy that a kernel puts at a distance which stays in the sphere that holds the source.

    ``1 - 3/4 x + x^3 / 16`` with ``x = r / R`` up to 2, then 0: the share of pairs, one point uniform in the sphere
    and the other at a distance r in any direction, whose other point is inside, too.
    """
    x = np.minimum(np.asarray(radii_cm, dtype=np.float64) / sphere_radius_cm, 2.0)
    return 1 - 0.75 * x + x**3 / 16


def sphere_dose_factor(kernel: PointKernel, mass_g: float) -> float:
    """Self dose of a sphere with uniform activity [Gy/(MBq h)].

    Parameters
    ----------
    kernel : Of the nuclide in the medium of the sphere, which surrounds it without end.
    mass_g : Mass of the sphere [g].

    Raises
    ------
    InputError : A mass that is not above 0.
    """
    if not (np.isfinite(mass_g) and mass_g > 0):
        raise problem(mass_g, "a mass above 0 [g]", path="mass_g")
    radius = (3 * mass_g / kernel.density_g_cm3 / (4 * np.pi)) ** (1 / 3)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    low, high = kernel.edges_cm[:-1, None], kernel.edges_cm[1:, None]
    share = sphere_self_share((low + high) / 2 + (high - low) / 2 * nodes, radius) @ weights / 2
    energy = kernel.local_mev + float((kernel.electron_mev + kernel.photon_mev) @ share)
    return energy * JOULE_PER_MEV * DECAYS_PER_MBQ_H / (mass_g / 1000)
