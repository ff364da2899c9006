"""The doses of a study put into the ledger, and what all administrations together gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from nelm.app.course_planning import EDOTREOTIDE_WORDS, kidney_risk
from nelm.app.dosimetry_limits import tissues
from nelm.app.dosing import CycleDose, DosedStudy, kinetics_of
from nelm.case import Case
from nelm.dosimetry.accumulation import AccumulatedRegion, LesionIdentity, accumulated
from nelm.dosimetry.assumptions import Kinetics
from nelm.dosimetry.ledger import (
    CourseKind,
    DoseMapPlace,
    Ledger,
    LedgerEntry,
    LungDose,
    with_entry,
    with_replaced,
)
from nelm.dosimetry.ledger_words import dose_words
from nelm.dosimetry.recording import Causes, entry_of
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.scans import Administration
from nelm.errors import problem
from nelm.guideline.therapy import Item
from nelm.imaging.registration import RigidTransform
from nelm.io.ledger_files import read_ledger, write_ledger
from nelm.knowledge import Knowledge
from nelm.report.dosimetry import Section, Table
from nelm.therapies.prrt import ledger_advice as prrt
from nelm.therapies.radioembolisation import ledger_advice as spheres

PEPTIDES = {"Lu-177": "prrt.lu177_dotatate", "Y-90": "prrt.y90"}
SPHERES = {"Ho-166": "radioembolisation.ho166"}
SPHERE_WORDS = {
    "resin": "radioembolisation.y90_resin",
    "sir-sphere": "radioembolisation.y90_resin",
    "glass": "radioembolisation.y90_glass",
    "therasphere": "radioembolisation.y90_glass",
}


@dataclass(frozen=True, slots=True)
class LedgerChoices:
    """How the doses of a study go into a ledger.

    Parameters
    ----------
    file : The ledger; made where it does not exist.
    course : Name of the course ("prrt-2026"); by default the option and the year.
    first_cycle : Number of the first administration of the study in its course.
    option : Of the contract; by default from nuclide and agent.
    camera : With its calibration and reconstruction; administrations of one camera err together.
    may_replace : Whether an administration that is there already may get other numbers.
    lesions_by_name : Whether one name means one lesion over all administrations.
    dose_folder : Where the RT Dose of this study is written, if it is.
    """

    file: Path
    course: str | None = None
    first_cycle: int = 1
    option: str | None = None
    camera: str | None = None
    may_replace: bool = False
    lesions_by_name: bool = False
    dose_folder: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """The ledger with the doses of a study in it.

    Parameters
    ----------
    ledger : All administrations.
    regions : What each organ and lesion received in all.
    advice : Limits, experience and rules beside it.
    replacing : Administrations whose earlier numbers go.
    """

    ledger: Ledger
    regions: tuple[AccumulatedRegion, ...]
    advice: tuple[Item, ...]
    replacing: tuple[str, ...]


def remembered(
    study: DosedStudy, choices: LedgerChoices, knowledge: Knowledge, *, case: Case | None, today: date
) -> Remembered:
    """The doses of a study in the ledger; nothing is written.

    Raises
    ------
    InputError : A ledger that cannot be used, an administration that is there with other numbers, an option that the
        images do not tell.
    """
    ledger = read_ledger(choices.file) if choices.file.exists() else Ledger(case=case.id if case else None)
    replacing: list[str] = []
    for place, cycle in enumerate(study.cycles):
        entry = _entry(study, cycle, choices, number=choices.first_cycle + place)
        earlier = next((one for one in ledger.entries if one.id == entry.id), None)
        if earlier is not None and entry.dose_map is None:
            entry = replace(entry, dose_map=earlier.dose_map)
        if choices.may_replace and earlier is not None:
            ledger = with_replaced(ledger, entry)
            replacing.append(entry.id)
        else:
            ledger = with_entry(ledger, entry)
    identity = LesionIdentity.NAME if choices.lesions_by_name else LesionIdentity.TRACKING_UID
    regions = accumulated(ledger, tissues=tissues(knowledge), lesions_by=identity)
    risk = kidney_risk(case)
    advice = (
        *prrt.ledger_advice(
            ledger, regions, knowledge, today=today, has_kidney_risk=risk, progression_free_months=None
        ),
        *spheres.ledger_advice(ledger, regions, knowledge, today=today),
    )
    return Remembered(ledger, regions, advice, tuple(replacing))


def write_remembered(found: Remembered, choices: LedgerChoices) -> str:
    """Write the ledger; gives a line about it."""
    backup = write_ledger(choices.file, found.ledger, replacing=found.replacing)
    kept = f" (earlier file: {backup})" if backup is not None else ""
    return f"ledger: {choices.file}, {len(found.ledger.entries)} administrations{kept}"


def ledger_section(found: Remembered) -> Section:
    """All administrations together, and the limits, experience and rules that stand beside them."""
    given = "; ".join(
        f"{entry.id}: {entry.nuclide}, {_activity(entry.activity_mbq)}, {entry.at:%Y-%m-%d}"
        for entry in found.ledger.entries
    )
    paragraphs = (f"In the ledger: {given}.", *(f"{item.label}: {item.text}" for item in found.advice))
    return Section("All administrations together", paragraphs, (_table(found.regions),))


def _table(regions: Sequence[AccumulatedRegion]) -> Table:
    """Sums by organ and lesion, by kind of therapy and in all."""
    rows = tuple(
        (
            f"{region.name}{' (at least)' if region.is_lower_bound else ''}",
            *(_sum(region, kind) for kind in CourseKind),
            dose_words(region.total.absorbed_dose_gy) if region.total else "not known",
            dose_words(region.total.bed_gy) if region.total and region.total.bed_gy else "not computed",
        )
        for region in regions
    )
    head = ("region", *(f"{kind.value} [Gy]" for kind in CourseKind), "in all [Gy]", "BED in all [Gy]")
    note = "A sum of doses of different nuclides and dose rates says little of effect; the BED beside it says more."
    return Table(head, rows, (note,))


def _sum(region: AccumulatedRegion, kind: CourseKind) -> str:
    found = region.by_kind.get(kind)
    return dose_words(found.absorbed_dose_gy) if found is not None else "none"


def _entry(study: DosedStudy, cycle: CycleDose, choices: LedgerChoices, *, number: int) -> LedgerEntry:
    """The entry of one administration of the study."""
    given = cycle.dose.administration
    option = choices.option or option_of(given)
    year = f"{given.at:%Y}" if given.at is not None else "unknown"
    frame = study.origin.frame_of_reference_uid
    place = None
    if choices.dose_folder is not None:
        path = choices.dose_folder / f"RTDOSE_{cycle.number}.dcm"
        place = DoseMapPlace(_relative(path, choices.file), RigidTransform.identity(), 0.0)
    return entry_of(
        cycle.dose,
        course=choices.course or f"{option.replace('.', '-')}-{year}",
        cycle=number,
        option=option,
        causes=Causes(camera=choices.camera),
        frame_of_reference_uid=frame,
        lung=_lung(cycle, option),
        dose_map=place,
    )


def option_of(given: Administration) -> str:
    """The option of the contract that an administration is.

    Raises
    ------
    InputError : Nuclide and agent do not tell it: resin and glass look the same.
    """
    agent = given.agent.lower()
    if kinetics_of(given) is Kinetics.TRAPPED:
        named = next((option for word, option in SPHERE_WORDS.items() if word in agent), None)
        found = named or SPHERES.get(given.nuclide)
    elif given.nuclide == "Lu-177" and any(word in agent for word in EDOTREOTIDE_WORDS):
        found = "prrt.lu177_edotreotide"
    else:
        found = PEPTIDES.get(given.nuclide)
    if found is None:
        raise problem(
            f"{given.nuclide} {given.agent}".strip(),
            "a nuclide and an agent that name one option",
            "Give --option, such as radioembolisation.y90_resin",
            path="option",
        )
    return found


def _lung(cycle: CycleDose, option: str) -> LungDose | None:
    """Lung dose of a radioembolisation, where the lungs were outlined and imaged."""
    if not option.startswith("radioembolisation."):
        return None
    for region in cycle.dose.of(RegionKind.LUNG):
        if region.absorbed_dose_gy is not None:
            return LungDose(
                region.absorbed_dose_gy.value, region.relative_sd, "images after the administration"
            )
    return None


def _relative(path: Path, ledger: Path) -> str:
    """A path as seen from the folder of the ledger, where it lies below it."""
    try:
        return path.resolve().relative_to(ledger.resolve().parent).as_posix()
    except ValueError:
        return path.as_posix()


def _activity(activity_mbq: float | None) -> str:
    return "activity not known" if activity_mbq is None else f"{activity_mbq / 1000:.2f} GBq"
