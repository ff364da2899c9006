"""Radioembolisation of the synthetic patient: the mapping study before, and PET of the same microspheres after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from nelm.imaging.phantom.drawing import Drawn
from nelm.imaging.phantom.emission import Scanner, scanned
from nelm.imaging.phantom.microspheres import (
    Deposits,
    counted,
    decayed,
    is_perfused,
    particle_shares,
    planar_views,
)
from nelm.imaging.phantom.patient import SyntheticPatient
from nelm.io.dicom_out import (
    Camera,
    Examination,
    OppositeCounts,
    Tracer,
    write_ct,
    write_pet,
    write_planar,
    write_spect,
)
from nelm.physics.emissions import emissions_of
from nelm.physics.interaction import material
from nelm.volume import Grid, Mask, Quantity, Structure, Volume

MAPPED_AT, TREATED_AT = datetime(2026, 3, 5, 10, 0), datetime(2026, 3, 19, 11, 0)
PET_AFTER_H = 18.0
TECHNETIUM_BQ, TECHNETIUM_HALF_LIFE_S = 1.5e8, 21_624.0
DELIVERED_GBQ = 2.4
POSITRONS = 3.2e-5
COUNTS, SPECT_RESOLUTION_MM, SPECT_MM = 6e6, 12.0, 4.8
PET_SCANNER, PET_MM = Scanner(6.5, noise=120.0), 4.0
"""Noise of 15 % of a voxel in normal liver: positrons of 90Y are few."""
CAMERA = Camera("99mTc", (126.5, 154.6), "LEHR", 2, 60, 15.0)
PLANAR_S = 300.0
LOW_MM, SIZE_MM = (-210.0, -160.0, -140.0), (440.0, 336.0, 420.0)
"""Up to above the lungs."""
TERRITORY = "perfused liver right lobe"
GRAM_PER_KG = 1000.0

Write = Callable[[Drawn, Path, datetime], None]
"""Writes the regions as a segmentation of the CT in a folder."""


@dataclass(frozen=True, slots=True)
class MappingFolders:
    """Where the two examinations go."""

    mapping: Path
    delivered: Path


def write_radioembolisation(
    patient: SyntheticPatient,
    folders: MappingFolders,
    *,
    voxel_mm: float,
    examination: Callable[[datetime], Examination],
    write_segmentation: Write,
    deposits: Deposits | None = None,
) -> dict[str, object]:
    """Write both examinations; gives every true value.

    Parameters
    ----------
    voxel_mm : Edge of a voxel of the CT in the plane; a half wider than that of a CT for diagnosis.
    examination : Header of an examination at a time.
    write_segmentation : Writes the regions beside the CT.
    deposits : Where the particles lodge.
    """
    deposits = deposits or Deposits()
    grid = _grid(1.5 * voxel_mm, 1.9 * voxel_mm)
    drawn = with_territory(patient, patient.tomography(grid, time_point=1), deposits)
    shares = particle_shares(patient, grid, deposits, time_point=1)
    _write_mapping(patient, drawn, shares, folders.mapping, deposits=deposits, at=examination)
    write_segmentation(drawn, folders.mapping, MAPPED_AT)
    _write_delivered(patient, drawn, folders.delivered, deposits=deposits, at=examination)
    write_segmentation(drawn, folders.delivered, TREATED_AT + timedelta(hours=PET_AFTER_H))
    return _truth(drawn, shares, deposits)


def with_territory(patient: SyntheticPatient, drawn: Drawn, deposits: Deposits) -> Drawn:
    """The regions with the perfused part of the liver among them."""
    grid = drawn.ct.grid
    liver = next(mask for _, kind, mask in drawn.masks if kind is Structure.LIVER)
    inside = liver.array & is_perfused(patient, grid, deposits, time_point=1)
    masks = (*drawn.masks, (TERRITORY, Structure.PERFUSED_LIVER, Mask(inside, grid)))
    return Drawn(drawn.ct, masks, drawn.liver_ml)


def _write_mapping(
    patient: SyntheticPatient, drawn: Drawn, shares: Volume, folder: Path, *, deposits: Deposits,
    at: Callable[[datetime], Examination],
) -> None:  # fmt: skip
    """CT, SPECT in counts, and planar views."""
    examination = at(MAPPED_AT)
    tracer = Tracer(
        "99mTc-MAA", "Tc-99m", TECHNETIUM_BQ, MAPPED_AT - timedelta(minutes=30), TECHNETIUM_HALF_LIFE_S
    )
    write_ct(drawn.ct, folder / "ct", examination, number=2, description="CT of the SPECT/CT")
    coarse = particle_shares(patient, _grid(SPECT_MM, SPECT_MM), deposits, time_point=1)
    spect = counted(
        coarse,
        counts=COUNTS,
        resolution_mm=SPECT_RESOLUTION_MM,
        rng=np.random.default_rng([patient.seed, 1, 6]),
    )
    write_spect(spect, folder / "spect", examination, number=1, description="SPECT 99mTc-MAA", tracer=tracer,
                camera=CAMERA)  # fmt: skip
    front, back = planar_views(
        shares, drawn.ct, counts=COUNTS, rng=np.random.default_rng([patient.seed, 1, 7])
    )
    spacing = drawn.ct.grid.spacing_mm
    counts = OppositeCounts(front, back, (spacing[0], spacing[2]), PLANAR_S)
    write_planar(counts, folder / "planar", examination, number=3, description="planar 99mTc-MAA", tracer=tracer,
                 camera=CAMERA)  # fmt: skip


def _write_delivered(
    patient: SyntheticPatient,
    drawn: Drawn,
    folder: Path,
    *,
    deposits: Deposits,
    at: Callable[[datetime], Examination],
) -> None:
    """CT and PET of 90Y."""
    examination = at(TREATED_AT + timedelta(hours=PET_AFTER_H))
    half_life_h = emissions_of("Y-90").half_life_h
    tracer = Tracer(
        "90Y resin microspheres", "Y-90", DELIVERED_GBQ * 1e9, TREATED_AT, half_life_h * 3600, POSITRONS
    )
    write_ct(drawn.ct, folder / "ct", examination, number=2, description="CT of the PET/CT")
    grid = _grid(PET_MM, PET_MM)
    shares = particle_shares(patient, grid, deposits, time_point=1)
    left = decayed(DELIVERED_GBQ * 1e9, hours=PET_AFTER_H, half_life_h=half_life_h)
    concentration = np.asarray(shares.array, dtype=np.float32) * np.float32(left / grid.voxel_ml)
    true = Volume(concentration, grid, Quantity.ACTIVITY_CONCENTRATION)
    seen = scanned(true, PET_SCANNER, np.random.default_rng([patient.seed, 1, 8]))
    write_pet(seen, folder / "pet", examination, number=1, description="PET 90Y microspheres", tracer=tracer)


def _truth(drawn: Drawn, shares: Volume, deposits: Deposits) -> dict[str, object]:
    """Shunt, T/N, and what the delivered activity gives each lesion if its energy stays where it is."""
    density = material("liver").density_g_cm3
    masks = {name: mask for name, _, mask in drawn.masks}
    array = np.asarray(shares.array, dtype=np.float64)
    constant = emissions_of("Y-90").dose_constants.charged_j_per_gbq
    inside = masks[TERRITORY].array
    lesions = {name: mask for name, kind, mask in drawn.masks if kind is Structure.LESION}
    sick = np.any([mask.array for mask in lesions.values()], axis=0)

    def dose_gy(region: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
        mass_kg = float(region.sum()) * drawn.ct.grid.voxel_ml * density / GRAM_PER_KG
        return constant * DELIVERED_GBQ * float(array[region].sum()) / mass_kg

    tumour, normal = array[inside & sick].mean(), array[inside & ~sick].mean()
    by_size = sorted(lesions, key=lambda name: -lesions[name].volume_ml)
    return {
        "lung_shunt": deposits.lung_shunt,
        "delivered_gbq": DELIVERED_GBQ,
        "territory": TERRITORY,
        "tumour_to_normal": float(tumour / normal),
        "perfused_normal_gy": dose_gy(inside & ~sick),
        "lesions": [
            {"id": name, "segment": f"L{place}", "dose_gy": dose_gy(masks[name].array),
             "volume_ml": masks[name].volume_ml,
             "perfused_share": float((masks[name].array & inside).sum() / masks[name].array.sum())}
            for place, name in enumerate(by_size, start=1)
        ],
    }  # fmt: skip


def _grid(edge_mm: float, thick_mm: float) -> Grid:
    steps = (thick_mm, edge_mm, edge_mm)
    return Grid.axial([round(size / step) for size, step in zip(SIZE_MM, steps, strict=True)], steps, LOW_MM)
