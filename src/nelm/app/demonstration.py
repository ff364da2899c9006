"""A synthetic patient written as DICOM and case, and everything run on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from nelm.app.demonstration_doses import demonstrate_doses
from nelm.app.demonstration_mapping import MappingFolders, write_radioembolisation
from nelm.app.liver_files import LiverFiles, write_liver
from nelm.app.measurement_files import MeasurementFiles, write_measurement
from nelm.app.measuring import MeasuringOptions, measure_study
from nelm.app.proposing import ProposingOptions, propose
from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.phantom.drawing import Drawn
from nelm.imaging.phantom.emission import Scanner
from nelm.imaging.phantom.lesions import LesionPlan
from nelm.imaging.phantom.patient import SyntheticPatient, synthetic_patient
from nelm.imaging.progress import Progress
from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import (
    Examination,
    Region,
    Tracer,
    segmentation_object,
    sources_of,
    write_ct,
    write_pet,
    write_spect,
)
from nelm.volume import Grid, Quantity, Structure, Volume

AT = (datetime(2025, 11, 24, 10, 15), datetime(2026, 3, 2, 9, 30))
"""Of the two examinations."""
THERAPY_AT, THERAPY_BQ, SPECT_AFTER_H = datetime(2026, 3, 16, 11, 0), 7.4e9, (4, 24, 96, 168)
WEIGHT_KG, HEIGHT_M = 64.0, 1.66
DELAY_S = 3600.0
PET_SCANNER, SPECT_SCANNER = Scanner(6.0), Scanner(11.0, noise=0.2)
PET_MM, SPECT_MM = 4.0, 4.8
LOW_MM, SIZE_MM = (-210.0, -160.0, -140.0), (252.0, 336.0, 420.0)
DRAWN = {
    Structure.LIVER, Structure.SPLEEN, Structure.KIDNEY_LEFT, Structure.KIDNEY_RIGHT, Structure.STOMACH,
    Structure.BOWEL, Structure.GALLBLADDER, Structure.INFERIOR_VENA_CAVA, Structure.PORTAL_VEIN,
    Structure.HEPATIC_VEIN,
}  # fmt: skip
FOR_SPHERES = {Structure.LUNG, Structure.PERFUSED_LIVER}
AROUND = {
    Structure.SKIN, Structure.RIB, Structure.BONE, Structure.LUNG, Structure.HEART, Structure.AORTA,
    Structure.PANCREAS, Structure.HEPATIC_ARTERY,
}  # fmt: skip
"""What local treatment of the liver asks for: what needles must not cross, and what feeds the liver."""

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
    lesions : How many at first, of 7 to 42 mm.
    voxel_mm : Edge of a voxel of the CT in the plane; slices are 1.25 times as thick.
    """

    seed: int = 1
    lesions: int = 10
    voxel_mm: float = 2.4


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was made, what was measured of it, and a line for each file."""

    patient: SyntheticPatient
    liver_ml: dict[int, float]
    measured: StudyMeasurement
    written: list[str]


def demonstrate(folder: Path, options: DemoOptions, *, progress: Progress) -> Demonstration:
    """Write a synthetic patient into a folder and run everything on it.

    Two examinations four months apart (lesions grow, two become one, one is new), the later one with two tracers, and
    SPECT at four times after an injection; a mapping study before radioembolisation, and PET of the microspheres.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("making the patient")
    patient = synthetic_patient(options.seed, _lesions(options.lesions), time_points=2)
    dicom = folder / "dicom"
    grid = _grid(options.voxel_mm, 1.25 * options.voxel_mm)
    drawn = [patient.tomography(grid, time_point=time_point) for time_point in range(2)]
    liver_ml = {time_point: one.liver_ml for time_point, one in enumerate(drawn)}
    for time_point, name in enumerate(("baseline", "follow_up")):
        progress(f"drawing and writing: {name}")
        _write_examination(patient, drawn[time_point], dicom / name, time_point)
    progress("drawing and writing: therapy")
    _write_therapy(patient, drawn[1], dicom / "therapy")
    progress("drawing and writing: radioembolisation")
    folders = MappingFolders(dicom / "mapping", dicom / "radioembolisation")
    spheres = write_radioembolisation(patient, folders, voxel_mm=options.voxel_mm, examination=_examination,
                                      write_segmentation=_write_segmentation)  # fmt: skip
    truth = {**patient.truth(liver_ml), "radioembolisation": spheres}
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n", encoding="utf-8")
    case_file = folder / "case.yaml"
    case_file.write_text(CASE.format(seed=options.seed), encoding="utf-8")
    wanted = MeasuringOptions({}, ("right_hemihepatectomy",), (dicom / "baseline",))
    measured = measure_study([dicom / "follow_up"], wanted, progress=progress)
    files = MeasurementFiles(case_file, folder / "measured.html", folder / "pictures", folder / "for_pacs")
    written = write_measurement(measured, files, progress=progress)
    written += _local_treatment(folder, case_file, progress=progress)
    written += demonstrate_doses(folder, case_file, today=THERAPY_AT.date(), progress=progress)
    progress("the plan")
    written += _plan(case_file, folder)
    return Demonstration(patient, liver_ml, measured, written)


