"""The inverse problem of radioligand therapy: against hand-computed limits, closed forms and plain sampling."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import beta, norm

from nelm.errors import InputError
from nelm.knowledge import load_knowledge
from nelm.physics.biology import absorbed_dose_for, biologically_effective_dose
from nelm.therapies.prrt.activity import ActivityPlan, Limit, Quantity, activity_plan
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.organ_dose import (
    LogNormal,
    MeasuredDose,
    Organ,
    Tissue,
    cycles_known,
    normal_points,
    sampled_cycles,
)
from nelm.therapies.prrt.organ_limits import (
    KIDNEYS,
    dose_limits,
    dotatate_organs,
    edotreotide_organs,
    kidney_populations,
    kidney_tissue,
    limits_of,
    population,
)

KNOWN = load_knowledge().record(PrrtKnowledge, "prrt")
TISSUE = kidney_tissue(KNOWN)
SAMPLES = 400_000
RULE = 0.002
"""Error of the fixed points, as measured against a million samples; the sampling error comes on top."""


def plan(organs: list[Organ], limits: list[Limit], **changed: object) -> ActivityPlan:
    """Four cycles of 7.4 GBq with 95 % unless said otherwise."""
    asked: dict = {"activity_gbq": 7.4, "cycles": 4, "confidence": 0.95, "most_cycles": 9, **changed}
    return activity_plan(organs, limits, **asked)


def dose_limit(value_gy: float, organ: str = KIDNEYS, **changed: object) -> Limit:
    """A limit of absorbed dose."""
    return Limit(f"{organ} {value_gy:g}", organ, Quantity.ABSORBED_DOSE, value_gy, **changed)  # type: ignore[arg-type]


def bed_limit(value_gy: float) -> Limit:
    """A limit of biologically effective dose of the kidneys."""
    return Limit(f"BED {value_gy:g}", KIDNEYS, Quantity.BED, value_gy)


def certain(gy_per_gbq: float, name: str = KIDNEYS) -> Organ:
    """An organ without any spread."""
    return Organ(name, LogNormal(gy_per_gbq), tissue=TISSUE)


def test_without_spread_it_is_a_division() -> None:
    """K-22: 4 x 7.4 GBq at 0.47 Gy/GBq is 13.9 Gy; 23 Gy allow 6 cycles, or 4 of 12.2 GBq."""
    found = plan([certain(0.47)], [dose_limit(23)])
    assert found.organs[0].total_gy.mean == pytest.approx(13.912, rel=1e-12)
    assert found.organs[0].total_gy.low == pytest.approx(found.organs[0].total_gy.high)
    assert found.largest_cycles == math.floor(23 / (7.4 * 0.47)) == 6
    assert found.largest_activity_gbq == pytest.approx(23 / (4 * 0.47), rel=1e-12)
    assert (found.probability_kept, found.limits[0].probability_exceeded) == (1.0, 0.0)


@pytest.mark.parametrize(("gy_per_gbq", "bed_gy"), [(0.47, 14.9), (0.8, 26.5)])
def test_published_vectors_of_the_biologically_effective_dose(gy_per_gbq: float, bed_gy: float) -> None:
    """K-24: 4 x 3.478 Gy is a BED of 14.9 Gy, 4 x 5.92 Gy of 26.5 Gy (printed to one decimal)."""
    bed = plan([certain(gy_per_gbq)], [bed_limit(40)]).organs[0].total_bed_gy
    assert bed is not None
    assert bed.mean == pytest.approx(bed_gy, abs=0.05)


def test_bed_is_that_of_the_physics_both_ways() -> None:
    """Each cycle for itself; the inverse of one cycle is `absorbed_dose_for`."""
    physics = {"alpha_beta_gy": 2.6, "repair_half_time_h": 2.8, "effective_half_life_h": 51.0}
    found = plan([certain(0.6)], [bed_limit(28)])
    assert found.limits[0].projected_gy.mean == pytest.approx(
        4 * biologically_effective_dose(7.4 * 0.6, **physics), rel=1e-12
    )
    one = plan([certain(0.6)], [bed_limit(28)], cycles=1).largest_activity_gbq
    assert one == pytest.approx(absorbed_dose_for(28.0, **physics) / 0.6, rel=1e-12)
    four = plan([certain(0.6)], [bed_limit(28)]).largest_activity_gbq
    assert four is not None
    assert 4 * biologically_effective_dose(four * 0.6, **physics) == pytest.approx(28, rel=1e-12)


def test_cycles_that_are_all_alike_have_a_closed_form() -> None:
    """Without spread between cycles the sum is log-normal: its quantile and its tail are known."""
    prior = LogNormal.from_mean_and_sd(mean=0.38, sd=0.19)
    found = plan([Organ(KIDNEYS, prior)], [dose_limit(23)])
    exact = norm.sf((math.log(23 / 29.6) - prior.log_mean) / prior.log_sd)
    assert found.limits[0].probability_exceeded == pytest.approx(exact, abs=2e-4)
    assert found.largest_activity_gbq == pytest.approx(23 / (4 * prior.quantile(0.95)), rel=1e-3)
    assert found.organs[0].total_gy.high == pytest.approx(29.6 * prior.quantile(0.975), rel=1e-3)


def spread_kidneys(**changed: object) -> Organ:
    """Kidneys with spread in everything."""
    tissue = Tissue(LogNormal(2.6, 1.3), LogNormal(2.8, 1.3), LogNormal(51, 1.2))
    prior = LogNormal.from_mean_and_sd(mean=0.5, sd=0.2)
    return replace(Organ(KIDNEYS, prior, 0.2, tissue), **changed)  # type: ignore[arg-type]


def drawn(organ: Organ, cycles: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Dose per activity of every cycle (samples, cycles) and G / (alpha/beta), drawn straight from the model."""
    rng = np.random.default_rng(seed)
    level = organ.population.log_mean + organ.patient_log_sd * rng.standard_normal((SAMPLES, 1))
    doses = np.exp(level + organ.cycle_log_sd * rng.standard_normal((SAMPLES, cycles)))
    if organ.tissue is None:
        return doses, np.zeros(SAMPLES)
    alpha_beta, repair, half_life = (
        part.geometric_mean * part.geometric_sd ** rng.standard_normal(SAMPLES)
        for part in (
            organ.tissue.alpha_beta_gy,
            organ.tissue.repair_half_time_h,
            organ.tissue.effective_half_life_h,
        )
    )
    return doses, repair / (repair + half_life) / alpha_beta


