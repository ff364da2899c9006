"""From images, segmentations and a case to the liver ledger: what each local treatment could do, and joint plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from nelm.app.compiled_code import keep_compiled_ablation
from nelm.app.measuring import MeasuringOptions, measurement_of
from nelm.app.surroundings import surroundings_of
from nelm.case import Case
from nelm.guideline.therapy import PatientView
from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.progress import Progress, silent
from nelm.io.case_files import read_case
from nelm.io.device_rows import read_device_rows
from nelm.io.study import read_study
from nelm.knowledge import Knowledge, load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.planner.liver.building import Wishes, liver_ledger
from nelm.planner.liver.ledger import LiverLedger
from nelm.planner.planning import evaluate
from nelm.volume import Structure


@dataclass(frozen=True, slots=True)
class ProposingOptions:
    """What the user asked for.

    Parameters
    ----------
    overrides : Meanings of segment names.
    case_file : Facts of the patient; None where there are none.
    device_file : A site's own table of ablation zones (CSV).
    wishes : For the plans; rows of the table are added to it.
    earlier : An earlier examination, so that lesions keep their names.
    """

    overrides: Mapping[str, Structure] = field(default_factory=dict[str, Structure])
    case_file: Path | None = None
    device_file: Path | None = None
    wishes: Wishes = field(default_factory=Wishes)
    earlier: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """A study with its ledger.

    Parameters
    ----------
    measurement : What was measured.
    ledger : What could be done.
    case : The case; None where none was given.
    knowledge : What it rests on.
    """

    measurement: StudyMeasurement
    ledger: LiverLedger
    case: Case | None
    knowledge: Knowledge


def surgeon_said(case: Case | None) -> bool:
    """Whether a case holds the word of a surgeon on resectability."""
    if case is None or case.liver.resectable is None:
        return False
    evidence = case.evidence.get("liver.resectable")
    return evidence is None or not evidence.is_computed


def propose(
    paths: Sequence[Path], options: ProposingOptions, *, progress: Progress | None = None
) -> Proposed:
    """The liver ledger of files and folders.

    Raises
    ------
    InputError, GeometryError : Nothing that can be measured or planned on, or wishes that contradict each other.
    """
    say = progress or silent
    case = None if options.case_file is None else read_case(options.case_file)
    devices = () if options.device_file is None else read_device_rows(options.device_file)
    study = read_study(paths, overrides=options.overrides, progress=say)
    measurement = measurement_of(
        study, MeasuringOptions(options.overrides, earlier=options.earlier), progress=say
    )
    say("what lies around the liver")
    around = surroundings_of(study, measurement.liver.regions.liver.grid, measurement.image)
    knowledge = load_knowledge()
    keep_compiled_ablation()
    wishes = replace(options.wishes, devices=devices)
    view = _view(case, knowledge)
    ledger = liver_ledger(measurement.liver, around, view, knowledge, wishes=wishes, progress=say)
    return Proposed(measurement, ledger, case, knowledge)


def _view(case: Case | None, knowledge: Knowledge) -> PatientView:
    """Every fact of a case; none without one."""
    if case is None:
        return PatientView("", date.min, {})
    return evaluate(case, current_guideline(knowledge)).view
