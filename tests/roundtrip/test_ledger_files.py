"""The ledger as a file: exact both ways, strict in, and nothing lost on the way out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.ledgers import both_therapies

from nelm.case.paths import path_text
from nelm.dosimetry.ledger import DoseMapPlace, Ledger
from nelm.errors import InputError
from nelm.imaging.registration import RigidTransform
from nelm.io.case_files import read_case
from nelm.io.case_merge import merged_case, write_merged
from nelm.io.ledger_document import document_of, ledger_of, schema_text
from nelm.io.ledger_files import ledger_text, lung_facts, read_ledger, write_ledger

TURN = RigidTransform(
    ((0.0, -1.0, 0.0, 5.1), (1.0, 0.0, 0.0, 1 / 3), (0.0, 0.0, 1.0, -7.0), (0.0, 0.0, 0.0, 1.0))
)
FREE_TEXTS = {"name", "agent", "course", "engine", "frame_of_reference_uid", "case", "reference_frame_uid",
              "tracking_uid", "reason", "method", "remarks", "path"}  # fmt: skip


def whole() -> Ledger:
    """A ledger with every key that the format has."""
    ledger = both_therapies()
    first = replace(
        ledger.entries[0],
        frame_of_reference_uid="1.2.840.9",
        dose_map=DoseMapPlace("dose/cycle1.dcm", TURN, 3.2),
        remarks=("an image was cut",),
        regions=tuple(
            replace(one, half_life_relative_sd=0.04, dose_half_life_correlation=0.3)
            for one in ledger.entries[0].regions
        ),
    )
    second = ledger.entries[1].regions[0]
    unknown = replace(second, name="spleen", mean_dose_gy=None, amplitudes_gy_per_h=(), rates_per_h=(),
                      kind=type(second.kind).SPLEEN, reason="cut by the field of view", tracking_uid=None)  # fmt: skip
    other = replace(ledger.entries[1], regions=(*ledger.entries[1].regions, unknown))
    return Ledger((first, other, *ledger.entries[2:]), "demo-001", "1.2.840.9")


def places(node: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield way, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in pairs:
        yield from places(below, (*way, step))


def changed(way: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(document_of(whole()))
    holder: Any = document
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return document


def wrong(way: tuple[str | int, ...], found: object) -> list[object]:
    """Values that cannot stand at a place."""
    name = next((step for step in reversed(way) if isinstance(step, str)), "")
    if isinstance(found, dict):
        return [17, "text"] if "shared_relative_sds" in way else [17, "text", {**found, "mean_dose_mgy": 1}]
    if isinstance(found, list):
        return [17, "text", {"a": 1}]
    if isinstance(found, bool | int | float):
        return [True, "12", -1e12, [1], {"a": 1}]
    return [17, "", "a\nb", [found]] + ([] if name in FREE_TEXTS else ["zzzz"])


MALFORMED = [
    (way, value) for way, found in places(document_of(whole())) if way for value in wrong(way, found)
]


def test_every_malformed_document_is_refused_with_its_path() -> None:
    assert len(MALFORMED) > 100
    for way, value in MALFORMED:
        place = path_text(way)
        try:
            ledger_of(changed(way, value))
        except InputError as error:
            said = [one.path for one in error.problems]
            assert all(one.path and one.expected for one in error.problems), place
            assert any(place.startswith(path) or path.startswith(place) for path in said), (place, said)
        else:
            pytest.fail(f"{place} took {value!r}")


@pytest.mark.parametrize(
    ("way", "value", "path"),
    [
        (("entries", 0, "activity_mbq"), 7.4, "entries[0].activity_mbq"),
        (("entries", 0, "activity_mbq"), 7.4e9, "entries[0].activity_mbq"),
        (("entries", 0, "regions", 0, "mean_dose_gy"), 3400.0, "entries[0].regions[0].mean_dose_gy"),
        (("entries", 0, "regions", 0, "mass_g"), 0.3, "entries[0].regions[0].mass_g"),
        (("entries", 0, "regions", 0, "volume_ml"), 0.288, "entries[0].regions[0].mass_g"),
        (("entries", 0, "regions", 0, "rates_per_h", 0), 0.0133 / 3600, "entries[0].regions[0].mean_dose_gy"),
        (("entries", 2, "lung", "dose_gy"), 6000.0, "entries[2].lung.dose_gy"),
        (("entries", 0, "nuclide"), "Y-90", "entries[0].nuclide"),
        (("entries", 0, "at"), "2025-02-30T10:00", "entries[0].at"),
        (("entries", 0, "at"), "06.01.2025", "entries[0].at"),
        (("entries", 0, "at"), "2025-01-06T10:30:00+01:00", "entries"),
        (("entries", 0, "cycle"), 2, "entries"),
        (("entries", 0, "dose_map", "path"), "/etc/dose.dcm", "entries[0].dose_map.path"),
        (("entries", 0, "dose_map", "from_reference", 0, 0), 2.0, "entries[0].dose_map.from_reference"),
        (("entries", 1, "regions", 1, "name"), "L1", "entries[1].regions"),
        (("entries", 0, "mean_dose_mgy"), 3, "entries[0].mean_dose_mgy"),
        (("schema",), "nelm.ledger/2", "schema"),
    ],
)
def test_another_unit_or_a_contradiction_is_refused_at_its_place(
    way: tuple[str | int, ...], value: object, path: str
) -> None:
    with pytest.raises(InputError) as caught:
        ledger_of(changed(way, value))
    assert path in [one.path for one in caught.value.problems]


def test_a_whole_document_in_milligray_is_refused_by_energy() -> None:
    document = copy.deepcopy(document_of(whole()))
    (region,) = [one for one in document["entries"][1]["regions"] if one["kind"] == "lesion"]  # type: ignore[index]
    region["mean_dose_gy"] = 30_000.0
    region["amplitudes_gy_per_h"] = [1000 * one for one in region["amplitudes_gy_per_h"]]
    document["entries"][1]["activity_mbq"] = 740  # type: ignore[index]
    with pytest.raises(InputError, match="J in the regions"):
        ledger_of(document)


def test_writing_and_reading_gives_the_same_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    assert write_ledger(path, whole()) is None
    assert read_ledger(path) == whole()
    assert ledger_text(read_ledger(path)) == path.read_text(encoding="utf-8")
    shuffled = Ledger(tuple(reversed(whole().entries)), "demo-001", "1.2.840.9")
    assert ledger_text(shuffled) == ledger_text(whole())


def test_the_earlier_file_stays_beside_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    ledger = whole()
    fewer = replace(ledger, entries=ledger.entries[:2])
    write_ledger(path, fewer)
    before = path.read_text(encoding="utf-8")
    assert write_ledger(path, ledger) == tmp_path / "ledger.json~"
    assert (tmp_path / "ledger.json~").read_text(encoding="utf-8") == before
    after = path.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="nothing for tare-1/1"):
        write_ledger(path, fewer)
    other = replace(ledger, entries=(replace(ledger.entries[0], activity_mbq=7000.0), *ledger.entries[1:]))
    with pytest.raises(InputError, match="other numbers for prrt-1/1"):
        write_ledger(path, other)
    with pytest.raises(InputError, match="the case of the file"):
        write_ledger(path, replace(ledger, case="another"))
    assert path.read_text(encoding="utf-8") == after
    write_ledger(path, other, replacing=["prrt-1/1"])
    assert read_ledger(path).entry("prrt-1/1").activity_mbq == 7000.0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ledger.json", "ledger.json~"]


def test_a_file_that_is_no_ledger_is_neither_read_nor_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    for content in ("", "[]", "{", '{"schema": "nelm.case/1"}', '{"schema": "nelm.ledger/1", "entries": [NaN]}',
                    '{"schema": "nelm.ledger/1", "schema": "nelm.ledger/1"}', "\ufeff{}"):  # fmt: skip
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=r"ledger\.json"):
            read_ledger(path)
        with pytest.raises(InputError):
            write_ledger(path, whole())
        assert path.read_text(encoding="utf-8") == content
    with pytest.raises(InputError, match="no such file"):
        read_ledger(tmp_path / "none.json")


def test_the_published_schema_is_current_and_accepts_what_is_written(root: Path) -> None:
    published = (root / "docs/schema/nelm.ledger-1.json").read_text(encoding="utf-8")
    assert published == schema_text(), (
        "run: python -m nelm.io.ledger_document > docs/schema/nelm.ledger-1.json"
    )
    schema = json.loads(published)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(ledger_text(whole())))


def test_the_example_of_the_documentation_reads(root: Path) -> None:
    page = (root / "docs/ledger.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    assert ledger_of(json.loads(example)).entry("prrt-2025/1").activity_mbq == 7400.0


def test_the_lung_dose_so_far_becomes_a_fact_of_the_case(root: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text((root / "tests/data/demo-001.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    write_merged(merged_case(case, lung_facts(whole())))
    found = read_case(case).liver.lung_dose_so_far_gy
    assert found is not None and found.low == pytest.approx(6.0) and found.estimate is None
    complete = replace(whole(), entries=whole().entries[:3])
    assert lung_facts(complete)["liver"] == {"lung_dose_so_far_gy": {"value": 6.0, "sd": 1.8}}
    assert lung_facts(Ledger()) == {}