def within(probability: float, samples: float = SAMPLES) -> float:
    """Four standard errors of a sampled probability, and the error of the rule."""
    return 4 * math.sqrt(probability * (1 - probability) / samples) + RULE


@pytest.mark.parametrize("cycles", [1, 4, 7])
def test_probabilities_before_dosimetry_against_sampling(cycles: int) -> None:
    doses, quadratic = drawn(spread_kidneys(), cycles, seed=20261126)
    given = 7.4 * doses
    bed = given.sum(axis=1) + quadratic * (given**2).sum(axis=1)
    found = plan([spread_kidneys()], [dose_limit(23), bed_limit(28)], cycles=cycles)
    for one, values in zip(found.limits, (given.sum(axis=1), bed), strict=True):
        sampled = float((values > one.limit.value_gy).mean())
        assert one.probability_exceeded == pytest.approx(sampled, abs=within(sampled))
        assert one.projected_gy.median == pytest.approx(np.median(values), rel=0.01)
        assert one.projected_gy.high == pytest.approx(np.quantile(values, 0.975), rel=0.015)
    both = float(((given.sum(axis=1) <= 23) & (bed <= 28)).mean())
    assert found.probability_kept == pytest.approx(both, abs=within(both))


def test_largest_activity_and_cycles_against_sampling() -> None:
    """The activity found keeps the limit at the confidence, and a percent more does not; so does one cycle more."""
    found = plan([spread_kidneys()], [bed_limit(28)], confidence=0.9)
    assert found.largest_activity_gbq is not None
    doses, quadratic = drawn(spread_kidneys(), 9, seed=7)

    def kept(activity_gbq: float, cycles: int) -> float:
        given = activity_gbq * doses[:, :cycles]
        return float((given.sum(axis=1) + quadratic * (given**2).sum(axis=1) <= 28).mean())

    assert kept(found.largest_activity_gbq, 4) == pytest.approx(0.9, abs=within(0.9))
    assert kept(7.4, found.largest_cycles) >= 0.9 - within(0.9)
    assert kept(7.4, found.largest_cycles + 1) < 0.9 + within(0.9)


