"""Reading values of a DICOM header without trusting them.

The raw bytes are read here, not the converted values of pydicom: a value that breaks its rules is then a
recorded finding and never a warning or an error from the middle of a library.
"""

from __future__ import annotations

import math
import re
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from nelm.io.dicom.findings import Defect, Finding

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
LONGEST_DECIMAL = 16
BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "US or SS": "H"}
"""Struct codes of the binary value representations."""


@dataclass(frozen=True, slots=True)
class Header:
    """A data set, or an item of a sequence, and what was found wrong while reading values from it.

    Parameters
    ----------
    dataset : Of pydicom, not converted.
    findings : Grows while values are read; items of sequences share it.
    """

    dataset: Dataset
    findings: list[Finding] = field(default_factory=list)

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Values of a text element, padding removed; empty when there is none."""
        raw = self._raw(keyword)
        if raw is None:
            return ()
        parts = [part.strip(" \0\t\r\n") for part in raw] if isinstance(raw, list) else _parts(raw)
        return tuple(parts) if any(parts) else ()

    def text(self, keyword: str) -> str | None:
        """The first value of a text element; None when it is absent or empty."""
        found = self.texts(keyword)
        return found[0] or None if found else None

    def described(self, keyword: str) -> str:
        """A text for people, in the character set of the file; empty when there is none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a broken character set costs a letter, nothing else
                value = self.dataset.get(keyword)
        except Exception:  # any error of the decoding of a label; the label is not used for measuring
            return self.text(keyword) or ""
        return str(value).strip(" \0") if value is not None else ""

    def numbers(self, keyword: str, count: int) -> tuple[float, ...] | None:
        """`count` finite numbers of a decimal or binary element; None, with a finding, when they are not."""
        found = self._numbers(keyword)
        if found is None:
            return None
        if len(found) != count or not all(math.isfinite(number) for number in found):
            self._broken(keyword)
            return None
        return found

    def number(self, keyword: str) -> float | None:
        """One finite number; None when it is absent or broken."""
        found = self.numbers(keyword, 1)
        return None if found is None else found[0]

    def whole(self, keyword: str) -> int | None:
        """One whole number; None when it is absent or broken."""
        found = self.number(keyword)
        if found is None:
            return None
        if found != int(found):
            self._broken(keyword)
            return None
        return int(found)

    def wholes(self, keyword: str) -> tuple[int, ...] | None:
        """All values of an element of whole numbers, as the vectors of nuclear medicine are."""
        found = self._numbers(keyword)
        if found is None or not all(math.isfinite(number) for number in found):
            return None
        return tuple(int(number) for number in found)

    def items(self, keyword: str) -> tuple[Header, ...]:
        """Items of a sequence; none when it is absent or broken."""
        tag = Tag(keyword)
        if tag not in self.dataset:
            return ()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = self.dataset[tag].value
        except Exception:  # damaged bytes make pydicom raise anything; the finding says so
            self._broken(keyword)
            return ()
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
            return ()
        return tuple(Header(item, self.findings) for item in value if isinstance(item, Dataset))

    def item(self, keyword: str) -> Header | None:
        """The first item of a sequence."""
        found = self.items(keyword)
        return found[0] if found else None

    def private(self, group: int, element: int, creator: str) -> str | None:
        """Text of a private element: the block is the one that `creator` (in part, any case) reserved."""
        for block in range(0x10, 0x100):
            name = self._text_at(Tag(group, block))
            if name is not None and creator.lower() in name.lower():
                return self._text_at(Tag(group, (block << 8) + element))
        return None

    def __contains__(self, keyword: str) -> bool:
        return Tag(keyword) in self.dataset

    def _numbers(self, keyword: str) -> tuple[float, ...] | None:
        """Numbers of an element, those that are no numbers as NaN; None when it is absent or empty."""
        element = self._element(Tag(keyword))
        if element is None:
            return None
        if not isinstance(element, RawDataElement):
            value = element.value
            values = list(value) if isinstance(value, (list, tuple, MultiValue)) else [value]
            return tuple(_number(str(one)) for one in values) if value not in (None, "") else None
        representation = _representation(element)
        if representation in BINARY:
            return _unpacked(element, BINARY[representation])
        parts = _parts(_bytes(element).decode("latin-1"))
        if not any(parts):
            return None
        if max(len(part) for part in parts) > LONGEST_DECIMAL:
            detail = f"{keyword} has more than {LONGEST_DECIMAL} characters and was read as it stands"
            self.findings.append(Finding(Defect.LONG_NUMBER, detail))
        return tuple(_number(part) for part in parts)

    def _element(self, tag: BaseTag) -> RawDataElement | DataElement | None:
        """An element as the file has it; None, with a finding, where pydicom cannot give it."""
        try:
            return self.dataset.get_item(tag)
        except Exception as error:  # a value representation that does not exist, a length beyond the file
            self.findings.append(
                Finding(Defect.BROKEN_ENCODING, f"{tag} is damaged ({type(error).__name__})")
            )
            return None

    def _text_at(self, tag: BaseTag) -> str | None:
        """The first value of any element as text, private ones too."""
        element = self._element(tag)
        if element is None:
            return None
        raw = isinstance(element, RawDataElement)
        value = _bytes(element).decode("latin-1") if raw else str(element.value)
        return _parts(value)[0] or None

    def _raw(self, keyword: str) -> str | list[str] | None:
        """The undecoded text of an element, or the list of its values."""
        element = self._element(Tag(keyword))
        if element is None:
            return None
        if isinstance(element, RawDataElement):
            return _bytes(element).decode("latin-1")
        value = element.value
        if isinstance(value, (list, tuple, MultiValue)):
            return [str(one) for one in value]
        return None if value is None else str(value)

    def _broken(self, keyword: str) -> None:
        """Remember that an element could not be understood."""
        self.findings.append(Finding(Defect.BROKEN_NUMBER, f"{keyword} cannot be understood"))


