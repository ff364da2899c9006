"""Laws of resections on random slabs with random vessel trees."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nelm.imaging.liver import Branch, VesselTree, remnant_after
from nelm.imaging.liver.served import ServedLiver, union_remnant
from nelm.volume import Mask
from tests.resections import landmarks, line, served_slab, slab

SIZE = (64.0, 48.0, 40.0)
PARTS = ("anatomical_ml", "supplied_ml", "drained_ml", "functional_ml")


def random_tree(rng: np.random.Generator, origin: NDArray[np.float64]) -> VesselTree:
    """Branches between random points of the slab, each from the end of an earlier one."""
    ends = [origin + rng.uniform(0.05, 0.95, 3) * SIZE for _ in range(8)]
    branches: list[Branch] = [line(tuple(origin), tuple(ends[0]), None, 3.0)]
    for place in range(1, 8):
        parent = int(rng.integers(place))
        radius = float(rng.uniform(0.8, 3.5))
        branches.append(line(tuple(ends[parent]), tuple(ends[place]), parent, radius))
    return VesselTree(tuple(branches), ())


def random_region(rng: np.random.Generator, liver: Mask) -> NDArray[np.bool_]:
    """Half spaces and balls."""
    points = liver.grid.points_of(np.argwhere(np.ones(liver.grid.shape, dtype=bool)))
    middle = points.mean(axis=0) + rng.normal(0, 12, 3)
    way = rng.normal(size=3)
    if rng.random() < 0.5:
        inside = (points - middle) @ way > np.linalg.norm(way) * rng.uniform(0, 15)
    else:
        inside = np.linalg.norm(points - middle, axis=1) < rng.uniform(6, 20)
    return inside.reshape(liver.grid.shape) & liver.array


def random_case(
    seed: int, offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> tuple[ServedLiver, list[NDArray[np.bool_]], dict[str, object]]:
    rng = np.random.default_rng(seed)
    liver = slab(SIZE, origin=offset)
    origin = np.array(offset)
    tumour = random_region(rng, liver) & random_region(rng, liver)
    trees = [random_tree(rng, origin) for _ in range(2)]
    marks = landmarks(tuple(origin), tuple(origin + np.array([SIZE[0], 0, 0])))
    served = served_slab(liver, tumour, trees[0], trees[1], marks=marks, error_mm=0.7)
    regions = [random_region(rng, liver) for _ in range(3)]
    slow = {"portal": trees[0], "veins": trees[1], "landmarks": marks, "error_mm": 0.7}
    return served, regions, {"liver": liver, "tumour": tumour, **slow}


@pytest.mark.parametrize("seed", range(25))
def test_laws_of_resections(seed: int) -> None:
    served, regions, slow = random_case(seed)
    total = served.healthy_ml.value
    taken = np.zeros(served.grid.shape, dtype=bool)
    before = union_remnant(served, [])
    lost_before = np.zeros(len(served.voxels), dtype=bool)
    for region in regions:
        taken |= region
        left, found = union_remnant(served, [taken]), served.deprivation(taken)
        resected = np.count_nonzero(found.taken & served.healthy) * served.grid.voxel_ml
        assert left.anatomical_ml.value + resected == pytest.approx(total, rel=1e-12)
        values = [getattr(left, part).value for part in PARTS]
        assert values[3] <= min(values[1:3]) <= max(values[1:3]) <= values[0]
        for part in PARTS:
            assert getattr(left, part).value <= getattr(before, part).value, (
                "more resected, never more remnant"
            )
        lost = found.taken | found.deprived
        assert not (found.taken & ~lost).any() and not (lost_before & ~lost).any()
        before, lost_before = left, lost
        reference = remnant_after(slow["liver"], taken, slow["tumour"], portal=slow["portal"], veins=slow["veins"],
                                  landmarks=slow["landmarks"], error_mm=0.7)  # type: ignore[arg-type]  # fmt: skip
        assert [getattr(reference, part) for part in PARTS] == [getattr(left, part) for part in PARTS]
        assert (reference.region.array == left.region.array).all()


def test_some_random_resections_cut_vessels() -> None:
    """The laws above would say nothing of deprivation if nothing were ever deprived."""
    deprived = 0
    for seed in range(25):
        served, regions, _ = random_case(seed)
        deprived += any(served.deprivation(region).deprived.any() for region in regions)
    assert deprived > 12


@pytest.mark.parametrize("seed", range(6))
def test_moving_the_image_changes_nothing(seed: int) -> None:
    here, regions, _ = random_case(seed)
    there, moved, _ = random_case(seed, offset=(128.0, -64.0, 32.0))
    for region, other in zip(regions, moved, strict=True):
        first, second = here.deprivation(region), there.deprivation(other)
        assert (first.taken == second.taken).all() and (first.deprived == second.deprived).all()
        assert here.volumes(first) == there.volumes(second)
