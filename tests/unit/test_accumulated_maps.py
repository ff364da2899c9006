"""Dose maps of several administrations on one grid: a known shift, BED by hand, and errors at gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.balls import ball, mask_of
from tests.ledgers import RESIN, entry, liver, region

from nelm.dosimetry.accumulated_maps import CourseMap, accumulated_maps, course_registration
from nelm.dosimetry.assumptions import Tissue
from nelm.dosimetry.ledger import Ledger
from nelm.dosimetry.regions import Region, RegionKind
from nelm.errors import InputError
from nelm.imaging.registration import RigidTransform
from nelm.volume import Grid, Quantity, Volume

GRID = Grid.axial((24, 32, 32), (3.0, 3.0, 3.0))
MIDDLE = (48.0, 48.0, 36.0)
LIVER = RegionKind.LIVER_WITHOUT_LESIONS
TISSUES = {LIVER: Tissue(2.5, 2.5)}
SHIFT_MM = np.array([7.5, -4.0, 3.0])
TURN = math.radians(8.0)


def moved() -> RigidTransform:
    """The second administration: turned about the body axis and shifted."""
    matrix = np.eye(4)
    matrix[:2, :2] = [[math.cos(TURN), -math.sin(TURN)], [math.sin(TURN), math.cos(TURN)]]
    matrix[:3, 3] = np.array(MIDDLE) - matrix[:3, :3] @ MIDDLE + SHIFT_MM
    return RigidTransform.of(matrix)


def smooth(points: np.ndarray, peak_gy: float) -> np.ndarray:
    """Dose of the phantom at points of the reference: a wide bell about the middle, not round."""
    off = (points - MIDDLE) / np.array([40.0, 25.0, 30.0])
    return peak_gy * np.exp(-(off**2).sum(axis=-1) / 2)


def dose_map(peak_gy: float, transform: RigidTransform) -> Volume:
    """That dose as an administration in another position shows it."""
    points = GRID.points_of(np.argwhere(np.ones(GRID.shape, dtype=bool)))
    values = smooth(transform.inverse().points(points), peak_gy).reshape(GRID.shape)
    return Volume(values.astype(np.float32), GRID, Quantity.ABSORBED_DOSE)


def ledger() -> Ledger:
    return Ledger(
        (
            entry("prrt", 1, liver(2.0, half_life_h=70.0, random=0.05)),
            entry("tare", 1, liver(30.0, half_life_h=64.1, random=0.08), after_h=900.0, option=RESIN,
                  activity_mbq=1500.0),
        )
    )  # fmt: skip


def maps(error_mm: float = 0.0) -> list[CourseMap]:
    return [
        CourseMap("tare/1", dose_map(60.0, moved()), moved(), error_mm),
        CourseMap("prrt/1", dose_map(4.0, RigidTransform.identity()), RigidTransform.identity(), 0.0),
    ]


def test_a_known_shift_and_turn_is_undone() -> None:
    inside = mask_of([ball(MIDDLE, 20)], GRID)
    found = accumulated_maps(ledger(), maps(), [Region("liver", LIVER, inside)], grid=GRID, tissues=TISSUES)
    points = GRID.points_of(np.argwhere(inside.array))
    truth = smooth(points, 64.0)
    # linear interpolation of a bell of 25 mm on 3 mm voxels: at most h^2/8 times its bend, 0.3 % of the peak
    assert np.abs(np.asarray(found.dose.array)[inside.array] - truth).max() < 0.004 * 64
    (liver_dose,) = found.regions
    assert liver_dose.absorbed_dose_gy.value == pytest.approx(truth.mean(), rel=0.003)
    assert [name for name, _ in liver_dose.course_doses_gy] == ["prrt/1", "tare/1"]
    unmoved = [CourseMap("tare/1", maps()[0].dose, RigidTransform.identity(), 0.0), maps()[1]]
    wrong = accumulated_maps(ledger(), unmoved, [Region("liver", LIVER, inside)], grid=GRID, tissues=TISSUES)
    assert np.abs(np.asarray(wrong.dose.array)[inside.array] - truth).max() > 0.1 * 64


def test_bed_of_the_voxels_by_hand() -> None:
    inside = mask_of([ball(MIDDLE, 20)], GRID)
    found = accumulated_maps(ledger(), maps(), [Region("liver", LIVER, inside)], grid=GRID, tissues=TISSUES)
    prrt, tare = (smooth(GRID.points_of(np.argwhere(inside.array)), peak) for peak in (4.0, 60.0))
    bed = prrt * (1 + prrt / 2.5 * 2.5 / 72.5) + tare * (1 + tare / 2.5 * 2.5 / 66.6)
    assert np.asarray(found.bed.array)[inside.array] == pytest.approx(bed, rel=0.01)
    (liver_dose,) = found.regions
    assert liver_dose.bed_gy == pytest.approx(bed.mean(), rel=0.005)
    assert float(np.asarray(found.bed.array)[~inside.array].max()) == 0.0
    # the mean of the BED is more than the BED of the mean dose: the square of an uneven dose
    of_mean = sum(
        dose * (1 + dose / 2.5 * g)
        for (_, dose), g in zip(liver_dose.course_doses_gy, (2.5 / 72.5, 2.5 / 66.6), strict=True)
    )
    assert liver_dose.bed_gy is not None and liver_dose.bed_gy > of_mean


def test_a_registration_error_matters_at_a_gradient_and_not_on_a_plateau() -> None:
    flat = Volume(np.full(GRID.shape, 30.0, dtype=np.float32), GRID, Quantity.ABSORBED_DOSE)
    ramp = Volume(
        np.broadcast_to(np.arange(32, dtype=np.float32), GRID.shape).copy(), GRID, Quantity.ABSORBED_DOSE
    )
    inside = Region("liver", LIVER, mask_of([ball(MIDDLE, 15)], GRID))
    only = Ledger((ledger().entries[1],))

    def read(dose: Volume, error_mm: float) -> float:
        one = CourseMap("tare/1", dose, RigidTransform.identity(), error_mm)
        return (
            accumulated_maps(only, [one], [inside], grid=GRID, tissues=TISSUES).regions[0].registration_sd_gy
        )

    assert read(flat, 8.0) == pytest.approx(0.0, abs=1e-5)
    # 1 Gy every 3 mm along x: one coordinate errs by 8 / 2.795 mm
    assert read(ramp, 8.0) == pytest.approx(8.0 / 2.795 / 3.0, rel=1e-4)
    assert read(ramp, 0.0) == 0.0
    generator = np.random.default_rng(2)
    steps = generator.standard_normal((20_000, 3)) * 8.0 / 2.795
    assert np.percentile(np.linalg.norm(steps, axis=1), 95) == pytest.approx(8.0, rel=0.01)


def test_registration_and_the_errors_of_the_ledger_add_in_squares() -> None:
    inside = Region("liver", LIVER, mask_of([ball((75.0, 48.0, 36.0), 15)], GRID))
    (found,) = accumulated_maps(ledger(), maps(9.0), [inside], grid=GRID, tissues=TISSUES).regions
    assert found.registration_sd_gy > 0.5 and found.ledger is not None
    sd = found.registration_sd_gy / found.absorbed_dose_gy.value
    whole = math.hypot(sd, found.ledger.absorbed_dose_relative_sd)
    assert math.log(found.absorbed_dose_gy.high / found.absorbed_dose_gy.value) == pytest.approx(
        1.96 * math.sqrt(math.log1p(whole**2))
    )


def test_what_a_map_does_not_reach_is_said() -> None:
    half = maps()[1].dose.cropped((slice(0, 12), slice(0, 32), slice(0, 32)))
    cut = [CourseMap("prrt/1", half, RigidTransform.identity(), 0.0)]
    inside = Region("liver", LIVER, mask_of([ball(MIDDLE, 20)], GRID))
    lesion = Region("L1", RegionKind.LESION, mask_of([ball((60.0, 48.0, 36.0), 8)], GRID))
    found = accumulated_maps(ledger(), cut, [lesion, inside], grid=GRID, tissues=TISSUES)
    assert not found.reached.array[20:].any() and found.reached.array[:11].all()
    assert any("tare/1" in one for one in found.remarks) and any(
        "lower bound" in one for one in found.remarks
    )
    assert found.regions[0].bed_gy is None and found.regions[0].reason is not None
    unseen = Ledger((entry("prrt", 1, region("k", RegionKind.KIDNEYS, 3.0)),))
    (without,) = accumulated_maps(unseen, cut, [inside], grid=GRID, tissues=TISSUES).regions
    assert without.bed_gy is None and "kinetics" in (without.reason or "")
    with pytest.raises(InputError, match="absorbed dose"):
        CourseMap("prrt/1", Volume(half.array, half.grid), RigidTransform.identity(), 0.0)
    with pytest.raises(InputError, match="one administration"):
        accumulated_maps(ledger(), [], [inside], grid=GRID, tissues=TISSUES)


def test_a_voxel_belongs_to_one_region_and_a_region_without_one_is_named() -> None:
    lesion = Region("L1", RegionKind.LESION, mask_of([ball(MIDDLE, 8)], GRID), "1.2.3")
    whole = Region("liver", LIVER, mask_of([ball(MIDDLE, 20)], GRID))
    hidden = Region("L2", RegionKind.LESION, mask_of([ball(MIDDLE, 5)], GRID))
    found = accumulated_maps(ledger(), maps(), [lesion, hidden, whole], grid=GRID, tissues=TISSUES)
    inner, outer = found.regions
    assert inner.absorbed_dose_gy.value > outer.absorbed_dose_gy.value
    assert not np.asarray(found.bed.array)[lesion.mask.array].any()
    assert outer.histogram.total_ml == pytest.approx(whole.mask.volume_ml - lesion.mask.volume_ml)
    assert any("L2" in one for one in found.remarks)


def test_ct_of_two_administrations_are_laid_over_each_other() -> None:
    grid = Grid.axial((40, 60, 60), (4.0, 3.0, 3.0))
    points = grid.points_of(np.argwhere(np.ones(grid.shape, dtype=bool)))

    def picture(transform: RigidTransform) -> Volume:
        at = transform.inverse().points(points) - np.array([88.0, 88.0, 78.0])
        body = ((at / np.array([75.0, 55.0, 70.0])) ** 2).sum(axis=1) < 1
        organ = (((at - [20.0, 5.0, 10.0]) / np.array([30.0, 25.0, 35.0])) ** 2).sum(axis=1) < 1
        bone = (((at - [-5.0, 38.0, 0.0]) / np.array([10.0, 10.0, 60.0])) ** 2).sum(axis=1) < 1
        values = np.where(bone, 280.0, np.where(organ, 110.0, np.where(body, 0.0, -1000.0)))
        noise = np.random.default_rng(1).normal(0, 8, len(values))
        return Volume((values + noise).astype(np.float32).reshape(grid.shape), grid, Quantity.HOUNSFIELD)

    known = RigidTransform.of(np.array([[1, 0, 0, 6.0], [0, 1, 0, -4.0], [0, 0, 1, 5.0], [0, 0, 0, 1.0]]))
    middle = np.array([[108.0, 93.0, 88.0]])
    found, error_mm = course_registration(
        picture(RigidTransform.identity()), picture(known), region=None, points_mm=middle
    )
    off = np.linalg.norm(found.points(middle) - known.points(middle))
    assert off < 1.5 and error_mm < 3.0
