"""Laws of the activity planning: what rises with what, and what is conserved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.activity import mean_dose_activity_gbq
from nelm.therapies.radioembolisation.limits import Aims
from nelm.therapies.radioembolisation.partition import (
    PartitionModel,
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

MASSES = st.floats(0.02, 2.0)
RATIOS = st.floats(0.3, 20.0)
SHUNTS = st.floats(0.0, 0.4)
ACTIVITIES = st.floats(0.1, 8.0)
CONSTANT = 49.67


def model(ratio: float, tumour_kg: float, normal_kg: float, lung_shunt: float) -> PartitionModel:
    tumour = TumourPart(exact(tumour_kg), ConcentrationRatio.exactly(ratio))
    return PartitionModel(
        (PerfusedPart("liver", exact(normal_kg), (tumour,)),), exact(lung_shunt), exact(1.0), CONSTANT
    )


def best(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


@settings(max_examples=60, deadline=None)
@given(RATIOS, MASSES, MASSES, SHUNTS, ACTIVITIES)
def test_energy_is_conserved(
    ratio: float, tumour: float, normal: float, shunt: float, activity: float
) -> None:
    doses = partition_doses(model(ratio, tumour, normal, shunt), [activity]).regions
    joules = best(doses.tumour_gy) * tumour + best(doses.perfused_normal_gy) * normal + best(doses.lung_gy)
    assert joules == pytest.approx(CONSTANT * activity)


@settings(max_examples=60, deadline=None)
@given(RATIOS, MASSES, MASSES, SHUNTS, st.floats(1.01, 3.0))
def test_more_uptake_in_tumour_spares_normal_liver(
    ratio: float, tumour: float, normal: float, shunt: float, more: float
) -> None:
    less = partition_doses(model(ratio, tumour, normal, shunt), [2.0]).regions
    greater = partition_doses(model(ratio * more, tumour, normal, shunt), [2.0]).regions
    assert best(greater.tumour_gy) > best(less.tumour_gy)
    assert best(greater.perfused_normal_gy) < best(less.perfused_normal_gy)
    assert best(greater.lung_gy) == best(less.lung_gy)


@settings(max_examples=60, deadline=None)
@given(RATIOS, MASSES, MASSES, SHUNTS, st.floats(0.01, 0.3))
def test_a_larger_shunt_asks_for_more_activity(
    ratio: float, tumour: float, normal: float, shunt: float, more: float
) -> None:
    aims = Aims(perfused_normal_max_gy=40)
    less = partition_plan(model(ratio, tumour, normal, shunt), aims)
    greater = partition_plan(model(ratio, tumour, normal, shunt + more), aims)
    assert greater.activity_gbq.value > less.activity_gbq.value
    mean = [
        mean_dose_activity_gbq(
            dose_gy=100, mass_kg=normal, lung_shunt=s, residual=0.01, constant_gy_kg_per_gbq=CONSTANT
        )
        for s in (shunt, shunt + more)
    ]
    assert mean[1] > mean[0]


@settings(max_examples=60, deadline=None)
@given(RATIOS, MASSES, MASSES, SHUNTS, st.floats(5.0, 60.0), st.floats(1.01, 2.0))
def test_a_further_limit_never_raises_the_activity(
    ratio: float, tumour: float, normal: float, shunt: float, limit: float, more: float
) -> None:
    one = model(ratio, tumour, normal, shunt)
    free = partition_plan(one, Aims(tumour_gy=120))
    held = partition_plan(one, Aims(tumour_gy=120, perfused_normal_max_gy=limit, lung_max_gy=30))
    looser = partition_plan(one, Aims(tumour_gy=120, perfused_normal_max_gy=limit * more, lung_max_gy=30))
    assert held.activity_gbq.value <= looser.activity_gbq.value * (1 + 1e-12)
    assert looser.activity_gbq.value <= free.activity_gbq.value * (1 + 1e-12)


@given(RATIOS, MASSES, MASSES, SHUNTS)
def test_both_ratios_and_shunts_convert_back(
    ratio: float, tumour: float, normal: float, shunt: float
) -> None:
    there = activity_ratio(ConcentrationRatio.exactly(ratio), tumour_kg=tumour, normal_kg=normal)
    back = concentration_ratio(there, tumour_kg=tumour, normal_kg=normal)
    assert back.value.value == pytest.approx(ratio)
    kao = tumour_lung_shunt(lung_shunt=shunt, ratio=ActivityRatio(there.value))
    assert lung_shunt_of(kao, ratio=there) == pytest.approx(shunt, abs=1e-12)
