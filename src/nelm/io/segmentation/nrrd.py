"""Label maps in NRRD (3D Slicer, dcmqi)."""

# SimpleITK has no type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import SimpleITK

from nelm.errors import InputError, Problem
from nelm.io.segmentation.names import structure_named
from nelm.volume import Grid, ImageOrigin, Mask, Segment, Segmentation, Structure


def read_nrrd_labels(path: Path, *, overrides: Mapping[str, Structure] | None = None) -> Segmentation:
    """The segments of a NRRD label map; 3D Slicer's names of segments are read from its header.

    Raises
    ------
    InputError : It cannot be read, or is no label map.
    """
    try:
        image = SimpleITK.ReadImage(str(path))
        array = np.asarray(SimpleITK.GetArrayFromImage(image))
    except RuntimeError:
        raise InputError(
            [Problem(str(path), "a file that cannot be read", "a NRRD label map", "Save or copy it again.")]
        ) from None
    if array.ndim != 3 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            [Problem(str(path), f"{array.ndim} dimensions of {array.dtype}", "one label map of whole numbers",
                     "Export one layer of labels.")]
        )  # fmt: skip
    direction = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = direction[:, ::-1], image.GetOrigin()
    grid = Grid.of(array.shape, matrix)
    names = _names(image)
    labels = [int(value) for value in np.unique(array) if value > 0]
    segments: list[Segment] = []
    for label in labels:
        name = names.get(label, path.name if len(labels) == 1 else f"label {label}")
        segments.append(Segment(name, structure_named(name, overrides=overrides), Mask(array == label, grid)))
    return Segmentation(grid, tuple(segments), ImageOrigin(path=str(path), modality="NRRD"))


def _names(image: SimpleITK.Image) -> dict[int, str]:
    """Names of labels as 3D Slicer writes them (Segment0_LabelValue, Segment0_Name)."""
    found: dict[int, str] = {}
    for key in image.GetMetaDataKeys():
        if key.endswith("_LabelValue"):
            name = key.replace("_LabelValue", "_Name")
            if image.HasMetaDataKey(name):
                found[int(image.GetMetaData(key))] = str(image.GetMetaData(name))
    return found
