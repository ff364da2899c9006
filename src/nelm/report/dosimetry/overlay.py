"""Dose drawn over the CT: three planes each through kidneys, liver and the hottest lesion."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from nelm.dosimetry.regions import Region, RegionKind
from nelm.dosimetry.therapy import TherapyDose
from nelm.report.dosimetry.glance import mean_gy
from nelm.report.dosimetry.planes import Direction, Plane, box_around, middle_of, plane_through
from nelm.report.dosimetry.words import label
from nelm.report.measurement.pictures import Picture
from nelm.report.measurement.slices import ABDOMEN, INK, LIVER, PAPER, SCALE_BARS_MM
from nelm.volume import Volume, mask_on, volume_on

Plane2D = NDArray[np.generic]
MARGIN_MM = 45.0
MM_PER_INCH, BAR_INCH, DOTS_PER_INCH = 105.0, 0.62, 130
MOST_LEVELS = 6
FAINTEST, STRONGEST = 0.12, 0.6
"""Opacity of the lowest and the highest band."""
NICE = (1.0, 2.0, 5.0)
AIR_HU = -1000.0
ABOVE = 1.01
"""Upper end of the last band, in what is the highest dose."""
LESION, OTHER = "#ffffff", "#58d6e8"
LIVERS = (RegionKind.LIVER_WITHOUT_LESIONS, RegionKind.PERFUSED_LIVER, RegionKind.SPARED_LIVER)
OUTLINES = {RegionKind.LESION: LESION, **dict.fromkeys(LIVERS, LIVER)}


@dataclass(frozen=True, slots=True)
class Isodoses:
    """Doses at which the colour changes [Gy], rising, and the colours between and above them."""

    levels_gy: tuple[float, ...]
    colours: ListedColormap

    @property
    def translucent(self) -> ListedColormap:
        """The colours as they lie over the CT, the more opaque the higher the dose."""
        shades = self.colours(np.arange(len(self.levels_gy)))
        shades[:, 3] = np.linspace(FAINTEST, STRONGEST, len(shades))
        return ListedColormap([tuple(shade) for shade in shades])

    @property
    def norm(self) -> BoundaryNorm:
        """From dose to colour."""
        return BoundaryNorm([*self.levels_gy, float(np.finfo(np.float32).max)], len(self.levels_gy))


def dose_pictures(dose: TherapyDose, regions: Sequence[Region], ct: Volume | None) -> tuple[Picture, ...]:
    """Axial, coronal and sagittal planes through the hotter kidney, the liver and the hottest lesion.

    Parameters
    ----------
    regions : As they were given to the computation, in the space of the dose.
    ct : In that space; None: dose and outlines alone.
    """
    targets = _targets(dose, regions)
    if not targets:
        return ()
    isodoses = isodoses_for(dose)
    low, high = box_around(
        [one.mask for one in regions if not one.mask.is_empty],
        ct.grid if ct is not None else dose.dose.grid,
        MARGIN_MM,
    )
    at = dose.administration.at
    when = f", given {at:%Y-%m-%d}" if at is not None else ""
    found: list[Picture] = []
    for name, title, region in targets:
        point = middle_of(region.mask)
        for direction in Direction:
            plane = plane_through(point, direction, low, high)
            png = _drawn(plane, dose.dose, regions, ct=ct, isodoses=isodoses)
            found.append(Picture(f"dose-{name}-{direction.value}", png, f"{title}: {plane.words}{when}"))
    return tuple(found)


def isodoses_for(dose: TherapyDose) -> Isodoses:
    """Levels 1, 2, 5 times powers of ten up to the near maximum of the hottest region."""
    near = [one.histogram.dose_to(2).value for one in dose.regions if one.histogram is not None]
    highest = max([*near, 1e-3])
    decade = int(np.floor(np.log10(highest)))
    ladder = [step * 10.0**power for power in range(decade - 3, decade + 1) for step in NICE]
    levels = tuple(float(f"{level:.3g}") for level in ladder if level <= highest)[-MOST_LEVELS:]
    shades = colormaps["plasma"](np.linspace(0.2, 1.0, len(levels)))
    return Isodoses(levels, ListedColormap([tuple(shade) for shade in shades]))


def _targets(dose: TherapyDose, regions: Sequence[Region]) -> list[tuple[str, str, Region]]:
    """Name, title and region of what the planes go through."""
    by_name = {one.name: one for one in regions if not one.mask.is_empty}
    kinds = (
        ("kidney", (RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT, RegionKind.KIDNEYS)),
        ("liver", LIVERS),
        ("lesion", (RegionKind.LESION,)),
    )
    found: list[tuple[str, str, Region]] = []
    for name, wanted in kinds:
        here = [one for one in dose.regions if one.kind in wanted and one.name in by_name]
        known = [one for one in here if one.absorbed_dose_gy is not None]
        if known:
            hottest = max(known, key=mean_gy)
            words = label(hottest)
            title = f"Hottest lesion, {words}" if name == "lesion" else words[0].upper() + words[1:]
            found.append((name, title, by_name[hottest.name]))
    return found


def _drawn(
    plane: Plane, dose: Volume, regions: Sequence[Region], *, ct: Volume | None, isodoses: Isodoses
) -> bytes:
    """One plane as PNG: CT in grey, dose in colour, outlines, a colour bar."""
    width, height = plane.size_mm
    wide, tall = width / MM_PER_INCH, height / MM_PER_INCH
    figure = Figure(figsize=(wide + BAR_INCH, tall), dpi=DOTS_PER_INCH, facecolor=PAPER)
    part = wide / (wide + BAR_INCH)
    axes = figure.add_axes((0, 0, part, 1))
    axes.set_axis_off()
    if ct is not None:
        grey = volume_on(ct, plane.grid, outside=AIR_HU).array[0]
        axes.imshow(
            grey,
            cmap="gray",
            vmin=ABDOMEN.black,
            vmax=ABDOMEN.white,
            extent=(0, width, height, 0),
            interpolation="bilinear",
        )
    _draw_dose(axes, np.asarray(volume_on(dose, plane.grid).array[0]), isodoses)
    for region in sorted(regions, key=lambda one: one.kind is RegionKind.LESION):
        _outline(axes, mask_on(region.mask, plane.grid).array[0], OUTLINES.get(region.kind, OTHER))
    axes.set(xlim=(0, width), ylim=(height, 0))
    _annotate(axes, plane, width, height)
    _colour_bar(figure, isodoses, left=part)
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()


def _draw_dose(axes, values: Plane2D, isodoses: Isodoses) -> None:
    """Bands of dose, translucent, and the isodoses between them; nothing below the lowest."""
    top = float(values.max())
    if top <= isodoses.levels_gy[0]:
        return
    x, y = _pixel_middles(values)
    bands = [*isodoses.levels_gy, max(top, isodoses.levels_gy[-1]) * ABOVE]
    axes.contourf(x, y, values, levels=bands, cmap=isodoses.translucent, norm=isodoses.norm)
    axes.contour(
        x, y, values, levels=isodoses.levels_gy, linewidths=0.8, cmap=isodoses.colours, norm=isodoses.norm
    )


def _outline(axes, inside: Plane2D, colour: str) -> None:
    """The edge of a region."""
    if not inside.any() or inside.all():
        return
    x, y = _pixel_middles(inside)
    axes.contour(x, y, inside.astype(np.float32), levels=[0.5], colors=[colour], linewidths=1.1)


def _pixel_middles(plane: Plane2D) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of columns and rows in the millimetres of the picture."""
    rows, columns = plane.shape
    return np.arange(columns) + 0.5, np.arange(rows) + 0.5


