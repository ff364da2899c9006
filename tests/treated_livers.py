"""A small synthetic liver with everything that planning asks for, as DICOM: vessels, bones, lungs, organs, a case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nibabel
import numpy as np

from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import Region, segmentation_object, sources_of, write_ct
from nelm.volume import Mask, Structure
from tests.balls import Ellipsoid, ball, mask_of
from tests.phantoms import AT, GRID, LIVER, ct_of, examination

LESIONS = {"L1": ball((-54, -14, 4), 22), "L2": ball((36, -12, 6), 6), "L3": ball((-22, 12, 2), 6)}
"""A large one on the right, a small one on the left, and one between the portal bifurcation and the hepatic veins."""
TUBES = {
    "portal vein": (((-20, 52, -42), (-20, 30, -14), 5.0), ((-20, 30, -14), (-66, 8, -24), 3.5),
                    ((-20, 30, -14), (24, 6, -14), 3.5)),
    "hepatic veins": (((-12, 46, 36), (-60, 22, 24), 3.5), ((-12, 46, 36), (-22, -20, 18), 3.5),
                      ((-12, 46, 36), (24, 4, 26), 3.5)),
    "vena cava": (((-10, 58, -71), (-10, 58, 71), 9.0),),
    "hepatic artery": (((-20, 48, -44), (-20, 34, -24), 2.5),),
    "bile duct": (((-14, 52, -42), (-14, 34, -20), 2.5),),
    "aorta": (((14, 66, -71), (14, 66, 71), 9.0),),
    "rib 1": (((-92, -10, -30), (-60, -66, -30), 4.0),),
    "rib 2": (((-92, -10, 20), (-60, -66, 20), 4.0),),
}  # fmt: skip
BODIES = {
    "spleen": Ellipsoid(np.array([80.0, 30.0, 5.0]), np.array([18.0, 26.0, 28.0]), np.eye(3)),
    "right kidney": ball((-62, 56, -52), 14),
    "left kidney": ball((62, 56, -52), 14),
    "gallbladder": ball((-24, -48, -44), 9),
    "stomach": ball((76, -22, 20), 14),
    "bowel": ball((70, -24, -48), 14),
    "pancreas": ball((20, 30, -60), 8),
    "adrenal glands": ball((-30, 62, -30), 5),
    "heart": ball((20, -20, 68), 8),
    "lungs": ball((-60, 20, 68), 9),
    "vertebra": ball((0, 76, -20), 8),
}
KINDS = {
    "portal vein": Structure.PORTAL_VEIN, "hepatic veins": Structure.HEPATIC_VEIN,
    "vena cava": Structure.INFERIOR_VENA_CAVA, "hepatic artery": Structure.HEPATIC_ARTERY,
    "bile duct": Structure.BILE_DUCT, "aorta": Structure.AORTA, "rib 1": Structure.RIB, "rib 2": Structure.RIB,
    "spleen": Structure.SPLEEN, "right kidney": Structure.KIDNEY_RIGHT, "left kidney": Structure.KIDNEY_LEFT,
    "gallbladder": Structure.GALLBLADDER, "stomach": Structure.STOMACH, "bowel": Structure.BOWEL,
    "pancreas": Structure.PANCREAS, "adrenal glands": Structure.ADRENAL, "heart": Structure.HEART,
    "lungs": Structure.LUNG, "vertebra": Structure.BONE,
}  # fmt: skip
CASE = """# A patient who does not exist.
schema: nelm.case/1
id: small-liver
as_of: 2026-03-10
patient: {sex: female, age_years: 61, height_cm: 150, weight_kg: 50, ecog: 1, fit_for_major_surgery: true}
tumour:
  primary_site: jejunum_ileum
  primary_in_situ: false
  specimens:
    - {date: 2026-01-20, site: liver, differentiation: well, ki67_percent: 4, mitoses_per_2mm2: 1}
  functioning: functioning
  syndromes: [carcinoid]
no_other_extrahepatic: true
course: {status: progressing, basis: recist_1_1, interval_months: 8}
liver: {parenchyma: normal}
labs:
  - {test: bilirubin, value: 11, unit: umol/L, date: 2026-02-27}
"""


@cache
def tube(parts: tuple[tuple[tuple[float, ...], tuple[float, ...], float], ...]) -> Mask:
    """Cylinders with round ends."""
    points = GRID.points_of(np.argwhere(np.ones(GRID.shape, dtype=bool)))
    inside = np.zeros(len(points), dtype=bool)
    for first, last, radius in parts:
        a, b = np.array(first, dtype=float), np.array(last, dtype=float)
        along = (b - a) / np.linalg.norm(b - a)
        near = np.flatnonzero(
            np.all((points >= np.minimum(a, b) - radius) & (points <= np.maximum(a, b) + radius), axis=1)
        )
        t = np.clip((points[near] - a) @ along, 0, np.linalg.norm(b - a))
        inside[near] |= np.linalg.norm(points[near] - a - t[:, None] * along, axis=1) <= radius
    return Mask(inside.reshape(GRID.shape), GRID)


def write_liver(folder: Path) -> Path:
    """CT in `ct`, the segmentation beside it, and a case."""
    lesions = tuple(LESIONS.values())
    write_ct(ct_of(lesions), folder / "ct", examination("treated"), number=1, description="CT")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    write_segmentation(folder, "whole.dcm")
    return folder


def write_segmentation(
    folder: Path, name: str, *, more: Mapping[str, Ellipsoid] | None = None, without: tuple[str, ...] = ()
) -> Path:
    """A segmentation of the CT in a folder.

    more : Lesions beside the three.
    without : Structures that are not segmented.
    """
    (series,) = find_series([folder / "ct"]).series
    image = read_volume(series)
    regions = [Region("Liver", Structure.LIVER, mask_of([LIVER], image.grid))]
    for title, kind in KINDS.items():
        if title not in without:
            mask = tube(TUBES[title]) if title in TUBES else mask_of([BODIES[title]], GRID)
            regions.append(Region(title, kind, Mask(mask.array, image.grid)))
    lesions = LESIONS | dict(more or {})
    regions += [
        Region(title, Structure.LESION, mask_of([body], image.grid)) for title, body in lesions.items()
    ]
    made = segmentation_object(regions, sources_of(image, made_at=AT), description="test", series_number=5)
    made.save_as(folder / name, enforce_file_format=True)
    return folder / name


def write_empty_mask(target: Path) -> Path:
    """A NIfTI mask on the grid of the CT without any voxel: what nobody drew into, or what a threshold missed."""
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = GRID.matrix[:3, 2::-1], GRID.matrix[:3, 3]
    nothing = np.zeros(GRID.shape[::-1], dtype=np.uint8)
    nibabel.Nifti1Image(nothing, np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine).to_filename(target)
    return target
