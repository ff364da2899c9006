"""Simulated zones on made-up livers: bands, vessels as heat sinks, the search for a setting, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of

from nelm.errors import GeometryError, InputError
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.heating import ISOTHERM, Setting, SimulatedZone, simulated_zone
from nelm.therapies.ablation.heating_scene import (
    ARRHENIUS,
    HENRIQUES,
    THERMAL_DOSE,
    THREE_STATE,
    Anatomy,
    Applicator,
    SourceShape,
    VesselWall,
)
from nelm.therapies.ablation.heating_search import PowerRow, chosen_setting
from nelm.volume import Grid, Mask

KNOWN = load_knowledge()
GRID = Grid.axial((60, 90, 90), (1.6, 1.0, 1.0), (-45, -45, -48))
LIVER = Mask(np.ones(GRID.shape, dtype=bool), GRID)
MODELS = (ARRHENIUS, HENRIQUES, THERMAL_DOSE, THREE_STATE, ISOTHERM)
NEEDLE = Applicator((0.0, 0.0, 10.0), (0.0, 0.0, 1.0))
"""Heats from z = -10 to 10 mm."""
EDGE_MM = 2.0


def tube(x_mm: float, diameter_mm: float, grid: Grid = GRID) -> Mask:
    """A vessel along z at some x."""
    half = np.array([diameter_mm / 2, diameter_mm / 2, 500.0])
    return mask_of([Ellipsoid(np.array([x_mm, 0.0, 0.0]), half, np.eye(3))], grid)


def anatomy(radius_mm: float = 10.0, vessels: dict[str, Mask] | None = None) -> Anatomy:
    return Anatomy(LIVER, mask_of([ball((0, 0, 0), radius_mm)], GRID), vessels)


def zone(of: Anatomy, *, power_w: float = 50, wall: VesselWall = VesselWall.HELD) -> SimulatedZone:
    return simulated_zone(of, [NEEDLE], Setting(power_w, 240), KNOWN, wall=wall, edge_mm=EDGE_MM)


@pytest.fixture(scope="module")
def beside_a_vein() -> SimulatedZone:
    """A vein of 8 mm whose wall is 2 mm from a lesion of 20 mm, and a vessel of 2 mm on the other side."""
    return zone(anatomy(vessels={"vein": tube(16, 8), "twig": tube(-13, 2)}))


def test_every_model_lies_between_the_inner_and_the_outer_zone(beside_a_vein: SimulatedZone) -> None:
    found = beside_a_vein
    assert tuple(one.model for one in found.zones) == MODELS
    for one in found.zones:
        assert not (one.mask.array & ~found.outer.array).any()
        assert not (found.inner.array & ~one.mask.array).any()
        assert one.volume_ml.value == pytest.approx(one.mask.volume_ml)
        shares = [part.share.value for part in one.coverage]
        assert [part.margin_mm for part in one.coverage] == [0, 5, 10]
        assert shares == sorted(shares, reverse=True)
    assert found.inner.volume_ml < 0.5 * found.outer.volume_ml  # the models disagree that much


def test_blood_flow_makes_a_band(beside_a_vein: SimulatedZone) -> None:
    for one in beside_a_vein.zones:
        assert one.volume_ml.low < one.volume_ml.value < one.volume_ml.high


def test_the_vein_saves_what_lies_beside_it(beside_a_vein: SimulatedZone) -> None:
    sink = beside_a_vein.sink
    assert sink is not None and sink.vessel == "vein"
    assert sink.distance_mm == pytest.approx(2.0, abs=1.0)  # a voxel of 1 mm, and one of 2 mm halved
    for loss in sink.losses:
        assert loss.volume_ml > 0
        assert loss.facing < 0.95 * loss.facing_without
        assert loss.away == pytest.approx(loss.away_without, abs=0.01)
    assert sink.saved_at_mm is not None and sink.saved_at_mm[0] > 10
    assert sink.lowest_peak_c is not None and sink.median_peak_c is not None
    assert 37 < sink.lowest_peak_c < sink.median_peak_c < 60


def test_a_wall_with_a_coefficient_cools_less(beside_a_vein: SimulatedZone) -> None:
    both = {"vein": tube(16, 8), "twig": tube(-13, 2)}
    other = zone(anatomy(vessels=both), wall=VesselWall.COEFFICIENT)
    assert other.sink is not None and beside_a_vein.sink is not None
    for weak, strong in zip(other.sink.losses, beside_a_vein.sink.losses, strict=True):
        assert 0 < weak.volume_ml < strong.volume_ml


def test_a_thin_vessel_is_none_and_missing_vessels_are_unknown() -> None:
    thin, missing = zone(anatomy(vessels={"twig": tube(13, 2)})), zone(anatomy())
    assert thin.sink is None and missing.sink is None
    assert thin.outer.volume_ml == missing.outer.volume_ml
    assert any("3 mm or more near the lesion: none cools it" in text for text in thin.remarks)
    assert any("No vessels were segmented" in text for text in missing.remarks)


def test_moving_or_turning_everything_changes_nothing() -> None:
    """Moved: to the last voxel. Needle along x instead of z: voxels lie elsewhere along it, 2 % of volume."""
    matrix = GRID.matrix
    matrix[:3, 3] += (31.3, -7.0, 9.0)
    moved = Grid.of(GRID.shape, matrix)
    first = zone(anatomy())
    shifted = Anatomy(Mask(LIVER.array, moved), Mask(anatomy().lesion.array, moved), None)
    needle = Applicator((31.3, -7.0, 19.0), (0.0, 0.0, 1.0))
    second = simulated_zone(shifted, [needle], Setting(50, 240), KNOWN, edge_mm=EDGE_MM)
    assert [one.volume_ml for one in second.zones] == [one.volume_ml for one in first.zones]
    turned = simulated_zone(
        anatomy(), [Applicator((10.0, 0.0, 0.0), (1.0, 0.0, 0.0))], Setting(50, 240), KNOWN, edge_mm=EDGE_MM
    )
    for one, other in zip(first.zones, turned.zones, strict=True):
        assert other.volume_ml.value == pytest.approx(one.volume_ml.value, rel=0.02)


def test_more_power_and_a_second_needle_kill_more() -> None:
    weak, strong = zone(anatomy(), power_w=20), zone(anatomy(), power_w=40)
    pair = [Applicator((x, 0.0, 10.0), (0.0, 0.0, 1.0)) for x in (-6.0, 6.0)]
    two = simulated_zone(anatomy(), pair, Setting(20, 240), KNOWN, edge_mm=EDGE_MM)
    for one in MODELS:
        assert weak.by(one).volume_ml.value < strong.by(one).volume_ml.value
        assert weak.by(one).volume_ml.value < two.by(one).volume_ml.value


def test_the_edge_of_voxels_matters_little() -> None:
    coarse = zone(anatomy())
    fine = simulated_zone(anatomy(), [NEEDLE], Setting(50, 240), KNOWN, edge_mm=1.25)
    for one in (ARRHENIUS, HENRIQUES, THERMAL_DOSE, ISOTHERM):
        assert coarse.by(one).volume_ml.value == pytest.approx(fine.by(one).volume_ml.value, rel=0.02)


def test_the_search_finds_the_shortest_time_and_it_holds() -> None:
    choice = chosen_setting(anatomy(6.0), [NEEDLE], KNOWN)
    assert choice.setting is not None and choice.margin_mm == 5
    times = {trial.row.power_w: trial.covered_after_s for trial in choice.trials}
    known = [seconds for seconds in times.values() if seconds is not None]
    assert choice.setting.duration_s == min(known)
    done = simulated_zone(anatomy(6.0), [NEEDLE], choice.setting, KNOWN, edge_mm=EDGE_MM)
    assert done.by(HENRIQUES).coverage[1].share.value >= 0.99
    rows = [PowerRow("one", 30, 30), PowerRow("two", 45, 900), PowerRow("three", 60, 900)]
    given = chosen_setting(anatomy(6.0), [NEEDLE], KNOWN, rows=rows, margin_mm=0.0, model=ISOTHERM)
    assert given.setting is not None and given.setting.power_w in (30, 45, 60)
    assert [trial.row for trial in given.trials] == rows


def test_no_setting_is_said_with_how_far_the_best_comes() -> None:
    choice = chosen_setting(
        anatomy(20.0), [NEEDLE], KNOWN, rows=[PowerRow("5 W", 5, 60), PowerRow("10 W", 10, 60)]
    )
    assert choice.setting is None
    assert choice.text.startswith("No setting covers the lesion and 5 mm (Henriques, 99 %): the best, 10 W")


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="one applicator or more"):
        simulated_zone(anatomy(), [], Setting(50, 240), KNOWN)
    with pytest.raises(InputError, match="a power and a time above 0"):
        Setting(0, 240)
    with pytest.raises(InputError, match="length 1"):
        Applicator((0.0, 0.0, 0.0), (0.0, 0.0, 2.0))
    with pytest.raises(InputError, match="a lesion and a liver"):
        Anatomy(LIVER, Mask(np.zeros(GRID.shape, dtype=bool), GRID), None)
    with pytest.raises(InputError, match="one of Arrhenius"):
        chosen_setting(anatomy(), [NEEDLE], KNOWN, model="magic")
    with pytest.raises(InputError, match="one of Arrhenius"):
        zone(anatomy()).by("magic")
    elsewhere = mask_of([ball((-30, 0, 0), 8)], GRID)
    with pytest.raises(GeometryError, match="does not lie in the liver"):
        simulated_zone(
            Anatomy(elsewhere, anatomy().lesion, None), [NEEDLE], Setting(50, 240), KNOWN,
            source=SourceShape(0.0, 5.0),
        )  # fmt: skip
