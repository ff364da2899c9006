"""Whatever is wrong with a case document, the answer is an `InputError` that says where."""

import copy
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nelm.case import Case, case_to_document, parse_case
from nelm.errors import InputError
from nelm.io.case_files import LARGEST_BYTES, read_case, read_document

DATA = Path(__file__).parent.parent / "data"
WHOLE: dict[str, Any] = case_to_document(read_case(DATA / "every-key.yaml"))
TEXT = (DATA / "demo-001.yaml").read_text(encoding="utf-8")
FREE_TEXTS = {
    "id",
    "edition",
    "tracer",
    "term",
    "other",
    "goals",
    "source",
    "method",
    "series_uid",
    "fhir_reference",
}
Step = str | int


def places(node: object, way: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], object]]:
    """Every place of a document with what stands there, groups and lists included."""
    yield way, node
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in pairs:
        yield from places(below, (*way, step))


def changed(way: tuple[Step, ...], value: object) -> dict[str, Any]:
    """The whole document with another value at one place."""
    document = copy.deepcopy(WHOLE)
    holder: Any = document
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return document


def wrong_values(way: tuple[Step, ...], found: object) -> list[object]:
    """Values that cannot stand at a place."""
    name = next(step for step in reversed(way) if isinstance(step, str))
    if isinstance(found, dict):
        group: list[object] = [17, "text", [found], {**found, "surprise": 1}]
        return group[1:] if set(found) == {"value", "sd"} else group
    if isinstance(found, list):
        return [17, "text", {"a": 1}, [{"a": 1}, None]]
    wrong: list[object] = [{"a": 1}, [found], ""]
    if name not in FREE_TEXTS:
        wrong.append("zzzzzz")
    if isinstance(found, bool):
        return [*wrong, 1, "true"]
    if isinstance(found, int | float) and name != "positive_sstr_negative_lesions":
        wrong.append(True)
    if isinstance(found, int | float):
        return [*wrong, -1e12, float("nan")]
    inexact = re.search(r"[<>.][.=0-9]", str(found)) and name not in FREE_TEXTS
    return [*wrong, "12..3"] if inexact or way[-2:] == (2, "value") else [*wrong, 1.5]


STRUCTURAL = [
    (way, value)
    for way, found in places(WHOLE)
    if way and way[0] != "evidence"
    for value in wrong_values(way, found)
]


