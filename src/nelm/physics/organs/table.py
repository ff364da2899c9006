"""Tables of S values, handed in as data."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nelm.errors import problem
from nelm.physics.biology.refusals import not_negative, positive
from nelm.physics.organs.s_values import OrganS, self_s_of_total

Entry = Mapping[str, float]
"""``S_mGy_per_MBq_s``, ``sd`` (of S, same unit) and ``mass_g`` of one target."""


@dataclass(frozen=True, slots=True)
class OrganSTable:
    """S values of one nuclide in one phantom; regions are found whatever their capitals.

    Parameters
    ----------
    nuclide, phantom : Such as "Lu-177" and "ICRP_110_AM".
    values : Every S value.
    """

    nuclide: str
    phantom: str
    values: tuple[OrganS, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources, each once, in order."""
        return tuple(dict.fromkeys(value.source for value in self.values))

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets, each once, in order."""
        return tuple(dict.fromkeys(value.target for value in self.values))

    def s(self, target: str, source: str) -> OrganS:
        """The S value of a target and a source; refused by name where the table has none."""
        for value in self.values:
            if (value.target.casefold(), value.source.casefold()) == (target.casefold(), source.casefold()):
                return value
        for name, known in ((source, self.sources), (target, self.targets)):
            if name.casefold() not in {each.casefold() for each in known}:
                raise problem(name, "a region of the table", _closest(name, known), path=self._place)
        raise problem(f"{target} <- {source}", "a pair of the table", "Give its S value", path=self._place)

    @property
    def _place(self) -> str:
        """Where a region was looked for."""
        return f"{self.nuclide}, {self.phantom}"


def opendose_table(
    document: Mapping[str, Mapping[str, Entry]],
    *,
    nuclide: str,
    phantom: str,
    electron_energy_kev: float,
    electron_absorbed_fraction: float = 1.0,
    provenance: str = "OpenDose",
) -> OrganSTable:
    """S values of one phantom from data of OpenDose.

    Parameters
    ----------
    document : ``{"PHANTOM|source": {"target": {"S_mGy_per_MBq_s": ..., "sd": ..., "mass_g": ...}}}``. The caller has
        read it; this package ships no such table.
    nuclide : The nuclide that the data is of.
    phantom : The phantom to take, such as "ICRP_110_AM".
    electron_energy_kev, electron_absorbed_fraction : To part the self S values, see `self_s_of_total`.
    provenance : Kept in every value.

    Raises
    ------
    InputError
        No such phantom, an entry without one of its keys, a mass that is not positive or a negative S value.
    """
    blocks = {name: block for name, block in document.items() if name.partition("|")[0] == phantom}
    if not blocks:
        known = tuple(dict.fromkeys(name.partition("|")[0] for name in document))
        raise problem(phantom, "a phantom of the data", _closest(phantom, known), path=nuclide)
    values: list[OrganS] = []
    for name, block in blocks.items():
        source = name.partition("|")[2]
        for target, entry in block.items():
            total, mass, sd = _numbers(entry, f"{nuclide}, {phantom}, {target} <- {source}")
            relative = sd / total if total > 0 else 0.0
            origin = f"{provenance}, {phantom}"
            if target.casefold() == source.casefold():
                own = self_s_of_total(
                    total,
                    organ=target,
                    nuclide=nuclide,
                    mass_g=mass,
                    electron_energy_kev=electron_energy_kev,
                    electron_absorbed_fraction=electron_absorbed_fraction,
                    relative_sd=relative,
                    provenance=origin,
                )
                value = replace(own, source=source)
            else:
                value = OrganS(target, source, nuclide, mass, 0.0, total, relative, origin)
            values.append(value)
    return OrganSTable(nuclide, phantom, tuple(values))


def _numbers(entry: Entry, place: str) -> tuple[float, float, float]:
    """S, mass and standard uncertainty of an entry."""
    for key in ("S_mGy_per_MBq_s", "mass_g"):
        if key not in entry:
            raise problem("an entry without it", key, "Complete the data", path=place)
    total = not_negative(entry["S_mGy_per_MBq_s"], f"{place}: S_mGy_per_MBq_s")
    mass = positive(entry["mass_g"], f"{place}: mass_g")
    return total, mass, not_negative(entry.get("sd", 0.0), f"{place}: sd")


def _closest(name: str, known: tuple[str, ...]) -> str:
    """The nearest spelling that there is."""
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.4)
    if near:
        return f"Did you mean {folded[near[0]]}"
    return f"Known: {', '.join(known[:6])}" if known else "The table is empty"
