"""Every lesion against every local treatment as a picture: yes, no or unknown at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.patches import Rectangle

from nelm.guideline.feasibility import Feasibility, Feasible, Modality
from nelm.report.dosimetry.drawing import COLOURS, FONT_PT, INK, Chart, panel, svg_of

MARKS = {Feasible.YES: "✓", Feasible.NO: "✕", Feasible.UNKNOWN: "?"}
TINTS = {Feasible.YES: COLOURS[2], Feasible.NO: COLOURS[1], Feasible.UNKNOWN: INK}
OPACITY = {Feasible.YES: 0.32, Feasible.NO: 0.26, Feasible.UNKNOWN: 0.08}
ROW_INCH, HEAD_INCH, WIDTH_INCH = 0.235, 1.3, 5.6
SHORT = {
    Modality.WEDGE: "wedge",
    Modality.SEGMENT: "segment",
    Modality.SECTION: "section",
    Modality.HEMIHEPATECTOMY: "hemi-\nhepatectomy",
    Modality.RADIOFREQUENCY: "RFA",
    Modality.MICROWAVE: "MWA",
    Modality.EMBOLISATION: "embolisation",
    Modality.RADIOEMBOLISATION: "radio-\nembolisation",
}


def feasibility_chart(feasibilities: Sequence[Feasibility], *, name: str) -> Chart | None:
    """One cell for each lesion and treatment; None without lesions.

    Parameters
    ----------
    name : Begins the names inside the drawing.
    """
    lesions = list(dict.fromkeys(one.lesion for one in feasibilities))
    kinds = [kind for kind in Modality if any(one.modality is kind for one in feasibilities)]
    if not lesions:
        return None
    states = {(one.lesion, one.modality): one.state for one in feasibilities}
    figure, axes = panel(WIDTH_INCH, HEAD_INCH + ROW_INCH * len(lesions))
    axes.grid(False)
    for row, lesion in enumerate(lesions):
        for column, kind in enumerate(kinds):
            _cell(axes, column, row, states.get((lesion, kind), Feasible.UNKNOWN))
    axes.set(xlim=(-0.5, len(kinds) - 0.5), ylim=(len(lesions) - 0.5, -0.5))
    axes.set_xticks(range(len(kinds)), [SHORT[kind] for kind in kinds], rotation=40, ha="left")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(lesions)), lesions)
    for side in ("left", "bottom", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    told = "; ".join(f"{one.lesion} {one.modality}: {one.state}" for one in feasibilities)
    title = "Every lesion against every local treatment"
    caption = "✓ feasible, ✕ not feasible, ? unknown. Why, and by which distance or limit: table below."
    return Chart(title, svg_of(figure, name=name, title=title, told=told), caption)


def _cell(axes: Any, column: int, row: int, state: Feasible) -> None:
    """One coloured field with its mark."""
    axes.add_patch(
        Rectangle(
            (column - 0.47, row - 0.44), 0.94, 0.88, color=TINTS[state], alpha=OPACITY[state], linewidth=0
        )
    )
    axes.text(
        column,
        row + 0.02,
        MARKS[state],
        ha="center",
        va="center",
        color=INK,
        fontsize=FONT_PT + 1,
        fontfamily="DejaVu Sans",
    )
