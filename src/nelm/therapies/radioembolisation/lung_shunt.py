"""Lung shunt fraction from the mapping study with 99mTc-MAA: planar views and SPECT/CT, each with its uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from nelm.errors import InputError, Problem, problem
from nelm.guideline.therapy import Item, item
from nelm.knowledge import Status
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.therapies.radioembolisation.activity import lung_shunt_fraction
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

Counts = NDArray[np.floating]
Region = NDArray[np.bool_]


class ShuntMethod(StrEnum):
    """How the lung shunt fraction was found."""

    PLANAR = "planar, geometric mean of both views"
    SPECT_CT = "SPECT/CT, corrected for attenuation"
    STATED = "stated in a report"


@dataclass(frozen=True, slots=True)
class LungShunt:
    """Lung shunt fraction [1] with its limits, how it was found, and what to know about it."""

    fraction: Estimate
    method: ShuntMethod
    remarks: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlanarView:
    """One planar view of the mapping study.

    Parameters
    ----------
    counts : (y, x) counts as acquired, not scaled: their number is their variance.
    lungs, liver : (y, x) regions of this view, without a pixel in common.
    background : (y, x) region that holds neither; None takes no background off, which is said.
    """

    counts: Counts
    lungs: Region
    liver: Region
    background: Region | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """Net counts of lungs and liver, and the variance of each and of the logarithm of their ratio."""

    lungs: float
    liver: float
    lungs_variance: float
    log_ratio_variance: float


def planar_lung_shunt(
    anterior: PlanarView, posterior: PlanarView, *, known: RadioembolisationKnowledge
) -> LungShunt:
    """Lung shunt fraction from planar views: geometric means of the net counts of both.

    ``L = G_lungs / (G_lungs + G_liver)``, ``u(L) = L (1 - L) u(ln(G_lungs / G_liver))``; the background of a view
    is shared by its two regions, and so is its error. The limits hold counting only: planar views also count what
    scatters out of the liver, and weigh lung and liver with different attenuation, which raises the fraction.

    Raises
    ------
    InputError : Counts that are negative or not numbers, regions that are empty, overlap or do not fit, a liver
        without net counts.
    """
    front, back = _net(anterior, "anterior"), _net(posterior, "posterior")
    remarks = (
        item("method", known.shunt_geometric_mean),
        item("planar overestimates", known.shunt_overestimated),
        item("planar against SPECT/CT, phantom", known.planar_phantom_error),
        item("planar against SPECT/CT, patients", known.planar_against_spect),
        *_no_background(anterior, posterior),
    )
    if min(front.lungs, back.lungs) <= 0.0:
        return LungShunt(_nothing_seen(front, back), ShuntMethod.PLANAR, (*remarks, _NOTHING_SEEN))
    value = _fraction(front, back)
    spread = value * (1.0 - value) * math.sqrt(front.log_ratio_variance + back.log_ratio_variance) / 2.0
    return LungShunt(_within_share(value, COVERAGE_FACTOR * spread), ShuntMethod.PLANAR, remarks)


_NOTHING_SEEN = Item(
    "no counts above background",
    "A view shows no counts of the lungs above background: the fraction is 0, the upper limit that of the counts.",
    ("project",),
    Status.COMPUTED,
)


def spect_lung_shunt(
    counts: Counts,
    *,
    lungs: Region,
    liver: Region,
    voxel_mm: tuple[float, float, float],
    known: RadioembolisationKnowledge,
    dome_margin_mm: float = 0.0,
    lung_volume_ml: float | None = None,
) -> LungShunt:
    """Lung shunt fraction from SPECT/CT: counts of the lungs over counts of lungs and liver.

    Near the dome breathing puts liver counts into the lungs of the CT. Lung within `dome_margin_mm` of the liver is
    therefore left out of the mean concentration, which is then applied to all of the lungs, the unseen part
    included. The limits are those that were seen in a phantom, and the change that the margin and the unseen part
    make, taken as even between with and without.

    Parameters
    ----------
    counts : (z, y, x), corrected for attenuation and scatter.
    lungs, liver : (z, y, x) regions from the CT on the grid of the SPECT, without a voxel in common.
    voxel_mm : Edges of a voxel along (z, y, x) [mm].
    dome_margin_mm : Distance from the liver within which lung counts are not trusted [mm].
    lung_volume_ml : Volume of the whole lungs [mL], from a CT of the chest; None where only the seen part is known,
        which is said when the lungs reach the edge of the field.

    Raises
    ------
    InputError : Regions that are empty, overlap or do not fit; no lung outside the margin.
    """
    _refuse({"lungs": lungs, "liver": liver}, counts)
    voxel_ml = math.prod(voxel_mm) / 1000.0
    far = _far_from(liver, lungs, voxel_mm, dome_margin_mm)
    seen_ml = int(lungs.sum()) * voxel_ml
    whole_ml = max(seen_ml, lung_volume_ml or 0.0)
    in_liver = float(counts[liver].sum(dtype=np.float64))
    as_seen = float(counts[lungs].sum(dtype=np.float64))
    in_lungs = float(counts[far].mean(dtype=np.float64)) * whole_ml / voxel_ml
    if in_liver <= 0.0 or as_seen < 0.0 or in_lungs < 0.0:
        raise problem(in_liver, "counts above zero in the liver, none negative in the lungs", path="counts")
    value, plain = in_lungs / (in_lungs + in_liver), as_seen / (as_seen + in_liver)
    phantom = value * known.spect_phantom_error.number / 100.0
    spread = math.hypot(phantom, plain - value) / math.sqrt(3.0)
    remarks = (
        item("SPECT/CT against truth, phantom", known.spect_phantom_error),
        *_of_lungs(lungs, seen_ml=seen_ml, whole_ml=whole_ml, given=lung_volume_ml is not None),
        _of_dome(value, plain, dome_margin_mm),
    )
    return LungShunt(_within_share(value, COVERAGE_FACTOR * spread), ShuntMethod.SPECT_CT, remarks)


def stated_lung_shunt(fraction: Estimate, known: RadioembolisationKnowledge) -> LungShunt:
    """A lung shunt fraction that a report gives without saying how it was found."""
    return LungShunt(fraction, ShuntMethod.STATED, (item("planar overestimates", known.shunt_overestimated),))


def _fraction(front: _View, back: _View) -> float:
    return lung_shunt_fraction(
        lungs_anterior=front.lungs,
        lungs_posterior=back.lungs,
        liver_anterior=front.liver,
        liver_posterior=back.liver,
    )


def _within_share(value: float, half_width: float) -> Estimate:
    """An estimate of a fraction, cut off at 0 and 1."""
    return Estimate(value, max(0.0, value - half_width), min(1.0, value + half_width))


def _nothing_seen(front: _View, back: _View) -> Estimate:
    """0, and the fraction that the counts would give at their upper limit."""
    tops = [max(v.lungs, 0.0) + COVERAGE_FACTOR * math.sqrt(v.lungs_variance) for v in (front, back)]
    lungs, liver = math.sqrt(tops[0] * tops[1]), math.sqrt(front.liver * back.liver)
    return Estimate(0.0, 0.0, lungs / (lungs + liver))


def _net(view: PlanarView, path: str) -> _View:
    """Net counts of a view."""
    regions = {f"{path}.lungs": view.lungs, f"{path}.liver": view.liver}
    _refuse(regions, view.counts)
    gross = {name: float(view.counts[region].sum(dtype=np.float64)) for name, region in regions.items()}
    lungs, liver = gross.values()
    background, scales = 0.0, [0.0, 0.0]
    if view.background is not None:
        _refuse({f"{path}.background": view.background, **regions}, view.counts)
        background = float(view.counts[view.background].sum(dtype=np.float64))
        size = int(view.background.sum())
        scales = [int(region.sum()) / size for region in (view.lungs, view.liver)]
    net_lungs, net_liver = lungs - scales[0] * background, liver - scales[1] * background
    if net_liver <= 0.0:
        raise problem(
            net_liver, "counts above background in the liver", "Look at the regions", path=f"{path}.liver"
        )
    shared = scales[0] / net_lungs - scales[1] / net_liver if net_lungs > 0.0 else 0.0
    ratio = lungs / net_lungs**2 + liver / net_liver**2 + background * shared**2 if net_lungs > 0.0 else 0.0
    return _View(net_lungs, net_liver, lungs + scales[0] ** 2 * background, ratio)


def _no_background(*views: PlanarView) -> tuple[Item, ...]:
    if all(view.background is not None for view in views):
        return ()
    text = "No background was taken off: scatter and body background count as lung, and the fraction is too high."
    return (Item("background", text, ("project",), Status.COMPUTED),)


def _refuse(regions: dict[str, Region], counts: Counts) -> None:
    """Refuse counts and regions that do not fit each other."""
    found: list[Problem] = []
    if not np.isfinite(counts).all() or float(counts.min()) < 0.0:
        found.append(Problem("counts", "negative or not a number", "counts of 0 or more", "Use raw counts"))
    together = np.zeros(counts.shape, dtype=np.int8)
    for path, region in regions.items():
        if region.shape != counts.shape or region.dtype != np.bool_ or not region.any():
            shape = f"shape {region.shape}, {region.dtype}"
            found.append(
                Problem(path, shape, f"a region with something in it, on {counts.shape}", "Draw it again")
            )
        else:
            together += region
    if int(together.max()) > 1:
        found.append(
            Problem(next(iter(regions)), "overlap", "regions without a point in common", "Draw them apart")
        )
    if found:
        raise InputError(found)


def _far_from(liver: Region, lungs: Region, voxel_mm: tuple[float, float, float], margin_mm: float) -> Region:
    """Lung farther from the liver than a margin."""
    if margin_mm <= 0.0:
        return lungs
    away = np.asarray(ndimage.distance_transform_edt(~liver, sampling=voxel_mm))
    far = lungs & (away > margin_mm)
    if not far.any():
        raise problem(
            margin_mm, "a margin that leaves some lung", "Take a smaller one", path="dome_margin_mm"
        )
    return far


def _of_lungs(lungs: Region, *, seen_ml: float, whole_ml: float, given: bool) -> tuple[Item, ...]:
    """What is said of lungs that are not all in the field."""
    if whole_ml > seen_ml:
        text = f"The SPECT shows {seen_ml:.0f} of {whole_ml:.0f} mL of lungs; the rest is taken to hold as much per mL."
        return (Item("unseen lung", text, ("project",), Status.COMPUTED),)
    cut = bool(lungs[0].any() or lungs[-1].any())
    if cut and not given:
        text = (
            "The lungs reach the edge of the field and their whole volume is not given: the fraction is that of "
            f"{seen_ml:.0f} mL of lung and too low."
        )
        return (Item("lungs cut off", text, ("project",), Status.COMPUTED),)
    return ()


def _of_dome(value: float, plain: float, margin_mm: float) -> Item:
    """What is said of the border between lung and liver."""
    text = (
        f"Lung within {margin_mm:g} mm of the liver left out of the mean: {100 * value:.1f} %, all counts of the "
        f"lungs as seen: {100 * plain:.1f} %."
        if margin_mm > 0.0
        else "Lung next to the dome is counted as it is: breathing puts liver counts there and raises the fraction."
    )
    return Item("liver dome", text, ("project",), Status.COMPUTED)
