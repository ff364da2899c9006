"""Radionuclides by one name, such as Lu-177, from the many ways in which headers write them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from nelm.io.dicom.headers import Header

CODES = ("CID18", "CID4020")
"""Context groups of DICOM PS3.16: isotopes in radiopharmaceuticals, and PET radionuclides."""
WITHOUT_CODE = ("Ac-225", "At-211", "Bi-213", "Pb-212", "Ra-224", "Tb-149", "Tb-155", "Tb-161", "Th-227")
"""Used in therapy and in neither context group."""
SYMBOLS = {
    "actinium": "Ac", "arsenic": "As", "astatine": "At", "barium": "Ba", "bismuth": "Bi", "bromine": "Br",
    "carbon": "C", "chromium": "Cr", "cobalt": "Co", "copper": "Cu", "fluorine": "F", "gadolinium": "Gd",
    "gallium": "Ga", "germanium": "Ge", "gold": "Au", "holmium": "Ho", "indium": "In", "iodine": "I",
    "iridium": "Ir", "iron": "Fe", "krypton": "Kr", "lead": "Pb", "lutetium": "Lu", "manganese": "Mn",
    "niobium": "Nb", "nitrogen": "N", "oxygen": "O", "phosphorus": "P", "potassium": "K", "radium": "Ra",
    "rhenium": "Re", "rubidium": "Rb", "ruthenium": "Ru", "samarium": "Sm", "scandium": "Sc",
    "selenium": "Se", "sodium": "Na", "strontium": "Sr", "tantalum": "Ta", "technetium": "Tc",
    "terbium": "Tb", "thallium": "Tl", "thorium": "Th", "titanium": "Ti", "xenon": "Xe", "ytterbium": "Yb",
    "yttrium": "Y", "zinc": "Zn", "zirconium": "Zr",
}  # fmt: skip
MASS = r"\^?[\[(]?(?P<mass>\d{1,3}m?)[\])]?\^?"
ELEMENT = rf"(?P<element>{'|'.join(sorted([*SYMBOLS, *SYMBOLS.values()], key=len, reverse=True))})"
FORMS = (
    re.compile(rf"(?<![0-9a-z]){MASS}[\s-]?{ELEMENT}(?![a-z])", re.IGNORECASE),
    re.compile(rf"(?<![a-z]){ELEMENT}[\s-]?{MASS}(?![0-9a-z])", re.IGNORECASE),
)


def nuclide_of(text: str | None) -> str | None:
    """The radionuclide that a text names, as symbol and mass number; None for none, and for two different ones.

    Reads the meaning of a code (``^177^Lutetium``), a short name (``Lu-177``, ``177Lu``, ``LU177``) and the name of a
    radiopharmaceutical (``177Lu-DOTATATE``, ``Technetium Tc^99m^ aggregated albumin``). Only nuclides that are used
    in patients are known, so that a batch number is not taken for one.

    Examples
    --------
    >>> nuclide_of("^177^Lutetium"), nuclide_of("99mTc-MAA"), nuclide_of("PSMA-617")
    ('Lu-177', 'Tc-99m', None)
    """
    found = {
        name
        for form in FORMS
        for match in form.finditer(text or "")
        if (name := _name(match["element"], match["mass"])) in known_nuclides()
    }
    return found.pop() if len(found) == 1 else None


def nuclide_of_code(item: Header | None) -> str | None:
    """The radionuclide of a coded entry: by its meaning, else by its code, the older SNOMED codes included."""
    if item is None:
        return None
    named = nuclide_of(item.text("CodeMeaning")) or nuclide_of(item.text("CodeValue"))
    value, scheme = item.text("CodeValue"), item.text("CodingSchemeDesignator")
    if named is not None or value is None or scheme is None:
        return named
    written = Code(value, "SRT" if scheme == "SNM3" else scheme, "")
    return next((name for name, code in known_nuclides().items() if code and code == written), None)


@cache
def known_nuclides() -> dict[str, Code | None]:
    """Every nuclide that is known, with its code in the context groups of DICOM; None where it has none."""
    found: dict[str, Code | None] = dict.fromkeys(WITHOUT_CODE)
    for group in CODES:
        entries = cast("Any", getattr(codes, group))
        for keyword in entries.dir():
            code = cast("Code", getattr(entries, keyword))
            mass, element = re.fullmatch(r"\^(\d+m?)\^(\w+)", code.meaning).groups()  # type: ignore[union-attr]
            found[_name(element, mass)] = code
    return found


def _name(element: str, mass: str) -> str:
    """Symbol and mass number."""
    symbol = SYMBOLS.get(element.lower(), element.capitalize())
    return f"{symbol}-{mass.lower()}"