def test_after_dosimetry_against_weighted_sampling() -> None:
    """Sampling from the prior, weighted by the likelihood of what was measured, knows nothing of equation (1)."""
    measured = (MeasuredDose(1, 0.9, 0.13), MeasuredDose(2, 0.8, 0.19))
    shared = 0.05
    organ = spread_kidneys(measured=measured, shared_relative_sd=shared)
    doses, quadratic = drawn(organ, 5, seed=11)
    rng = np.random.default_rng(12)
    common = math.sqrt(math.log1p(shared**2)) * rng.standard_normal(SAMPLES)
    weights = np.ones(SAMPLES)
    for one in measured:
        miss = math.log(one.gy_per_gbq) - np.log(doses[:, one.cycle - 1]) - common
        weights *= np.exp(-(miss**2) / 2 / math.log1p(one.relative_sd**2))
    weights /= weights.sum()
    size = 1 / (weights**2).sum()
    assert size > 10_000
    known = cycles_known(organ, cycles=5)
    logs = np.log(doses)
    mean = weights @ logs
    assert known.log_mean == pytest.approx(mean, abs=5 * 0.3 / math.sqrt(size))
    covariance = (logs - mean).T @ (weights[:, None] * (logs - mean))
    assert known.log_covariance == pytest.approx(covariance, abs=0.003)
    given = np.array([7.4, 7.4, 6.0, 6.0, 6.0]) * doses
    bed = given.sum(axis=1) + quadratic * (given**2).sum(axis=1)
    exceeded = float(weights @ (bed > 28))
    found = plan([organ], [bed_limit(28)], activity_gbq=6.0, cycles=3, given_gbq=(7.4, 7.4))
    assert found.limits[0].probability_exceeded == pytest.approx(exceeded, abs=within(exceeded, size))
    assert 0.1 < exceeded < 0.9


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shrinkage_of_equal_measurements(count: int) -> None:
    """n s_b^2 / (n s_b^2 + s_w^2 + u^2) of the way from the population to the mean of the measurements."""
    organ = spread_kidneys()
    error = 0.15
    measured = tuple(MeasuredDose(cycle + 1, 0.8, error) for cycle in range(count))
    known = cycles_known(replace(organ, measured=measured), cycles=count + 1)
    between, other = organ.patient_log_sd**2, organ.cycle_log_sd**2 + math.log1p(error**2)
    weight = count * between / (count * between + other)
    way = (known.log_mean[-1] - organ.population.log_mean) / (math.log(0.8) - organ.population.log_mean)
    assert way == pytest.approx(weight, rel=1e-10)
    assert known.own_weight == pytest.approx(weight, rel=1e-10)
    left = between * (1 - weight)
    assert known.log_covariance[-1, -1] == pytest.approx(left + organ.cycle_log_sd**2, rel=1e-10)


def test_future_cycles_are_correlated_through_the_patient_alone() -> None:
    """Mean and variance of the sum of n correlated log-normal cycles in closed form."""
    organ, cycles = spread_kidneys(tissue=None), 4
    doses = sampled_cycles(organ, cycles=cycles).gy_per_gbq.sum(axis=1)
    total, between = organ.population.log_sd**2, organ.patient_log_sd**2
    square = organ.population.geometric_mean**2
    mean = cycles * organ.population.geometric_mean * math.exp(total / 2)
    second = square * math.exp(total) * (cycles * math.exp(total) + cycles * (cycles - 1) * math.exp(between))
    assert doses.mean() == pytest.approx(mean, rel=2e-3)
    assert doses.var() == pytest.approx(second - mean**2, rel=0.02)


def test_exact_measurements_leave_only_the_cycle_to_cycle_spread() -> None:
    organ = spread_kidneys(measured=(MeasuredDose(1, 0.7, 0.0),))
    found = plan([organ], [dose_limit(23)], given_gbq=(7.4,), cycles=1)
    given = found.organs[0].given_gy
    assert (given.low, given.high) == (pytest.approx(7.4 * 0.7), pytest.approx(7.4 * 0.7))
    assert 0 < found.organs[0].own_weight < 1