def _annotate(axes, plane: Plane, width: float, height: float) -> None:
    """Directions and a scale bar."""
    left, right, top = plane.letters
    edge = [withStroke(linewidth=2, foreground=PAPER)]
    look = {"color": INK, "fontsize": 8, "va": "center", "path_effects": edge}
    axes.text(0.01 * width, height / 2, left, ha="left", **look)
    axes.text(0.99 * width, height / 2, right, ha="right", **look)
    axes.text(width / 2, 0.012 * height, top, ha="center", **{**look, "va": "top"})
    axes.add_patch(Rectangle((0.03 * width, 0.955 * height), SCALE_BARS_MM[0], 0.008 * height, color=INK))
    axes.text(0.03 * width, 0.94 * height, f"{SCALE_BARS_MM[0]:g} mm", color=INK, fontsize=7, ha="left", va="bottom",
              path_effects=edge)  # fmt: skip


def _colour_bar(figure: Figure, isodoses: Isodoses, *, left: float) -> None:
    """Colours with their doses [Gy] at the right edge; the last one is open upwards."""
    axes = figure.add_axes((left + 0.07 * (1 - left), 0.08, 0.25 * (1 - left), 0.78))
    count = len(isodoses.levels_gy)
    norm = BoundaryNorm(np.arange(count + 1), count)
    bar = figure.colorbar(ScalarMappable(norm=norm, cmap=isodoses.colours), cax=axes, ticks=np.arange(count))
    bar.ax.set_yticklabels([f"{level:g}" for level in isodoses.levels_gy], color=INK, fontsize=8)
    bar.ax.tick_params(color=INK, length=2)
    bar.outline.set_visible(False)  # type: ignore[operator]
    axes.set_title("Gy", color=INK, fontsize=8, loc="left", pad=6)
