"""Writes what doses are wanted as: JSON, page, pictures, DICOM."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nelm.app.delivered import Compared, comparison_document
from nelm.app.dosing import DosedStudy
from nelm.io.dose_json import dose_document
from nelm.knowledge import load_knowledge
from nelm.planner.plan import DISCLAIMER
from nelm.report.dosimetry import Section
from nelm.therapies.prrt.activity import ActivityPlan
from nelm.volume import Quantity


@dataclass(frozen=True, slots=True)
class DoseFiles:
    """Which files are wanted; None for those that are not."""

    html_file: Path | None = None
    dicom_folder: Path | None = None


def dose_json(study: DosedStudy, compared: Compared | None = None) -> str:
    """The document as text."""
    document = dose_document(
        [cycle.dose for cycle in study.cycles],
        [cycle.checks for cycle in study.cycles],
        remarks=(*study.remarks, *study.refused),
        notice=DISCLAIMER,
    )
    if compared is not None:
        document["planned_against_delivered"] = comparison_document(compared.rows)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_doses(
    study: DosedStudy,
    wanted: DoseFiles,
    plan: ActivityPlan | None,
    *,
    compared: Compared | None = None,
    progress: Callable[[str], None],
) -> list[str]:
    """Write the files; gives a line for each."""
    written: list[str] = []
    if wanted.html_file is not None:
        progress("pictures")
        wanted.html_file.write_text(_page(study, plan, compared), encoding="utf-8")
        written.append(f"HTML: {wanted.html_file}")
    if wanted.dicom_folder is not None:
        from nelm.app.dosing_dicom import write_dose_objects

        progress("DICOM")
        filled = write_dose_objects(study, wanted.dicom_folder, made_at=datetime.now())
        written += [f"DICOM: {wanted.dicom_folder}", *filled]
    return written


def comparison_of(compared: Compared | None) -> tuple[Section, ...]:
    """Planned against delivered as a section; none without a plan."""
    from nelm.app.mapping_report import comparison_section

    return (
        () if compared is None else (comparison_section(compared.rows, activity_gbq=compared.activity_gbq),)
    )


def _page(study: DosedStudy, plan: ActivityPlan | None, compared: Compared | None) -> str:
    """The page as text."""
    from nelm.app.dosing_report import dose_report
    from nelm.report.dosimetry import dose_page, dose_pictures

    ct = (
        study.anatomy if study.anatomy is not None and study.anatomy.quantity is Quantity.HOUNSFIELD else None
    )
    pictures = [picture for cycle in study.cycles for picture in dose_pictures(cycle.dose, study.regions, ct)]
    return dose_page(dose_report(study, load_knowledge(), plan, more=comparison_of(compared)), pictures)
