"""Pixels of a file, decoded and checked against what its header says."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.config import IGNORE
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from nelm.errors import InputError, Problem, shown
from nelm.io.dicom.codestreams import size_of
from nelm.io.dicom.findings import Defect, Finding
from nelm.io.dicom.headers import Header
from nelm.io.dicom.instances import Layout, PixelFormat, Source

CONTAINERS = (8, 16, 32)
GREY = ("MONOCHROME1", "MONOCHROME2")
REMEDY = "Copy the file again from the archive"
Pixels = NDArray[np.integer[Any]]


def decoded(
    source: Source, indices: Sequence[int], shape: tuple[int, int]
) -> tuple[list[Pixels], list[Finding]]:
    """Frames of a file as stored numbers, and what was found while decoding them.

    Parameters
    ----------
    source : The file.
    indices : Of the frames, from 0.
    shape : Rows and columns that the frames have to have.

    Raises
    ------
    InputError
        If the pixels are missing, cut off, in colour, of an unknown compression, or not as the header says.
    """
    _check_format(source)
    dataset, remarks = _read(source.path)
    syntax = _transfer_syntax(dataset, source, remarks)
    data = _pixel_data(dataset, source)
    if not syntax.is_encapsulated:
        _check_length(source, data, shape, remarks)
    else:
        _check_codestreams(source, data, indices, shape)
    frames: list[Pixels] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            decode = cast("Callable[..., tuple[object, object]]", get_decoder(syntax).as_array)
            # Unused bits are looked at below: what pydicom would mask may show that Bits Stored is wrong.
            frames = [
                cast("Pixels", decode(dataset, index=k, raw=True, correct_unused_bits=False)[0])
                for k in indices
            ]
        except Exception as error:  # a decoder of damaged bytes raises anything
            detail = f"{type(error).__name__}: {str(error)[:160]}"
            raise unreadable(source, f"pixels that can be decoded ({detail})") from error
    _refuse_excess_of_run_lengths(source, [str(one.message) for one in caught], shape)
    remarks += [Finding(Defect.DECODER_WARNING, str(one.message)[:160].rstrip(".")) for one in caught]
    remarks = [one for one in remarks if "excess padding" not in one.detail]  # said in our own words
    if any(frame.shape != shape for frame in frames):
        raise unreadable(source, f"images of {shape[0]} x {shape[1]} pixels")
    return [_without_unused_bits(source, frame) for frame in frames], remarks


def unreadable(source: Source, expected: str, remedy: str = REMEDY) -> InputError:
    """The error for a file whose pixels cannot be used."""
    return InputError([Problem(source.path.name, "", expected, remedy)], file=str(source.path))


def _read(path: Path) -> tuple[Dataset, list[Finding]]:
    """The whole file; the caller has read its header before."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            dataset = pydicom.dcmread(path, force=True)
        except Exception as error:  # damaged bytes make pydicom raise anything
            expected = f"a DICOM file that can be read ({type(error).__name__})"
            raise InputError([Problem(path.name, "", expected, REMEDY)], file=str(path)) from error
    details = dict.fromkeys(str(one.message).partition(" in file ")[0] for one in caught)
    return dataset, [Finding(Defect.BROKEN_ENCODING, one[:120].rstrip(".")) for one in details]


def _transfer_syntax(dataset: Dataset, source: Source, remarks: list[Finding]) -> UID:
    """How the pixels are encoded; guessed from the data set only where the file does not say."""
    meta = getattr(dataset, "file_meta", None)
    said = Header(meta).text("TransferSyntaxUID") if meta is not None else None
    if said is not None:
        known = UID(said, validation_mode=IGNORE)
        if not known.is_transfer_syntax or known.is_private:
            remedy = "Convert the file to explicit VR little endian, for example with dcmdjpeg or gdcmconv"
            raise unreadable(source, f"a transfer syntax that is known, found {shown(said)}", remedy)
        return known
    implicit, little = dataset.original_encoding
    remarks.append(Finding(Defect.BROKEN_ENCODING, "TransferSyntaxUID is missing; taken as uncompressed"))
    uncompressed = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    syntax = ImplicitVRLittleEndian if implicit else uncompressed
    if not hasattr(dataset, "file_meta"):
        raise unreadable(source, "file meta information")
    dataset.file_meta.TransferSyntaxUID = syntax
    return syntax


