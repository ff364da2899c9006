"""The watch over the heart: a normal NT-proBNP never spares an echocardiogram, and what is due when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from nelm.followup.due import Examination, Standing
from nelm.followup.heart import (
    HeartSigns,
    Procedure,
    echo_before,
    echo_prompt,
    heart_knowledge,
    heart_schedule,
    progression_risk,
)
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval

KNOWN = heart_knowledge(load_knowledge())
DAY = date(2026, 5, 1)
exact = Interval.exact
ECHO, HIAA, PROBNP = Examination.ECHOCARDIOGRAPHY, Examination.HIAA, Examination.NT_PROBNP
QUIET = HeartSigns(
    carcinoid_syndrome=True,
    heart_disease=False,
    nt_probnp_ng_l=exact(90),
    hiaa_plasma_nmol_l=exact(300),
    hiaa_urine_umol_24h=exact(120),
    flushes_per_day=exact(1),
)


def test_a_normal_probnp_never_suppresses_the_prompt() -> None:
    """CHD-3, D11, trap 34: 5-HIAA high with NT-proBNP normal, raised or unknown gives the same yes."""
    for high in ({"hiaa_plasma_nmol_l": exact(752)}, {"hiaa_urine_umol_24h": exact(300)}):
        for probnp in (exact(10), exact(259), exact(400), None):
            assert echo_prompt(replace(QUIET, nt_probnp_ng_l=probnp, **high), KNOWN).asked is True


def test_a_normal_probnp_without_5_hiaa_is_no_answer() -> None:
    found = echo_prompt(replace(QUIET, hiaa_plasma_nmol_l=None, hiaa_urine_umol_24h=None), KNOWN)
    assert (found.asked, found.unknown) == (None, ("5-HIAA",))
    assert "does not rule" in found.reasons[0].text


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        ({}, False),
        ({"nt_probnp_ng_l": exact(260)}, True),
        ({"nt_probnp_ng_l": exact(259.9)}, False),
        ({"hiaa_plasma_nmol_l": exact(751.9)}, False),
        ({"hiaa_urine_umol_24h": exact(299)}, False),
        ({"flushes_per_day": exact(3)}, True),
        ({"flushes_per_day": Interval(2, 4)}, None),
        ({"flushes_per_day": None}, None),
        ({"nt_probnp_ng_l": None}, None),
        ({"hiaa_plasma_nmol_l": None}, False),
        ({"hiaa_urine_umol_24h": Interval(250, 350)}, None),
        ({"carcinoid_syndrome": False, "hiaa_plasma_nmol_l": exact(2000)}, False),
        ({"carcinoid_syndrome": None}, None),
        ({"carcinoid_syndrome": None, "hiaa_plasma_nmol_l": exact(2000)}, None),
    ],
)
def test_limits_of_the_prompt(changed: dict[str, object], asked: bool | None) -> None:
    """CHD-1, CHD-2, CHD-5."""
    found = echo_prompt(replace(QUIET, **changed), KNOWN)  # type: ignore[arg-type]
    assert found.asked is asked
    assert bool(found.unknown) is (asked is None)


def test_the_laboratorys_limit_counts_where_no_concentration_is_known() -> None:
    unmeasured = replace(QUIET, hiaa_plasma_nmol_l=None, hiaa_urine_umol_24h=None)
    for times, asked in ((exact(1.1), True), (exact(1), False), (Interval(0.8, 1.4), None)):
        assert echo_prompt(replace(unmeasured, hiaa_times_upper_limit=times), KNOWN).asked is asked
    assert echo_prompt(replace(QUIET, hiaa_times_upper_limit=exact(4)), KNOWN).asked is False


def test_lowering_or_normalising_probnp_never_turns_a_yes() -> None:
    """Over all combinations of markers: what NT-proBNP is matters only where it alone asks."""
    values = (exact(50), exact(5000), None)
    for plasma, urine, flushes, syndrome in product(values, values, (exact(0), exact(9), None), (True, None)):
        signs = HeartSigns(
            carcinoid_syndrome=syndrome, hiaa_plasma_nmol_l=plasma, hiaa_urine_umol_24h=urine,
            flushes_per_day=flushes,
        )  # fmt: skip
        without = echo_prompt(signs, KNOWN).asked
        normal = echo_prompt(replace(signs, nt_probnp_ng_l=exact(20)), KNOWN).asked
        if without is True:
            assert normal is True
        if normal is False:
            assert flushes == exact(0) and exact(5000) not in (plasma, urine)
            assert (plasma, urine) != (None, None)


@pytest.mark.parametrize(
    ("value", "ratios"),
    [
        (exact(299), []),
        (exact(300), [2.74]),
        (exact(599), [2.74]),
        (exact(600), [3.16]),
        (exact(900), [3.4]),
        (exact(5000), [3.4]),
        (Interval(250, 650), [2.74, 3.16]),
    ],
)
def test_bands_of_risk(value: Interval, ratios: list[float]) -> None:
    """CHD-5."""
    found = progression_risk(value, KNOWN)
    assert found is not None
    assert [entry.number for entry in found] == ratios


def test_risk_without_a_value_is_not_known() -> None:
    assert progression_risk(None, KNOWN) is None


# -------------------------------------------------------------------------------------------- schedule
def test_the_schedule_of_a_quiet_syndrome() -> None:
    last = {PROBNP: date(2026, 1, 31), HIAA: date(2025, 2, 1), ECHO: date(2025, 8, 20)}
    found = {item.examination: item for item in heart_schedule(QUIET, last, day=DAY, known=KNOWN)}
    assert (found[PROBNP].earliest, found[PROBNP].latest) == (date(2026, 7, 31), date(2027, 1, 31))
    assert found[PROBNP].standing(DAY) is Standing.TO_COME
    assert found[HIAA].standing(DAY) is Standing.OVERDUE
    assert found[ECHO].latest == date(2026, 8, 20)
    assert found[ECHO].status.value == "recalled"


def test_what_was_never_seen_is_due_without_being_overdue() -> None:
    for item in heart_schedule(QUIET, {}, day=DAY, known=KNOWN):
        assert (item.earliest, item.latest, item.standing(date(2030, 1, 1))) == (DAY, DAY, Standing.NOT_KNOWN)
        assert "not known" in item.reason
    echo = heart_schedule(QUIET, {}, day=DAY, known=KNOWN)[-1]
    assert "at diagnosis" in echo.reason


def test_known_heart_disease_shortens_the_interval() -> None:
    ill = replace(QUIET, heart_disease=True)
    echo = heart_schedule(ill, {ECHO: date(2026, 3, 1)}, day=DAY, known=KNOWN)[-1]
    assert (echo.earliest, echo.latest) == (date(2026, 6, 1), date(2026, 9, 1))


def test_a_raised_marker_asks_at_once_until_an_echocardiogram_answers_it() -> None:
    high = replace(QUIET, hiaa_plasma_nmol_l=exact(900), measured_on=date(2026, 4, 1))
    asked = heart_schedule(high, {ECHO: date(2026, 2, 1)}, day=DAY, known=KNOWN)[-1]
    assert (asked.earliest, asked.latest, asked.standing(DAY)) == (DAY, DAY, Standing.DUE)
    answered = heart_schedule(high, {ECHO: date(2026, 4, 2)}, day=DAY, known=KNOWN)[-1]
    assert answered.latest == date(2027, 4, 2)


def test_without_a_syndrome_there_is_no_watch() -> None:
    for syndrome in (False, None):
        assert heart_schedule(replace(QUIET, carcinoid_syndrome=syndrome), {}, day=DAY, known=KNOWN) == ()
    ill = replace(QUIET, carcinoid_syndrome=None, heart_disease=True)
    assert len(heart_schedule(ill, {}, day=DAY, known=KNOWN)) == 3


@pytest.mark.parametrize("procedure", list(Procedure))
def test_echocardiography_before_a_procedure(procedure: Procedure) -> None:
    """CHD-4: before a major hepatectomy, transplantation, embolisation, radioembolisation or a radioligand."""
    operation = date(2026, 6, 1)
    found = echo_before(procedure, QUIET, date(2024, 1, 1), on=operation, day=DAY, known=KNOWN)
    if procedure in (Procedure.ABLATION, Procedure.OTHER_OPERATION):
        assert found is None
        return
    assert found is not None and (found.earliest, found.latest) == (DAY, operation)
    recent = echo_before(procedure, QUIET, date(2025, 9, 1), on=operation, day=DAY, known=KNOWN)
    ill = replace(QUIET, heart_disease=True)
    for_ill = echo_before(procedure, ill, date(2025, 9, 1), on=operation, day=DAY, known=KNOWN)
    assert recent is None and for_ill is not None
    without = replace(QUIET, carcinoid_syndrome=False)
    assert echo_before(procedure, without, None, on=operation, day=DAY, known=KNOWN) is None
