"""However a series lies in space and in whatever order its files come, every voxel is put where it belongs."""

import math
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nelm.io.dicom import find_series, read_volume
from tests.dicom_files import ct_series, largest_error, values_on, write

ANGLES = st.floats(-math.pi, math.pi)
SHAPE = (4, 5, 6)


def axes(a: float, b: float, c: float) -> tuple[float, ...]:
    """Directions of rows and columns after three rotations."""
    z = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])
    y = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    x = np.array([[1, 0, 0], [0, math.cos(c), -math.sin(c)], [0, math.sin(c), math.cos(c)]])
    turned = z @ y @ x
    return (*turned[:, 0], *turned[:, 1])


@given(ANGLES, ANGLES, ANGLES, st.permutations(range(SHAPE[0])))
@settings(max_examples=40)
def test_places_do_not_depend_on_orientation_and_order(
    a: float, b: float, c: float, order: list[int]
) -> None:
    images = ct_series(orientation=axes(a, b, c), shape=SHAPE)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), [images[k] for k in order])
        (series,) = find_series([Path(folder)]).series
        volume = read_volume(series)
    # half a step of rounding, and the six digits of position and direction
    assert largest_error(volume) <= 0.51
    assert np.ptp(values_on(volume.grid)) > 1, "the field tells voxels apart"
