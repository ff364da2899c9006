"""The pictures of a measurement: a slice through each lesion, and the liver as a solid."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from nelm.imaging.lesions.burden import lesions_together
from nelm.imaging.measured import MeasuredLesion, StudyMeasurement
from nelm.report.measurement.slices import (
    DUCT,
    HEPATIC,
    LESION,
    LIVER,
    PORTAL,
    Overlay,
    View,
    Window,
    slice_picture,
    view_of,
)
from nelm.report.measurement.solids import solids_of, solids_picture
from nelm.volume import Mask, Quantity, Volume

FACES = {"liver": 14_000, "vessel": 9_000, "lesion": 2_500}
MOST_PICTURES = 60


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what it shows.

    Parameters
    ----------
    name : File name without ending.
    png : Its bytes.
    caption : One sentence.
    """

    name: str
    png: bytes
    caption: str

    @property
    def uri(self) -> str:
        """The picture itself as an address, for pages that stand alone."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def lesion_pictures(measurement: StudyMeasurement) -> tuple[Picture, ...]:
    """An axial slice through each lesion with its diameter; none without an image."""
    image = measurement.image
    if image is None:
        return ()
    regions = measurement.liver.regions
    view = view_of(image.grid, regions.liver)
    overlays = [Overlay(regions.liver, LIVER)]
    for mask, colour in ((regions.portal, PORTAL), (regions.veins, HEPATIC), (regions.duct, DUCT)):
        if mask is not None:
            overlays.append(Overlay(mask, colour, filled=0.3, width_pt=0.6))
    lesions = lesions_together((item.lesion for item in measurement.liver.lesions), image.grid)
    overlays.append(Overlay(lesions, LESION, filled=0.12, width_pt=1.1))
    window = grey_window(image, regions.liver)
    return tuple(
        _lesion_picture(item, image, overlays, view=view, window=window)
        for item in measurement.liver.lesions[:MOST_PICTURES]
    )


def _lesion_picture(
    item: MeasuredLesion, image: Volume, overlays: list[Overlay], *, view: View, window: Window
) -> Picture:
    index = item.lesion.box[0].start + item.size.axial_slice
    axial = item.size.axial
    png = slice_picture(
        image,
        overlays,
        index=index,
        view=view,
        window=window,
        line_mm=(np.array(axial.first_mm), np.array(axial.second_mm)),
        caption=f"{item.lesion.name}  {axial.mm.value:.0f} mm",
    )
    height = image.grid.points_of([[index, 0, 0]])[0, 2]
    return Picture(
        item.lesion.name,
        png,
        f"{item.lesion.name}: slice {index + 1} of {image.grid.shape[0]}, z {height:.0f} mm",
    )


def solid_picture(measurement: StudyMeasurement) -> Picture | None:
    """The liver from the front; None for an empty liver."""
    regions = measurement.liver.regions
    parts = [("liver", regions.liver, "#e3a48f", 0.2, "")]
    for mask, colour in ((regions.portal, PORTAL), (regions.veins, HEPATIC)):
        if mask is not None:
            parts.append(("vessel", Mask(mask.array & regions.liver.array, mask.grid), colour, 1.0, ""))
    parts += [
        ("lesion", item.lesion.mask, LESION, 1.0, item.lesion.name) for item in measurement.liver.lesions
    ]
    solids = solids_of(parts, FACES)
    if not solids:
        return None
    return Picture(
        "liver",
        solids_picture(solids),
        "The liver from the front: portal veins blue, hepatic veins turquoise, lesions orange",
    )


def grey_window(image: Volume, liver: Mask) -> Window:
    """Grey scale: abdominal for CT, around the liver for anything else."""
    if image.quantity is Quantity.HOUNSFIELD:
        return Window(-110.0, 240.0)
    values = np.asarray(image.array[::4][liver.array[::4]], dtype=np.float64)
    low, high = np.percentile(values, [1, 99.5]) if len(values) else (0.0, 1.0)
    return Window(0.0 if low > 0 else float(low), float(high) * 1.3)
