"""The size of an image as its compressed codestream has it: JPEG, JPEG-LS and JPEG 2000."""

from __future__ import annotations

import struct

J2K_SIZE = b"\xff\x4f\xff\x51"
"""Start of codestream and image size markers of JPEG 2000."""
JPEG_START = b"\xff\xd8"
NO_FRAME = frozenset((0xC4, 0xC8, 0xCC))
"""Markers among those of frames that begin none: tables and reserved."""
JPEG_LS_FRAME = 0xF7


def size_of(codestream: bytes) -> tuple[int, int] | None:
    """Rows and columns of a compressed image; None where it is no such codestream or cut off.

    Source: ISO/IEC 15444-1 A.5.1 (JPEG 2000), ITU-T T.81 B.2.2 (JPEG), ITU-T T.87 C.2.2 (JPEG-LS).
    """
    if codestream.startswith(JPEG_START):
        return _jpeg_size(codestream)
    at = codestream.find(J2K_SIZE)
    if at < 0 or len(codestream) < at + 24:
        return None
    right, bottom, left, top = struct.unpack_from(">4I", codestream, at + 8)
    return bottom - top, right - left


def _jpeg_size(codestream: bytes) -> tuple[int, int] | None:
    """Rows and columns of the frame header of a JPEG."""
    at = len(JPEG_START)
    while at + 9 <= len(codestream) and codestream[at] == 0xFF:
        marker = codestream[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == JPEG_LS_FRAME or (0xC0 <= marker <= 0xCF and marker not in NO_FRAME):
            rows, columns = struct.unpack_from(">2H", codestream, at + 5)
            return rows, columns
        at += 2 + struct.unpack_from(">H", codestream, at + 2)[0]
    return None
