"""What cannot be planned on is named and refused; what can is said with what should be known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.balls import ball, mask_of
from tests.livers import GRID, measured, regions, sticks

from nelm.errors import GeometryError, InputError
from nelm.imaging.lesions import lesion_of
from nelm.imaging.measured import LiverMeasurement, measure_liver
from nelm.imaging.plannable import check_for_planning, shared_voxels
from nelm.imaging.surroundings import Surroundings
from nelm.volume import Grid, Mask, Structure

GOOD = measured((((-50.0, 0.0, 0.0), 12.0), ((40.0, 0.0, 0.0), 9.0)))
EMPTY = Mask(np.zeros(GRID.shape, dtype=bool), GRID)
PORTAL = sticks((((0, 30, 0), (0, 70, 0), 5.0),))


def of(*lesions: tuple[tuple[float, float, float], float]) -> LiverMeasurement:
    return measured(lesions)


def refused(measurement: LiverMeasurement, *args: object, **others: object) -> InputError:
    with pytest.raises(InputError) as caught:
        check_for_planning(measurement, *args, **others)  # pyright: ignore[reportArgumentType]
    return caught.value


def test_a_good_liver_is_not_refused() -> None:
    around = Surroundings(GRID, {Structure.PORTAL_VEIN: PORTAL})
    said = check_for_planning(GOOD, around, remnants_ml={"right_hemihepatectomy": 500.0})
    assert said == ("not known: hepatic vein, hepatic artery, bile duct",)
    assert check_for_planning(GOOD) == ("nothing is known of what lies around the liver",)


def test_a_lesion_outside_the_liver_is_named() -> None:
    found = of(((-50.0, 0.0, 0.0), 12.0), ((0.0, 75.0, 60.0), 6.0))
    (one,) = refused(found).problems
    assert one.path == "L2" and "0.9 mL outside the liver" in one.value and "Leave it out" in one.remedy
    said = check_for_planning(found, left_out=["L2"])
    assert "L2 is left out: it lies outside the liver" in said


@pytest.mark.parametrize("name", ["portal", "veins", "cava", "duct", "vessels"])
def test_an_empty_vessel_is_named(name: str) -> None:
    found = replace(GOOD, regions=replace(GOOD.regions, **{name: EMPTY}))
    (one,) = refused(found).problems
    assert one.value == "an empty region" and "unknown" in one.remedy


@pytest.mark.parametrize("kind", [Structure.PORTAL_VEIN, Structure.HEPATIC_ARTERY])
def test_a_vessel_that_was_given_empty_is_named(kind: Structure) -> None:
    for around in (
        Surroundings(GRID, {}, empty=frozenset({kind})),
        Surroundings(GRID, {kind: EMPTY}),
    ):
        (one,) = refused(GOOD, around).problems
        assert one.path == kind.value


def test_an_empty_organ_that_is_no_vessel_is_not_refused() -> None:
    check_for_planning(GOOD, Surroundings(GRID, {}, empty=frozenset({Structure.SPLEEN})))


def test_lesions_that_overlap_are_named_with_what_they_share() -> None:
    """Two balls of 12 mm, 12 mm apart, share a lens of pi (2 r - d)^2 (d^2 + 4 d r) / (12 d) = 2.26 mL."""
    found = of(((-50.0, 0.0, 0.0), 12.0), ((-38.0, 0.0, 0.0), 12.0))
    (one,) = refused(found).problems
    assert one.path in ("L1 and L2", "L2 and L1")
    lens = np.pi * 12**2 * (12**2 + 4 * 12 * 12) / (12 * 12) / 1000
    (pair,) = shared_voxels([item.lesion for item in found.lesions])
    assert pair.shared_ml == pytest.approx(lens, rel=0.1)  # 300 voxels of 2 mm; exact against the masks below
    assert f"{pair.shared_ml:.2f} mL in both" in one.value
    both = GRID.voxel_ml * np.count_nonzero(
        mask_of([ball((-50, 0, 0), 12)], GRID).array & mask_of([ball((-38, 0, 0), 12)], GRID).array
    )
    assert pair.shared_ml == pytest.approx(both)


def test_shared_voxels_against_whole_masks() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        centres = rng.uniform(-30, 30, (4, 3))
        lesions = [
            lesion_of(f"L{n}", mask_of([ball(tuple(c), float(rng.uniform(5, 16)))], GRID))
            for n, c in enumerate(centres.tolist(), start=1)
        ]
        wanted = {}
        for i, one in enumerate(lesions):
            for two in lesions[i + 1 :]:
                both = np.count_nonzero(one.on(GRID).array & two.on(GRID).array)
                if both:
                    wanted[one.name, two.name] = both * GRID.voxel_ml
        found = {(item.first, item.second): item.shared_ml for item in shared_voxels(lesions)}
        assert found == pytest.approx(wanted)


def test_a_voxel_in_common_is_said_and_not_refused() -> None:
    first = mask_of([ball((-50, 0, 0), 12)], GRID).array.copy()
    second = mask_of([ball((-20, 0, 0), 12)], GRID).array.copy()
    second[tuple(np.argwhere(first)[0])] = True
    lesions = tuple(lesion_of(n, Mask(a, GRID)) for n, a in (("L1", first), ("L2", second)))
    found = measure_liver(replace(regions(()), lesions=lesions), subcapsular_within_mm=5.0)
    assert any("touch: 0.01 mL" in text for text in check_for_planning(found))


def test_a_remnant_larger_than_the_liver_is_named() -> None:
    whole = GOOD.burden.parenchyma_ml.value
    (one,) = refused(GOOD, remnants_ml={"after surgery": whole * 1.1, "small": 300.0}).problems
    assert one.path == "after surgery" and f"{whole * 1.1:.0f} mL" in one.value and one.contradicts == "liver"
    check_for_planning(GOOD, remnants_ml={"all of it": whole})


def test_a_segmentation_of_another_grid_is_named() -> None:
    other = Grid.axial(GRID.shape, GRID.spacing_mm, (0, 0, 0))
    shifted = Mask(PORTAL.array, other)
    cases = [
        (replace(GOOD, regions=replace(GOOD.regions, portal=shifted)), None, "portal_vein"),
        (GOOD, Surroundings(other, {}), "surroundings"),
        (GOOD, Surroundings(GRID, {Structure.SKIN: Mask(PORTAL.array, other)}), "skin"),
    ]
    strange = lesion_of("L9", Mask(mask_of([ball((-50, 0, 0), 9)], GRID).array, other))
    cases.append((replace(GOOD, regions=replace(GOOD.regions, lesions=(strange,))), None, "L9"))
    for found, around, name in cases:
        with pytest.raises(GeometryError, match=f"{name}.*on another grid"):
            check_for_planning(found, around)


def test_a_liver_without_lesions_is_refused() -> None:
    (one,) = refused(of()).problems
    assert one.path == "lesions" and "none" in one.value
    (one,) = refused(GOOD, left_out=["L1", "L2"]).problems
    assert one.path == "lesions"


def test_lesions_larger_than_the_liver_are_named() -> None:
    """The drawn liver is the small ball, the lesion the ellipsoid around it: their names were exchanged."""
    liver = mask_of([ball((0, 0, 0), 20)], GRID)
    huge = lesion_of("L1", mask_of([ball((0, 0, 0), 50)], GRID))
    found = measure_liver(replace(regions(()), liver=liver, lesions=(huge,)), subcapsular_within_mm=5.0)
    (one,) = refused(found).problems
    assert one.path == "L1" and "mL in a liver of" in one.value


def test_tumour_that_leaves_no_liver_is_refused() -> None:
    liver = mask_of([ball((0, 0, 0), 40)], GRID).array
    halves = [liver.copy(), liver.copy()]
    halves[0][:, :, GRID.shape[2] // 2 :] = False
    halves[1][:, :, : GRID.shape[2] // 2] = False
    lesions = tuple(lesion_of(f"L{n}", Mask(a, GRID)) for n, a in enumerate(halves, start=1))
    base = replace(regions(()), liver=Mask(liver, GRID), lesions=lesions)
    (one,) = refused(measure_liver(base, subcapsular_within_mm=5.0)).problems
    assert one.path == "lesions" and "of tumour in" in one.value


def test_every_problem_is_listed_at_once() -> None:
    found = of(((-50.0, 0.0, 0.0), 12.0), ((-38.0, 0.0, 0.0), 12.0), ((0.0, 75.0, 60.0), 6.0))
    around = Surroundings(GRID, {}, empty=frozenset({Structure.HEPATIC_VEIN}))
    error = refused(found, around, remnants_ml={"x": 9999.0})
    assert [problem.path for problem in error.problems] in (
        ["L3", "hepatic_vein", "L1 and L2", "x"], ["L3", "hepatic_vein", "L2 and L1", "x"],
    )  # fmt: skip
    assert "4 problems" in str(error)


def test_a_cut_liver_is_said() -> None:
    array = GOOD.regions.liver.array[:38].copy()
    grid = GRID.cropped((slice(0, 38), slice(0, GRID.shape[1]), slice(0, GRID.shape[2])))
    lesion = lesion_of("L1", mask_of([ball((-50, 0, -30), 8)], grid))
    found = measure_liver(
        replace(regions(()), liver=Mask(array, grid), lesions=(lesion,)), subcapsular_within_mm=5.0
    )
    assert any("ends within the liver" in text for text in check_for_planning(found))
