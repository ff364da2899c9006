"""The liver: lesions, burden, remnant, function, and disease outside it."""

from __future__ import annotations

import math
from typing import Annotated, Self, cast

from pydantic import BeforeValidator, model_validator

from nelm.case.checks import contradiction, raise_all
from nelm.case.fields import (
    Amount,
    Count,
    Flag,
    Fraction,
    Length,
    Listing,
    Percent,
    Record,
    Segment,
    Text,
    Volume,
)
from nelm.case.vocabulary import (
    Ascites,
    BurdenMethod,
    Encephalopathy,
    ExtrahepaticExtent,
    ExtrahepaticSite,
    Lobes,
    Parenchyma,
    PortalVeinThrombosis,
    Resectable,
)
from nelm.errors import Problem
from nelm.quantities import Interval

LEFT_LATERAL, RIGHT_HEMILIVER = frozenset({2, 3}), frozenset({5, 6, 7, 8})
ROUNDING_MM = 1.0
"""A report rounds the largest diameter to whole millimetres."""


class Lesion(Record):
    """A liver metastasis measured on its own. A lesion without an id is named by its place (``L1``)."""

    id: Text
    segments: Listing[Segment] = ()
    diameter_mm: Length | None = None
    volume_ml: Volume | None = None
    to_major_vessel_mm: Length | None = None
    to_central_bile_duct_mm: Length | None = None
    subcapsular: Flag | None = None


def _named(raw: object) -> object:
    """Lesions, those without an id named by their place."""
    if not isinstance(raw, list | tuple):
        return raw
    return [_with_id(item, place) for place, item in enumerate(cast("list[object]", raw), start=1)]


def _with_id(item: object, place: int) -> object:
    """A lesion with an id; anything else as it is."""
    if not isinstance(item, dict):
        return item
    lesion = cast("dict[str, object]", item)
    return lesion if lesion.get("id") is not None else {**lesion, "id": f"L{place}"}


class Liver(Record):
    """The liver and the metastases in it."""

    lesions: Annotated[Listing[Lesion], BeforeValidator(_named)] = ()
    lesion_count: Count | None = None
    lesion_count_is_minimum: Flag | None = None
    largest_mm: Length | None = None
    lobes: Lobes | None = None
    burden_percent: Percent | None = None
    burden_method: BurdenMethod | None = None
    resectable: Resectable | None = None
    volume_ml: Volume | None = None
    future_liver_remnant_ml: Volume | None = None
    parenchyma: Parenchyma | None = None
    portal_vein_thrombosis: PortalVeinThrombosis | None = None
    bilioenteric_anastomosis: Flag | None = None
    biliary_obstruction: Flag | None = None
    ascites: Ascites | None = None
    encephalopathy: Encephalopathy | None = None
    lung_shunt_fraction: Fraction | None = None
    lung_dose_so_far_gy: Amount | None = None

    @property
    def lesion_count_interval(self) -> Interval | None:
        """How many lesions there are; without an upper end where the report says "at least"."""
        if self.lesion_count is None:
            return None
        high = math.inf if self.lesion_count_is_minimum else self.lesion_count.high
        return Interval(self.lesion_count.low, high)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        raise_all([*_names(self), *_count(self), *_diameters(self), *_volumes(self), *_sides(self)])
        return self


class Extrahepatic(Record):
    """Disease at one site outside the liver."""

    site: ExtrahepaticSite
    resectable: Flag | None = None
    extent: ExtrahepaticExtent | None = None
    symptomatic: Flag | None = None


def _names(liver: Liver) -> list[Problem]:
    """Two lesions of one name."""
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for place, lesion in enumerate(liver.lesions):
        other = first.setdefault(lesion.id, place)
        if other != place:
            problems.append(
                contradiction(f"lesions[{place}].id", lesion.id, f"lesions[{other}].id", "the same name")
            )
    return problems


def _count(liver: Liver) -> list[Problem]:
    """Fewer lesions counted than listed, or none counted although one was measured."""
    count = liver.lesion_count_interval
    if count is None:
        return []
    if count.high < len(liver.lesions):
        return [
            contradiction("lesion_count", liver.lesion_count, "lesions", f"{len(liver.lesions)} are listed")
        ]
    if count.high == 0 and liver.largest_mm is not None and liver.largest_mm.low > 0:
        return [contradiction("lesion_count", liver.lesion_count, "largest_mm", liver.largest_mm)]
    return []


def _diameters(liver: Liver) -> list[Problem]:
    """A lesion larger than the largest."""
    largest = liver.largest_mm
    if largest is None:
        return []
    return [
        contradiction("largest_mm", largest, f"lesions[{place}].diameter_mm", lesion.diameter_mm)
        for place, lesion in enumerate(liver.lesions)
        if lesion.diameter_mm is not None and lesion.diameter_mm.low >= largest.high + ROUNDING_MM
    ]


def _volumes(liver: Liver) -> list[Problem]:
    """A remnant or lesions larger than the liver."""
    if liver.volume_ml is None:
        return []
    problems: list[Problem] = []
    remnant = liver.future_liver_remnant_ml
    if remnant is not None and remnant.low > liver.volume_ml.high:
        problems.append(contradiction("future_liver_remnant_ml", remnant, "volume_ml", liver.volume_ml))
    measured = [lesion.volume_ml.low for lesion in liver.lesions if lesion.volume_ml is not None]
    if sum(measured) > liver.volume_ml.high:
        problems.append(
            contradiction("volume_ml", liver.volume_ml, "lesions", "their volumes add up to more")
        )
    return problems


def _sides(liver: Liver) -> list[Problem]:
    """One lobe, although lesions lie in the left lateral section and in the right hemiliver."""
    segments = {number for lesion in liver.lesions for number in lesion.segments}
    if liver.lobes is Lobes.ONE and segments & LEFT_LATERAL and segments & RIGHT_HEMILIVER:
        listed = ", ".join(str(number) for number in sorted(segments))
        return [contradiction("lobes", "one", "lesions", f"segments {listed}")]
    return []
