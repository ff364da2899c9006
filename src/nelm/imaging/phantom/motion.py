"""How a patient lies at one time point: turned and shifted on the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nelm.volume import Grid
from nelm.volume.grid import Triple

TINY = 1e-12
LARGEST_TURN_RAD, LARGEST_SHIFT_MM = 0.05, 8.0


@dataclass(frozen=True, slots=True)
class Pose:
    """A rigid displacement of the whole patient, ``p = R r + shift`` from the reference ``r``.

    Parameters
    ----------
    turn_rad : Rotation vector about the origin of the patient [rad].
    shift_mm : Shift (x, y, z) [mm].
    """

    turn_rad: Triple = (0.0, 0.0, 0.0)
    shift_mm: Triple = (0.0, 0.0, 0.0)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """From the reference to this pose, as a 4 x 4 matrix (Rodrigues' formula)."""
        angle = float(np.linalg.norm(self.turn_rad))
        x, y, z = np.array(self.turn_rad) / max(angle, TINY)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        full = np.eye(4)
        full[:3, :3] += np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
        full[:3, 3] = self.shift_mm
        return full

    def moved(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points (..., 3) of the reference lie in this pose [mm]."""
        matrix = self.matrix
        return np.asarray(points_mm) @ matrix[:3, :3].T + matrix[:3, 3]

    def reference_grid(self, grid: Grid) -> Grid:
        """The grid on which the reference patient looks like the patient in this pose on `grid`."""
        return Grid.of(grid.shape, np.linalg.inv(self.matrix) @ grid.matrix)


def poses(rng: np.random.Generator, count: int) -> tuple[Pose, ...]:
    """The reference first, then a new position for every later time point."""
    later: list[Pose] = []
    for _ in range(count - 1):
        a, b, c = rng.uniform(-LARGEST_TURN_RAD, LARGEST_TURN_RAD, size=3).tolist()
        x, y, z = rng.uniform(-LARGEST_SHIFT_MM, LARGEST_SHIFT_MM, size=3).tolist()
        later.append(Pose((a, b, c), (x, y, z)))
    return (Pose(), *later)