def test_own_dosimetry_moves_and_narrows_the_answer() -> None:
    before = plan([spread_kidneys()], [bed_limit(28)], given_gbq=(7.4,), cycles=3)
    low, high = (
        plan(
            [spread_kidneys(measured=(MeasuredDose(1, dose, 0.13),))],
            [bed_limit(28)],
            given_gbq=(7.4,),
            cycles=3,
        )
        for dose in (0.2, 1.0)
    )
    assert low.probability_kept > before.probability_kept > high.probability_kept
    assert low.largest_cycles > before.largest_cycles > high.largest_cycles

    def relative(found: ActivityPlan) -> float:
        return found.organs[0].total_gy.high / found.organs[0].total_gy.low

    assert max(relative(low), relative(high)) < relative(before)


def test_more_activity_and_more_cycles_never_help() -> None:
    activities = (1.0, 3.7, 5.0, 7.4, 11.0)
    found = plan([spread_kidneys()], [bed_limit(28)], table_activities_gbq=activities)
    grid = np.array([cell.probability_kept for cell in found.table]).reshape(9, len(activities))
    assert (np.diff(grid, axis=0) <= 0).all() and (np.diff(grid, axis=1) <= 0).all()
    assert {cell.keeps for cell in found.table} == {True, False}
    assert all(cell.keeps == (cell.probability_kept >= 0.95) for cell in found.table)
    column = [cell.keeps for cell in found.table if cell.activity_gbq == 7.4]
    assert column.index(False) == found.largest_cycles


def test_organs_are_independent_and_the_nearest_limit_is_named() -> None:
    kidneys, liver = Organ(KIDNEYS, LogNormal(0.5, 1.4)), Organ("liver", LogNormal(0.8, 1.2))
    limits = [dose_limit(23), dose_limit(30, "liver")]
    found = plan([kidneys, liver], limits)
    alone = [1 - one.probability_exceeded for one in found.limits]
    assert found.probability_kept == pytest.approx(alone[0] * alone[1], abs=1e-9)
    assert found.largest_activity_gbq is not None
    assert found.largest_activity_gbq < min(one.largest_activity_gbq for one in found.limits)
    tail = [norm.cdf(math.log(23 / (4 * found.largest_activity_gbq * 0.5)) / math.log(1.4)),
            norm.cdf(math.log(30 / (4 * found.largest_activity_gbq * 0.8)) / math.log(1.2))]  # fmt: skip
    assert tail[0] * tail[1] == pytest.approx(0.95, abs=RULE)
    assert found.limited_by == "kidneys 23"


def test_a_limit_that_does_not_bind_is_shown_and_restricts_nothing() -> None:
    """K-25, trap 47: the marrow."""
    marrow = Organ("red marrow", LogNormal.from_mean_and_sd(mean=0.067, sd=0.007))
    shown = dose_limit(2, "red marrow", binding=False)
    found = plan([certain(0.47), marrow], [dose_limit(23), shown])
    without = plan([certain(0.47)], [dose_limit(23)])
    assert found.largest_activity_gbq == without.largest_activity_gbq
    assert (found.probability_kept, found.largest_cycles) == (1.0, without.largest_cycles)
    assert 0.3 < found.limits[1].probability_exceeded < 0.6
    asked = plan([certain(0.47), marrow], [dose_limit(23), replace(shown, binding=True)])
    assert asked.largest_cycles < found.largest_cycles
    assert asked.limited_by == shown.name
    nothing = plan([marrow], [shown])
    assert (nothing.largest_activity_gbq, nothing.limited_by, nothing.largest_cycles) == (None, None, 9)


def test_a_limit_that_is_already_exceeded_leaves_nothing() -> None:
    organ = replace(certain(0.5), measured=())
    found = plan([organ], [dose_limit(23)], given_gbq=(7.4,) * 7, cycles=1)
    assert (found.probability_kept, found.largest_cycles, found.largest_activity_gbq) == (0.0, 0, 0.0)


def test_the_same_question_has_the_same_answer() -> None:
    first = plan([spread_kidneys()], [bed_limit(28)])
    sampled_cycles.cache_clear()
    assert plan([spread_kidneys()], [bed_limit(28)]) == first