def path_of(way: tuple[Step, ...]) -> str:
    """A place as messages write it."""
    return re.sub(r"^\.", "", "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way))


def test_there_are_many_malformed_documents() -> None:
    assert len(STRUCTURAL) >= 200


@pytest.mark.parametrize(("way", "value"), STRUCTURAL, ids=lambda part: str(part)[:40])
def test_a_wrong_value_is_refused_at_its_place(way: tuple[Step, ...], value: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_case(changed(way, value), origin="x.json")
    paths = [problem.path for problem in caught.value.problems]
    assert all(paths)
    assert any(path.startswith(path_of(way)) for path in paths), paths
    assert all(problem.expected for problem in caught.value.problems)
    assert caught.value.file == "x.json"


MISSPELT = [way for way, _ in places(WHOLE) if way and isinstance(way[-1], str) and way[0] != "evidence"]


@pytest.mark.parametrize("way", MISSPELT, ids=path_of)
def test_a_misspelt_key_is_refused_with_the_nearest(way: tuple[Step, ...]) -> None:
    document = copy.deepcopy(WHOLE)
    holder: Any = document
    for step in way[:-1]:
        holder = holder[step]
    key = str(way[-1])
    holder[key + "x"] = holder.pop(key)
    with pytest.raises(InputError) as caught:
        parse_case(document)
    assert any(problem.path == path_of((*way[:-1], key + "x")) or key in ("value", "sd")
               for problem in caught.value.problems)  # fmt: skip
    if len(key) > 3 and key != "value":
        assert f'"{key}"?' in str(caught.value)


BROKEN_YAML = {
    "duplicate key": TEXT.replace("  sex: female", "  sex: female\n  sex: female"),
    "duplicate group": TEXT + "\ncourse: {}\n",
    "anchor": TEXT.replace("sex: female", "sex: &s female"),
    "alias": TEXT.replace("sex: female", "sex: *s"),
    "alias bomb": "a: &a [1]\nb: &b [*a, *a]\nschema: [*b, *b]\n",
    "merge key": TEXT.replace("  sex: female", "  <<: {sex: female}"),
    "tag": TEXT.replace("sex: female", "sex: !!str female"),
    "python tag": TEXT.replace("sex: female", "sex: !!python/object/apply:os.getcwd []"),
    "own tag": TEXT.replace("patient:", "patient: !mine"),
    "two documents": TEXT + "\n---\n" + TEXT,
    "YAML 1.1": "%YAML 1.1\n---\n" + TEXT,
    "YAML 9.9": "%YAML 9.9\n---\n" + TEXT,
    "tab": TEXT.replace("  sex: female", "\tsex: female"),
    "open bracket": TEXT.replace("comorbidities: [hypertension]", "comorbidities: [hypertension"),
    "open quote": TEXT.replace("sex: female", 'sex: "female'),
    "bound without quotes": TEXT.replace("ki67_percent: 4", "ki67_percent: >=20"),
    "indentation": TEXT.replace("  ecog: 1", "   ecog: 1"),
    "key without value": TEXT.replace("  ecog: 1 ", "  ecog 1 "),
    "key that is a list": TEXT + "\n? [a, b]\n: 1\n",
    "control character": TEXT.replace("female", "fem\x07ale"),
    "text only": "just a text",
    "list only": "- a\n- b\n",
    "null only": "~\n",
    "comment only": "# nothing\n",
    "deep list": "schema: " + "[" * 3000 + "]" * 3000,
    "deep mapping": "schema: " + "{a: " * 3000,
    "year as truth": TEXT.replace("pregnant: false", "pregnant: no"),
    "exponent": TEXT.replace("ki67_percent: 4", "ki67_percent: 1e3"),
    "hexadecimal": TEXT.replace("ki67_percent: 4", "ki67_percent: 0x1F"),
    "octal": TEXT.replace("ki67_percent: 4", "ki67_percent: 010"),
    "sexagesimal": TEXT.replace("ki67_percent: 4", "ki67_percent: 1:30"),
    "not a number": TEXT.replace("ki67_percent: 4", "ki67_percent: .nan"),
    "day that is none": TEXT.replace("as_of: 2026-05-01", "as_of: 2026-02-30"),
    "date with time": TEXT.replace("as_of: 2026-05-01", "as_of: 2026-05-01T10:00:00Z"),
    "other schema": TEXT.replace("nelm.case/1", "nelm.case/2"),
}


@pytest.mark.parametrize("text", BROKEN_YAML.values(), ids=BROKEN_YAML)
def test_broken_yaml_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_case(read_document(text.encode(), suffix=".yaml"))
    assert all(problem.path and problem.expected for problem in caught.value.problems)


BROKEN_JSON = {
    "duplicate key": '{"schema": "nelm.case/1", "id": "x", "id": "x", "as_of": "2026-05-01"}',
    "NaN": '{"schema": NaN}',
    "infinity": '{"liver": {"largest_mm": -Infinity}}',
    "overflow": '{"schema":"nelm.case/1","id":"x","as_of":"2026-05-01","liver":{"largest_mm":1e999}}',
    "huge integer": '{"schema":"nelm.case/1","id":"x","as_of":"2026-05-01","liver":{"largest_mm":'
    + "9" * 9000
    + "}}",
    "cut off": '{"schema": "nelm.case/1", "id"',
    "trailing comma": '{"schema": "nelm.case/1",}',
    "two values": "{} {}",
    "deep": '{"a":' * 100000,
    "deep list": "[" * 100000,
    "surrogate": '{"schema":"nelm.case/1","id":"\\ud800","as_of":"2026-05-01"}',
    "surrogate key": '{"\\ud800": 1}',
    "number as id": '{"schema":"nelm.case/1","id":1.10,"as_of":"2026-05-01"}',
    "empty object": "{}",
    "string": '"case"',
}


@pytest.mark.parametrize("text", BROKEN_JSON.values(), ids=BROKEN_JSON)
@pytest.mark.parametrize("suffix", [".json", ""])
def test_broken_json_is_refused_with_its_place(text: str, suffix: str) -> None:
    if suffix == "" and text == BROKEN_JSON["trailing comma"]:
        suffix = ".json"  # YAML allows it
    with pytest.raises(InputError) as caught:
        parse_case(read_document(text.encode(), suffix=suffix))
    assert all(problem.path and problem.expected for problem in caught.value.problems)
    str(caught.value).encode()


FILES = {
    "empty": b"",
    "blank": b" \n\n",
    "byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "UTF-16": TEXT.encode("utf-16"),
    "Latin-1": TEXT.replace("demo-001", "Zürich").encode("latin-1"),
    "binary": bytes(range(256)),
    "too large": b"#" * (LARGEST_BYTES + 1),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("name", ["case.yaml", "case.json", "case"])
def test_an_unreadable_file_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_case(file)
    assert caught.value.file == str(file)
    assert all(problem.path and problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize("name", ["", ".", "absent.yaml", "absent/case.yaml", "nul\0l", "x" * 5000])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        read_case(name)


def test_standard_input_is_read_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    assert read_case("-") == read_case(DATA / "demo-001.yaml")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"{}")))
    with pytest.raises(InputError) as caught:
        read_case("-")
    assert caught.value.file == "-"


def test_json_and_yaml_of_one_case_are_equal(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(WHOLE), encoding="utf-8")
    assert read_case(file) == read_case(DATA / "every-key.yaml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=12), below, max_size=4),
    max_leaves=20,
)
KEYS = sorted({str(way[-1]) for way, _ in places(WHOLE) if way and isinstance(way[-1], str)})
SHAPED = st.recursive(
    JSON
    | st.sampled_from(["none", "well", "creatinine", "chemo.*", "2026", "<3", "8..10", "mg/dL", "raised"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=6),
    max_leaves=30,
)


def outcome(document: Any) -> Case | InputError:
    """What reading gives; anything else escapes."""
    try:
        return parse_case(document, origin="fuzz")
    except InputError as error:
        return error


@given(JSON)
def test_any_json_gives_a_case_or_an_input_error(document: Any) -> None:
    found = outcome(document)
    assert isinstance(found, Case) or all(problem.path for problem in found.problems)
    str(found).encode("utf-8", errors="surrogatepass")


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), SHAPED, max_size=8), st.sampled_from(sorted(WHOLE)))
def test_a_document_of_known_keys_gives_a_case_or_an_input_error(groups: Any, kept: str) -> None:
    least = {"schema": "nelm.case/1", "id": "x", "as_of": "2026-05-01"}
    found = outcome({**groups, **least, kept: WHOLE[kept]})
    assert isinstance(found, Case) or all(problem.path for problem in found.problems)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_a_document_or_an_input_error(content: bytes) -> None:
    try:
        parse_case(read_document(content))
    except InputError as error:
        assert all(problem.path for problem in error.problems)


@given(st.text(alphabet="{}[]&*!#|>-:,?%@`\"'\\ \n\tab01.~<", max_size=60))
def test_any_punctuation_gives_a_document_or_an_input_error(text: str) -> None:
    try:
        parse_case(read_document(text.encode(), suffix=".yaml"))
    except InputError as error:
        assert all(problem.path for problem in error.problems)
