"""Emissions of one nuclide as ICRP Publication 107 gives them, read from the package `icrp107-database`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from nelm.errors import InputError, problem
from nelm.physics.emissions.records import BetaSpectrum, Lines, first_moment

PACKAGE = "icrp107-database"
FOLDER = "icrp107_database"
SOURCE = "ICRP Publication 107, Ann. ICRP 38 (3), 2008"
HOURS = {"us": 1e-6 / 3600, "ms": 1e-3 / 3600, "s": 1 / 3600, "m": 1 / 60, "h": 1.0, "d": 24.0, "y": 8765.82}
"""Hours in the units of half-life of ICRP-107 (a year is 365.2422 days)."""

FINE_INTERVALS = 4000
"""Intervals of the fine grid on which a beta spectrum is kept; linear steps lose less than 1 in a million on it."""

Pairs = list[tuple[float, float]]


class _Document(TypedDict):
    name: str
    half_life: float
    time_unit: str
    emissions: dict[str, Pairs]


@dataclass(frozen=True, slots=True, eq=False)
class NuclideData:
    """One nuclide of ICRP-107 without its daughters, each yield per decay of itself."""

    nuclide: str
    half_life_h: float
    beta: BetaSpectrum | None
    conversion_electrons: Lines
    auger_electrons: Lines
    gammas: Lines
    x_rays: Lines
    annihilation: Lines
    alphas: Lines
    alpha_recoils: Lines


@lru_cache(maxsize=1)
def nuclide_names() -> frozenset[str]:
    """Names of all nuclides that the package holds."""
    folder = files(FOLDER) / "icrp107"
    return frozenset(entry.name.removesuffix(".json") for entry in folder.iterdir() if ".json" in entry.name)


def package_version() -> str:
    """Name and version of the package that carries the data."""
    return f"{PACKAGE} {version(PACKAGE)}"


@lru_cache(maxsize=64)
def nuclide_data(nuclide: str) -> NuclideData:
    """Emissions of one nuclide, its beta spectrum brought to the number and the energy of its lines.

    Raises
    ------
    InputError
        When the package holds no such nuclide.
    """
    if nuclide not in nuclide_names():
        raise no_data(nuclide)
    text = (files(FOLDER) / "icrp107" / f"{nuclide}.json").read_text(encoding="utf-8")
    document = cast("_Document", json.loads(json.loads(text)))
    pairs = document["emissions"]
    return NuclideData(
        nuclide=nuclide,
        half_life_h=document["half_life"] * HOURS[document["time_unit"]],
        beta=_beta_spectrum(nuclide, pairs),
        conversion_electrons=_lines(pairs["IE"]),
        auger_electrons=_lines(pairs["auger"]),
        gammas=_lines(pairs["gamma"]),
        x_rays=_lines(pairs["X"]),
        annihilation=_lines(pairs["annihilation"]),
        alphas=_lines(pairs["alpha"]),
        alpha_recoils=_lines(pairs["alpha recoil"]),
    )


def no_data(nuclide: str) -> InputError:
    """The error for a nuclide without data, with the nearest names."""
    close = get_close_matches(str(nuclide), sorted(nuclide_names()), n=3, cutoff=0.4)
    hint = f"the nearest names are {', '.join(close)}; " if close else ""
    return problem(
        nuclide,
        "a radionuclide of ICRP-107 with element, hyphen and mass number, such as Lu-177 or Tc-99m",
        f"{hint}check the spelling; a stable or newer nuclide has no emissions here",
        path="nuclide",
    )


def _lines(pairs: Pairs) -> Lines:
    """Lines of positive yield in ascending order of energy."""
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    table = table[table[:, 1] > 0.0]
    table = table[np.argsort(table[:, 0], kind="stable")]
    return Lines(table[:, 0].copy(), table[:, 1].copy())


def _beta_spectrum(nuclide: str, pairs: dict[str, Pairs]) -> BetaSpectrum | None:
    """The spectrum on a fine grid, with the number and the mean energy of the lines.

    The 100 to 120 published points are joined by a shape-preserving cubic: straight lines between them would
    carry 0.2 to 0.6 % too much energy, the cubic is within 0.1 % before any correction. What is left is removed
    by a factor a + b E, which keeps the end point.
    """
    negative, positive = _lines(pairs["beta-"]), _lines(pairs["beta+"])
    number = negative.particles_per_decay + positive.particles_per_decay
    if number == 0.0:
        return None
    energy = negative.energy_mev + positive.energy_mev
    table = np.array(pairs["b-spectra"], dtype=np.float64)
    fine = _fine_grid(table[:, 0])
    density = np.maximum(PchipInterpolator(table[:, 0], table[:, 1])(fine), 0.0)
    density[-1] = 0.0
    corrected, by_number, by_energy = _with_moments(fine, density, number=number, energy_mev=energy)
    return BetaSpectrum(
        nuclide=nuclide,
        energies_mev=fine,
        density_per_mev=corrected,
        positron_fraction=positive.particles_per_decay / number,
        number_correction=by_number,
        energy_correction=by_energy,
    )


def _fine_grid(energies_mev: NDArray[np.float64]) -> NDArray[np.float64]:
    """The published energies and equal steps between the first and the last."""
    even = np.linspace(float(energies_mev[0]), float(energies_mev[-1]), FINE_INTERVALS + 1)
    return np.unique(np.concatenate([even, energies_mev]))


def _with_moments(
    x: NDArray[np.float64], density: NDArray[np.float64], *, number: float, energy_mev: float
) -> tuple[NDArray[np.float64], float, float]:
    """The density times a + b x such that number and energy are met; and both quotients before that."""
    corrected = density
    for _ in range(
        4
    ):  # the product is not quite linear between the points: repeated, the moments become exact
        zeroth, first = float(np.trapezoid(corrected, x)), first_moment(x, corrected)
        second = first_moment(x, corrected * x)
        a, b = np.linalg.solve(np.array([[zeroth, first], [first, second]]), np.array([number, energy_mev]))
        corrected = corrected * (a + b * x)
    return corrected, number / float(np.trapezoid(density, x)), energy_mev / first_moment(x, density)
