"""One canonical unit per quantity, and how the other accepted units become it.

Codes are UCUM. Usual spellings (``x10^9/L``, ``µmol/l``, ``mg/24h``, ``IU/L``) are understood as well; a unit
that is not listed for a test is refused, never guessed. Some tests are reported on scales that no factor
joins: chromogranin A differs by assay, two factors circulate for insulin, gastrin and proinsulin are
mixtures of molecules, and a filtration rate per 1.73 m² needs the body surface. Such a value stays on its own
scale and is never compared with a limit on another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nelm.errors import problem
from nelm.quantities.domain import Domain


@dataclass(frozen=True, slots=True)
class Scale:
    """A conversion: canonical value = entered value x `factor` + `offset`."""

    factor: float = 1.0
    offset: float = 0.0

    def canonical(self, value: float) -> float:
        """The value in the canonical unit."""
        return value * self.factor + self.offset


SAME = Scale()
"""No conversion."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a document gave it, resolved.

    Parameters
    ----------
    code : Canonical unit (UCUM) in which the values are held.
    as_written : The unit as entered; empty for a pure number.
    scale : Conversion from the unit as entered to `code`.
    """

    code: str
    as_written: str
    scale: Scale = SAME

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Quantity:
    """The scales on which a quantity is reported.

    Parameters
    ----------
    scales : For every canonical unit the accepted units with their factor. The first is *the* canonical
        unit; values on the others are kept and never compared with it.
    low, high : Possible values on the first scale; outside is a slip of the pen or of the unit.
    """

    scales: Mapping[str, Mapping[str, float]]
    low: float = 0.0
    high: float = 1e9


CELLS = {"10*9/L": {"10*9/L": 1, "10*3/uL": 1, "10*3/mm3": 1, "G/L": 1, "Gpt/L": 1, "/nL": 1, "K/uL": 1,
                    "10*6/L": 1e-3, "/uL": 1e-3, "/mm3": 1e-3}}  # fmt: skip
ENZYME = {"U/L": {"U/L": 1, "[IU]/L": 1, "ukat/L": 60}}
MICROGRAMS = {"ug/L": {"ug/L": 1, "ng/mL": 1}}
NANOGRAMS = {"ng/L": {"ng/L": 1, "pg/mL": 1}}
PICOMOLES = {"pmol/L": {"pmol/L": 1, "nmol/L": 1e3}}
IONS = {"mmol/L": {"mmol/L": 1, "meq/L": 1}}

LAB_QUANTITIES: MappingProxyType[str, Quantity] = MappingProxyType({
    "bilirubin": Quantity({"umol/L": {"umol/L": 1, "mg/dL": 17.1, "mg/L": 1.71}}, 0, 2000),
    "albumin": Quantity({"g/L": {"g/L": 1, "g/dL": 10}}, 5, 100),
    "inr": Quantity({"1": {"1": 1, "{INR}": 1, "INR": 1}}, 0.1, 50),
    "creatinine": Quantity({"umol/L": {"umol/L": 1, "mg/dL": 88.4, "mg/L": 8.84, "mmol/L": 1e3}}, 5, 5000),
    "platelets": Quantity(CELLS, 0, 10000),
    "haemoglobin": Quantity({"g/L": {"g/L": 1, "g/dL": 10, "mmol/L": 16.11}}, 10, 300),
    "neutrophils": Quantity(CELLS, 0, 1000),
    "leukocytes": Quantity(CELLS, 0, 1000),
    "lymphocytes": Quantity(CELLS, 0, 1000),
    "alp": Quantity(ENZYME, 0, 1e5),
    "ast": Quantity(ENZYME, 0, 1e5),
    "alt": Quantity(ENZYME, 0, 1e5),
    "sodium": Quantity(IONS, 80, 220),
    "potassium": Quantity({"mmol/L": {"mmol/L": 1, "meq/L": 1}}, 0.5, 15),
    "glucose": Quantity({"mmol/L": {"mmol/L": 1, "mg/dL": 1 / 18.016}}, 0, 150),
    "hiaa_urine_24h": Quantity({"umol/(24.h)": {"umol/(24.h)": 1, "umol/d": 1, "mg/(24.h)": 5.23,
                                                "mg/d": 5.23}}, 0, 1e5),
    "hiaa_plasma": Quantity({"nmol/L": {"nmol/L": 1, "ng/mL": 5.23, "ug/L": 5.23}}, 0, 1e6),
    "chromogranin_a": Quantity({**MICROGRAMS, "nmol/L": {"nmol/L": 1, "pmol/L": 1e-3}, "U/L": {"U/L": 1}}),
    "nse": Quantity(MICROGRAMS),
    "nt_probnp": Quantity({"ng/L": {"ng/L": 1, "pg/mL": 1, "pmol/L": 1 / 0.118}}),
    "gastrin": Quantity({**NANOGRAMS, "pmol/L": {"pmol/L": 1}}),
    "insulin": Quantity({"m[IU]/L": {"m[IU]/L": 1, "u[IU]/mL": 1, "mU/L": 1, "uU/mL": 1}, **PICOMOLES}),
    "c_peptide": Quantity({"nmol/L": {"nmol/L": 1, "pmol/L": 1e-3, "ng/mL": 0.331, "ug/L": 0.331}}, 0, 1000),
    "proinsulin": Quantity({**PICOMOLES, **NANOGRAMS}),
    "glucagon": Quantity({"pmol/L": {"pmol/L": 1, "ng/L": 1 / 3.483, "pg/mL": 1 / 3.483}}),
    "vip": Quantity({"pmol/L": {"pmol/L": 1, "ng/L": 1 / 3.326, "pg/mL": 1 / 3.326}}),
    "cortisol": Quantity({"nmol/L": {"nmol/L": 1, "ug/dL": 27.59, "ug/L": 2.759, "ng/mL": 2.759}}, 0, 1e5),
    "acth": Quantity({"pmol/L": {"pmol/L": 1, "ng/L": 0.2202, "pg/mL": 0.2202}}, 0, 1e5),
    "calcium": Quantity({"mmol/L": {"mmol/L": 1, "mg/dL": 0.2495, "meq/L": 0.5}}, 0.2, 10),
    "ggt": Quantity(ENZYME, 0, 1e5),
    "hba1c": Quantity({"mmol/mol": {"mmol/mol": 1, "%": 10.93}}, 5, 250),
    "ldh": Quantity(ENZYME, 0, 1e6),
    "gfr_measured": Quantity({"mL/min": {"mL/min": 1, "mL/s": 60},
                              "mL/min/{1.73_m2}": {"mL/min/{1.73_m2}": 1}}, 0, 300),
    "protein_urine_24h": Quantity({"g/(24.h)": {"g/(24.h)": 1, "g/d": 1, "mg/(24.h)": 1e-3, "mg/d": 1e-3}}, 0, 100),
})  # fmt: skip
"""Every laboratory test of the case document (vocabulary F)."""

OFFSETS = {("hba1c", "%"): -23.5}
"""Conversions that are not a plain factor: HbA1c [mmol/mol] = 10.93 x NGSP % - 23.5."""

PURE_NUMBERS = frozenset({"inr"})
"""Tests whose value has no unit."""

LAB_UNITS: MappingProxyType[str, str] = MappingProxyType(
    {test: next(iter(quantity.scales)) for test, quantity in LAB_QUANTITIES.items()}
)
"""The canonical unit of every test."""

OTHER_QUANTITIES: MappingProxyType[str, Quantity] = MappingProxyType({
    "activity": Quantity({"GBq": {"GBq": 1, "MBq": 1e-3, "mCi": 0.037, "Ci": 37}}),
    "absorbed_dose": Quantity({"Gy": {"Gy": 1, "mGy": 1e-3, "cGy": 1e-2}}),
    "diameter": Quantity({"mm": {"mm": 1, "cm": 10}}),
    "volume": Quantity({"mL": {"mL": 1, "cm3": 1, "L": 1e3}}),
    "height": Quantity({"cm": {"cm": 1, "m": 100, "mm": 0.1}}),
    "weight": Quantity({"kg": {"kg": 1, "g": 1e-3}}),
})  # fmt: skip
"""The other quantities of the case document whose sources come in several units."""


def accepted_units(quantity: str) -> tuple[str, ...]:
    """The UCUM codes in which a test or quantity may be given, the canonical one first."""
    return tuple(code for scale in _quantity(quantity).scales.values() for code in scale)


def canonical_unit(quantity: str) -> str:
    """The unit in which a test or quantity is held and compared."""
    return next(iter(_quantity(quantity).scales))


def resolve_unit(quantity: str, written: str) -> Unit:
    """The unit that a document means for a test or quantity.

    Raises
    ------
    InputError : The unit is not accepted for it; the problem lists those that are.

    Example
    -------
    >>> resolve_unit("platelets", "x10^9/l").code
    '10*9/L'
    """
    sought = _spelling(written)
    for code, scale in _quantity(quantity).scales.items():
        for accepted, factor in scale.items():
            if _spelling(accepted) == sought:
                return Unit(code, written, Scale(float(factor), OFFSETS.get((quantity, accepted), 0.0)))
    accepted = accepted_units(quantity)
    remedy = f'Convert the value to "{accepted[0]}".'
    raise problem(written, f"a unit of {quantity}: {', '.join(accepted)}", remedy)


def to_canonical(quantity: str, value: float, unit: str) -> tuple[float, str]:
    """A value in its canonical unit, and that unit.

    Example
    -------
    >>> to_canonical("activity", 20.0, "mCi")
    (0.74, 'GBq')
    """
    resolved = resolve_unit(quantity, unit)
    return resolved.scale.canonical(value), resolved.code


def unit_domain(test: str, unit: Unit) -> Domain:
    """The possible values of a test on the scale of `unit`."""
    quantity = _quantity(test)
    if unit.code != canonical_unit(test):
        return Domain(0.0, 1e9, unit=unit.code)
    return Domain(float(quantity.low), float(quantity.high), unit="" if unit.code == "1" else unit.code)


def _quantity(name: str) -> Quantity:
    """The quantity of that name."""
    found = LAB_QUANTITIES.get(name) or OTHER_QUANTITIES.get(name)
    if found is None:
        raise problem(name, "a laboratory test or quantity with known units")
    return found


def _spelling(written: str) -> str:
    """A unit reduced to what tells it from another: case, brackets, spaces and fashions of writing removed."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "^" + unicodedata.normalize("NFKC", found[0]), written)
    text = unicodedata.normalize("NFKC", text).lower().replace("μ", "u").replace("mcg", "ug").replace(" ", "")
    text = re.sub(r"^[x×*.]?10[*^e(]{0,2}([369])\)?/", r"10*\1/", text)
    text = re.sub(r"/\(?24\.?h(ours|rs|r)?\)?$|/day$", "/d", text)
    text = text.replace("[iu]", "u").replace("iu/", "u/").replace("ui/", "u/")
    return re.sub(r"[{}_()\[\]^*]", "", text)
