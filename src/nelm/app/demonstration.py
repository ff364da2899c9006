"""A synthetic patient written as DICOM and case, and everything run on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from nelm.app.measurement_files import MeasurementFiles, write_measurement
from nelm.app.measuring import MeasuringOptions, measure_study
from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.phantom.patient import SyntheticPatient, synthetic_patient
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

AT = datetime(2026, 3, 2, 9, 30)
WEIGHT_KG, HEIGHT_M = 64.0, 1.66
HALF_LIFE_S, INJECTED_BQ, DELAY_S = 4063.2, 1.5e8, 3600.0
LOW_MM, SIZE_MM = (-210.0, -160.0, -140.0), (252.0, 336.0, 420.0)
DRAWN = {
    Structure.LIVER, Structure.SPLEEN, Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT, Structure.STOMACH,
    Structure.BOWEL, Structure.GALLBLADDER, Structure.INFERIOR_VENA_CAVA, Structure.PORTAL_VEIN,
    Structure.HEPATIC_VEIN,
}  # fmt: skip

CASE = """# A patient who does not exist. What the images show is put in by `nelm measure --into`.
schema: nelm.case/1
id: synthetic-{seed}
as_of: 2026-03-10
patient: {{sex: female, age_years: 61, height_cm: 166, weight_kg: 64, ecog: 1, fit_for_major_surgery: true}}
tumour:
  primary_site: jejunum_ileum
  primary_in_situ: false
  specimens:
    - {{date: 2026-01-20, site: liver, differentiation: well, ki67_percent: 4, mitoses_per_2mm2: 1}}
  functioning: functioning
  syndromes: [carcinoid]
no_other_extrahepatic: true
course: {{status: progressing, basis: recist_1_1, interval_months: 8}}
labs:
  - {{test: creatinine, value: 78, unit: umol/L, date: 2026-02-27}}
  - {{test: bilirubin, value: 11, unit: umol/L, date: 2026-02-27}}
  - {{test: platelets, value: 240, unit: 10*9/L, date: 2026-02-27}}
treatments:
  - {{option: ssa.lanreotide, start: 2025-03, ongoing: true, best_response: SD, progressed_on: true}}
no_other_treatments: true
"""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What is made.

    Parameters
    ----------
    seed : Same seed, same patient.
    lesions : How many, of 7 to 52 mm.
    voxel_mm : Edge of a voxel of the CT in the plane; slices are 1.25 times as thick.
    """

    seed: int = 1
    lesions: int = 10
    voxel_mm: float = 2.4


def demonstrate(
    folder: Path, options: DemoOptions, *, progress: Callable[[str], None]
) -> tuple[SyntheticPatient, StudyMeasurement, list[str]]:
    """Write a synthetic patient into a folder and run everything on it; gives a line for each file."""
    folder.mkdir(parents=True, exist_ok=True)
    progress("making the patient")
    patient = synthetic_patient(
        options.seed,
        diameters_mm=np.geomspace(52, 7, options.lesions).round(1).tolist(),
        ct_grid=_grid(options.voxel_mm, 1.25 * options.voxel_mm),
        pet_grid=_grid(4.0, 4.0),
    )
    progress("writing DICOM")
    _write(patient, folder, options.seed)
    (folder / "truth.json").write_text(json.dumps(patient.truth(), indent=2) + "\n", encoding="utf-8")
    case_file = folder / "case.yaml"
    case_file.write_text(CASE.format(seed=options.seed), encoding="utf-8")
    measured = measure_study(
        [folder / "dicom"], MeasuringOptions({}, ("right_hemihepatectomy",)), progress=progress
    )
    wanted = MeasurementFiles(case_file, folder / "measured.html", folder / "pictures", folder / "for_pacs")
    written = write_measurement(measured, wanted, progress=progress)
    progress("the plan")
    written += _plan(case_file, folder)
    return patient, measured, written


def _plan(case_file: Path, folder: Path) -> list[str]:
    """The plan of the case with what was measured."""
    from nelm.app.planning import read_plan
    from nelm.io.plan_json import plan_bytes
    from nelm.report import html_page, pdf_bytes

    plan = read_plan(str(case_file))
    targets = {
        "plan.html": html_page(plan).encode(),
        "plan.pdf": pdf_bytes(plan),
        "plan.json": plan_bytes(plan),
    }
    for name, content in targets.items():
        (folder / name).write_bytes(content)
    return [f"plan: {folder / name}" for name in targets]


def _grid(edge_mm: float, thick_mm: float) -> Grid:
    steps = (thick_mm, edge_mm, edge_mm)
    shape = [round(size / step) for size, step in zip(SIZE_MM, steps, strict=True)]
    return Grid.axial(shape, steps, LOW_MM)


def _write(patient: SyntheticPatient, folder: Path, seed: int) -> None:
    """CT, PET and segmentation as DICOM."""
    examination = Examination(
        "SYNTHETIC-001", "Synthetic^Patient", "F", WEIGHT_KG, HEIGHT_M, AT, f"demo {seed}"
    )
    dicom = folder / "dicom"
    write_ct(patient.ct, dicom / "ct", examination, number=1, description="CT portal venous")
    tracer = Tracer("68Ga-DOTATATE", ("129902005", "^68^Gallium"), INJECTED_BQ, AT - timedelta(seconds=DELAY_S),
                    HALF_LIFE_S, 0.889)  # fmt: skip
    decayed = INJECTED_BQ * 0.5 ** (DELAY_S / HALF_LIFE_S)
    activity = np.asarray(patient.pet.array, dtype=np.float32) * np.float32(decayed / (WEIGHT_KG * 1000))
    pet = Volume(activity, patient.pet.grid, Quantity.ACTIVITY_CONCENTRATION)
    write_pet(pet, dicom / "pet", examination, number=2, description="PET 68Ga-DOTATATE", tracer=tracer)
    (series,) = find_series([dicom / "ct"]).series
    image = read_volume(series)
    regions = [
        Region(name, kind, mask)
        for name, kind, mask in patient.masks
        if kind in DRAWN or kind is Structure.LESION
    ]
    segmentation = segmentation_object(
        regions, sources_of(image, made_at=AT), description="synthetic regions", series_number=3
    )
    segmentation.save_as(dicom / "segmentation.dcm", enforce_file_format=True)
