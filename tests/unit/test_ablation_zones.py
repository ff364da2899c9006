"""Device rows, zones, the fewest zones that cover a lesion, how surely they do, and what may be ablated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import chi2
from tests.balls import Ellipsoid, ball, mask_of

from nelm.errors import InputError
from nelm.guideline.feasibility import Feasible, Modality, Reason
from nelm.imaging.lesions import Lesion, lesion_of
from nelm.imaging.measured import LiverMeasurement, LiverRegions, measure_liver
from nelm.imaging.surroundings import Surroundings
from nelm.io.device_rows import read_device_rows
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.ablation_target import ablation_target
from nelm.therapies.ablation.coverage import (
    certainty_of,
    coverage_of,
    sd_of_lateral_error,
    sd_of_spatial_error,
)
from nelm.therapies.ablation.covering_search import fewest_sets
from nelm.therapies.ablation.devices import DeviceRow, Technology, Tissue, published_rows
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.therapies.ablation.lesion_plan import AblationPlan, ablation_plan, chosen_row
from nelm.therapies.ablation.needle_obstacles import Obstacles, obstacles_of
from nelm.therapies.ablation.needle_rules import needle_rules
from nelm.therapies.ablation.needle_words import certainty_words, coverage_words, placement_words
from nelm.therapies.ablation.placements import overlapping_zones
from nelm.therapies.ablation.zones import Zone, covered, squared_radii, zone_of
from nelm.volume import Grid, Mask, Structure

KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(NeedleKnowledge, "ablation_needles")
RULES = needle_rules(KNOWN)
GRID = Grid.axial((75, 90, 90), (2.0, 2.0, 2.0), (-89, -89, -74))
FROM_FRONT = np.array([0.0, -1.0, 0.0])
LIVER = ball((0, 0, 0), 68)


def ball_lesion(radius: float, at: tuple[float, float, float] = (3, 5, 1), name: str = "L1") -> Lesion:
    return lesion_of(name, mask_of([ball(at, radius)], GRID))


def open_body(lesion: Lesion, spacing_mm: float = 0.0) -> Obstacles:
    regions = LiverRegions(mask_of([LIVER], GRID), (lesion,))
    skin = mask_of([ball((0, 0, 0), 86)], GRID)
    measurement = cast("LiverMeasurement", SimpleNamespace(regions=regions))
    rules = replace(RULES, needle_spacing_min_mm=spacing_mm)
    return obstacles_of(Surroundings(GRID, {Structure.SKIN: skin}), measurement, rules)


@pytest.mark.parametrize(("diameter", "count"), [(24, 1), (32, 4), (34, 5), (36, 6)])
def test_zones_for_a_sphere_are_as_many_as_published(diameter: float, count: int) -> None:
    """Unit balls cover a ball 1.0 (1 to 3), 1.09 (4), 1.13 (5) and 1.22 (6) times as large.

    Dodd et al. (RadioGraphics 2000;20:9, Figure 4b) have six zones of 3 cm cover 3.7 cm. Voxels stand for their
    centres, so the ball to be covered is about a voxel smaller than its diameter, hence 34 mm and 36 mm with five and
    six.
    """
    lesion = ball_lesion(diameter / 2)
    target = ablation_target(lesion, mask_of([LIVER], GRID), margin_mm=0)
    placed = overlapping_zones(target, Zone(30, 30), FROM_FRONT, open_body(lesion), lesion="L1", most=6)
    assert placed.count == count and placed.at_least >= min(count, 5)
    assert covered(target.points_mm, placed.centres_mm, FROM_FRONT, placed.zone).all()
    assert coverage_of(placed, [target]).shares == ((0.0, 1.0),)


def test_what_more_zones_than_allowed_would_need_is_refused_with_the_reason() -> None:
    lesion = ball_lesion(18)
    target = ablation_target(lesion, mask_of([LIVER], GRID), margin_mm=0)
    few = overlapping_zones(target, Zone(30, 30), FROM_FRONT, open_body(lesion), lesion="L1", most=3)
    assert few.count is None and few.is_proven and few.at_least == 4 and "no 3 zones" in few.why_not
    assert not few.in_any_direction and "directions tried" in placement_words(few, 0)
    small = overlapping_zones(target, Zone(12, 10), FROM_FRONT, open_body(lesion), lesion="L1", most=6)
    assert small.count is None and small.is_proven and "more than 6 zones" in placement_words(small, 0)
    assert small.in_any_direction
    nothing = overlapping_zones(target, Zone(0, 0), FROM_FRONT, open_body(lesion), lesion="L1", most=6)
    assert nothing.count is None and nothing.is_proven


def test_tracks_keep_their_distance() -> None:
    lesion = ball_lesion(16.5)
    target = ablation_target(lesion, mask_of([LIVER], GRID), margin_mm=0)
    placed = overlapping_zones(target, Zone(30, 26), FROM_FRONT, open_body(lesion, 10.0), lesion="L1", most=6)
    assert placed.count is not None and placed.count >= 2
    across = placed.centres_mm - np.outer(placed.centres_mm @ FROM_FRONT, FROM_FRONT)
    gaps = np.linalg.norm(across[:, None] - across[None], axis=2)
    assert np.all((gaps < 1e-6) | (gaps >= 10 - 1e-6))
    assert placed.needles == len(np.unique(np.round(across, 3), axis=0))


@pytest.mark.parametrize("seed", range(25))
def test_the_search_is_that_of_highs(seed: int) -> None:
    """Oracle: the same cover as an integer programme (scipy.optimize.milp)."""
    rng = np.random.default_rng(seed)
    elements, sets = int(rng.integers(5, 90)), int(rng.integers(5, 40))
    within = rng.random((elements, sets)) < rng.uniform(0.12, 0.4)
    within[~within.any(axis=1), 0] = True
    clashes = np.triu(rng.random((sets, sets)) < rng.choice([0.0, 0.15]), 1)
    clashes |= clashes.T
    found = fewest_sets(within, clashes, at_least=1, most=6)
    a, b = np.nonzero(np.triu(clashes))
    pairs = np.zeros((len(a), sets))
    pairs[np.arange(len(a)), a] = pairs[np.arange(len(a)), b] = 1
    limits = [LinearConstraint(within.astype(float), 1), LinearConstraint(np.ones((1, sets)), 0, 6)]
    answer = milp(np.ones(sets), constraints=[*limits, LinearConstraint(pairs, -np.inf, 1)] if len(a) else limits,
                  integrality=np.ones(sets), bounds=Bounds(0, 1))  # fmt: skip
    assert found.is_proven
    if answer.x is None:
        assert not len(found.chosen) and found.at_least == 7
    else:
        assert len(found.chosen) == round(answer.fun) == found.at_least
        assert within[:, found.chosen].any(axis=1).all()
        assert not clashes[np.ix_(found.chosen, found.chosen)].any()


def test_too_little_search_claims_nothing() -> None:
    rng = np.random.default_rng(0)
    within = rng.random((80, 60)) < 0.15
    within[~within.any(axis=1), 0] = True
    found = fewest_sets(within, np.zeros((60, 60), dtype=bool), at_least=1, most=6, nodes=3)
    assert not found.is_proven and found.at_least <= 6


def test_a_zone_is_the_ellipsoid_around_its_needle() -> None:
    rng = np.random.default_rng(6)
    points, centre, way = rng.uniform(-30, 30, (200, 3)), rng.uniform(-5, 5, 3), rng.normal(size=3)
    way /= np.linalg.norm(way)
    found = squared_radii(points, centre[None], way, (46.0, 30.0))[:, 0]
    off = points - centre
    along = off @ way
    across = np.linalg.norm(off - along[:, None] * way, axis=1)
    assert np.allclose(found, (along / 23) ** 2 + (across / 15) ** 2)
    assert Zone(46, 30).volume_ml == pytest.approx(4 / 3 * np.pi * 23 * 15 * 15 / 1000)
    careful = Zone(46, 30, 2, 2).cautious
    assert careful is not None and careful.long_axis_mm == pytest.approx(46 - 3.29)
    assert Zone(46, 30, 2).cautious is None and Zone(4, 3, 9, 9).cautious == Zone(0.0, 0.0)


def test_a_margin_stops_at_the_liver() -> None:
    liver = mask_of([LIVER], GRID)
    deep = ablation_target(ball_lesion(12), liver, margin_mm=10)
    assert deep.cut_share == 0
    # a fifth of a voxel of 2 mm too far out: nearest centres lie less than half a voxel inside their surface
    assert deep.volume_ml == pytest.approx(4 / 3 * np.pi * 22**3 / 1000, rel=0.06)
    shallow = ablation_target(ball_lesion(12, (0, -52, 0)), liver, margin_mm=10)
    assert shallow.cut_share > 0.05
    assert np.linalg.norm(shallow.points_mm, axis=1).max() <= 68


def test_certainty_is_that_of_the_chi_distribution() -> None:
    """A ball of 20 mm in one of 40 mm is covered while the needle misses by at most 10 mm; 3 normal axes."""
    lesion = ball_lesion(10)
    target = ablation_target(lesion, mask_of([LIVER], GRID), margin_mm=0)
    placed = overlapping_zones(target, Zone(40, 40), FROM_FRONT, open_body(lesion), lesion="L1", most=1)
    for sd in (3.0, 5.0):
        rng = np.random.default_rng(11)
        found = certainty_of(placed, target, targeting_sd_mm=sd, registration_sd_mm=0, rng=rng, draws=3000)
        low, high = (
            chi2.cdf(((20 - reach) / sd) ** 2, 3) for reach in (10.6, 8.9)
        )  # voxel centres of the ball
        assert low - 0.03 <= found.probability <= high + 0.03
    both = certainty_of(placed, target, targeting_sd_mm=3.0, registration_sd_mm=4.0, rng=np.random.default_rng(11),
                        draws=3000)  # fmt: skip
    five = certainty_of(placed, target, targeting_sd_mm=5.0, registration_sd_mm=0.0, rng=np.random.default_rng(12),
                        draws=3000)  # fmt: skip
    assert both.probability == pytest.approx(five.probability, abs=0.04)  # 3 and 4 in quadrature are 5
    assert "draws" in certainty_words(both) and "unknown" in certainty_words(both)


def test_mean_errors_give_their_standard_deviation() -> None:
    rng = np.random.default_rng(4)
    misses = rng.normal(0, 2.0, (200_000, 3))
    assert sd_of_lateral_error(float(np.linalg.norm(misses[:, :2], axis=1).mean())) == pytest.approx(
        2, rel=0.01
    )
    assert sd_of_spatial_error(float(np.linalg.norm(misses, axis=1).mean())) == pytest.approx(2, rel=0.01)


def test_published_rows_are_those_of_the_abstracts() -> None:
    rows = published_rows(KNOWN)
    patients = [row for row in rows if not row.is_of_animals]
    assert {(row.technology, row.long_axis_mm, row.short_axis_mm) for row in patients} == {
        (Technology.MICROWAVE, 31.9, 27.6),
        (Technology.RADIOFREQUENCY, 33.3, 23.4),
    }
    assert all(row.source and row.place and row.entry is not None for row in rows)
    assert sum(row.long_axis_sd_mm is None for row in rows) == 3
    target = ablation_target(ball_lesion(6), mask_of([LIVER], GRID), margin_mm=5)
    microwave = [row for row in rows if row.technology is Technology.MICROWAVE]
    assert chosen_row(microwave, target) in patients
    assert chosen_row([], target) is None


HEADER = "device,technology,tissue,species,power_w,time_min,long_axis_mm,long_axis_sd_mm,short_axis_mm,short_axis_sd_mm"
TABLE = f"""{HEADER},source,place
A,MWA,in vivo,Human,100,5,40,3,32,2.5,"IFU, rev. 3",p. 12
A,MWA,ex vivo,bovine,100,10,52,,44,,"IFU, rev. 3",p. 13
B,rfa,in_vivo,human,,12,35,2,30,2,IFU B,p. 4
"""


def test_a_table_of_a_site_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    rows = read_device_rows(path)
    assert [row.technology for row in rows] == [Technology.MICROWAVE] * 2 + [Technology.RADIOFREQUENCY]
    assert rows[0] == DeviceRow("A", Technology.MICROWAVE, Tissue.IN_VIVO, "human", 40, 32, 3, 2.5, None, 100, 5,
                                None, None, "IFU, rev. 3", "p. 12")  # fmt: skip
    assert rows[1].long_axis_sd_mm is None and rows[1].is_of_animals


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("40,3,32", "4 cm,3,32"), ["line 2, long_axis_mm", '"4 cm"', "a number"]),
        (("40,3,32", "-40,3,32"), ["line 2, long_axis_mm", "not negative"]),
        (("40,3,32", "4000,3,32"), ["line 2, long_axis_mm", "millimetres"]),
        (("B,rfa,in_vivo", "B,hifu,in_vivo"), ["line 4, technology", '"hifu"', "microwave"]),
        (("A,MWA,ex vivo", ",MWA,dead"), ["line 3, device", "line 3, tissue", '"dead"']),
        (("power_w", "watts"), ["column 5", "watts", "one of"]),
        (("short_axis_mm", "long_axis_mm"), ["no column short_axis_mm", "long_axis_mm twice"]),
        ((",p. 4", ",p. 4,x"), ["line 4", "more cells"]),
        ((TABLE[TABLE.index("\n") + 1 :], ""), ["no rows"]),
    ],
)
def test_bad_rows_are_named_by_line_and_column(
    tmp_path: Path, change: tuple[str, str], said: list[str]
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(TABLE.replace(*change, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_device_rows(path)
    assert all(part in str(caught.value) for part in (*said, str(path))), str(caught.value)


@pytest.fixture(scope="module")
def planned() -> dict[str, AblationPlan]:
    """A small lesion in the depth, a large one, one beside the stomach and a vein; everything is drawn."""
    grid = Grid.axial((75, 90, 90), (2.0, 2.0, 2.0), (-89, -89, -74))
    lesions = (
        lesion_of("small", mask_of([ball((-30, -20, 5), 5)], grid)),
        lesion_of("large", mask_of([ball((-10, 15, -15), 28)], grid)),
        lesion_of("beside", mask_of([ball((44, -10, 0), 8)], grid)),
    )
    pipe = mask_of([ball((44 - 0.5 * n, 3, -20 + n), 4) for n in range(0, 41)], grid)
    regions = LiverRegions(mask_of([LIVER], grid), lesions, portal=pipe, veins=pipe,
                           duct=mask_of([ball((20, 20, 20), 3)], grid))  # fmt: skip
    measurement = measure_liver(regions, subcapsular_within_mm=10)
    far = mask_of([Ellipsoid(np.array([0.0, 84.0, 0.0]), np.array([6.0, 3.0, 40.0]), np.eye(3))], grid)
    everything = dict.fromkeys(
        (Structure.BONE, Structure.LUNG, Structure.BOWEL, Structure.GALLBLADDER, Structure.HEART,
         Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT, Structure.SPLEEN, Structure.PANCREAS, Structure.ADRENAL,
         Structure.AORTA, Structure.HEPATIC_ARTERY), far,
    )  # fmt: skip
    everything[Structure.STOMACH] = Mask(ball((70, -10, 0), 16).at(grid) & ~LIVER.at(grid), grid)
    everything[Structure.SKIN] = mask_of([ball((0, 0, 0), 86)], grid)
    obstacles = obstacles_of(Surroundings(grid, everything), measurement, RULES)
    return {
        item.lesion.name: ablation_plan(
            item, measurement, obstacles, knowledge=KNOWLEDGE, rng=np.random.default_rng(2)
        )
        for item in measurement.lesions
    }


def reason(plan: AblationPlan, modality: Modality, part: str) -> Reason:
    (found,) = (one for one in plan.feasibility if one.modality is modality)
    (chosen,) = (one for one in found.reasons if part in one.text)
    return chosen


def test_a_small_lesion_can_be_ablated_with_one_zone(planned: dict[str, AblationPlan]) -> None:
    plan = planned["small"]
    microwave = plan.options[1]
    assert plan.reach.unknown == ("pleura",)
    assert microwave.narrow is not None and microwave.narrow.count == 1
    assert microwave.coverage is not None and dict(microwave.coverage.shares)[5.0] == 1
    assert "nineteen of twenty" in coverage_words(microwave.coverage)
    assert reason(plan, Modality.MICROWAVE, "longest diameter").state is Feasible.YES
    assert reason(plan, Modality.MICROWAVE, "needle path").state is Feasible.YES
    clinical, _, phantom, _ = microwave.certainties
    assert clinical.probability <= phantom.probability


def test_a_lesion_beyond_published_sizes_cannot(planned: dict[str, AblationPlan]) -> None:
    for feasibility in planned["large"].feasibility:
        assert feasibility.state is Feasible.NO
        size = next(one for one in feasibility.reasons if "longest diameter" in one.text)
        assert size.state is Feasible.NO and size.limit is not None and size.limit.number == 50
        assert feasibility.reasons[0].state is Feasible.NO  # what decides stands first
        assert any("larger than ablation treats best" in text for text in feasibility.cautions)


def test_a_vein_stops_radiofrequency_before_microwaves(planned: dict[str, AblationPlan]) -> None:
    plan = planned["beside"]
    assert reason(plan, Modality.RADIOFREQUENCY, "carries heat off").state is Feasible.UNKNOWN
    assert reason(plan, Modality.MICROWAVE, "lose little heat").state is Feasible.YES
    stomach = next(one for one in plan.options[1].feasibility.reasons if one.text.startswith("stomach"))
    assert stomach.value is not None and stomach.state in (Feasible.UNKNOWN, Feasible.YES)
    assert (stomach.value.low >= 5) == (stomach.state is Feasible.YES)


def test_what_is_not_segmented_is_unknown() -> None:
    lesion = ball_lesion(6, (-30, -20, 5))
    regions = LiverRegions(mask_of([LIVER], GRID), (lesion,))
    measurement = measure_liver(regions, subcapsular_within_mm=10)
    skin = mask_of([ball((0, 0, 0), 86)], GRID)
    for around in ({Structure.SKIN: skin}, {}):
        obstacles = obstacles_of(Surroundings(GRID, around), measurement, RULES)
        plan = ablation_plan(measurement.lesions[0], measurement, obstacles, knowledge=KNOWLEDGE,
                             rng=np.random.default_rng(0))  # fmt: skip
        for feasibility in plan.feasibility:
            assert feasibility.state is Feasible.UNKNOWN
            unknown = " ".join(one.text for one in feasibility.reasons if one.state is Feasible.UNKNOWN)
            assert all(word in unknown for word in ("bile duct", "vein", "bowel", "stomach"))
        assert plan.reach.is_decided == bool(around)


def test_plans_repeat() -> None:
    lesion = ball_lesion(7, (-30, -20, 5))
    regions = LiverRegions(mask_of([LIVER], GRID), (lesion,))
    measurement = measure_liver(regions, subcapsular_within_mm=10)
    around = Surroundings(GRID, {Structure.SKIN: mask_of([ball((0, 0, 0), 86)], GRID)})
    found = [
        ablation_plan(
            measurement.lesions[0],
            measurement,
            obstacles_of(around, measurement, RULES),
            knowledge=KNOWLEDGE,
            rng=np.random.default_rng(0),
        )
        for _ in range(2)
    ]
    assert found[0] == found[1]


def test_zone_of_a_row_keeps_its_spread() -> None:
    row = published_rows(KNOWN)[0]
    assert zone_of(row) == Zone(31.9, 27.6, 5.5, 5.3)
    points: NDArray[np.float64] = np.zeros((1, 3))
    assert not covered(points, np.empty((0, 3)), FROM_FRONT, Zone(1, 1)).any()


def test_a_blocked_middle_is_reached_beside_it() -> None:
    """A vein through the middle of a lesion: the needle goes to a point of the lesion beside it, and that is said."""
    lesion = ball_lesion(12, (-20, -20, 5))
    vein = mask_of([ball((-20 + n, -20, 5), 4) for n in range(-30, 31)], GRID)
    regions = LiverRegions(mask_of([LIVER], GRID), (lesion,), portal=vein)
    measurement = measure_liver(regions, subcapsular_within_mm=10)
    around = Surroundings(GRID, {Structure.SKIN: mask_of([ball((0, 0, 0), 86)], GRID)})
    obstacles = obstacles_of(around, measurement, RULES)
    plan = ablation_plan(
        measurement.lesions[0], measurement, obstacles, knowledge=KNOWLEDGE, rng=np.random.default_rng(0)
    )
    assert plan.reach.best is not None
    assert dict(plan.reach.best.distances)["large portal vein"] >= RULES.vessel_clearance_mm
    assert reason(plan, Modality.MICROWAVE, "off the middle").state is Feasible.UNKNOWN
