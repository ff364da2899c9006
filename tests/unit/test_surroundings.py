"""What lies around a liver: names, filled bodies, and body, lungs, bones and gas from CT against masks by formula."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from tests.balls import Ellipsoid, ball, mask_of

from nelm.app.imaging_limits import body_limits, imaging_knowledge
from nelm.app.surroundings import surroundings_of
from nelm.imaging.body_regions import air_in, body_of, bone_of, filled_slices
from nelm.imaging.phantom.drawing import Drawn
from nelm.imaging.phantom.lesions import LesionPlan
from nelm.imaging.phantom.patient import synthetic_patient
from nelm.imaging.phantom.rasters import points_of
from nelm.io.segmentation.names import structure_named
from nelm.io.segmentation.totalsegmentator import CLASSES
from nelm.io.study import Study
from nelm.knowledge import load_knowledge
from nelm.volume import Grid, Mask, Quantity, Segment, Segmentation, Structure, Volume

LIMITS = body_limits(imaging_knowledge(load_knowledge()))
GRID = Grid.axial((84, 112, 140), (3.0, 3.0, 3.0), (-210, -160, -140))


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float(2 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other)))


@lru_cache(maxsize=1)
def phantom() -> tuple[Drawn, dict[Structure, NDArray[np.bool_]], NDArray[np.bool_]]:
    """The drawn patient, its masks by structure, and its gas in stomach and colon by formula."""
    patient = synthetic_patient(1, LesionPlan((30, 20)))
    drawn = patient.tomography(GRID)
    found: dict[Structure, NDArray[np.bool_]] = {}
    for _, kind, mask in drawn.masks:
        found[kind] = found.get(kind, np.zeros(GRID.shape, dtype=bool)) | mask.array
    points = points_of(GRID)
    organs = {organ.name: organ.shape.field for organ in patient.anatomy.organs}
    # the stomach, the spleen and others are drawn over the colon and its gas
    gas = np.broadcast_to(organs["colon_gas"](points), GRID.shape) < 0
    for over in ("bowel", "stomach", "pancreas", "spleen", "liver", "gallbladder"):
        gas = gas & ~(np.broadcast_to(organs[over](points), GRID.shape) < 0)
    stomach = np.broadcast_to(organs["stomach_gas"](points), GRID.shape) < 0
    return drawn, found, gas | (stomach & ~found[Structure.LIVER] & ~found[Structure.SPLEEN])


def study_of(image: Volume | None, *regions: tuple[str, Structure, Mask]) -> Study:
    segments = tuple(Segment(*region) for region in regions)
    drawn = (Segmentation(segments[0].mask.grid, segments),) if segments else ()
    return Study((image,) if image is not None else (), (), drawn, (), {})


def test_holes_are_filled_slice_by_slice_as_scipy_fills_them() -> None:
    rng = np.random.default_rng(1)
    for share in (0.45, 0.55, 0.65):
        array = rng.random((4, 40, 50)) < share
        wanted = np.stack([ndimage.binary_fill_holes(plane) for plane in array])
        assert np.array_equal(filled_slices(Mask(array, Grid.axial(array.shape, (1, 1, 1)))).array, wanted)


def test_a_hole_that_is_too_large_stays() -> None:
    ring = np.zeros((1, 30, 30), dtype=bool)
    ring[0, 5:25, 5:25] = True
    ring[0, 10:20, 10:20] = False  # 100 voxels of 2 mm2
    mask = Mask(ring, Grid.axial(ring.shape, (1, 1, 2)))
    assert filled_slices(mask, up_to_mm2=199).array.sum() == ring.sum()
    assert filled_slices(mask, up_to_mm2=201).array.sum() == ring.sum() + 100


def test_body_lungs_bones_and_gas_of_the_synthetic_patient() -> None:
    """Measured: body 0.995, lungs 0.992, bones 0.88, gas 0.96; partial volumes of 3 mm cost the rest."""
    drawn, true, gas = phantom()
    body = body_of(drawn.ct, LIMITS)
    air = air_in(drawn.ct, body, LIMITS)
    assert dice(body.array, true[Structure.SKIN]) > 0.99
    assert dice(air.lung.array, true[Structure.LUNG]) > 0.98
    assert dice(air.gas.array, gas) > 0.93
    left_out = [Mask(true[kind], GRID) for kind in (Structure.LIVER, Structure.KIDNEY_LEFT, Structure.AORTA)]
    bone = bone_of(drawn.ct, body, LIMITS, without=left_out)
    wanted = true[Structure.BONE] | true[Structure.RIB]
    assert dice(bone.array, wanted) > 0.85
    assert np.count_nonzero(wanted & ~bone.array) < 0.08 * np.count_nonzero(wanted)
    assert not any((bone.array & mask.array).any() for mask in left_out)


def test_a_couch_is_not_body() -> None:
    drawn, _, _ = phantom()
    plain = body_of(drawn.ct, LIMITS)
    lowest = int(np.flatnonzero(plain.array.any(axis=(0, 2)))[-1])
    array = drawn.ct.array.copy()
    array[:, lowest + 1 : lowest + 3, 20:120] = 80
    found = body_of(replace(drawn.ct, array=array), LIMITS)
    assert abs(found.volume_ml - plain.volume_ml) < 0.015 * plain.volume_ml
    added = np.count_nonzero(array[:, lowest + 1 : lowest + 3] == 80) * GRID.voxel_ml
    assert added > 0.02 * plain.volume_ml  # what would be seen if it were taken in


def test_a_bubble_beside_the_lung_is_gas_and_emphysema_is_lung() -> None:
    """A ball of pure air that touches the lung; and a lung that is as light as air throughout."""
    grid = Grid.axial((60, 90, 90), (2.0, 2.0, 2.0), (-90, -90, -60))
    body = Mask(np.ones(grid.shape, dtype=bool), grid)
    lung = Ellipsoid(np.array([0.0, 0.0, 40.0]), np.array([60.0, 60.0, 45.0]), np.eye(3)).at(grid)
    bubble = ball((0, 0, -25), 22).at(grid)
    hu = np.where(lung, -850, 40)
    hu[bubble] = -1000
    air = air_in(Volume(hu.astype(np.int16), grid, Quantity.HOUNSFIELD), body, LIMITS)
    assert dice(air.lung.array, lung & ~bubble) > 0.99 and dice(air.gas.array, bubble) > 0.99
    hu[lung] = -980
    hu[bubble] = 40
    air = air_in(Volume(hu.astype(np.int16), grid, Quantity.HOUNSFIELD), body, LIMITS)
    assert dice(air.lung.array, lung & ~bubble) > 0.99 and air.gas.is_empty


def test_what_is_lung_does_not_depend_on_the_sense_of_the_slices() -> None:
    drawn, true, _ = phantom()
    turned = Grid.of(
        GRID.shape, GRID.matrix @ np.diag([-1, 1, 1, 1]) + np.outer([0, 0, 249, 0], [0, 0, 0, 1])
    )
    image = Volume(drawn.ct.array[::-1], turned, Quantity.HOUNSFIELD)
    assert turned.points_of([[0, 0, 0]])[0, 2] > turned.points_of([[1, 0, 0]])[0, 2]
    air = air_in(image, Mask(true[Structure.SKIN][::-1], turned), LIMITS)
    assert dice(air.lung.array[::-1], true[Structure.LUNG]) > 0.98


def test_nothing_but_air_or_nothing_but_tissue() -> None:
    grid = Grid.axial((4, 20, 20), (2, 2, 2))
    for value in (-1000, 40):
        image = Volume(np.full(grid.shape, value, dtype=np.int16), grid, Quantity.HOUNSFIELD)
        body = body_of(image, LIMITS)
        assert body.is_empty == (value == -1000)
        assert bone_of(image, body, LIMITS).is_empty
        assert air_in(image, body, LIMITS).lung.is_empty


def test_what_is_not_segmented_is_taken_from_the_ct_and_said() -> None:
    drawn, true, _ = phantom()
    liver = ("Liver", Structure.LIVER, Mask(true[Structure.LIVER], GRID))
    found = surroundings_of(study_of(drawn.ct, liver), GRID, drawn.ct)
    assert found.derived == {Structure.SKIN, Structure.LUNG, Structure.BOWEL, Structure.BONE}
    assert found.partial == {Structure.BOWEL} and not found.has(Structure.BOWEL)
    assert found.of(Structure.BOWEL) is not None  # the gas is there to keep off, the rest is unknown
    assert Structure.LIVER not in found.structures
    said = " ".join(found.remarks)
    for words in ("body:", "lung:", "bone:", "threshold", "only gas is known", "unknown and not absent"):
        assert words in said
    assert found.unknown(Structure.STOMACH, Structure.BOWEL, Structure.SKIN) == (
        Structure.STOMACH, Structure.BOWEL,
    )  # fmt: skip
    for name in ("heart", "stomach", "bowel", "gallbladder", "kidney right", "aorta"):
        assert name in found.remarks[-1]
    assert "rib" not in found.remarks[-1]  # bones are known, ribs among them


def test_what_is_segmented_is_taken_as_it_is() -> None:
    drawn, _, _ = phantom()
    regions = [(name, kind, mask) for name, kind, mask in drawn.masks]
    found = surroundings_of(study_of(drawn.ct, *regions), GRID, drawn.ct)
    assert not found.derived and not found.partial and not found.empty
    bowel = found.of(Structure.BOWEL)
    assert bowel is not None  # colon and small bowel as one
    both = [mask.array for _, kind, mask in regions if kind is Structure.BOWEL]
    assert len(both) == 2 and np.array_equal(bowel.array, both[0] | both[1])
    assert all(found.has(kind) for _, kind, _ in regions if kind not in (Structure.LIVER, Structure.LESION))


def test_a_skin_that_is_a_shell_is_filled_and_one_of_another_place_is_not_used() -> None:
    drawn, true, _ = phantom()
    body = true[Structure.SKIN]
    shell = body & ~np.stack([ndimage.binary_erosion(plane, iterations=2) for plane in body])
    liver = ("Liver", Structure.LIVER, Mask(true[Structure.LIVER], GRID))
    image = drawn.ct
    found = surroundings_of(study_of(image, liver, ("skin", Structure.SKIN, Mask(shell, GRID))), GRID, image)
    assert dice(found.structures[Structure.SKIN].array, body) > 0.995
    assert Structure.SKIN not in found.derived
    legs = mask_of([ball((0, 0, -130), 40)], GRID)
    found = surroundings_of(study_of(image, liver, ("skin", Structure.SKIN, legs)), GRID, image)
    assert Structure.SKIN in found.derived and any("does not enclose the liver" in r for r in found.remarks)


def test_without_a_ct_nothing_is_derived() -> None:
    drawn, true, _ = phantom()
    liver = ("Liver", Structure.LIVER, Mask(true[Structure.LIVER], GRID))
    for image in (None, replace(drawn.ct, quantity=Quantity.ARBITRARY)):
        found = surroundings_of(study_of(image, liver), GRID, image)
        assert not found.structures and not found.derived
        assert "nothing was derived" in found.remarks[0] and "skin" in found.remarks[-1]


def test_an_empty_segment_and_one_elsewhere_are_said() -> None:
    empty = Mask(np.zeros(GRID.shape, dtype=bool), GRID)
    far = Mask(np.ones((4, 4, 4), dtype=bool), Grid.axial((4, 4, 4), (3, 3, 3), (900, 900, 900)))
    found = surroundings_of(
        study_of(None, ("portal", Structure.PORTAL_VEIN, empty), ("spleen", Structure.SPLEEN, far)),
        GRID,
        None,
    )
    assert found.empty == {Structure.PORTAL_VEIN} and not found.has(Structure.PORTAL_VEIN)
    assert "portal is given but empty" in found.remarks
    assert any("outside the image" in text and "spleen" in text for text in found.remarks)


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("vertebrae_L1", Structure.BONE), ("rib_left_7", Structure.RIB), ("rib_right_12", Structure.RIB),
        ("costal_cartilages", Structure.RIB), ("sacrum", Structure.BONE), ("hip_left", Structure.BONE),
        ("clavicula_right", Structure.BONE), ("lung_middle_lobe_right", Structure.LUNG),
        ("body_trunc", Structure.SKIN), ("smallintestin", Structure.BOWEL), ("venacava", Structure.INFERIOR_VENA_CAVA),
        ("leftkidney", Structure.KIDNEY_LEFT), ("rightkidney", Structure.KIDNEY_RIGHT), ("leftlung", Structure.LUNG),
        ("rightsurrenalgland", Structure.ADRENAL), ("surrenalgland", Structure.ADRENAL),
        ("gallbladder", Structure.GALLBLADDER),
        ("adrenal_gland_left", Structure.ADRENAL), ("duodenum", Structure.BOWEL), ("artery", Structure.HEPATIC_ARTERY),
        ("esophagus", Structure.OTHER), ("ribosome", Structure.OTHER), ("hipbath", Structure.OTHER),
    ],
)  # fmt: skip
def test_names_of_what_lies_around(name: str, structure: Structure) -> None:
    assert structure_named(name) is structure


def test_numbers_of_totalsegmentator() -> None:
    """Some numbers of the program's own class map (version 2, task `total`)."""
    wanted = {25: "sacrum", 27: "vertebrae_L5", 31: "vertebrae_L1", 32: "vertebrae_T12", 43: "vertebrae_T1",
              44: "vertebrae_C7", 50: "vertebrae_C1", 69: "humerus_left", 74: "clavicula_right", 76: "femur_right",
              77: "hip_left", 78: "hip_right", 91: "skull", 92: "rib_left_1", 103: "rib_left_12", 104: "rib_right_1",
              115: "rib_right_12", 116: "sternum", 117: "costal_cartilages"}  # fmt: skip
    assert {number: CLASSES[number] for number in wanted} == wanted
    bones = [name for number, name in CLASSES.items() if number >= 25 and number not in (51, 52, 63, 64)]
    assert {structure_named(name) for name in bones} == {Structure.BONE, Structure.RIB}