def test_fixed_points_are_normal() -> None:
    """Up to 9 given and 7 further cycles: every column exact, any two of them uncorrelated to one percent."""
    points = normal_points(16)
    assert points.mean(axis=0) == pytest.approx(np.zeros(16), abs=1e-9)
    assert np.cov(points.T) == pytest.approx(np.eye(16), abs=0.01)
    assert len(np.unique(points[:, 5])) == len(points)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"limits": [dose_limit(23, "heart")]}, "one of kidneys"),
        ({"organs": [Organ(KIDNEYS, LogNormal(0.5))]}, "tissue"),
        ({"organs": [spread_kidneys(measured=(MeasuredDose(2, 0.5, 0.1),))]}, "0 cycles given"),
        ({"cycles": 0}, "one further cycle"),
        ({"activity_gbq": 0.0}, "above zero"),
        ({"confidence": 1.0}, "between 0 and 1"),
    ],
)
def test_questions_that_make_no_sense_are_refused(changed: dict, message: str) -> None:
    asked = {"organs": [certain(0.5)], "limits": [bed_limit(28)], **changed}
    with pytest.raises(InputError, match=message):
        plan(asked.pop("organs"), asked.pop("limits"), **asked)


def test_impossible_organs_are_refused() -> None:
    with pytest.raises(InputError, match="at most the spread"):
        Organ(KIDNEYS, LogNormal(0.5, 1.1), cycle_log_sd=0.2)
    with pytest.raises(InputError, match="1 or more"):
        LogNormal(0.5, 0.9)
    with pytest.raises(InputError, match="one measurement a cycle"):
        spread_kidneys(measured=(MeasuredDose(1, 0.5, 0.1), MeasuredDose(1, 0.6, 0.1)))


def test_spread_between_cycles_follows_from_2_of_77() -> None:
    """The entry is recomputed: with cycle 1 alone, 2 of 77 kidney totals were wrong by more than 30 %.

    The ratio of estimate to truth has the logarithm w_1 - mean of w, of variance s_w^2 (1 - 1/n) over n cycles
    (147 cycles of 39 patients); beyond 30 % to either side lies 2/77, and at the ends of its interval 0.3 and 9.1 %.
    """

    def spread(share: float) -> float:
        def beyond(sd: float) -> float:
            return float(norm.sf(math.log(1.3) / sd) + norm.sf(-math.log(0.7) / sd)) - share

        return float(brentq(beyond, 0.03, 1.0)) / math.sqrt(1 - 39 / 147)

    entry = KNOWN.kidney_cycle_spread
    shares = (float(beta.ppf(0.025, 2, 76)), 2 / 77, float(beta.ppf(0.975, 3, 75)))
    assert [entry.low, entry.number, entry.high] == pytest.approx([spread(one) for one in shares], abs=0.005)


def test_populations_keep_mean_and_standard_deviation() -> None:
    for name, mean, sd in (
        ("80 cycles, SPECT", 0.38, 0.19),
        ("12 patients, SPECT", 0.43, 0.13),
        ("61 patients, planar", 0.57, 0.09),
        ("label, recalled", 0.654, 0.295),
    ):
        prior = population(kidney_populations(KNOWN)[name])
        assert prior.geometric_mean * math.exp(prior.log_sd**2 / 2) == pytest.approx(mean)
        assert mean * math.sqrt(math.expm1(prior.log_sd**2)) == pytest.approx(sd)


@pytest.mark.parametrize(("risk", "binding"), [(True, {28}), (False, {40}), (None, {28})])
def test_the_kidney_limit_that_fits_the_patient_binds(risk: bool | None, binding: set[float]) -> None:
    """K-23, K-26: the stricter one while the risk factors are unknown; the marrow never."""
    limits = dose_limits(KNOWN, kidney_risk=risk)
    assert {one.value_gy for one in limits if one.binding and one.organ == KIDNEYS} == binding
    assert not [one for one in limits if one.binding and one.organ == "red marrow"]
    assert all(one.entry is not None and one.entry.number == one.value_gy for one in limits)


def test_standard_courses_from_the_populations() -> None:
    """Means as published; edotreotide has kidneys only."""
    for organs, activity in ((dotatate_organs(KNOWN), 7.4), (edotreotide_organs(KNOWN), 7.5)):
        limits = limits_of(organs, dose_limits(KNOWN, kidney_risk=None))
        found = activity_plan(organs, limits, activity_gbq=activity, cycles=4, confidence=0.95, most_cycles=9)
        for organ in found.organs:
            source = next(one for one in organs if one.name == organ.name)
            assert organ.total_gy.mean == pytest.approx(4 * activity * source.entries[0].number, rel=0.003)
        assert found.largest_cycles >= 4
    assert len(edotreotide_organs(KNOWN)) == 1
