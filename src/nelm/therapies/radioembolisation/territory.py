"""Treated territories: what of liver and tumour each catheter position perfuses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from nelm.errors import GeometryError, problem
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Status
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.therapies.radioembolisation.devices import Device
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.volume import Mask


class Extent(StrEnum):
    """How much of the liver a territory is."""

    WHOLE_LIVER = "whole liver"
    LOBAR = "lobar"
    SEGMENTAL = "segmental"


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """One catheter position.

    Parameters
    ----------
    name : As the plan calls it.
    extent : How much of the liver it is.
    perfused : The volume that it perfuses, tumour included.
    device : What is given into it.
    mean_dose_gy : Mean dose to the perfused mass that is prescribed [Gy]; None where another method decides.
    activity_gbq : Activity that is prescribed [GBq]; None where a method is to find it.
    """

    name: str
    extent: Extent
    perfused: Mask
    device: Device
    mean_dose_gy: float | None = None
    activity_gbq: float | None = None


@dataclass(frozen=True, slots=True)
class TerritoryMasses:
    """Volumes and masses of a territory.

    Parameters
    ----------
    perfused_ml, tumour_ml, normal_ml : Volume of all of it, of tumour in it and of the rest [mL].
    tumour_kg, normal_kg : Masses with their limits [kg]; no tumour where none lies in it.
    share_of_liver : Perfused volume over volume of the liver, tumour included [1].
    """

    name: str
    extent: Extent
    device: Device
    perfused_ml: float
    tumour_ml: float
    normal_ml: float
    tumour_kg: Estimate | None
    normal_kg: Estimate
    share_of_liver: float
    mean_dose_gy: float | None = None
    activity_gbq: float | None = None

    @property
    def perfused_kg(self) -> float:
        """Best value of the perfused mass [kg]."""
        return self.normal_kg.value + (self.tumour_kg.value if self.tumour_kg else 0.0)


@dataclass(frozen=True, slots=True)
class MeasuredLiver:
    """Territories of one session with the rest of the liver.

    Parameters
    ----------
    territories : In the order given.
    liver_ml, tumour_ml : Volume of the liver (tumour included) and of all tumour in it [mL].
    spared_normal_kg : Normal liver that no territory perfuses [kg].
    missed_tumour_ml : Tumour that no territory perfuses [mL].
    remarks : Overlaps, tumour that is missed, late toxicity of treating the whole liver.
    """

    territories: tuple[TerritoryMasses, ...]
    liver_ml: float
    tumour_ml: float
    spared_normal_kg: float
    missed_tumour_ml: float
    remarks: tuple[Item, ...]

    @property
    def treats_whole_liver(self) -> bool:
        """Whether a territory is the whole liver, or two or more lobes are treated."""
        extents = [territory.extent for territory in self.territories]
        return Extent.WHOLE_LIVER in extents or extents.count(Extent.LOBAR) > 1


def measured_liver(
    territories: tuple[Territory, ...],
    *,
    liver: Mask,
    tumour: Mask,
    known: RadioembolisationKnowledge,
    volume_relative_sd: float = 0.0,
) -> MeasuredLiver:
    """Volumes and masses of the territories of one session.

    Parameters
    ----------
    liver : The liver, tumour included; what a territory perfuses outside it does not count.
    tumour : All tumour in the liver.
    volume_relative_sd : Relative standard uncertainty of an outlined volume [1], see
        `nelm.physics.uncertainty.volume_relative_sd`; the same for tumour and normal liver.

    Raises
    ------
    GeometryError : Masks on different grids. InputError : A territory without normal liver.
    """
    for name, mask in (("tumour", tumour), *((t.name, t.perfused) for t in territories)):
        if not mask.grid.same_as(liver.grid):
            raise GeometryError(
                f"{name} does not lie on the grid of the liver",
                expected="all regions on one grid",
                remedy="Resample it with nelm.volume.mask_on",
            )
    found = tuple(_measured(one, liver, tumour, known, spread=volume_relative_sd) for one in territories)
    covered = np.zeros(liver.grid.shape, dtype=np.int16)
    for territory in territories:
        covered += territory.perfused.array
    spared = liver.array & ~tumour.array & (covered == 0)
    missed_ml = int((liver.array & tumour.array & (covered == 0)).sum()) * liver.grid.voxel_ml
    twice_ml = int((liver.array & (covered > 1)).sum()) * liver.grid.voxel_ml
    spared_kg = int(spared.sum()) * liver.grid.voxel_ml * known.liver_density.number
    bare = MeasuredLiver(found, liver.volume_ml, _inside_ml(tumour, liver), spared_kg, missed_ml, ())
    remarks = (
        *((item("late toxicity", known.whole_liver),) if bare.treats_whole_liver else ()),
        *_said("tumour not perfused", missed_ml, "mL of tumour lie in no territory and get no dose."),
        *_said(
            "overlap", twice_ml, "mL lie in more than one territory; their doses add and are not summed here."
        ),
    )
    return MeasuredLiver(found, liver.volume_ml, bare.tumour_ml, spared_kg, missed_ml, remarks)


def _measured(
    one: Territory, liver: Mask, tumour: Mask, known: RadioembolisationKnowledge, *, spread: float
) -> TerritoryMasses:
    inside = one.perfused.array & liver.array
    sick, voxel_ml = inside & tumour.array, liver.grid.voxel_ml
    perfused_ml, tumour_ml = int(inside.sum()) * voxel_ml, int(sick.sum()) * voxel_ml
    normal_ml = perfused_ml - tumour_ml
    if normal_ml <= 0.0:
        raise problem(
            f"{one.name}: {normal_ml:g} mL of normal liver",
            "a territory with normal liver in it",
            "Look at the masks of the territory and of the tumour",
            path="territories",
        )
    return TerritoryMasses(
        name=one.name,
        extent=one.extent,
        device=one.device,
        perfused_ml=perfused_ml,
        tumour_ml=tumour_ml,
        normal_ml=normal_ml,
        tumour_kg=_mass(tumour_ml, known, spread) if tumour_ml > 0.0 else None,
        normal_kg=_mass(normal_ml, known, spread),
        share_of_liver=perfused_ml / liver.volume_ml,
        mean_dose_gy=one.mean_dose_gy,
        activity_gbq=one.activity_gbq,
    )


def _mass(volume_ml: float, known: RadioembolisationKnowledge, relative_sd: float) -> Estimate:
    mass = volume_ml * known.liver_density.number
    factor = 1.0 + COVERAGE_FACTOR * relative_sd
    return Estimate(mass, mass / factor, mass * factor)


def _inside_ml(part: Mask, whole: Mask) -> float:
    return int((part.array & whole.array).sum()) * whole.grid.voxel_ml


def _said(label: str, volume_ml: float, text: str) -> tuple[Item, ...]:
    if volume_ml <= 0.0:
        return ()
    return (
        Item(label, f"{volume_ml:.1f} {text}", ("project",), Status.COMPUTED, value=volume_ml, unit="mL"),
    )
