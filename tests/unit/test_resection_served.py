"""Remnants by lookup against the slow way, and against slabs whose territories are known."""

import numpy as np
import pytest
from tests.resections import landmarks, line, measured, served_slab, slab

from nelm.errors import GeometryError
from nelm.imaging.liver import RESECTIONS, VesselTree
from nelm.imaging.liver.served import served_liver, union_remnant
from nelm.imaging.measured import remnant_of
from nelm.volume import mask_on

NUMBERS = ("anatomical_ml", "supplied_ml", "drained_ml", "functional_ml", "functional_share_percent",
           "tumour_left_ml", "remarks")  # fmt: skip


@pytest.mark.parametrize("name", ["right_hemihepatectomy", "left_trisectionectomy", "central_hepatectomy"])
def test_the_fast_way_gives_what_the_slow_way_gives(name: str) -> None:
    liver = measured()
    tumour = np.zeros(liver.working_liver.grid.shape, dtype=bool)
    for item in liver.lesions:
        tumour |= mask_on(item.lesion.mask, liver.working_liver.grid).array
    served = served_liver(liver.working_liver, tumour, portal=liver.portal_tree, veins=liver.vein_tree,
                          landmarks=liver.landmarks, error_mm=liver.voxel_mm)  # fmt: skip
    slow = remnant_of(liver, sorted(RESECTIONS[name]))
    fast = union_remnant(served, [liver.segments.labels == number for number in RESECTIONS[name]])
    assert [getattr(fast, part) for part in NUMBERS] == [getattr(slow, part) for part in NUMBERS]
    assert (fast.region.array == slow.region.array).all()
    assert slow.functional_ml is not None and slow.functional_ml.value < slow.anatomical_ml.value


LIVER = slab((120, 60, 40))
NOTHING = np.zeros(LIVER.grid.shape, dtype=bool)
CHAIN = VesselTree(
    (line((0, 30, 20), (40, 30, 20), None), line((41, 30, 20), (80, 30, 20), 0),
     line((81, 30, 20), (120, 30, 20), 1)), ()
)  # fmt: skip
MARKS = landmarks((0.0, 30.0, 20.0), (0.0, 30.0, 20.0))


def between(low: float, high: float) -> np.ndarray:
    """The slab between two planes across x."""
    found = np.zeros(LIVER.grid.shape, dtype=bool)
    inside = np.argwhere(LIVER.array)
    x = LIVER.grid.points_of(inside)[:, 0]
    found[tuple(inside[(x > low) & (x < high)].T)] = True
    return found


def test_what_lies_behind_a_cut_branch_is_lost() -> None:
    """Of 288 mL, 30 mm are taken; the middle branch is cut and all that it and the last one serve goes: from x = 40."""
    served = served_slab(LIVER, NOTHING, CHAIN, None, marks=MARKS)
    left = union_remnant(served, [between(45, 75)])
    assert left.anatomical_ml.value == pytest.approx(90 * 60 * 40 / 1000, rel=0.03)
    assert left.supplied_ml is not None
    assert left.supplied_ml.value == pytest.approx(40.5 * 60 * 40 / 1000, rel=0.03)
    assert left.drained_ml is None and left.functional_ml is None
    assert any("outflow is unknown" in text for text in left.remarks)


def test_near_the_hilum_nothing_counts_as_cut() -> None:
    served = served_slab(LIVER, NOTHING, CHAIN, None, marks=MARKS)
    left = union_remnant(served, [between(5, 25)])
    assert left.supplied_ml == left.anatomical_ml


def test_two_resections_can_cut_what_neither_cuts_alone() -> None:
    """4 mm of a branch are a plane that runs beside it, 8 mm are a cut."""
    served = served_slab(LIVER, NOTHING, CHAIN, CHAIN, marks=MARKS)
    first, second = between(46, 50), between(56, 60)
    alone = [served.deprivation(region) for region in (first, second)]
    assert not any(found.deprived.any() for found in alone)
    both = union_remnant(served, [first, second])
    assert both.functional_ml is not None
    assert both.functional_ml.value < both.anatomical_ml.value - 100


def test_nothing_resected_is_the_whole_liver() -> None:
    tumour = between(100, 110)
    served = served_slab(LIVER, tumour, CHAIN, CHAIN, marks=MARKS)
    whole = union_remnant(served, [])
    assert whole.anatomical_ml == served.healthy_ml == whole.functional_ml
    assert whole.functional_share_percent.value == 100
    assert whole.tumour_left_ml == pytest.approx(10 * 60 * 40 / 1000)


def test_a_region_of_another_grid_is_refused() -> None:
    served = served_slab(LIVER, NOTHING, None, None, marks=MARKS)
    with pytest.raises(GeometryError, match="another grid"):
        served.deprivation(np.zeros((3, 3, 3), dtype=bool))
    with pytest.raises(GeometryError, match="another grid"):
        served.deprivation(LIVER.array.astype(np.uint8))  # type: ignore[arg-type]


def test_an_empty_tree_is_unknown_and_not_complete() -> None:
    served = served_slab(LIVER, NOTHING, VesselTree((), ()), CHAIN, marks=MARKS)
    left = union_remnant(served, [between(100, 118)])
    assert left.supplied_ml is None and left.functional_ml is None and left.drained_ml is not None
    assert any("inflow is unknown" in text for text in left.remarks)


def test_a_vessel_whose_liver_goes_does_not_stay() -> None:
    served = served_slab(LIVER, NOTHING, CHAIN, None, marks=MARKS)
    found = served.deprivation(between(41, 120))
    assert found.portal_stays is not None and found.portal_lost is not None
    assert found.portal_stays.tolist() == [True, False, False]
    assert found.portal_lost.tolist() == [False, True, True]
