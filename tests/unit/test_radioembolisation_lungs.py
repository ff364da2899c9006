"""Lung shunt from both kinds of images, lung mass, and what earlier sessions leave."""

from __future__ import annotations

import numpy as np
import pytest

from nelm.errors import InputError
from nelm.knowledge import load_knowledge
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import lung_allowance, resin_reduction
from nelm.therapies.radioembolisation.lung_mass import assumed_lung_mass, lung_mass_of_density
from nelm.therapies.radioembolisation.lung_shunt import (
    LungShunt,
    PlanarView,
    planar_lung_shunt,
    spect_lung_shunt,
)

KNOWN = load_knowledge().record(RadioembolisationKnowledge, "radioembolisation")
LUNGS, LIVER, BACKGROUND = (np.zeros((40, 20), dtype=bool) for _ in range(3))
LUNGS[2:18, 3:17], LIVER[20:32, 3:17], BACKGROUND[34:39, 3:17] = True, True, True


def view(counts: np.ndarray) -> PlanarView:
    return PlanarView(counts, LUNGS, LIVER, BACKGROUND)


def planar(front: np.ndarray, back: np.ndarray) -> LungShunt:
    return planar_lung_shunt(view(front), view(back), known=KNOWN)


def expected_counts(lungs: float, liver: float, background: float) -> np.ndarray:
    """Counts of a pixel: background everywhere, more in lungs and liver."""
    return background + lungs * LUNGS + liver * LIVER


FRONT, BACK = expected_counts(3.0, 40.0, 2.0), expected_counts(4.0, 30.0, 3.0)


def test_planar_value_is_the_formula_on_net_counts() -> None:
    pixels = int(LUNGS.sum()), int(LIVER.sum())
    lungs, liver = np.sqrt(3.0 * 4.0) * pixels[0], np.sqrt(40.0 * 30.0) * pixels[1]
    assert planar(FRONT, BACK).fraction.value == pytest.approx(lungs / (lungs + liver))


def test_planar_uncertainty_is_the_spread_of_repeated_studies() -> None:
    """4000 Poisson studies; their standard deviation is known to 1.1 %, asked for is 5 %."""
    rng = np.random.default_rng(1)
    found = [
        planar(rng.poisson(FRONT).astype(float), rng.poisson(BACK).astype(float)).fraction.value
        for _ in range(4000)
    ]
    assert planar(FRONT, BACK).fraction.sd == pytest.approx(np.std(found), rel=0.05)


def test_planar_says_that_it_overestimates_with_sources() -> None:
    said = {remark.label: remark for remark in planar(FRONT, BACK).remarks}
    assert "allred2018" in said["planar against SPECT/CT, phantom"].sources
    assert said["planar against SPECT/CT, phantom"].value == 44
    assert "8.5 % against 4.6 %" in said["planar against SPECT/CT, patients"].text


def test_no_counts_above_background_is_zero_with_an_upper_limit() -> None:
    found = planar(expected_counts(0.0, 40.0, 2.0), expected_counts(0.0, 30.0, 2.0))
    assert found.fraction.value == 0.0
    assert 0.0 < found.fraction.high < 0.02
    assert "no counts above background" in {remark.label for remark in found.remarks}


def test_planar_without_background_says_so() -> None:
    bare = PlanarView(FRONT, LUNGS, LIVER)
    found = planar_lung_shunt(bare, bare, known=KNOWN)
    assert "background" in {remark.label for remark in found.remarks}
    assert found.fraction.value > planar(FRONT, FRONT).fraction.value


def test_planar_refuses_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="overlap"):
        planar_lung_shunt(PlanarView(FRONT, LUNGS | LIVER, LIVER), view(BACK), known=KNOWN)
    with pytest.raises(InputError, match="negative"):
        planar(-FRONT, BACK)


SHAPE, VOXEL_MM = (40, 12, 12), (5.0, 5.0, 5.0)
LUNGS3, LIVER3 = np.zeros(SHAPE, dtype=bool), np.zeros(SHAPE, dtype=bool)
LUNGS3[20:40], LIVER3[2:20] = True, True


def spect(counts: np.ndarray, **options: float) -> LungShunt:
    return spect_lung_shunt(counts, lungs=LUNGS3, liver=LIVER3, voxel_mm=VOXEL_MM, known=KNOWN, **options)


def test_spect_is_the_share_of_counts() -> None:
    counts = 1.0 * LUNGS3 + 20.0 * LIVER3
    assert spect(counts).fraction.value == pytest.approx(20 / (20 + 18 * 20))


def test_breathing_at_the_dome_is_left_out_and_widens_the_limits() -> None:
    counts = 1.0 * LUNGS3 + 20.0 * LIVER3
    counts[20:22] = 10.0
    truth = 20 / (20 + 18 * 20)
    plain, kept = spect(counts), spect(counts, dome_margin_mm=12.0)
    assert plain.fraction.value > 1.5 * truth
    assert kept.fraction.value == pytest.approx(truth)
    assert kept.fraction.sd > spect(1.0 * LUNGS3 + 20.0 * LIVER3, dome_margin_mm=12.0).fraction.sd


def test_lung_that_the_spect_does_not_show_is_added_or_its_absence_said() -> None:
    counts = 1.0 * LUNGS3 + 20.0 * LIVER3
    whole_ml = 2 * LUNGS3.sum() * 0.125
    assert spect(counts, lung_volume_ml=whole_ml).fraction.value == pytest.approx(40 / (40 + 360))
    assert "lungs cut off" in {remark.label for remark in spect(counts).remarks}


def test_spect_limits_are_those_of_the_phantom() -> None:
    """Within 13 % of the truth, taken as even: a standard deviation of 13 % / sqrt 3."""
    found = spect(1.0 * LUNGS3 + 20.0 * LIVER3).fraction
    assert found.sd / found.value == pytest.approx(0.13 / np.sqrt(3))


def test_lung_mass_from_density_or_assumed() -> None:
    density = np.where(LUNGS3, 0.3, 1.05)
    found = lung_mass_of_density(density, lungs=LUNGS3, voxel_ml=2.0, known=KNOWN)
    assert found.mass_kg.value == pytest.approx(LUNGS3.sum() * 2.0 * 0.3 / 1000)
    assert not found.is_assumed
    assumed = assumed_lung_mass(KNOWN)
    assert assumed.is_assumed
    assert (assumed.mass_kg.value, assumed.mass_kg.low) == (1.0, 0.62)  # 822 - 1.96 x 103 g


@pytest.mark.parametrize(
    ("earlier", "left", "word"),
    [
        ((), 30.0, "session"),
        ((10.0,), 30.0, "session"),
        ((15.0, 20.0), 15.0, "leaves"),
        ((30.0, 25.0), 0.0, "lifetime"),
        (None, None, "not known"),
    ],
)
def test_lung_allowance(earlier: tuple[float, ...] | None, left: float | None, word: str) -> None:
    found = lung_allowance(earlier, KNOWN)
    assert found.session_gy == left
    assert word in found.set_by


def test_resin_table_names_its_band() -> None:
    assert resin_reduction(0.12, KNOWN).kept == 0.8
    assert resin_reduction(0.21, KNOWN).kept is None


def test_the_label_limit_of_glass_is_the_session_limit_for_a_kilogram() -> None:
    """0.61 GBq in 1 kg of lung: 30.3 Gy by 49.67."""
    assert KNOWN.glass_lung_activity_max.number * KNOWN.y90_dose_constant.number == pytest.approx(
        30.3, abs=0.05
    )
