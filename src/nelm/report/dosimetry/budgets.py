"""Where the uncertainty of each dose comes from, as rows of small bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.therapy import TherapyDose
from nelm.physics.uncertainty import Contribution
from nelm.report.dosimetry.words import COMPONENTS, label, lesions, organs


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a budget.

    Parameters
    ----------
    percent : Standard uncertainty that it alone gives to the dose [%].
    share_percent : Part of the variance [%].
    dominates : Whether it is the largest part.
    """

    percent: float
    share_percent: float
    dominates: bool


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """The budget of one region.

    Parameters
    ----------
    name : Of the region.
    percent : Standard uncertainty of the result [%].
    bars : One under each heading; None where the region has no such part.
    """

    name: str
    percent: float
    bars: tuple[Bar | None, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """Budgets of many regions side by side.

    Parameters
    ----------
    title : Of which result.
    head : Names of the parts.
    rows : The regions.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[BudgetRow, ...]


def budgets(dose: TherapyDose) -> tuple[Budget, ...]:
    """Of the absorbed dose, and of the BED where there is one."""
    every = [*organs(dose), *lesions(dose)]
    absorbed = [(one, one.relative_sd, one.budget) for one in every if one.budget]
    biological = [
        (one, one.biological.bed_sd_gy / one.biological.bed_gy, one.biological.contributions)
        for one in every
        if one.biological is not None
    ]
    pairs = (("Mean absorbed dose", absorbed), ("BED", biological))
    return tuple(_budget(title, rows) for title, rows in pairs if rows)


def _budget(title: str, rows: Sequence[tuple[RegionDose, float, Sequence[Contribution]]]) -> Budget:
    """One table; parts that are nought everywhere have no column."""
    parts = list(dict.fromkeys(_parts(budget for _, _, budget in rows)))
    return Budget(
        title,
        tuple(COMPONENTS.get(part, part) for part in parts),
        tuple(BudgetRow(label(one), 100 * sd, _bars(budget, parts)) for one, sd, budget in rows),
    )


def _parts(budgets_of_regions: Iterable[Sequence[Contribution]]) -> Iterable[str]:
    return (part.component for budget in budgets_of_regions for part in budget if part.relative_effect > 0)


def _bars(budget: Sequence[Contribution], parts: Sequence[str]) -> tuple[Bar | None, ...]:
    by_name = {part.component: part for part in budget}
    largest = max(part.share for part in budget)
    return tuple(
        Bar(100 * found.relative_effect, 100 * found.share, found.share == largest)
        if (found := by_name.get(name)) is not None
        else None
        for name in parts
    )
