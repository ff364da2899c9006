"""Activity and dose of microspheres against the worked vectors K-13 to K-21 and 4f of the research notes.

Numbers agree to the last printed digit: tolerances are half of it, or the result is rounded to it.
"""

from __future__ import annotations

import math
from dataclasses import fields

import pytest

from nelm.knowledge import Entry, load_knowledge
from nelm.physics.emissions import emissions_of
from nelm.therapies.radioembolisation.activity import (
    dose_constant_gy_kg_per_gbq,
    holmium_activity_mbq,
    largest_activity_gbq,
    lung_dose_gy,
    lung_dose_left_gy,
    lung_shunt_fraction,
    mean_dose_activity_gbq,
    resin_activity_gbq,
    resin_lung_factor,
)
from nelm.therapies.radioembolisation.knowledge import DoseTables, RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import Aims, Bound, resin_bands
from nelm.therapies.radioembolisation.partition import (
    PartitionModel,
    PartitionPlan,
    PerfusedPart,
    TumourPart,
    partition_doses,
    partition_plan,
)
from nelm.therapies.radioembolisation.propagation import exact
from nelm.therapies.radioembolisation.tumour_to_normal import (
    ActivityRatio,
    ConcentrationRatio,
    activity_ratio,
    concentration_ratio,
    lung_shunt_of,
    tumour_lung_shunt,
)
from nelm.therapies.radioembolisation.vial import half_life

KNOWN = load_knowledge().record(RadioembolisationKnowledge, "radioembolisation")
TABLES = load_knowledge().record(DoseTables, "radioembolisation_doses")
CONSTANT = KNOWN.y90_dose_constant.number
LABEL_CONSTANT = KNOWN.glass_dose_constant.number
LUNGS_KG = KNOWN.lung_mass.number
BANDS = resin_bands(KNOWN)


@pytest.mark.parametrize(("mean_energy_mev", "expected"), [(0.931, 49.66), (0.9337, 49.80), (0.9367, 49.96)])
def test_k13_dose_constant(mean_energy_mev: float, expected: float) -> None:
    found = dose_constant_gy_kg_per_gbq(mean_energy_mev=mean_energy_mev, half_life_h=64.1)
    assert found == pytest.approx(expected, abs=0.01)  # the 0.9367 of the insert is itself rounded
    assert pytest.approx(found, rel=0.006) == CONSTANT


def test_k14_lung_shunt_by_geometric_mean() -> None:
    found = lung_shunt_fraction(
        lungs_anterior=400, lungs_posterior=900, liver_anterior=9000, liver_posterior=4000
    )
    assert found == pytest.approx(600 / (600 + 6000))


def resin(lung_factor: float = 1.0) -> float:
    """Resin activity of the vector [GBq]."""
    return resin_activity_gbq(
        body_surface_m2=1.82,
        tumour_share=300 / 1500,
        subtrahend=KNOWN.bsa_subtrahend.number,
        lung_factor=lung_factor,
    )


def test_k15_resin_by_body_surface() -> None:
    assert resin() == pytest.approx(1.82, abs=0.005)


def test_k15_resin_reduced_for_the_lungs() -> None:
    factor = resin_lung_factor(lung_shunt=0.12, bands=BANDS)
    assert factor is not None
    assert resin(factor) == pytest.approx(1.456, abs=0.0005)


def test_k15_second_vector_with_dubois_surface() -> None:
    found = resin_activity_gbq(body_surface_m2=1.8097, tumour_share=0.3 / 1.8, subtrahend=0.2)
    assert found == pytest.approx(1.7764, abs=0.00005)


@pytest.mark.parametrize(
    ("lung_shunt", "factor"), [(0.05, 1.0), (0.1, 0.8), (0.15, 0.8), (0.16, 0.6), (0.2, 0.6), (0.21, None)]
)
def test_lung_shunt_bands_of_the_resin_table(lung_shunt: float, factor: float | None) -> None:
    assert resin_lung_factor(lung_shunt=lung_shunt, bands=BANDS) == factor


def glass(constant: float = LABEL_CONSTANT) -> float:
    """Glass activity of the vector [GBq]."""
    return mean_dose_activity_gbq(
        dose_gy=120, mass_kg=1.2, lung_shunt=0.08, residual=0.01, constant_gy_kg_per_gbq=constant
    )


def test_k16_mean_dose() -> None:
    assert glass() == pytest.approx(3.16, abs=0.005)
    lungs = lung_dose_gy(
        activity_gbq=glass(), lung_shunt=0.08, lung_mass_kg=LUNGS_KG, constant_gy_kg_per_gbq=CONSTANT
    )
    assert lungs == pytest.approx(12.6, abs=0.05)


def test_k16_second_vector() -> None:
    found = mean_dose_activity_gbq(
        dose_gy=120, mass_kg=1.5, lung_shunt=0.05, residual=0.01, constant_gy_kg_per_gbq=LABEL_CONSTANT
    )
    assert found == pytest.approx(3.8278, abs=0.00005)


