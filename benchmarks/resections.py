"""Candidate resections of a synthetic liver with 60 lesions: how many, how long, and whether remnants are exact.

Bars: at least 150 candidates of at most 200, 20 s of processor time for the layout and all candidates.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from nelm.imaging.lesions import lesion_of
from nelm.imaging.liver import remnant_after
from nelm.imaging.liver.served import union_remnant
from nelm.imaging.measured import LiverRegions, measure_liver
from nelm.imaging.phantom.lesions import LesionPlan, many_small
from nelm.imaging.phantom.patient import synthetic_patient
from nelm.knowledge import load_knowledge
from nelm.therapies.surgery.assessment import operated
from nelm.therapies.surgery.candidates import candidates
from nelm.therapies.surgery.knowledge import ResectionKnowledge
from nelm.volume import Grid, Structure

COUNT, SMALLEST_MM, LARGEST_MM = 60, 4.0, 60.0
GRID = Grid.axial((126, 120, 136), (2.0,) * 3, (-154, -130, -130))
FEWEST, MOST, LIMIT_S = 150, 200, 20.0
CHECKED = 12


def regions() -> LiverRegions:
    """The synthetic liver with its vessels."""
    plan = LesionPlan(many_small(COUNT, smallest_mm=SMALLEST_MM, largest_mm=LARGEST_MM))
    drawn = synthetic_patient(1, plan, time_points=1).tomography(GRID)
    of = {kind: mask for _, kind, mask in drawn.masks if kind is not Structure.LESION}
    lesions = [(name, mask) for name, kind, mask in drawn.masks if kind is Structure.LESION]
    return LiverRegions(
        of[Structure.LIVER],
        tuple(lesion_of(name, mask) for name, mask in lesions if not mask.is_empty),
        portal=of[Structure.PORTAL_VEIN],
        veins=of[Structure.HEPATIC_VEIN],
        cava=of[Structure.INFERIOR_VENA_CAVA],
    )


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    measurement = measure_liver(regions(), subcapsular_within_mm=5.0)
    known = load_knowledge().record(ResectionKnowledge, "resection")
    started, processor = time.perf_counter(), time.process_time()
    liver = operated(measurement, known)
    laid_out = time.process_time() - processor
    offered = candidates(liver, most=MOST)
    spent, elapsed = time.process_time() - processor, time.perf_counter() - started
    tumour = np.zeros(liver.served.grid.shape, dtype=bool)
    tumour.ravel()[liver.served.voxels[~liver.served.healthy]] = True
    differ = 0
    for one in offered[:: max(1, len(offered) // CHECKED)]:
        slow = remnant_after(
            liver.served.liver, one.region(), tumour, portal=measurement.portal_tree, veins=measurement.vein_tree,
            landmarks=measurement.landmarks, error_mm=measurement.voxel_mm,
        )  # fmt: skip
        fast = union_remnant(liver.served, [one.region()])
        differ += slow.functional_ml != fast.functional_ml or slow.anatomical_ml != fast.anatomical_ml
    wedged = {name for one in offered if one.cover_mm is not None for name in one.lesions}
    print(f"{len(measurement.lesions)} lesions in {liver.served.healthy_ml.value:.0f} mL of liver")
    print(
        f"{len(offered)} candidates, wedges for {len(wedged)} lesions; {differ} remnants differ from the slow way"
    )
    print(
        f"layout {laid_out:.1f} s, all {spent:.1f} s of processor time (limit {LIMIT_S:g} s), {elapsed:.1f} s elapsed"
    )
    return 0 if FEWEST <= len(offered) <= MOST and spent < LIMIT_S and not differ else 1


if __name__ == "__main__":
    sys.exit(main())
