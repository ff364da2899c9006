"""Compute the point kernels that ship with the package: scripts/point_kernels.py [nuclide ...]; some minutes."""

import sys
from pathlib import Path

from nelm.physics.emissions import emissions_of
from nelm.physics.interaction import material
from nelm.physics.kernels import MEDIA, NUCLIDES, kernel_text
from nelm.physics.transport.point import point_kernel

FOLDER = Path(__file__).resolve().parent.parent / "src" / "nelm" / "physics" / "kernels" / "data"


def main() -> None:
    """Write one file for each nuclide and medium."""
    FOLDER.mkdir(exist_ok=True)
    for nuclide in sys.argv[1:] or NUCLIDES:
        for medium in MEDIA:
            kernel = point_kernel(emissions_of(nuclide), material(medium))
            (FOLDER / f"{nuclide}-{medium}.csv").write_text(kernel_text(kernel), encoding="utf-8")
            print(nuclide, medium, flush=True)


if __name__ == "__main__":
    main()
