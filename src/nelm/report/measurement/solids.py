"""The liver seen from the front as a solid: translucent parenchyma, vessels and lesions inside."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from numpy.typing import NDArray

from nelm.imaging.liver import surface_of
from nelm.volume import Mask

LIGHT = np.array([-0.35, -0.8, 0.5]) / np.linalg.norm([-0.35, -0.8, 0.5])
"""Where the light comes from, in patient space: from the front, the right and above."""

AMBIENT = 0.42
INK, PAPER = "#e4ebf0", "#10171d"
SIZE_INCH, DOTS_PER_INCH = 5.6, 110
TILT_DEG = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Solid:
    """A surface to draw.

    Parameters
    ----------
    vertices_mm : (n, 3) points (x, y, z).
    faces : (m, 3) indices of vertices.
    colour : Of the surface.
    opacity : 0 invisible, 1 opaque.
    label : Written beside its middle; empty for none.
    """

    vertices_mm: NDArray[np.floating]
    faces: NDArray[np.integer]
    colour: str
    opacity: float = 1.0
    label: str = ""


def solids_of(
    parts: Iterable[tuple[str, Mask, str, float, str]], most_faces: Mapping[str, int]
) -> list[Solid]:
    """Surfaces of regions (kind, region, colour, opacity, label); a region without a surface gives none."""
    found: list[Solid] = []
    for kind, mask, colour, opacity, label in parts:
        surface = surface_of(mask, most_faces=most_faces[kind])
        if surface is not None:
            found.append(Solid(surface.vertices_mm, surface.faces, colour, opacity, label))
    return found


def solids_picture(solids: Sequence[Solid]) -> bytes:
    """All surfaces seen from the front, the patient's right on the left of the picture, as PNG.

    Triangles are painted from back to front by the distance of their middle, all surfaces together, so that
    a lesion behind a vessel lies behind it.
    """
    triangles = np.concatenate([solid.vertices_mm[solid.faces] for solid in solids])
    colours = np.concatenate([_shaded(solid) for solid in solids])
    figure = Figure(figsize=(SIZE_INCH, SIZE_INCH * 0.82), dpi=DOTS_PER_INCH, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1), projection="3d", facecolor=PAPER)
    axes.set_axis_off()
    axes.add_collection3d(Poly3DCollection(triangles, facecolors=colours, edgecolors="none", linewidths=0))  # type: ignore[attr-defined]
    low, high = triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1))
    for solid in solids:
        if solid.label:
            x, _, z = solid.vertices_mm.mean(axis=0)
            place = {"x": float(x), "y": float(low[1]) - 1, "z": float(z)}
            look: dict[str, Any] = {"color": INK, "fontsize": 8, "ha": "center", "va": "center", "zorder": 10}
            cast("Any", axes).text(**place, s=solid.label, **look)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    axes.set_box_aspect(high - low, zoom=1.55)  # type: ignore[attr-defined]
    axes.set_proj_type("ortho")  # type: ignore[attr-defined]
    axes.view_init(elev=TILT_DEG, azim=-90)  # type: ignore[attr-defined]
    for letter, place in (("R", 0.03), ("L", 0.97)):
        figure.text(place, 0.5, letter, color=INK, fontsize=10, ha="center", va="center")
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()


def _shaded(solid: Solid) -> NDArray[np.float64]:
    """Colour and opacity of every triangle (m, 4), brighter towards the light."""
    corners = solid.vertices_mm[solid.faces].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    facing = np.clip((normals / np.where(lengths > 0, lengths, 1)) @ LIGHT, 0, 1)
    brightness = AMBIENT + (1 - AMBIENT) * facing
    colours = np.ones((len(solid.faces), 4))
    colours[:, :3] = np.clip(np.array(to_rgb(solid.colour)) * brightness[:, None], 0, 1)
    colours[:, 3] = solid.opacity
    return colours
