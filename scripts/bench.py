"""Run every benchmark in a process of its own; keep what it printed beside the machine it ran on."""

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"


def processor() -> str:
    """Name of the processor, as the kernel gives it, or the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def machine() -> str:
    """One line on the machine and the software that a result belongs to."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    polars = importlib.metadata.version("polars")
    return (
        f"{processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB; "
        f"Python {platform.python_version()}, polars {polars}, nelm {importlib.metadata.version('nelm')}"
    )


def run(benchmark: Path, folder: Path) -> bool:
    """Run one benchmark, print and keep its output; whether it met its bars (exit code 0)."""
    print(f"== {benchmark.stem}", flush=True)
    done = subprocess.run(
        [sys.executable, str(benchmark)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    print(done.stdout, flush=True)
    verdict = "" if done.returncode == 0 else f"\nFAILED with exit code {done.returncode}\n"
    (folder / f"{benchmark.stem}.txt").write_text(f"{machine()}\n\n{done.stdout}{verdict}", encoding="utf-8")
    return done.returncode == 0


def main() -> int:
    """Exit code: 0 when every benchmark met its bars, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep the results in benchmarks/recorded")
    parser.add_argument("names", nargs="*", help="only these, without .py")
    chosen = parser.parse_args()
    folder = BENCHMARKS / "recorded" if chosen.record else ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    benchmarks = sorted(p for p in BENCHMARKS.glob("*.py") if not chosen.names or p.stem in chosen.names)
    if not benchmarks:
        print("no benchmark found in benchmarks/", file=sys.stderr)
        return 1
    print(machine())
    failed = [benchmark.stem for benchmark in benchmarks if not run(benchmark, folder)]
    print(
        f"{len(benchmarks) - len(failed)} of {len(benchmarks)} benchmarks met their bars; results in", end=" "
    )
    print(folder.relative_to(ROOT), f"(failed: {', '.join(failed)})" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
