"""One plan: median in a warm process (bar 100 ms) and as a whole process (bar 2 s)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nelm.app import case_plan
from nelm.io.case_files import read_case

CASE = Path(__file__).parent.parent / "examples" / "insulinoma-prrt.yaml"
RUNS = 15
WARM_MS, PROCESS_S = 100.0, 2.0


def main() -> int:
    """Run and print; 1 when a bar is missed."""
    case = read_case(str(CASE))
    case_plan(case)
    warm = []
    for _ in range(RUNS):
        started = time.perf_counter()
        case_plan(case)
        warm.append((time.perf_counter() - started) * 1000)
    whole = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(5):
            started = time.perf_counter()
            command = [sys.executable, "-m", "nelm", "plan", str(CASE), "--json", f"{folder}/plan.json"]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            whole.append(time.perf_counter() - started)
    warm_ms, process_s = statistics.median(warm), statistics.median(whole)
    print(f"one plan, warm: median {warm_ms:.0f} ms (limit {WARM_MS:g} ms)")
    print(f"one plan, whole process: median {process_s:.2f} s (limit {PROCESS_S:g} s)")
    return 0 if warm_ms < WARM_MS and process_s < PROCESS_S else 1


if __name__ == "__main__":
    sys.exit(main())
