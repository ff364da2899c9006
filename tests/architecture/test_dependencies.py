"""Every dependency has a reason, an exact version, and is the one that is installed."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PYTHONS = ("3.11", "3.12", "3.13")
BELONGS_TO = {"pydantic-core": "pydantic"}


def normal(name: str) -> str:
    """A distribution's name in its one normal spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project(root: Path) -> dict[str, list[str]]:
    """Requirements of pyproject.toml: "" for what runs, an extra by its name, "build" for building."""
    read = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "": read["project"]["dependencies"],
        **read["project"].get("optional-dependencies", {}),
        "build": read["build-system"]["requires"],
    }


def pins(root: Path) -> dict[str, str]:
    """Exact versions of constraints.txt by normal name."""
    wanted = [
        Requirement(line)
        for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return {normal(requirement.name): str(requirement.specifier) for requirement in wanted}


def applies(requirement: Requirement, extras: set[str]) -> bool:
    """Whether a requirement holds on Linux for some Python that is supported."""
    if requirement.marker is None:
        return True
    environments = [
        {"python_version": version, "python_full_version": f"{version}.9", "extra": extra}
        for version in PYTHONS
        for extra in extras or {""}
    ]
    return any(requirement.marker.evaluate(environment) for environment in environments)


def transitive(roots: list[str]) -> set[str]:
    """Normal names of everything that these requirements bring, as installed here."""
    open_requirements = [Requirement(text) for text in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while open_requirements:
        requirement = open_requirements.pop()
        key = (normal(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            below = importlib.metadata.requires(requirement.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # the build backend lives in its own environment
        parsed = [Requirement(text) for text in below]
        open_requirements += [one for one in parsed if applies(one, set(requirement.extras))]
    return {name for name, _ in seen}


def test_every_dependency_has_its_reason(root: Path) -> None:
    text = normal((root / "docs/decisions/dependencies.md").read_text(encoding="utf-8"))
    names = [normal(Requirement(line).name) for group in project(root).values() for line in group]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_pin_is_exact(root: Path) -> None:
    loose = {name: version for name, version in pins(root).items() if not re.fullmatch(r"==[\w.]+", version)}
    assert loose == {}


def test_every_pin_lies_within_the_range_that_is_asked_for(root: Path) -> None:
    exact = pins(root)
    wanted = [Requirement(line) for group in project(root).values() for line in group]
    outside = [str(one) for one in wanted if not one.specifier.contains(exact[normal(one.name)].lstrip("="))]
    assert outside == []


def test_everything_that_is_installed_is_pinned_and_nothing_else(root: Path) -> None:
    groups = project(root)
    # what numba-cuda brings follows the driver of the machine
    gpu = {normal(Requirement(line).name) for line in groups.pop("gpu")}
    needed = gpu | transitive([line for group in groups.values() for line in group])
    exact = set(pins(root))
    assert needed - exact == set(), "add these to constraints.txt"
    assert exact - needed == set(), "remove these from constraints.txt"


def test_what_is_installed_is_what_is_pinned(root: Path) -> None:
    different: dict[str, str] = {}
    for name, version in pins(root).items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if f"=={installed}" != version:
            different[name] = installed
    assert different == {}


def test_one_version_is_told_everywhere(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f'__version__ = "{version}"' in (root / "src/nelm/__init__.py").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {version}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def imported(module: ast.Module) -> set[str]:
    """First names of everything that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"nelm"}


def test_the_package_imports_only_what_it_declares(root: Path, python_files: list[Path]) -> None:
    groups = {name: lines for name, lines in project(root).items() if name not in ("dev", "build")}
    declared = {normal(Requirement(line).name) for lines in groups.values() for line in lines}
    distributions = importlib.metadata.packages_distributions()
    undeclared: dict[str, list[str]] = {}
    for path in (path for path in python_files if path.parts[0] == "src"):
        for name in imported(ast.parse((root / path).read_text(encoding="utf-8"))):
            owners = {normal(owner) for owner in distributions.get(name, [name])}
            if not {BELONGS_TO.get(owner, owner) for owner in owners} & declared:
                undeclared.setdefault(name, []).append(str(path))
    assert undeclared == {}
