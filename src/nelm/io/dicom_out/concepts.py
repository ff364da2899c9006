"""Concepts and units of dosimetry as codes; those that no public scheme has under the private designator 99NELM."""

from __future__ import annotations

from pydicom.sr.coding import Code

from nelm.io.dicom.nuclides import known_nuclides

SCHEME = "99NELM"


def private_code(value: str, meaning: str) -> Code:
    """A concept of this project."""
    return Code(value, SCHEME, meaning)


def nuclide_code(name: str) -> Code:
    """The radionuclide, such as Lu-177, by its code in DICOM, or a code of this project where it has none."""
    known = known_nuclides().get(name)
    if known is None:
        symbol, _, mass = name.partition("-")
        return private_code(name, f"^{mass}^{symbol}")
    return known


GRAY = Code("Gy", "UCUM", "Gray")
HOUR = Code("h", "UCUM", "hour")
BED = private_code("BED", "Biologically Effective Dose")
EFFECTIVE_HALF_LIFE = private_code("T_EFF", "Effective half-life")
