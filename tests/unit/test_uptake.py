"""Uptake of lesions against balls of known activity, and what is decided from it."""

import numpy as np
import pytest
from scipy import ndimage
from tests.balls import ball, mask_of

from nelm.errors import InputError
from nelm.imaging.lesions import lesion_of
from nelm.imaging.uptake import (
    Kind,
    LesionPair,
    Relation,
    Threshold,
    Uptake,
    dual_tracer,
    extent_of,
    hottest,
    lesion_pair,
    liver_reference,
    relation_of,
    require_suv,
    sphere_kernel,
    tumour_volumes,
    uptake_of,
)
from nelm.volume import Grid, Quantity, Volume

GRID = Grid.axial((40, 60, 60), (3.0, 2.5, 2.5))
MIDDLE = (75.0, 75.0, 60.0)
HOT = ball(MIDDLE, 15)


def image(value: float = 10.0, background: float = 1.0) -> Volume:
    array = np.full(GRID.shape, background, dtype=np.float32)
    array[HOT.at(GRID)] = value
    return Volume(array, GRID, Quantity.SUV_BODY_WEIGHT)


def test_a_uniform_lesion() -> None:
    found = uptake_of(image(), lesion_of("L1", mask_of([HOT], GRID)), resolution_mm=6.0)
    assert found.maximum == found.mean == 10
    assert found.peak == pytest.approx(10)
    assert found.total == pytest.approx(10 * mask_of([HOT], GRID).volume_ml)
    assert found.is_small is False


def test_the_peak_is_the_mean_over_a_millilitre_by_brute_force() -> None:
    """Against the mean over 20,000 points of a ball of 1 mL around every voxel of the lesion."""
    rng = np.random.default_rng(5)
    volume = Volume(rng.gamma(2.0, 3.0, GRID.shape).astype(np.float32), GRID, Quantity.SUV_BODY_WEIGHT)
    lesion = mask_of([ball(MIDDLE, 6)], GRID)
    radius = (3000 / (4 * np.pi)) ** (1 / 3)
    points = rng.normal(size=(20_000, 3))
    points *= (radius * rng.random(20_000) ** (1 / 3) / np.linalg.norm(points, axis=1))[:, None]
    best = 0.0
    for centre in GRID.points_of(np.argwhere(lesion.array)):
        indices = np.round(GRID.indices_of(centre + points)).astype(int)
        best = max(best, float(np.asarray(volume.array)[tuple(indices.T)].mean()))
    assert uptake_of(volume, lesion_of("L1", lesion)).peak == pytest.approx(best, rel=0.02)


def test_the_kernel_holds_a_millilitre() -> None:
    kernel = sphere_kernel(GRID.spacing_mm)
    assert kernel.sum() == pytest.approx(1)
    assert 1 / kernel.max() * GRID.voxel_ml == pytest.approx(1.0, rel=0.03)


def test_a_lesion_on_a_finer_grid_and_a_tiny_one_are_found() -> None:
    fine = Grid.axial((120, 150, 150), (1.0, 1.0, 1.0))
    found = uptake_of(image(), lesion_of("L1", mask_of([HOT], fine)))
    assert found.mean == pytest.approx(10, rel=0.04)  # voxels of the border lie half outside
    tiny = uptake_of(image(), lesion_of("L2", mask_of([ball(MIDDLE, 0.9)], fine)), resolution_mm=6.0)
    assert tiny.maximum == 10 and tiny.is_small is True


def test_a_lesion_outside_the_image_and_other_units_are_refused() -> None:
    far = Grid.axial((10, 10, 10), (1, 1, 1), (900, 900, 900))
    with pytest.raises(InputError, match="outside"):
        uptake_of(image(), lesion_of("L1", mask_of([ball((905, 905, 905), 3)], far)))
    with pytest.raises(InputError, match="SUV"):
        require_suv(Volume(np.zeros(GRID.shape, dtype=np.float32), GRID, Quantity.COUNTS))


def test_the_liver_reference_leaves_lesions_and_borders_out() -> None:
    rng = np.random.default_rng(1)
    liver = ball(MIDDLE, 45)
    array = np.full(GRID.shape, 0.5)
    array[liver.at(GRID)] = 6.0
    array[ball((60, 75, 60), 10).at(GRID)] = 40.0
    array = ndimage.gaussian_filter(array, 1.0) * (1 + rng.normal(0, 0.1, GRID.shape))
    lesion = lesion_of("L1", mask_of([ball((60, 75, 60), 10)], GRID))
    volume = Volume(array.astype(np.float32), GRID, Quantity.SUV_BODY_WEIGHT)
    found = liver_reference(volume, mask_of([liver], GRID), [lesion], margin_mm=8.0)
    assert found is not None
    assert found.mean == pytest.approx(6.0, rel=0.02) and found.sd == pytest.approx(0.6, rel=0.15)


def uptake(peak: float, *, small: bool | None = False) -> Uptake:
    return Uptake(peak * 1.2, peak * 0.8, peak, peak, 1.0, small)


