"""The watch for marrow disease: how long a low count lasts, what it asks for, and what was given in all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nelm.followup.toxicity.knowledge import CtcaeKnowledge, MarrowKnowledge
from nelm.followup.toxicity.marrow_watch import (
    Agent,
    BloodCount,
    Exposure,
    MarrowWatch,
    Verdict,
    is_low,
    marrow_watch,
)
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval

KNOWN = load_knowledge().record(MarrowKnowledge, "marrow_watch")
GRADES = load_knowledge().record(CtcaeKnowledge, "ctcae")
exact = Interval.exact
LAST = date(2024, 1, 1)
PRRT = Exposure(Agent.RADIOLIGAND, date(2023, 6, 1), LAST, 29.6)
GOOD = {
    "neutrophils": exact(3.0),
    "platelets": exact(200),
    "haemoglobin_g_l": exact(130),
    "cell_volume_fl": exact(90),
}


def count(days: int, **seen: Interval | None) -> BloodCount:
    return BloodCount(LAST + timedelta(days), **{**GOOD, **seen})


def watch(
    *counts: BloodCount, explained: bool | None = False, exposures: tuple[Exposure, ...] = (PRRT,)
) -> MarrowWatch:
    day = max((item.day for item in counts), default=LAST)
    return marrow_watch(exposures, counts, day=day, explained=explained, known=KNOWN, grades=GRADES)


LOW = {"platelets": exact(60)}


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(30, Verdict.EXPECTED), (60, Verdict.EXPECTED), (61, Verdict.LASTING), (182, Verdict.LASTING),
     (183, Verdict.PERSISTENT), (900, Verdict.PERSISTENT)],
)  # fmt: skip
def test_how_long_a_low_count_lasts(days: int, verdict: Verdict) -> None:
    """Six months are 182.6 days, counted from the last treatment where the count was low before it."""
    found = watch(count(-40, **LOW), count(20, **LOW), count(days, **LOW))
    assert (found.verdict, found.since) == (verdict, LAST)
    assert (found.options == ("workup.bone_marrow",)) is (verdict is Verdict.PERSISTENT)
    assert ("a blood film" in found.find_out) is (verdict is Verdict.PERSISTENT)


def test_a_count_that_recovered_begins_anew() -> None:
    found = watch(count(10, **LOW), count(100), count(300, **LOW), count(400, **LOW))
    assert (found.verdict, found.since) == (Verdict.LASTING, LAST + timedelta(300))
    assert watch(count(10, **LOW), count(300)).verdict is Verdict.NONE


def test_an_unknown_count_between_does_not_interrupt() -> None:
    blank = BloodCount(LAST + timedelta(150))
    assert watch(count(30, **LOW), blank, count(300, **LOW)).verdict is Verdict.PERSISTENT


def test_what_is_not_known_is_asked() -> None:
    assert watch().verdict is Verdict.FIND_OUT
    partly = watch(count(300, platelets=None))
    assert (partly.verdict, partly.options) == (Verdict.FIND_OUT, ())
    open_cause = watch(count(10, **LOW), count(300, **LOW, cell_volume_fl=None), explained=None)
    assert open_cause.verdict is Verdict.PERSISTENT and open_cause.options
    assert open_cause.find_out == (
        "a blood film", "the volume of the red cells", "whether something else explains the low count")  # fmt: skip
    assert watch(count(10, **LOW), count(300, **LOW), explained=True).verdict is Verdict.EXPLAINED


def test_large_red_cells_are_a_reason() -> None:
    found = watch(
        count(10, haemoglobin_g_l=exact(90)), count(300, haemoglobin_g_l=exact(90), cell_volume_fl=exact(104))
    )
    assert KNOWN.marrow_macrocytosis in [reason.entry for reason in found.reasons]
    small = watch(count(10, haemoglobin_g_l=exact(90)), count(300, haemoglobin_g_l=exact(90)))
    assert KNOWN.marrow_macrocytosis not in [reason.entry for reason in small.reasons]


def test_without_exposure_there_is_nothing_to_watch() -> None:
    later = Exposure(Agent.TEMOZOLOMIDE, date(2030, 1, 1), date(2030, 6, 1))
    assert watch(count(300, **LOW), exposures=(later,)).verdict is Verdict.NOT_EXPOSED


def test_exposure_adds_up_and_keeps_what_is_unknown() -> None:
    tablets = [
        Exposure(Agent.TEMOZOLOMIDE, date(2020, 1, 1), date(2020, 12, 1), amount) for amount in (9000, 3000)
    ]
    found = watch(
        count(10),
        exposures=(PRRT, *tablets, Exposure(Agent.STREPTOZOCIN, date(2019, 1, 1), date(2019, 6, 1))),
    )
    assert found.exposure == (
        "radioligand therapy: 29.6 GBq in all",
        "temozolomide: 12000 mg/m² in all",
        "streptozocin: amount not known",
    )
    assert KNOWN.marrow_exposures_add in [reason.entry for reason in found.reasons]
    partly = watch(
        count(10), exposures=(PRRT, Exposure(Agent.RADIOLIGAND, date(2020, 1, 1), date(2020, 2, 1)))
    )
    assert partly.exposure == ("radioligand therapy: at least 29.6 GBq",)


@pytest.mark.parametrize(
    ("seen", "low"),
    [({}, False), ({"neutrophils": exact(1.49)}, True), ({"haemoglobin_g_l": exact(99)}, True),
     ({"platelets": exact(75)}, False), ({"platelets": Interval(70, 80)}, None), ({"platelets": None}, None),
     ({"platelets": None, "neutrophils": exact(1.0)}, True)],
)  # fmt: skip
def test_low_is_grade_2_as_for_the_marrow_option(seen: dict[str, Interval | None], low: bool | None) -> None:
    assert is_low(count(0, **seen), GRADES) is low
