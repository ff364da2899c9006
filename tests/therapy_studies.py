"""A therapy of ellipsoids as DICOM: activities, half-lives and volumes are known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from scipy import ndimage

from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import (
    Camera,
    Examination,
    Region,
    Tracer,
    segmentation_object,
    sources_of,
    write_ct,
    write_spect,
)
from nelm.volume import Grid, Quantity, Structure, Volume
from tests.balls import Ellipsoid, ball, mask_of

CT_GRID = Grid.axial((70, 110, 150), (3.0, 2.0, 2.0), (-150, -110, -105))
FINE = 2.0
SPECT_MM, RESOLUTION_MM = 4.0, 9.0
SPECT_GRID = Grid.axial((56, 60, 78), (SPECT_MM,) * 3, (-154, -118, -110))
INJECTED_AT, INJECTED_MBQ = datetime(2026, 3, 16, 11, 0), 7400.0
TIMES_H = (4.0, 24.0, 96.0, 168.0)
LU_HALF_LIFE_S = 574_300.8
CAMERA = Camera()


@dataclass(frozen=True)
class Source:
    """A region with the activity [MBq] that it would hold at the injection, and its effective half-life [h]."""

    name: str
    structure: Structure
    shape: Ellipsoid
    mbq: float
    half_life_h: float

    @property
    def integral_mbq_h(self) -> float:
        return self.mbq * self.half_life_h / math.log(2)


def _ellipsoid(centre: tuple[float, float, float], half_axes: tuple[float, float, float]) -> Ellipsoid:
    return Ellipsoid(np.array(centre, dtype=float), np.array(half_axes, dtype=float), np.eye(3))


LIVER = Source("Liver", Structure.LIVER, _ellipsoid((-60, -20, 30), (70, 60, 55)), 400.0, 60.0)
LESIONS = (
    Source("L1", Structure.LESION, ball((-85, -30, 35), 18), 90.0, 95.0),
    Source("L2", Structure.LESION, ball((-35, 5, 15), 14), 25.0, 85.0),
)
KIDNEYS = (
    Source("Left kidney", Structure.KIDNEY_LEFT, _ellipsoid((65, 45, -25), (25, 22, 52)), 55.0, 50.0),
    Source("Right kidney", Structure.KIDNEY_RIGHT, _ellipsoid((-60, 70, -60), (25, 22, 40)), 45.0, 53.0),
)
SPLEEN = Source("Spleen", Structure.SPLEEN, _ellipsoid((100, 20, 40), (25, 35, 45)), 90.0, 68.0)
SOURCES = (LIVER, *LESIONS, *KIDNEYS, SPLEEN)
BODY = _ellipsoid((0, 0, 0), (146, 106, 400))
BODY_BQ_PER_ML = 3000.0


def image_at(after_h: float, *, sources: tuple[Source, ...] = SOURCES, noise: float = 0.02) -> Volume:
    """What a camera shows at a time after the injection [Bq/mL]."""
    parts = round(SPECT_MM / FINE)
    matrix = SPECT_GRID.matrix
    matrix[:3, 3] = SPECT_GRID.points_of([[1 / (2 * parts) - 0.5] * 3])[0]
    matrix[:3, :3] /= parts
    fine = Grid.of([n * parts for n in SPECT_GRID.shape], matrix)
    true = np.where(BODY.at(fine), BODY_BQ_PER_ML * 0.5 ** (after_h / 30), 0.0)
    lesions = [one.shape.at(fine) for one in sources if one.structure is Structure.LESION]
    for source in sources:
        inside = source.shape.at(fine)
        if source.structure is Structure.LIVER:
            for lesion in lesions:
                inside = inside & ~lesion
        volume_ml = np.count_nonzero(inside) * fine.voxel_ml
        true[inside] = source.mbq * 1e6 / volume_ml * 0.5 ** (after_h / source.half_life_h)
    blurred = ndimage.gaussian_filter(true, RESOLUTION_MM / 2.3548 / FINE)
    shape = [n for n in SPECT_GRID.shape for _ in range(1)]
    z, y, x = shape
    mean = blurred.reshape(z, parts, y, parts, x, parts).mean(axis=(1, 3, 5))
    rng = np.random.default_rng(round(10 * after_h))
    noisy = mean + noise * np.sqrt(mean * mean.max()) * rng.normal(size=mean.shape)
    return Volume(np.clip(noisy, 0, None).astype(np.float32), SPECT_GRID, Quantity.ACTIVITY_CONCENTRATION)


def ct() -> Volume:
    array = np.where(BODY.at(CT_GRID), 40.0, -1000.0)
    return Volume(array.astype(np.int16), CT_GRID, Quantity.HOUNSFIELD)


def write_therapy(
    folder: Path, *, times_h: tuple[float, ...] = TIMES_H, sources: tuple[Source, ...] = SOURCES,
    injected_at: datetime = INJECTED_AT, injected_mbq: float = INJECTED_MBQ, patient: str = "SYNTHETIC-2",
    counts_per_mbq_s: float | None = None, with_anatomy: bool = True, nuclide: str = "Lu-177",
    name: str = "177Lu-DOTATATE", growth: float = 1.0, weight_kg: float = 64.0,
) -> Path:  # fmt: skip
    """SPECT at times, in Bq/mL or as counts, with a CT and its segmentation; all in one frame of reference."""
    tracer = Tracer(name, nuclide, injected_mbq * 1e6, injected_at, LU_HALF_LIFE_S)
    middle_h = CAMERA.duration_s / 7200
    for number, time in enumerate(times_h):
        at = injected_at + timedelta(hours=time)
        exam = Examination(patient, "Synthetic^Patient", "F", weight_kg, 1.66, at, f"therapy {time:g}")
        image = image_at(time + middle_h, sources=sources)
        values = np.asarray(image.array, dtype=np.float64) * growth**number
        quantity = Quantity.ACTIVITY_CONCENTRATION
        if counts_per_mbq_s is not None:
            values = values * 1e-6 * counts_per_mbq_s * CAMERA.duration_s * SPECT_GRID.voxel_ml
            quantity = Quantity.COUNTS
        volume = Volume(values.astype(np.float32), SPECT_GRID, quantity)
        write_spect(volume, folder / f"spect_{time:g}", _framed(exam), number=1, description=f"SPECT {time:g} h",
                    tracer=tracer, camera=CAMERA)  # fmt: skip
    if with_anatomy:
        write_anatomy(folder, injected_at + timedelta(hours=times_h[0]), patient, sources)
    return folder


class _Framed(Examination):
    """An examination whose identifiers of place do not depend on its time."""

    __slots__ = ()

    def uid(self, *what: str) -> str:
        if what == ("frame",):
            return Examination.uid(Examination(
                self.patient_id, self.patient_name, self.sex, self.weight_kg, self.height_m, INJECTED_AT, "one frame"
            ), *what)  # fmt: skip
        return Examination.uid(self, *what)


def _framed(exam: Examination) -> Examination:
    return _Framed(
        exam.patient_id, exam.patient_name, exam.sex, exam.weight_kg, exam.height_m, exam.at, exam.seed
    )


def write_anatomy(folder: Path, at: datetime, patient: str, sources: tuple[Source, ...]) -> None:
    exam = _framed(Examination(patient, "Synthetic^Patient", "F", 64.0, 1.66, at, "anatomy"))
    write_ct(ct(), folder / "ct", exam, number=2, description="CT of the SPECT/CT")
    (series,) = find_series([folder / "ct"]).series
    image = read_volume(series)
    regions = [Region(one.name, one.structure, mask_of([one.shape], image.grid)) for one in sources]
    segmentation_object(
        regions, sources_of(image, made_at=at), description="therapy regions", series_number=9
    ).save_as(folder / "segmentation.dcm", enforce_file_format=True)
