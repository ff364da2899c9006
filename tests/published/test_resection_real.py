"""Resections of a real liver (3Dircadb1.17) and of a synthetic one, against volumes counted another way."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree
from tests.resections import BODY, KNOWN, SURGERY
from tests.resections import landmarks as marks_at

from nelm.app.regions import liver_regions
from nelm.guideline.feasibility import Feasible, Modality
from nelm.imaging.liver import RESECTIONS, couinaud_as_given
from nelm.imaging.liver.served import served_liver, union_remnant
from nelm.imaging.measured import LiverMeasurement, measure_liver
from nelm.imaging.phantom.anatomy import abdomen
from nelm.imaging.phantom.liver_shape import couinaud
from nelm.imaging.phantom.shapes import Points
from nelm.io.study import read_study
from nelm.quantities import Interval
from nelm.therapies.surgery.assessment import Operated, operated
from nelm.therapies.surgery.candidates import candidates
from nelm.therapies.surgery.feasibility import resection_feasibility
from nelm.therapies.surgery.resection import Candidate
from nelm.therapies.surgery.staging import staged_resections
from nelm.therapies.surgery.standardised import LiverNeed
from nelm.volume import Grid, Mask, mask_on


@pytest.fixture(scope="module")
def real(
    shared_path: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[LiverMeasurement, Operated, tuple[Candidate, ...]]:
    folder = tmp_path_factory.mktemp("ircad_resections")
    for name in ("PATIENT_DICOM", "MASKS_DICOM"):
        with tarfile.open(shared_path(f"data/ircad17/{name}.tar.xz")) as archive:
            archive.extractall(folder, filter="data")
    regions, _, _ = liver_regions(read_study([folder], overrides={}))
    measurement = measure_liver(regions, subcapsular_within_mm=5.0)
    liver = operated(measurement, KNOWN)
    return measurement, liver, candidates(liver)


def test_volumes_agree_with_the_grid_of_the_image(
    real: tuple[LiverMeasurement, Operated, tuple[Candidate, ...]],
) -> None:
    """Every voxel of the CT (0.74 x 0.74 x 1.6 mm) counted by its segment, tumour left out: within 1 %."""
    measurement, liver, offered = real
    regions = measurement.regions
    healthy = regions.liver.array.copy()
    for lesion in regions.lesions:
        healthy[lesion.box] &= ~lesion.mask.array
    points = regions.liver.grid.points_of(np.argwhere(healthy))
    labels = measurement.segments.at(points)[0]
    beside = labels == 0  # voxels at the surface whose cube is not liver take the nearest cube's
    inside = np.argwhere(measurement.segments.labels)
    nearest = cKDTree(measurement.segments.grid.points_of(inside)).query(points[beside])[1]
    labels[beside] = measurement.segments.labels[tuple(inside[nearest].T)]
    counts = np.bincount(labels, minlength=9) * regions.liver.grid.voxel_ml
    total = counts.sum()
    assert liver.served.healthy_ml.value == pytest.approx(total, rel=0.01)
    by_name = {one.name: one for one in offered}
    for word in (
        "right_hemihepatectomy",
        "left_hemihepatectomy",
        "right_trisectionectomy",
        "central_hepatectomy",
    ):
        one = by_name[word.replace("_", " ")]
        taken = counts[list(RESECTIONS[word])].sum()
        assert one.resected_ml == pytest.approx(taken, abs=0.01 * total), word
        assert one.volumes.anatomical_ml.value == pytest.approx(total - taken, abs=0.01 * total), word
        assert one.resected_ml + one.volumes.anatomical_ml.value == pytest.approx(total, rel=0.01), word
    single = [one for one in offered if one.modality is Modality.SEGMENT and "extended" not in one.name]
    assert sum(one.resected_ml for one in single) == pytest.approx(total, rel=0.01)


def test_the_tumour_at_a_vein_has_no_sure_margin_and_the_other_one_has(
    real: tuple[LiverMeasurement, Operated, tuple[Candidate, ...]],
) -> None:
    """Tumour 2 lies 0.74 mm from a vein (research notes), less than a voxel off the minimum of 1 mm."""
    _, liver, offered = real
    need = LiverNeed(Interval.exact(1600.0), "normal", BODY)
    table = {(one.lesion, one.modality): one for one in resection_feasibility(liver, offered, need)}
    assert table["L1", Modality.WEDGE].state is Feasible.YES
    at_vein = table["L2", Modality.WEDGE]
    assert at_vein.state is Feasible.UNKNOWN
    assert "vein" in at_vein.reasons[0].text and at_vein.reasons[0].limit is KNOWN.margin_min
    assert table["L2", Modality.HEMIHEPATECTOMY].state is Feasible.YES


def test_both_tumours_go_by_two_wedges_or_in_two_stages(
    real: tuple[LiverMeasurement, Operated, tuple[Candidate, ...]],
) -> None:
    _, liver, offered = real
    need = LiverNeed(Interval.exact(1600.0), "normal", BODY)
    found = staged_resections(liver, offered, need, known=SURGERY)
    assert found and all(not one.left for one in found)
    wedges = {next(iter(one.lesions)): one for one in offered if one.modality is Modality.WEDGE}
    left = union_remnant(liver.served, [one.region() for one in wedges.values()])
    assert left.tumour_left_ml == 0
    assert left.anatomical_ml.value > 0.85 * liver.served.healthy_ml.value


def test_segments_of_the_synthetic_liver_have_the_volumes_of_its_formula() -> None:
    """Remnants on cubes of 2 mm against the formula counted on cubes of 1.5 mm: within 1 % of the liver."""
    body = abdomen(np.random.default_rng(4))

    def inside(edge: float) -> tuple[Grid, np.ndarray, np.ndarray]:
        low, high = np.array(body.liver.shape.low), np.array(body.liver.shape.high)
        x, y, z = np.ceil((high - low) / edge).astype(int)
        grid = Grid.axial((int(z), int(y), int(x)), (edge,) * 3, tuple(low))
        points = Points.of(grid.points_of(np.argwhere(np.ones(grid.shape, dtype=bool))))
        found = np.asarray(body.liver.shape.field(points) < 0).reshape(grid.shape)
        return grid, found, couinaud(points, body.build.liver).reshape(grid.shape)

    fine, organ, numbers = inside(1.5)
    true = np.bincount(numbers[organ], minlength=9) * fine.voxel_ml
    grid, coarse, labels = inside(2.0)
    liver = Mask(coarse, grid)
    given = {number: mask_on(Mask(organ & (numbers == number), fine), grid).array for number in range(1, 9)}
    segments = couinaud_as_given(liver, given)
    assert np.mean(segments.labels[coarse] == labels[coarse]) > 0.97
    served = served_liver(liver, np.zeros(grid.shape, dtype=bool), portal=None, veins=None,
                          landmarks=marks_at((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), error_mm=1.0)  # fmt: skip
    for word, taken in RESECTIONS.items():
        left = union_remnant(served, [np.isin(segments.labels, list(taken))])
        stays = true.sum() - true[list(taken)].sum()
        assert left.anatomical_ml.value == pytest.approx(stays, abs=0.01 * true.sum()), word
        assert left.supplied_ml is None and left.drained_ml is None
