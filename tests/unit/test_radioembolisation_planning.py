"""T/N from images, territories, partition of several territories, voxels, and all methods side by side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from nelm.errors import GeometryError, InputError
from nelm.knowledge import load_knowledge
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Body
from nelm.physics.interaction import material
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.comparison import side_by_side
from nelm.therapies.radioembolisation.devices import Device, Method
from nelm.therapies.radioembolisation.knowledge import DoseTables, RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import Aims, Bound, lung_allowance, normal_liver_limits
from nelm.therapies.radioembolisation.lung_mass import LungMass, assumed_lung_mass
from nelm.therapies.radioembolisation.lung_shunt import stated_lung_shunt
from nelm.therapies.radioembolisation.methods import DevicePlan, MethodResult, PlanningInput
from nelm.therapies.radioembolisation.partition import (
    PartitionModel,
    PerfusedPart,
    TumourPart,
    partition_doses,
    partition_plan,
)
from nelm.therapies.radioembolisation.propagation import exact
from nelm.therapies.radioembolisation.territory import Extent, MeasuredLiver, Territory, measured_liver
from nelm.therapies.radioembolisation.thresholds import Tumour, thresholds
from nelm.therapies.radioembolisation.tumour_to_normal import (
    ConcentrationRatio,
    measured_concentration_ratio,
)
from nelm.therapies.radioembolisation.voxel import VoxelDoses, VoxelRegions, voxel_doses, voxel_plan
from nelm.volume import Grid, Mask

KNOWN = load_knowledge().record(RadioembolisationKnowledge, "radioembolisation")
TABLES = load_knowledge().record(DoseTables, "radioembolisation_doses")
SHAPE, SPACING = (20, 24, 24), (5.0, 5.0, 5.0)
GRID = Grid.axial(SHAPE, SPACING)


def block(z: slice, y: slice, x: slice) -> np.ndarray:
    region = np.zeros(SHAPE, dtype=bool)
    region[z, y, x] = True
    return region


LIVER = block(slice(1, 11), slice(2, 22), slice(2, 22))
RIGHT = block(slice(1, 11), slice(2, 22), slice(2, 14))
TUMOUR = block(slice(3, 8), slice(6, 12), slice(4, 9))
LEFT_TUMOUR = block(slice(3, 6), slice(6, 10), slice(16, 20))
LUNGS = block(slice(13, 20), slice(2, 22), slice(2, 22))


def test_ratio_is_the_mean_concentration_in_tumour_over_normal() -> None:
    counts = np.where(TUMOUR, 40.0, 10.0)
    found = measured_concentration_ratio(
        counts,
        tumour=TUMOUR,
        perfused_normal=RIGHT & ~TUMOUR,
        voxel_ml=0.125,
        resolution_fwhm_mm=15.0,
        known=KNOWN,
    )
    assert found.value == exact(4.0)
    assert {remark.label for remark in found.remarks} == {"mapping against treatment", "partial volume"}


def test_error_of_the_ratio_is_that_of_repeated_noise() -> None:
    """Noise of a known resolution on even activity; 300 images give the spread to 4 %, asked for is 20 %.

    The region is some five widths of the noise on its shortest side, so that its edge changes the spread a little.
    """
    rng, sigma_voxels = np.random.default_rng(3), 1.0
    fwhm_mm = sigma_voxels * 5.0 * 2.3548
    wide = block(slice(1, 19), slice(1, 23), slice(1, 11))
    other = block(slice(1, 19), slice(1, 23), slice(13, 23))
    ratios, predicted = [], []
    for _ in range(300):
        noise = ndimage.gaussian_filter(rng.normal(0.0, 30.0, SHAPE), sigma_voxels, mode="wrap")
        found = measured_concentration_ratio(
            100.0 + noise,
            tumour=wide,
            perfused_normal=other,
            voxel_ml=0.125,
            resolution_fwhm_mm=fwhm_mm,
            known=KNOWN,
            tumour_recovery=exact(1.0),
        ).value
        ratios.append(found.value)
        predicted.append(found.sd)
    assert np.mean(predicted) == pytest.approx(np.std(ratios), rel=0.2)


def test_recovery_raises_the_ratio_and_regions_must_not_overlap() -> None:
    counts = np.where(TUMOUR, 40.0, 10.0)
    options = {"voxel_ml": 0.125, "resolution_fwhm_mm": 15.0, "known": KNOWN}
    found = measured_concentration_ratio(
        counts,
        tumour=TUMOUR,
        perfused_normal=RIGHT & ~TUMOUR,
        tumour_recovery=Estimate(0.8, 0.7, 0.9),
        **options,
    )
    assert found.value.value == pytest.approx(5.0)
    assert found.value.low < 5.0 < found.value.high
    with pytest.raises(InputError, match="both regions"):
        measured_concentration_ratio(counts, tumour=TUMOUR, perfused_normal=RIGHT, **options)


def territories(*extents: Extent) -> MeasuredLiver:
    shapes = {Extent.WHOLE_LIVER: LIVER, Extent.LOBAR: RIGHT, Extent.SEGMENTAL: RIGHT}
    parts = tuple(
        Territory(f"{extent.value} {n}", extent, Mask(shapes[extent], GRID), Device.RESIN)
        for n, extent in enumerate(extents)
    )
    return measured_liver(
        parts, liver=Mask(LIVER, GRID), tumour=Mask(TUMOUR | LEFT_TUMOUR, GRID), known=KNOWN
    )


def test_masses_of_a_lobe() -> None:
    lobe = territories(Extent.LOBAR)
    found = lobe.territories[0]
    assert found.share_of_liver == pytest.approx(12 / 20)
    assert found.tumour_ml == pytest.approx(TUMOUR.sum() * 0.125)
    assert found.perfused_kg == pytest.approx(RIGHT.sum() * 0.125 / 1000)
    assert lobe.missed_tumour_ml == pytest.approx(LEFT_TUMOUR.sum() * 0.125)
    assert lobe.spared_normal_kg == pytest.approx(((LIVER & ~RIGHT).sum() - LEFT_TUMOUR.sum()) * 0.125 / 1000)
    assert "late toxicity" not in {remark.label for remark in lobe.remarks}


@pytest.mark.parametrize("extents", [(Extent.WHOLE_LIVER,), (Extent.LOBAR, Extent.LOBAR)])
def test_treating_the_whole_liver_says_its_late_toxicity(extents: tuple[Extent, ...]) -> None:
    said = {remark.label: remark for remark in territories(*extents).remarks}
    assert "56.4 %" in said["late toxicity"].text and "26.7 %" in said["late toxicity"].text
    assert "su2017" in said["late toxicity"].sources


def test_masks_on_another_grid_are_refused() -> None:
    other = Mask(LIVER, Grid.axial(SHAPE, (4.0, 5.0, 5.0)))
    with pytest.raises(GeometryError):
        measured_liver(
            (Territory("liver", Extent.WHOLE_LIVER, other, Device.GLASS),),
            liver=Mask(LIVER, GRID),
            tumour=Mask(TUMOUR, GRID),
            known=KNOWN,
        )


def two_territories() -> PartitionModel:
    right = PerfusedPart(
        "right",
        exact(0.8),
        (
            TumourPart(exact(0.2), ConcentrationRatio.exactly(5)),
            TumourPart(exact(0.1), ConcentrationRatio.exactly(2)),
        ),
    )
    left = PerfusedPart("left", exact(0.4), (TumourPart(exact(0.05), ConcentrationRatio.exactly(3)),))
    return PartitionModel((right, left), exact(0.1), exact(1.0), 49.67, spared_normal_kg=0.3)


def test_energy_closes_over_territories_tumours_and_lungs() -> None:
    found = partition_doses(two_territories(), [1.3, 0.4])
    joules = 0.0
    for part, doses in zip(two_territories().territories, found.territories, strict=True):
        joules += part.normal_kg.value * doses.normal_gy.value
        joules += sum(t.mass_kg.value * d.value for t, d in zip(part.tumours, doses.tumours_gy, strict=True))
    assert found.regions.lung_gy
    assert joules + found.regions.lung_gy.value == pytest.approx(49.67 * 1.7)


def test_territories_are_a_sum_of_their_own_models() -> None:
    whole = two_territories()
    both = partition_doses(whole, [1.3, 0.4])
    assert both.regions.whole_normal_gy
    normal = 0.0
    for part, activity, doses in zip(whole.territories, (1.3, 0.4), both.territories, strict=True):
        alone = partition_doses(PartitionModel((part,), exact(0.1), exact(1.0), 49.67), [activity])
        assert alone.territories[0].normal_gy == doses.normal_gy
        normal += part.normal_kg.value * doses.normal_gy.value
    assert both.regions.whole_normal_gy.value == pytest.approx(normal / (0.8 + 0.4 + 0.3))


@pytest.mark.parametrize(
    ("aims", "bound"),
    [
        (Aims(tumour_gy=100, perfused_normal_max_gy=60), Bound.TUMOUR_DOSE),
        (Aims(tumour_gy=200, perfused_normal_max_gy=20), Bound.PERFUSED_NORMAL),
        (Aims(perfused_normal_max_gy=60, whole_normal_max_gy=15), Bound.WHOLE_NORMAL),
        (Aims(perfused_normal_max_gy=60, lung_max_gy=4), Bound.LUNG_DOSE),
        (Aims(perfused_normal_max_gy=60, lung_activity_max_gbq=0.05), Bound.LUNG_ACTIVITY),
        (Aims(lung_max_gy=10), Bound.LUNG_DOSE),
    ],
)
def test_what_binds_is_reached_and_nothing_else_is_exceeded(aims: Aims, bound: Bound) -> None:
    plan = partition_plan(two_territories(), aims)
    regions = plan.doses.regions
    assert plan.bound_by is bound
    assert regions.lung_gy and regions.whole_normal_gy
    perfused = max(doses.normal_gy.value for doses in plan.doses.territories)
    reached = {
        Bound.PERFUSED_NORMAL: (perfused, aims.perfused_normal_max_gy),
        Bound.WHOLE_NORMAL: (regions.whole_normal_gy.value, aims.whole_normal_max_gy),
        Bound.LUNG_DOSE: (regions.lung_gy.value, aims.lung_max_gy),
        Bound.LUNG_ACTIVITY: (0.1 * plan.activity_gbq.value, aims.lung_activity_max_gbq),
    }
    for name, (dose, limit) in reached.items():
        if limit is not None:
            assert dose <= limit * (1 + 1e-9)
            if name is bound:
                assert dose == pytest.approx(limit)


def test_no_aim_is_refused() -> None:
    with pytest.raises(InputError, match="a dose aimed at"):
        partition_plan(two_territories(), Aims())


def body() -> Body:
    """Liver and lungs in two materials on one grid."""
    kinds = np.where(LUNGS, 1, 0).astype(np.uint8)
    density = np.where(LUNGS, 0.3, 1.0)
    return Body(kinds, density, (material("liver"), material("lung")), SPACING)


def mapped(lung_kg: float | None = None, **options: object) -> VoxelDoses:
    """Doses of 1 GBq for a map of T/N 4 in the right lobe."""
    counts = np.where(TUMOUR, 40.0, np.where(RIGHT, 10.0, 0.0))
    seen_kg = float(body().mass_g[LUNGS].sum()) / 1000
    return voxel_doses(
        counts,
        body=body(),
        regions=VoxelRegions(RIGHT, TUMOUR, LIVER, LUNGS),
        emissions=emissions_of("Y-90"),
        lung_shunt=Estimate(0.05, 0.03, 0.07),
        lung_kg=exact(lung_kg or seen_kg),
        known=KNOWN,
        **options,  # pyright: ignore
    )


def test_voxels_with_local_deposition_are_the_partition_model() -> None:
    doses = mapped()
    masses = {
        name: float(body().mass_g[part].sum()) / 1000
        for name, part in (
            ("tumour", TUMOUR),
            ("normal", RIGHT & ~TUMOUR),
            ("lung", LUNGS),
            ("spared", LIVER & ~RIGHT),
        )
    }
    tumour = TumourPart(exact(masses["tumour"]), ConcentrationRatio.exactly(4))
    constant = emissions_of("Y-90").dose_constants.charged_j_per_gbq
    model = PartitionModel(
        (PerfusedPart("right", exact(masses["normal"]), (tumour,)),),
        exact(0.05),
        exact(masses["lung"]),
        constant,
        spared_normal_kg=masses["spared"],
    )
    expected = partition_doses(model, [1.0]).regions
    for found, wanted in (
        (doses.tumour_gy, expected.tumour_gy),
        (doses.perfused_normal_gy, expected.perfused_normal_gy),
        (doses.whole_normal_gy, expected.whole_normal_gy),
        (doses.perfused_gy, expected.perfused_gy),
        (doses.lung_gy, expected.lung_gy),
    ):
        assert wanted is not None and found == pytest.approx(wanted.value, rel=1e-9)
    assert doses.ratio == pytest.approx(4)


def test_lungs_outside_the_grid_keep_their_part_of_the_activity() -> None:
    seen = float(body().mass_g[LUNGS].sum()) / 1000
    assert mapped(lung_kg=2 * seen).lung_gy == pytest.approx(mapped().lung_gy / 2)


def test_kernel_moves_energy_out_of_the_tumour_into_spared_liver() -> None:
    local, kernel = mapped(), mapped(engine="kernel")
    assert kernel.tumour_gy and local.tumour_gy
    assert kernel.tumour_gy < local.tumour_gy
    spared = LIVER & ~RIGHT
    assert float(local.map.dose_gy[spared].max()) == 0.0
    assert float(kernel.map.dose_gy[spared].mean()) > 0.0
    assert kernel.ratio and kernel.ratio < 4.0
    assert kernel.map.deposited_j < local.map.deposited_j  # some leaves the grid


def test_voxel_plan_reaches_what_binds() -> None:
    doses = mapped()
    plan = voxel_plan(doses, Aims(tumour_gy=120, perfused_normal_max_gy=25, lung_max_gy=30))
    assert plan.bound_by is Bound.PERFUSED_NORMAL
    assert plan.doses.perfused_normal_gy and plan.doses.perfused_normal_gy.value == pytest.approx(25)
    assert {name for name, _ in plan.alternatives} == {
        Bound.TUMOUR_DOSE,
        Bound.PERFUSED_NORMAL,
        Bound.LUNG_DOSE,
    }
    uncertain = ConcentrationRatio(Estimate(4.0, 3.0, 5.3))
    wide = voxel_plan(doses, Aims(tumour_gy=120), concentration_ratio=uncertain).doses.tumour_gy
    narrow = voxel_plan(doses, Aims(tumour_gy=120)).doses.tumour_gy
    assert wide and narrow and wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_limits_of_a_result_are_those_of_its_only_input() -> None:
    """Lung dose is inversely proportional to a mass with lognormal limits: its own limits are known."""
    part = PerfusedPart("liver", exact(1.5))
    model = PartitionModel((part,), exact(0.1), Estimate(1.0, 0.8, 1.25), 49.67)
    lung = partition_doses(model, [2.0], lung_max_gy=49.67 * 0.2).regions.lung_gy
    assert lung
    assert (lung.low, lung.high) == pytest.approx((9.934 / 1.25, 9.934 / 0.8), rel=0.005)
    chance = partition_doses(model, [2.0], lung_max_gy=9.934).chance_above_lung_limit
    assert chance == pytest.approx(0.5, abs=0.002)


def test_no_value_exists_for_neuroendocrine_metastases() -> None:
    for device in Device:
        found = thresholds(device, Tumour.NEUROENDOCRINE, known=KNOWN, tables=TABLES)
        assert found.found == ()
        assert found.of_other_tumours
        assert found.no_value and "neuroendocrine" in found.no_value.text
        other = thresholds(device, Tumour.COLORECTAL, known=KNOWN, tables=TABLES)
        assert other.found and other.no_value is None


def test_limits_of_normal_liver_fall_after_treatment_and_not_knowing_is_not_never() -> None:
    by_history = {
        history: normal_liver_limits(
            Device.RESIN, pretreated=history, bilobar=False, known=KNOWN
        ).perfused_max_gy
        for history in (False, True, None)
    }
    assert by_history == {False: 40, True: 30, None: 30}
    assert normal_liver_limits(Device.HOLMIUM, pretreated=False, bilobar=True, known=KNOWN).whole_max_gy == 40


def planned(**changes: object) -> dict[Device, DevicePlan]:
    """All devices on the right lobe."""
    lobe = territories(Extent.LOBAR)
    given: dict[str, object] = {
        "liver": lobe,
        "lung_shunt": stated_lung_shunt(Estimate(0.05, 0.03, 0.07), KNOWN),
        "lung_mass": assumed_lung_mass(KNOWN),
        "allowance": lung_allowance((), KNOWN),
        "ratios": {lobe.territories[0].name: ConcentrationRatio(Estimate(4.0, 3.0, 5.3))},
        "body_surface_m2": exact(1.8),
        "pretreated": False,
        "tumour_gy": {Device.RESIN: 120.0},
        "mean_dose_gy": {Device.GLASS: 120.0},
        "voxel": {"Y-90": mapped()},
        **changes,
    }
    plans = side_by_side(PlanningInput(**given), known=KNOWN, tables=TABLES)  # pyright: ignore
    return {plan.microspheres.device: plan for plan in plans}


def result(plan: DevicePlan, method: Method) -> MethodResult:
    return next(found for found in plan.methods if found.method is method)


def test_side_by_side_has_every_method_with_its_activity_or_what_is_missing() -> None:
    plans = planned()
    assert [found.method for found in plans[Device.RESIN].methods] == list(Method)
    assert [found.method for found in plans[Device.GLASS].methods] == list(Method)[1:]
    for plan in plans.values():
        for found in plan.methods:
            assert (found.activity_gbq is None) == bool(found.missing)
    missing = result(plans[Device.HOLMIUM], Method.VOXEL).missing
    assert missing == ("dose map of the mapping SPECT for Ho-166",)
    assert result(plans[Device.RESIN], Method.MEAN_DOSE).missing == ("mean dose aimed at in lobar 0",)


def test_label_methods_constants_and_thresholds_differ_by_device() -> None:
    plans = planned()
    label = {device: [m.method for m in plan.methods if m.is_label_method] for device, plan in plans.items()}
    assert label == {
        Device.RESIN: [Method.BODY_SURFACE, Method.PARTITION],
        Device.GLASS: [Method.MEAN_DOSE],
        Device.HOLMIUM: [Method.MEAN_DOSE],
    }
    constants = {device: plan.microspheres.constant_gy_kg_per_gbq for device, plan in plans.items()}
    assert constants == {Device.RESIN: 49.67, Device.GLASS: 50, Device.HOLMIUM: 15.87}
    assert all(plan.thresholds.no_value for plan in plans.values())


def test_activities_side_by_side_are_those_of_the_formulas() -> None:
    plans, lobe = planned(), territories(Extent.LOBAR).territories[0]
    surface = result(plans[Device.RESIN], Method.BODY_SURFACE).activity_gbq
    assert surface and surface.value == pytest.approx(
        (1.8 - 0.2 + lobe.tumour_ml / lobe.perfused_ml) * lobe.share_of_liver
    )
    glass = result(plans[Device.GLASS], Method.MEAN_DOSE)
    assert glass.activity_gbq and glass.drawn_gbq and glass.doses and glass.doses.perfused_gy
    assert glass.activity_gbq.value == pytest.approx(120 * lobe.perfused_kg / (50 * 0.95))
    assert glass.drawn_gbq.value == pytest.approx(glass.activity_gbq.value / (1 - 0.0061))
    assert glass.doses.perfused_gy.value == pytest.approx(120)
    holmium = result(plans[Device.HOLMIUM], Method.MEAN_DOSE).activity_gbq
    assert holmium and holmium.value == pytest.approx(3.78 * lobe.perfused_kg)


def test_what_a_formula_exceeds_is_named() -> None:
    """Body surface knows nothing of a small lobe: the limit of normal liver is passed, and said."""
    found = result(planned()[Device.RESIN], Method.BODY_SURFACE)
    assert Bound.PERFUSED_NORMAL in found.exceeded
    kept = result(planned()[Device.RESIN], Method.PARTITION)
    assert kept.exceeded == ()


def test_without_ratio_there_is_no_tumour_dose_and_no_partition() -> None:
    plans = planned(ratios={})
    assert result(plans[Device.RESIN], Method.PARTITION).missing == ("T/N of lobar 0",)
    glass = result(plans[Device.GLASS], Method.MEAN_DOSE).doses
    assert (
        glass
        and glass.tumour_gy is None
        and glass.perfused_gy
        and glass.perfused_gy.value == pytest.approx(120)
    )


def test_unknown_history_of_the_lungs_is_not_taken_as_none() -> None:
    plans = planned(allowance=lung_allowance(None, KNOWN))
    found = result(plans[Device.RESIN], Method.PARTITION)
    assert found.activity_gbq is None and found.missing == ("lung dose of earlier sessions",)


def test_without_shunt_nothing_is_said_of_doses() -> None:
    plans = planned(lung_shunt=None)
    found = result(plans[Device.HOLMIUM], Method.MEAN_DOSE)
    assert found.activity_gbq and found.doses is None
    assert "lung shunt fraction" in result(plans[Device.RESIN], Method.BODY_SURFACE).missing


def test_lungs_bind_when_the_shunt_is_large() -> None:
    """30 Gy to 50 g of lung: 30 x 0.05 / (49.67 x 0.19) GBq."""
    plans = planned(
        lung_shunt=stated_lung_shunt(exact(0.19), KNOWN), lung_mass=LungMass(exact(0.05), False, ())
    )
    found = result(plans[Device.RESIN], Method.PARTITION)
    assert found.bound_by is Bound.LUNG_DOSE
    assert found.activity_gbq and found.activity_gbq.value == pytest.approx(1.5 / (49.67 * 0.19))


def test_a_shunt_that_may_be_nothing_leaves_the_lung_limit_open_above() -> None:
    shunt = Estimate(0.01, 0.0, 0.02)
    tumour = TumourPart(exact(0.3), ConcentrationRatio.exactly(4))
    model = PartitionModel((PerfusedPart("liver", exact(1.2), (tumour,)),), shunt, exact(1.0), 49.67)
    plan = partition_plan(model, Aims(perfused_normal_max_gy=40, lung_max_gy=30))
    assert plan.bound_by is Bound.PERFUSED_NORMAL
    assert dict(plan.alternatives)[Bound.LUNG_DOSE].high == np.inf
    assert np.isfinite(plan.activity_gbq.high)
    assert plan.doses.chance_above_lung_limit == 0.0
