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
    """

    grid: Grid
    structures: Mapping[Structure, Mask]
    remarks: tuple[str, ...] = ()

    def of(self, *wanted: Structure) -> Mask | None:
        """These structures as one region; None where none of them is segmented."""
        found = [mask for kind in wanted if (mask := self.structures.get(kind)) is not None]
        if not found:
            return None
        return (
            found[0] if len(found) == 1 else Mask(np.any([mask.array for mask in found], axis=0), self.grid)
        )

    def has(self, structure: Structure) -> bool:
        """Whether a structure is segmented."""
        return structure in self.structures
