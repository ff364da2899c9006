"""DICOM SEG: regions on the slices of the image that they belong to, with lasting identities of lesions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import (
    SegmentAlgorithmTypeValues,
    Segmentation,
    SegmentationTypeValues,
    SegmentDescription,
)
from pydicom.sr.codedict import codes
from pydicom.uid import UID, ExplicitVRLittleEndian

from nelm import __version__
from nelm.errors import InputError, Problem
from nelm.io.dicom_out.sources import MANUFACTURER, MODEL, SERIAL, Sources
from nelm.volume import Mask, Structure


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A region to write.

    Parameters
    ----------
    name : Segment label, and tracking identifier of a lesion.
    structure : What it is.
    mask : On the grid of the image.
    tracking_uid : Identity over time; made from the series and the name where there is none.
    """

    name: str
    structure: Structure
    mask: Mask
    tracking_uid: str | None = None


TYPES: dict[Structure, str] = {
    Structure.LIVER: "Liver",
    Structure.PORTAL_VEIN: "PortalVein",
    Structure.HEPATIC_VEIN: "HepaticVein",
    Structure.INFERIOR_VENA_CAVA: "InferiorVenaCava",
    Structure.HEPATIC_ARTERY: "HepaticArtery",
    Structure.BILE_DUCT: "BileDuct",
    Structure.GALLBLADDER: "Gallbladder",
    Structure.SPLEEN: "Spleen",
    Structure.KIDNEY_LEFT: "Kidney",
    Structure.KIDNEY_RIGHT: "Kidney",
    Structure.LUNG: "Lung",
    Structure.STOMACH: "Stomach",
    Structure.BONE: "Bone",
    Structure.AORTA: "Aorta",
}
COLOURS: dict[Structure, tuple[int, int, int]] = {
    Structure.LIVER: (127, 209, 140),
    Structure.LESION: (255, 140, 66),
    Structure.PORTAL_VEIN: (79, 141, 255),
    Structure.HEPATIC_VEIN: (88, 214, 232),
}


def segmentation_object(
    regions: Sequence[Region], sources: Sources, *, description: str, series_number: int
) -> Segmentation:
    """A binary SEG of regions that do not overlap, or that are few.

    Regions that overlap are written as planes of their own; many lesions as one label map, so that memory stays
    bounded.

    Raises
    ------
    InputError : No region, or one that is empty or not on the slices of the image.
    """
    _check(regions, sources)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # highdicom warns of odd names of patients, which are not ours to change
        return Segmentation(
            source_images=list(sources.headers),
            pixel_array=_pixels(regions),
            segmentation_type=SegmentationTypeValues.BINARY,
            segment_descriptions=[
                _description(region, place, sources) for place, region in enumerate(regions, start=1)
            ],
            series_instance_uid=sources.uid("SEG", description),
            series_number=series_number,
            sop_instance_uid=sources.uid("SEG", description, "instance"),
            instance_number=1,
            content_label="NELM",
            content_description=description[:64],
            series_description=description[:64],
            transfer_syntax_uid=ExplicitVRLittleEndian,
            content_creator_name="nelm",
            manufacturer=MANUFACTURER,
            manufacturer_model_name=MODEL,
            software_versions=__version__,
            device_serial_number=SERIAL,
        )


def tracking_uid(region: Region, sources: Sources) -> UID:
    """The identity of a region: its own, or one made from the series and its name."""
    return UID(region.tracking_uid) if region.tracking_uid else sources.lasting_uid("lesion", region.name)


def _check(regions: Sequence[Region], sources: Sources) -> None:
    shape = (len(sources.headers), int(sources.headers[0].Rows), int(sources.headers[0].Columns))
    problems = [
        Problem(region.name, "empty" if region.mask.is_empty else f"of shape {region.mask.grid.shape}",
                f"a region on the slices of the image {shape}", "Leave it out, or measure again.")
        for region in regions
        if region.mask.is_empty or region.mask.grid.shape != shape
    ]  # fmt: skip
    if not regions:
        problems = [Problem("segmentation", "no region", "at least one", "Nothing was segmented.")]
    if problems:
        raise InputError(problems)


def _pixels(regions: Sequence[Region]) -> np.ndarray[Any, np.dtype[Any]]:
    """Labels (z, y, x) where no two regions overlap; else planes (z, y, x, segment)."""
    labels = np.zeros(regions[0].mask.grid.shape, dtype=np.uint8 if len(regions) < 256 else np.uint16)
    for number, region in enumerate(regions, start=1):
        box = region.mask.box()
        inside = region.mask.array[box]
        if labels[box][inside].any():
            return np.stack([item.mask.array for item in regions], axis=-1)
        labels[box][inside] = number
    return labels


def _description(region: Region, number: int, sources: Sources) -> SegmentDescription:
    is_lesion = region.structure is Structure.LESION
    sct = cast("Any", codes.SCT)
    category = sct.MorphologicallyAbnormalStructure if is_lesion else sct.AnatomicalStructure
    kind = (
        sct.NeoplasmSecondary
        if is_lesion
        else getattr(sct, TYPES.get(region.structure, "BodyStructure"), sct.Tissue)
    )
    algorithm = AlgorithmIdentificationSequence(
        name="segmentation as given to nelm",
        version=__version__,
        family=cast("Any", codes.DCM).ArtificialIntelligence,
    )
    return SegmentDescription(
        segment_number=number,
        segment_label=region.name[:64],
        segmented_property_category=category,
        segmented_property_type=kind,
        algorithm_type=SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=algorithm,
        tracking_uid=tracking_uid(region, sources) if is_lesion else None,
        tracking_id=region.name if is_lesion else None,
        anatomic_regions=[sct.Liver] if is_lesion else None,
        display_color=_colour(region.structure),
    )


def _colour(structure: Structure) -> Any:
    from highdicom.color import CIELabColor

    return CIELabColor.from_rgb(*COLOURS.get(structure, (200, 200, 200)))
