"""What is heated around a lesion: the working grid, tissue, large vessels, and where applicators put their power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError, problem
from nelm.imaging.distances import distance_to
from nelm.physics.bioheat import (
    DeathModels,
    Heated,
    ThreeState,
    Tissue,
    Wall,
    arrhenius,
    line_shares,
    thermal_dose,
)
from nelm.therapies.ablation.heat_knowledge import HeatKnowledge
from nelm.volume import Grid, Mask, Volume, mask_on, volume_on
from nelm.volume.grid import Box, corner_indices

Array = NDArray[np.float64]
Point = tuple[float, float, float]

AROUND_MM = 25.0
"""Tissue around the lesion and the applicators that is simulated; beyond it all is at body temperature."""
COOLING_S = 120.0
"""Time followed after the power is off: hot tissue goes on dying."""
M3_PER_MM3 = 1e-9
ROUGH_VOXELS = 0.5
"""A ball in a digital vessel is smaller than the vessel by about this share of an edge."""
UNIT_WITHIN = 1e-3


class Perfusion(StrEnum):
    """Which end of what is known of blood flow."""

    LOW = "low"
    NOMINAL = "nominal"
    HIGH = "high"


class VesselWall(StrEnum):
    """How a large vessel cools."""

    HELD = "wall at the temperature of blood"
    """The strongest cooling that a vessel can have."""
    COEFFICIENT = "coefficient of heat transfer"


@dataclass(frozen=True, slots=True)
class Applicator:
    """One needle that heats.

    Parameters
    ----------
    tip_mm : Its tip (x, y, z) [mm].
    direction : Unit vector (x, y, z) from entry to tip.
    """

    tip_mm: Point
    direction: Point

    def __post_init__(self) -> None:
        if abs(float(np.linalg.norm(self.direction)) - 1) > UNIT_WITHIN:
            raise problem(self.direction, "a vector of length 1 from entry to tip", path="direction")


@dataclass(frozen=True, slots=True)
class SourceShape:
    """Where the power of an applicator goes: a line along it that ends at the tip, smeared by a Gaussian.

    No electromagnetic field is computed: nothing is reflected, nothing changes with the water that boils off.

    Parameters
    ----------
    length_mm : Of the line; 0 puts a Gaussian ball at the tip.
    sigma_mm : Standard deviation of the Gaussian.
    """

    length_mm: float
    sigma_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """A lesion to heat and what lies around it; masks may lie on different grids.

    Parameters
    ----------
    liver : With its lesions or without.
    lesion : The lesion.
    vessels : Veins by name; None where none were segmented, which is not the same as none there.
    """

    liver: Mask
    lesion: Mask
    vessels: Mapping[str, Mask] | None

    def __post_init__(self) -> None:
        if self.lesion.is_empty or self.liver.is_empty:
            raise problem("an empty mask", "a lesion and a liver", path="lesion or liver")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A lesion on its working grid.

    Parameters
    ----------
    grid : Cubes along the axes of the image.
    liver, lesion : (z, y, x) there; the liver includes the lesion.
    to_lesion_mm : (z, y, x) distance to the surface of the lesion, 0 inside.
    to_vessel_mm : (z, y, x) by name of the vessel, distance to its wall, negative inside; large vessels only.
    share_w : (z, y, x) share of the power of all applicators, of 1 each.
    vessels_known : Whether vessels were segmented.
    """

    grid: Grid
    liver: NDArray[np.bool_]
    lesion: NDArray[np.bool_]
    to_lesion_mm: NDArray[np.float32]
    to_vessel_mm: Mapping[str, Array]
    share_w: Array
    vessels_known: bool

    @property
    def wall_mm(self) -> Array | None:
        """Distance to the nearest wall of a large vessel; None where there is none on the grid."""
        distances = list(self.to_vessel_mm.values())
        return np.min(distances, axis=0) if distances else None


