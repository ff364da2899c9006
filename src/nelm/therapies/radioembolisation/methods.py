"""What a comparison of methods is given and what it gives: one record for each method with each kind of microsphere.

Activities are those *delivered*; what has to be drawn for that is beside them. Doses of glass and resin do not compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nelm.guideline.therapy import Item
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.devices import Device, Method, Microspheres
from nelm.therapies.radioembolisation.limits import Aims, Bound, LungAllowance
from nelm.therapies.radioembolisation.lung_mass import LungMass
from nelm.therapies.radioembolisation.lung_shunt import LungShunt
from nelm.therapies.radioembolisation.partition import RegionDoses
from nelm.therapies.radioembolisation.territory import MeasuredLiver
from nelm.therapies.radioembolisation.thresholds import Thresholds
from nelm.therapies.radioembolisation.tumour_to_normal import ConcentrationRatio
from nelm.therapies.radioembolisation.voxel import VoxelDoses


@dataclass(frozen=True, slots=True, eq=False)
class PlanningInput:
    """What is known before radioembolisation; None where it is not known.

    Parameters
    ----------
    liver : Territories of this session; the device of each is what the plan says, all devices are compared on them.
    lung_shunt, lung_mass : Of the mapping study.
    allowance : What earlier sessions leave to the lungs.
    ratios : T/N by name of territory; a territory with tumour and without one has no partition.
    body_surface_m2 : DuBois body surface [m2].
    pretreated : Earlier chemotherapy or PRRT, or a weak liver.
    tumour_gy : Dose to tumour that the team aims at, by device [Gy]; no default exists.
    mean_dose_gy : Mean dose to the perfused mass that the team aims at, by device [Gy]; a prescription of a territory
        goes before it.
    voxel : Doses of 1 GBq from the mapping SPECT by nuclide ("Y-90", "Ho-166").
    """

    liver: MeasuredLiver
    lung_shunt: LungShunt | None
    lung_mass: LungMass
    allowance: LungAllowance
    ratios: Mapping[str, ConcentrationRatio] = field(default_factory=dict[str, ConcentrationRatio])
    body_surface_m2: Estimate | None = None
    pretreated: bool | None = None
    tumour_gy: Mapping[Device, float] = field(default_factory=dict[Device, float])
    mean_dose_gy: Mapping[Device, float] = field(default_factory=dict[Device, float])
    voxel: Mapping[str, VoxelDoses] = field(default_factory=dict[str, VoxelDoses])


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method with one device.

    Parameters
    ----------
    method, is_label_method : Which, and whether the device is labelled with it.
    activity_gbq : Delivered activity with the limits that the inputs leave [GBq]; None where it cannot be computed.
    drawn_gbq : What has to be in the vial for the best value, with the limits of the residual [GBq].
    territories_gbq : The best value by territory [GBq], in their order; empty where the method knows only the sum.
    doses : Of the best activity; by partition, by voxel, or only the mean and the lungs where T/N is not known.
    chance_above_lung_limit : That the lung dose exceeds what this session may give [1].
    bound_by : What sets the activity.
    alternatives : Activity that each aim or limit alone would give [GBq].
    exceeded : Limits that the best activity does not keep.
    missing : What the method lacks; empty where it was computed.
    remarks : What to know, with sources.
    """

    method: Method
    is_label_method: bool
    activity_gbq: Estimate | None = None
    drawn_gbq: Estimate | None = None
    territories_gbq: tuple[float, ...] = ()
    doses: RegionDoses | None = None
    chance_above_lung_limit: float | None = None
    bound_by: Bound | None = None
    alternatives: tuple[tuple[Bound, Estimate], ...] = ()
    exceeded: tuple[Bound, ...] = ()
    missing: tuple[str, ...] = ()
    remarks: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """One kind of microsphere: what sets it apart, its aims, its methods, and the published doses."""

    microspheres: Microspheres
    aims: Aims
    methods: tuple[MethodResult, ...]
    thresholds: Thresholds
    remarks: tuple[Item, ...]