def related(peak: float, *, small: bool | None = False, spleen: float | None = 20.0) -> Relation | None:
    from nelm.imaging.uptake import ReferenceUptake

    organ = None if spleen is None else ReferenceUptake(spleen, 1.0, spleen + 3, 100.0)
    return relation_of(uptake(peak, small=small), liver=ReferenceUptake(5.0, 0.5, 7.0, 800.0), spleen=organ,
                       liver_sds=2.0, none_below=0.5)  # fmt: skip


@pytest.mark.parametrize(
    ("peak", "relation"),
    [(1.0, Relation.NONE), (3.0, Relation.BELOW_LIVER), (5.9, Relation.EQUAL_LIVER), (6.5, Relation.ABOVE_LIVER),
     (21.9, Relation.ABOVE_LIVER), (23.0, Relation.ABOVE_SPLEEN)],
)  # fmt: skip
def test_relations(peak: float, relation: Relation) -> None:
    assert related(peak) is relation


def test_what_cannot_be_decided_is_not() -> None:
    assert related(3.0, small=True) is None  # partial volume could hide a lesion above liver
    assert related(3.0, small=None) is None
    assert related(9.0, small=True) is Relation.ABOVE_LIVER  # it can only be hotter
    assert related(40.0, spleen=None) is Relation.ABOVE_LIVER
    assert relation_of(uptake(9), liver=None, spleen=None, liver_sds=2, none_below=0.5) is None


def test_extent_and_hottest() -> None:
    above, below = Relation.ABOVE_LIVER, Relation.BELOW_LIVER
    assert (
        extent_of([above, above]) == "all"
        and extent_of([above, below]) == "some"
        and extent_of([below]) == "none"
    )
    assert (
        extent_of([above, None]) is None
        and extent_of([above, below, None]) == "some"
        and extent_of([]) is None
    )
    assert hottest([above, below]) is above and hottest([above, None]) is above
    assert hottest([below, None]) is None and hottest([]) is None


def test_volumes_by_thresholds_of_a_blurred_ball() -> None:
    """At half of the maximum a blurred large ball keeps its size; organs are left out; undrawn uptake is said."""
    array = np.full(GRID.shape, 1.0)
    array[HOT.at(GRID)] = 20.0
    array[ball((30, 30, 90), 8).at(GRID)] = 30.0  # an organ
    array[ball((120, 120, 30), 8).at(GRID)] = 15.0  # nobody drew this one
    blurred = ndimage.gaussian_filter(array, 2.5 / np.array(GRID.spacing_mm))
    volume = Volume(blurred.astype(np.float32), GRID, Quantity.SUV_BODY_WEIGHT)
    ways = [Threshold("50 %", Kind.OF_LESION_MAXIMUM, 0.5, "x"), Threshold("SUV 8", Kind.FIXED, 8.0, "x"),
            Threshold("liver", Kind.ABOVE_LIVER_MAXIMUM, 0.1, "x")]  # fmt: skip
    searched = mask_of([ball(MIDDLE, 80)], GRID)
    half, fixed, liver = tumour_volumes(
        volume, [lesion_of("L1", mask_of([HOT], GRID))], [mask_of([ball((30, 30, 90), 8)], GRID)], ways, liver=None,
        margin_mm=6.0, searched=searched,
    )  # fmt: skip
    assert half.volume_ml == pytest.approx(HOT.volume_ml, rel=0.05)
    assert fixed.volume_ml is not None and half.volume_ml is not None and fixed.volume_ml > half.volume_ml
    undrawn = ball((0, 0, 0), 8).volume_ml  # blur takes some of a small ball below the threshold
    assert fixed.unassigned_ml is not None and 0.6 * undrawn < fixed.unassigned_ml < 1.1 * undrawn
    assert liver.volume_ml is None


@pytest.mark.parametrize(
    ("pairs", "grade"),
    [
        ([(Relation.NONE, Relation.NONE)], "P0"),
        ([(Relation.ABOVE_LIVER, Relation.BELOW_LIVER)], "P1"),
        ([(Relation.ABOVE_SPLEEN, Relation.ABOVE_LIVER)], "P3"),
        ([(Relation.EQUAL_LIVER, Relation.ABOVE_LIVER)], "P4a"),
        ([(Relation.EQUAL_LIVER, Relation.ABOVE_LIVER)] * 3, "P4b"),
        ([(Relation.NONE, Relation.ABOVE_LIVER)], "P5"),
        ([(Relation.ABOVE_LIVER, None)], None),
    ],
)
def test_netpet(pairs: list[tuple[Relation, Relation | None]], grade: str | None) -> None:
    assert dual_tracer([lesion_pair(a, b) for a, b in pairs]).netpet == grade


def test_undecided_lesions_widen_the_number_of_mismatches() -> None:
    pairs = [LesionPair(False, True, 1), LesionPair(None, True, None), LesionPair(True, True, 0)]
    found = dual_tracer(pairs)
    assert (found.fdg_positive_receptor_negative.low, found.fdg_positive_receptor_negative.high) == (1, 2)
    assert found.netpet is None and found.fdg_uptake == "high"
