"""What the ledger says of another course: every line with a source, unknown as unknown, and never a veto."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ledgers import both_therapies

from nelm.dosimetry.accumulation import accumulated
from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.ledger import Ledger
from nelm.dosimetry.regions import RegionKind
from nelm.guideline.therapy import Item
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval
from nelm.therapies.prrt import ledger_advice as prrt
from nelm.therapies.radioembolisation import ledger_advice as tare

KNOWLEDGE = load_knowledge()
TODAY = date(2026, 11, 26)
TISSUES = {RegionKind.KIDNEYS: Tissue(2.6, 2.8), RegionKind.LIVER_WITHOUT_LESIONS: Tissue(2.5, 2.5)}


def of_prrt(
    ledger: Ledger, *, risk: bool | None = False, free: Interval | None = None, today: date = TODAY
) -> dict[str, list[Item]]:
    regions = accumulated(ledger, tissues=TISSUES)
    lines = prrt.ledger_advice(
        ledger, regions, KNOWLEDGE, today=today, has_kidney_risk=risk, progression_free_months=free
    )
    return by_label(lines)


def of_tare(ledger: Ledger) -> dict[str, list[Item]]:
    return by_label(tare.ledger_advice(ledger, accumulated(ledger, tissues=TISSUES), KNOWLEDGE, today=TODAY))


def by_label(lines: tuple[Item, ...]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for line in lines:
        assert line.sources and all(key in KNOWLEDGE.sources for key in line.sources), line.label
        found.setdefault(line.label, []).append(line)
    return found


def test_the_kidney_limit_follows_the_risk_factors_and_both_stand_when_they_are_unknown() -> None:
    def limits(risk: bool | None) -> list[float]:
        named = prrt.dose_limits(KNOWLEDGE, has_kidney_risk=risk)
        return [one.limit_gy for one in named if one.quantity.value == "BED"]

    assert (limits(False), limits(True), limits(None)) == ([40], [28], [40, 28])
    text = of_prrt(both_therapies())["kidneys beside limit"][0].text
    assert "at least" in text and "40 Gy" in text and "probability" in text


def test_the_marrow_is_shown_and_decides_nothing() -> None:
    (line,) = of_prrt(both_therapies())["red marrow beside limit"]
    assert "not known" in line.text and line.value is None


@pytest.mark.parametrize(
    ("free", "today", "said"),
    [
        (Interval(20, 20), TODAY, "met, with 20"),
        (Interval(10, 12), TODAY, "not met"),
        (Interval(12, 20), TODAY, "not known"),
        (None, TODAY, "not known"),
        (None, date(2025, 6, 1), "not reached"),
    ],
)
def test_the_rule_of_18_months_is_met_not_met_or_unknown(
    free: Interval | None, today: date, said: str
) -> None:
    (line,) = of_prrt(both_therapies(), free=free, today=today)["interval before retreatment"]
    assert said in line.text and line.sources == ("vanderzwan2019",)


def test_activity_adds_up_and_what_is_missing_is_said() -> None:
    (line,) = of_prrt(both_therapies())["cumulative activity"]
    assert line.value == 14.8 and "44.7 and 59.7" in line.text
    entries = both_therapies().entries
    partly = replace(both_therapies(), entries=(replace(entries[0], activity_mbq=None), *entries[1:]))
    (line,) = of_prrt(partly)["cumulative activity"]
    assert "at least 7.4 GBq" in line.text and "prrt-1/1" in line.text
    assert "No cycle" in of_prrt(Ledger())["cumulative activity"][0].text


def test_radioembolisation_before_prrt_shows_the_liver_and_owns_that_no_limit_is_known() -> None:
    found = of_prrt(both_therapies())
    assert found["after radioembolisation"][0].status.value == "recalled"
    (line,) = found["liver so far"]
    assert "prrt 3.8 Gy" in line.text and "radioembolisation 40 Gy" in line.text and "BED" in line.text
    only = replace(both_therapies(), entries=both_therapies().entries[:2])
    assert "liver so far" not in of_prrt(only)


def test_lungs_beside_their_limits_and_a_missing_session_makes_a_lower_bound() -> None:
    texts = [line.text for line in of_tare(both_therapies())["lungs beside limit"]]
    assert any("30 Gy" in text and "tare-1/1" in text for text in texts)
    assert any("tare-1/2" in text and "not known" in text for text in texts)
    assert any("50 Gy" in text and "at least 6 Gy" in text for text in texts)
    complete = replace(both_therapies(), entries=both_therapies().entries[:3])
    assert "44 Gy left" in of_tare(complete)["lungs beside limit"][-1].text


def test_after_prrt_the_cohort_and_the_interval_are_shown() -> None:
    found = of_tare(both_therapies())
    days = (TODAY - both_therapies().entries[1].at.date()).days
    assert found["interval after PRRT"][0].value == days
    assert found["after PRRT"][0].sources == ("braat_tare_after_prrt",)
    assert "No limit for the liver dose" in found["liver so far"][0].text
    empty = of_tare(Ledger())
    assert "not known" in empty["liver so far"][0].text and "after PRRT" not in empty


def test_the_spread_between_cycles_comes_with_its_own_uncertainty() -> None:
    spread = prrt.kidney_cycle_spread(KNOWLEDGE)
    assert spread.relative_sd == pytest.approx(0.15)
    # 2 of 77 beyond 30 %: two-sided normal, totals of 3.77 cycles of which the first is the basis; as a plain relative
    # spread 0.16, as one of logarithms 0.15
    k = 147 / 39 - 1
    total = 0.30 / 2.23
    assert total * (k + 1) / (k + k**2) ** 0.5 == pytest.approx(spread.relative_sd, abs=0.011)
    assert 15 < spread.degrees_of_freedom < 40
