"""The dose ledger: what it refuses, what sums hold, what errors share, what is missing."""

from __future__ import annotations

import itertools
import math
import random as chance
from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.ledgers import FIRST, RESIN, both_therapies, entry, kidneys, liver, region

from nelm.dosimetry.accumulation import (
    NOT_ONE_EFFECT,
    AccumulatedRegion,
    LesionIdentity,
    accumulated,
)
from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.ledger import (
    CourseKind,
    DoseMapPlace,
    Ledger,
    energy_gy_kg_per_gbq,
    with_entry,
    with_replaced,
)
from nelm.dosimetry.ledger_region import LedgerRegion, joined
from nelm.dosimetry.regions import RegionKind
from nelm.errors import InputError
from nelm.imaging.registration import RigidTransform

LIVER = RegionKind.LIVER_WITHOUT_LESIONS
KIDNEY = Tissue(2.6, 2.8)
TISSUES = {RegionKind.KIDNEYS: KIDNEY, LIVER: Tissue(2.5, 2.5)}


def of(ledger: Ledger, kind: RegionKind) -> AccumulatedRegion:
    (found,) = [one for one in accumulated(ledger, tissues=TISSUES) if one.target.kind is kind]
    return found


def relative_sd(ledger: Ledger) -> float:
    total = of(ledger, RegionKind.KIDNEYS).total
    assert total is not None
    return total.absorbed_dose_relative_sd


def test_doses_add_by_hand() -> None:
    ledger = both_therapies()
    total = of(ledger, LIVER)
    assert total.total is not None and total.total.absorbed_dose_gy.value == pytest.approx(
        2.0 + 1.8 + 28 + 12
    )
    assert total.by_kind[CourseKind.PRRT].absorbed_dose_gy.value == pytest.approx(3.8)
    assert total.by_kind[CourseKind.RADIOEMBOLISATION].absorbed_dose_gy.value == pytest.approx(40.0)
    assert NOT_ONE_EFFECT in total.remarks and not total.is_lower_bound
    # each course for itself, 5 weeks apart and more: D (1 + D/2.5 * T_rep / (T_rep + T_eff))
    bed = sum(d * (1 + d / 2.5 * 2.5 / (2.5 + t)) for d, t in ((2, 70), (1.8, 70), (28, 64.1), (12, 64.1)))
    assert total.total.bed_gy is not None and total.total.bed_gy.value == pytest.approx(bed, rel=2e-4)
    assert total.total.eqd2_gy is not None and total.total.eqd2_gy.value == pytest.approx(bed / 1.8, rel=2e-4)


def test_one_cause_adds_linearly_and_independent_errors_in_squares() -> None:
    def cycles(count: int, **errors: float) -> Ledger:
        return Ledger(
            tuple(entry("c", i, kidneys(4.0, **errors), after_h=1000 * i) for i in range(1, count + 1))
        )

    assert relative_sd(cycles(4, camera=0.1)) == pytest.approx(0.1)
    assert relative_sd(cycles(4, random=0.1)) == pytest.approx(0.05)
    assert relative_sd(cycles(9, random=0.12, camera=0.05)) == pytest.approx(math.hypot(0.04, 0.05))


def test_the_interval_agrees_with_monte_carlo() -> None:
    # 4e5 samples know the standard deviation to 0.11 %; 1 % leaves room for the curvature of the BED.
    ledger = both_therapies()
    generator, size = np.random.default_rng(7), 400_000
    camera, pet = generator.standard_normal((2, size))
    own = generator.standard_normal((4, size))
    doses = np.array(
        [
            2.0 * (1 + 0.04 * camera),
            1.8 * (1 + 0.04 * camera),
            28 * (1 + 0.05 * pet + 0.08 * own[2]),
            12 * (1 + 0.05 * pet + 0.1 * own[3]),
        ]
    )
    total = of(ledger, LIVER).total
    assert total is not None and total.bed_relative_sd is not None
    sampled = doses.sum(axis=0)
    assert total.absorbed_dose_relative_sd == pytest.approx(sampled.std() / 43.8, rel=0.01)
    half_lives = np.array([70, 70, 64.1, 64.1])[:, None]
    bed = (doses * (1 + doses / 2.5 * 2.5 / (2.5 + half_lives))).sum(axis=0)
    assert total.bed_relative_sd == pytest.approx(bed.std() / bed.mean(), rel=0.01)
    # the limits hold 95 % of the sampled sums
    low, high = total.absorbed_dose_gy.low, total.absorbed_dose_gy.high
    assert np.mean((sampled > low) & (sampled < high)) == pytest.approx(0.95, abs=0.003)


