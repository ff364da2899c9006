"""Doses of a study with everything that goes with them, and the files they are wanted as."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from nelm.app.course_planning import course_plan
from nelm.app.delivered import Compared, compared_with_plan, comparison_document, patient_key_of
from nelm.app.dosing import CycleDose, DosedStudy, DosingOptions, dose_study
from nelm.app.dosing_ledger import LedgerChoices, Remembered, remembered, write_remembered
from nelm.case import Case
from nelm.dosimetry.blood import BloodMarrow, marrow_from_blood
from nelm.dosimetry.knowledge import DosimetryKnowledge
from nelm.imaging.progress import Progress
from nelm.io.blood_samples import read_blood_samples
from nelm.io.case_files import read_case
from nelm.io.dose_json import dose_document
from nelm.io.study import Study
from nelm.knowledge import Knowledge, load_knowledge
from nelm.physics.emissions import emissions_of
from nelm.planner.plan import DISCLAIMER
from nelm.report.dosimetry import Section
from nelm.therapies.prrt.activity import ActivityPlan
from nelm.volume import Quantity


@dataclass(frozen=True, slots=True)
class DoseFiles:
    """Which files are wanted or given; None for those that are not."""

    html_file: Path | None = None
    dicom_folder: Path | None = None
    case_file: str | None = None
    blood_file: Path | None = None
    planned_cycles: int | None = None
    ledger: LedgerChoices | None = None
    planned_file: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dosed:
    """Doses of a study with what follows from them.

    Parameters
    ----------
    study : The doses.
    case : Whose they are, where it was given.
    plan : Further cycles; None where they cannot be planned.
    marrow : Red marrow from blood, where there were samples.
    ledger : All administrations; None without a ledger.
    compared : Planned against delivered; None without a plan of radioembolisation.
    document : As JSON.
    lines : For people.
    """

    study: DosedStudy
    case: Case | None
    plan: ActivityPlan | None
    marrow: BloodMarrow | None
    ledger: Remembered | None
    compared: Compared | None
    document: str
    lines: tuple[str, ...]


def dosed(
    found: Study, options: DosingOptions, wanted: DoseFiles, *, today: date, progress: Progress
) -> Dosed:
    """Compute the doses of a study and all that was asked for; nothing is written.

    Raises
    ------
    InputError, GeometryError, ConvergenceError : As `dose_study`; a case, samples or a ledger that cannot be used.
    """
    knowledge = load_knowledge()
    case = read_case(wanted.case_file) if wanted.case_file is not None else None
    study = dose_study(found, options, progress=progress)
    planned = wanted.planned_file
    compared = (
        None if planned is None else compared_with_plan(study, planned, patient_key=patient_key_of(found))
    )
    plan = course_plan(study.cycles, knowledge, case=case, planned_cycles=wanted.planned_cycles)
    marrow = _marrow(study.cycles, wanted.blood_file, knowledge)
    ledger = None
    if wanted.ledger is not None:
        ledger = remembered(study, wanted.ledger, knowledge, case=case, today=today)
    document = dose_document(
        [cycle.dose for cycle in study.cycles],
        [cycle.checks for cycle in study.cycles],
        remarks=(*study.remarks, *study.refused),
        notice=DISCLAIMER,
        marrow=marrow,
        plan=plan,
        ledger=ledger.regions if ledger else (),
    )
    if compared is not None:
        document["planned_against_delivered"] = comparison_document(compared.rows)
    return Dosed(study, case, plan, marrow, ledger, compared, json.dumps(document, indent=2, ensure_ascii=False) + "\n",
                 _lines(plan, marrow))  # fmt: skip


def write_doses(found: Dosed, wanted: DoseFiles, *, progress: Progress) -> list[str]:
    """Write the files; gives a line for each."""
    written: list[str] = []
    if wanted.html_file is not None:
        progress("pictures")
        wanted.html_file.write_text(_page(found), encoding="utf-8")
        written.append(f"HTML: {wanted.html_file}")
    if wanted.dicom_folder is not None:
        from nelm.app.dosing_dicom import write_dose_objects

        progress("DICOM")
        filled = write_dose_objects(found.study, wanted.dicom_folder, made_at=datetime.now())
        written += [f"DICOM: {wanted.dicom_folder}", *filled]
    if wanted.ledger is not None and found.ledger is not None:
        written.append(write_remembered(found.ledger, wanted.ledger))
    return written


def comparison_of(compared: Compared | None) -> tuple[Section, ...]:
    """Planned against delivered as a section; none without a plan."""
    from nelm.app.mapping_report import comparison_section

    return (
        () if compared is None else (comparison_section(compared.rows, activity_gbq=compared.activity_gbq),)
    )


def _page(found: Dosed) -> str:
    """The page as text."""
    from nelm.app.dosing_ledger import ledger_section
    from nelm.app.dosing_report import dose_report, marrow_section, plan_section
    from nelm.report.dosimetry import dose_page, dose_pictures

    knowledge, study = load_knowledge(), found.study
    sections = [
        *comparison_of(found.compared),
        *([plan_section(found.plan)] if found.plan is not None else []),
        *([marrow_section(found.marrow)] if found.marrow is not None else []),
        *([ledger_section(found.ledger)] if found.ledger is not None else []),
    ]
    is_ct = study.anatomy is not None and study.anatomy.quantity is Quantity.HOUNSFIELD
    ct = study.anatomy if is_ct else None
    pictures = [picture for cycle in study.cycles for picture in dose_pictures(cycle.dose, study.regions, ct)]
    case_id = found.case.id if found.case is not None else ""
    return dose_page(dose_report(study, knowledge, sections, case_id=case_id), pictures)


def _marrow(cycles: Sequence[CycleDose], blood_file: Path | None, knowledge: Knowledge) -> BloodMarrow | None:
    """Red marrow from blood samples of the first administration of a study."""
    if blood_file is None:
        return None
    known = knowledge.record(DosimetryKnowledge, "dosimetry")
    samples = read_blood_samples(blood_file, relative_sd=known.blood_sample_spread.number)
    return marrow_from_blood(
        samples,
        emissions_of(cycles[0].dose.administration.nuclide),
        red_marrow_to_blood_ratio=known.marrow_to_blood.number,
        ratio_relative_sd=known.marrow_to_blood_spread.number,
        blood_density_g_ml=known.blood_density.number,
        activity_relative_sd=known.blood_sample_spread.number,
    )


def _lines(plan: ActivityPlan | None, marrow: BloodMarrow | None) -> tuple[str, ...]:
    """What people read below the table."""
    lines: list[str] = []
    if plan is not None:
        bound = f", bound by: {plan.limited_by}" if plan.limited_by else ""
        lines.append(
            f"further cycles of {plan.activity_gbq:g} GBq that keep the binding limits with "
            f"{100 * plan.confidence:.0f} %: {plan.cycles_words}{bound}"
        )
    if marrow is not None:
        dose = marrow.absorbed_dose_gy
        lines.append(
            f"red marrow from blood, self dose: {dose.value:.3f} Gy ({dose.low:.3f} to {dose.high:.3f}); photons on top"
        )
    return tuple(lines)
