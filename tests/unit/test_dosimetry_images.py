"""From masks and images to concentrations: shares of voxels, transfer, noise, quantification, what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation
from tests.balls import ball, mask_of

from nelm.dosimetry.noise import noise_of
from nelm.dosimetry.occupancy import Occupancy, occupancy, subdivided, surface
from nelm.dosimetry.partial_volume import spill, without_spill
from nelm.dosimetry.quantification import Acquired, Camera, quantified, scaled_to
from nelm.dosimetry.regions import Region, RegionKind, disjoint, unions_of
from nelm.dosimetry.scans import Administration, Scan, in_order
from nelm.errors import ConvergenceError, GeometryError, InputError
from nelm.imaging.registration import RigidTransform
from nelm.physics.kinetics import CalibrationFactor, sphere_recovery
from nelm.volume import Grid, Mask, Quantity, Volume

CT = Grid.axial((80, 80, 80), (1.0, 1.0, 1.0), (-39.5, -39.5, -39.5))
SPECT = Grid.axial((24, 24, 24), (4.0, 4.0, 4.0), (-46.0, -46.0, -46.0))
HERE = RigidTransform.identity()


def turned(degrees: float) -> RigidTransform:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler(
        "xyz", (degrees, -degrees / 2, degrees / 3), degrees=True
    ).as_matrix()
    return RigidTransform.of(matrix)


def sphere(radius_mm: float, at: tuple[float, float, float] = (0.3, -0.2, 0.1)) -> Mask:
    return mask_of([ball(at, radius_mm)], CT)


def flat(value: float, grid: Grid = SPECT) -> Volume:
    return Volume(np.full(grid.shape, value, np.float32), grid, Quantity.ACTIVITY_CONCENTRATION)


@pytest.mark.parametrize("degrees", [0.0, 17.0])
@pytest.mark.parametrize("radius", [6.0, 20.0])
def test_shares_add_up_to_the_outlined_volume(degrees: float, radius: float) -> None:
    """Points of 0.67 mm in voxels of 1 mm: their number is the volume to 1 %."""
    mask = sphere(radius)
    found = occupancy(mask, SPECT, turned(degrees))
    assert float(found.share.sum()) * SPECT.voxel_ml == pytest.approx(mask.volume_ml, rel=0.01)
    assert found.outside == 0
    assert found.share.max() <= 1


def test_shares_lie_where_the_transform_puts_them() -> None:
    """Here a third of the points falls on borders of voxels, which go to one side: 0.17 mm."""
    matrix = np.eye(4)
    matrix[:3, 3] = (8.0, -4.0, 12.0)
    part = occupancy(sphere(9), SPECT, RigidTransform.of(matrix))
    image = np.zeros(SPECT.shape)
    image[part.box] = part.share
    centre = SPECT.points_of([ndimage.center_of_mass(image)])[0]
    assert centre == pytest.approx([8.3, -4.2, 12.1], abs=0.2)


def test_a_region_that_leaves_the_field_says_how_much() -> None:
    """A sphere whose middle lies on the border: half of it is outside."""
    matrix = np.eye(4)
    matrix[:3, 3] = (-48.3, 0, 0)
    assert occupancy(sphere(12), SPECT, RigidTransform.of(matrix)).outside == pytest.approx(0.5, abs=0.03)
    matrix[:3, 3] = (-300, 0, 0)
    gone = occupancy(sphere(12), SPECT, RigidTransform.of(matrix))
    assert gone.outside == 1
    assert gone.share.sum() == 0


def test_subdivided_voxels_fill_the_same_space() -> None:
    fine = subdivided(SPECT, (2, 3, 4))
    assert fine.voxel_ml * 24 == pytest.approx(SPECT.voxel_ml)
    first = fine.points_of([[0, 0, 0], [1, 2, 3]]).mean(axis=0)
    assert first == pytest.approx(SPECT.points_of([[0, 0, 0]])[0])


@pytest.mark.parametrize("radius", [8.0, 15.0, 25.0])
def test_the_surface_of_a_sphere(radius: float) -> None:
    """4 pi r^2 but for what smoothing over a millimetre loses, (s/r)^2: 3 % at 8 mm."""
    _, shell = surface(sphere(radius), SPECT, HERE)
    area = float(shell.sum()) * SPECT.voxel_ml * 1000
    assert area == pytest.approx(4 * math.pi * radius**2, rel=0.05)


@pytest.mark.parametrize("radius", [8.0, 14.0, 22.0])
def test_recovery_of_a_sphere(radius: float) -> None:
    """The closed form at a resolution that holds the voxel twice, once in the image and once in the mean."""
    fwhm = 10.0
    part = occupancy(sphere(radius), SPECT, HERE)
    found = spill([part], np.ones(SPECT.shape, bool), SPECT, fwhm_mm=fwhm).recovery(0)
    with_voxels = math.sqrt(fwhm**2 + 8 * math.log(2) * SPECT.spacing_mm[0] ** 2 / 6)
    assert found == pytest.approx(sphere_recovery(2 * radius, fwhm_mm=with_voxels), rel=0.015)


def test_rows_of_the_matrix_add_up_to_one_inside_the_body() -> None:
    part = occupancy(sphere(12), SPECT, HERE)
    found = spill([part], np.ones(SPECT.shape, bool), SPECT, fwhm_mm=10).matrix
    assert found[0].sum() == pytest.approx(1, abs=2e-3)


def test_concentrations_come_back_from_a_blurred_image() -> None:
    inner, outer = occupancy(sphere(9), SPECT, HERE), occupancy(sphere(8, (22, 3, -4)), SPECT, HERE)
    shown = spill([inner, outer], np.ones(SPECT.shape, bool), SPECT, fwhm_mm=11)
    true = np.array([50.0, 20.0, 3.0])
    image = shown.modelled(true, SPECT)
    means = np.array([inner.mean(image), outer.mean(image), shown.rest.mean(image)])
    found, negative = without_spill(means, shown.matrix)
    assert found == pytest.approx(true, rel=1e-9)
    assert negative == ()
    assert means[0] < 35


def test_a_region_darker_than_what_bleeds_into_it_is_set_to_zero() -> None:
    found, negative = without_spill(np.array([1.0, 10.0]), np.array([[0.4, 0.5], [0.0, 1.0]]))
    assert negative == (0,)
    assert found[0] == 0


def test_regions_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(ConvergenceError, match="told apart"):
        without_spill(np.array([1.0, 1.0]), np.array([[0.5, 0.5], [0.5, 0.500001]]))


@pytest.mark.parametrize("filter_voxels", [0.0, 0.7, 1.0])
def test_noise_against_known_noise(filter_voxels: float) -> None:
    """Poisson counts, filtered: the spread of means over 300 images against what one image says of them."""
    grid = Grid.axial((28, 28, 28), (4.0, 4.0, 4.0))
    inside = np.zeros(grid.shape)
    inside[4:24, 4:24, 4:24] = 1
    whole = Occupancy((slice(0, 28),) * 3, inside, 512.0, 0.0)
    small = Occupancy((slice(10, 13), slice(10, 13), slice(10, 13)), np.ones((3, 3, 3)), 1.7, 0.0)
    rng, level = np.random.default_rng(5), 60.0
    means, stated, voxels = [], [], []
    for _ in range(300):
        image = rng.poisson(level, grid.shape).astype(np.float64)
        if filter_voxels:
            image = ndimage.gaussian_filter(image, filter_voxels, mode="wrap")
        noise = noise_of(image, np.full(grid.shape, level), [whole, small])
        assert noise is not None
        means.append((whole.mean(image), small.mean(image)))
        stated.append((noise.mean_sd(level, whole), noise.mean_sd(level, small)))
        voxels.append(noise.voxel_sd(np.array([level]))[0] / image[inside > 0].std())
    seen, said = np.std(means, axis=0), np.mean(stated, axis=0)
    assert np.mean(voxels) == pytest.approx(1, rel=0.02)
    assert said == pytest.approx(seen, rel=0.25)


def test_no_noise_is_read_from_regions_that_are_too_small() -> None:
    part = occupancy(sphere(6), SPECT, HERE)
    assert noise_of(np.ones(SPECT.shape), np.ones(SPECT.shape), [part]) is None


def test_counts_become_activity() -> None:
    """10 counts/s/MBq over half an hour in voxels of 0.064 mL, 20 % lost to dead time, decay within the acquisition."""
    tau, half_life = 2e-6, 5.0
    true = -math.log(0.8) / tau
    counts = 2.0 * 0.064 * 10 * 1800 * 0.8 * (1 - 0.5 ** (0.5 / half_life)) / (math.log(2) / half_life * 0.5)
    image = replace(flat(counts), quantity=Quantity.COUNTS)
    camera = Camera(CalibrationFactor(10, 0.2), tau, true * 0.8, 0.1)
    found, middle, done = quantified(image, Acquired(20.0, 0.5, None), camera, half_life_h=half_life)
    assert middle == 20.25
    assert float(found.array.flat[0]) == pytest.approx(2e6 * 0.5 ** (0.25 / half_life), rel=1e-5)
    assert any("dead time" in text for text in done)
    losses = true * tau
    assert camera.scale_relative_sd == pytest.approx(losses * 0.1 / (1 - losses), rel=1e-6)
    assert Camera().scale_relative_sd == 0


def test_a_correction_for_decay_is_taken_back() -> None:
    found, middle, done = quantified(flat(100), Acquired(24.0, 0.0, 0.0), Camera(), half_life_h=24.0)
    assert middle == 24
    assert float(found.array.flat[0]) == pytest.approx(50)
    assert "taken back" in done[0]


@pytest.mark.parametrize(
    ("quantity", "acquired", "camera", "words"),
    [
        (Quantity.COUNTS, Acquired(1, 0.5, None), Camera(), "calibration"),
        (Quantity.ARBITRARY, Acquired(1, 0.5, None), Camera(), "calibration"),
        (Quantity.COUNTS, Acquired(1, 0, None), Camera(CalibrationFactor(10, 0)), "duration"),
        (Quantity.ACTIVITY_CONCENTRATION, Acquired(1, 0.5, None), Camera(dead_time_s=1e-6), "count rate"),
        (Quantity.ACTIVITY_CONCENTRATION, Acquired(1, 0.5, None), Camera(None, 1e-6, 5e5), "saturated"),
    ],
)
def test_images_that_cannot_be_quantified(
    quantity: Quantity, acquired: Acquired, camera: Camera, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        quantified(replace(flat(5), quantity=quantity), acquired, camera, half_life_h=160)


def test_the_patient_as_the_phantom() -> None:
    found = scaled_to(flat(3), 1500)
    assert float(np.sum(found.array, dtype=float)) * SPECT.voxel_ml == pytest.approx(1500e6, rel=1e-5)
    for image, activity in ((flat(0), 1500), (flat(3), 0), (flat(-1), 1500)):
        with pytest.raises(InputError):
            scaled_to(image, activity)


def test_scans_are_put_in_order_and_refused() -> None:
    late, early = Scan(flat(1), 24, HERE), Scan(flat(2), 4, HERE)
    assert in_order((late, early)) == (early, late)
    with pytest.raises(InputError, match="none"):
        in_order(())
    with pytest.raises(InputError, match="another time"):
        in_order((late, early, Scan(flat(3), 24, HERE)))
    for time in (0.0, -2.0, math.nan):
        with pytest.raises(InputError, match="after the administration"):
            Scan(flat(1), time, HERE)
    with pytest.raises(InputError, match="Bq/mL"):
        Scan(replace(flat(1), quantity=Quantity.COUNTS), 4, HERE)


@pytest.mark.parametrize("activity", [0.0, -5.0, 0.2, 7.4e6, math.nan])
def test_activities_in_another_unit(activity: float) -> None:
    with pytest.raises(InputError, match="MBq"):
        Administration("Lu-177", "DOTATATE", activity, None)


def region(name: str, kind: RegionKind, mask: Mask) -> Region:
    return Region(name, kind, mask)


def test_a_voxel_stays_with_the_first_region() -> None:
    lesion = region("L1", RegionKind.LESION, sphere(8))
    liver = region("liver", RegionKind.LIVER_WITHOUT_LESIONS, sphere(20))
    inside = region("L2", RegionKind.LESION, sphere(5))
    found = disjoint([lesion, liver, inside])
    assert [one.name for one in found] == ["L1", "liver"]
    assert sum(one.volume_ml for one in found) == pytest.approx(sphere(20).volume_ml)
    (union,) = unions_of(found)
    assert union.members == ("liver", "L1")


def test_regions_are_refused() -> None:
    one = region("L1", RegionKind.LESION, sphere(8))
    empty = Mask(np.zeros(CT.shape, bool), CT)
    with pytest.raises(InputError, match="no region"):
        disjoint([])
    with pytest.raises(InputError, match="each name once"):
        disjoint([one, one])
    with pytest.raises(InputError, match="empty"):
        disjoint([replace(one, mask=empty)])
    with pytest.raises(GeometryError, match="another grid"):
        disjoint([one, region("x", RegionKind.SPLEEN, mask_of([ball((0, 0, 0), 9)], SPECT))])
