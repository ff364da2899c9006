"""Which image series are masks: two values, or zeros alone under the name of a structure."""

from __future__ import annotations

import numpy as np
import pytest

from nelm.io.segmentation.mask_series import segment_of_mask_volume
from nelm.volume import Grid, ImageOrigin, Structure, Volume

GRID = Grid.axial(shape=(9, 4, 5), spacing_mm=(2.0, 1.0, 1.0))


def series(values: tuple[int, ...], folder: str) -> Volume:
    array = np.zeros(GRID.shape, dtype=np.int16)
    array.flat[: len(values)] = values
    return Volume(array, GRID, origin=ImageOrigin(path=f"study/{folder}"))


@pytest.mark.parametrize("value", [1, 255])
def test_two_values_are_a_mask(value: int) -> None:
    segment = segment_of_mask_volume(series((value, value), "portalvein"))
    assert segment is not None and segment.structure is Structure.PORTAL_VEIN
    assert segment.mask.array.sum() == 2


def test_a_named_series_of_zeros_is_an_empty_mask() -> None:
    """What was looked for is not there; read as an image it would stand in for the CT."""
    segment = segment_of_mask_volume(series((), "portalvein"))
    assert segment is not None and segment.structure is Structure.PORTAL_VEIN and segment.mask.is_empty


@pytest.mark.parametrize(
    ("values", "folder"), [((), "PATIENT_DICOM"), ((1, 2), "portalvein"), ((-1, 1), "portalvein")]
)
def test_real_images_are_none(values: tuple[int, ...], folder: str) -> None:
    assert segment_of_mask_volume(series(values, folder)) is None
