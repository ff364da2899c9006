"""What all tests share: where reference data lies, which programs are there, how Hypothesis behaves."""

import importlib
import os
import pkgutil
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import nelm

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "chromium": "chromium",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "dciodvfy": "dicom3tools",
}

# The same examples on every run; `NELM_HYPOTHESIS=explore` looks for new ones.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("NELM_HYPOTHESIS", "repeatable"))


def pytest_sessionstart() -> None:
    """Load the whole package where tests are spread over processes.

    Hypothesis also draws the numbers that stand in loaded modules, so that examples would hang on which tests a process
    happened to run before.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        for module in pkgutil.walk_packages(nelm.__path__, "nelm."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material that is not part of the repository; skipped when it is absent."""
    folder = Path(os.environ.get("NELM_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(
            f"needs the reference folder: NELM_SHARED is unset or {folder.name}/ is missing beside the root"
        )
    return folder


@pytest.fixture(scope="session")
def shared_path(shared: Path) -> Callable[[str], Path]:
    """Gives a file or folder of the reference material by its relative path; skipped by name when absent."""

    def find(relative: str) -> Path:
        path = shared / relative
        if not path.exists():
            pytest.skip(f"needs {relative} in the reference folder (NELM_SHARED)")
        return path

    return find


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Gives the path of a program; skipped, with the Debian package's name, when it is not installed."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"needs the program {name} (Debian package {PACKAGES.get(name, name)})")
        return path

    return find
