"""What lies around a liver: what a needle must not cross, what feeds it, what is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nelm.volume import Grid, Mask, Structure


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Structures other than the liver and its lesions, all on the grid of its image.

    Parameters
    ----------
    grid : Of every mask.
    structures : Several segments of one structure (ribs) as one region; SKIN is the whole body, filled.
    remarks : What was taken from the image instead of a segmentation, and what is missing.
    derived : Structures that come from the image by a threshold, not from a segmentation.
    partial : Derived structures of which only a part can be seen (gas of the bowel, not its wall).
    empty : Structures that were given as a segment without any voxel.
    """

    grid: Grid
    structures: Mapping[Structure, Mask]
    remarks: tuple[str, ...] = ()
    derived: frozenset[Structure] = frozenset()
    partial: frozenset[Structure] = frozenset()
    empty: frozenset[Structure] = frozenset()

    def of(self, *wanted: Structure) -> Mask | None:
        """These structures as one region, seen parts included; None where none of them is known."""
        found = [mask for kind in wanted if (mask := self.structures.get(kind)) is not None]
        if not found:
            return None
        return (
            found[0] if len(found) == 1 else Mask(np.any([mask.array for mask in found], axis=0), self.grid)
        )

    def has(self, structure: Structure) -> bool:
        """Whether a structure is known as a whole: segmented, or derived and not only in part."""
        return structure in self.structures and structure not in self.partial

    def unknown(self, *wanted: Structure) -> tuple[Structure, ...]:
        """Those of these structures that are not known as a whole: they may lie anywhere."""
        return tuple(structure for structure in wanted if not self.has(structure))
