"""From a case file to its plan."""

from __future__ import annotations

from pathlib import Path

from nelm import __version__
from nelm.case import Case
from nelm.io.case_files import read_case
from nelm.knowledge import load_knowledge
from nelm.planner.plan import Plan
from nelm.planner.planning import plan_for


def case_plan(case: Case) -> Plan:
    """The plan of a case by the current knowledge."""
    return plan_for(case, load_knowledge(), __version__)


def read_plan(path: str) -> Plan:
    """The plan of a case file (`-` for standard input).

    Raises
    ------
    InputError : the document is not a valid case; nothing is written.
    """
    return case_plan(read_case(path))


def plan_cohort(source: Path, target: Path) -> int:
    """Verdicts of a table of patients, written to a file; gives the number of patients."""
    from nelm.cohort import write_cohort

    return write_cohort(source, target)
