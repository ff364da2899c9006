"""From a case to its row of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nelm.case import Case
from nelm.case import vocabulary as words
from nelm.guideline.frames import RawValue
from nelm.guideline.row.cells import Cell, Cells, frozen
from nelm.guideline.row.histories import fill_labs, fill_treatments
from nelm.guideline.row.spread import fill_course, fill_extrahepatic, fill_liver
from nelm.guideline.row.tumours import fill_patient, fill_receptors, fill_tumour
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class Conventions:
    """Entries of `conventions.toml`."""

    pregnancy_age_max: Entry


@dataclass(frozen=True, slots=True)
class PatientRow:
    """The known facts of one patient by name, with their text and their places in the case."""

    cells: Mapping[str, Cell]

    @property
    def values(self) -> dict[str, RawValue]:
        """The facts as a row for a frame."""
        return {name: cell.value for name, cell in self.cells.items()}


def _fill_preferences(cells: Cells, case: Case) -> None:
    """What the patient declined; options that are not listed count as not declined."""
    declined = set(case.preferences.declined)
    for option in words.OPTION_IDS:
        refused = option in declined or f"{option.partition('.')[0]}.*" in declined
        cells.put(f"preferences.declined.{option}", refused or None, "preferences.declined")


def row_of(case: Case, knowledge: Knowledge) -> PatientRow:
    """The facts of a case, with what follows from them at once."""
    conventions = knowledge.record(Conventions, "conventions")
    cells = Cells()
    fill_patient(cells, case, conventions.pregnancy_age_max.number)
    fill_tumour(cells, case)
    fill_receptors(cells, case)
    fill_liver(cells, case)
    fill_extrahepatic(cells, case)
    fill_course(cells, case)
    fill_labs(cells, case)
    fill_treatments(cells, case)
    _fill_preferences(cells, case)
    return PatientRow(frozen(cells))