def scene_of(
    anatomy: Anatomy,
    applicators: Sequence[Applicator],
    *,
    shape: SourceShape,
    known: HeatKnowledge,
    edge_mm: float,
) -> Scene:
    """The working grid around a lesion and its applicators, with everything on it."""
    if not applicators:
        raise problem("none", "one applicator or more", path="applicators")
    lines = [_line(one, shape) for one in applicators]
    grid = _grid(anatomy.lesion, np.concatenate(lines), edge_mm)
    lesion = mask_on(anatomy.lesion, grid)
    liver = mask_on(anatomy.liver, grid).array | lesion.array
    if lesion.is_empty or not mask_on(anatomy.liver, anatomy.lesion.grid).array[anatomy.lesion.array].any():
        raise GeometryError(
            "the lesion does not lie in the liver",
            expected="a lesion that overlaps the mask of the liver",
            remedy="Check that both masks belong to one examination",
        )
    spacing = grid.spacing_mm
    shares = np.zeros(grid.shape)
    for line in lines:
        ends = grid.indices_of(line) * np.array(spacing)
        shares += line_shares(grid.shape, spacing, ends, sigma_mm=shape.sigma_mm)
    limit = known.heat_sink_diameter.number
    vessels = {name: _wall(mask, grid, limit) for name, mask in (anatomy.vessels or {}).items()}
    large = {name: wall for name, wall in vessels.items() if wall is not None}
    to_lesion = np.maximum(distance_to(lesion) - edge_mm / 2, 0)
    return Scene(grid, liver, lesion.array, to_lesion, large, shares, anatomy.vessels is not None)


def heated_of(
    scene: Scene,
    *,
    power_w: float,
    perfusion: Perfusion,
    wall: VesselWall | None,
    known: HeatKnowledge,
) -> Heated:
    """The scene as physics has it.

    Parameters
    ----------
    power_w : Absorbed from each applicator.
    wall : How large vessels cool; None leaves vessels out.
    """
    body = known.body_temperature.number
    distance = scene.wall_mm if wall is not None else None
    coefficient = known.vessel_wall_coefficient.number if wall is VesselWall.COEFFICIENT else None
    voxel_m3 = scene.grid.voxel_ml * 1000 * M3_PER_MM3
    return Heated(
        shape=scene.grid.shape,
        spacing_mm=scene.grid.spacing_mm,
        tissue=_tissue(scene, perfusion, known),
        source_w_m3=scene.share_w * (power_w / voxel_m3),
        body_c=body,
        walls=() if distance is None else (Wall(distance, body, coefficient),),
        cap_c=known.vaporisation.number,
        perfusion_until=ARRHENIUS,
    )


ARRHENIUS, HENRIQUES, THERMAL_DOSE, THREE_STATE = "Arrhenius", "Henriques", "CEM43", "three states"


def deaths_of(known: HeatKnowledge) -> DeathModels:
    """The four models of death by heat."""
    limit = known.arrhenius_limit.number
    return DeathModels(
        (
            arrhenius(ARRHENIUS, frequency_per_s=known.arrhenius_frequency.number,
                      energy_j_mol=known.arrhenius_energy.number, limit=limit),
            arrhenius(HENRIQUES, frequency_per_s=known.henriques_frequency.number,
                      energy_j_mol=known.henriques_energy.number, limit=limit),
            thermal_dose(THERMAL_DOSE, limit_min=known.thermal_dose_limit.number,
                         factor_above=known.thermal_dose_above.number,
                         factor_below=known.thermal_dose_below.number,
                         reference_c=known.thermal_dose_reference.number,
                         none_below_c=known.thermal_dose_none_below.number),
        ),
        ThreeState(THREE_STATE, known.three_state_forward.number, known.three_state_backward.number,
                   known.three_state_scale.number, known.three_state_alive.number,
                   known.three_state_limit.number),
    )  # fmt: skip


