"""NIfTI images and label maps, turned from RAS to the patient space of DICOM."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import nibabel
import numpy as np
from numpy.typing import NDArray

from nelm.errors import GeometryError, InputError, Problem
from nelm.io.segmentation.names import structure_named
from nelm.io.segmentation.totalsegmentator import CLASSES
from nelm.volume import Grid, ImageOrigin, Mask, Quantity, Segment, Segmentation, Structure, Volume

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
DISAGREEMENT_MM = 0.1
MOST_LABELS = 512
VESSELS = (
    Structure.PORTAL_VEIN, Structure.HEPATIC_VEIN, Structure.INFERIOR_VENA_CAVA, Structure.LIVER_VESSEL,
    Structure.HEPATIC_ARTERY, Structure.BILE_DUCT,
)  # fmt: skip
"""What planning refuses to take as absent when it is given empty."""
SIGHT = "Save the label map again with its orientation (sform or qform)."


def read_nifti_volume(path: Path, *, quantity: Quantity = Quantity.ARBITRARY) -> Volume:
    """A NIfTI image as a volume; the file does not say what its numbers are, so the caller does."""
    array, grid, repairs = _loaded(path)
    return Volume(array, grid, quantity, ImageOrigin(path=str(path), modality="NIFTI", repairs=repairs))


def read_nifti_labels(
    path: Path, *, names: Mapping[int, str] | None = None, overrides: Mapping[str, Structure] | None = None
) -> Segmentation:
    """The segments of a labelled NIfTI.

    Parameters
    ----------
    names : What each label is; otherwise the label table in the header (TotalSegmentator writes one), otherwise
        the classes of TotalSegmentator where more than one label is there, otherwise the file's name.
    overrides : What the user says that names mean.

    Raises
    ------
    InputError : No image, or values that are no labels.
    GeometryError : An affine that cannot be trusted.
    """
    array, grid, repairs = _loaded(path)
    labels = _labels(path, array)
    table, said = _table(path, labels, names)
    segments = _empty_vessel(path, grid, names, overrides) if not labels else []
    for label in labels:
        name = table.get(label, f"label {label}")
        mask = Mask(np.asarray(array == label), grid)
        segments.append(Segment(name, structure_named(name, overrides=overrides), mask))
    origin = ImageOrigin(path=str(path), modality="NIFTI", repairs=(*repairs, *said))
    return Segmentation(grid, tuple(segments), origin)


def _empty_vessel(
    path: Path, grid: Grid, names: Mapping[int, str] | None, overrides: Mapping[str, Structure] | None
) -> list[Segment]:
    """A file without a label that is named as a vessel: it was looked for, and is not the same as not given."""
    name = path.name if names is None else names.get(1, path.name)
    structure = structure_named(name, overrides=overrides)
    return (
        [Segment(name, structure, Mask(np.zeros(grid.shape, dtype=bool), grid))]
        if structure in VESSELS
        else []
    )


def read_mask_folder(folder: Path, *, overrides: Mapping[str, Structure] | None = None) -> Segmentation:
    """A folder with one NIfTI mask a structure, named by it, all on one grid (as TotalSegmentator writes)."""
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".nii", ".nii.gz")))
    if not files:
        raise InputError([Problem(str(folder), "no NIfTI file", "one mask a structure", "Check the folder.")])
    parts = [read_nifti_labels(path, names={1: path.name}, overrides=overrides) for path in files]
    grid = parts[0].grid
    strange = [part.origin.path for part in parts if not part.grid.same_as(grid)]
    if strange:
        raise GeometryError(
            f"masks on different grids ({Path(strange[0]).name} against {files[0].name})",
            where=str(folder),
            expected="all masks of a folder on one grid",
            remedy="Resample them, or give the files one by one.",
        )
    segments = tuple(segment for part in parts for segment in part.segments)
    repairs = tuple(dict.fromkeys(note for part in parts for note in part.origin.repairs))
    return Segmentation(grid, segments, ImageOrigin(path=str(folder), modality="NIFTI", repairs=repairs))


def _loaded(path: Path) -> tuple[NDArray[Any], Grid, tuple[str, ...]]:
    """Array (z, y, x), grid and what was noticed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd header is checked below
            image = cast("Any", nibabel).load(path)
            data = np.asanyarray(image.dataobj)
    except Exception as error:  # the reader raises whatever a damaged file makes it raise
        raise InputError(
            [Problem(str(path), f"no image that can be read ({type(error).__name__})", "a whole NIfTI file",
                     "Save or copy the file again.")]
        ) from None  # fmt: skip
    while data.ndim > 3 and data.shape[-1] == 1:
        data = data[..., 0]
    if data.ndim != 3 or min(data.shape) < 1:
        raise InputError([Problem(str(path), f"{data.ndim} dimensions", "three", "Give one volume a file.")])
    affine, repairs = _affine(path, image)
    lps = RAS_TO_LPS @ affine
    turned = np.eye(4)
    turned[:3, :3], turned[:3, 3] = lps[:3, 2::-1], lps[:3, 3]
    try:
        grid = Grid.of(data.shape[::-1], turned)
    except ValueError as error:
        raise GeometryError(
            str(error), where=str(path), expected="axes that span a volume", remedy=SIGHT
        ) from None
    _check_axes(path, grid)
    return np.ascontiguousarray(data.transpose(2, 1, 0)), grid, repairs