def read_header(path: Path, *, tags: Sequence[int] | None = None) -> Header:
    """The header of a DICOM file, the pixels left out.

    Parameters
    ----------
    path : A file; one without preamble is read too.
    tags : Elements to keep; all of them by default.

    Raises
    ------
    InvalidDicomError
        Whatever made the file unreadable, in words (the caller knows whether it matters).
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            dataset = pydicom.dcmread(
                path, stop_before_pixels=True, force=True, specific_tags=list(tags) if tags else None
            )
        except Exception as error:  # damaged bytes make pydicom raise anything
            raise InvalidDicomError(f"{type(error).__name__} while reading the header") from error
    details = dict.fromkeys(str(one.message).partition(" in file ")[0] for one in caught)
    findings = [Finding(Defect.BROKEN_ENCODING, one[:120].rstrip(".")) for one in details]
    return Header(dataset, findings)


def _parts(text: str) -> list[str]:
    """Values of a text element, padding removed."""
    return [part.strip(" \0\t\r\n") for part in text.split("\\")]


def _number(text: str) -> float:
    """A decimal number; NaN when the text is none."""
    return float(text) if NUMBER.fullmatch(text.strip()) else math.nan


def _bytes(element: RawDataElement) -> bytes:
    """The value of an element that was not converted."""
    return element.value if isinstance(element.value, bytes) else b""


def _representation(element: RawDataElement) -> str:
    """The value representation: of the file, or of the dictionary where the file does not say."""
    if element.VR not in (None, "UN"):
        return str(element.VR)
    try:
        return dictionary_VR(element.tag)
    except KeyError:
        return "LO"


def _unpacked(element: RawDataElement, code: str) -> tuple[float, ...] | None:
    """Numbers of a binary element; NaN when its length is wrong, None when it is empty."""
    value = _bytes(element)
    size = struct.calcsize(code)
    if not value:
        return None
    if len(value) % size:
        return (math.nan,)
    order = "<" if element.is_little_endian else ">"
    return tuple(float(number) for number in struct.unpack(f"{order}{len(value) // size}{code}", value))