def _tissue(scene: Scene, perfusion: Perfusion, known: HeatKnowledge) -> Tissue:
    """Liver, and the lesion in it; all other tissue is taken as liver."""
    flows = {
        Perfusion.LOW: known.perfusion_lowest.number,
        Perfusion.NOMINAL: known.perfusion_usual.number,
        Perfusion.HIGH: known.perfusion_highest.number,
    }
    low, high = known.lesion_perfusion_factor.low or 1.0, known.lesion_perfusion_factor.high or 1.0
    factors = {Perfusion.LOW: low, Perfusion.NOMINAL: (low + high) / 2, Perfusion.HIGH: high}
    lesion_flow = known.perfusion_usual.number * factors[perfusion]
    blood = known.blood_density.number * known.blood_heat_capacity.number
    ends = (known.lesion_conductivity.low, known.lesion_conductivity.high)
    conductivity = sum(end or known.tissue_conductivity.number for end in ends) / 2
    density = known.tissue_density.number
    return Tissue(
        np.where(scene.lesion, conductivity, known.tissue_conductivity.number),
        density
        * np.where(scene.lesion, known.lesion_heat_capacity.number, known.tissue_heat_capacity.number),
        blood * np.where(scene.lesion, lesion_flow, flows[perfusion]),
    )


def _line(applicator: Applicator, shape: SourceShape) -> Array:
    """Ends (2, 3) of the heating line as (x, y, z) [mm]."""
    tip = np.array(applicator.tip_mm, dtype=np.float64)
    return np.stack([tip - shape.length_mm * np.array(applicator.direction), tip])


def _grid(lesion: Mask, points: Array, edge_mm: float) -> Grid:
    """Cubes along the axes of the lesion's image, around the lesion and some points."""
    matrix = lesion.grid.matrix
    axes = matrix[:3, :3] / np.array(lesion.grid.spacing_mm)
    if not np.allclose(axes.T @ axes, np.eye(3), atol=UNIT_WITHIN):
        raise GeometryError(
            "the axes of the image are not at right angles",
            expected="an image without gantry tilt",
            remedy="Resample the image on an orthogonal grid first",
        )
    corners = corner_indices([(part.start, part.stop - 1) for part in lesion.box()])
    reached = np.concatenate([lesion.grid.points_of(corners), points]) @ axes  # along (z, y, x)
    low, high = reached.min(axis=0) - AROUND_MM, reached.max(axis=0) + AROUND_MM
    shape = np.ceil((high - low) / edge_mm).astype(int) + 1
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes * edge_mm, axes @ low
    return Grid.of(shape.tolist(), affine)


def _wall(mask: Mask, grid: Grid, diameter_mm: float) -> Array | None:
    """Distance on the grid to the wall of a vessel where it is thick enough; None where no part of it is."""
    near = mask.cropped(_box(mask.grid, grid))
    padded = Mask(np.pad(near.array, 1), near.grid.cropped(_wider(near.grid)))
    thick = _thick(padded, diameter_mm)
    if thick is None:
        return None
    signed = distance_to(thick) - distance_to(Mask(~thick.array, thick.grid))
    far = float(signed.max())
    on_grid = volume_on(Volume(signed, thick.grid), grid, outside=far).array.astype(np.float64)
    return on_grid if (on_grid <= 0).any() else None


def _thick(mask: Mask, diameter_mm: float) -> Mask | None:
    """The parts of a mask that a ball of a diameter fits into."""
    if mask.is_empty:
        return None
    edge = float(np.mean(mask.grid.spacing_mm))
    inside = distance_to(Mask(~mask.array, mask.grid)) - ROUGH_VOXELS * edge
    cores = Mask(mask.array & (inside >= (diameter_mm - edge) / 2), mask.grid)
    if cores.is_empty:
        return None
    return Mask(mask.array & (distance_to(cores) <= diameter_mm / 2 + ROUGH_VOXELS * edge), mask.grid)


def _box(source: Grid, target: Grid) -> Box:
    """The box of the source that covers the target; at least one voxel."""
    there = source.indices_of(target.corners)
    low, high = np.floor(there.min(axis=0)).astype(int), np.ceil(there.max(axis=0)).astype(int) + 1
    parts = [
        slice(min(max(0, int(a)), n - 1), max(1, min(n, int(b)), min(max(0, int(a)), n - 1) + 1))
        for a, b, n in zip(low, high, source.shape, strict=True)
    ]
    return parts[0], parts[1], parts[2]


def _wider(grid: Grid) -> Box:
    """The box of a grid with a voxel more on every side."""
    parts = [slice(-1, n + 1) for n in grid.shape]
    return parts[0], parts[1], parts[2]