@pytest.mark.parametrize("apart_h", [0.5, 24.0, 200.0])
def test_bed_over_both_therapies_agrees_with_an_integration_of_damage(apart_h: float) -> None:
    # dM/dt = R - mu M, BED = D + 2/(alpha/beta) integral of R M; solved numerically, tolerance that of the solver
    prrt, spheres = (2.0, 70.0, 0.0), (30.0, 64.1, apart_h)
    mu = math.log(2) / 2.5

    def rate(time: float) -> float:
        return sum(
            dose * math.log(2) / half * 2 ** (-(time - start) / half) if time >= start else 0.0
            for dose, half, start in (prrt, spheres)
        )

    def slope(time: float, state: np.ndarray) -> list[float]:
        return [rate(time) - mu * state[0], rate(time) * state[0]]

    state = np.zeros(2)
    for begin, end in ((0.0, apart_h), (apart_h, apart_h + 3000.0)):
        solved = solve_ivp(slope, (begin, end), state, rtol=1e-9, atol=1e-10, method="LSODA", first_step=1e-4)
        state = solved.y[:, -1]
    expected = 32.0 + 2 / 2.5 * state[1]
    ledger = Ledger(
        (
            entry(
                "tare", 1, liver(30.0, half_life_h=64.1), after_h=apart_h, option=RESIN, activity_mbq=1500.0
            ),
            entry("prrt", 1, liver(2.0, half_life_h=70.0)),
        )
    )
    total = of(ledger, LIVER).total
    assert total is not None and total.bed_gy is not None and total.interaction_gy is not None
    assert total.bed_gy.value == pytest.approx(expected, rel=1e-5)
    separately = sum(d * (1 + d / 2.5 * 2.5 / (2.5 + t)) for d, t in ((2, 70), (30, 64.1)))
    assert total.interaction_gy == pytest.approx(total.bed_gy.value - separately, abs=1e-9)


def test_the_order_of_entries_changes_nothing() -> None:
    ledger = both_therapies()
    expected = accumulated(ledger, tissues=TISSUES)
    for order in itertools.permutations(ledger.entries):
        one = Ledger((), ledger.case)
        for item in order:
            one = with_entry(one, item)
        assert one == ledger
        assert accumulated(one, tissues=TISSUES) == expected
    shuffled = list(ledger.entries[1].regions)
    chance.Random(1).shuffle(shuffled)
    assert replace(ledger.entries[1], regions=tuple(shuffled)) == ledger.entries[1]


def test_a_missing_region_makes_the_sum_a_lower_bound() -> None:
    ledger = both_therapies()
    found = of(ledger, RegionKind.KIDNEYS)
    assert found.missing == (("tare-1/1", "not outlined"), ("tare-1/2", "not outlined"))
    assert found.is_lower_bound
    unknown = replace(ledger.entries[0], regions=(kidneys(None),))
    again = of(with_replaced(ledger, unknown), RegionKind.KIDNEYS)
    assert again.missing[0] == ("prrt-1/1", "the image does not hold all of it")
    assert again.total is not None and again.total.absorbed_dose_gy.value == pytest.approx(3.0)
    only = of(Ledger((unknown,)), RegionKind.KIDNEYS)
    assert only.total is None and only.by_kind == {} and only.is_lower_bound


def test_liver_with_and_without_lesions_are_never_mixed() -> None:
    whole = region("liver", RegionKind.LIVER_WITH_LESIONS, 9.0, mass_g=1600)
    ledger = Ledger((entry("a", 1, liver(2.0, half_life_h=70)), entry("a", 2, whole, after_h=900)))
    assert of(ledger, LIVER).missing == (("a/2", "not outlined"),)
    assert of(ledger, RegionKind.LIVER_WITH_LESIONS).missing == (("a/1", "not outlined"),)


def test_lesions_are_one_by_their_identity_or_by_the_name_that_the_user_vouches_for() -> None:
    ledger = both_therapies()
    (lesion,) = [one for one in accumulated(ledger, tissues={}) if one.target.kind is RegionKind.LESION]
    assert lesion.total is not None and lesion.total.absorbed_dose_gy.value == pytest.approx(150.0)
    assert lesion.missing[0] == ("prrt-1/1", "not outlined: new since, or not looked for")
    assert lesion.missing[1] == ("tare-1/2", "not outlined: gone, or not looked for")
    by_name = accumulated(ledger, tissues={}, lesions_by=LesionIdentity.NAME)
    assert [one.name for one in by_name if one.target.kind is RegionKind.LESION] == ["L1", "old L1"]
    nameless = Ledger(
        tuple(entry("a", i, region("L1", RegionKind.LESION, 10.0, mass_g=5), after_h=900 * i) for i in (1, 2))
    )
    apart = accumulated(nameless, tissues={})
    assert len(apart) == 2 and all(one.is_lower_bound and one.remarks for one in apart)
    (same,) = accumulated(nameless, tissues={}, lesions_by=LesionIdentity.NAME)
    assert same.total is not None and same.total.absorbed_dose_gy.value == pytest.approx(20.0)
    told = Ledger(tuple(one.identified({"L1": "9.9"}) for one in nameless.entries))
    assert len(accumulated(told, tissues={})) == 1


