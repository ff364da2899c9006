"""Single lesions out of regions, their identity over time, and the burden of the liver."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of, random_rotation

from nelm.errors import InputError
from nelm.imaging.lesions import (
    Fate,
    Lesion,
    burden_of,
    lesion_of,
    matched,
    named_over_time,
    separated,
)
from nelm.volume import Grid, Mask

GRID = Grid.axial((50, 100, 100), (2.0, 1.0, 1.0))


def test_pieces_are_lesions_named_by_size() -> None:
    mask = mask_of([ball((20, 20, 20), 6), ball((70, 70, 60), 10), ball((20, 80, 80), 4)], GRID)
    found = separated(mask)
    assert [lesion.name for lesion in found.lesions] == ["L1", "L2", "L3"]
    assert found.partings == ()
    assert sum(lesion.volume_ml for lesion in found.lesions) == pytest.approx(mask.volume_ml)


@pytest.mark.parametrize("apart", [1.5, 1.6, 1.9])
def test_touching_balls_are_two_lesions_and_it_is_said(apart: float) -> None:
    mask = mask_of([ball((40, 50, 50), 12), ball((40 + 12 * apart, 50, 50), 12)], GRID)
    found = separated(mask)
    assert len(found.lesions) == 2 and len(found.partings) == 1
    assert 0 < found.partings[0].neck_ratio < 0.75
    assert "parted" in found.lesions[0].remarks[0]
    assert sum(lesion.volume_ml for lesion in found.lesions) == pytest.approx(mask.volume_ml)


@pytest.mark.parametrize("apart", [0.4, 0.8, 1.1])
def test_a_lobulated_lesion_stays_one(apart: float) -> None:
    mask = mask_of([ball((40, 50, 50), 12), ball((40 + 12 * apart, 50, 50), 12)], GRID)
    assert len(separated(mask).lesions) == 1


def test_an_elongated_or_rough_lesion_stays_one() -> None:
    rng = np.random.default_rng(2)
    body = Ellipsoid(np.array([50.0, 50.0, 50.0]), np.array([30.0, 10.0, 12.0]), random_rotation(rng))
    mask = mask_of([body], GRID)
    rough = Mask(mask.array ^ (np.roll(mask.array, 1, axis=2) & (rng.random(GRID.shape) < 0.05)), GRID)
    largest = separated(rough).lesions[0]
    assert largest.volume_ml > 0.9 * mask.volume_ml


def test_a_small_lesion_beside_a_large_one_is_parted() -> None:
    mask = mask_of([ball((40, 50, 50), 20), ball((40 + 20 + 5, 50, 50), 6)], GRID)
    found = separated(mask)
    assert len(found.lesions) == 2
    assert found.lesions[1].volume_ml == pytest.approx(4 / 3 * np.pi * 6**3 / 1000, rel=0.25)


def crowd(seed: int, count: int, smallest: float, largest: float) -> list[Ellipsoid]:
    """Lesions from small to large within a ball of 90 mm, some pairs touching."""
    rng = np.random.default_rng(seed)
    radii = np.geomspace(largest, smallest, count) / 2
    placed: list[Ellipsoid] = []
    for place, radius in enumerate(radii):
        touching = place in (10, 20, 30)
        for _ in range(20_000):
            centre = 100 + random_rotation(rng)[0] * rng.uniform(0, 88 - radius)
            if touching:
                near = placed[place - 5]
                centre = near.centre + random_rotation(rng)[0] * (near.half_axes.max() + radius) * 0.93
            gaps = [np.linalg.norm(centre - one.centre) - one.half_axes.max() - radius for one in placed]
            close = sum(gap < 4.5 for gap in gaps)
            if close == (1 if touching else 0) and np.linalg.norm(centre - 100) < 90 - radius:
                half = np.full(3, radius) if touching else radius * np.array([1, rng.uniform(0.85, 1), 1])
                placed.append(Ellipsoid(np.asarray(centre), half, random_rotation(rng)))
                break
        else:
            raise AssertionError("no room")
    return placed


@pytest.mark.slow
def test_sixty_lesions_are_counted_exactly_and_keep_their_identity_over_three_examinations() -> None:
    grid = Grid.axial((100, 200, 200), (2.0, 1.0, 1.0))
    bodies = crowd(7, 60, 4.0, 60.0)
    first = separated(mask_of(bodies, grid)).lesions
    assert len(first) == 60
    # each volume within 5 % or the shell of one voxel
    truth = sorted((body.volume_ml for body in bodies), reverse=True)
    for lesion, volume in zip(first, truth, strict=True):
        shell = 4 * np.pi * (3 * volume * 1000 / 4 / np.pi) ** (2 / 3) * 1.0 / 1000
        assert abs(lesion.volume_ml - volume) <= max(0.05 * volume, shell)
    # the second examination: everything has grown by 6 %, shifted by less than the registration error
    grown = [Ellipsoid(b.centre + np.array([0.8, -0.6, 0.5]), b.half_axes * 1.02, b.turned) for b in bodies]
    second = separated(mask_of(grown, grid)).lesions
    assert len(second) == 60
    matches = matched(first, second, error_mm=2.0)
    assert [match.fate for match in matches] == [Fate.SAME] * 60
    named = named_over_time(first, second, matches)
    assert names_by_place(named, grown, grid) == names_by_place(first, bodies, grid)
    # the third: two neighbours have grown into one, one lesion is new, one is no longer seen
    a, b = grown[10], grown[5]  # a touching pair
    merged = [*[x for x in grown if x is not a and x is not b and x is not grown[-1]], *between(a, b)]
    third = separated(mask_of([*merged, ball((12, 12, 12), 2.6)], grid)).lesions
    fates = matched(named, third, error_mm=2.0)
    assert sorted(str(m.fate) for m in fates if m.fate is not Fate.SAME) == ["merged", "new", "not_seen"]
    final = named_over_time(named, third, fates)
    assert len(third) == 59 and len({lesion.name for lesion in final}) == 59
    assert sum("+" in lesion.name for lesion in final) == 1
    assert "L61" in {lesion.name for lesion in final}


def names_by_place(lesions: Sequence[Lesion], bodies: list[Ellipsoid], grid: Grid) -> list[str]:
    """The name of the lesion that holds the middle of each body."""
    found = []
    for body in bodies:
        k, j, i = np.round(grid.indices_of([body.centre])[0]).astype(int)
        (name,) = [lesion.name for lesion in lesions if lesion.on(grid).array[k, j, i]]
        found.append(name)
    return found


def between(a: Ellipsoid, b: Ellipsoid) -> list[Ellipsoid]:
    """Two bodies and what fills the room between them."""
    steps = np.linspace(0, 1, 8)
    radius = min(a.half_axes.max(), b.half_axes.max())
    return [a, b, *[ball(tuple(a.centre + s * (b.centre - a.centre)), radius) for s in steps]]


def test_a_lesion_that_falls_apart_is_a_split() -> None:
    whole = separated(mask_of([ball((50, 50, 50), 14)], GRID)).lesions
    parts = separated(mask_of([ball((43, 50, 50), 5), ball((57, 50, 50), 6)], GRID)).lesions
    (match,) = matched(whole, parts, error_mm=1.0)
    assert match.fate is Fate.SPLIT
    assert [lesion.name for lesion in named_over_time(whole, parts, [match])] == ["L1a", "L1b"]


def test_a_match_by_the_registration_error_alone_is_ambiguous() -> None:
    old = separated(mask_of([ball((30, 50, 50), 4)], GRID)).lesions
    new = separated(mask_of([ball((40, 50, 50), 4)], GRID)).lesions
    (match,) = matched(old, new, error_mm=4.0)
    assert match.fate is Fate.SAME and match.is_ambiguous
    assert {m.fate for m in matched(old, new, error_mm=0.5)} == {Fate.NEW, Fate.NOT_SEEN}


def test_neighbours_are_not_mixed_up() -> None:
    bodies = [ball((20 + 14 * i, 50, 50), 5) for i in range(5)]
    old = separated(mask_of(bodies, GRID)).lesions
    moved = [ball((20 + 14 * i + 5, 50, 50), 5.2) for i in range(5)]
    new = separated(mask_of(moved, GRID)).lesions
    pairs = {match.earlier + match.later for match in matched(old, new, error_mm=6.0)}
    middles_old = [lesion.box[2].start for lesion in old]
    middles_new = [lesion.box[2].start for lesion in new]
    assert all(abs(middles_new[j] - middles_old[i] - 5) <= 1 for i, j in pairs)


def lesions_of(*balls: Ellipsoid) -> list:
    return [lesion_of(f"L{place}", mask_of([one], GRID)) for place, one in enumerate(balls, start=1)]


LIVER = ball((50, 50, 50), 35)
TWO = (ball((40, 50, 50), 8), ball((62, 55, 50), 10))


def test_burden_is_the_same_whether_the_liver_was_drawn_with_its_lesions_or_without() -> None:
    lesions = lesions_of(*TWO)
    whole = mask_of([LIVER], GRID)
    without = Mask(whole.array & ~mask_of(list(TWO), GRID).array, GRID)
    one, other = burden_of(whole, lesions), burden_of(without, lesions)
    assert (one.liver_region, other.liver_region) == ("includes", "excludes")
    assert one.percent is not None and other.percent is not None
    assert one.percent.value == pytest.approx(other.percent.value)
    truth = 100 * sum(b.volume_ml for b in TWO) / LIVER.volume_ml
    assert one.percent.value == pytest.approx(truth, abs=0.2)
    assert one.percent.low < truth < one.percent.high


def test_a_liver_drawn_with_one_lesion_and_without_the_other_is_made_whole() -> None:
    lesions = lesions_of(*TWO)
    mixed = Mask(mask_of([LIVER], GRID).array & ~mask_of([TWO[0]], GRID).array, GRID)
    found = burden_of(mixed, lesions)
    assert found.liver_region == "partly includes"
    assert found.liver_ml.value == pytest.approx(LIVER.volume_ml, rel=0.01)


def test_a_liver_cut_by_the_image_has_no_burden() -> None:
    low = ball((50, 50, 15), 35)
    found = burden_of(mask_of([low], GRID), lesions_of(ball((50, 50, 20), 6)))
    assert found.is_cut and found.percent is None
    assert "first slice" in found.remarks[0]


def test_a_lesion_outside_the_liver_is_not_counted() -> None:
    found = burden_of(mask_of([LIVER], GRID), lesions_of(TWO[0], ball((92, 92, 90), 5)))
    assert found.inside == (1.0, 0.0)
    assert any("L2" in remark and "not counted" in remark for remark in found.remarks)
    assert found.tumour_ml.value == pytest.approx(mask_of([TWO[0]], GRID).volume_ml)


def test_a_lesion_partly_outside_counts_with_its_part_inside() -> None:
    edge = ball((50 + 35, 50, 50), 8)
    found = burden_of(mask_of([LIVER], GRID), lesions_of(TWO[0], edge))
    assert 0.3 < found.inside[1] < 0.6
    assert any("partly outside" in remark for remark in found.remarks)


def test_no_liver_is_an_error() -> None:
    with pytest.raises(InputError, match="liver"):
        burden_of(Mask(np.zeros(GRID.shape, dtype=bool), GRID), [])


def test_no_lesions_is_no_burden() -> None:
    found = burden_of(mask_of([LIVER], GRID), [])
    assert found.percent is not None and found.percent.value == 0
