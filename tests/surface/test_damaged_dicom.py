"""Whatever is wrong with a DICOM folder: an error that helps, or every voxel in place and the repair on record."""

import re
import warnings
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.dicom_files import values_on
from tests.surface.dicom_damage import DAMAGES, Damage, Outcome, damaged
from tests.surface.dicom_harms import COUNT

from nelm.errors import NelmError
from nelm.io.dicom import Discovery, find_series, read_volume
from nelm.volume import Volume

SEEDS = (1, 2)
FEWEST_CASES = 300


def read_all(folder: Path) -> tuple[Discovery, list[Volume], list[NelmError]]:
    """Everything that can be read of a folder, and every refusal; any other exception is a failure."""
    found = find_series([folder])
    volumes: list[Volume] = []
    errors: list[NelmError] = []
    for series in found.series:
        try:
            volumes.append(read_volume(series))
        except NelmError as error:
            errors.append(error)
    return found, volumes, errors


def check_errors(errors: list[NelmError]) -> None:
    """Each says where, what and what to do, and names no patient."""
    for error in errors:
        text = str(error)
        assert error.where or getattr(error, "file", ""), text
        assert len(text) > 60, text
        assert re.search(r"\. (Copy|Use|Read|Choose|Remove|Convert) ", text), text
        assert "MADE" not in text


def check_places(volumes: list[Volume], damage: Damage) -> None:
    """Every voxel holds the number of its place."""
    for volume in volumes:
        if damage.outcome is Outcome.SAFE and len(volume.array) == 1:
            # bits flipped in its series identifier and elsewhere too: a lone image has no witness, and says so
            assert any("single slice" in repair for repair in volume.origin.repairs)
            continue
        error = np.abs(volume.array - (values_on(volume.grid) + damage.intercept))
        if damage.slack == np.inf:  # a tilted stack: pixels beyond the slices are filled with air
            error = error[volume.array != -1024]
            assert error.size > 0.6 * volume.array.size
            assert error.max() <= 1.01, "linear interpolation keeps a linear field, to rounding"
            continue
        assert error.max() <= damage.slack, f"a voxel holds a number that is {error.max():.3g} off"


def whole(volume: Volume) -> bool:
    """Whether a volume covers what the intact series covers."""
    z = volume.grid.spacing_mm[0] * (volume.array.shape[0] - 1)
    return z >= 0.99 * 5.0 * (COUNT - 1)


CASES = [(name, seed) for name in DAMAGES for seed in SEEDS]


@pytest.mark.parametrize(("name", "seed"), CASES, ids=[f"{name}-{seed}" for name, seed in CASES])
def test_damage_is_refused_or_repaired_and_never_silent(name: str, seed: int, tmp_path: Path) -> None:
    damage = DAMAGES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # writing broken values warns; reading must not
        damaged(tmp_path / "study", damage, Random(f"{name} {seed}"))
    found, volumes, errors = read_all(tmp_path / "study")
    check_errors(errors)
    check_places(volumes, damage)
    said = " ".join([str(error) for error in errors] + [r for v in volumes for r in v.origin.repairs])
    reasons = " ".join(one.reason for one in found.ignored)
    complete = [volume for volume in volumes if whole(volume)]
    if damage.outcome is Outcome.REFUSED:
        assert not complete
        assert errors or reasons or said
    elif damage.outcome is Outcome.REPAIRED:
        assert complete and all(volume.origin.repairs for volume in complete)
    elif damage.outcome is Outcome.HARMLESS:
        assert complete and not errors
    elif damage.outcome is Outcome.SHORTER:
        assert volumes and not complete
        assert said or reasons
    assert complete or said or reasons, "what is lost is said"
    if damage.says:
        assert damage.says.lower() in (said + reasons).lower(), said + reasons


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len(set(CASES)) == len(CASES) >= FEWEST_CASES


@pytest.mark.parametrize("name", ["a position missing", "flipped bits", "rows of one"])
def test_a_seed_makes_the_same_damage(name: str, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            damaged(tmp_path / folder, DAMAGES[name], Random(7))
    one, two = ([str(e) for e in read_all(tmp_path / f)[2]] for f in ("one", "two"))
    assert [text.replace("folder one", "folder two") for text in one] == two
