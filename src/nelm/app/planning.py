"""From a case file to its plan."""

from __future__ import annotations

import gc
from functools import lru_cache
from pathlib import Path

from nelm import __version__
from nelm.case import Case
from nelm.io.case_files import read_case
from nelm.knowledge import Knowledge, load_knowledge
from nelm.planner.evaluation import current_guideline
from nelm.planner.plan import Plan
from nelm.planner.planning import plan_for


def case_plan(case: Case) -> Plan:
    """The plan of a case by the current knowledge."""
    return plan_for(case, _current_knowledge(), __version__)


@lru_cache(maxsize=1)
def _current_knowledge() -> Knowledge:
    """The current knowledge, its guideline compiled.

    Both live as long as the process, so the collector of garbage need not walk through them again.
    """
    knowledge = load_knowledge()
    current_guideline(knowledge)
    gc.freeze()
    return knowledge


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
