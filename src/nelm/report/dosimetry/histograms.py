"""Cumulative dose-volume histograms."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.therapy import TherapyDose
from nelm.report.dosimetry.drawing import COLOURS, FONT_PT, INK, LINES, Chart, panel, svg_of
from nelm.report.dosimetry.glance import mean_gy
from nelm.report.dosimetry.words import dosed, label, lesions, organs

MOST_IN_A_CHART = {"Organs": 4, "Lesions, hottest first": 3}
"""Bands of lesions are wide and lie over one another."""
SIDES = (RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT)
POINTS = 100
WIDEST = 2.0
"""Upper end of the dose axis, in near maxima of the hottest region: a wide band does not push the others aside."""


def histogram_charts(dose: TherapyDose, name: str) -> tuple[Chart, ...]:
    """Organs and lesions apart, a few to a chart; lesions from the highest dose to the lowest.

    Parameters
    ----------
    name : Begins the names inside the drawings.
    """
    found: list[Chart] = []
    hottest = sorted(lesions(dose), key=mean_gy, reverse=True)
    for title, regions in (("Organs", _organs(dose)), ("Lesions, hottest first", hottest)):
        known = [one for one in regions if one.histogram is not None]
        parts = max(1, -(-len(known) // MOST_IN_A_CHART[title]))
        for place, part in enumerate(np.array_split(np.arange(len(known)), parts)):
            members = [known[index] for index in part.tolist()]
            if members:
                words = f"{title}, {place + 1} of {parts}" if parts > 1 else title
                found.append(Chart(words, _drawn(members, f"{name}-{title[0].lower()}{place}", words)))
    return tuple(found)


def _organs(dose: TherapyDose) -> list[RegionDose]:
    """The organs, both kidneys as one where they are."""
    both = dose.of(RegionKind.KIDNEYS)
    return [one for one in organs(dose) if not (both and one.kind in SIDES)]


def _drawn(regions: list[RegionDose], name: str, title: str) -> Markup:
    """Volume that receives at least a dose, one line for each region with its band."""
    drawing, axes = panel(3.1, 2.6)
    widest = 0.0
    for place, region in enumerate(regions):
        histogram, mean = region.histogram, region.absorbed_dose_gy
        assert histogram is not None and mean is not None
        doses = np.linspace(0.0, histogram.maximum_gy * 1.001, POINTS)
        percent = 100 * histogram.cumulative_ml(doses) / histogram.total_ml
        colour = COLOURS[place % len(COLOURS)]
        low, high = mean.low / mean.value, mean.high / mean.value
        axes.fill_betweenx(percent, doses * low, doses * high, color=colour, alpha=0.14, linewidth=0)
        for edge in (low, high):
            axes.plot(doses * edge, percent, color=colour, linewidth=0.5, alpha=0.6)
        axes.plot(
            doses,
            percent,
            color=colour,
            linewidth=1.6,
            linestyle=LINES[place % len(LINES)],
            label=label(region),
        )
        near_maximum = histogram.dose_to(2).value
        widest = max(widest, min(near_maximum * high, WIDEST * near_maximum))
    axes.set(xlim=(0, widest * 1.02), ylim=(0, 102))
    axes.set_xlabel("absorbed dose [Gy]", fontsize=FONT_PT, color=INK)
    axes.set_ylabel("volume that receives at least it [%]", fontsize=FONT_PT, color=INK)
    key = drawing.legend(
        loc="outside lower center", ncols=2, fontsize=FONT_PT, frameon=False, handlelength=2.4
    )
    for text in key.get_texts():
        text.set_color(INK)
    told = "; ".join(f"{label(one)}: mean {dosed(one.absorbed_dose_gy)}" for one in regions)
    return svg_of(drawing, name=name, title=f"Dose-volume histograms: {title}", told=told)
