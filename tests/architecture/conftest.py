"""The tree that the architecture tests look at: the files that are in the repository or about to be."""

import subprocess
from pathlib import Path

import pytest

NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__"}


def listed_by_git(root: Path) -> list[Path]:
    """Every file that git does not ignore; none where there is no git or no checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return [Path(name) for name in set(listed.stdout.split("\0")) - {""}]


def walked(root: Path) -> list[Path]:
    """Every file but those in folders that tools make."""
    found = (path.relative_to(root) for path in root.rglob("*"))
    return [
        path
        for path in found
        if not NOT_OURS & set(path.parts)
        and not any(part.startswith(".") and part.endswith("_cache") for part in path.parts)
    ]


@pytest.fixture(scope="session")
def tree(root: Path) -> list[Path]:
    """Every file of the repository that is not ignored, relative to the root."""
    paths = listed_by_git(root) or walked(root)
    return sorted(path for path in paths if (root / path).is_file())


@pytest.fixture(scope="session")
def python_files(tree: list[Path]) -> list[Path]:
    """Every Python file of the repository, relative to the root."""
    return [path for path in tree if path.suffix == ".py"]
