"""DICOM parametric maps: one floating-point number in every voxel, with its quantity and unit as codes.

Absorbed dose has a code in DICOM (PS3.16, CID 7180 and 7469); time-integrated activity, effective half-life and
biologically effective dose have none, and carry codes of this project. Units are UCUM.
"""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import dataclass
from enum import Enum

import highdicom as hd
import numpy as np
from highdicom.pm import DerivedPixelContrastValues, ImageFlavorValues, ParametricMap, RealWorldValueMapping
from highdicom.sr import CodeContentItem
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian

from nelm import __version__
from nelm.errors import InputError, Problem
from nelm.io.dicom_out.concepts import BED, GRAY, HOUR, private_code
from nelm.io.dicom_out.concepts import EFFECTIVE_HALF_LIFE as HALF_LIFE
from nelm.io.dicom_out.derived import check_right_angles
from nelm.io.dicom_out.sources import MANUFACTURER, MODEL, SERIAL, Sources
from nelm.volume import Grid

MBQ_H_PER_ML = Code("MBq.h/mL", "UCUM", "megabecquerel hour per milliliter")
DOSE_CODE = Code("128513", "DCM", "Absorbed Dose")
TIME_INTEGRATED = private_code("TIA_CONC", "Time-integrated activity concentration")
DERIVATION = Code("121401", "DCM", "Derivation")
STANDARD_DEVIATION = Code("386136009", "SCT", "Standard Deviation")


@dataclass(frozen=True, slots=True)
class MapCodes:
    """A quantity for a map: label (at most 16 characters), name, codes of quantity and unit, and of its derivation."""

    label: str
    name: str
    quantity: Code
    unit: Code
    derivation: Code | None = None


class MapQuantity(Enum):
    """What a map may show."""

    ABSORBED_DOSE = MapCodes("DOSE", "absorbed dose [Gy]", DOSE_CODE, GRAY)
    ABSORBED_DOSE_UNCERTAINTY = MapCodes(
        "DOSE_SD", "standard uncertainty of the absorbed dose [Gy]", DOSE_CODE, GRAY, STANDARD_DEVIATION
    )
    BIOLOGICALLY_EFFECTIVE_DOSE = MapCodes("BED", "biologically effective dose [Gy]", BED, GRAY)
    TIME_INTEGRATED_ACTIVITY = MapCodes(
        "TIA", "time-integrated activity concentration [MBq h/mL]", TIME_INTEGRATED, MBQ_H_PER_ML
    )
    EFFECTIVE_HALF_LIFE = MapCodes("T_EFF", "effective half-life [h]", HALF_LIFE, HOUR)


def parametric_map_object(
    array: NDArray[np.generic],
    grid: Grid,
    quantity: MapQuantity,
    sources: Sources,
    *,
    series_number: int,
    description: str,
) -> ParametricMap:
    """The map, ready to be saved: float32, on its own grid, in the frame of reference of its source images.

    Parameters
    ----------
    array : (z, y, x), in the unit of the quantity; every value finite (0 where there is none).
    grid : Of the array, with right angles between its axes.
    series_number, description : Of the new series.

    Raises
    ------
    InputError : An array that is not finite or not on the grid.
    GeometryError : A grid whose axes are not at right angles.
    """
    values = np.ascontiguousarray(array, dtype=np.float32)
    if values.shape != grid.shape or not np.isfinite(values).all():
        raise InputError(
            [Problem("map", f"shape {values.shape}", f"finite numbers on a grid of {grid.shape}")]
        )
    check_right_angles(grid)
    codes = quantity.value
    first = sources.headers[0]
    volume = hd.Volume(
        values,
        affine=grid.matrix,
        coordinate_system="PATIENT",
        frame_of_reference_uid=first.FrameOfReferenceUID,
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # highdicom warns of odd names of patients, which are not ours to change
        made = ParametricMap(
            source_images=[_placed(header) for header in sources.headers],
            pixel_array=volume,
            series_instance_uid=sources.uid("PMAP", codes.label, description),
            series_number=series_number,
            sop_instance_uid=sources.uid("PMAP", codes.label, description, "instance"),
            instance_number=1,
            manufacturer=MANUFACTURER,
            manufacturer_model_name=MODEL,
            software_versions=__version__,
            device_serial_number=SERIAL,
            contains_recognizable_visual_features=False,
            real_world_value_mappings=[_mapping(codes, values)],
            window_center=float(values.max()) / 2,
            window_width=max(float(values.max()), 1e-6),
            transfer_syntax_uid=ExplicitVRLittleEndian,
            content_label=codes.label,
            content_description=codes.name[:64],
            content_creator_name="nelm^",
            image_flavor=ImageFlavorValues.VOLUME,
            derived_pixel_contrast=DerivedPixelContrastValues.QUANTITY,
            series_description=description[:64],
        )
    if first.get("BodyPartExamined"):
        made.BodyPartExamined = first.BodyPartExamined
    else:
        made.Laterality = ""
    return made


def _placed(header: Dataset) -> Dataset:
    """The header of a source image, with the places of its frames where highdicom looks for them.

    Nuclear medicine keeps position and orientation of its first slice with the detector.
    """
    detectors = header.get("DetectorInformationSequence")
    if "PerFrameFunctionalGroupsSequence" in header or not detectors:
        return header
    first = detectors[0]
    measures, plane, shared = Dataset(), Dataset(), Dataset()
    for keyword in ("PixelSpacing", "SliceThickness", "SpacingBetweenSlices"):
        setattr(measures, keyword, header.get(keyword))
    plane.ImageOrientationPatient = first.ImageOrientationPatient
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = Items([measures]), Items([plane])
    orientation = np.array(first.ImageOrientationPatient, dtype=np.float64)
    step = float(header.SpacingBetweenSlices) * np.cross(orientation[:3], orientation[3:])
    frames: list[Dataset] = []
    for k in range(int(header.NumberOfFrames)):
        frame, place = Dataset(), Dataset()
        place.ImagePositionPatient = (
            np.array(first.ImagePositionPatient, dtype=np.float64) + k * step
        ).tolist()
        frame.PlanePositionSequence = Items([place])
        frames.append(frame)
    placed = copy(header)
    placed.SharedFunctionalGroupsSequence = Items([shared])
    placed.PerFrameFunctionalGroupsSequence = Items(frames)
    return placed


def _mapping(codes: MapCodes, values: NDArray[np.float32]) -> RealWorldValueMapping:
    """The stored numbers are the values; what they are stands in codes."""
    item = RealWorldValueMapping(
        lut_label=codes.label,
        lut_explanation=codes.name[:64],
        unit=codes.unit,
        value_range=(float(values.min()), float(values.max())),
        slope=1.0,
        intercept=0.0,
        quantity_definition=codes.quantity,
    )
    if codes.derivation is not None:
        item.QuantityDefinitionSequence.append(CodeContentItem(name=DERIVATION, value=codes.derivation))
    return item
