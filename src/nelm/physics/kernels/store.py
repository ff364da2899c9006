"""The point kernels that are shipped as files, read once; others are computed and kept while the process lives."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from nelm.physics.emissions import emissions_of
from nelm.physics.interaction import material
from nelm.physics.transport.point import PointKernel, point_kernel

NUCLIDES = ("Lu-177", "Y-90", "Ho-166", "Tb-161", "I-131", "Tc-99m", "Ga-68", "Ac-225", "Pb-212")
MEDIA = ("water", "soft_tissue")
NUMBERS = ("local_mev", "beyond_mev", "density_g_cm3")


@lru_cache(maxsize=64)
def kernel_of(nuclide: str, *, medium: str = "soft_tissue") -> PointKernel:
    """The point kernel of a nuclide with its short-lived daughters in a medium.

    Shipped for `NUCLIDES` in `MEDIA`; others are computed, which takes half a minute, and kept.

    Raises
    ------
    InputError : No such nuclide or material.
    """
    found = shipped_kernel(nuclide, medium=medium)
    return found if found is not None else point_kernel(emissions_of(nuclide), material(medium))


def shipped_kernel(nuclide: str, *, medium: str) -> PointKernel | None:
    """The kernel that comes with the package; None where there is none."""
    source = files("nelm.physics.kernels") / "data" / f"{nuclide}-{medium}.csv"
    if not source.is_file():
        return None
    lines = source.read_text(encoding="utf-8").splitlines()
    heads = dict(line[2:].split(" = ", 1) for line in lines if line.startswith("# ") and " = " in line)
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines if line[:1].isdigit()])
    numbers = {name: float(heads[name]) for name in NUMBERS}
    return PointKernel(
        nuclide=nuclide,
        medium=medium,
        edges_cm=np.concatenate([[0.0], rows[:, 0]]),
        electron_mev=rows[:, 1],
        electron_sd_mev=rows[:, 2],
        photon_mev=rows[:, 3],
        photon_sd_mev=rows[:, 4],
        origin=heads["origin"],
        **numbers,
    )


def kernel_text(kernel: PointKernel) -> str:
    """A kernel as the text of a file that `shipped_kernel` reads."""
    heads = [f"# {name} = {getattr(kernel, name)!r}" for name in NUMBERS]
    lines = [
        "# Energy per decay [MeV] in spherical shells around a point source in an endless medium; computed by",
        "# scripts/point_kernels.py, standard deviations beside.",
        f"# origin = {kernel.origin}",
        *heads,
        "outer radius [cm],electrons,sd,photons,sd",
    ]
    columns = (
        kernel.edges_cm[1:], kernel.electron_mev, kernel.electron_sd_mev, kernel.photon_mev, kernel.photon_sd_mev
    )  # fmt: skip
    lines += [f"{r:.8g},{e:.7g},{es:.2g},{p:.7g},{ps:.2g}" for r, e, es, p, ps in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"
