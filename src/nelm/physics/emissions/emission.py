"""Everything that a nuclide emits, alone or together with the daughters that live shorter than it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from nelm.physics.emissions import chains, icrp107
from nelm.physics.emissions.icrp107 import NuclideData, nuclide_data
from nelm.physics.emissions.records import BetaSpectrum, Emissions, Lines, Member, Provenance


@lru_cache(maxsize=64)
def emissions_of(nuclide: str, *, with_daughters: bool = True) -> Emissions:
    """What a nuclide emits per decay (ICRP-107), by default together with its short-lived daughters.

    A daughter is included when it and everything between it and the parent live shorter than the parent; its
    yields are multiplied by its decays per decay of the parent. Integrated over all time the sum is exact; as a
    rate it holds once the chain is in equilibrium, some five half-lives of the longest-lived daughter after the
    parent was pure. Progeny that lives longer is named in `left_out`.

    Parameters
    ----------
    nuclide : Name as ICRP-107 writes it: ``Lu-177``, ``Tc-99m``, ``Ac-225``.
    with_daughters : Include short-lived daughters, all at the place of the parent. After an alpha decay the
        daughter is no longer bound to the carrier and may leave; take `with_daughters=False` and each daughter by
        itself to model that.

    Raises
    ------
    InputError
        When ICRP-107 has no such nuclide.

    Source
    ------
    ICRP Publication 107 (2008), through the packages named in `Emissions.provenance`.
    """
    parent = nuclide_data(nuclide)
    alone = (Member(nuclide, parent.half_life_h, 1.0),)
    members, left_out = (
        chains.progeny(nuclide, through_h=parent.half_life_h) if with_daughters else (alone, ())
    )
    data = [(nuclide_data(member.nuclide), member.decays_per_parent_decay) for member in members]
    return Emissions(
        nuclide=nuclide,
        half_life_h=parent.half_life_h,
        betas=tuple(_scaled(one.beta, decays) for one, decays in data if one.beta is not None),
        conversion_electrons=_merged(data, lambda one: one.conversion_electrons),
        auger_electrons=_merged(data, lambda one: one.auger_electrons),
        gammas=_merged(data, lambda one: one.gammas),
        x_rays=_merged(data, lambda one: one.x_rays),
        annihilation=_merged(data, lambda one: one.annihilation),
        alphas=_merged(data, lambda one: one.alphas),
        alpha_recoils=_merged(data, lambda one: one.alpha_recoils),
        members=members,
        left_out=left_out,
        provenance=_provenance(data, members),
    )


def _merged(data: list[tuple[NuclideData, float]], kind: Callable[[NuclideData], Lines]) -> Lines:
    """Lines of all members in one list, yields per decay of the parent."""
    energies = np.concatenate([kind(one).energies_mev for one, _ in data])
    yields = np.concatenate([kind(one).yields * decays for one, decays in data])
    order = np.argsort(energies, kind="stable")
    return Lines(energies[order], yields[order])


def _scaled(beta: BetaSpectrum, decays: float) -> BetaSpectrum:
    """A spectrum per decay of the parent."""
    return replace(beta, density_per_mev=beta.density_per_mev * decays)


def _provenance(data: list[tuple[NuclideData, float]], members: tuple[Member, ...]) -> Provenance:
    """Source, versions, corrections and what to beware of."""
    notes = [
        f"{one.nuclide}: beta spectrum x {one.beta.number_correction:.5f} in number and "
        f"x {one.beta.energy_correction:.5f} in energy, to the sums of its lines"
        for one, _ in data
        if one.beta is not None
    ]
    if len(members) > 1:
        names = ", ".join(member.nuclide for member in members[1:])
        notes.append(f"includes {names}, taken to decay where the parent does")
        if any(one.alphas.energies_mev.size for one, _ in data):
            notes.append(
                "alpha recoil frees daughters from the carrier: they may leave the place of the parent"
            )
    packages = (icrp107.package_version(), *((chains.package_version(),) if len(members) > 1 else ()))
    return Provenance(source=icrp107.SOURCE, packages=packages, notes=tuple(notes))
