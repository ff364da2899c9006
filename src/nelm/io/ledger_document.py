"""The ledger as a document, ``nelm.ledger/1``: its keys, what they may hold, and the way to records and back.

``python -m nelm.io.ledger_document`` prints its JSON Schema, published as ``docs/schema/nelm.ledger-1.json``.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, TypeVar, cast

from pydantic import ConfigDict, Field, ValidationError

from nelm.case.fields import Group, Leaf, Listing, Record, Schema, closest
from nelm.case.reading import problems_of
from nelm.case.schema import DIALECT
from nelm.dosimetry.ledger import NUCLIDES, DoseMapPlace, Ledger, LedgerEntry, LungDose
from nelm.dosimetry.ledger_region import LedgerRegion
from nelm.dosimetry.regions import RegionKind
from nelm.errors import InputError, Problem, problem
from nelm.imaging.registration import RigidTransform

LEDGER_SCHEMA = "nelm.ledger/1"
LONGEST_TEXT = 2000
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2200
Built = TypeVar("Built")


def _number(low: float, high: float, words: str) -> Leaf:
    """The leaf of a number between limits, both included."""

    def read(raw: object) -> float:
        if (
            isinstance(raw, int | float)
            and not isinstance(raw, bool)
            and math.isfinite(raw)
            and low <= raw <= high
        ):
            return float(raw)
        raise problem(raw, words, "Look at the value and at the unit in the name of the key.")

    schema: Schema = {"type": "number", "minimum": low}
    return Leaf(read, schema if math.isinf(high) else {**schema, "maximum": high})


def _word(words: tuple[str, ...]) -> Leaf:
    """The leaf of one of several words."""

    def read(raw: object) -> str:
        if isinstance(raw, str) and raw in words:
            return raw
        hint = closest(raw, words) or "Use one of these words."
        raise problem(raw, f"one of {', '.join(words)}", hint)

    return Leaf(read, {"type": "string", "enum": list(words)})


def _read_text(raw: object) -> str:
    if isinstance(raw, str) and raw.strip() and len(raw) <= LONGEST_TEXT and raw.isprintable():
        return raw
    raise problem(
        raw, f"a text of 1 to {LONGEST_TEXT} printable characters", "Shorten it, or leave the key out."
    )


def _read_time(raw: object) -> datetime:
    expected = "date and time such as 2026-03-02T10:15:00, with a time zone (+01:00) or without"
    if not isinstance(raw, str) or not TIME.fullmatch(raw):
        raise problem(raw, expected, "Write it as text.")
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise problem(raw, expected, "There is no such day or time.") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise problem(raw, f"a year from {FIRST_YEAR} to {LAST_YEAR}", "Correct the year.")
    return found


def _read_count(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= 100:
        return raw
    raise problem(raw, "a whole number from 1 to 100", "Cycles are counted from 1.")


def _read_sds(raw: object) -> dict[str, float]:
    if not isinstance(raw, Mapping):
        raise problem(raw, "causes, each with a relative standard uncertainty", "Write cause: 0.03 pairs.")
    found: dict[str, float] = {}
    for cause, sd in cast("Mapping[object, object]", raw).items():
        try:
            found[_read_text(cause)] = cast("float", RELATIVE.read(sd))
        except InputError as error:
            raise InputError(one.under(str(cause)) for one in error.problems) from None
    return found


def _read_matrix(raw: object) -> tuple[tuple[float, ...], ...]:
    rows = cast("list[object]", raw) if isinstance(raw, list) else []
    items = [cast("list[object]", row) for row in rows if isinstance(row, list)]
    flat = [item for row in items for item in row]
    numbers = [
        item
        for item in flat
        if isinstance(item, int | float) and not isinstance(item, bool) and math.isfinite(item)
    ]
    if [len(row) for row in items] != [4, 4, 4, 4] or len(rows) != 4 or len(numbers) != 16:
        raise problem(raw, "four rows of four numbers", "Rows first, millimetres of patient space.")
    return tuple(tuple(float(item) for item in numbers[start : start + 4]) for start in range(0, 16, 4))


def _read_schema(raw: object) -> str:
    if raw == LEDGER_SCHEMA:
        return LEDGER_SCHEMA
    raise problem(raw, LEDGER_SCHEMA, f"Write schema: {LEDGER_SCHEMA}")


RELATIVE = _number(0, 1e6, "a relative standard uncertainty, 0.03 for 3 %")
Words = Annotated[str, Leaf(_read_text, {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT})]
Time = Annotated[datetime, Leaf(_read_time, {"type": "string", "pattern": f"^{TIME.pattern}$"})]
Count = Annotated[int, Leaf(_read_count, {"type": "integer", "minimum": 1, "maximum": 100})]
Sds = Annotated[
    dict[str, float], Leaf(_read_sds, {"type": "object", "additionalProperties": dict(RELATIVE.schema)})
]
Matrix = Annotated[
    tuple[tuple[float, ...], ...],
    Leaf(_read_matrix, {"type": "array", "minItems": 4, "maxItems": 4, "items": {
        "type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}}}),
]  # fmt: skip
Relative = Annotated[float, RELATIVE]
Correlation = Annotated[float, _number(-1, 1, "a correlation from -1 to 1")]
Amount = Annotated[float, _number(0, math.inf, "a number, zero or more")]
Amplitude = Annotated[float, _number(-1e9, 1e9, "a dose rate [Gy/h]")]
Option = Annotated[str, _word(tuple(NUCLIDES))]
Kind = Annotated[str, _word(tuple(kind.value for kind in RegionKind if kind is not RegionKind.REST))]


class RegionDocument(Record):
    """Dose of one region."""

    name: Words
    kind: Kind
    volume_ml: Amount
    mass_g: Amount
    mean_dose_gy: Amount | None = None
    random_relative_sd: Relative = 0.0
    shared_relative_sds: Group[Sds] = Field(default_factory=dict)
    amplitudes_gy_per_h: Listing[Amplitude] = ()
    rates_per_h: Listing[Amount] = ()
    half_life_relative_sd: Relative = 0.0
    dose_half_life_correlation: Correlation = 0.0
    tracking_uid: Words | None = None
    reason: Words | None = None


class LungDocument(Record):
    """Dose to the lungs."""

    dose_gy: Amount
    relative_sd: Relative
    method: Words


class DoseMapDocument(Record):
    """Where a dose map lies."""

    path: Words
    from_reference: Matrix | None = None
    registration_error_mm: Amount | None = None


class EntryDocument(Record):
    """One administration."""

    course: Words
    cycle: Count
    option: Option
    nuclide: Words
    agent: Words
    at: Time
    activity_mbq: Amount | None = None
    engine: Words
    frame_of_reference_uid: Words | None = None
    regions: Listing[RegionDocument] = ()
    lung: LungDocument | None = None
    dose_map: DoseMapDocument | None = None
    remarks: Listing[Words] = ()


class LedgerDocument(Record):
    """All administrations of one patient."""

    model_config = ConfigDict(defer_build=False)

    schema_version: Annotated[str, Leaf(_read_schema, {"const": LEDGER_SCHEMA})] = Field(alias="schema")
    case: Words | None = None
    reference_frame_uid: Words | None = None
    entries: Listing[EntryDocument] = ()


def ledger_of(document: Mapping[str, object]) -> Ledger:
    """The ledger that a document describes.

    Raises
    ------
    InputError : With every problem found, each with its path.
    """
    try:
        read = LedgerDocument.model_validate(dict(document))
    except ValidationError as error:
        raise InputError(problems_of(error, LedgerDocument)) from None
    found: list[Problem] = []
    entries = [_entry(entry, f"entries[{place}]", found) for place, entry in enumerate(read.entries)]
    if found:
        raise InputError(found)
    return Ledger(tuple(entry for entry in entries if entry is not None), read.case, read.reference_frame_uid)


def document_of(ledger: Ledger) -> dict[str, object]:
    """The document of a ledger; reading it gives an equal ledger."""
    return _known(
        {
            "schema": LEDGER_SCHEMA,
            "case": ledger.case,
            "reference_frame_uid": ledger.reference_frame_uid,
            "entries": [_entry_document(entry) for entry in ledger.entries],
        }
    )


def schema_text() -> str:
    """The JSON Schema as the published file holds it."""
    schema = LedgerDocument.model_json_schema(by_alias=True, mode="validation")
    for group in [schema, *cast("dict[str, Schema]", schema["$defs"]).values()]:
        for key, value in group.get("properties", {}).items():
            value.pop("title", None)
            value.pop("default", None)
            if key not in group.get("required", []) and {"type": "null"} not in value.get("anyOf", []):
                group["properties"][key] = {"anyOf": [value, {"type": "null"}]}
    about = {"$schema": DIALECT, "$id": f"urn:{LEDGER_SCHEMA.replace('/', ':')}", "title": LEDGER_SCHEMA}
    whole = {**about, **{key: value for key, value in schema.items() if key != "title"}}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _entry(read: EntryDocument, place: str, found: list[Problem]) -> LedgerEntry | None:
    """An administration; its problems are added to those found."""
    before = len(found)
    regions = [
        _built(lambda one=one: _region(one), f"{place}.regions[{index}]", found)
        for index, one in enumerate(read.regions)
    ]
    lung = read.lung and _built(
        lambda one=read.lung: LungDose(one.dose_gy, one.relative_sd, one.method), f"{place}.lung", found
    )
    dose_map = read.dose_map and _built(lambda one=read.dose_map: _place(one), f"{place}.dose_map", found)
    if len(found) > before:
        return None
    return _built(
        lambda: LedgerEntry(
            course=read.course,
            cycle=read.cycle,
            option=read.option,
            nuclide=read.nuclide,
            agent=read.agent,
            at=read.at,
            activity_mbq=read.activity_mbq,
            engine=read.engine,
            regions=tuple(region for region in regions if region is not None),
            frame_of_reference_uid=read.frame_of_reference_uid,
            lung=lung,
            dose_map=dose_map,
            remarks=read.remarks,
        ),
        place,
        found,
    )


def _built(build: Callable[[], Built], place: str, found: list[Problem]) -> Built | None:
    """A record, or its problems at their place."""
    try:
        return build()
    except InputError as error:
        found += [one.under(place) for one in error.problems]
        return None


def _region(read: RegionDocument) -> LedgerRegion:
    return LedgerRegion(
        name=read.name,
        kind=RegionKind(read.kind),
        volume_ml=read.volume_ml,
        mass_g=read.mass_g,
        mean_dose_gy=read.mean_dose_gy,
        random_relative_sd=read.random_relative_sd,
        shared_relative_sds=dict(read.shared_relative_sds),
        amplitudes_gy_per_h=read.amplitudes_gy_per_h,
        rates_per_h=read.rates_per_h,
        half_life_relative_sd=read.half_life_relative_sd,
        dose_half_life_correlation=read.dose_half_life_correlation,
        tracking_uid=read.tracking_uid,
        reason=read.reason,
    )


def _place(read: DoseMapDocument) -> DoseMapPlace:
    transform = None if read.from_reference is None else RigidTransform(read.from_reference)
    return DoseMapPlace(read.path, transform, read.registration_error_mm)


def _entry_document(entry: LedgerEntry) -> dict[str, object]:
    return _known(
        {
            "course": entry.course,
            "cycle": entry.cycle,
            "option": entry.option,
            "nuclide": entry.nuclide,
            "agent": entry.agent,
            "at": entry.at.isoformat(),
            "activity_mbq": entry.activity_mbq,
            "engine": entry.engine,
            "frame_of_reference_uid": entry.frame_of_reference_uid,
            "regions": [_region_document(region) for region in entry.regions],
            "lung": entry.lung
            and {
                "dose_gy": entry.lung.dose_gy,
                "relative_sd": entry.lung.relative_sd,
                "method": entry.lung.method,
            },
            "dose_map": entry.dose_map and _map_document(entry.dose_map),
            "remarks": list(entry.remarks),
        }
    )


def _region_document(region: LedgerRegion) -> dict[str, object]:
    return _known(
        {
            "name": region.name,
            "kind": region.kind.value,
            "volume_ml": region.volume_ml,
            "mass_g": region.mass_g,
            "mean_dose_gy": region.mean_dose_gy,
            "random_relative_sd": region.random_relative_sd,
            "shared_relative_sds": dict(sorted(region.shared_relative_sds.items())),
            "amplitudes_gy_per_h": list(region.amplitudes_gy_per_h),
            "rates_per_h": list(region.rates_per_h),
            "half_life_relative_sd": region.half_life_relative_sd,
            "dose_half_life_correlation": region.dose_half_life_correlation,
            "tracking_uid": region.tracking_uid,
            "reason": region.reason,
        }
    )


def _map_document(place: DoseMapPlace) -> dict[str, object]:
    transform = place.from_reference
    return _known(
        {
            "path": place.path,
            "from_reference": None if transform is None else [list(row) for row in transform.matrix],
            "registration_error_mm": place.registration_error_mm,
        }
    )


def _known(document: dict[str, object]) -> dict[str, object]:
    """Without what is not known."""
    return {key: value for key, value in document.items() if value is not None and value not in ([], {})}


if __name__ == "__main__":
    sys.stdout.write(schema_text())
