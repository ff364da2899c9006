"""Which lesions a synthetic patient has, what they take up and how they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nelm.errors import problem
from nelm.imaging.phantom.lesion_shapes import LARGEST_RADIUS, LesionShape, field_of, sphere
from nelm.imaging.phantom.shapes import Field, Floats, Points, Shape
from nelm.volume.grid import Triple

EXACT_WITHIN_MM = 8.0


class Course(StrEnum):
    """What becomes of a lesion over the time points."""

    STABLE = "stable"
    GROWING = "growing"
    SHRINKING = "shrinking"
    MERGING = "merging"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class LesionPlan:
    """The lesions that a patient is to have.

    Parameters
    ----------
    diameters_mm : Diameters of spheres of their volumes at the first time point.
    touching_pairs : Pairs of lesions that touch at the first time point.
    gap_mm : Least distance between all others at their largest; at least two voxels, for them to stay apart on a grid.
    merges : Pairs that grow into one by the last time point.
    new : Lesions that appear at the second time point.
    receptor_negative, fdg_positive : Shares of the lesions without receptors, and with glycolysis.
    """

    diameters_mm: tuple[float, ...]
    touching_pairs: int = 0
    gap_mm: float = 5.0
    merges: int = 0
    new: int = 0
    receptor_negative: float = 0.1
    fdg_positive: float = 0.2

    def __post_init__(self) -> None:
        if not all(0 < value < np.inf for value in self.diameters_mm):
            raise problem(self.diameters_mm, "positive diameters [mm]", path="diameters_mm")
        if 2 * (self.touching_pairs + self.merges) > len(self.diameters_mm):
            raise problem(self.touching_pairs, "two lesions for each pair", path="touching_pairs")


def many_small(count: int, *, smallest_mm: float, largest_mm: float) -> tuple[float, ...]:
    """Diameters whose density falls with their square, largest first; both ends occur [mm]."""
    share = np.linspace(0, 1, count) if count > 1 else np.ones(count)
    sizes = 1 / (1 / smallest_mm - share * (1 / smallest_mm - 1 / largest_mm))
    return tuple(sorted(sizes.tolist(), reverse=True))


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticLesion:
    """A lesion over all time points.

    Parameters
    ----------
    name : ``L1`` is the largest at the first time point; ``N1`` appears later.
    shape : Its form.
    centre_mm : In the reference pose.
    radii_mm : Radius of the sphere of its volume at each time point; 0 where it is absent.
    sstr_suv, fdg_suv : Uptake of a somatostatin receptor tracer and of 18F-FDG.
    course : What becomes of it.
    partner : Name of the lesion that it touches or merges with.
    """

    name: str
    shape: LesionShape
    centre_mm: Triple
    radii_mm: tuple[float, ...]
    sstr_suv: float
    fdg_suv: float
    course: Course = Course.STABLE
    partner: str | None = None

    def volume_ml(self, time_point: int) -> float:
        """Volume [mL]."""
        return 4 / 3 * np.pi * self.radii_mm[time_point] ** 3 / 1000

    def field(self, p: Points, time_point: int) -> Floats:
        """Distance from its surface in the reference pose [mm]."""
        return field_of(self.shape, self.centre_mm, self.radii_mm[time_point], p)

    @property
    def reach_mm(self) -> float:
        """Radius of a ball around the centre that holds the lesion at its largest [mm]."""
        directions, _ = sphere()
        return max(self.radii_mm) * float(self.shape.radius(Points.of(directions)).max())

    def region(self, time_point: int) -> Shape:
        """The lesion as a shape of the reference pose."""
        reach = LARGEST_RADIUS * self.radii_mm[time_point]
        x, y, z = self.centre_mm
        low, high = (x - reach, y - reach, z - reach), (x + reach, y + reach, z + reach)
        return Shape(lambda p: self.field(p, time_point), low, high)


def ever_occupied(lesions: Sequence[SyntheticLesion]) -> Field | None:
    """Distance from every lesion at its largest; None without lesions."""
    if not lesions:
        return None

    def field(p: Points) -> Floats:
        nearest: Floats | None = None
        for lesion in lesions:
            here = _largest(lesion, p)
            nearest = here if nearest is None else np.minimum(nearest, here)
        assert nearest is not None
        return nearest

    return field


def _largest(lesion: SyntheticLesion, p: Points) -> Floats:
    """Distance from a lesion at its largest: exact where it matters, a lower bound farther away."""
    largest = int(np.argmax(lesion.radii_mm))
    reach = LARGEST_RADIUS * lesion.radii_mm[largest]
    x, y, z = (value - middle for value, middle in zip((p.x, p.y, p.z), lesion.centre_mm, strict=True))
    here = np.asarray(np.sqrt(x * x + y * y + z * z) - reach)
    close = here < 0.4 * reach + EXACT_WITHIN_MM
    exact = Points(*(np.broadcast_to(value, here.shape)[close] for value in (p.x, p.y, p.z)))
    here[close] = lesion.field(exact, largest)
    return here
