"""Compiled code that is kept on disk: used again by the next process, and never for other sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nelm.app.compiled_code import cache_folder, fingerprint, keep_compiled_code

RUN = """
import sys
from pathlib import Path
import numpy as np
from nelm.app.compiled_code import keep_compiled_code
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Body, Settings, transport_dose
from nelm.physics.interaction import material
from nelm.physics.transport.histories import voxel_batches

assert keep_compiled_code(Path(sys.argv[1])) is not None
body = Body.uniform((3, 3, 3), material("water"), (3.0, 3.0, 3.0))
found = transport_dose(np.ones((3, 3, 3)), body, emissions_of("Y-90"), Settings(400, 400, 4))
print(sum(voxel_batches.stats.cache_hits.values()), found.dose_gy.tobytes().hex())
"""


@pytest.mark.slow
def test_the_next_process_does_not_compile(tmp_path: Path) -> None:
    def run() -> list[str]:
        command = [sys.executable, "-c", RUN, str(tmp_path)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.split()

    first, second = run(), run()
    assert (first[0], second[0]) == ("0", "1")
    assert first[1] == second[1]


def test_another_source_is_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("A = 1\n")
    found = [fingerprint(tmp_path)]
    (tmp_path / "one.py").write_text("A = 2\n")
    found.append(fingerprint(tmp_path))
    (tmp_path / "one.py").rename(tmp_path / "two.py")
    found.append(fingerprint(tmp_path))
    (tmp_path / "notes.txt").write_text("not a source")
    assert fingerprint(tmp_path) == found[2]
    assert len(set(found)) == 3


def test_the_folder_is_the_one_that_the_user_set() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/a/b"}) == Path("/a/b/nelm")
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == cache_folder({}) == Path.home() / ".cache" / "nelm"


def test_a_folder_that_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert keep_compiled_code(tmp_path / "file") is None
