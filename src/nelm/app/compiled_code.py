"""Keeps the compiled transport on disk, so that only the first use on a machine waits for the compiler.

Numba notices a change of the file of a function that it keeps, not of the functions and constants that this one takes
from other files. So the code is kept in a folder named by all sources of `nelm.physics` and by the versions that
compile them: another source or version, another folder, and never a stale result.
"""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from numba.core import config

import nelm.physics
from nelm.physics.transport.histories import voxel_batches


def keep_compiled_code(folder: Path | None = None) -> Path | None:
    """Load the compiled transport from disk where it is kept, and keep it there once it has been compiled.

    Some 0.3 MB for each version of the sources; the folder may be deleted at any time.

    Parameters
    ----------
    folder : Where to keep it; by default ``nelm`` in the user's folder of caches.

    Returns
    -------
    The folder of this version; None where it cannot be written, and then every run compiles anew.
    """
    sources = Path(str(nelm.physics.__file__)).parent
    chosen = (folder or cache_folder(os.environ)) / f"compiled-{fingerprint(sources)[:16]}"
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(chosen, os.W_OK):
        return None
    before = config.CACHE_DIR
    config.CACHE_DIR = str(chosen)
    try:
        voxel_batches.enable_caching()
    finally:
        config.CACHE_DIR = before
    return chosen


def cache_folder(environment: Mapping[str, str]) -> Path:
    """The user's folder of caches for nelm, where the XDG base directory specification has it."""
    named = environment.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "nelm"


def fingerprint(sources: Path) -> str:
    """SHA-256 of every Python file below a folder, with its place, and of the versions that compile it."""
    found = hashlib.sha256()
    versions = (platform.python_version(), *(version(name) for name in ("numba", "llvmlite", "numpy")))
    found.update("\0".join(versions).encode())
    for path in sorted(sources.rglob("*.py")):
        content = path.read_bytes()
        found.update(f"\0{path.relative_to(sources).as_posix()}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()