def model(ratio: float, *, tumour_kg: float, normal_kg: float, lung_shunt: float) -> PartitionModel:
    """One territory with one tumour, all numbers exact."""
    tumour = TumourPart(exact(tumour_kg), ConcentrationRatio.exactly(ratio))
    part = PerfusedPart("liver", exact(normal_kg), (tumour,))
    return PartitionModel((part,), exact(lung_shunt), exact(LUNGS_KG), CONSTANT)


K18 = model(3, tumour_kg=0.3, normal_kg=1.2, lung_shunt=0.06)


def partitioned() -> PartitionPlan:
    """The partition vector."""
    return partition_plan(K18, Aims(perfused_normal_max_gy=40))


def test_k18_partition() -> None:
    found = partitioned()
    regions = found.doses.regions
    assert regions.tumour_gy and regions.lung_gy
    assert round(found.activity_gbq.value, 3) == 1.799
    assert regions.tumour_gy.value == pytest.approx(120)
    assert round(regions.lung_gy.value, 2) == 5.36
    assert found.bound_by is Bound.PERFUSED_NORMAL


def test_k18_energy_closes() -> None:
    found = partitioned()
    territory, lungs = found.doses.territories[0], found.doses.regions.lung_gy
    assert lungs
    absorbed = territory.tumours_gy[0].value * 0.3 + territory.normal_gy.value * 1.2
    assert absorbed + lungs.value * LUNGS_KG == pytest.approx(CONSTANT * found.activity_gbq.value)


def test_4f_partition_from_activity() -> None:
    doses = partition_doses(model(4, tumour_kg=0.3, normal_kg=1.5, lung_shunt=0.05), [2.0]).regions
    assert doses.perfused_normal_gy and doses.tumour_gy and doses.lung_gy and doses.perfused_gy
    assert round(doses.perfused_normal_gy.value, 3) == 34.953
    assert round(doses.tumour_gy.value, 3) == 139.812
    assert round(doses.lung_gy.value, 3) == 4.967
    assert round(doses.perfused_gy.value, 3) == 52.429


def test_public_fault_multiplying_by_what_the_shunt_leaves_is_not_reproduced() -> None:
    """K-17, trap 27: D M (1 - L) / c gives 2.67 GBq where 3.16 GBq with the residual are needed."""
    multiplied = 120 * 1.2 * (1 - 0.08) / CONSTANT
    assert round(multiplied, 2) == 2.67
    assert round(glass(), 2) == 3.16
    assert glass(CONSTANT) / multiplied > 1.15  # 16 % low
    more_shunt = mean_dose_activity_gbq(
        dose_gy=120, mass_kg=1.2, lung_shunt=0.16, residual=0.01, constant_gy_kg_per_gbq=LABEL_CONSTANT
    )
    assert more_shunt > glass()  # the fault falls with the shunt, the right formula rises


def test_public_fault_partition_with_ratio_plus_one_is_not_reproduced() -> None:
    """K-17, trap 27: D_N M_N (T/N + 1) (1 - L) / c gives 3.63 GBq, twice what the limit of normal liver allows."""
    doubled = 40 * 1.2 * (3 + 1) * (1 - 0.06) / CONSTANT
    assert round(doubled, 2) == 3.63
    assert doubled / partitioned().activity_gbq.value == pytest.approx(2.0, abs=0.05)
    normal = partition_doses(K18, [doubled]).regions.perfused_normal_gy
    assert normal and normal.value == pytest.approx(80.8, abs=0.1)


def test_k19_trap_28_concentration_ratio_is_not_activity_ratio() -> None:
    ratio = activity_ratio(ConcentrationRatio.exactly(3), tumour_kg=0.3, normal_kg=1.2)
    assert ratio.value == pytest.approx(0.75)
    assert not isinstance(ratio, ConcentrationRatio)
    back = concentration_ratio(ratio, tumour_kg=0.3, normal_kg=1.2)
    assert back.value.value == pytest.approx(3)
    taken_for_the_other = partition_plan(
        model(ratio.value, tumour_kg=0.3, normal_kg=1.2, lung_shunt=0.06), Aims(perfused_normal_max_gy=40)
    )
    assert taken_for_the_other.activity_gbq.value < 0.75 * partitioned().activity_gbq.value


