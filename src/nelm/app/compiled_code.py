"""Keeps compiled code on disk, so that only the first use on a machine waits for the compiler.

Numba notices a change of the file of a function that it keeps, not of the functions and constants that this one takes
from other files. So the code is kept in a folder named by all sources of the package that it belongs to and by the
versions that compile them: another source or version, another folder, and never a stale result.
"""

# Functions compiled by numba carry no annotations.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from numba.core import config

import nelm.physics
import nelm.therapies.ablation
from nelm.physics.transport.histories import voxel_batches


def keep_compiled_ablation(folder: Path | None = None) -> None:
    """Keep what simulates heat, follows needles and covers lesions; as `keep_compiled_code`."""
    from nelm.physics.bioheat.compiled import at_edge, marched, relaxed
    from nelm.therapies.ablation.covering_search import searched
    from nelm.therapies.ablation.needle_marching import march

    keep_compiled_code(folder, (marched, at_edge, relaxed))
    keep_compiled_code(folder, (march, searched), package=str(nelm.therapies.ablation.__file__))


def keep_compiled_code(
    folder: Path | None = None,
    functions: Sequence[Any] = (voxel_batches,),
    *,
    package: str = str(nelm.physics.__file__),
) -> Path | None:
    """Load compiled functions from disk where they are kept, and keep them there once they have been compiled.

    Some 0.3 MB for each version of the sources; the folder may be deleted at any time.

    Parameters
    ----------
    folder : Where to keep them; by default ``nelm`` in the user's folder of caches.
    functions : Compiled by numba; by default the transport.
    package : File of the package whose sources they are made from.

    Returns
    -------
    The folder of this version; None where it cannot be written, and then every run compiles anew.
    """
    sources = Path(package).parent
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
        for function in functions:
            function.enable_caching()
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