def _pixel_data(dataset: Dataset, source: Source) -> bytes | bytearray:
    """The bytes of the pixels."""
    element = dataset.get_item(Tag("PixelData"))
    value = element.value if element is not None else None
    if not isinstance(value, (bytes, bytearray)) or not value:
        raise unreadable(source, "pixel data, which the file lacks")
    return value


def _check_format(source: Source) -> None:
    """Refuse descriptions of pixels that contradict themselves."""
    pixels = source.pixels
    if pixels.samples not in (1, None) or (pixels.photometric or GREY[1]) not in GREY:
        raise unreadable(source, "grey images, one sample a pixel", "Use the original images of the scanner")
    if pixels.allocated not in CONTAINERS or pixels.stored is None or pixels.signed not in (0, 1):
        raise unreadable(source, "8, 16 or 32 bits allocated, bits stored and a pixel representation")
    if not 0 < pixels.stored <= pixels.allocated:
        raise unreadable(source, "no more bits stored than allocated")
    if pixels.high is not None and pixels.high != pixels.stored - 1:
        raise unreadable(source, f"a high bit of {pixels.stored - 1}, one less than bits stored")
    if source.frame_count < 1:
        raise unreadable(source, "a number of frames of at least one")


def _check_length(
    source: Source, data: bytes | bytearray, shape: tuple[int, int], remarks: list[Finding]
) -> None:
    """Refuse pixel data that is too short, or longer by a row or more."""
    width = (source.pixels.allocated or 16) // 8
    expected = shape[0] * shape[1] * width * source.frame_count
    excess = len(data) - expected
    if excess < 0:
        raise unreadable(source, f"{expected} bytes of pixels, the file is cut off at {len(data)}")
    if excess >= shape[1] * width:
        frames = f" x {source.frame_count} frames" if source.layout is not Layout.SINGLE else ""
        expected_text = f"{expected} bytes of pixels ({shape[0]} x {shape[1]}{frames}), found {len(data)}"
        raise unreadable(source, expected_text)
    if excess > 1:
        detail = f"{excess} bytes after the pixels of a file were left out"
        remarks.append(Finding(Defect.EXCESS_PIXELS, detail))


def _check_codestreams(
    source: Source, data: bytes | bytearray, indices: Sequence[int], shape: tuple[int, int]
) -> None:
    """Refuse compressed images of another size than the header has: decoders only compare the number of pixels."""
    for index in indices:
        try:
            size = size_of(bytes(get_frame(data, index, number_of_frames=source.frame_count)))
        except Exception as error:  # damaged fragments make pydicom raise anything
            raise unreadable(source, f"fragments of pixels that can be told apart ({error})") from error
        if size is not None and size != shape:
            raise unreadable(source, f"images of {shape[0]} x {shape[1]} pixels, found {size[0]} x {size[1]}")


def _refuse_excess_of_run_lengths(source: Source, warned: Sequence[str], shape: tuple[int, int]) -> None:
    """Refuse run-length encoded images that hold a row or more beyond their size; the decoder only warns."""
    for text in warned:
        found = re.search(r"padding - (\d+) vs\. (\d+) bytes", text)
        if found is not None and int(found[1]) - int(found[2]) >= shape[1]:
            raise unreadable(source, f"{found[2]} bytes of run-length encoded pixels, found {found[1]}")


def _without_unused_bits(source: Source, frame: Pixels) -> Pixels:
    """The stored numbers, from the bits that are said to hold them; refused if the others hold something."""
    pixels = source.pixels
    allocated, stored = _bits(pixels)
    if stored == allocated:
        return frame
    top = frame >> stored if pixels.signed == 0 else frame >> (stored - 1)
    if pixels.signed == 0 and not top.any():
        return frame
    if pixels.signed == 1 and bool(((top == 0) | (top == -1)).all()):
        return frame
    if pixels.signed == 1 and bool((frame >> stored == 0).all()):
        # the sign bit was not carried into the unused bits
        return np.left_shift(frame, allocated - stored) >> (allocated - stored)
    raise unreadable(source, f"numbers of {stored} bits; larger ones are stored, so Bits Stored is wrong")


def _bits(pixels: PixelFormat) -> tuple[int, int]:
    """Bits allocated and stored, checked before."""
    return pixels.allocated or 16, pixels.stored or 16
