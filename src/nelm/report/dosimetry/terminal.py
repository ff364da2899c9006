"""Doses as a table for people in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.plausibility import Check, Level
from nelm.dosimetry.therapy import TherapyDose
from nelm.planner.plan import DISCLAIMER
from nelm.report.dosimetry.open_questions import region_remarks, unknowns
from nelm.report.dosimetry.words import (
    activity_words,
    agent_words,
    decimals,
    figure,
    given_words,
    label,
    lesions,
    organs,
    times_words,
)
from nelm.report.measurement.words import UNKNOWN, plain

STYLES = {Level.REFUSAL: "bold red", Level.WARNING: "yellow", Level.OK: "green"}
COLUMNS: tuple[str, ...] = (
    "region",
    "mL",
    "T½ h",
    "beyond",
    "Gy",
    "95 % limits",
    "Gy/GBq",
    "BED Gy",
    "D98 to D2",
    "sphere",
)
LEFT_OUT_WHEN_NARROW = ("beyond", "D98 to D2", "sphere")
WIDE, NAME_WIDTH = 100, 14
"""Characters of a line from which all columns are shown; characters that a name has at least."""


def print_doses(dose: TherapyDose, console: Console, checks: Sequence[Check] = ()) -> None:
    """What was given, each region, checks that are not in order, what is not known, remarks; from 80 columns on."""
    given = dose.administration
    head = (agent_words(given), activity_words(given), given_words(given), times_words(dose.times_h))
    console.print(f"[bold]{escape(head[0])}[/bold] {escape(' · '.join(head[1:]))}", highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    shown = [name for name in COLUMNS if console.width >= WIDE or name not in LEFT_OUT_WHEN_NARROW]
    for name in shown:
        first = name == "region"
        table.add_column(
            name, justify="left" if first else "right", no_wrap=not first, overflow="fold",
            min_width=NAME_WIDTH if first else None,
        )  # fmt: skip
    for region in (*organs(dose), *lesions(dose)):
        cells = dict(zip(COLUMNS, _row(region), strict=False))
        table.add_row(*(cells.get(name, "") for name in shown))
    console.print(table)
    words = "mean dose [Gy]; beyond: part of the time-integrated activity after the last image; "
    words += "sphere: self dose of a sphere of that mass [Gy]"
    console.print(words if len(shown) == len(COLUMNS) else "mean dose [Gy]", style="dim", highlight=False)
    _print_checks(checks, console)
    for text in unknowns(dose):
        console.print(f"not known: {text}", style="yellow", highlight=False, markup=False)
    remarks = [*dose.remarks, *(f"{names}: {text}" for names, text in region_remarks(dose.regions))]
    for text in remarks:
        console.print(f"note: {text}", style="dim", highlight=False, markup=False)
    console.print(f"dose by {plain(dose.engine)}", style="dim", highlight=False, markup=False)
    console.print(DISCLAIMER, style="dim")


def _print_checks(checks: Sequence[Check], console: Console) -> None:
    """Checks that are not in order, one a line, and how many are."""
    for check in sorted(checks, key=lambda one: list(Level).index(one.level)):
        if check.level is not Level.OK:
            console.print(
                f"{check.level.value}: {check.text}", style=STYLES[check.level], highlight=False, markup=False
            )
    fine = sum(check.level is Level.OK for check in checks)
    if fine:
        console.print(f"{fine} checks in order", style=STYLES[Level.OK], highlight=False)


def _row(region: RegionDose) -> list[str]:
    """Cells of one region."""
    integral, mean, histogram = region.integral, region.absorbed_dose_gy, region.histogram
    cells = [
        escape(label(region)),
        figure(region.volume_ml),
        figure(integral.effective_half_life_h) if integral else "",
        f"{100 * integral.extrapolated:.0f} %" if integral else "",
    ]
    if mean is None:
        return [*cells, "", f"[yellow]{UNKNOWN}[/yellow]"]
    digits = decimals(mean.value)
    spread = (histogram.dose_to(98).value, histogram.dose_to(2).value) if histogram else None
    return [
        *cells,
        f"[bold]{mean.value:.{digits}f}[/bold]",
        f"{mean.low:.{digits}f} to {mean.high:.{digits}f}",
        figure(region.dose_per_activity_gy_per_gbq),
        figure(region.bed_gy.value) if region.bed_gy else "",
        f"{spread[0]:.{digits}f} to {spread[1]:.{digits}f}" if spread else "",
        figure(region.sphere_gy),
    ]
