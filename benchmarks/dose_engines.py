"""Dose engines against their bars: efficiency of transport, beside the recorded run of EGSnrc; the kernel on 256^3.

Efficiency is 1 / (variance x time): the CPU seconds of one core to 2 % (root mean square) in the voxels above 20 % of
the largest dose. EGSnrc needed 83 s (177Lu) and 232 s (90Y) on one core; the bar is 20 times less. The phantom comes
from the reference folder (NELM_SHARED); without it only the kernel is timed.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from nelm.physics.emissions import emissions_of  # noqa: E402
from nelm.physics.engines import Body, Settings, kernel_dose, transport_dose  # noqa: E402
from nelm.physics.interaction import material  # noqa: E402

EGSNRC_S = {"Lu-177": 83.0, "Y-90": 232.0}
TIMES_BETTER = 20.0
HISTORIES = {"Lu-177": Settings(3_000_000, 250_000, 16), "Y-90": Settings(3_000_000, 16, 16)}
KERNEL_S, EDGE, RUNS = 2.0, 256, 3


def efficiency(folder: Path, nuclide: str) -> bool:
    """CPU seconds to 2 %, median of some runs; whether the bar is met."""
    from tests import dosimetry

    body, activity = dosimetry.phantom_body(folder)
    emissions = emissions_of(nuclide)
    transport_dose(activity, body, emissions, Settings(16_000, 16_000, 16))  # compiles
    needed, errors = [], []
    for run in range(RUNS):
        settings = HISTORIES[nuclide]
        settings = Settings(settings.electrons, settings.photons, settings.batches, seed=run + 1)
        started = time.process_time()
        found = transport_dose(activity, body, emissions, settings)
        seconds = time.process_time() - started
        compared = dosimetry.compared(folder, nuclide, found)
        relative = compared.sd[compared.hot] / compared.reference[compared.hot]
        errors.append(float(np.sqrt((relative**2).mean())))
        needed.append(seconds * (errors[-1] / 0.02) ** 2)
    seconds = statistics.median(needed)
    ratio = EGSNRC_S[nuclide] / seconds
    print(
        f"{nuclide}: {seconds:.2f} CPU s of one core to 2 % (runs to {statistics.median(errors):.2%}); "
        f"EGSnrc {EGSNRC_S[nuclide]:g} s: {ratio:.1f} times as efficient (bar {TIMES_BETTER:g})"
    )
    return ratio >= TIMES_BETTER


def convolution() -> bool:
    """The kernel on a full grid; whether the bar is met."""
    activity = np.random.default_rng(0).random((EDGE, EDGE, EDGE))
    body = Body.uniform((EDGE, EDGE, EDGE), material("soft_tissue"), (3.0, 3.0, 3.0))
    emissions = emissions_of("Lu-177")
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        kernel_dose(activity, body, emissions)
        times.append(time.perf_counter() - started)
    seconds = statistics.median(times[1:])
    print(f"kernel on {EDGE}^3: median {seconds:.2f} s on {os.cpu_count()} cores (limit {KERNEL_S:g} s)")
    return seconds < KERNEL_S


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    met = [convolution()]
    folder = Path(os.environ.get("NELM_SHARED") or ROOT.parent / "shared") / "reference"
    if folder.is_dir():
        met += [efficiency(folder, nuclide) for nuclide in EGSNRC_S]
    else:
        print("the phantom is not in the reference folder (NELM_SHARED): transport left out")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
