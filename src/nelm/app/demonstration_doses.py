"""The demonstration's doses: radioembolisation planned and given, radioligand therapy given, both in one ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nelm.app.dosimetry_limits import ImagingChoices
from nelm.app.dosing import DosingOptions
from nelm.app.dosing_files import DoseFiles, dosed, write_doses
from nelm.app.dosing_ledger import LedgerChoices
from nelm.app.mapping import MappingOptions, plan_mapping
from nelm.app.mapping_files import mapping_json, write_mapping_page
from nelm.imaging.progress import Progress
from nelm.io.study import read_study

SPECT_RESOLUTION_MM, MAPPING_RESOLUTION_MM, PET_RESOLUTION_MM = 11.0, 12.0, 6.5
"""Of the scanners of the synthetic patient."""


def demonstrate_doses(folder: Path, case_file: Path, *, today: date, progress: Progress) -> list[str]:
    """Plan and dose what lies in the folder `dicom`; gives a line for each file."""
    dicom = folder / "dicom"
    mapping = [dicom / "mapping"]
    options = MappingOptions(case_file=case_file, imaging=ImagingChoices(MAPPING_RESOLUTION_MM))
    plan = plan_mapping(read_study(mapping, progress=progress), mapping, options, progress=progress)
    (folder / "mapping.json").write_text(mapping_json(plan), encoding="utf-8")
    write_mapping_page(plan, folder / "mapping.html")
    lines = [f"radioembolisation planned: {folder / 'mapping.html'}"]
    rows = (
        ("therapy", SPECT_RESOLUTION_MM, "prrt.lu177_dotatate", None),
        ("radioembolisation", PET_RESOLUTION_MM, "radioembolisation.y90_resin", folder / "mapping.json"),
    )
    for name, resolution_mm, option, planned in rows:
        wanted = DoseFiles(
            html_file=folder / f"{name}_doses.html",
            dicom_folder=folder / "for_pacs" / name,
            case_file=str(case_file),
            ledger=LedgerChoices(
                folder / "ledger.json",
                option=option,
                lesions_by_name=True,
                dose_folder=folder / "for_pacs" / name,
            ),
            planned_file=planned,
        )
        study = read_study([dicom / name], progress=progress)
        choices = DosingOptions(imaging=ImagingChoices(resolution_mm))
        found = dosed(study, choices, wanted, today=today, progress=progress)
        written = write_doses(found, wanted, progress=progress)
        (folder / f"{name}_doses.json").write_text(found.document, encoding="utf-8")
        lines += [f"{name}: {line}" for line in written]
    return lines
