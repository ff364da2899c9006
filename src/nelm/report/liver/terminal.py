"""The ledger as words in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nelm.guideline.feasibility import Modality
from nelm.planner.liver.ledger import LiverLedger
from nelm.planner.plan import DISCLAIMER
from nelm.report.liver.front import lettered
from nelm.report.liver.matrix import MARKS
from nelm.report.liver.words import (
    action_words,
    burden_words,
    headline,
    limit_words,
    remnant_words,
    tally_words,
    tumour_words,
)
from nelm.report.measurement.words import sized

SHORT = {
    Modality.WEDGE: "wedge",
    Modality.SEGMENT: "segm.",
    Modality.SECTION: "section",
    Modality.HEMIHEPATECTOMY: "hemi",
    Modality.RADIOFREQUENCY: "RFA",
    Modality.MICROWAVE: "MWA",
    Modality.EMBOLISATION: "embol.",
    Modality.RADIOEMBOLISATION: "radioemb.",
}


def print_ledger(ledger: LiverLedger, console: Console) -> None:
    """Feasibility of every lesion, the plans, what happens to each lesion in the first one, what should be known."""
    console.print(f"[bold]Liver[/bold] {escape(headline(ledger))}")
    console.print(limit_words(ledger), style="dim", markup=False)
    if ledger.measurement.lesions:
        console.print(_matrix(ledger))
        console.print("✓ feasible, ✕ not feasible, ? unknown", style="dim")
    for letter, plan, names in lettered(ledger.proposals.plans):
        console.print(f"\n[bold]{letter}[/bold] {escape(names)} ({plan.proof.status.value})")
        console.print(f"  {tally_words(plan)}. {tumour_words(plan)}")
        console.print(f"  liver that stays {remnant_words(ledger, plan.remnant_ml)}")
        console.print(f"  asks {burden_words(plan.burden)}")
    for missed in ledger.proposals.unreachable:
        console.print(f"\nout of reach: {missed.aim.name}: {missed.against}", style="yellow", highlight=False)
    if ledger.first.assignments:
        console.print("\n[bold]Plan A, lesion by lesion[/bold]")
        for one in ledger.first.assignments:
            console.print(f"  {one.lesion}: {action_words(one)}", highlight=False, markup=False)
    for remark in (*ledger.first.remarks, *ledger.remarks):
        console.print(f"note: {remark}", style="dim", highlight=False, markup=False)
    console.print(DISCLAIMER, style="dim")


def _matrix(ledger: LiverLedger) -> Table:
    """One row for each lesion, one column for each treatment."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("lesion", "volume", *SHORT.values()):
        table.add_column(name)
    for item in ledger.measurement.lesions:
        states = [ledger.of(item.lesion.name, kind) for kind in SHORT]
        marks = [MARKS[one.state] if one else "" for one in states]
        table.add_row(item.lesion.name, sized(item.size.volume_ml, "mL"), *marks)
    return table
