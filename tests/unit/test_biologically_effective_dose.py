"""BED in closed form against numerical integration of the definition, and against known special cases."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from nelm.errors import InputError
from nelm.physics.biology import (
    ExponentialDoseRate,
    absorbed_dose_for,
    biologically_effective_dose,
    biologically_effective_dose_from,
    biologically_effective_dose_of_cycles,
    biologically_effective_dose_of_fractions,
    equivalent_dose_in_fractions,
    equivalent_uniform_bed,
    equivalent_uniform_dose,
    generalised_equivalent_uniform_dose,
    lea_catcheside,
    mono_exponential_dose_rate,
    protraction_matrix,
    sampled_protraction,
    uniform_dose_for_bed,
    uptake_dose_rate,
)

KIDNEY = {"alpha_beta_gy": 2.6, "repair_half_time_h": 2.8}
BIEXPONENTIAL = ExponentialDoseRate(np.array([0.4, 0.05]), math.log(2) / np.array([6.0, 60.0]))
UPTAKE = uptake_dose_rate(7.0, uptake_half_time_h=3.0, effective_half_life_h=45.0)


def integrated_bed(
    rate: Callable[[float], float],
    *,
    breaks: Sequence[float],
    alpha_beta_gy: float,
    repair_half_time_h: float,
) -> float:
    """BED by stepping R, M' = R - mu M and Q' = R M through time: the definition, without any closed form."""
    mu = math.log(2) / repair_half_time_h
    state = np.zeros(3)
    for first, last in itertools.pairwise(breaks):
        inside = 1e-9 * (last - first)

        def change(time: float, values: np.ndarray, low: float = first + inside, high: float = last - inside):
            now = rate(min(max(time, low), high))
            return [now, now - mu * values[1], now * values[1]]

        found = solve_ivp(change, (first, last), state, rtol=1e-10, atol=1e-12, method="LSODA")
        state = found.y[:, -1]
    return float(state[0] + 2 * state[2] / alpha_beta_gy)


def test_kidney_of_the_dosimetry_notes() -> None:
    # 5 Gy, T_eff 52 h, T_rep 2.8 h, alpha/beta 2.6 Gy: 5.491 Gy to the last printed digit.
    found = biologically_effective_dose(5.0, effective_half_life_h=52.0, **KIDNEY)
    assert isinstance(found, float)
    assert round(found, 3) == 5.491


def test_one_exponential_is_the_special_case_of_cycles() -> None:
    one = mono_exponential_dose_rate(5.0, effective_half_life_h=52.0)
    assert float(biologically_effective_dose_of_cycles([one], **KIDNEY)) == pytest.approx(
        biologically_effective_dose(5.0, effective_half_life_h=52.0, **KIDNEY), rel=1e-14
    )
    assert float(lea_catcheside([one], repair_half_time_h=2.8)) == pytest.approx(2.8 / 54.8, rel=1e-14)


@pytest.mark.parametrize("course", [BIEXPONENTIAL, UPTAKE], ids=["bi-exponential", "uptake"])
def test_closed_form_agrees_with_integration(course: ExponentialDoseRate) -> None:
    expected = integrated_bed(lambda t: float(course.at(t)), breaks=[0, 5, 100, 3000], **KIDNEY)
    assert float(biologically_effective_dose_of_cycles([course], **KIDNEY)) == pytest.approx(
        expected, rel=1e-7
    )


@pytest.mark.parametrize("gap_h", [0.5, 6.0, 40.0])
def test_cycles_of_different_kinetics_agree_with_integration(gap_h: float) -> None:
    cycles = [
        BIEXPONENTIAL,
        UPTAKE.started_at(gap_h),
        mono_exponential_dose_rate(3.0, effective_half_life_h=2.8, start_h=2 * gap_h),
    ]
    expected = integrated_bed(
        lambda t: float(sum(cycle.at(t) for cycle in cycles)),
        breaks=[0, gap_h, 2 * gap_h, 300, 3000],
        **KIDNEY,
    )
    shuffled = [cycles[2], cycles[0], cycles[1]]
    for given in (cycles, shuffled):
        found = float(biologically_effective_dose_of_cycles(given, **KIDNEY))
        assert found == pytest.approx(expected, rel=1e-7)


def test_no_pole_where_repair_and_decay_are_equally_fast() -> None:
    def bed(half_life_h: float) -> float:
        cycles = [
            mono_exponential_dose_rate(4.0, effective_half_life_h=half_life_h, start_h=s) for s in (0, 5)
        ]
        return float(biologically_effective_dose_of_cycles(cycles, **KIDNEY))

    around = [bed(2.8 * (1 + step)) for step in (-1e-4, -1e-10, 0.0, 1e-10, 1e-4)]
    assert around[1] == pytest.approx(around[2], rel=1e-9)
    assert around[2] == pytest.approx(around[3], rel=1e-9)
    assert around[2] == pytest.approx((around[0] + around[4]) / 2, rel=1e-7)


def test_simultaneous_courses_are_one_course() -> None:
    halves = [mono_exponential_dose_rate(dose, effective_half_life_h=40.0) for dose in (2.0, 3.0)]
    whole = biologically_effective_dose(5.0, effective_half_life_h=40.0, **KIDNEY)
    assert float(biologically_effective_dose_of_cycles(halves, **KIDNEY)) == pytest.approx(whole, rel=1e-13)


def test_cycles_eight_weeks_apart_add_their_bed() -> None:
    cycles = [
        mono_exponential_dose_rate(5.0, effective_half_life_h=52.0, start_h=i * 56 * 24) for i in range(4)
    ]
    single = biologically_effective_dose(5.0, effective_half_life_h=52.0, **KIDNEY)
    assert float(biologically_effective_dose_of_cycles(cycles, **KIDNEY)) == pytest.approx(
        4 * single, rel=1e-6
    )


def test_acute_fractions_follow_the_incomplete_repair_model() -> None:
    # Thames, Int J Radiat Biol 1985;47:319: BED = n d (1 + (1 + h_m) d / (alpha/beta)),
    # h_m = (2/m) theta/(1-theta) (m - (1-theta^m)/(1-theta)), theta = exp(-mu dT).
    fractions, dose, gap_h = 5, 2.0, 4.0
    theta = math.exp(-math.log(2) / KIDNEY["repair_half_time_h"] * gap_h)
    h = 2 / fractions * theta / (1 - theta) * (fractions - (1 - theta**fractions) / (1 - theta))
    expected = fractions * dose * (1 + (1 + h) * dose / KIDNEY["alpha_beta_gy"])
    acute = [
        mono_exponential_dose_rate(dose, effective_half_life_h=1e-8, start_h=i * gap_h)
        for i in range(fractions)
    ]
    assert float(biologically_effective_dose_of_cycles(acute, **KIDNEY)) == pytest.approx(expected, rel=1e-7)


def test_constant_dose_rate_follows_dale() -> None:
    # Dale, Br J Radiol 1985;58:515: BED = RT (1 + 2R/(mu alpha/beta) (1 - (1 - exp(-mu T))/(mu T))).
    rate, time, mu = 0.3, 20.0, math.log(2) / KIDNEY["repair_half_time_h"]
    protracted = 2 * rate / (mu * KIDNEY["alpha_beta_gy"]) * (1 - (1 - math.exp(-mu * time)) / (mu * time))
    found = sampled_protraction([0, time, time + 1e-9], [rate, rate, 0], repair_half_time_h=2.8)
    bed = float(found.biologically_effective_dose(alpha_beta_gy=KIDNEY["alpha_beta_gy"]))
    assert bed == pytest.approx(rate * time * (1 + protracted), rel=1e-8)


@pytest.mark.parametrize("repair_half_time_h", [0.05, 1.0, 30.0])
def test_sampled_lines_are_integrated_exactly(repair_half_time_h: float) -> None:
    times, rates = [0.0, 1.0, 4.0, 30.0], [0.2, 0.9, 0.5, 0.0]
    expected = integrated_bed(
        lambda t: float(np.interp(t, times, rates)),
        breaks=times,
        alpha_beta_gy=3.0,
        repair_half_time_h=repair_half_time_h,
    )
    found = sampled_protraction(times, rates, repair_half_time_h=repair_half_time_h)
    assert float(found.biologically_effective_dose(alpha_beta_gy=3.0)) == pytest.approx(expected, rel=1e-7)


def test_sampled_curve_converges_to_the_closed_form_in_second_order() -> None:
    exact = float(lea_catcheside([BIEXPONENTIAL], repair_half_time_h=2.8))
    errors: list[float] = []
    for count in (200, 400):
        times = np.linspace(0, 400, count + 1)
        rates = np.array([float(BIEXPONENTIAL.at(time)) for time in times])
        found = sampled_protraction(times, rates, repair_half_time_h=2.8, tail_half_life_h=60.0)
        errors.append(abs(float(found.lea_catcheside) - exact))
    assert errors[1] < 2e-3 * exact
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


def test_sampled_voxels_are_each_their_own() -> None:
    times, rates = np.array([0.0, 2.0, 9.0]), np.array([[0.1, 0.5], [0.4, 0.0], [0.2, 0.1]])
    both = sampled_protraction(times, rates, repair_half_time_h=1.5, tail_half_life_h=20.0)
    for voxel in range(2):
        alone = sampled_protraction(times, rates[:, voxel], repair_half_time_h=1.5, tail_half_life_h=20.0)
        assert both.quadratic_gy2[voxel] == pytest.approx(float(alone.quadratic_gy2), rel=1e-14)
        assert both.absorbed_dose_gy[voxel] == pytest.approx(float(alone.absorbed_dose_gy), rel=1e-14)


def test_bed_maps_from_dose_maps() -> None:
    doses = np.array([[[1.0, 4.0]], [[3.0, 0.0]]])
    shapes = [UPTAKE, BIEXPONENTIAL.started_at(10.0)]
    matrix = protraction_matrix(shapes, repair_half_time_h=2.8)
    found = biologically_effective_dose_from(doses, protraction=matrix, alpha_beta_gy=2.6)
    assert found.shape == (1, 2)
    for voxel in range(2):
        cycles = [
            ExponentialDoseRate(
                shape.amplitudes_gy_h * doses[i, 0, voxel] / shape.absorbed_dose_gy,
                shape.rates_per_h,
                shape.start_h,
            )
            for i, shape in enumerate(shapes)
        ]
        assert found[0, voxel] == pytest.approx(
            float(biologically_effective_dose_of_cycles(cycles, **KIDNEY))
        )


def test_voxels_with_kinetics_of_their_own() -> None:
    dose, half_life = np.array([[2.0, 5.0]]), np.array([[30.0, 60.0]])
    cycle = mono_exponential_dose_rate(dose, effective_half_life_h=half_life)
    found = biologically_effective_dose_of_cycles([cycle], **KIDNEY)
    assert found == pytest.approx(
        biologically_effective_dose(dose, effective_half_life_h=half_life, **KIDNEY)
    )


def test_equivalent_dose_in_fractions_both_ways() -> None:
    assert equivalent_dose_in_fractions(27.0, alpha_beta_gy=2.6) == pytest.approx(27 * 2.6 / 4.6)
    assert biologically_effective_dose_of_fractions(23.0, alpha_beta_gy=2.5) == pytest.approx(41.4)
    assert equivalent_dose_in_fractions(20.0, alpha_beta_gy=10.0, fraction_gy=5.0) == pytest.approx(20 / 1.5)


def test_dose_for_a_bed_is_the_inverse() -> None:
    bed = biologically_effective_dose(23.0, effective_half_life_h=52.0, **KIDNEY)
    assert absorbed_dose_for(bed, effective_half_life_h=52.0, **KIDNEY) == pytest.approx(23.0, rel=1e-14)
    assert uniform_dose_for_bed(bed, effective_half_life_h=52.0, **KIDNEY) == pytest.approx(23.0, rel=1e-14)


def test_equivalent_uniform_dose_of_two_compartments() -> None:
    # Half the cells at 0 Gy, half at 10 Gy, alpha 0.3: EUD = -ln((1 + exp(-3)) / 2) / 0.3.
    expected = -math.log((1 + math.exp(-3)) / 2) / 0.3
    assert equivalent_uniform_dose([0.0, 10.0], alpha_per_gy=0.3) == pytest.approx(expected, rel=1e-14)
    weighted = equivalent_uniform_bed([0.0, 10.0, 99.0], alpha_per_gy=0.3, weights=[2, 2, 0])
    assert weighted == pytest.approx(expected, rel=1e-14)
    assert equivalent_uniform_dose([4e4, 5e4], alpha_per_gy=0.3) == pytest.approx(4e4 + math.log(2) / 0.3)


def test_generalised_equivalent_uniform_dose_of_two_compartments() -> None:
    doses = [2.0, 8.0]
    assert generalised_equivalent_uniform_dose(doses, exponent=1) == pytest.approx(5.0)
    assert generalised_equivalent_uniform_dose(doses, exponent=2) == pytest.approx(math.sqrt(34))
    assert generalised_equivalent_uniform_dose(doses, exponent=-1) == pytest.approx(3.2)
    assert generalised_equivalent_uniform_dose(doses, exponent=500) == pytest.approx(8.0, rel=2e-3)
    assert generalised_equivalent_uniform_dose([0.0, 8.0], exponent=-10) == 0.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: biologically_effective_dose(-1.0, effective_half_life_h=52.0, **KIDNEY), "absorbed_dose_gy"),
        (
            lambda: biologically_effective_dose(math.nan, effective_half_life_h=52.0, **KIDNEY),
            "absorbed_dose_gy",
        ),
        (
            lambda: biologically_effective_dose(1.0, effective_half_life_h=0.0, **KIDNEY),
            "effective_half_life_h",
        ),
        (lambda: biologically_effective_dose_of_cycles([], **KIDNEY), "courses"),
        (lambda: equivalent_dose_in_fractions(1.0, alpha_beta_gy=0.0), "alpha_beta_gy"),
        (lambda: ExponentialDoseRate(np.array([-1.0, 0.5]), np.array([0.1, 0.2])), "amplitudes_gy_h"),
        (lambda: ExponentialDoseRate(np.array([1.0]), np.array([-0.1])), "rates_per_h"),
        (lambda: uptake_dose_rate(1.0, uptake_half_time_h=50, effective_half_life_h=5), "uptake_half_time_h"),
        (lambda: sampled_protraction([0, 2, 1], [1, 1, 0], repair_half_time_h=1), "times_h"),
        (lambda: sampled_protraction([0, 1], [1, 1], repair_half_time_h=1), "tail_half_life_h"),
        (lambda: sampled_protraction([0, 1], [1, -1], repair_half_time_h=1), "dose_rates_gy_h"),
        (
            lambda: lea_catcheside(
                [mono_exponential_dose_rate(0.0, effective_half_life_h=1)], repair_half_time_h=1
            ),
            "G",
        ),
        (lambda: equivalent_uniform_dose([], alpha_per_gy=0.3), "weights"),
        (lambda: generalised_equivalent_uniform_dose([1.0], exponent=0), "exponent"),
    ],
)
def test_refusals_name_what_is_wrong(call: Callable[[], object], name: str) -> None:
    with pytest.raises(InputError, match=name):
        call()
