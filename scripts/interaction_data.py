"""Write the data files of `nelm.physics.interaction` from published tables.

Run by hand when an element is added; what it writes is committed, and a file whose input is not given stays as it is.
It needs three inputs that are no part of the project and `xraylib`, which is no dependency of it:

- ``--nist``: the tables of Hubbell and Seltzer (NISTIR 5632, NIST Standard Reference Database 126) as Python arrays
  `energy`, `mac`, `meac`, `edges`. The file ``opengate/data/PhotonAttenuation.py`` of the package opengate 10.0.3
  has them in this form; the numbers alone are read.
- ``--bremsstrahlung``: Seltzer's file of electron-atom bremsstrahlung spectra (Seltzer and Berger, At. Data Nucl.
  Data Tables 35, 345, 1986), which OpenMC (MIT) carries as ``openmc/data/BREMX.DAT``.
- ``--shells``: occupation and binding energies for the density effect (Sternheimer, Berger and Seltzer, At. Data
  Nucl. Data Tables 30, 261, 1984, with binding energies of Carlson), which OpenMC carries as
  ``openmc/data/density_effect.h5``; needs `h5py`.

xraylib (BSD) gives the parts of the cross section below 800 keV only, where it agrees with NIST to the last digit,
form factors and incoherent scattering functions (Hubbell et al. 1975).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Array = NDArray[np.float64]

ATOMIC_WEIGHTS = {  # IUPAC, abridged standard atomic weights 2021
    1: 1.0080,
    6: 12.011,
    7: 14.007,
    8: 15.999,
    9: 18.998,
    11: 22.990,
    12: 24.305,
    13: 26.982,
    14: 28.085,
    15: 30.974,
    16: 32.06,
    17: 35.45,
    18: 39.95,
    19: 39.098,
    20: 40.078,
    22: 47.867,
    26: 55.845,
    29: 63.546,
    30: 65.38,
    53: 126.90,
}
ELEMENTS = tuple(ATOMIC_WEIGHTS)
I_COMPOUND_EV = {
    1: 19.2,
    6: 81.0,
    7: 82.0,
    8: 106.0,
    9: 112.0,
    17: 180.0,
}  # ICRU 37, table 5.1, liquid or solid
I_GAS_EV = {1: 19.2, 6: 70.0, 7: 82.0, 8: 97.0}  # ICRU 37, table 5.1, constituents of gases
I_RISE_IN_COMPOUNDS = 1.13  # ICRU 37: every other constituent of a liquid or solid

AVOGADRO = 6.02214076e23
ELECTRON_MASS_MEV = 0.51099895069
ELECTRON_RADIUS_CM = 2.8179403205e-13
FINE_STRUCTURE = 7.2973525643e-3
ESTAR_RADIATIVE = {
    0.01: (3.898e-3, 5.461e-3), 0.015: (3.944e-3, 5.664e-3), 0.02: (3.963e-3, 5.778e-3), 0.03: (3.984e-3, 5.907e-3),
    0.04: (4.005e-3, 5.989e-3), 0.05: (4.031e-3, 6.054e-3), 0.06: (4.062e-3, 6.113e-3), 0.08: (4.138e-3, 6.230e-3),
    0.1: (4.228e-3, 6.356e-3), 0.15: (4.494e-3, 6.719e-3), 0.2: (4.801e-3, 7.140e-3), 0.3: (5.514e-3, 8.129e-3),
    0.4: (6.339e-3, 9.276e-3), 0.5: (7.257e-3, 1.055e-2), 0.6: (8.254e-3, 1.194e-2), 0.8: (1.042e-2, 1.495e-2),
    1.0: (1.280e-2, 1.824e-2), 1.5: (1.942e-2, 2.740e-2), 2.0: (2.678e-2, 3.755e-2), 3.0: (4.299e-2, 5.981e-2),
    4.0: (6.058e-2, 8.386e-2), 5.0: (7.917e-2, 1.092e-1), 6.0: (9.854e-2, 1.355e-1),
}  # fmt: skip
"""NIST Standard Reference Database 124 (ESTAR): energy [MeV] and radiative stopping power [MeV cm2/g] of liquid water
and of cortical bone (ICRP), at the energies of the spectra from 10 keV on."""

WATER = {1: 0.111894, 8: 0.888106}
BONE_ICRP = {
    1: 0.047234,
    6: 0.144330,
    7: 0.041990,
    8: 0.446096,
    12: 0.002200,
    15: 0.104970,
    16: 0.003150,
    20: 0.209930,
    30: 0.000100,
}
LIGHT, HEAVY = 8, 20
"""Oxygen and calcium: what radiates in water and, with it, in bone."""

XRAYLIB_LIMIT_MEV = 0.8
POINTS_PER_DECADE = 40
RADIATIVE_CORRECTION = 0.0008
"""Of Compton scattering at 1 MeV. With it and its rise, what NIST's totals of H, C and O leave for pair production at
2 and 3 MeV is the Born cross section within 3 %."""

RADIATIVE_RISE = 0.0016
"""By which that correction grows with the logarithm of energy."""


def main() -> None:
    """Write every file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--nist", "--bremsstrahlung", "--shells"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--to", type=Path, default=Path("src/nelm/physics/interaction/data"))
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    if given.shells:
        write_elements(given.to, given.shells)
    if given.nist:
        xraylib = importlib.import_module("xraylib")
        nist = module_at(given.nist)
        write_nist(given.to, nist)
        write_photons(given.to, nist, xraylib)
        write_form_factors(given.to, xraylib)
    if given.bremsstrahlung:
        write_bremsstrahlung(given.to, given.bremsstrahlung)
    write_radiative_scale(given.to)


