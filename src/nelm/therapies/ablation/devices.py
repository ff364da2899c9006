"""Zones that devices were measured to make: rows of a table, published or of a site's own instructions for use.

Only measured rows are used; nothing is interpolated between powers or times, and no chart is made up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from nelm.errors import InputError, Problem, shown
from nelm.knowledge import Entry
from nelm.therapies.ablation.knowledge import NeedleKnowledge

Kind = TypeVar("Kind", bound=StrEnum)


class Technology(StrEnum):
    """How heat or cold is made."""

    RADIOFREQUENCY = "radiofrequency"
    MICROWAVE = "microwave"
    CRYOABLATION = "cryoablation"
    LASER = "laser"


class Tissue(StrEnum):
    """Where a zone was measured."""

    IN_VIVO = "in_vivo"
    EX_VIVO = "ex_vivo"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One measured zone; None for what the table does not give.

    Parameters
    ----------
    device : Name of the device with what tells it apart (tip, number of needles).
    technology : Radiofrequency, microwave, cryoablation or laser.
    tissue, species : Living or not, and whose.
    long_axis_mm, short_axis_mm : Mean diameters along and across the needle [mm].
    long_axis_sd_mm, short_axis_sd_mm : Their standard deviations [mm].
    frequency_mhz, power_w, time_min : Settings.
    tip_beyond_centre_mm : From the middle of the zone to the tip.
    needle_length_mm : Usable length of the shaft.
    source, place : Document and place in it.
    entry : The knowledge that it comes from; None for a site's own row.
    """

    device: str
    technology: Technology
    tissue: Tissue
    species: str
    long_axis_mm: float
    short_axis_mm: float
    long_axis_sd_mm: float | None = None
    short_axis_sd_mm: float | None = None
    frequency_mhz: float | None = None
    power_w: float | None = None
    time_min: float | None = None
    tip_beyond_centre_mm: float | None = None
    needle_length_mm: float | None = None
    source: str = ""
    place: str = ""
    entry: Entry | None = None

    @property
    def is_of_animals(self) -> bool:
        """Whether it was measured elsewhere than in living patients."""
        return self.tissue is Tissue.EX_VIVO or self.species != HUMAN

    @property
    def words(self) -> str:
        """Device, settings, zone and where it was measured."""
        settings = [
            f"{self.power_w:g} W" if self.power_w else "",
            f"{self.time_min:g} min" if self.time_min else "",
        ]
        how = ", ".join(item for item in settings if item)
        long_axis = _spread(self.long_axis_mm, self.long_axis_sd_mm)
        size = f"{long_axis} x {_spread(self.short_axis_mm, self.short_axis_sd_mm)}"
        alive = "living" if self.tissue is Tissue.IN_VIVO else "excised"
        return f"{self.device}{f' ({how})' if how else ''}: {size} mm in {alive} {self.species} liver"


HUMAN = "human"
REQUIRED = ("device", "technology", "tissue", "species", "long_axis_mm", "short_axis_mm")
NUMBERS = (
    "long_axis_mm",
    "short_axis_mm",
    "long_axis_sd_mm",
    "short_axis_sd_mm",
    "frequency_mhz",
    "power_w",
    "time_min",
    "tip_beyond_centre_mm",
    "needle_length_mm",
)
COLUMNS = (*REQUIRED, *(name for name in NUMBERS if name not in REQUIRED), "source", "place")
"""Every column of a table of device rows."""
LARGEST_MM = 200.0
"""No needle makes a larger zone: a larger number is a slip of the unit."""


def device_row(cells: Mapping[str, str], where: str) -> DeviceRow:
    """A row from its cells; empty cells are what the table does not give.

    Parameters
    ----------
    where : How the row is named in an error.

    Raises
    ------
    InputError : Every cell that cannot be used, with the column, what was found and what was expected.
    """
    problems: list[Problem] = []
    for name in REQUIRED:
        if not cells.get(name, ""):
            problems.append(Problem(f"{where}, {name}", "", "a value", "Fill the cell or take the row out"))
    numbers = {name: _number(cells.get(name, ""), f"{where}, {name}", problems) for name in NUMBERS}
    technology = _word(Technology, cells.get("technology", ""), f"{where}, technology", problems)
    tissue = _word(Tissue, cells.get("tissue", ""), f"{where}, tissue", problems)
    long_axis, short_axis = numbers["long_axis_mm"], numbers["short_axis_mm"]
    for name in ("long_axis_mm", "short_axis_mm"):
        if (size := numbers[name]) is not None and not 0 < size <= LARGEST_MM:
            expected = f"a diameter in millimetres, above 0 and up to {LARGEST_MM:g}"
            problems.append(Problem(f"{where}, {name}", shown(size), expected, "Give millimetres"))
    if problems or technology is None or tissue is None or long_axis is None or short_axis is None:
        raise InputError(problems)
    return DeviceRow(
        device=cells["device"],
        technology=technology,
        tissue=tissue,
        species=cells["species"].lower(),
        long_axis_mm=long_axis,
        short_axis_mm=short_axis,
        long_axis_sd_mm=numbers["long_axis_sd_mm"],
        short_axis_sd_mm=numbers["short_axis_sd_mm"],
        frequency_mhz=numbers["frequency_mhz"],
        power_w=numbers["power_w"],
        time_min=numbers["time_min"],
        tip_beyond_centre_mm=numbers["tip_beyond_centre_mm"],
        needle_length_mm=numbers["needle_length_mm"],
        source=cells.get("source", ""),
        place=cells.get("place", ""),
    )


def published_rows(known: NeedleKnowledge) -> tuple[DeviceRow, ...]:
    """The rows that the knowledge quotes, those in patients first."""
    entries = (
        known.zone_microwave_patients,
        known.zone_radiofrequency_patients,
        known.zone_microwave_perfusion_pigs,
        known.zone_radiofrequency_cooled_pigs,
        known.zone_radiofrequency_short_tip_pigs,
        known.zone_microwave_perfused_pig_livers,
        known.zone_radiofrequency_perfused_pig_livers,
    )
    return tuple(_of_entry(entry) for entry in entries)


def _of_entry(entry: Entry) -> DeviceRow:
    """The row that an entry holds as a list of column=value."""
    pairs = entry.value if isinstance(entry.value, tuple) else ()
    cells = dict(str(pair).split("=", 1) for pair in pairs)
    row = device_row(cells, entry.id)
    return replace(row, source=", ".join(entry.sources), place=entry.place, entry=entry)


def _number(text: str, where: str, problems: list[Problem]) -> float | None:
    """A number that is not negative; None for an empty cell."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        problems.append(Problem(where, shown(text), "a number, not negative", "Use a point for decimals"))
        return None
    return value


def _word(kind: type[Kind], text: str, where: str, problems: list[Problem]) -> Kind | None:
    """A word of a closed list."""
    for item in kind:
        if text.lower().replace(" ", "_") in (item.value, SHORT.get(item.value)):
            return item
    if text:
        problems.append(Problem(where, shown(text), f"one of {', '.join(item.value for item in kind)}"))
    return None


SHORT = {"radiofrequency": "rfa", "microwave": "mwa", "cryoablation": "cryo"}
"""Short names that tables use."""


def _spread(mean: float, sd: float | None) -> str:
    return f"{mean:g}" if sd is None else f"{mean:g} ± {sd:g}"
