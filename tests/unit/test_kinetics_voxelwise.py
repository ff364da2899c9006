"""Maps against the organ-wise fit of single voxels, and what happens where a voxel has no decline of its own."""

import math

import numpy as np
import pytest

from nelm.errors import GeometryError, InputError
from nelm.physics.kinetics import (
    KineticModel,
    Source,
    TimeActivity,
    fit,
    voxelwise_kinetics,
    voxelwise_single_time_point,
)

PHYSICAL_H = 159.5
TIMES = (4.0, 24.0, 72.0, 168.0)
T = np.array(TIMES)[:, None, None, None]
NOISE = 0.03


@pytest.fixture(scope="module")
def phantom() -> tuple[np.ndarray, np.ndarray]:
    """Noisy activities (n, z, y, x) and the true time-integrated activity."""
    rng = np.random.default_rng(12)
    half_lives = rng.uniform(30, 100, (12, 12, 12))
    start = rng.uniform(0.5, 2, half_lives.shape)
    values = start * 2 ** (-T / half_lives)
    values = np.maximum(values + NOISE * rng.standard_normal(values.shape), 0).astype(np.float32)
    return values, start * half_lives / math.log(2)


@pytest.fixture(scope="module")
def organ(phantom):
    """The organ-wise fit to the mean of the phantom."""
    mean = phantom[0].reshape(4, -1).mean(axis=1).tolist()
    return fit(
        TimeActivity.of(TIMES, mean, relative_uncertainty=0.02),
        KineticModel.MONO,
        physical_half_life_h=PHYSICAL_H,
    )


def test_a_voxel_is_fitted_as_a_region_would_be(phantom, organ) -> None:
    values, _ = phantom
    found = voxelwise_kinetics(
        values, times_h=TIMES, activity_sds=NOISE, organ=organ, least_signal_to_noise=5.0
    )
    compared = 0
    for place in [(0, 0, 0), (3, 7, 2), (5, 5, 5), (11, 0, 6), (8, 8, 1), (2, 10, 9)]:
        data = TimeActivity(TIMES, tuple(map(float, values[(slice(None), *place)])), (NOISE,) * 4)
        alone = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
        assert found.source[place] in (Source.OWN, Source.PHYSICAL_DECAY)
        assert (found.source[place] == Source.PHYSICAL_DECAY) == alone.at_physical_decay
        assert found.time_integrated_activity[place] == pytest.approx(
            alone.time_integrated_activity, rel=1e-4
        )
        assert found.time_integrated_activity_sd[place] == pytest.approx(
            alone.time_integrated_activity_sd, rel=1e-2
        )
        assert found.effective_half_life_h[place] == pytest.approx(alone.effective_half_lives_h[0], rel=1e-4)
        compared += 1
    assert compared == 6


def test_the_map_holds_the_truth_as_often_as_it_says(phantom, organ) -> None:
    values, truth = phantom
    found = voxelwise_kinetics(
        values, times_h=TIMES, activity_sds=NOISE, organ=organ, least_signal_to_noise=5.0
    )
    own = found.source == Source.OWN
    assert own.mean() > 0.9
    apart = np.abs(found.time_integrated_activity - truth)[own] / found.time_integrated_activity_sd[own]
    # 1728 voxels: 0.5 % of statistics; the skew of the ratio a/l takes the rest
    assert (apart < 1.96).mean() == pytest.approx(0.95, abs=0.02)
    assert found.time_integrated_activity.sum() == pytest.approx(truth.sum(), rel=0.01)


def test_no_voxel_outlasts_the_nuclide(organ) -> None:
    values = np.ones((4, 2, 2, 2)) * 2 ** (-T / 400.0)
    found = voxelwise_kinetics(
        values, times_h=TIMES, activity_sds=0.01, organ=organ, least_signal_to_noise=5.0
    )
    assert (found.source == Source.PHYSICAL_DECAY).all()
    np.testing.assert_allclose(found.effective_half_life_h, PHYSICAL_H, rtol=1e-6)
    shape = 2 ** (-np.array(TIMES) / PHYSICAL_H)
    amplitude = float(values[:, 0, 0, 0] @ shape / (shape @ shape))
    np.testing.assert_allclose(
        found.time_integrated_activity, amplitude * PHYSICAL_H / math.log(2), rtol=1e-5
    )


def test_voxels_without_signal_or_rising_take_the_organ(organ) -> None:
    values = np.zeros((4, 1, 1, 3))
    values[:, 0, 0, 1] = [1.0, 1.2, 1.4, 1.8]
    values[:, 0, 0, 2] = organ.activity(TIMES) * 1e-3
    found = voxelwise_kinetics(
        values, times_h=TIMES, activity_sds=0.05, organ=organ, least_signal_to_noise=3.0
    )
    assert found.source.tolist() == [[[Source.ORGAN] * 3]]
    assert found.voxels(Source.ORGAN) == 3
    assert found.time_integrated_activity[0, 0, 0] == 0
    assert found.time_integrated_activity_sd[0, 0, 0] > 0
    assert found.time_integrated_activity[0, 0, 2] == pytest.approx(1e-3 * organ.time_integrated_activity)
    np.testing.assert_allclose(found.effective_half_life_h, organ.effective_half_lives_h[0], rtol=1e-6)
    shape = organ.activity(TIMES)
    scale = float(values[:, 0, 0, 1] @ shape / (shape @ shape))
    assert found.time_integrated_activity[0, 0, 1] == pytest.approx(
        scale * organ.time_integrated_activity, rel=1e-5
    )


