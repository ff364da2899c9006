"""The materials of a body and of the reference phantom, by name."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

from nelm.errors import problem
from nelm.physics.interaction.materials import Material

ICRU_44 = "ICRU Report 44 (1989), also ICRU 46 (1992); Woodard and White, Br. J. Radiol. 59, 1209 (1986)"
ICRU_37 = "ICRU Report 37 (1984)"
RECALLED = f"{ICRU_44}; as recalled, not checked in print"
REFERENCE = "the heterogeneous phantom of the EGSnrc reference"

WATER = Material.of(
    "water", 1.0, {"H": 0.111894, "O": 0.888106}, mean_excitation_ev=75.0, source=f"I 75.0 eV: {ICRU_37}"
)


@lru_cache(maxsize=1)
def materials() -> dict[str, Material]:
    """Every material with a name."""
    return {one.name: one for one in (*_soft(), *_bony(), *_phantom())}


def material(name: str) -> Material:
    """A material by name.

    Parameters
    ----------
    name : One of ``water``, ``air``, ``lung``, ``adipose``, ``soft_tissue``, ``liver``, ``kidney``, ``red_marrow``,
        ``yellow_marrow``, ``cortical_bone``, ``phantom_lung``, ``phantom_liver``, ``phantom_bone``.

    Raises
    ------
    InputError
        When there is none of this name.
    """
    known = materials()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        remedy = f"did you mean {close[0]}?" if close else "build another one with Material.of"
        raise problem(name, f"one of {', '.join(known)}", remedy, path="material")
    return known[name]


def _soft() -> tuple[Material, ...]:
    """Water, air and soft tissues."""
    return (
        WATER,
        Material.of(
            "air",
            1.20479e-3,
            {"C": 0.000124, "N": 0.755267, "O": 0.231781, "Ar": 0.012827},
            mean_excitation_ev=85.7,
            source=f"dry, 20 degrees C, 101.325 kPa: {ICRU_37}",
        ),
        Material.of(
            "lung",
            0.26,
            {
                "H": 0.103,
                "C": 0.105,
                "N": 0.031,
                "O": 0.749,
                "Na": 0.002,
                "P": 0.002,
                "S": 0.003,
                "Cl": 0.003,
                "K": 0.002,
            },
            source=f"inflated: {ICRU_44}",
        ),
        Material.of(
            "adipose",
            0.95,
            {"H": 0.114, "C": 0.598, "N": 0.007, "O": 0.278, "Na": 0.001, "S": 0.001, "Cl": 0.001},
            source=ICRU_44,
        ),
        Material.of(
            "soft_tissue",
            1.04,
            {"H": 0.101172, "C": 0.111, "N": 0.026, "O": 0.761828},
            mean_excitation_ev=74.9,
            source=f"four components: ICRU Report 33 (1980); I 74.9 eV: {ICRU_37}; density of the reference lattice",
        ),
        _liver("liver"),
        Material.of(
            "kidney",
            1.05,
            {
                "H": 0.103,
                "C": 0.132,
                "N": 0.030,
                "O": 0.724,
                "Na": 0.002,
                "P": 0.002,
                "S": 0.002,
                "Cl": 0.002,
                "K": 0.002,
                "Ca": 0.001,
            },
            source=RECALLED,
        ),
    )


def _bony() -> tuple[Material, ...]:
    """Marrow and bone."""
    return (
        Material.of(
            "red_marrow",
            1.03,
            {
                "H": 0.105,
                "C": 0.414,
                "N": 0.034,
                "O": 0.439,
                "P": 0.001,
                "S": 0.002,
                "Cl": 0.002,
                "K": 0.002,
                "Fe": 0.001,
            },
            source=f"{RECALLED} but for H, C, N, O",
        ),
        Material.of(
            "yellow_marrow",
            0.98,
            {"H": 0.115, "C": 0.644, "N": 0.007, "O": 0.231, "Na": 0.001, "S": 0.001, "Cl": 0.001},
            source=RECALLED,
        ),
        Material.of(
            "cortical_bone",
            1.92,
            {
                "H": 0.034,
                "C": 0.155,
                "N": 0.042,
                "O": 0.435,
                "Na": 0.001,
                "Mg": 0.002,
                "P": 0.103,
                "S": 0.003,
                "Ca": 0.225,
            },
            source=ICRU_44,
        ),
    )


def _phantom() -> tuple[Material, ...]:
    """The three materials of the reference phantom."""
    lung = next(one for one in _soft() if one.name == "lung")
    return (
        Material.of("phantom_lung", 0.26, dict(lung.fractions), source=REFERENCE),
        _liver("phantom_liver"),
        Material.of(
            "phantom_bone",
            1.40,
            {
                "H": 0.066,
                "C": 0.310,
                "N": 0.033,
                "O": 0.394,
                "Na": 0.001,
                "Mg": 0.001,
                "P": 0.061,
                "S": 0.002,
                "Ca": 0.132,
            },
            source=f"{REFERENCE}: 600 to 700 HU of Schneider et al., Phys. Med. Biol. 45, 459 (2000)",
        ),
    )


def _liver(name: str) -> Material:
    """Liver, in the body and in the phantom."""
    return Material.of(
        name,
        1.06,
        {
            "H": 0.102,
            "C": 0.139,
            "N": 0.030,
            "O": 0.716,
            "Na": 0.002,
            "P": 0.003,
            "S": 0.003,
            "Cl": 0.002,
            "K": 0.003,
        },
        source=ICRU_44,
    )
