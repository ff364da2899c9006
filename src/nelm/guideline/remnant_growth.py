"""How the liver remnant grew between two volumetries [shindoh2013]."""

from __future__ import annotations


def degree_of_hypertrophy(*, before_percent: float, after_percent: float) -> float:
    """Gain of the standardised remnant in percentage points."""
    return after_percent - before_percent


def kinetic_growth_rate(*, before_percent: float, after_percent: float, elapsed_weeks: float) -> float:
    """Gain of the standardised remnant in percentage points a week since the embolisation.

    It falls with time (5.4 in the first week, 1.5 later), so two rates compare only at like intervals.
    """
    return degree_of_hypertrophy(before_percent=before_percent, after_percent=after_percent) / elapsed_weeks
