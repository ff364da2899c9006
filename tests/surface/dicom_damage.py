"""Damaged DICOM folders, each with what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

import numpy as np
from pydicom.dataset import Dataset
from tests.dicom_files import INTERCEPT, OBLIQUE, ct_series, enhanced_ct, raw, set_pixels, spect, write
from tests.surface.dicom_harms import (
    COLUMNS,
    COUNT,
    ROWS,
    SHAPE,
    FileHarm,
    Harm,
    bits_flipped,
    copied,
    cropped_rows,
    cut_off,
    every,
    exchanged,
    headless,
    inner,
    inside,
    jittered,
    last,
    littered,
    long_position,
    lost,
    moved,
    nested,
    numbers_shuffled,
    one,
    other_patient,
    per_slice_slopes,
    pet,
    put,
    relabelled,
    renamed,
    replaced,
    run_length_encoded,
    scout,
    screen_shot,
    second_phase,
    second_study,
    tail_added,
    without_meta,
)


class Outcome(StrEnum):
    """What must come of a damaged folder."""

    REFUSED = "no volume of the whole series: an error, or a part that says it is one"
    REPAIRED = "the whole volume, every voxel in place, and the repair on record"
    HARMLESS = "the whole volume, every voxel in place"
    SHORTER = "a volume without the end slices, every voxel in place, and the loss on record"
    SAFE = "any of these"


@dataclass(frozen=True)
class Damage:
    """One way to be damaged.

    Parameters
    ----------
    outcome : What must come of it.
    harm : Changes the data sets before they are written.
    files : Changes the files that were written.
    base : Makes the intact images.
    says : Word that the error or the repair must hold.
    slack : Largest allowed error of a value, in steps of the field (half a step is rounding).
    intercept : Of the values of the volume.
    """

    outcome: Outcome
    harm: Harm | None = None
    files: FileHarm | None = None
    base: Callable[[], list[Dataset]] = lambda: ct_series(shape=SHAPE)
    says: str = ""
    slack: float = 0.51
    intercept: float = INTERCEPT


SPECT: Callable[[], list[Dataset]] = lambda: [spect(shape=SHAPE)]  # noqa: E731
ENHANCED: Callable[[], list[Dataset]] = lambda: [enhanced_ct(shape=SHAPE)]  # noqa: E731
COMPRESSED: Callable[[], list[Dataset]] = lambda: run_length_encoded(ct_series(shape=SHAPE))  # noqa: E731
TILTED: Callable[[], list[Dataset]] = lambda: ct_series(shape=SHAPE, shift_mm=(0.0, 1.5))  # noqa: E731
R, P, H, S = Outcome.REFUSED, Outcome.REPAIRED, Outcome.HARMLESS, Outcome.SHORTER
ROTATED = [0.984808, 0.173648, 0.0, -0.173648, 0.984808, 0.0]
CORONAL = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0]
FRAME = ("PerFrameFunctionalGroupsSequence", COUNT // 2, "PlanePositionSequence", 0)
SHARED = ("SharedFunctionalGroupsSequence", 0)
DETECTOR = ("DetectorInformationSequence", 0)
J2K, RLE, BIG = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.2"

DAMAGES: dict[str, Damage] = {
    # files
    "pixels cut off": Damage(R, files=cut_off(0.93, 0.99), says="cut off"),
    "all pixels cut off": Damage(R, files=cut_off(0.93, 0.99, of_all=True), says="cut off"),
    "header cut off": Damage(R, files=cut_off(0.15, 0.6)),
    "all headers cut off": Damage(R, files=cut_off(0.15, 0.6, of_all=True)),
    "empty file": Damage(R, files=replaced(b""), says="missing slices"),
    "empty last file": Damage(S, files=replaced(b"", at_end=True)),
    "random file": Damage(R, files=replaced(None), says="missing slices"),
    "random file with magic": Damage(R, files=replaced(b"\0" * 128 + b"DICM" + b"\x08\0\x05\0CS\x0a\0" * 20)),
    "text for a file": Damage(R, files=replaced(b"<html>503</html>" * 20), says="missing slices"),
    "shuffled names": Damage(H, files=renamed),
    "litter": Damage(H, files=littered),
    "nested folders": Damage(H, files=nested),
    "no preamble in one": Damage(P, files=headless(132, of_all=False), says="preamble"),
    "no preamble": Damage(P, files=headless(132, of_all=True), says="preamble"),
    "no file meta": Damage(P, files=without_meta, says="preamble"),
    "half a preamble": Damage(R, files=headless(60, of_all=False), says="missing slices"),
    "bytes at the end": Damage(Outcome.SAFE, files=tail_added(6)),
    "many bytes at the end": Damage(Outcome.SAFE, files=tail_added(400)),
    "flipped bits": Damage(Outcome.SAFE, files=bits_flipped),
    "implicit said, explicit found": Damage(
        P, files=relabelled("1.2.840.10008.1.2", of_all=True), says="explicit"
    ),
    "big endian said": Damage(R, files=relabelled(BIG, of_all=True)),
    "big endian said in one": Damage(R, files=relabelled(BIG, of_all=False)),
    "J2K said": Damage(R, files=relabelled(J2K, of_all=True)),
    "J2K said in one": Damage(R, files=relabelled(J2K, of_all=False)),
    "RLE said": Damage(R, files=relabelled(RLE, of_all=True)),
    "deflated said": Damage(R, files=relabelled("1.2.840.10008.1.2.1.99", of_all=True)),
    "unknown syntax": Damage(R, files=relabelled("1.2.3.4.5", of_all=True)),
    # positions
    "a position missing": Damage(
        P, one("ImagePositionPatient", None, "NaN\\NaN\\NaN", "1\\2"), says="inferred"
    ),
    "an absurd position": Damage(
        P, one("ImagePositionPatient", "1e9\\0\\0", "0\\0\\-99999"), says="inferred"
    ),
    "a position that is words": Damage(
        P, one("ImagePositionPatient", "a\\b\\c", "\\\\", "inf\\0\\0"), says="inferred"
    ),
    "all positions missing": Damage(
        R, every("ImagePositionPatient", None, "1,5\\2,0\\3,0"), says="missing position"
    ),
    "positions and numbers missing": Damage(
        R,
        lambda images, rng: (
            [put(images[4], k, None) for k in ("ImagePositionPatient", "InstanceNumber")] and None
        ),
        says="cannot be inferred",
    ),
    "most positions missing": Damage(
        R, lambda images, rng: [put(made, "ImagePositionPatient", None) for made in images[:7]] and None
    ),
    "over-long positions": Damage(
        P,
        lambda images, rng: [raw(m, "ImagePositionPatient", long_position(m)) for m in images] and None,
        says="16",
    ),
    "position of a neighbour": Damage(
        R,
        lambda images, rng: put(images[3], "ImagePositionPatient", list(images[4].ImagePositionPatient)),
    ),
    "exchanged positions": Damage(R, exchanged("ImagePositionPatient"), says="contradict"),
    "exchanged positions and locations": Damage(
        R, exchanged("ImagePositionPatient", "SliceLocation"), says="contradict"
    ),
    "exchanged numbers": Damage(P, exchanged("InstanceNumber"), says="contradict"),
    "shuffled numbers": Damage(Outcome.SAFE, numbers_shuffled, says="number"),
    "exchanged locations": Damage(P, exchanged("SliceLocation"), says="SliceLocation"),
    "no numbers": Damage(H, every("InstanceNumber", None, "", "x")),
    "equal numbers": Damage(H, every("InstanceNumber", 1)),
    "a slice moved sideways": Damage(R, moved(0, 2.0, -1.0, 0.3), says="sheared"),
    "a slice moved backwards": Damage(R, moved(1, 2.0, -1.0, 0.3), says="sheared"),
    "a slice moved along": Damage(R, moved(2, 0.3, -0.3, 0.45), says="non-uniform"),
    "a slice moved far": Damage(R, moved(2, 200.0, -200.0)),
    "a slice moved a little": Damage(P, moved(2, 0.06, -0.06), says="irregular", slack=0.51 + 0.07 * 256),
    "jitter of one percent": Damage(H, jittered(0.005), slack=0.51 + 0.011 * 256),
    "jitter of eight percent": Damage(R, jittered(0.08), says="non-uniform"),
    # orientation
    "an orientation missing": Damage(
        P, one("ImageOrientationPatient", None, "x", "1\\0\\0"), says="orientation"
    ),
    "an orientation of NaN": Damage(
        P, one("ImageOrientationPatient", "NaN\\0\\0\\0\\1\\0"), says="orientation"
    ),
    "all orientations missing": Damage(
        R, every("ImageOrientationPatient", None, "1\\0\\0"), says="orientation"
    ),
    "an orientation rotated": Damage(
        R, one("ImageOrientationPatient", ROTATED, CORONAL), says="missing slices"
    ),
    "the last orientation rotated": Damage(S, last("ImageOrientationPatient", ROTATED), says="split"),
    "axes not at right angles": Damage(
        R, every("ImageOrientationPatient", [1, 0, 0, 0.2, 0.98, 0]), says="broken"
    ),
    "axes not of unit length": Damage(
        R, every("ImageOrientationPatient", [1.5, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 2, 0])
    ),
    "axes in another plane": Damage(R, every("ImageOrientationPatient", CORONAL, [0, 1, 0, 0, 0, -1])),
    "axes of few digits": Damage(
        P,
        every("ImageOrientationPatient", [0.8, 0.6, 0, 0, 0, -1.001], [0.801, 0.6, 0, 0, 0, -1]),
        base=lambda: ct_series(orientation=OBLIQUE, shape=SHAPE),
        says="inexact",
        slack=0.6,
    ),
    # sizes and spacings
    "rows of one": Damage(R, one("Rows", ROWS - 1, ROWS * 2, 0, None)),
    "rows of all": Damage(R, cropped_rows(-2)),
    "too many rows": Damage(R, cropped_rows(3), says="bytes"),
    "columns of one": Damage(R, one("Columns", COLUMNS - 1, COLUMNS + 1, 0, None)),
    "columns of all": Damage(R, cropped_rows(-3, "Columns")),
    "too many columns": Damage(R, cropped_rows(2, "Columns")),
    "no rows": Damage(R, every("Rows", None, 0), says="Rows"),
    "pixel spacing of one": Damage(R, one("PixelSpacing", [3, 2.1], [6, 4], [2, 3]), says="missing slices"),
    "pixel spacing of one missing": Damage(
        P, one("PixelSpacing", None, "", "0\\0", "NaN\\2"), says="pixel spacing"
    ),
    "no pixel spacing": Damage(
        R, every("PixelSpacing", None, "0\\0", "-3\\-2", "3", "1000\\1000"), says="spacing"
    ),
    "thick slices": Damage(P, every("SliceThickness", 10, 7.5), says="overlapping"),
    "thin slices": Damage(P, every("SliceThickness", 1, 0.5), says="gaps"),
    "absurd thickness": Damage(P, every("SliceThickness", -5, 5000), says="absurd"),
    "no thickness": Damage(H, every("SliceThickness", None, "", 0)),
    "spacing tag": Damage(P, every("SpacingBetweenSlices", 2.5, 50, -10), says="spacing tag"),
    "over-long spacing": Damage(
        P, every("PixelSpacing", "3.00000000000000000\\2.0000000000000000"), says="16"
    ),
    # slices
    "a slice missing": Damage(R, lost(lambda rng: [inner(rng)]), says="missing slices"),
    "slices missing": Damage(R, lost(lambda rng: rng.sample(range(2, COUNT - 2), 3)), says="missing slices"),
    "every other slice": Damage(P, lost(lambda rng: range(1, COUNT, 2)), says="spacing tag"),
    "the first slice missing": Damage(S, lost(lambda rng: range(rng.randrange(1, 3))), says="begin"),
    "a copy": Damage(P, copied(), says="identical"),
    "a copy with another name": Damage(P, copied(new_uid=True), says="identical"),
    "a different copy": Damage(R, copied(other_pixels=True), says="conflicting"),
    "everything twice": Damage(P, copied(all_of_them=True), says="identical"),
    # identity
    "a slice of another series": Damage(R, one("SeriesInstanceUID", "1.2.9"), says="missing slices"),
    "a slice without series": Damage(R, one("SeriesInstanceUID", None, ""), says="missing slices"),
    "no series identifier": Damage(P, every("SeriesInstanceUID", None, ""), says="SeriesInstanceUID"),
    "no study identifier": Damage(P, every("StudyInstanceUID", None, ""), says="StudyInstanceUID"),
    "no study identifier in one": Damage(P, one("StudyInstanceUID", None), says="StudyInstanceUID"),
    "no patient identifier": Damage(P, every("PatientID", None, ""), says="PatientID"),
    "no instance identifier": Damage(P, every("SOPInstanceUID", ""), says="SOPInstanceUID"),
    "slices of another study": Damage(R, other_patient("StudyInstanceUID"), says="missing slices"),
    "slices of another patient": Damage(R, other_patient("PatientID"), says="missing slices"),
    "two studies": Damage(P, second_study, says="split"),
    "two acquisitions": Damage(P, second_phase("AcquisitionNumber", 1, 2), says="acquisition number"),
    "two echoes": Damage(P, second_phase("EchoTime", 2.3, 4.6), says="echo time"),
    "two time points": Damage(P, second_phase("TemporalPositionIdentifier", 1, 2), says="temporal"),
    "two image types": Damage(P, second_phase("ImageType", "O\\P\\WATER", "O\\P\\FAT"), says="image type"),
    "a scout among them": Damage(P, scout, says="split"),
    "a screen shot among them": Damage(H, screen_shot),
    "another frame of reference": Damage(R, one("FrameOfReferenceUID", "1.2.9"), says="missing slices"),
    "no frame of reference": Damage(P, every("FrameOfReferenceUID", None, ""), says="FrameOfReference"),
    "no frame of reference in one": Damage(P, one("FrameOfReferenceUID", None), says="frame of reference"),
    "no patient position": Damage(P, every("PatientPosition", None, ""), says="PatientPosition"),
    "another patient position": Damage(R, one("PatientPosition", "FFS", "HFP"), says="missing slices"),
    "wrong modality": Damage(P, every("Modality", "MR", "US", "", "XX"), says="SOP class"),
    "wrong modality in one": Damage(P, one("Modality", "MR", "OT", ""), says="SOP class"),
    "wrong class in one": Damage(R, one("SOPClassUID", "1.2.840.10008.5.1.4.1.1.4"), says="missing slices"),
    # pixels
    "no pixels": Damage(R, every("PixelData", None), says="pixel data"),
    "no pixels in one": Damage(R, one("PixelData", None), says="pixel data"),
    "bits allocated": Damage(R, every("BitsAllocated", 8, 32, 12, 0, None)),
    "bits allocated in one": Damage(R, one("BitsAllocated", 8, 32, 12, None)),
    "too few bits stored": Damage(R, every("BitsStored", 8, 17, 0, None)),
    "too few bits, matching": Damage(
        R,
        lambda images, rng: (
            [put(m, k, v) for m in images for k, v in (("BitsStored", 8), ("HighBit", 7))] and None
        ),
        says="Bits Stored",
    ),
    "bits stored in one": Damage(R, one("BitsStored", 12, 8)),
    "high bit": Damage(R, every("HighBit", 7, 11), says="high bit"),
    "sign of one": Damage(R, one("PixelRepresentation", 1, None)),
    "no sign": Damage(R, every("PixelRepresentation", None, 2)),
    "three samples": Damage(R, every("SamplesPerPixel", 3)),
    "colours": Damage(R, every("PhotometricInterpretation", "RGB", "PALETTE COLOR"), says="grey"),
    "frames in a single image": Damage(R, every("NumberOfFrames", 3, "abc", 0)),
    # values
    "slope zero": Damage(R, every("RescaleSlope", 0), says="slope"),
    "slope zero in one": Damage(R, one("RescaleSlope", 0)),
    "slope missing in one": Damage(P, one("RescaleSlope", None, "NaN", "x"), says="rescale"),
    "another slope in one": Damage(R, one("RescaleSlope", 2, -1), says="rescale"),
    "another intercept in one": Damage(R, one("RescaleIntercept", 0, -1000), says="rescale"),
    "no slope": Damage(
        P,
        lambda images, rng: (
            [put(m, k, None) for m in images for k in ("RescaleSlope", "RescaleIntercept")] and None
        ),
        says="rescale",
        intercept=0,
    ),
    "wrapped signs": Damage(
        R,
        lambda images, rng: [set_pixels(m, m.pixel_array.astype(np.int64) + 60000) for m in images] and None,
    ),
    # compressed
    "compressed pixels cut off": Damage(R, files=cut_off(0.85, 0.99), base=COMPRESSED),
    "all compressed pixels cut off": Damage(R, files=cut_off(0.85, 0.99, of_all=True), base=COMPRESSED),
    "compressed, said to be plain": Damage(
        R, files=relabelled("1.2.840.10008.1.2.1", old=RLE), base=COMPRESSED
    ),
    "RLE, said to be J2K": Damage(R, files=relabelled(J2K, old=RLE), base=COMPRESSED),
    "rows of compressed images": Damage(R, cropped_rows(-2), base=COMPRESSED),
    # PET
    "slopes of their own": Damage(H, base=per_slice_slopes, slack=1.01, intercept=0),
    "one of them missing": Damage(R, one("RescaleSlope", None), base=per_slice_slopes, says="slope"),
    "one slope zero": Damage(R, one("RescaleSlope", 0), base=per_slice_slopes, says="slope"),
    "units of one": Damage(R, one("Units", "CNTS", None), base=pet, says="Units"),
    "no units": Damage(P, every("Units", None, "", "XYZ"), base=pet, says="units"),
    # nuclear medicine
    "fewer frames said": Damage(R, every("NumberOfFrames", COUNT - 1, 1, "x"), base=SPECT, intercept=0),
    "more frames said": Damage(R, every("NumberOfFrames", COUNT + 2), base=SPECT, intercept=0),
    "slice vector": Damage(
        R, every("SliceVector", list(range(1, COUNT)), [1] * COUNT), base=SPECT, intercept=0
    ),
    "slice vector with a hole": Damage(
        R, every("SliceVector", [1, 2, 3, 4, 6, 7, 8, 9, 10]), base=SPECT, says="missing slices"
    ),
    "no detector": Damage(R, every("DetectorInformationSequence", None), base=SPECT),
    "no position of the detector": Damage(R, inside(DETECTOR, "ImagePositionPatient", None), base=SPECT),
    "no orientation of the detector": Damage(
        R, inside(DETECTOR, "ImageOrientationPatient", "1\\0"), base=SPECT
    ),
    "no spacing of slices": Damage(
        P, every("SpacingBetweenSlices", None, "0", "x"), base=SPECT, says="SliceThickness", intercept=0
    ),
    "pixels of SPECT cut off": Damage(
        R,
        files=lambda f, p, rng: p[0].write_bytes(p[0].read_bytes()[:-200]) and None,
        base=SPECT,
        says="cut off",
    ),
    # enhanced
    "fewer functional groups": Damage(
        R, every("NumberOfFrames", COUNT + 1, COUNT - 1), base=ENHANCED, says="frames"
    ),
    "no functional groups": Damage(R, every("PerFrameFunctionalGroupsSequence", None), base=ENHANCED),
    "a frame without position": Damage(
        P, inside(FRAME, "ImagePositionPatient", None), base=ENHANCED, says="inferred"
    ),
    "a frame moved": Damage(R, inside(FRAME, "ImagePositionPatient", "0\\0\\0"), base=ENHANCED),
    "no shared orientation": Damage(R, inside(SHARED, "PlaneOrientationSequence", None), base=ENHANCED),
    "no shared measures": Damage(
        R, inside(SHARED, "PixelMeasuresSequence", None), base=ENHANCED, says="spacing"
    ),
    # tilt
    "tilted gantry": Damage(P, base=TILTED, says="tilted", slack=np.inf),
    "tilt that the tag denies": Damage(R, every("GantryDetectorTilt", 0, 5), base=TILTED, says="tilt"),
    "sheared MR": Damage(R, base=lambda: ct_series("MR", shape=SHAPE, shift_mm=(0.0, 1.5)), says="sheared"),
    "one slice of a tilted stack": Damage(R, moved(1, 0.5), base=TILTED, says="sheared"),
}


def damaged(folder: Path, damage: Damage, rng: Random) -> None:
    """Write a damaged folder."""
    images = damage.base()
    if damage.harm is not None:
        damage.harm(images, rng)
    paths = write(folder, images)
    if damage.files is not None:
        damage.files(folder, paths, rng)
