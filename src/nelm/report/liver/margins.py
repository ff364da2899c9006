"""Margins after an ablation as words in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from nelm.planner.plan import DISCLAIMER
from nelm.report.liver.matrix import MARKS
from nelm.report.measurement.words import sized
from nelm.therapies.ablation.minimal_margin import AblativeMargin, ShareBelow


def print_margins(
    margins: Sequence[tuple[str, AblativeMargin | None]], remarks: Sequence[str], console: Console
) -> None:
    """The smallest margin of each lesion, and how much of its surface has less than each limit."""
    for name, margin in margins:
        if margin is None:
            console.print(f"[bold]{name}[/bold] no ablation zone reaches it")
            continue
        known = margin.smallest_mm
        smallest = f"{margin.found_mm:.1f} mm" if known is None else sized(known, "mm")
        left = f"tumour outside the zone {margin.left_ml:.2f} mL"
        console.print(f"[bold]{name}[/bold] smallest margin {smallest}; {left}")
        for one in margin.below:
            console.print(f"  {MARKS[margin.reaches(one.limit_mm)]} {one.limit_mm:g} mm: {_below(one)}")
        for remark in margin.remarks:
            console.print(f"  {remark}", style="dim", markup=False)
    for remark in remarks:
        console.print(f"note: {remark}", style="dim", highlight=False, markup=False)
    console.print(DISCLAIMER, style="dim")


def _below(one: ShareBelow) -> str:
    """How much of the surface has less than a margin."""
    if one.share is None:
        return "the whole surface lies nearer to the surface of the liver"
    if one.share_limits is None:
        return f"{one.share:.0%} of the surface has less"
    low, high = sorted(one.share_limits)
    return f"{one.share:.0%} ({low:.0%} to {high:.0%}) of the surface has less"
