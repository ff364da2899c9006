"""One candidate resection: what it takes, what it leaves without vessels, which lesions it removes and how well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.guideline.feasibility import Feasible, Modality
from nelm.imaging.liver.served import Region, RemnantVolumes
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True)
class Removal:
    """One lesion that a resection takes whole.

    Parameters
    ----------
    lesion : Its name.
    margin_mm : From its surface to the liver that stays; None where none stays within reach.
    vessel : Nearest large vessel that stays, "" where there is none within reach.
    vessel_mm : From its surface to the wall of that vessel.
    state : Whether both are at least the margin asked for; unknown where the vessels are not segmented.
    """

    lesion: str
    margin_mm: Estimate | None
    vessel: str
    vessel_mm: Estimate | None
    state: Feasible


@dataclass(frozen=True, slots=True)
class CutVessel:
    """A vessel that a resection cuts, and what hangs on it.

    Parameters
    ----------
    name : "right hepatic vein of 8 mm".
    deprived_ml : Liver that stays and is served by it or by what comes from it [mL].
    """

    name: str
    deprived_ml: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A resection that could be done, alone or with others.

    Parameters
    ----------
    name : "wedge of L3", "segmentectomy 6", "right hemihepatectomy".
    modality : Which of the four kinds of resection; central resections count as sections, trisections as hemiliver.
    segments : Couinaud segments that it is defined by; none for a wedge.
    resected, lost : Flat indices (ascending) of the working grid: taken out; taken out or left without inflow or
        outflow. `lost` is a lower bound while `deprivation_known` is false.
    shape : Of the working grid.
    volumes : Of the remnant after this resection alone.
    resected_ml : Liver without tumour that is taken out.
    inflow_lost_ml, outflow_lost_ml, deprived_ml : Liver that stays and loses its portal inflow, its venous outflow,
        either; None where the vessels are not segmented.
    removed : Lesions taken whole, with their margins.
    cut_through : Lesions that it would cut: not allowed, unless together with a resection that takes them whole.
    segments_taken : Segments of which most is taken.
    is_major : Whether those hold as many neighbours as a major resection has.
    complexity : 1 low to 3 high; None where the published classes do not name it.
    cover_mm : For a wedge, healthy liver over its lesions [mm]; None otherwise.
    vessels_cut : Vessels that are cut and are large or leave liver behind without flow, the costliest first.
    vessels_freed : Large vessels within the planned margin of a removed lesion that stay.
    """

    name: str
    modality: Modality
    segments: frozenset[int]
    resected: NDArray[np.int32]
    lost: NDArray[np.int32]
    shape: tuple[int, int, int]
    volumes: RemnantVolumes
    resected_ml: float
    inflow_lost_ml: float | None
    outflow_lost_ml: float | None
    deprived_ml: float | None
    removed: tuple[Removal, ...]
    cut_through: tuple[str, ...]
    segments_taken: frozenset[int]
    is_major: bool
    complexity: int | None
    cover_mm: float | None
    vessels_cut: tuple[CutVessel, ...]
    vessels_freed: tuple[str, ...]

    @property
    def deprivation_known(self) -> bool:
        """Whether both vessel trees are segmented."""
        return self.deprived_ml is not None

    @property
    def lesions(self) -> frozenset[str]:
        """Lesions that it takes whole, whatever the margin."""
        return frozenset(removal.lesion for removal in self.removed)

    def removal(self, lesion: str) -> Removal | None:
        """How it removes a lesion; None where it does not take it whole."""
        return next((removal for removal in self.removed if removal.lesion == lesion), None)

    def region(self) -> Region:
        """(z, y, x) what it takes out, on the working grid."""
        return _on_grid(self.resected, self.shape)

    def lost_region(self) -> Region:
        """(z, y, x) what it takes out or leaves without inflow or outflow."""
        return _on_grid(self.lost, self.shape)


def _on_grid(voxels: NDArray[np.int32], shape: tuple[int, int, int]) -> Region:
    found = np.zeros(shape, dtype=bool)
    found.ravel()[voxels] = True
    return found
