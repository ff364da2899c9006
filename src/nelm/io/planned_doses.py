"""Predicted doses of a plan of radioembolisation (nelm.mapping/1), read back to be compared with what came of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from nelm.dosimetry.regions import RegionKind
from nelm.errors import InputError, Problem
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.delivered import PlannedDose

MAPPING_SCHEMA = "nelm.mapping/1"


@dataclass(frozen=True, slots=True)
class PlannedDoses:
    """What a plan predicts.

    Parameters
    ----------
    patient_key : Tells patients apart and names none; None where the images had no identifier.
    by_nuclide : Regions with their dose for 1 GBq.
    """

    patient_key: str | None
    by_nuclide: Mapping[str, tuple[PlannedDose, ...]]


def read_planned(path: Path) -> PlannedDoses:
    """The predictions in a file.

    Raises
    ------
    InputError : No such document, or one with numbers that cannot be doses.
    """
    try:
        document: object = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _not_ours(path, f"no JSON ({error})") from error
    if not isinstance(document, dict):
        raise _not_ours(path, "no document")
    found = cast("dict[str, object]", document)
    if found.get("schema") != MAPPING_SCHEMA:
        raise _not_ours(path, str(found.get("schema"))[:60])
    try:
        predicted = cast("Mapping[str, list[dict[str, object]]]", found["predicted"])
        by_nuclide = {
            nuclide: tuple(one for row in rows if (one := _region(row)) is not None)
            for nuclide, rows in predicted.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _not_ours(path, f"predicted doses that cannot be read ({error})") from error
    key = found.get("patient_key")
    return PlannedDoses(key if isinstance(key, str) else None, by_nuclide)


def _region(row: Mapping[str, object]) -> PlannedDose | None:
    """One region; None where nothing is predicted."""
    dose = cast("Mapping[str, float] | None", row["gy_per_gbq"])
    if dose is None:
        return None
    value, low, high = (float(dose[name]) for name in ("value", "low", "high"))
    if not 0.0 <= low <= value <= high < math.inf:
        raise ValueError(f"{row['name']}: no dose with limits")
    return PlannedDose(str(row["name"]), RegionKind(str(row["kind"])), Estimate(value, low, high))


def _not_ours(path: Path, found: str) -> InputError:
    expected = f"a plan of radioembolisation ({MAPPING_SCHEMA}), as `nelm dose` of a mapping study writes it"
    return InputError([Problem("planned", found, expected, "Give the JSON file of the plan")], file=str(path))
