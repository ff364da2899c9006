"""`nelm margin`: two examinations as DICOM, a zone of known margin, a patient who lies differently."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.balls import Ellipsoid, ball, mask_of
from tests.phantoms import AT, LESIONS, LIVER, ct_of, examination, write_study

from nelm.cli.entry import run
from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import Region, segmentation_object, sources_of, write_ct
from nelm.volume import Structure

SHIFT_MM = (4.0, -4.0, 6.0)
ASIDE_MM, RADIUS_MM = 4.0, 24.0
TRUE_MM = RADIUS_MM - float(LESIONS[0].half_axes[0]) - ASIDE_MM
"""Two balls whose middles lie apart: the smallest margin is the difference of radii less that distance."""


def moved(body: Ellipsoid) -> Ellipsoid:
    return Ellipsoid(body.centre + np.array(SHIFT_MM), body.half_axes, body.turned)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Before, and after with the patient moved; the zone lies aside of the first lesion."""
    before = write_study(tmp_path_factory.mktemp("before"))
    after = tmp_path_factory.mktemp("after")
    at = AT + timedelta(days=30)
    x, y, z = LESIONS[0].centre.tolist()
    zone = ball((x + ASIDE_MM, y, z), RADIUS_MM)
    ct = ct_of((zone, *LESIONS[1:]), shift_mm=SHIFT_MM, seed=5)
    write_ct(ct, after / "ct", examination("after", at), number=1, description="CT after ablation")
    (series,) = find_series([after / "ct"]).series
    image = read_volume(series)
    regions = [
        Region("Liver", Structure.LIVER, mask_of([moved(LIVER)], image.grid)),
        Region("Ablation zone 1", Structure.ABLATION_ZONE, mask_of([moved(zone)], image.grid)),
    ]
    made = segmentation_object(regions, sources_of(image, made_at=at), description="after", series_number=5)
    made.save_as(after / "seg.dcm")
    return before, after


def test_the_margin_is_that_of_the_balls(
    studies: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Within a voxel of 2 x 2 x 3 mm and the error that the registration states; the limits hold the truth."""
    before, after = studies
    assert run(["margin", str(after), "--before", str(before), "--technology", "microwave"]) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    first, *others = document["lesions"]
    assert first["id"] == "L1" and first["reached"]
    assert not any(one["reached"] for one in others)
    error = document["registration_error_mm"]
    assert first["smallest_mm"]["low"] <= TRUE_MM <= first["smallest_mm"]["high"]
    assert abs(first["smallest_found_mm"] - TRUE_MM) <= 3.0 + error
    assert first["left_ml"] < 0.05
    five, ten = (next(one for one in first["below"] if one["limit_mm"] == limit) for limit in (5.0, 10.0))
    assert five["share"] <= ten["share"] and ten["share"] > 0.1
    assert "no ablation zone reaches it" in printed.err and "smallest margin" in printed.err


def test_without_a_zone_it_says_which_segments_there_are(
    studies: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before, _ = studies
    assert run(["margin", str(before), "--before", str(before)]) == 3
    said = capsys.readouterr().err
    assert "ablation zone" in said and "Liver" in said and "--as NAME=ablation_zone" in said


def test_without_lesions_before_it_refuses(
    studies: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, after = studies
    assert run(["margin", str(after), "--before", str(after)]) == 3
    assert "before: found no lesion" in capsys.readouterr().err
