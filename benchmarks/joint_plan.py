"""The joint plan of 60 lesions and 200 candidate resections on a voxel liver: proven optimal, in time (bar 30 s).

The liver is a half ellipsoid of some 1.5 L in eight sectors with segments, sections and hemilivers; wedges of three
sizes reach from the surface around lesions. Cells come from `cells_of`. The whole front is timed beside it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
from nelm.planner.joint.cells import cells_of  # noqa: E402
from nelm.planner.joint.counting import Objective  # noqa: E402
from nelm.planner.joint.problem import (  # noqa: E402
    AblationChoice,
    EmbolisationChoice,
    JointProblem,
    LesionVolume,
    Limits,
    ResectionChoice,
)
from nelm.planner.joint.solving import optimum, search_of  # noqa: E402
from nelm.quantities import Estimate  # noqa: E402

SECONDS, LESIONS, RESECTIONS = 30.0, 60, 200
SPACING_MM, HALF_AXES_MM = 2.5, (75.0, 65.0, 100.0)
MARGIN_MM, ERROR_MM, SMALLEST_ML, REMNANT_SHARE = 5.0, 1.0, 2.0, 0.30
Region = NDArray[np.bool_]


class Liver:
    """A liver by formula: voxel centres, its segments, and lesions drawn at random."""

    def __init__(self, rng: np.random.Generator) -> None:
        axes = [np.arange(-half, half, SPACING_MM) + SPACING_MM / 2 for half in HALF_AXES_MM]
        self.z, self.y, self.x = np.meshgrid(*axes, indexing="ij")
        radius = sum((p / half) ** 2 for p, half in zip((self.z, self.y, self.x), HALF_AXES_MM, strict=True))
        slope = self.z < 0.55 * self.x + 40.0
        self.inside = (np.asarray(radius) < 1.0) & slope & (self.z + 0.4 * self.x > -60)
        self.depth = 1.0 - np.sqrt(np.asarray(radius))
        column = np.digitize(self.x, [-45.0, -5.0, 35.0])
        self.segment = 2 * column + (self.z > 0) + 1
        voxels = np.argwhere(self.inside)
        self.centres = voxels[rng.choice(len(voxels), LESIONS, replace=False)]
        self.radii = np.exp(rng.normal(np.log(8.0), 0.45, LESIONS)).clip(3.0, 30.0)

    def ball(self, centre: NDArray[np.int64], radius: float) -> Region:
        """Voxels within a radius of a voxel [mm]."""
        at = [part[tuple(centre)] for part in (self.z, self.y, self.x)]
        away = sum((part - p) ** 2 for part, p in zip((self.z, self.y, self.x), at, strict=True))
        return np.asarray(away) <= radius**2

    def wedge(self, lesion: int, margin: float, others: list[int]) -> Region:
        """Liver within a cone from the surface to behind a lesion, and around its neighbours."""
        whole = np.zeros(self.inside.shape, dtype=bool)
        for one in (lesion, *others):
            centre, reach = self.centres[one], self.radii[one] + margin
            at = np.array([part[tuple(centre)] for part in (self.z, self.y, self.x)])
            outward = at / (np.linalg.norm(at / np.array(HALF_AXES_MM)) + 1e-9) / np.array(HALF_AXES_MM) ** 2
            outward /= np.linalg.norm(outward) + 1e-9
            from_lesion = np.stack([p - a for p, a in zip((self.z, self.y, self.x), at, strict=True)])
            along = np.tensordot(outward, from_lesion, axes=1)
            across = np.sqrt(np.maximum(0, (from_lesion**2).sum(axis=0) - along**2))
            whole |= self.ball(centre, reach) | ((along > 0) & (across < reach + 0.3 * along))
        return whole & self.inside


def anatomical(liver: Liver) -> list[tuple[str, Region, int, bool]]:
    """Segments, sections, hemilivers and extended ones: name, region, grade, whether major."""
    found = [(f"segment {n}", (liver.segment == n) & liver.inside, 2, False) for n in range(1, 9)]
    for column in range(4):
        found.append((f"section {column + 1}", (liver.segment - 1) // 2 == column, 2, False))
    groups = {"left": (0, 1), "right": (2, 3), "central": (1, 2), "left three": (0, 1, 2), "right three": (1, 2, 3)}
    for name, columns in groups.items():
        found.append((f"{name} sections", np.isin((liver.segment - 1) // 2, columns), 3, True))
    for first in range(1, 8):
        pair = np.isin(liver.segment, (first, first + 1))
        found.append((f"segments {first} and {first + 1}", pair, 2, False))
    return [(name, region & liver.inside, grade, major) for name, region, grade, major in found]


def wedges(liver: Liver, wanted: int) -> list[tuple[str, Region, int, bool]]:
    """Wedges around one, two and three lesions with two margins, nearest to the surface first."""
    found: list[tuple[str, Region, int, bool]] = []
    points = liver.centres * SPACING_MM
    for neighbours in (0, 1, 2):
        for margin in (MARGIN_MM, 2 * MARGIN_MM):
            for lesion in np.argsort([liver.depth[tuple(c)] for c in liver.centres]).tolist():
                near = np.argsort(np.linalg.norm(points - points[lesion], axis=1))[1 : 1 + neighbours].tolist()
                name = f"wedge {lesion + 1}+{neighbours} at {margin:g} mm"
                grade = 1 if liver.depth[tuple(liver.centres[lesion])] < 0.25 else 2
                found.append((name, liver.wedge(lesion, margin, near), grade, False))
                if len(found) == wanted:
                    return found
    return found


def problem_of(rng: np.random.Generator) -> JointProblem:
    """A problem of the size of the bar."""
    liver = Liver(rng)
    named = anatomical(liver)
    named += wedges(liver, RESECTIONS - len(named))
    balls = [liver.ball(c, r) & liver.inside for c, r in zip(liver.centres, liver.radii, strict=True)]
    rims = [liver.ball(c, r + MARGIN_MM) & liver.inside for c, r in zip(liver.centres, liver.radii, strict=True)]
    tumour = np.any(balls, axis=0)
    small = [n for n in range(LESIONS) if liver.radii[n] <= 15 and liver.depth[tuple(liver.centres[n])] > 0.05]
    regions = [region for _, region, _, _ in named] + [rims[n] for n in small]
    started = time.perf_counter()
    split = cells_of(
        regions, liver.inside & ~tumour, spacing_mm=(SPACING_MM,) * 3, error_mm=ERROR_MM, smallest_ml=SMALLEST_ML
    )
    print(f"cells: {'; '.join(split.cells.remarks)} ({time.perf_counter() - started:.1f} s)")
    names = [f"L{n + 1}" for n in range(LESIONS)]
    resections = []
    for (name, region, grade, major), held in zip(named, split.held[: len(named)], strict=True):
        removed = frozenset(names[n] for n in range(LESIONS) if not (rims[n] & ~region).any())
        cut = frozenset(names[n] for n in range(LESIONS) if (balls[n] & region).any()) - removed
        if removed:
            resections.append(ResectionChoice(name, name, removed, cut, held, grade, major))
    ablations = tuple(
        AblationChoice(f"ablation of {names[n]}", names[n], held, 1 + int(liver.radii[n] > 10) + int(liver.radii[n] > 13))
        for n, held in zip(small, split.held[len(named) :], strict=True)
    )
    territories = tuple(
        EmbolisationChoice(
            f"artery of segment {n}",
            frozenset(names[k] for k in range(LESIONS) if liver.segment[tuple(liver.centres[k])] == n),
            "left" if n <= 4 else "right",
            1,
        )
        for n in range(1, 9)
    )
    total = split.cells.total_ml
    volumes = 4 / 3 * np.pi * liver.radii**3 / 1000
    lesions = tuple(
        LesionVolume(name, Estimate(v, v * (1 - 1 / r) ** 3, v * (1 + 1 / r) ** 3))
        for name, v, r in zip(names, volumes.tolist(), liver.radii.tolist(), strict=True)
    )
    limits = Limits(Estimate(REMNANT_SHARE * total.value, REMNANT_SHARE * total.low, REMNANT_SHARE * total.high),
                    areas=8, major=1, complexity=14, ablations=10, sessions=2)
    territories = tuple(one for one in territories if one.lesions)
    return JointProblem(lesions, tuple(resections), ablations, territories, split.cells, limits, session_burden=2)


def main() -> int:
    """Run and print; 1 when the bar is missed."""
    problem = problem_of(np.random.default_rng(0))
    print(len(problem.lesions), len(problem.resections), len(problem.ablations), problem.cells.total_ml, sum(l.volume_ml.value for l in problem.lesions))
    for order in ([Objective.RESIDUAL, Objective.REMOVAL_BURDEN, Objective.LOST, Objective.UNTREATED, Objective.ARTERIAL_BURDEN],):
        started = time.perf_counter()
        search = search_of(problem, verify=None, time_limit_s=SECONDS)
        print("model", time.perf_counter() - started, search.model.always.A.shape, search.model.always.A.nnz)
        answer, search = optimum(search, order)
        print(time.perf_counter() - started, answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
