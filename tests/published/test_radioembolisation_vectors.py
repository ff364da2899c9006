"""Activity and dose of microspheres against the worked vectors K-13 to K-21, and the wrong formulas of trap 27.

Tolerances are half of the last printed digit unless a line says otherwise.
"""

from __future__ import annotations

import math

import pytest

from nelm.knowledge import load_knowledge
from nelm.therapies.radioembolisation.activity import (
    LungBands,
    Partition,
    dose_constant_gy_kg_per_gbq,
    holmium_activity_mbq,
    largest_activity_gbq,
    lung_dose_gy,
    lung_dose_left_gy,
    lung_shunt_fraction,
    mean_dose_activity_gbq,
    partition,
    resin_activity_gbq,
    resin_lung_factor,
)
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

KNOWN = load_knowledge().record(RadioembolisationKnowledge, "radioembolisation")
CONSTANT = KNOWN.y90_dose_constant.number
LABEL_CONSTANT = KNOWN.glass_dose_constant.number
LUNGS_KG = KNOWN.lung_mass.number
BANDS = LungBands(
    first=KNOWN.lung_band_first.number,
    second=KNOWN.lung_band_second.number,
    highest=KNOWN.lung_shunt_max.number,
    first_factor=KNOWN.lung_factor_first.number,
    second_factor=KNOWN.lung_factor_second.number,
)


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


def partitioned() -> Partition:
    """The partition vector."""
    return partition(
        normal_liver_gy=40,
        tumour_to_normal=3,
        tumour_kg=0.3,
        normal_liver_kg=1.2,
        lung_shunt=0.06,
        constant_gy_kg_per_gbq=CONSTANT,
    )


def test_k18_partition() -> None:
    found = partitioned()
    lungs = lung_dose_gy(
        activity_gbq=found.activity_gbq,
        lung_shunt=0.06,
        lung_mass_kg=LUNGS_KG,
        constant_gy_kg_per_gbq=CONSTANT,
    )
    assert found.activity_gbq == pytest.approx(1.799, abs=0.0005)
    assert found.tumour_gy == 120
    assert lungs == pytest.approx(5.36, abs=0.005)


def test_k18_energy_closes() -> None:
    found = partitioned()
    absorbed = found.tumour_gy * 0.3 + found.normal_liver_gy * 1.2
    in_lungs = CONSTANT * found.activity_gbq * 0.06
    assert absorbed + in_lungs == pytest.approx(CONSTANT * found.activity_gbq)


def test_k18_second_vector_from_activity() -> None:
    energy_mass = 1.5 + 4 * 0.3
    normal = CONSTANT * 2.0 * 0.95 / energy_mass
    found = partition(
        normal_liver_gy=normal,
        tumour_to_normal=4,
        tumour_kg=0.3,
        normal_liver_kg=1.5,
        lung_shunt=0.05,
        constant_gy_kg_per_gbq=CONSTANT,
    )
    assert normal == pytest.approx(34.953, abs=0.0005)
    assert found.tumour_gy == pytest.approx(139.812, abs=0.002)  # four times the unrounded normal dose
    assert found.activity_gbq == pytest.approx(2.0)


def test_k17_trap_27_the_wrong_formulas_are_not_used() -> None:
    multiplied = 120 * 1.2 * (1 - 0.08) / CONSTANT
    doubled = 40 * 1.2 * (3 + 1) * (1 - 0.06) / CONSTANT
    assert multiplied == pytest.approx(2.67, abs=0.005)
    assert doubled == pytest.approx(3.63, abs=0.005)
    assert glass(CONSTANT) / multiplied > 1.15  # 16 % low
    assert doubled / partitioned().activity_gbq == pytest.approx(2.0, abs=0.05)


def test_k19_trap_28_concentration_ratio_is_not_activity_ratio() -> None:
    activity_ratio = 3 * 0.3 / 1.2  # Kao's R for the same patient
    assert activity_ratio == pytest.approx(0.75)
    other = partition(
        normal_liver_gy=40,
        tumour_to_normal=activity_ratio,
        tumour_kg=0.3,
        normal_liver_kg=1.2,
        lung_shunt=0.06,
        constant_gy_kg_per_gbq=CONSTANT,
    )
    assert other.activity_gbq < 0.75 * partitioned().activity_gbq


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
