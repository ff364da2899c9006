"""A small synthetic liver as DICOM: every true value is a formula."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from scipy import ndimage

from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import (
    Examination,
    Region,
    Tracer,
    segmentation_object,
    sources_of,
    write_ct,
    write_pet,
)
from nelm.volume import Grid, Quantity, Structure, Volume
from tests.balls import Ellipsoid, ball, mask_of

GRID = Grid.axial((48, 96, 112), (3.0, 2.0, 2.0), (-112, -96, -72))
LIVER = Ellipsoid(np.array([-20.0, 0.0, 0.0]), np.array([75.0, 60.0, 55.0]), np.eye(3))
SPLEEN = Ellipsoid(np.array([85.0, 30.0, 5.0]), np.array([22.0, 30.0, 32.0]), np.eye(3))
LESIONS = (ball((-50, -15, 5), 14), ball((-5, 20, -12), 10), ball((20, -20, 15), 8))
AT = datetime(2026, 3, 2, 9, 30)
TRACER = Tracer("68Ga-DOTATATE", "Ga-68", 1.5e8, AT - timedelta(hours=1), 4063.2, 0.889)
WEIGHT_KG = 64.0


def examination(seed: str, at: datetime = AT) -> Examination:
    return Examination("SYNTHETIC-1", "Synthetic^Patient", "F", WEIGHT_KG, 1.66, at, seed)


def ct_of(
    lesions: tuple[Ellipsoid, ...], *, shift_mm: tuple[float, float, float] = (0, 0, 0), seed: int = 1
) -> Volume:
    """Soft tissue around a bright liver with dark lesions, with noise and texture."""
    rng = np.random.default_rng(seed)
    grid = Grid.axial(GRID.shape, GRID.spacing_mm, tuple(GRID.matrix[:3, 3] + np.array(shift_mm)))
    body = Ellipsoid(np.zeros(3), np.array([108.0, 92.0, 300.0]), np.eye(3))
    array = np.where(body.at(GRID), 40.0, -1000.0)
    array[LIVER.at(GRID)] = 110
    array[SPLEEN.at(GRID)] = 125
    array[mask_of(list(lesions), GRID).array] = 65
    texture = ndimage.gaussian_filter(np.random.default_rng(7).normal(0, 60, GRID.shape), 2)
    array = np.where(array > -500, array + texture, array) + rng.normal(0, 8, GRID.shape)
    return Volume(array.round().astype(np.int16), grid, Quantity.HOUNSFIELD)


def pet_of(suv: dict[int, float], *, liver: float = 5.0, spleen: float = 20.0) -> Volume:
    """Activity concentration with these SUVs of lesions, blurred by 6 mm."""
    array = np.full(GRID.shape, 0.5, dtype=np.float64)
    array[LIVER.at(GRID)] = liver
    array[SPLEEN.at(GRID)] = spleen
    for place, value in suv.items():
        array[LESIONS[place].at(GRID)] = value
    blurred = ndimage.gaussian_filter(array, 6 / 2.355 / np.array(GRID.spacing_mm))
    noisy = blurred * (1 + np.random.default_rng(3).normal(0, 0.03, GRID.shape))
    decayed = TRACER.injected_bq * 0.5 ** (3600 / TRACER.half_life_s)
    return Volume(
        (noisy * decayed / (WEIGHT_KG * 1000)).astype(np.float32), GRID, Quantity.ACTIVITY_CONCENTRATION
    )


def write_study(
    folder: Path, *, lesions: tuple[Ellipsoid, ...] = LESIONS, suv: dict[int, float] | None = None, seed: str = "a",
    shift_mm: tuple[float, float, float] = (0, 0, 0), one_label: bool = False, at: datetime = AT,
) -> Path:  # fmt: skip
    """CT, SEG and perhaps PET of an examination in a folder."""
    exam = examination(seed, at)
    write_ct(
        ct_of(lesions, shift_mm=shift_mm, seed=len(seed)), folder / "ct", exam, number=1, description="CT"
    )
    (series,) = find_series([folder / "ct"]).series
    image = read_volume(series)
    moved = [
        Ellipsoid(b.centre + np.array(shift_mm), b.half_axes, b.turned) for b in (LIVER, SPLEEN, *lesions)
    ]
    liver, spleen, *rest = (mask_of([one], image.grid) for one in moved)
    regions = [Region("Liver", Structure.LIVER, liver), Region("Spleen", Structure.SPLEEN, spleen)]
    if one_label:
        regions.append(Region("Lesion", Structure.LESION, mask_of(moved[2:], image.grid)))
    else:
        regions += [Region(f"L{n}", Structure.LESION, mask) for n, mask in enumerate(rest, start=1)]
    target = folder / "seg.dcm"
    segmentation_object(regions, sources_of(image, made_at=at), description="test", series_number=5).save_as(
        target
    )
    if suv is not None:
        write_pet(pet_of(suv), folder / "pet", exam, number=2, description="PET", tracer=TRACER)
    return folder
