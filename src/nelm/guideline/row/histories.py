"""Laboratory values and earlier treatment as cells."""

from __future__ import annotations

import math
from datetime import date

from nelm.case import Case, Lab, Treatment
from nelm.case import vocabulary as words
from nelm.guideline.facts import AGAIN, FAILED, FAMILIES, NOT_TOLERATED
from nelm.guideline.row.cells import Cells, any_true
from nelm.guideline.row.radioligand_course import fill_course_of_prrt
from nelm.quantities import Interval, Measured
from nelm.quantities.answers import some

EARLIEST = date.min
LOCAL = ("embolisation", "radioembolisation")
HELD = (words.Response.CR, words.Response.PR, words.Response.SD)


def fill_labs(cells: Cells, case: Case) -> None:
    """The latest value of every test, absolute and as a multiple of its upper limit."""
    latest: dict[str, tuple[date, int, Lab]] = {}
    for i, lab in enumerate(case.labs):
        when = lab.date.last if lab.date is not None else EARLIEST
        if lab.value is not None and (lab.test not in latest or (when, i) >= latest[lab.test][:2]):
            latest[lab.test] = (when, i, lab)
    for test, (_, i, lab) in latest.items():
        _fill_lab(cells, f"labs.{test}", f"labs[{i}]", lab)


def _fill_lab(cells: Cells, name: str, path: str, lab: Lab) -> None:
    ratio = f"{name}.times_upper_limit"
    if isinstance(lab.value, Measured):
        if lab.is_comparable:
            unit = f" {lab.unit.as_written}" if lab.unit and lab.unit.as_written else ""
            cells.put(name, lab.value.interval, path, written=f"{lab.value.as_written}{unit}")
        if lab.upper_limit is not None and lab.upper_limit.low > 0:
            low, high = lab.value.low / lab.upper_limit.high, lab.value.high / lab.upper_limit.low
            cells.put(ratio, Interval(low, high), path, written=f"{low:.2f} x upper limit")
        return
    level = str(lab.value)
    within = level != words.LabLevel.RAISED
    cells.put(ratio, Interval(0.0, 1.0) if within else Interval(math.nextafter(1.0, 2.0), math.inf), path,
              written=level)  # fmt: skip
    if lab.upper_limit is not None and within:
        cells.put(name, Interval(0.0, lab.upper_limit.high), path, written=level)


def family_of(option: str) -> str | None:
    """The family of facts that a treatment belongs to; None for one that has none."""
    first, _, second = option.partition(".")
    if first == "embolisation":
        return None if second == "portal_vein" else "arterial_embolisation"
    return first if first in FAMILIES else None


def fill_treatments(cells: Cells, case: Case) -> None:
    """What was given; what is not listed was not given only when the record says so."""
    complete = case.no_other_treatments is True
    named = [(i, item) for i, item in enumerate(case.treatments) if item.option is not None]
    classes = {str(item.option)[:-2] for _, item in named if str(item.option).endswith(".*")}
    for i, item in named:
        if not str(item.option).endswith(".*"):
            cells.put(f"treatments.{item.option}", True, f"treatments[{i}].option")
    if complete:
        for option in words.OPTION_IDS:
            if option.partition(".")[0] not in classes:
                cells.put(f"treatments.{option}", False, "no_other_treatments")
    _fill_failures(cells, named)
    for family in FAMILIES:
        given = [(i, item) for i, item in named if family_of(str(item.option)) == family]
        _fill_family(cells, family, given, complete=complete, case=case)
    prrt = [(i, item) for i, item in named if family_of(str(item.option)) == "prrt"]
    _fill_prrt(cells, prrt)
    fill_course_of_prrt(cells, case, prrt)


def _fill_failures(cells: Cells, named: list[tuple[int, Treatment]]) -> None:
    """What failed or was not tolerated, by the entry that goes on, else by any; only what the record says."""
    for option in AGAIN:
        names = (option, "ssa.*") if option.startswith("ssa.") else (option,)
        given = [(i, item) for i, item in named if item.option in names]
        now = [(i, item) for i, item in given if item.ongoing] or given
        for suffix, holds in ((FAILED, _failed), (NOT_TOLERATED, _toxic)):
            places = [f"treatments[{i}]" for i, item in now if holds(item)]
            cells.put(f"treatments.{option}{suffix}", True if places else None, *places)


def _failed(item: Treatment) -> bool | None:
    """Progression on a drug; a local treatment that once held the tumour did not fail."""
    local = str(item.option).partition(".")[0] in LOCAL
    return False if local and item.best_response in HELD else _progressed(item)


def _fill_family(
    cells: Cells, family: str, given: list[tuple[int, Treatment]], *, complete: bool, case: Case
) -> None:
    base = f"treatments.{family}"
    if not given:
        if complete:
            for part in ("received", "ongoing", "progressed_on", "stopped_for_toxicity"):
                cells.put(f"{base}.{part}", False, "no_other_treatments")
        return
    places = [f"treatments[{i}]" for i, _ in given]
    items = [item for _, item in given]
    cells.put(f"{base}.received", True, *places)
    cells.put(f"{base}.ongoing", some(_ongoing(item, case.as_of) for item in items), *places)
    cells.put(f"{base}.progressed_on", some(_progressed(item) for item in items), *places)
    cells.put(f"{base}.stopped_for_toxicity", some(_toxic(item) for item in items), *places)


def _ongoing(item: Treatment, as_of: date) -> bool | None:
    if item.ongoing is not None:
        return item.ongoing
    if item.end is not None:
        return False if item.end.is_before(as_of) else None
    return False if item.stopped_for is not None else None


def _progressed(item: Treatment) -> bool | None:
    if item.progressed_on is not None:
        return item.progressed_on
    if item.stopped_for is words.StoppedFor.PROGRESSION or item.best_response is words.Response.PD:
        return True
    return None


def _toxic(item: Treatment) -> bool | None:
    if item.stopped_for is not None:
        return item.stopped_for is words.StoppedFor.TOXICITY
    return False if item.ongoing else None


def _fill_prrt(cells: Cells, given: list[tuple[int, Treatment]]) -> None:
    base, places = "treatments.prrt", [f"treatments[{i}]" for i, _ in given]
    for name in ("cycles", "activity_gbq"):
        amounts: list[Measured | None] = [getattr(item, name) for _, item in given]
        known = [amount for amount in amounts if amount is not None]
        if known and len(known) == len(amounts):
            total = Interval(sum(item.low for item in known), sum(item.high for item in known))
            cells.put(f"{base}.{name}", total, *places)
    months = [item.progression_free_months for _, item in given if item.progression_free_months is not None]
    cells.put(f"{base}.progression_free_months", months[-1] if months else None, *places)
    responses = [item.best_response for _, item in given if item.best_response is not None]
    cells.put(f"{base}.controlled", any_true(item is not words.Response.PD for item in responses), *places)
