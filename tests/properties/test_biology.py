"""What holds for any course: BED is at least the dose, repair only lowers it, conversions invert each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelm.physics.biology import (
    ExponentialDoseRate,
    absorbed_dose_for,
    biologically_effective_dose,
    biologically_effective_dose_of_cycles,
    biologically_effective_dose_of_fractions,
    dose_volume_histogram,
    equivalent_dose_in_fractions,
    equivalent_uniform_dose,
    generalised_equivalent_uniform_dose,
    lea_catcheside,
    mono_exponential_dose_rate,
)

half_times = st.floats(0.05, 300)
doses = st.floats(0.01, 200)
ratios = st.floats(0.5, 20)
several = st.lists(st.tuples(doses, half_times), min_size=1, max_size=4)
maps = st.lists(st.floats(0, 150), min_size=1, max_size=40)


@given(several, st.floats(0, 1000), half_times, ratios)
def test_bed_lies_between_the_dose_and_that_of_an_acute_exposure(
    courses: list[tuple[float, float]], gap_h: float, repair_h: float, ratio: float
) -> None:
    cycles = [
        mono_exponential_dose_rate(dose, effective_half_life_h=half, start_h=i * gap_h)
        for i, (dose, half) in enumerate(courses)
    ]
    total = sum(dose for dose, _ in courses)
    bed = float(
        biologically_effective_dose_of_cycles(cycles, alpha_beta_gy=ratio, repair_half_time_h=repair_h)
    )
    assert total * (1 - 1e-12) <= bed <= total * (1 + total / ratio) * (1 + 1e-12)
    assert 0 < float(lea_catcheside(cycles, repair_half_time_h=repair_h)) <= 1 + 1e-12


@given(several, st.floats(0, 100), st.floats(0, 100), half_times, st.floats(-1e3, 1e3))
def test_more_time_between_cycles_never_raises_the_bed(
    courses: list[tuple[float, float]], gap_h: float, more_h: float, repair_h: float, shift_h: float
) -> None:
    def bed(gap: float, first: float = 0.0) -> float:
        cycles = [
            mono_exponential_dose_rate(dose, effective_half_life_h=half, start_h=first + i * gap)
            for i, (dose, half) in enumerate(courses)
        ]
        return float(
            biologically_effective_dose_of_cycles(cycles, alpha_beta_gy=2.5, repair_half_time_h=repair_h)
        )

    if len({half for _, half in courses}) == 1:
        assert bed(gap_h + more_h) <= bed(gap_h) * (1 + 1e-12)
    assert bed(gap_h, shift_h) == pytest.approx(bed(gap_h), rel=1e-9)


@given(several, half_times, st.floats(0.1, 10))
def test_protraction_does_not_depend_on_the_dose_or_on_how_terms_are_written(
    courses: list[tuple[float, float]], repair_h: float, factor: float
) -> None:
    rates = np.log(2) / np.array([half for _, half in courses])
    amplitudes = np.array([dose for dose, _ in courses]) * rates
    one = lea_catcheside([ExponentialDoseRate(amplitudes, rates)], repair_half_time_h=repair_h)
    scaled = lea_catcheside([ExponentialDoseRate(factor * amplitudes, rates)], repair_half_time_h=repair_h)
    parted = lea_catcheside(
        [ExponentialDoseRate(np.array([a]), np.array([k])) for a, k in zip(amplitudes, rates, strict=True)],
        repair_half_time_h=repair_h,
    )
    assert float(scaled) == pytest.approx(float(one), rel=1e-12)
    assert float(parted) == pytest.approx(float(one), rel=1e-12)


@given(doses, ratios, half_times, half_times, st.floats(0.5, 20))
def test_conversions_invert_each_other(
    dose: float, ratio: float, repair_h: float, half_h: float, fraction: float
) -> None:
    tissue = {"alpha_beta_gy": ratio, "repair_half_time_h": repair_h, "effective_half_life_h": half_h}
    bed = biologically_effective_dose(dose, **tissue)
    assert absorbed_dose_for(bed, **tissue) == pytest.approx(dose, rel=1e-12)
    there = equivalent_dose_in_fractions(bed, alpha_beta_gy=ratio, fraction_gy=fraction)
    back = biologically_effective_dose_of_fractions(there, alpha_beta_gy=ratio, fraction_gy=fraction)
    assert back == pytest.approx(bed, rel=1e-12)


@given(maps, st.floats(0.01, 1))
def test_equivalent_uniform_dose_lies_between_the_lowest_and_the_mean(
    values: list[float], alpha: float
) -> None:
    found = equivalent_uniform_dose(values, alpha_per_gy=alpha)
    assert min(values) - 1e-9 <= found <= float(np.mean(values)) + 1e-9


@given(maps, st.floats(-20, 20).filter(lambda a: abs(a) > 0.05))
def test_generalised_mean_lies_between_the_extremes_and_scales(values: list[float], exponent: float) -> None:
    found = generalised_equivalent_uniform_dose(values, exponent=exponent)
    assert min(values) * (1 - 1e-9) <= found <= max(values) * (1 + 1e-9)


@given(maps, st.floats(0, 160), st.floats(0, 100), st.floats(0.1, 5))
def test_histogram_falls_and_scales_with_dose(
    values: list[float], dose: float, percent: float, factor: float
) -> None:
    found = dose_volume_histogram(values, voxel_ml=0.5)
    assert found.volume_at_least(0).value == pytest.approx(0.5 * len(values))
    assert found.volume_at_least(dose).value >= found.volume_at_least(dose + 1).value
    scaled = dose_volume_histogram(np.array(values) * factor, voxel_ml=0.5)
    assert scaled.dose_to(percent).value == pytest.approx(factor * found.dose_to(percent).value, abs=1e-9)
    at = found.dose_to(percent).value
    assert found.volume_at_least(at * (1 - 1e-12)).value >= percent / 100 * found.total_ml * (1 - 1e-6) - 1e-9
