"""Ablation of 30 lesions in a real CT: obstacles, paths, zones and feasibility (bar: a minute in all).

The CT is case 17 of 3D-IRCADb (512 x 512 x 119) from the folder named by NELM_SHARED; 28 balls of 8 to 30 mm in its
liver make the lesions up to 30. Reading and measuring are not counted.
"""

from __future__ import annotations

import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import ndimage

from nelm.app.regions import liver_regions
from nelm.imaging.lesions import Lesion, lesion_of
from nelm.imaging.measured import LiverMeasurement, LiverRegions, measure_liver
from nelm.imaging.surroundings import Surroundings
from nelm.io.study import read_study
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.knowledge import NeedleKnowledge
from nelm.therapies.ablation.lesion_plan import ablation_plan
from nelm.therapies.ablation.needle_obstacles import obstacles_of
from nelm.therapies.ablation.needle_rules import needle_rules
from nelm.volume import Grid, Mask, Structure, mask_on

LESIONS, LIMIT_S = 30, 60.0
AROUND = (Structure.SKIN, Structure.BONE, Structure.HEPATIC_ARTERY)


def ball(grid: Grid, centre: np.ndarray, radius_mm: float) -> Mask:
    """A ball around a voxel."""
    spacing = np.array(grid.spacing_mm)
    found = np.zeros(grid.shape, dtype=bool)
    reach = np.ceil(radius_mm / spacing).astype(int)
    box = tuple(
        slice(max(0, c - r), min(n, c + r + 1)) for c, r, n in zip(centre, reach, grid.shape, strict=True)
    )
    places = np.indices(tuple(part.stop - part.start for part in box)).T + [part.start for part in box]
    found[box] = (np.linalg.norm((places - centre) * spacing, axis=-1) <= radius_mm).T
    return Mask(found, grid)


def more_lesions(regions: LiverRegions, count: int) -> tuple[Lesion, ...]:
    """Balls in the liver, apart from each other and from the lesions that are there."""
    rng = np.random.default_rng(1)
    grid = regions.liver.grid
    free = regions.liver.array.copy()
    for lesion in regions.lesions:
        free[lesion.box] &= ~lesion.mask.array
    found: list[Lesion] = []
    core = np.argwhere(ndimage.binary_erosion(free, iterations=6))
    while len(found) < count:
        mask = ball(grid, core[rng.integers(len(core))], rng.uniform(4, 15))
        if not (mask.array & ~free).any():
            free &= ~mask.array
            found.append(lesion_of(f"B{len(found) + 1}", mask))
    return tuple(found)


def measured(folder: Path) -> tuple[LiverMeasurement, Surroundings]:
    """The case with its lesions."""
    study = read_study([folder])
    regions, _, _ = liver_regions(study)
    grid = regions.liver.grid
    lesions = (*regions.lesions, *more_lesions(regions, LESIONS - len(regions.lesions)))
    whole = LiverRegions(regions.liver, lesions, regions.portal, regions.veins)
    masks = {kind: mask_on(study.of(kind)[0][1].mask, grid) for kind in AROUND if study.of(kind)}
    return measure_liver(whole, subcapsular_within_mm=10), Surroundings(grid, masks)


def main() -> int:
    """Run and print; 1 when the bar is missed."""
    shared = os.environ.get("NELM_SHARED")
    if not shared:
        print("needle paths: needs NELM_SHARED")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("PATIENT_DICOM", "MASKS_DICOM"):
            with tarfile.open(Path(shared) / f"data/ircad17/{name}.tar.xz") as archive:
                archive.extractall(folder, filter="data")
        measurement, around = measured(Path(folder))
    knowledge = load_knowledge()
    rules = needle_rules(knowledge.record(NeedleKnowledge, "ablation_needles"))
    started, used = time.perf_counter(), time.process_time()
    obstacles = obstacles_of(around, measurement, rules)
    mapped = time.perf_counter() - started
    plans = [
        ablation_plan(item, measurement, obstacles, knowledge=knowledge, rng=np.random.default_rng(place))
        for place, item in enumerate(measurement.lesions)
    ]
    elapsed, used = time.perf_counter() - started, time.process_time() - used
    reached = sum(bool(plan.reach.paths) for plan in plans)
    options = [option for plan in plans for option in plan.options]
    zones = sum(option.narrow is not None and option.narrow.count is not None for option in options)
    print(
        f"needle paths: {len(plans)} lesions in {elapsed:.1f} s (limit {LIMIT_S:g} s; {used:.1f} s of processor; "
        f"obstacles {mapped:.1f} s), {reached} with a path, {zones} of {len(options)} options covered with 5 mm"
    )
    return 0 if elapsed < LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
