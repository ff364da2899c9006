"""Case files: JSON or YAML 1.2, read strictly.

What usually goes wrong silently is refused here: duplicate keys, anchors, aliases, merge keys, tags, several
documents in one file, NaN and infinity, encodings other than UTF-8. An unquoted YAML scalar keeps its text, and
the kind of the field decides what it means (`nelm.case.Plain`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO, Never, cast

from nelm.case import CASE_SCHEMA, Case, parse_case
from nelm.errors import InputError, Problem, shown
from nelm.io.strict_yaml import read_yaml

LARGEST_BYTES = 5_000_000
STANDARD_INPUT = "-"
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_case(path_or_dash: str | Path) -> Case:
    """The case in a file; ``-`` is standard input.

    Raises
    ------
    InputError : The file cannot be read, or has problems; all of them are listed.
    """
    name = str(path_or_dash)
    try:
        document = read_document(read_input(name), suffix=Path(name).suffix.lower())
        return parse_case(document, origin=name)
    except InputError as error:
        raise error.in_file(name) from None


def read_document(content: bytes, *, suffix: str = "", schema: str = CASE_SCHEMA) -> dict[str, object]:
    """The document in a file's bytes, before its meaning is looked at.

    Parameters
    ----------
    content : The whole file.
    suffix : ``.json``, ``.yaml`` or ``.yml``; anything else is JSON if it reads as JSON, otherwise YAML.
    schema : Version of the document, for messages.
    """
    text = _decoded(content, schema)
    if suffix == ".json":
        document = _json(text)
    elif suffix in (".yaml", ".yml") or not text.lstrip().startswith("{"):
        document = read_yaml(text)
    else:
        document = _json_or_yaml(text)
    if not isinstance(document, dict):
        raise _refused(
            shown(document), f"a {_name(schema)}: keys with values", f"Begin with: schema: {schema}"
        )
    return cast("dict[str, object]", document)


def read_input(name: str) -> bytes:
    """The bytes of a file; ``-`` is standard input."""
    return _standard_input() if name == STANDARD_INPUT else file_bytes(Path(name))


def file_bytes(path: Path) -> bytes:
    """The bytes of a file, not more than `LARGEST_BYTES`."""
    try:
        if path.is_dir():
            raise _refused("a folder", "a file", "Name the file in the folder.")
        with path.open("rb") as stream:
            return _limited(stream)
    except FileNotFoundError:
        raise _refused("no such file", "a file", "Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise _refused(reason, "a file that can be read", "Check the name and the permissions.") from None


def _standard_input() -> bytes:
    """What stands on standard input."""
    return _limited(cast("BinaryIO", sys.stdin.buffer))


def _limited(stream: BinaryIO) -> bytes:
    """The content of a stream, refused beyond `LARGEST_BYTES`."""
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        limit = f"at most {LARGEST_BYTES // 1_000_000} MB"
        raise _refused("a larger file", limit, "Is this a case file? Images are read by nelm measure.")
    return content


def _name(schema: str) -> str:
    """What a document of a version is called."""
    return f"{schema.partition('/')[0].rpartition('.')[2]} document"


def _decoded(content: bytes, schema: str) -> str:
    """The text of a UTF-8 file."""
    remedy = "Save the file as UTF-8 without a byte order mark."
    if content.startswith(BYTE_ORDER_MARKS):
        raise _refused("a byte order mark", "UTF-8 text that begins with its first key", remedy)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(f"byte {error.start} is not UTF-8", "UTF-8 text", remedy) from None
    if not text.strip():
        raise _refused("an empty file", f"a {_name(schema)}", f"Begin with: schema: {schema}")
    return text


def _json_or_yaml(text: str) -> object:
    """JSON if it reads as JSON; otherwise YAML, which has the same brackets."""
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return read_yaml(text)
    return _json(text)


def _json(text: str) -> object:
    """JSON without duplicate keys, NaN or infinity."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError([Problem(place, error.msg, "JSON", "Correct the text at this place.")]) from None
    except RecursionError:
        raise _refused("brackets nested very deeply", "a case document", "Take the nesting apart.") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The keys of a JSON object, each at most once."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise InputError([Problem(shown(key).strip('"') or "document", "the same key twice", "each key once",
                                      "Keep one of them.")])  # fmt: skip
        found[key] = value
    return found


def _integer(digits: str) -> int | float:
    """A JSON integer; one of absurd length becomes a float, which the field then refuses."""
    return int(digits) if len(digits) <= 300 else float(digits)


def _no_constant(word: str) -> Never:
    """NaN and the infinities are no JSON."""
    raise _refused(word, "an ordinary number", "Leave the key out if the value is not known.")


def _refused(value: str, expected: str, remedy: str) -> InputError:
    """A problem of the file as a whole."""
    return InputError([Problem("document", value, expected, remedy)])
