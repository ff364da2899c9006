"""A file is named by a noun of the field; a name that fits everything says nothing."""

from pathlib import Path

SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "base",
    "handler",
    "handlers",
    "misc",
}


def test_no_file_or_folder_has_a_name_that_says_nothing(tree: list[Path]) -> None:
    found = [
        str(path)
        for path in tree
        if path.suffix in {".py", ".toml", ".md", ".html", ".typ"}
        and any(part.partition(".")[0].strip("_") in SAYS_NOTHING for part in path.parts)
    ]
    assert not found, f"name these by the idea they hold: {found}"


def test_every_package_says_what_it_is_for(root: Path, python_files: list[Path]) -> None:
    packages = [path for path in python_files if path.name == "__init__.py" and path.parts[0] == "src"]
    silent = [
        str(p)
        for p in packages
        if not (root / p).read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
    assert not silent, f"begin these with a docstring: {silent}"
