"""Doses of one administration: 128^3 SPECT at 4 times, 30 lesions, masks on a CT of 512 x 512 x 150 (bars 60 s, 4 GB).

What the images show does not matter here, so they are made on the SPECT grid: ellipsoids, blurred, with noise.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.balls import Ellipsoid

from nelm.dosimetry.assumptions import Assumptions, ImageQuality, Kinetics
from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.regions import Region, RegionKind
from nelm.dosimetry.scans import Administration, Scan
from nelm.dosimetry.therapy import therapy_dose
from nelm.imaging.registration import RigidTransform
from nelm.volume import Grid, Mask, Quantity, Volume

SECONDS, GIGABYTES, LESIONS, FWHM_MM = 60.0, 4.0, 30, 11.0
SPECT = Grid.axial((128, 128, 128), (4.8, 4.8, 4.8), (-304.8, -304.8, -304.8))
CT = Grid.axial((150, 512, 512), (3.0, 0.98, 0.98), (-250.4, -250.4, -223.5))
TIMES_H = (4.0, 24.0, 96.0, 168.0)


def body(at: tuple[float, float, float], half: tuple[float, float, float]) -> Ellipsoid:
    """An ellipsoid along the axes."""
    return Ellipsoid(np.array(at), np.array(half), np.eye(3))


def organs() -> dict[str, tuple[RegionKind, Ellipsoid, float, float]]:
    """Kind, shape, concentration [Bq/mL] and effective half-life [h] by name, lesions first."""
    rng = np.random.default_rng(4)
    found: dict[str, tuple[RegionKind, Ellipsoid, float, float]] = {}
    while len(found) < LESIONS:
        at, radius = rng.uniform((-115, -65, -20), (5, 35, 90)), float(rng.uniform(4, 15))
        inside = (((at - (-55, -15, 35)) / (88 - radius, 70 - radius, 62 - radius)) ** 2).sum() < 1
        apart = all(
            np.linalg.norm(at - other.centre) > radius + other.half_axes[0] + 2
            for _, other, _, _ in found.values()
        )
        if inside and apart:
            shape = body(tuple(at.tolist()), (radius,) * 3)
            found[f"lesion {len(found) + 1}"] = (RegionKind.LESION, shape, 2e6, 90.0)
    liver = body((-55, -15, 35), (88, 70, 62))
    found["liver"] = (RegionKind.LIVER_WITHOUT_LESIONS, liver, 2e5, 65.0)
    found["spleen"] = (RegionKind.SPLEEN, body((100, 30, 40), (26, 38, 42)), 9e5, 65.0)
    found["left kidney"] = (RegionKind.KIDNEY_LEFT, body((60, 50, -50), (28, 24, 50)), 8e5, 50.0)
    found["right kidney"] = (RegionKind.KIDNEY_RIGHT, body((-60, 60, -60), (28, 24, 50)), 8e5, 50.0)
    return found


def inside(shape: Ellipsoid, grid: Grid) -> NDArray[np.bool_]:
    """Voxels in an ellipsoid along the axes of an axial grid; needs no more memory than the answer, three times."""
    found = np.zeros(grid.shape, dtype=np.float32)
    for axis, (length, step) in enumerate(zip(grid.shape, grid.spacing_mm, strict=True)):
        points = grid.matrix[2 - axis, 3] + step * np.arange(length) - shape.centre[2 - axis]
        sizes = [1, 1, 1]
        sizes[axis] = length
        found += ((points / shape.half_axes[2 - axis]) ** 2).astype(np.float32).reshape(sizes)
    return found <= 1


def scan(time_h: float, shapes: dict[str, NDArray[np.bool_]], trunk: NDArray[np.bool_]) -> Scan:
    """One image."""
    image = np.where(trunk, 2e4 * 0.5 ** (time_h / 60), 0.0)
    for name, (_, _, size, half_life) in reversed(organs().items()):
        image[shapes[name]] = size * 0.5 ** (time_h / half_life)
    blurred = ndimage.gaussian_filter(image, FWHM_MM / 2.355 / 4.8)
    noisy = np.random.default_rng(int(time_h)).poisson(np.maximum(blurred, 0) / 1e3) * 1e3
    volume = Volume(noisy.astype(np.float32), SPECT, Quantity.ACTIVITY_CONCENTRATION)
    return Scan(volume, time_h, RigidTransform.identity(), 0.0 if time_h == TIMES_H[0] else 3.0)


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    trunk = body((0, 0, 0), (190, 130, 400))
    shapes = {name: inside(shape, SPECT) for name, (_, shape, _, _) in organs().items()}
    scans = [scan(time_h, shapes, inside(trunk, SPECT)) for time_h in TIMES_H]
    ct = Volume(np.where(inside(trunk, CT), 40, -1000).astype(np.int16), CT, Quantity.HOUNSFIELD)
    regions = [
        Region(name, kind, Mask(inside(shape, CT), CT)) for name, (kind, shape, _, _) in organs().items()
    ]
    curve = DensityCurve((-1000, 0, 1000), (0.00121, 1.0, 1.6), (-950, -150, -30, 150))
    known = Assumptions(
        Kinetics.CLEARING, ImageQuality(FWHM_MM, 0.05, 0.05, 0.03), curve, 1.5, 0.05, 0.01, 0.01
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    started, worked = time.perf_counter(), time.process_time()

    def say(text: str) -> None:
        print(f"  {time.perf_counter() - started:6.1f} s  {text}")

    found = therapy_dose(
        Administration("Lu-177", "DOTATATE", 7400, None), scans, regions, ct, assumptions=known, progress=say
    )
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"therapy_dose, {len(regions)} regions, dose grid {found.dose.grid.shape}: {seconds:.1f} s, "
        f"{cpu:.1f} s of processor (limit {SECONDS:g} s), peak {peak:.2f} GB, {before:.2f} GB before "
        f"(limit {GIGABYTES:g} GB)"
    )
    return 0 if seconds < SECONDS and peak < GIGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
