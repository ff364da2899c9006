"""Activity of every region over time: what was measured, and the curve that was integrated."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.integrals import ActivityIntegral
from nelm.dosimetry.therapy import TherapyDose
from nelm.physics.kinetics import TimeActivity
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.report.dosimetry.drawing import COLOURS, FONT_PT, INK, Chart, ChartGroup, panel, svg_of
from nelm.report.dosimetry.words import figure, label, lesions, organs

Array = NDArray[np.float64]
MOST_IN_A_GROUP = 12
POINTS = 120
HALF_LIVES_SHOWN = 2.0
FEW_DECADES = 100.0
"""Ratio of the ends of the axis below which powers of ten alone are too few."""
WIDEST_BAND = 20.0
"""Logarithm of the factor that a band stops at: an uptake begins at nothing, known to no factor."""
ROOM = 1.6
"""Factor between the highest point and the upper end of the axis, and the lowest and the lower end."""


def curve_groups(dose: TherapyDose, name: str) -> tuple[ChartGroup, ...]:
    """One plot for each region that was measured, organs and lesions apart, a dozen to a group.

    Parameters
    ----------
    name : Begins the names inside the drawings.
    """
    found: list[ChartGroup] = []
    for title, regions in (("Organs", organs(dose)), ("Lesions", lesions(dose))):
        measured = [one for one in regions if one.curve is not None and one.curve.data is not None]
        for start in range(0, len(measured), MOST_IN_A_GROUP):
            part = measured[start : start + MOST_IN_A_GROUP]
            many = len(measured) > MOST_IN_A_GROUP
            words = f"{title}, {start + 1} to {start + len(part)} of {len(measured)}" if many else title
            found.append(ChartGroup(words, _charts(part, f"{name}-{title[0].lower()}{start}")))
    return tuple(found)


def _charts(regions: list[RegionDose], name: str) -> tuple[Chart, ...]:
    """Plots of one group on one pair of axes."""
    longest = max(_last_shown(one) for one in regions)
    values = [value for one in regions for value in _seen(one, longest) if value > 0]
    limits = min(values) / ROOM, max(values) * ROOM
    return tuple(
        Chart(label(one), _drawn(one, f"{name}-{place}", longest, limits), _caption(one))
        for place, one in enumerate(regions)
    )


def _last_shown(region: RegionDose) -> float:
    """Time up to which a region needs to be shown [h]."""
    last = _data(region).times_h[-1]
    half_life = region.integral.effective_half_life_h if region.integral is not None else last
    return last + max(last, HALF_LIVES_SHOWN * half_life)


def _seen(region: RegionDose, longest: float) -> list[float]:
    """Activities that the axis has to hold [MBq]."""
    data = _data(region)
    found = [
        *data.activities,
        *(a + COVERAGE_FACTOR * s for a, s in zip(data.activities, data.activity_sds, strict=True)),
    ]
    if region.integral is not None:
        found += region.integral.activity_mbq(np.array([data.times_h[0], longest])).tolist()
    return found


def _data(region: RegionDose) -> TimeActivity:
    """What was measured of a region that has a curve."""
    assert region.curve is not None and region.curve.data is not None
    return region.curve.data


def _drawn(region: RegionDose, name: str, longest: float, limits: tuple[float, float]) -> Markup:
    """One region: points with their limits, the curve, dashed where nothing was measured."""
    drawing, axes = panel(3.0, 2.05)
    data = _data(region)
    if region.integral is not None:
        _draw_curve(axes, region.integral, longest)
    axes.errorbar(
        data.times, data.values, yerr=COVERAGE_FACTOR * data.sds, fmt="o", color=INK, markersize=3.4, linewidth=0,
        elinewidth=0.9, capsize=2, zorder=5,
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set(xlim=(0, longest), ylim=limits)
    close = limits[1] / limits[0] < FEW_DECADES
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if close else (1.0,), numticks=6))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("time after administration [h]", fontsize=FONT_PT, color=INK)
    axes.set_ylabel("activity [MBq]", fontsize=FONT_PT, color=INK)
    told = "; ".join(
        f"{t:.3g} h {figure(a, 'MBq')}" for t, a in zip(data.times_h, data.activities, strict=True)
    )
    return svg_of(drawing, name=name, title=f"Activity of {label(region)} over time", told=told)


def _draw_curve(axes, integral: ActivityIntegral, longest: float) -> None:
    """The curve with its band; a curve that begins at nothing has no logarithm there."""
    times = np.linspace(0, longest, POINTS)
    activity = integral.activity_mbq(times)
    shown = activity > 0
    first, last = integral.data.times_h[0], integral.data.times_h[-1]
    axes.plot(times[shown], activity[shown], color=COLOURS[0], linewidth=1.1, linestyle=(0, (4, 2.5)))
    inside = np.linspace(first, last, POINTS)
    axes.plot(inside, integral.activity_mbq(inside), color=COLOURS[0], linewidth=1.7)
    if integral.covariance is not None:
        times, activity = times[shown], activity[shown]
        spread = COVERAGE_FACTOR * _activity_sd(integral, integral.covariance, times) / activity
        factor = np.exp(np.minimum(spread, WIDEST_BAND))
        axes.fill_between(
            times, activity / factor, activity * factor, color=COLOURS[0], alpha=0.2, linewidth=0
        )


def _activity_sd(integral: ActivityIntegral, covariance: Array, times_h: Array) -> Array:
    """Standard uncertainty of the curve from the covariance of its terms, to first order [MBq]."""
    amplitudes, rates = np.array(integral.amplitudes_mbq), np.array(integral.rates_per_h)
    decayed = np.exp(-np.outer(times_h, rates))
    slopes = np.concatenate([decayed, -times_h[:, None] * amplitudes * decayed], axis=1)
    return np.sqrt(np.maximum(np.einsum("ti,ij,tj->t", slopes, covariance, slopes), 0.0))


def _caption(region: RegionDose) -> str:
    """Half-life, part beyond the last image, method; or why there is no curve."""
    integral = region.integral
    if integral is None:
        return region.reason or "no curve"
    zeros = sum(value <= 0 for value in integral.data.activities)
    hidden = f"; {zeros} at zero, not shown" if zeros else ""
    return (
        f"half-life {half_life_words(integral)}; {100 * integral.extrapolated:.0f} % beyond the last image; "
        f"{integral.method}{hidden}"
    )


def half_life_words(integral: ActivityIntegral) -> str:
    """Effective half-life with its standard uncertainty [h]."""
    value, sd = integral.effective_half_life_h, integral.effective_half_life_sd_h
    if not sd:
        return f"{figure(value)} h"
    digits = 0 if sd >= 10 else 1
    return f"{value:.{digits}f} ± {sd:.{digits}f} h"
