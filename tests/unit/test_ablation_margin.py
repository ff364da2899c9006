"""The margin after an ablation against balls and ellipsoids, whose margin is a formula."""

from __future__ import annotations

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of, random_grid, random_rotation

from nelm.errors import GeometryError
from nelm.guideline.feasibility import Feasible
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.devices import Technology
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.therapies.ablation.minimal_margin import AblativeMargin, ablative_margin
from nelm.volume import Grid, Mask

KNOWN = load_knowledge().record(NeedleKnowledge, "ablation_needles")
GRID = Grid.axial((50, 60, 60), (1.5, 1.2, 1.2), (-35, -35, -37))
LIMITS = (0.0, 5.0, 10.0)


def margin(
    lesion: Mask, zone: Mask, *, error: float | None = 0.0, liver: Mask | None = None, **more
) -> AblativeMargin:
    return ablative_margin(
        lesion, zone, liver=liver, registration_error_mm=error, limits_mm=LIMITS, known=KNOWN, **more
    )


@pytest.mark.parametrize("seed", range(10))
def test_balls_off_centre_are_right_to_a_third_of_a_voxel(seed: int) -> None:
    """Zone radius less lesion radius less the distance of the centres, negative where tumour is left."""
    rng = np.random.default_rng([9, seed])
    grid = random_grid(rng, 48.0)
    centre = grid.points_of([np.array(grid.shape) / 2])[0] + rng.uniform(-2, 2, 3)
    inner = rng.uniform(5, 10)
    outer = inner + rng.uniform(3, 8)
    shift = rng.normal(size=3)
    shift *= rng.uniform(0, 8) / np.linalg.norm(shift)
    lesion, zone = (
        mask_of([ball(tuple(centre), inner)], grid),
        mask_of([ball(tuple(centre + shift), outer)], grid),
    )
    true = outer - inner - np.linalg.norm(shift)
    found = margin(lesion, zone)
    assert abs(found.found_mm - true) < max(grid.spacing_mm) / 3
    assert found.smallest_mm is not None
    assert found.smallest_mm.low <= true <= found.smallest_mm.high


def test_little_bias_over_many_balls() -> None:
    """Distances from voxel border to voxel border are off by half a voxel to one; these less, though the margin is the
    same all round and the smallest of many measurements is taken."""
    rng = np.random.default_rng(21)
    off: list[float] = []
    for _ in range(6):
        grid = random_grid(rng, 40.0)
        centre = grid.points_of([np.array(grid.shape) / 2])[0] + rng.uniform(-1, 1, 3)
        lesion, zone = mask_of([ball(tuple(centre), 7)], grid), mask_of([ball(tuple(centre), 13)], grid)
        off.append((margin(lesion, zone).found_mm - 6) / float(np.mean(grid.spacing_mm)))
    assert -0.4 < np.mean(off) < 0.1


def test_ellipsoids_of_one_centre() -> None:
    """Axes in one direction: the smallest margin is the smallest difference of half axes (both are nearly round)."""
    turned = random_rotation(np.random.default_rng(3))
    lesion = mask_of([Ellipsoid(np.zeros(3), np.array([11.0, 9.0, 8.0]), turned)], GRID)
    zone = mask_of([Ellipsoid(np.zeros(3), np.array([14.0, 15.0, 16.0]), turned)], GRID)
    assert margin(lesion, zone).found_mm == pytest.approx(3.0, abs=np.mean(GRID.spacing_mm) / 3)


def test_shares_of_the_surface_are_those_of_a_cap() -> None:
    """Balls off centre: margins below a limit lie in a cap; its share is (1 - cos) / 2 (Archimedes)."""
    inner, outer, shift = 8.0, 15.0, 4.0
    lesion, zone = mask_of([ball((0, 0, 0), inner)], GRID), mask_of([ball((shift, 0, 0), outer)], GRID)
    found = margin(lesion, zone)
    # at an angle a to the shift a surface point is sqrt(inner^2 + shift^2 - 2 inner shift cos a) from the zone's centre
    cosine = (inner**2 + shift**2 - (outer - 5) ** 2) / (2 * inner * shift)
    assert found.below[1].share == pytest.approx((1 + cosine) / 2, abs=0.05)
    assert found.below[0].share == 0 and found.below[2].share is not None and found.below[2].share > 0.8
    assert found.left_ml == 0