def module_at(path: Path) -> Any:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location("nist_tables", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, source: str, header: str, rows: list[list[float]]) -> None:
    """A table with its source in the first lines."""
    lines = [*(f"# {line}" for line in source.split("\n")), header]
    lines += [",".join(f"{value:.6g}" for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size / 1024:.0f} KiB")


# ------------------------------------------------------------------------------------------------ atoms


def write_elements(folder: Path, shells: Path) -> None:
    """Atomic weights, mean excitation energies, and shells for the density effect."""
    h5py = importlib.import_module("h5py")
    elements: list[list[float]] = []
    levels: list[list[float]] = []
    with h5py.File(shells) as file:
        for z in ELEMENTS:
            group = file[f"{z:03}"]
            element_ev = float(group.attrs["I"])
            compound_ev = I_COMPOUND_EV.get(z, I_RISE_IN_COMPOUNDS * element_ev)
            gas_ev = I_GAS_EV.get(z, element_ev)
            elements.append([z, ATOMIC_WEIGHTS[z], element_ev, compound_ev, gas_ev])
            pairs = zip(group["num_electrons"][()], group["ionization_energy"][()], strict=True)
            levels += [[z, abs(float(electrons)), float(binding_ev)] for electrons, binding_ev in pairs]
    write(
        folder / "elements.csv",
        "Atomic weight (IUPAC 2021, abridged); mean excitation energy of the element, as a constituent of liquid\n"
        "or solid compounds, and of gases [eV]. ICRU Report 37 (1984), table 5.1, with its rule 1.13 x element for\n"
        "other constituents.",
        "z,atomic_weight,i_element_ev,i_compound_ev,i_gas_ev",
        elements,
    )
    write(
        folder / "shells.csv",
        "Electrons and binding energy of each shell [eV] for the density effect. Sternheimer, Berger and Seltzer,\n"
        "At. Data Nucl. Data Tables 30, 261 (1984), as carried by OpenMC (MIT licence).",
        "z,electrons,binding_ev",
        levels,
    )


# ---------------------------------------------------------------------------------------------- photons


def nist_table(nist: Any, z: int) -> Array:
    """Energy [MeV], mu/rho, mu_en/rho [cm2/g] with both sides of each edge, ascending."""
    rows = np.column_stack([nist.energy, nist.mac[z - 1], nist.meac[z - 1]])
    edges = np.array(nist.edges, dtype=np.float64)
    for _, energy, below, above, absorbed_below, absorbed_above in edges[edges[:, 0] == z]:
        if np.any(np.isclose(rows[:, 0], energy, rtol=1e-9)):
            raise ValueError(f"an edge of {z} lies on a point of the grid")
        at = int(np.searchsorted(rows[:, 0], energy))
        rows = np.insert(rows, at, [[energy, below, absorbed_below], [energy, above, absorbed_above]], axis=0)
    return rows


def write_nist(folder: Path, nist: Any) -> None:
    """The published table as it is."""
    rows = [[z, *row] for z in ELEMENTS for row in nist_table(nist, z).tolist()]
    write(
        folder / "nist_attenuation.csv",
        "Mass attenuation and mass energy-absorption coefficients of elements [cm2/g], both sides of each edge.\n"
        "Hubbell and Seltzer, NISTIR 5632 (1995), NIST Standard Reference Database 126.",
        "z,energy_mev,attenuation_cm2_per_g,energy_absorption_cm2_per_g",
        rows,
    )


def write_photons(folder: Path, nist: Any, xraylib: Any) -> None:
    """Coefficients by process on a fine grid whose sum is NIST's total at NIST's energies."""
    rows = [[z, *row] for z in ELEMENTS for row in processes(nist_table(nist, z), z, xraylib).tolist()]
    write(
        folder / "photon_processes.csv",
        "Mass attenuation by process and mass energy absorption [cm2/g] on a fine grid, to be read log-log linear.\n"
        "Shapes: xraylib (Elam, Ravel and Sieber 2002) below 0.8 MeV; above, Klein-Nishina with the radiative\n"
        "correction, Sauter (photoelectric), E^-2 (coherent), Born approximation of Maximon 1968 (pair), pair and\n"
        "triplet above 2 MeV from NIST's total. All scaled by one smooth factor to the total of NIST\n"
        "(nist_attenuation.csv) at its energies. Made by scripts/interaction_data.py.",
        "z,energy_mev,photoelectric,incoherent,coherent,pair,energy_absorption",
        rows,
    )


def processes(table: Array, z: int, xraylib: Any) -> Array:
    """Energy and coefficients by process of one element, edge by edge."""
    per_gram = AVOGADRO / ATOMIC_WEIGHTS[z]
    pair_scale = pair_correction(table, z, per_gram, xraylib)
    parts: list[Array] = []
    starts = [0, *(i for i in range(1, len(table)) if table[i, 0] == table[i - 1, 0]), len(table)]
    for first, last in pairwise(starts):
        parts.append(between_edges(table[first:last], z, xraylib, pair_scale))
    return np.concatenate(parts)


def between_edges(nodes: Array, z: int, xraylib: Any, pair_scale: PchipInterpolator) -> Array:
    """Energy and coefficients of one element from one edge to the next."""
    low, high = nodes[0, 0], nodes[-1, 0]
    count = max(2, int(np.ceil(POINTS_PER_DECADE * np.log10(high / low))) + 1)
    energies = np.unique(np.concatenate([np.geomspace(low, high, count), nodes[:, 0]]))
    if low < 2.0 * ELECTRON_MASS_MEV < high:
        energies = np.unique(np.append(energies, 2.0 * ELECTRON_MASS_MEV))
    keep = np.concatenate([[True], np.diff(energies) > 1e-9 * energies[1:]])
    energies = energies[keep]
    inside = np.clip(energies, low * (1 + 2e-6), high * (1 - 2e-6))
    at_nodes = np.clip(nodes[:, 0], low * (1 + 2e-6), high * (1 - 2e-6))
    fine = unscaled(inside, z, xraylib, pair_scale)
    coarse = unscaled(at_nodes, z, xraylib, pair_scale)
    fine *= smooth(nodes[:, 0], nodes[:, 1] / coarse.sum(axis=1), energies)[:, None]
    coarse *= (nodes[:, 1] / coarse.sum(axis=1))[:, None]
    kept = nodes[:, 2] / transferred(nodes[:, 0], coarse)
    absorbed = smooth(nodes[:, 0], kept, energies) * transferred(energies, fine)
    return np.column_stack([energies, fine, absorbed])


def smooth(nodes: Array, values: Array, at: Array) -> Array:
    """Values between nodes, shape-preserving in the logarithm of energy; linear between two."""
    if len(nodes) == 2:
        return np.interp(np.log(at), np.log(nodes), values)
    return PchipInterpolator(np.log(nodes), values)(np.log(at))


def unscaled(energies: Array, z: int, xraylib: Any, pair_scale: PchipInterpolator | None) -> Array:
    """Photoelectric, incoherent, coherent and pair [cm2/g] before they are brought to NIST's total."""
    per_gram = AVOGADRO / ATOMIC_WEIGHTS[z]
    low = np.minimum(energies, XRAYLIB_LIMIT_MEV) * 1000.0
    photo = np.array([xraylib.CS_Photo(z, e) for e in low])
    incoherent = np.array([xraylib.CS_Compt(z, e) for e in low])
    coherent = np.array([xraylib.CS_Rayl(z, e) for e in low])
    above = energies > XRAYLIB_LIMIT_MEV
    limit = np.full(1, XRAYLIB_LIMIT_MEV)
    free = xraylib.CS_Compt(z, XRAYLIB_LIMIT_MEV * 1000.0) / (klein_nishina(limit) * z * per_gram)
    full = 1.0 + RADIATIVE_CORRECTION + RADIATIVE_RISE * np.log(np.maximum(energies, 1.0))
    bound = full - (1.0 + RADIATIVE_CORRECTION - free) * XRAYLIB_LIMIT_MEV / energies
    photo[above] *= sauter(energies[above]) / sauter(limit)
    coherent[above] *= (XRAYLIB_LIMIT_MEV / energies[above]) ** 2
    incoherent[above] = klein_nishina(energies[above]) * z * per_gram * bound[above]
    pair = per_gram * born_pair(energies) * z**2
    if pair_scale is not None:
        pair *= pair_scale(np.log(np.clip(energies, 2.0, 20.0)))
    return np.column_stack([photo, incoherent, coherent, pair])


def pair_correction(table: Array, z: int, per_gram: float, xraylib: Any) -> PchipInterpolator:
    """Pair and triplet in NIST's total over the Born approximation, from 2 MeV on."""
    rows = table[table[:, 0] >= 2.0]
    others = unscaled(rows[:, 0], z, xraylib, None)[:, :3].sum(axis=1)
    born = per_gram * born_pair(rows[:, 0]) * z**2
    quotient = (rows[:, 1] - others) / born
    small = rows[:, 0] <= 3.0  # pair is a difference of nearly equal numbers there: no less than Born
    return PchipInterpolator(np.log(rows[:, 0]), np.where(small, np.maximum(quotient, 1.0), quotient))


def klein_nishina(energies: Array) -> Array:
    """Total cross section per free electron [cm2]."""
    a = energies / ELECTRON_MASS_MEV
    log = np.log1p(2 * a)
    first = (1 + a) / a**2 * (2 * (1 + a) / (1 + 2 * a) - log / a)
    return 2 * np.pi * ELECTRON_RADIUS_CM**2 * (first + log / (2 * a) - (1 + 3 * a) / (1 + 2 * a) ** 2)


def recoil_fraction(energies: Array) -> Array:
    """Mean share of the photon's energy that a free electron takes in Compton scattering."""
    cosine, weight = np.polynomial.legendre.leggauss(96)
    a = energies[:, None] / ELECTRON_MASS_MEV
    left = 1.0 / (1.0 + a * (1.0 - cosine))
    density = left**2 * (left + 1.0 / left - 1.0 + cosine**2) * weight
    return np.sum(density * (1.0 - left), axis=1) / np.sum(density, axis=1)


def sauter(energies: Array) -> Array:
    """Shape of the relativistic photoelectric cross section of the K shell, in any unit."""
    k = energies / ELECTRON_MASS_MEV
    gamma = 1.0 + k
    root = np.sqrt(gamma**2 - 1.0)
    bracket = 1.0 - np.log((gamma + root) / (gamma - root)) / (2.0 * gamma * root)
    return root**3 / k**5 * (4.0 / 3.0 + gamma * (gamma - 2.0) / (gamma + 1.0) * bracket)


def born_pair(energies: Array) -> Array:
    """Pair production in the field of a bare nucleus over Z squared [cm2], Born approximation (Maximon 1968)."""
    k = np.maximum(energies / ELECTRON_MASS_MEV, 2.0)
    eta = (2.0 * k - 4.0) / (k + 2.0 + 2.0 * np.sqrt(2.0 * k))
    polynomial = 1 + eta / 2 + 23 / 40 * eta**2 + 11 / 60 * eta**3 + 29 / 960 * eta**4
    low = 2.0 * np.pi / 3.0 * ((k - 2.0) / k) ** 3 * polynomial
    log = np.log(2.0 * k)
    zeta3 = 1.2020569031595942
    second = 6 * log - 3.5 + 2 / 3 * log**3 - log**2 - np.pi**2 / 3 * log + 2 * zeta3 + np.pi**2 / 6
    high = 28 / 9 * log - 218 / 27 + (2 / k) ** 2 * second - (2 / k) ** 4 * (3 / 16 * log + 1 / 8)
    high -= (2 / k) ** 6 * (29 / (9 * 256) * log - 77 / (27 * 512))
    return FINE_STRUCTURE * ELECTRON_RADIUS_CM**2 * np.where(k < 4.0, low, high)


def transferred(energies: Array, parts: Array) -> Array:
    """Energy transfer to charged particles before fluorescence and bremsstrahlung are taken off [cm2/g]."""
    into_pair = np.maximum(1.0 - 2.0 * ELECTRON_MASS_MEV / energies, 0.0)
    return parts[:, 0] + parts[:, 1] * recoil_fraction(energies) + parts[:, 3] * into_pair


def write_form_factors(folder: Path, xraylib: Any) -> None:
    """Atomic form factors and incoherent scattering functions."""
    transfers = np.concatenate([[0.0], np.geomspace(0.01, 100.0, 81)])
    rows: list[list[float]] = []
    for z in ELEMENTS:
        for q in transfers:
            factor = float(z) if q == 0.0 else xraylib.FF_Rayl(z, q)
            function = 0.0 if q == 0.0 else xraylib.SF_Compt(z, q)
            rows.append([z, q, factor, min(function, float(z))])
    write(
        folder / "form_factors.csv",
        "Atomic form factor F and incoherent scattering function S by x = sin(angle / 2) / wavelength [1/angstrom].\n"
        "Hubbell et al., J. Phys. Chem. Ref. Data 4, 471 (1975), through xraylib (BSD licence).",
        "z,x_per_angstrom,form_factor,scattering_function",
        rows,
    )


# -------------------------------------------------------------------------------------------- electrons


def write_bremsstrahlung(folder: Path, path: Path) -> None:
    """Scaled bremsstrahlung spectra up to 6 MeV."""
    numbers = [
        float(word)
        for line in path.read_text(encoding="ascii").strip("\x1a\n").split("\n")[4:]
        for word in line.split()
    ]
    n_energies, n_photons = int(numbers[0]), int(numbers[1])
    values = np.array(numbers[2:])
    energies, values = values[:n_energies], values[n_energies:]
    shares, values = values[:n_photons], values[n_photons:]
    spectra = values[: 100 * n_energies * n_photons].reshape(100, n_energies, n_photons)
    rows = [
        [z, energy, *spectra[z - 1, i].tolist()]
        for z in ELEMENTS
        for i, energy in enumerate(energies.tolist())
        if energy <= 6.0
    ]
    write(
        folder / "bremsstrahlung.csv",
        "Scaled spectrum beta^2 / Z^2 * k * dsigma/dk [mb] by kinetic energy and k / T (head of the columns).\n"
        "S. M. Seltzer 1984; Seltzer and Berger, At. Data Nucl. Data Tables 35, 345 (1986), as carried by OpenMC.",
        "z,energy_mev," + ",".join(f"{share:g}" for share in shares),
        rows,
    )


def write_radiative_scale(folder: Path) -> None:
    """What brings the spectra, as written, to the radiative stopping powers of ESTAR."""
    lines = (folder / "bremsstrahlung.csv").read_text(encoding="utf-8").splitlines()
    shares = np.array([float(head) for head in lines[2].split(",")[2:]])
    spectra = np.array([[float(cell) for cell in line.split(",")] for line in lines[3:]])
    rows: list[list[float]] = []
    for energy, (water, bone) in ESTAR_RADIATIVE.items():
        losses = {
            int(row[0]): float(PchipInterpolator(shares, row[2:]).integrate(0.0, 1.0))
            for row in spectra[spectra[:, 1] == energy]
        }
        light = water / radiated(WATER, energy, losses)
        rise = {z: np.log(np.clip(z, LIGHT, HEAVY) / LIGHT) / np.log(HEAVY / LIGHT) for z in losses}
        risen = radiated(BONE_ICRP, energy, {z: loss * rise[z] for z, loss in losses.items()})
        heavy = light + (bone - light * radiated(BONE_ICRP, energy, losses)) / risen
        rows.append([energy, light, heavy])
    write(
        folder / "radiative_scale.csv",
        "Radiative stopping power of ESTAR (NIST Standard Reference Database 124) over that of the spectra in\n"
        "bremsstrahlung.csv: of oxygen and lighter elements, from liquid water; of calcium and heavier ones, from\n"
        "cortical bone (ICRP); linear in the logarithm of Z between. Made by scripts/interaction_data.py.",
        "energy_mev,light,heavy",
        rows,
    )


def radiated(fractions: dict[int, float], energy: float, losses: dict[int, float]) -> float:
    """Radiative stopping power [MeV cm2/g] from the integrated scaled spectra of elements [mb]."""
    tau = energy / ELECTRON_MASS_MEV
    total = sum(share / ATOMIC_WEIGHTS[z] * z**2 * losses[z] for z, share in fractions.items())
    return AVOGADRO * 1e-27 * energy * (tau + 1.0) ** 2 / (tau * (tau + 2.0)) * total


if __name__ == "__main__":
    main()