def test_without_kinetics_there_is_a_dose_and_no_bed() -> None:
    plain = LedgerRegion("kidneys", RegionKind.KIDNEYS, 290, 300, 4.0, 0.1)
    found = of(Ledger((entry("a", 1, plain), entry("a", 2, kidneys(3.0), after_h=900))), RegionKind.KIDNEYS)
    assert found.total is not None and found.total.absorbed_dose_gy.value == pytest.approx(7.0)
    assert found.total.bed_gy is None and "a/1" in found.remarks[0]


def test_parts_join_by_mass() -> None:
    left = region("left", RegionKind.KIDNEY_LEFT, 4.0, random=0.1, shared={"camera": 0.05}, mass_g=100)
    right = region("right", RegionKind.KIDNEY_RIGHT, 2.0, random=0.2, shared={"camera": 0.05}, mass_g=300)
    both = joined("kidneys", RegionKind.KIDNEYS, [left, right])
    assert both.mean_dose_gy == pytest.approx(2.5) and both.mass_g == 400
    assert both.random_relative_sd == pytest.approx(math.hypot(0.4 * 0.1, 0.6 * 0.2))
    assert both.shared_relative_sds == {"camera": pytest.approx(0.05)}
    assert both.dose_rate is not None
    unknown = replace(right, mean_dose_gy=None, amplitudes_gy_per_h=(), rates_per_h=())
    assert joined("k", RegionKind.KIDNEYS, [left, unknown]).reason == "not known of right"


def test_an_administration_is_kept_once() -> None:
    ledger = both_therapies()
    first = ledger.entries[0]
    assert with_entry(ledger, first) is ledger
    other = replace(first, activity_mbq=7000.0)
    with pytest.raises(InputError, match="prrt-1/1"):
        with_entry(ledger, other)
    assert with_replaced(ledger, other).entry("prrt-1/1").activity_mbq == 7000.0
    renamed = replace(first, course="again")
    with pytest.raises(InputError, match="It differs"):
        with_entry(ledger, renamed)
    with pytest.raises(InputError, match="each administration once"):
        Ledger((first, replace(renamed, at=first.at + timedelta(seconds=30))))
    with pytest.raises(InputError, match="that the ledger holds"):
        with_replaced(Ledger(), first)
    with pytest.raises(InputError, match="time zone"):
        Ledger((first, replace(first, cycle=2, at=FIRST.replace(tzinfo=UTC))))


def test_energy_in_an_organ_cannot_exceed_that_of_all_decays() -> None:
    # 49.67 Gy kg/GBq of 90Y is the constant of the partition model (electrons alone: K-13); photons add 0.2 %
    assert energy_gy_kg_per_gbq("Y-90") == pytest.approx(49.67, rel=0.003)
    with pytest.raises(InputError, match="units"):
        entry("a", 1, region("k", RegionKind.KIDNEYS, 800.0))
    with pytest.raises(InputError, match="not mGy"):
        entry("a", 1, region("k", RegionKind.KIDNEYS, 3400.0), activity_mbq=None)
    with pytest.raises(InputError, match="MBq, not GBq"):
        entry("a", 1, kidneys(3.4), activity_mbq=7.4)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="half-life of 200"):
        entry("a", 1, region("k", RegionKind.KIDNEYS, 3.0, half_life_h=200.0))
    with pytest.raises(InputError, match="2 times"):
        entry("a", 1, kidneys(3.0), replace(kidneys(3.0), name="both"))
    with pytest.raises(InputError, match="one of prrt"):
        replace(entry("a", 1, kidneys(3.0)), option="chemo.captem")
    with pytest.raises(InputError, match="Lu-177"):
        replace(entry("a", 1, kidneys(3.0)), nuclide="Y-90")
    with pytest.raises(InputError, match="density"):
        replace(kidneys(3.0), mass_g=0.3)
    with pytest.raises(InputError, match="adds up to"):
        replace(kidneys(3.0), mean_dose_gy=3000.0)
    for path in ("/etc/dose.dcm", "../dose.dcm", "a\\b.dcm", " "):
        with pytest.raises(InputError, match="below the folder"):
            DoseMapPlace(path)
    stretched = RigidTransform.of(np.diag([2.0, 1.0, 1.0, 1.0]))
    with pytest.raises(InputError, match="rotation"):
        DoseMapPlace("dose.dcm", stretched, 1.0)
    with pytest.raises(InputError, match="neither"):
        DoseMapPlace("dose.dcm", RigidTransform.identity())
