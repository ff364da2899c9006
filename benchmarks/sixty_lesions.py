"""The synthetic patient with 60 lesions from 4 to 60 mm over three examinations: count, volumes, identity.

One region holds all lesions of an examination, as a program that segments would give it: lesions are told apart,
measured and followed from the voxels alone, after a rigid displacement that registration has to find from the CT.
Bars: count exact, every volume within 5 % or the shell of one voxel, every name kept, one pair merged, one new.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray

from nelm.imaging.lesions import Fate, Lesion, lesion_of, matched, named_over_time, separated
from nelm.imaging.phantom.drawing import Drawn
from nelm.imaging.phantom.lesions import LesionPlan, many_small
from nelm.imaging.phantom.patient import SyntheticPatient, TrueLesion, synthetic_patient
from nelm.imaging.registration import moved_mask, register_rigidly
from nelm.volume import Grid, Mask, Structure

COUNT, SMALLEST_MM, LARGEST_MM, TIMES = 60, 4.0, 60.0, 3
VOXEL_MM = 1.2
GRID = Grid.axial((200, 190, 210), (VOXEL_MM,) * 3, (-140, -125, -125))
VOLUME_SHARE = 0.05
ERROR_MM = 1.5


def union_of(drawn: Drawn) -> Mask:
    """All lesions as one region."""
    array = np.zeros(drawn.ct.grid.shape, dtype=bool)
    for _, kind, mask in drawn.masks:
        if kind is Structure.LESION:
            array |= mask.array
    return Mask(array, drawn.ct.grid)


def owner(lesions: tuple[Lesion, ...], point: NDArray[np.float64]) -> Lesion | None:
    """The one lesion whose voxels come nearest to a point, if within a voxel."""
    found = [lesion for lesion in lesions if apart_mm(lesion, point) <= VOXEL_MM]
    return min(found, key=lambda lesion: apart_mm(lesion, point)) if found else None


def apart_mm(lesion: Lesion, point: NDArray[np.float64]) -> float:
    """Distance from a point to the nearest centre of a voxel of a lesion [mm]."""
    index = GRID.indices_of([point])[0]
    if any(not b.start - 2 <= i <= b.stop + 1 for b, i in zip(lesion.box, index, strict=True)):
        return np.inf
    inside = lesion.mask.grid.points_of(np.argwhere(lesion.mask.array))
    return float(np.linalg.norm(inside - point, axis=1).min())


def volumes_off(truth: tuple[TrueLesion, ...], lesions: tuple[Lesion, ...]) -> tuple[int, float]:
    """Lesions whose volume is off by more than 5 % and more than the shell of one voxel, and the worst share."""
    wrong, worst = 0, 0.0
    for true in truth:
        lesion = owner(lesions, np.array(true.centre_mm))
        if lesion is None:
            wrong += 1
            print(f"  {true.name} of {true.volume_ml:.3f} mL not found")
            continue
        off = abs(lesion.volume_ml - true.volume_ml)
        shell = 4 * np.pi * (3 * true.volume_ml * 1000 / 4 / np.pi) ** (2 / 3) * VOXEL_MM / 1000
        if off > max(VOLUME_SHARE * true.volume_ml, shell):
            wrong += 1
            print(f"  {true.name}: {true.volume_ml:.3f} mL measured {lesion.volume_ml:.3f}")
        worst = max(worst, off / true.volume_ml if true.volume_ml > 1 else 0.0)
    return wrong, worst


def names_right(patient: SyntheticPatient, lesions: tuple[Lesion, ...], time_point: int) -> int:
    """Lesions that carry the name that they have had from the first; the new one has the next number."""
    right = 0
    for true in patient.true_lesions(time_point):
        lesion = owner(lesions, np.array(true.centre_mm))
        wanted = true.name.replace("N1", f"L{COUNT + 1}")
        right += bool(lesion is not None and set(lesion.name.split("+")) == set(wanted.split("+")))
    return right


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    diameters = many_small(COUNT, smallest_mm=SMALLEST_MM, largest_mm=LARGEST_MM)
    patient = synthetic_patient(
        1, LesionPlan(diameters, touching_pairs=2, merges=1, new=1), time_points=TIMES
    )
    is_met = True
    before: tuple[Lesion, ...] = ()
    last: Drawn | None = None
    for time_point in range(TIMES):
        drawn, truth = patient.tomography(GRID, time_point=time_point), patient.true_lesions(time_point)
        started = time.perf_counter()
        lesions = separated(union_of(drawn)).lesions
        if last is not None:
            transform = register_rigidly(drawn.ct, last.ct).transform
            laid = [lesion_of(one.name, moved_mask(one.mask, transform, GRID)) for one in before]
            matches = matched(laid, lesions, error_mm=ERROR_MM)
            lesions = named_over_time(laid, lesions, matches)
            fates = [match.fate for match in matches]
            print(f"  {fates.count(Fate.MERGED)} merged, {fates.count(Fate.NEW)} new, "
                  f"{fates.count(Fate.NOT_SEEN)} not seen, {fates.count(Fate.SPLIT)} split")  # fmt: skip
        seconds = time.perf_counter() - started
        if time_point == 0:
            # names of the truth: they are what has to be kept
            lesions = tuple(named(lesion, patient) for lesion in lesions)
        wrong, worst = volumes_off(truth, lesions)
        right = names_right(patient, lesions, time_point)
        print(f"examination {time_point + 1}: {len(lesions)} of {len(truth)} lesions, {wrong} volumes off, "
              f"worst above 1 mL {worst:.1%}, {right} names right, {seconds:.1f} s")  # fmt: skip
        is_met &= len(lesions) == len(truth) == right and wrong == 0
        before, last = lesions, drawn
    return 0 if is_met else 1


def named(lesion: Lesion, patient: SyntheticPatient) -> Lesion:
    """A lesion of the first examination under its true name."""
    for true in patient.true_lesions(0):
        if owner((lesion,), np.array(true.centre_mm)) is not None:
            return lesion.named(true.name)
    return lesion


if __name__ == "__main__":
    sys.exit(main())
