"""Every method for every kind of microsphere, side by side, on the same territories.

A method that lacks what it needs is listed with what is missing, and never replaced by another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nelm.guideline.therapy import Item, item
from nelm.knowledge import Status
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.activity import (
    holmium_activity_mbq,
    mean_dose_activity_gbq,
    resin_activity_gbq,
)
from nelm.therapies.radioembolisation.devices import Device, Method, Microspheres, microspheres
from nelm.therapies.radioembolisation.knowledge import DoseTables, RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import (
    Aims,
    Bound,
    NormalLiverLimits,
    normal_liver_limits,
    resin_reduction,
)
from nelm.therapies.radioembolisation.lung_shunt import LungShunt
from nelm.therapies.radioembolisation.methods import DevicePlan, MethodResult, PlanningInput
from nelm.therapies.radioembolisation.partition import (
    PartitionModel,
    PerfusedPart,
    RegionDoses,
    TumourPart,
    partition_doses,
    partition_plan,
)
from nelm.therapies.radioembolisation.propagation import Array, Input, Range, draws, estimate_of, exact
from nelm.therapies.radioembolisation.territory import TerritoryMasses
from nelm.therapies.radioembolisation.thresholds import Tumour, thresholds
from nelm.therapies.radioembolisation.tumour_to_normal import ConcentrationRatio
from nelm.therapies.radioembolisation.voxel import voxel_plan

MBQ_PER_GBQ = 1000.0
NO_SHUNT = "lung shunt fraction"
NO_HISTORY = "lung dose of earlier sessions"


def side_by_side(
    given: PlanningInput,
    *,
    known: RadioembolisationKnowledge,
    tables: DoseTables,
    tumour: Tumour = Tumour.NEUROENDOCRINE,
) -> tuple[DevicePlan, ...]:
    """Every method for resin, glass and holmium on the same territories."""
    return tuple(_device_plan(given, device, known, tables=tables, tumour=tumour) for device in Device)


def aims_of(device: Device, given: PlanningInput, known: RadioembolisationKnowledge) -> Aims:
    """Limits of the device and of the lungs, and the dose to tumour that the team aims at."""
    normal = _normal_limits(device, given, known)
    return Aims(
        tumour_gy=given.tumour_gy.get(device),
        perfused_normal_max_gy=normal.perfused_max_gy,
        whole_normal_max_gy=normal.whole_max_gy,
        lung_max_gy=given.allowance.session_gy,
        lung_activity_max_gbq=known.glass_lung_activity_max.number if device is Device.GLASS else None,
    )


def _normal_limits(
    device: Device, given: PlanningInput, known: RadioembolisationKnowledge
) -> NormalLiverLimits:
    bilobar = given.liver.treats_whole_liver
    return normal_liver_limits(device, pretreated=given.pretreated, bilobar=bilobar, known=known)


def _device_plan(
    given: PlanningInput,
    device: Device,
    known: RadioembolisationKnowledge,
    *,
    tables: DoseTables,
    tumour: Tumour,
) -> DevicePlan:
    case = _Case(given, microspheres(device, known), aims_of(device, given, known), known)
    by_surface = (case.body_surface(),) if device is Device.RESIN else ()
    own = (item("lung limits", known.lung_limit_ho166),) if device is Device.HOLMIUM else ()
    lungs = Item("lung dose left", f"Set by {given.allowance.set_by}.", ("project",), Status.COMPUTED)
    return DevicePlan(
        microspheres=case.spheres,
        aims=case.aims,
        methods=(*by_surface, case.mean_dose(), case.partition(), case.voxel()),
        thresholds=thresholds(device, tumour, known=known, tables=tables),
        remarks=(
            *_normal_limits(device, given, known).remarks,
            lungs,
            *given.allowance.remarks,
            *own,
            *given.liver.remarks,
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One device on one patient."""

    given: PlanningInput
    spheres: Microspheres
    aims: Aims
    known: RadioembolisationKnowledge

    def body_surface(self) -> MethodResult:
        """Resin by body surface: each territory by its share of the liver."""
        surface, shunt = self.given.body_surface_m2, self.given.lung_shunt
        missing = [*([] if surface else ["body surface"]), *([] if shunt else [NO_SHUNT])]
        if surface is None or shunt is None:
            return self._without(Method.BODY_SURFACE, missing)
        reduction = resin_reduction(shunt.fraction.value, self.known)
        if reduction.kept is None:
            text = "no activity: the lung shunt lies above the highest of the resin table"
            return self._without(Method.BODY_SURFACE, [text])
        kept, territories = reduction.kept, self.given.liver.territories
        best, low, high = (
            [self._by_surface(body_surface_m2, territory, kept) for territory in territories]
            for body_surface_m2 in (surface.value, surface.low, surface.high)
        )
        whole = Estimate(sum(best), sum(low), sum(high))
        return self._by_formula(Method.BODY_SURFACE, whole, best, remarks=(reduction.remark,))

    def _by_surface(self, body_surface_m2: float, territory: TerritoryMasses, kept: float) -> float:
        return resin_activity_gbq(
            body_surface_m2=body_surface_m2,
            tumour_share=territory.tumour_ml / territory.perfused_ml,
            subtrahend=self.known.bsa_subtrahend.number,
            treated_share=territory.share_of_liver,
            lung_factor=kept,
        )

    def mean_dose(self) -> MethodResult:
        """Mean dose to the perfused mass; of holmium, where the team names no dose, 3780 MBq/kg."""
        territories = self.given.liver.territories
        default = self.given.mean_dose_gy.get(self.spheres.device)
        wanted = [default if t.mean_dose_gy is None else t.mean_dose_gy for t in territories]
        by_mass = self.spheres.device is Device.HOLMIUM and not any(wanted)
        missing = [
            f"mean dose aimed at in {territory.name}"
            for territory, dose in zip(territories, wanted, strict=True)
            if dose is None and not by_mass
        ]
        if self.given.lung_shunt is None and not by_mass:
            missing.append(NO_SHUNT)
        if missing:
            return self._without(Method.MEAN_DOSE, missing)
        activities = self._of_masses([None if by_mass else dose for dose in wanted])
        total = activities[0]
        for each in activities[1:]:
            total = total + each
        note = (item("formula", self.known.ho166_activity_per_mass),) if by_mass else ()
        best = [float(each[0]) for each in activities]
        return self._by_formula(Method.MEAN_DOSE, estimate_of(total), best, remarks=note)

    def _of_masses(self, doses_gy: list[float | None]) -> list[Array]:
        """Activity of each territory for a mean dose, drawn [GBq]; None takes the holmium formula."""
        shunt = self.given.lung_shunt.fraction if self.given.lung_shunt else exact(0.0)
        inputs = [Input(shunt, Range.SHARE, "lung_shunt")]
        for territory in self.given.liver.territories:
            inputs.append(Input(territory.normal_kg, Range.POSITIVE, "normal_kg"))
            if territory.tumour_kg:
                inputs.append(Input(territory.tumour_kg, Range.POSITIVE, "tumour_kg"))
        rows = iter(draws(inputs))
        drawn_shunt, found = next(rows), list[Array]()
        for territory, dose in zip(self.given.liver.territories, doses_gy, strict=True):
            mass = next(rows)
            if territory.tumour_kg:
                mass = mass + next(rows)
            if dose is None:
                per_kg = self.known.ho166_activity_per_mass.number
                found.append(
                    holmium_activity_mbq(treated_liver_kg=mass, activity_mbq_per_kg=per_kg) / MBQ_PER_GBQ
                )
            else:
                found.append(
                    mean_dose_activity_gbq(
                        dose_gy=dose,
                        mass_kg=mass,
                        lung_shunt=drawn_shunt,
                        residual=0.0,
                        constant_gy_kg_per_gbq=self.spheres.constant_gy_kg_per_gbq,
                    )
                )
        return found

    def partition(self) -> MethodResult:
        """The partition model within the limits."""
        shunt = self.given.lung_shunt
        missing = [*self._missing_ratios(), *self._missing_limits()]
        if shunt is None or missing:
            return self._without(Method.PARTITION, missing)
        plan = partition_plan(self._model(shunt, self.given.ratios), self._aims_for(self._has_tumour()))
        return self._checked(
            MethodResult(
                method=Method.PARTITION,
                is_label_method=Method.PARTITION in self.spheres.label_methods,
                activity_gbq=plan.activity_gbq,
                drawn_gbq=self._drawn(plan.activity_gbq.value),
                territories_gbq=plan.territories_gbq,
                doses=plan.doses.regions,
                chance_above_lung_limit=plan.doses.chance_above_lung_limit,
                bound_by=plan.bound_by,
                alternatives=plan.alternatives,
                remarks=self._remarks(),
            )
        )

    def voxel(self) -> MethodResult:
        """The map of the mapping SPECT within the limits."""
        doses = self.given.voxel.get(self.spheres.nuclide)
        missing = [*self._missing_limits()]
        if doses is None:
            missing.insert(0, f"dose map of the mapping SPECT for {self.spheres.nuclide}")
        if doses is None or missing:
            return self._without(Method.VOXEL, missing)
        only = next(iter(self.given.ratios.values())) if len(self.given.ratios) == 1 else None
        aims = self._aims_for(doses.tumour_gy is not None)
        plan = voxel_plan(doses, aims, concentration_ratio=only)
        return self._checked(
            MethodResult(
                method=Method.VOXEL,
                is_label_method=False,
                activity_gbq=plan.activity_gbq,
                drawn_gbq=self._drawn(plan.activity_gbq.value),
                doses=plan.doses,
                chance_above_lung_limit=plan.chance_above_lung_limit,
                bound_by=plan.bound_by,
                alternatives=plan.alternatives,
                remarks=(*doses.remarks, *self._remarks()),
            )
        )

    def _without(self, method: Method, missing: list[str]) -> MethodResult:
        """A method that lacks something."""
        return MethodResult(method, method in self.spheres.label_methods, missing=tuple(missing))

    def _missing_ratios(self) -> list[str]:
        territories = self.given.liver.territories
        return [f"T/N of {t.name}" for t in territories if t.tumour_kg and t.name not in self.given.ratios]

    def _missing_limits(self) -> list[str]:
        """What the methods that keep limits need of the lungs: an unknown history is not taken as none."""
        lacking = [] if self.given.lung_shunt else [NO_SHUNT]
        return [*lacking, *([] if self.given.allowance.session_gy is not None else [NO_HISTORY])]

    def _has_tumour(self) -> bool:
        return any(territory.tumour_kg for territory in self.given.liver.territories)

    def _aims_for(self, has_tumour: bool) -> Aims:
        return self.aims if has_tumour else replace(self.aims, tumour_gy=None)

    def _model(self, shunt: LungShunt, ratios: Mapping[str, ConcentrationRatio] | None) -> PartitionModel:
        """The partition model; without ratios one in which all of a territory is one compartment."""
        parts = tuple(
            PerfusedPart(
                t.name,
                t.normal_kg if ratios is not None else exact(t.perfused_kg),
                (TumourPart(t.tumour_kg, ratios[t.name]),) if ratios is not None and t.tumour_kg else (),
            )
            for t in self.given.liver.territories
        )
        return PartitionModel(
            territories=parts,
            lung_shunt=shunt.fraction,
            lung_kg=self.given.lung_mass.mass_kg,
            constant_gy_kg_per_gbq=self.spheres.constant_gy_kg_per_gbq,
            spared_normal_kg=self.given.liver.spared_normal_kg,
        )

    def _drawn(self, delivered_gbq: float) -> Estimate:
        """What has to be in the vial [GBq]."""
        residual = self.spheres.residual
        best, low, high = (
            delivered_gbq / (1.0 - share) for share in (residual.value, residual.low, residual.high)
        )
        return Estimate(best, low, high)

    def _by_formula(
        self, method: Method, activity: Estimate, by_territory: list[float], *, remarks: tuple[Item, ...]
    ) -> MethodResult:
        """A method whose formula gives the activities, whatever the limits; the doses are those of partition."""
        bare = MethodResult(
            method=method,
            is_label_method=method in self.spheres.label_methods,
            activity_gbq=activity,
            drawn_gbq=self._drawn(activity.value),
            territories_gbq=tuple(by_territory),
            bound_by=Bound.FORMULA,
            remarks=(*self._remarks(), *remarks),
        )
        shunt = self.given.lung_shunt
        if shunt is None:
            return bare
        one = bool(self._missing_ratios())
        model = self._model(shunt, None if one else self.given.ratios)
        found = partition_doses(model, by_territory, lung_max_gy=self.aims.lung_max_gy)
        regions = found.regions
        if one:
            regions = RegionDoses(regions.perfused_gy, None, None, None, regions.lung_gy)
        chance = found.chance_above_lung_limit
        return self._checked(replace(bare, doses=regions, chance_above_lung_limit=chance))

    def _checked(self, result: MethodResult) -> MethodResult:
        """The result with the limits that its best doses exceed."""
        doses, shunt = result.doses, self.given.lung_shunt
        if doses is None or result.activity_gbq is None:
            return result
        to_lungs = None if shunt is None else exact(result.activity_gbq.value * shunt.fraction.value)
        against = (
            (Bound.PERFUSED_NORMAL, doses.perfused_normal_gy, self.aims.perfused_normal_max_gy),
            (Bound.WHOLE_NORMAL, doses.whole_normal_gy, self.aims.whole_normal_max_gy),
            (Bound.LUNG_DOSE, doses.lung_gy, self.aims.lung_max_gy),
            (Bound.LUNG_ACTIVITY, to_lungs, self.aims.lung_activity_max_gbq),
        )
        rounding = 1e-9
        over = [
            name
            for name, dose, limit in against
            if dose is not None and limit is not None and dose.value > limit * (1.0 + rounding)
        ]
        return replace(result, exceeded=tuple(over))

    def _remarks(self) -> tuple[Item, ...]:
        """What is to be known of the inputs, each once."""
        shunt = self.given.lung_shunt.remarks if self.given.lung_shunt else ()
        ratios = tuple(remark for ratio in self.given.ratios.values() for remark in ratio.remarks)
        return tuple(dict.fromkeys((*shunt, *self.given.lung_mass.remarks, *ratios)))