def test_outside_the_mask_is_nothing(phantom, organ) -> None:
    values, _ = phantom
    mask = np.zeros(values.shape[1:], dtype=bool)
    mask[3:6] = True
    spoilt = values.copy()
    spoilt[:, 0] = np.nan
    found = voxelwise_kinetics(
        spoilt, times_h=TIMES, activity_sds=NOISE, organ=organ, mask=mask, least_signal_to_noise=5.0
    )
    whole = voxelwise_kinetics(
        values, times_h=TIMES, activity_sds=NOISE, organ=organ, least_signal_to_noise=5.0
    )
    assert (found.source[~mask] == Source.OUTSIDE).all()
    assert not found.time_integrated_activity[~mask].any()
    np.testing.assert_array_equal(found.time_integrated_activity[mask], whole.time_integrated_activity[mask])


def test_noise_for_each_time_or_voxel_is_taken(phantom, organ) -> None:
    values, _ = phantom
    per_time = np.array([0.05, 0.04, 0.03, 0.02])[:, None, None, None]
    one, two = (
        voxelwise_kinetics(values, times_h=TIMES, activity_sds=sds, organ=organ, least_signal_to_noise=5.0)
        for sds in (per_time, np.broadcast_to(per_time, values.shape).copy())
    )
    np.testing.assert_array_equal(one.time_integrated_activity, two.time_integrated_activity)
    data = TimeActivity(TIMES, tuple(map(float, values[:, 5, 5, 5])), tuple(per_time.ravel()))
    alone = fit(data, KineticModel.MONO, physical_half_life_h=PHYSICAL_H)
    assert one.time_integrated_activity[5, 5, 5] == pytest.approx(alone.time_integrated_activity, rel=1e-4)


@pytest.mark.parametrize("wrong", [np.nan, -0.1, np.inf])
def test_wrong_activities_are_refused(phantom, organ, wrong: float) -> None:
    values = phantom[0].copy()
    values[2, 1, 1, 1] = wrong
    with pytest.raises(InputError, match="not negative"):
        voxelwise_kinetics(values, times_h=TIMES, activity_sds=NOISE, organ=organ, least_signal_to_noise=5.0)


def test_wrong_shapes_times_masks_and_noise_are_refused(phantom, organ) -> None:
    values, _ = phantom
    given = {"times_h": TIMES, "activity_sds": NOISE, "organ": organ, "least_signal_to_noise": 5.0}
    with pytest.raises(InputError, match="later than"):
        voxelwise_kinetics(values, **given | {"times_h": (4.0, 72.0, 24.0, 168.0)})
    with pytest.raises(GeometryError, match="times"):
        voxelwise_kinetics(values[:3], **given)
    with pytest.raises(GeometryError, match="mask of shape"):
        voxelwise_kinetics(values, **given, mask=np.ones((2, 2, 2), dtype=bool))
    with pytest.raises(InputError, match="empty mask"):
        voxelwise_kinetics(values, **given, mask=np.zeros(values.shape[1:], dtype=bool))
    with pytest.raises(InputError, match="positive standard"):
        voxelwise_kinetics(values, **given | {"activity_sds": 0.0})
    with pytest.raises(GeometryError, match="uncertainties of shape"):
        voxelwise_kinetics(values, **given | {"activity_sds": np.ones(3)})
    with pytest.raises(InputError, match="single_time_point"):
        voxelwise_kinetics(values[:1], **given | {"times_h": (4.0,)})


def test_one_image_and_a_map_of_half_lives() -> None:
    activity = np.full((2, 2, 2), 3.0, dtype=np.float32)
    half_lives = np.full((2, 2, 2), 50.0)
    half_lives[1] = 300.0
    found = voxelwise_single_time_point(
        activity, time_h=72.0, effective_half_life_h=half_lives, physical_half_life_h=PHYSICAL_H
    )
    assert found.time_integrated_activity[0, 0, 0] == pytest.approx(3 * 2 ** (72 / 50) * 50 / math.log(2))
    assert found.time_integrated_activity[1, 0, 0] == pytest.approx(
        3 * 2 ** (72 / PHYSICAL_H) * PHYSICAL_H / math.log(2)
    )
    assert (found.source[0] == Source.ORGAN).all()
    assert (found.source[1] == Source.PHYSICAL_DECAY).all()


def test_one_image_refuses_what_cannot_be() -> None:
    activity = np.ones((2, 2, 2))
    given = {"time_h": 72.0, "effective_half_life_h": 50.0, "physical_half_life_h": PHYSICAL_H}
    with pytest.raises(InputError):
        voxelwise_single_time_point(-activity, **given)
    with pytest.raises(InputError):
        voxelwise_single_time_point(activity, **given | {"time_h": 0.0})
    with pytest.raises(InputError, match="without a half-life"):
        voxelwise_single_time_point(activity, **given | {"effective_half_life_h": np.zeros((2, 2, 2))})
    with pytest.raises(GeometryError):
        voxelwise_single_time_point(activity, **given | {"effective_half_life_h": np.ones((3, 2, 2))})
    with pytest.raises(InputError, match="empty mask"):
        voxelwise_single_time_point(activity, **given, mask=np.zeros((2, 2, 2), dtype=bool))