def test_tumour_that_is_left_is_negative_and_counted() -> None:
    lesion, zone = mask_of([ball((0, 0, 0), 10)], GRID), mask_of([ball((6, 0, 0), 9)], GRID)
    found = margin(lesion, zone)
    assert found.found_mm == pytest.approx(-7.0, abs=0.5)
    left = lesion.array & ~zone.array
    assert found.left_ml == pytest.approx(np.count_nonzero(left) * GRID.voxel_ml, rel=0.05)
    assert found.reaches(0.0) is Feasible.NO
    assert found.below[0].share is not None and found.below[0].share > 0.3


def test_the_error_of_the_registration_widens_the_limits() -> None:
    lesion, zone = mask_of([ball((0, 0, 0), 8)], GRID), mask_of([ball((0, 0, 0), 15)], GRID)
    sure, unsure, blind = (margin(lesion, zone, error=error) for error in (0.0, 4.0, None))
    assert sure.smallest_mm is not None and unsure.smallest_mm is not None
    width = [item.smallest_mm.high - item.smallest_mm.low for item in (sure, unsure) if item.smallest_mm]
    assert width[0] < 2.0 and width[1] == pytest.approx(8, abs=0.5)
    assert sure.reaches(5.0) is Feasible.YES and unsure.reaches(5.0) is Feasible.UNKNOWN
    assert blind.smallest_mm is None and blind.reaches(1.0) is Feasible.UNKNOWN
    assert any("registration is unknown" in text for text in blind.remarks)
    limits = unsure.below[1].share_limits
    assert (
        limits is not None
        and limits[0] <= (unsure.below[1].share or 0) <= limits[1]
        and limits[1] > limits[0]
    )


def test_the_surface_of_the_liver_is_left_out_and_said() -> None:
    """A lesion 2 mm below the capsule, a zone that ends there: no margin outward, 6 mm inward."""
    columns_mm = GRID.matrix[0, 3] + GRID.spacing_mm[2] * np.arange(GRID.shape[2])
    half = Mask(np.broadcast_to(columns_mm < 10, GRID.shape).copy(), GRID)
    lesion = mask_of([ball((0, 0, 0), 8)], GRID)
    zone = Mask(ball((0, 0, 0), 14).at(GRID) & half.array, GRID)
    whole, cut = margin(lesion, zone), margin(lesion, zone, liver=half)
    assert whole.found_mm == pytest.approx(2.0, abs=0.5) == cut.anywhere_mm
    assert cut.found_mm == pytest.approx(5.0, abs=0.6)  # counted from where the capsule is 5 mm away
    assert 0.1 < cut.below[1].capsule_share < 0.35 and any("left out" in text for text in cut.remarks)
    assert any("liver is not segmented" in text for text in whole.remarks)


def test_microwaves_shrink_tissue_and_it_is_said() -> None:
    lesion, zone = mask_of([ball((0, 0, 0), 8)], GRID), mask_of([ball((0, 0, 0), 12)], GRID)
    said = margin(lesion, zone, technology=Technology.MICROWAVE).remarks
    assert KNOWN.contraction_radial.statement in said
    assert KNOWN.contraction_radial.statement not in margin(lesion, zone).remarks


def test_nothing_has_no_margin() -> None:
    nothing, lesion = Mask(np.zeros(GRID.shape, dtype=bool), GRID), mask_of([ball((0, 0, 0), 8)], GRID)
    with pytest.raises(GeometryError, match="lesion is empty"):
        margin(nothing, lesion)
    with pytest.raises(GeometryError, match="zone is empty"):
        margin(lesion, nothing)


def test_a_zone_somewhere_else_leaves_everything() -> None:
    lesion, zone = mask_of([ball((-20, -20, -20), 5)], GRID), mask_of([ball((25, 25, 25), 6)], GRID)
    found = margin(lesion, zone)
    assert found.found_mm < -15 and found.below[0].share == 1
    assert found.left_ml == pytest.approx(lesion.volume_ml, rel=0.05)