def _affine(path: Path, image: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """The affine of the file: sform before qform; a file with neither is refused."""
    header = image.header
    if not hasattr(header, "get_sform"):
        return np.asarray(image.affine, dtype=np.float64), ()
    sform, s_code = header.get_sform(coded=True)
    try:
        qform, q_code = header.get_qform(coded=True)
    except Exception:  # a quaternion that is no rotation
        qform, q_code = None, 0
    if not s_code and not q_code:
        raise GeometryError(
            "no orientation in the header", where=str(path), expected="sform or qform", remedy=SIGHT
        )
    chosen = np.asarray(sform if s_code else qform, dtype=np.float64)
    if not np.isfinite(chosen).all():
        raise GeometryError("an orientation with numbers that are none", where=str(path), expected="an affine",
                            remedy=SIGHT)  # fmt: skip
    if s_code and q_code and qform is not None:
        corner = np.array([*image.shape[:3], 1.0])
        apart = float(np.linalg.norm((np.asarray(sform) - np.asarray(qform)) @ corner))
        if apart > DISAGREEMENT_MM:
            return chosen, (f"sform and qform disagree by {apart:.1f} mm: sform was taken",)
    return chosen, ()


def _check_axes(path: Path, grid: Grid) -> None:
    """Axes at right angles: distances are measured along them."""
    unit = grid.matrix[:3, :3] / np.array(grid.spacing_mm)
    if np.abs(unit.T @ unit - np.eye(3)).max() > 1e-2:
        raise GeometryError("axes that are not at right angles", where=str(path), expected="an orthogonal grid",
                            remedy="Resample the label map to the grid of its image.")  # fmt: skip


def _labels(path: Path, array: NDArray[Any]) -> list[int]:
    """The labels that occur, background left out."""
    values = np.unique(array)
    if not np.isfinite(values).all() or (values != np.round(values)).any() or values.min() < 0:
        raise InputError(
            [
                Problem(
                    str(path),
                    "values that are no labels",
                    "whole numbers from 0",
                    "Is this an image, not labels?",
                )
            ]
        )
    if len(values) > MOST_LABELS:
        raise InputError(
            [Problem(str(path), f"{len(values)} different values", f"at most {MOST_LABELS} labels",
                     "Is this an image, not labels?")]
        )  # fmt: skip
    return [int(value) for value in values if value > 0]


def _table(
    path: Path, labels: list[int], names: Mapping[int, str] | None
) -> tuple[Mapping[int, str], tuple[str, ...]]:
    """Names of labels and how they were found."""
    if names is not None:
        return names, ()
    written = _written_table(path)
    if written:
        return written, ("names of labels from the header",)
    if len(labels) == 1:
        return {labels[0]: path.name}, ("one label: named by its file",)
    return CLASSES, ("no table of labels: the numbering of TotalSegmentator (total, version 2) was taken",)


def _written_table(path: Path) -> dict[int, str]:
    """The label table in an extension of the header (Caret XML, as TotalSegmentator writes it)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        extensions = getattr(cast("Any", nibabel).load(path).header, "extensions", [])
    for extension in extensions:
        content = extension.get_content()
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
        found = re.findall(r'<Label[^>]*Key="(\d+)"[^>]*>(?:<!\[CDATA\[)?([^<\]]+)', text)
        if found:
            return {int(key): name.strip() for key, name in found}
    return {}
