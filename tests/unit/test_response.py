"""The response tables at their limits, and unknown where a limit lies inside a measurement."""

from __future__ import annotations

import pytest
from tests.evaluator import word_truths

from nelm.followup import response
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval

TABLE = response(load_knowledge()).recist


def word(
    change: tuple[float, float], rise: float, rise_mm: float, *, new: bool = False, gone: bool = False
) -> str | None:
    row = {
        "response.change_from_baseline_percent": Interval(*change),
        "response.rise_from_nadir_percent": Interval.exact(rise),
        "response.rise_from_nadir_mm": Interval.exact(rise_mm),
        "response.new_lesion": new,
        "response.all_lesions_gone": gone,
    }
    return next((name for name, value in word_truths(TABLE, row).items() if value), None)


@pytest.mark.parametrize(
    ("change", "rise", "rise_mm", "expected"),
    [(-30, 0, 0, "PR"), (-29.9, 0, 0, "SD"), (10, 20, 5, "PD"), (10, 20, 4.9, "SD"), (10, 19.9, 6, "SD"),
     (-40, 25, 6, "PD")],
)  # fmt: skip
def test_limits(change: float, rise: float, rise_mm: float, expected: str) -> None:
    assert word((change, change), rise, rise_mm) == expected


def test_new_lesion_is_progression_and_gone_is_complete() -> None:
    assert word((-100, -100), 0, 0, gone=True) == "CR"
    assert word((-100, -100), 0, 0, gone=True, new=True) == "PD"


def test_a_measurement_across_the_limit_stays_open() -> None:
    assert word((-33, -27), 0, 0) is None
