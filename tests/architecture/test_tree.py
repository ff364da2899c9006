"""The repository stands alone: no path of one machine, no package host, a licence."""

import re
from pathlib import Path

import pytest

# Written in pieces, so that this file does not find itself.
PLACES = [
    r"(?<![\w.>])/" + "work/",
    r"(?<![\w.>])/" + r"(home|Users)/\w",
    r"(?<![\w.>])/" + r"root\b",
    r"(?<![\w.>])/" + r"tmp/\w",
]
HOSTS = [
    "index" + "-url",
    "find" + "-links",
    "py" + r"pi\.(org|python)",
    "python" + "hosted",
    "npm" + "js",
    r"deb\." + "debian",
    r"(security|ftp|archive)\." + "(debian|ubuntu)",
    "trusted" + "-host",
]


def lines(root: Path, tree: list[Path]) -> list[tuple[str, str]]:
    """Every line of every text file, with where it stands."""
    found: list[tuple[str, str]] = []
    for path in tree:
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [(f"{path}:{number}", line) for number, line in enumerate(text.splitlines(), start=1)]
    return found


@pytest.mark.parametrize("pattern", PLACES + HOSTS)
def test_no_file_names_a_place_of_one_machine_or_a_package_host(
    root: Path, tree: list[Path], pattern: str
) -> None:
    search = re.compile(pattern, flags=re.IGNORECASE).search
    found = [where for where, line in lines(root, tree) if search(line)]
    assert not found, f"{pattern} in {found}"


def test_the_licence_is_the_apache_licence(root: Path) -> None:
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize("name", ["README.md", "docs/intended-use.md", "CONTRIBUTING.md"])
def test_pages_say_that_this_is_no_medical_device(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8").lower()
    assert "not a medical device" in text


def test_no_file_is_empty_but_markers(root: Path, tree: list[Path]) -> None:
    empty = [
        str(p) for p in tree if not (root / p).stat().st_size and p.name not in ("py.typed", "__init__.py")
    ]
    assert not empty, f"fill or remove: {empty}"