def test_k19_both_models_give_the_same_doses_once_converted() -> None:
    """Kao's variant written out: activities by R and TLSF, doses by mass."""
    ratio = ActivityRatio(0.75)
    shunt = tumour_lung_shunt(lung_shunt=0.06, ratio=ratio)
    assert shunt.value != pytest.approx(0.06, rel=0.1)
    assert lung_shunt_of(shunt, ratio=ratio) == pytest.approx(0.06)
    tumour, normal = ratio.value, 1.0
    lungs = shunt.value / (1 - shunt.value) * tumour
    per_part = 1.799 / (tumour + normal + lungs)
    ours = partition_doses(K18, [1.799]).regions
    assert ours.tumour_gy and ours.perfused_normal_gy and ours.lung_gy
    assert CONSTANT * per_part * tumour / 0.3 == pytest.approx(ours.tumour_gy.value)
    assert CONSTANT * per_part * normal / 1.2 == pytest.approx(ours.perfused_normal_gy.value)
    assert CONSTANT * per_part * lungs / LUNGS_KG == pytest.approx(ours.lung_gy.value)


def test_trap_29_one_constant_in_grams_or_kilograms() -> None:
    assert pytest.approx(49670) == CONSTANT * 1000
    assert LABEL_CONSTANT == 50


def test_k20_trap_29_lung_limit_counts_earlier_sessions() -> None:
    single, total = KNOWN.lung_dose_single_max.number, KNOWN.lung_dose_total_max.number
    assert (single, total) == (30, 50)
    left = {
        so_far: lung_dose_left_gy(single_max_gy=single, total_max_gy=total, so_far_gy=so_far)
        for so_far in (0, 35, 60)
    }
    assert left == {0: 30, 35: 15, 60: 0}


def test_k20_largest_activity_gives_the_lung_dose_back() -> None:
    most = largest_activity_gbq(
        lung_dose_gy=30, lung_shunt=0.08, lung_mass_kg=LUNGS_KG, constant_gy_kg_per_gbq=CONSTANT
    )
    back = lung_dose_gy(
        activity_gbq=most, lung_shunt=0.08, lung_mass_kg=LUNGS_KG, constant_gy_kg_per_gbq=CONSTANT
    )
    assert back == pytest.approx(30)
    assert math.isinf(
        largest_activity_gbq(
            lung_dose_gy=30, lung_shunt=0, lung_mass_kg=LUNGS_KG, constant_gy_kg_per_gbq=CONSTANT
        )
    )


def test_k21_holmium() -> None:
    per_kg = KNOWN.ho166_activity_per_mass.number
    assert holmium_activity_mbq(treated_liver_kg=1.8, activity_mbq_per_kg=per_kg) == pytest.approx(6804)


def test_k21_holmium_constant_is_that_of_its_formula() -> None:
    per_kg, dose = KNOWN.ho166_activity_per_mass.number, KNOWN.ho166_dose.number
    assert round(dose / per_kg * 1000, 2) == KNOWN.ho166_dose_constant.number == 15.87
    assert round(1000 * KNOWN.ho166_dose.number / per_kg, 2) == 15.87  # 63 MBq/J


@pytest.mark.parametrize(
    ("nuclide", "entry"),
    [("Y-90", KNOWN.y90_dose_constant_icrp107), ("Ho-166", KNOWN.ho166_dose_constant_electrons)],
)
def test_4f_constants_of_icrp107_are_recomputed(nuclide: str, entry: Entry) -> None:
    assert round(emissions_of(nuclide).dose_constants.electrons_j_per_gbq, 2) == entry.number


def test_tar16_decay_between_measurement_and_administration() -> None:
    lost = 100 * (1 - 2 ** (-2.20 / half_life("Y-90").half_life_h))
    assert round(lost, 2) == KNOWN.decay_between.number == 2.35


def test_4f_thresholds_of_the_guideline() -> None:
    found = {
        name: (entry.value, entry.low, entry.high)
        for name, entry in ((field.name, getattr(TABLES, field.name)) for field in fields(TABLES))
    }
    values = {name: value for name, (value, _, _) in found.items() if value is not None}
    assert values == {
        "glass_segmentectomy_min": 400,
        "glass_tumour_hcc_min": 205,
        "glass_tumour_icc_min": 260,
        "glass_tumour_colorectal_min": 189,
        "glass_lobectomy_normal_min": 88,
        "glass_whole_normal_clear": 90,
        "glass_whole_normal_jaundiced": 50,
        "resin_segmentectomy_min": 150,
        "resin_tumour_colorectal_min": 100,
        "resin_lobectomy_normal_min": 70,
        "ho166_tumour_icc_min": 150,
        "ho166_tumour_colorectal_min": 90,
    }
    assert found["resin_tumour_primary"][1:] == (100, 120)
    assert found["resin_tumour_colorectal_partial"][1:] == (40, 60)
    assert found["glass_tumour_hcc_ideal"][1:] == (250, 300)
    assert KNOWN.glass_whole_normal_max.number == 75
    assert (KNOWN.resin_normal_liver_max.number, KNOWN.resin_normal_liver_pretreated_max.number) == (40, 30)
    assert (KNOWN.ho166_normal_max.number, KNOWN.ho166_normal_bilobar_max.number) == (60, 40)