def _lesions(count: int) -> LesionPlan:
    """Lesions of which two merge and one is new, where there are enough."""
    merges = int(count >= 4)
    return LesionPlan(tuple(np.geomspace(42, 7, count).round(1).tolist()), merges=merges, new=1)


def _local_treatment(folder: Path, case_file: Path, *, progress: Progress) -> list[str]:
    """What each local treatment could do at the follow-up, and joint plans; the facts go into the case."""
    progress("local treatment of the liver")
    options = ProposingOptions(case_file=case_file, earlier=(folder / "dicom" / "baseline",))
    proposed = propose([folder / "dicom" / "follow_up"], options, progress=progress)
    files = LiverFiles(case_file, folder / "liver.html", folder / "liver_pictures")
    document, written = write_liver(proposed, files, progress=progress)
    target = folder / "liver.json"
    target.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [*written, f"liver ledger: {target}"]


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


def _examination(at: datetime) -> Examination:
    return Examination(
        "SYNTHETIC-001", "Synthetic^Patient", "F", WEIGHT_KG, HEIGHT_M, at, f"demo {at:%Y%m%d%H}"
    )


def _write_examination(patient: SyntheticPatient, drawn: Drawn, folder: Path, time_point: int) -> None:
    """CT, PET and segmentation as DICOM; lesions are numbered by size, as somebody would who knows no history."""
    examination = _examination(AT[time_point])
    write_ct(drawn.ct, folder / "ct", examination, number=1, description="CT portal venous")
    gallium = Tracer("68Ga-DOTATATE", "Ga-68", 1.5e8, _before(time_point), 4063.2, 0.889)
    fluorine = Tracer("18F-FDG", "F-18", 2.5e8, _before(time_point), 6586.2, 0.967)
    tracers = [gallium] if time_point == 0 else [gallium, fluorine]
    for number, tracer in enumerate(tracers, start=2):
        suv = patient.positron_emission(
            _grid(PET_MM, PET_MM), PET_SCANNER, time_point=time_point, fdg=tracer is fluorine
        )
        decayed = tracer.injected_bq * 0.5 ** (DELAY_S / tracer.half_life_s)
        pet = _activity(suv, decayed)
        name = "pet_fdg" if tracer is fluorine else "pet_sstr"
        write_pet(
            pet, folder / name, examination, number=number, description=f"PET {tracer.name}", tracer=tracer
        )
    _write_segmentation(drawn, folder, AT[time_point], with_surroundings=time_point > 0)


def _write_segmentation(drawn: Drawn, folder: Path, at: datetime, *, with_surroundings: bool = False) -> None:
    """The regions as a DICOM segmentation of the CT in the folder."""
    (series,) = find_series([folder / "ct"]).series
    sources = sources_of(read_volume(series), made_at=at)
    segmentation = segmentation_object(
        _regions(drawn, with_surroundings=with_surroundings),
        sources,
        description="synthetic regions",
        series_number=9,
    )
    segmentation.save_as(folder / "segmentation.dcm", enforce_file_format=True)


def _write_therapy(patient: SyntheticPatient, drawn: Drawn, folder: Path) -> None:
    """SPECT at several times after an injection of 177Lu, the first with a CT and its segmentation."""
    lutetium = Tracer("177Lu-DOTATATE", "Lu-177", THERAPY_BQ, THERAPY_AT, 574_300.8)
    for after_h in SPECT_AFTER_H:
        examination = _examination(THERAPY_AT + timedelta(hours=after_h))
        share = patient.after_therapy(_grid(SPECT_MM, SPECT_MM), SPECT_SCANNER, after_h=after_h, time_point=1)
        write_spect(_activity(share, THERAPY_BQ), folder / f"spect_{after_h:03d}h", examination, number=1,
                    description=f"SPECT 177Lu-DOTATATE {after_h} h", tracer=lutetium)  # fmt: skip
        if after_h == SPECT_AFTER_H[0]:
            write_ct(drawn.ct, folder / "ct", examination, number=2, description="CT of the SPECT/CT")
            _write_segmentation(drawn, folder, examination.at)


def _before(time_point: int) -> datetime:
    """When a tracer was injected."""
    return AT[time_point] - timedelta(seconds=DELAY_S)


def _activity(suv: Volume, injected_bq: float) -> Volume:
    """Activity concentration [Bq/mL] of a map of uptake by body weight."""
    activity = np.asarray(suv.array, dtype=np.float32) * np.float32(injected_bq / (WEIGHT_KG * 1000))
    return Volume(activity, suv.grid, Quantity.ACTIVITY_CONCENTRATION)


def _regions(drawn: Drawn, *, with_surroundings: bool = False) -> Sequence[Region]:
    """What is drawn in the segmentation."""
    before_spheres = any(kind is Structure.PERFUSED_LIVER for _, kind, _ in drawn.masks)
    wanted = DRAWN | FOR_SPHERES if before_spheres else DRAWN
    wanted = wanted | AROUND if with_surroundings else wanted
    organs = [Region(name, kind, mask) for name, kind, mask in drawn.masks if kind in wanted]
    lesions = [mask for _, kind, mask in drawn.masks if kind is Structure.LESION]
    lesions.sort(key=lambda mask: -mask.volume_ml)
    return [*organs, *[Region(f"L{n}", Structure.LESION, mask) for n, mask in enumerate(lesions, start=1)]]
