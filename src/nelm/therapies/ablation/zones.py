"""An ablation zone: an ellipsoid of revolution around the needle, with what is known of its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.knowledge import Entry
from nelm.therapies.ablation.devices import DeviceRow

ONE_SIDED_95 = 1.645
"""Quantile of the normal distribution below which one in twenty lies."""
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Zone:
    """Diameters along and across the needle.

    Parameters
    ----------
    long_axis_mm, short_axis_mm : Along and across the needle [mm].
    long_sd_mm, short_sd_mm : Standard deviations from zone to zone; None where unknown.
    """

    long_axis_mm: float
    short_axis_mm: float
    long_sd_mm: float | None = None
    short_sd_mm: float | None = None

    @property
    def volume_ml(self) -> float:
        """Volume [mL]."""
        return np.pi / 6 * self.long_axis_mm * self.short_axis_mm**2 / 1000

    @property
    def has_spread(self) -> bool:
        """Whether both standard deviations are known."""
        return self.long_sd_mm is not None and self.short_sd_mm is not None

    @property
    def cautious(self) -> Zone | None:
        """The zone that nineteen of twenty exceed on each axis (mean - 1.645 sd); None where the spread is unknown."""
        if self.long_sd_mm is None or self.short_sd_mm is None:
            return None
        return Zone(
            max(0.0, self.long_axis_mm - ONE_SIDED_95 * self.long_sd_mm),
            max(0.0, self.short_axis_mm - ONE_SIDED_95 * self.short_sd_mm),
        )


def zone_of(row: DeviceRow) -> Zone:
    """The zone of a row of a table."""
    return Zone(row.long_axis_mm, row.short_axis_mm, row.long_axis_sd_mm, row.short_axis_sd_mm)


def zone_remarks(row: DeviceRow, animal_zones: Entry) -> tuple[str, ...]:
    """What has to be known before a zone is believed."""
    found = [row.words]
    if row.entry is not None:
        found.append(row.entry.statement)
    if row.is_of_animals:
        found.append(animal_zones.statement)
    if row.long_axis_sd_mm is None or row.short_axis_sd_mm is None:
        found.append("no spread is given for this zone: what a single one may fall short by is unknown")
    return tuple(found)


def squared_radii(
    points_mm: Points, centres_mm: Points, along: Points, axes_mm: tuple[Points | float, Points | float]
) -> NDArray[np.float64]:
    """Squared distances of points (n, 3) from centres (m, 3) in half axes of zones, (n, m): at most 1 inside.

    Parameters
    ----------
    along : (3,) or (m, 3) unit direction of the needle of each centre.
    axes_mm : Diameters along and across, for all or (m,) for each; a zone without extent holds nothing.
    """
    ways = np.broadcast_to(along, centres_mm.shape)
    length = points_mm @ ways.T - np.einsum("ij,ij->i", centres_mm, ways)
    square = (
        np.einsum("ij,ij->i", points_mm, points_mm)[:, None]
        - 2 * points_mm @ centres_mm.T
        + np.einsum("ij,ij->i", centres_mm, centres_mm)
    )
    across = np.maximum(square - length**2, 0)
    long_half, short_half = (np.asarray(axis, dtype=np.float64) / 2 for axis in axes_mm)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = across / short_half**2 + length**2 / long_half**2
    return np.where((long_half > 0) & (short_half > 0), found, np.inf)


def covered(points_mm: Points, centres_mm: Points, along: Points, zone: Zone) -> NDArray[np.bool_]:
    """Which points (n,) lie in any of these zones."""
    if not len(centres_mm):
        return np.zeros(len(points_mm), dtype=bool)
    radii = squared_radii(points_mm, centres_mm, along, (zone.long_axis_mm, zone.short_axis_mm))
    return np.any(radii <= 1, axis=1)
