"""Dose over courses: sums, correlation of what courses share, and propagation against Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.physics.biology import (
    Course,
    accumulated_dose,
    biologically_effective_dose,
    mono_exponential_dose_rate,
    quadratic_matrix,
)

LIVER = {"alpha_beta_gy": 2.5, "repair_half_time_h": 2.5}
PRRT_H, Y90_H = 60.0, 64.1


def course(
    name: str, dose: float, *, start_h: float, half_life_h: float = PRRT_H, **errors: object
) -> Course:
    """A mono-exponential course."""
    rate = mono_exponential_dose_rate(dose, effective_half_life_h=half_life_h, start_h=start_h)
    return Course(name, rate, **errors)  # pyright: ignore[reportArgumentType]


def test_prrt_then_radioembolisation_adds_dose_and_bed() -> None:
    found = accumulated_dose(
        [course("Y-90", 40.0, start_h=5000, half_life_h=Y90_H), course("PRRT", 2.0, start_h=0)], **LIVER
    )
    assert found.names == ("PRRT", "Y-90")
    assert found.absorbed_doses_gy.tolist() == pytest.approx([2.0, 40.0])
    separately = biologically_effective_dose(2.0, effective_half_life_h=PRRT_H, **LIVER)
    separately += biologically_effective_dose(40.0, effective_half_life_h=Y90_H, **LIVER)
    assert found.bed_gy == pytest.approx(separately, rel=1e-9)
    assert found.interaction_gy == pytest.approx(0, abs=1e-9)
    assert found.eqd2_gy == pytest.approx(separately / (1 + 2 / 2.5))
    assert (found.absorbed_dose_sd_gy, found.bed_sd_gy) == (0.0, 0.0)


def test_courses_close_together_interact() -> None:
    found = accumulated_dose([course("a", 20.0, start_h=0), course("b", 20.0, start_h=24)], **LIVER)
    assert found.interaction_gy > 1.0


def test_what_courses_share_adds_and_what_they_do_not_share_adds_in_squares() -> None:
    shared = [course(str(i), 5.0, start_h=1344 * i, relative_shared_sd={"camera A": 0.1}) for i in range(4)]
    assert accumulated_dose(shared, **LIVER).absorbed_dose_sd_gy == pytest.approx(2.0)
    alone = [course(str(i), 5.0, start_h=1344 * i, relative_random_sd=0.1) for i in range(4)]
    assert accumulated_dose(alone, **LIVER).absorbed_dose_sd_gy == pytest.approx(1.0)
    two = [
        course(str(i), 5.0, start_h=1344 * i, relative_shared_sd={f"camera {'AB'[i % 2]}": 0.1})
        for i in range(4)
    ]
    assert accumulated_dose(two, **LIVER).absorbed_dose_sd_gy == pytest.approx(math.sqrt(2))
    assert accumulated_dose(two, **LIVER).dose_covariance_gy2[0, 1] == 0.0
    assert accumulated_dose(two, **LIVER).dose_covariance_gy2[0, 2] == pytest.approx(0.25)


def test_propagation_agrees_with_monte_carlo() -> None:
    # 2e5 samples know a standard deviation to 0.16 %; the rest of the 2 % is the curvature of BED.
    generator, size = np.random.default_rng(3), 200_000
    camera, factor = 0.05 * generator.standard_normal((2, size))
    ratio = 2.5 + 0.1 * generator.standard_normal(size)
    doses, starts, half_lives = (12.0, 15.0, 30.0), (0.0, 30.0, 3000.0), (60.0, 55.0, 64.1)
    covariance = np.array([[0.06**2, 0.5 * 0.06 * 0.04], [0.5 * 0.06 * 0.04, 0.04**2]])
    sampled = []
    for index, (dose, start, half_life) in enumerate(zip(doses, starts, half_lives, strict=True)):
        own, stretch = generator.multivariate_normal([0, 0], covariance, size).T
        common = camera if index < 2 else factor
        sampled.append(
            mono_exponential_dose_rate(
                dose * (1 + own + common), effective_half_life_h=half_life * (1 + stretch), start_h=start
            )
        )
    repair = 2.5
    quadratic = quadratic_matrix(sampled, repair_half_time_h=repair).sum(axis=(0, 1))
    bed = sum(each.absorbed_dose_gy for each in sampled) + quadratic / ratio
    found = accumulated_dose(
        [
            course(
                str(i),
                dose,
                start_h=starts[i],
                half_life_h=half_lives[i],
                relative_random_sd=0.06,
                relative_shared_sd={"camera" if i < 2 else "factor": 0.05},
                half_life_relative_sd=0.04,
                dose_half_life_correlation=0.5,
            )
            for i, dose in enumerate(doses)
        ],
        alpha_beta_sd_gy=0.1,
        **LIVER,
    )
    assert found.bed_sd_gy == pytest.approx(float(np.std(bed)), rel=0.02)
    assert found.eqd2_sd_gy == pytest.approx(float(np.std(bed / (1 + 2 / ratio))), rel=0.02)
    assert found.bed_gy == pytest.approx(float(np.mean(bed)), rel=0.005)


def test_repair_and_ratio_move_the_bed_as_their_derivatives_say() -> None:
    # One course: dBED/dT_rep = D^2 / (a/b) T_eff / (T_rep + T_eff)^2, dBED/d(a/b) = -g D^2 / (a/b)^2.
    one = [course("one", 30.0, start_h=0)]
    repair = accumulated_dose(one, repair_half_time_sd_h=0.5, **LIVER).bed_sd_gy
    assert repair == pytest.approx(0.5 * 900 / 2.5 * PRRT_H / (2.5 + PRRT_H) ** 2, rel=1e-6)
    ratio = accumulated_dose(one, alpha_beta_sd_gy=0.5, **LIVER).bed_sd_gy
    assert ratio == pytest.approx(0.5 * 2.5 / 62.5 * 900 / 2.5**2, rel=1e-6)


def test_refusals_name_what_is_wrong() -> None:
    with pytest.raises(InputError, match="courses"):
        accumulated_dose([], **LIVER)
    with pytest.raises(InputError, match="relative_random_sd"):
        course("one", 1.0, start_h=0, relative_random_sd=-0.1)
    with pytest.raises(InputError, match="camera"):
        course("one", 1.0, start_h=0, relative_shared_sd={"camera": math.nan})
    with pytest.raises(InputError, match="dose_half_life_correlation"):
        course("one", 1.0, start_h=0, dose_half_life_correlation=2.0)
    with pytest.raises(InputError, match="voxels"):
        Course("map", mono_exponential_dose_rate(np.ones((1, 2)), effective_half_life_h=1.0))
