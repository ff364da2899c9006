"""Measuring: 3D-IRCADb case 17 from its DICOM folders to facts (bars 25 s, 3 GB); rigid registration.

Both need the reference data (NELM_SHARED) and are left out by name where it is absent.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("NELM_SHARED") or ROOT.parent / "shared")
SECONDS, GIGABYTES, REGISTRATION_S, TARGET_MM = 25.0, 3.0, 10.0, 0.5
RUNS = 3


def ircad(folder: Path) -> bool:
    """DICOM to facts as a whole process; whether the bars are met."""
    times: list[float] = []
    facts: dict[str, dict[str, object]] = {}
    for _ in range(RUNS):
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "nelm", "measure", str(folder)], check=True, capture_output=True, text=True
        )
        times.append(time.perf_counter() - started)
        facts = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    seconds = statistics.median(times)
    print(
        f"ircad17, DICOM to facts: median {seconds:.1f} s (limit {SECONDS:g} s), "
        f"peak {peak:.2f} GB (limit {GIGABYTES:g} GB)"
    )
    print(f"  liver {facts['liver']['volume_ml']}, burden {facts['liver']['burden_percent']}")
    return seconds < SECONDS and peak < GIGABYTES


def registration(folder: Path) -> bool:
    """Known transforms of the same CT; whether the bars are met."""
    from scipy.spatial.transform import Rotation

    from nelm.imaging.registration import RigidTransform, moved_volume, register_rigidly
    from nelm.io.dicom import find_series, read_volume
    from nelm.volume import Quantity, Volume

    series = next(one for one in find_series([folder]).series if one.folder == "PATIENT_DICOM")
    ct = read_volume(series)
    ends = [(n * 0.2, n * 0.8) for n in ct.grid.shape]
    points = ct.grid.points_of(np.array(np.meshgrid(*ends, indexing="ij")).reshape(3, -1).T)
    rng = np.random.default_rng(0)
    times: list[float] = []
    worst = 0.0
    for _ in range(RUNS):
        matrix = np.eye(4)
        matrix[:3, :3] = Rotation.from_euler("xyz", rng.uniform(-12, 12, 3), degrees=True).as_matrix()
        middle = points.mean(axis=0)
        matrix[:3, 3] = middle - matrix[:3, :3] @ middle + rng.uniform(-25, 25, 3)
        known = RigidTransform.of(matrix)
        moved = moved_volume(ct, known.inverse(), ct.grid, outside=-1024)
        noise = rng.normal(0, 15, ct.grid.shape).astype(np.float32)
        moving = Volume(np.asarray(moved.array, dtype=np.float32) + noise, ct.grid, Quantity.HOUNSFIELD)
        started = time.perf_counter()
        found = register_rigidly(ct, moving).transform
        times.append(time.perf_counter() - started)
        worst = max(worst, float(np.linalg.norm(found.points(points) - known.points(points), axis=1).max()))
    seconds = statistics.median(times)
    print(
        f"rigid registration: median {seconds:.1f} s (limit {REGISTRATION_S:g} s), worst target error {worst:.2f} mm"
    )
    return seconds < REGISTRATION_S and worst < TARGET_MM


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    archives = [SHARED / "data" / "ircad17" / f"{name}.tar.xz" for name in ("PATIENT_DICOM", "MASKS_DICOM")]
    if not all(path.exists() for path in archives):
        print("ircad17 is not in the reference folder (NELM_SHARED): left out")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in archives:
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
        return 0 if all([ircad(folder), registration(folder)]) else 1


if __name__ == "__main__":
    sys.exit(main())
