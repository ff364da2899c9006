"""Segmentations of other programs on real data: volumes printed with the data, the same voxels by another reader."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from nelm.imaging.lesions import burden_of
from nelm.io.segmentation import read_nifti_labels, read_seg, structure_named
from nelm.io.segmentation.nrrd import read_nrrd_labels
from nelm.volume import Structure


def test_a_liver_of_dcmqi_is_that_of_its_source(shared_path: Callable[[str], Path]) -> None:
    """The SEG was made from the NRRD by dcmqi: the same points are inside."""
    folder = shared_path("data/dcmqi_liver_seg")
    found = read_seg(folder / "liver.dcm")
    array = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(folder / "liver_seg.nrrd"))) > 0
    other = read_nrrd_labels(folder / "liver_seg.nrrd")
    (segment,), (labelled,) = found.segments, other.segments
    assert segment.structure is Structure.LIVER and labelled.structure is Structure.LIVER
    assert np.count_nonzero(segment.mask.array) == np.count_nonzero(array)
    points = found.grid.points_of(np.argwhere(segment.mask.array))
    there = np.round(other.grid.indices_of(points)).astype(int)
    assert labelled.mask.array[tuple(there.T)].all()


@pytest.mark.parametrize(
    ("name", "count"),
    [("dcmqi_liver_seg/partial_overlaps.dcm", 5), ("dcmqi_liver_seg/sparse-labelmap-ppv5.dcm", 1),
     ("highdicom_files/seg_image_ct_binary.dcm", 1), ("highdicom_files/seg_image_ct_binary_overlap.dcm", 2),
     ("highdicom_files/seg_image_ct_true_fractional.dcm", 1)],
)  # fmt: skip
def test_every_kind_of_segmentation_is_read(
    shared_path: Callable[[str], Path], name: str, count: int
) -> None:
    found = read_seg(shared_path(f"data/{name}"))
    assert len(found.segments) == count
    assert not any(segment.mask.is_empty for segment in found.segments)


def test_labels_of_totalsegmentator(shared_path: Callable[[str], Path]) -> None:
    """1125 mL of liver, cut by the field of view, as the data's page says."""
    found = read_nifti_labels(
        shared_path("data/totalsegmentator_example/example_seg_fast_force_split.nii.gz")
    )
    (liver,) = found.of(Structure.LIVER)
    assert liver.mask.volume_ml == pytest.approx(1125.7, abs=0.5)
    assert {Structure.SPLEEN, Structure.KIDNEY_LEFT, Structure.PORTAL_VEIN} <= {
        s.structure for s in found.segments
    }
    left = found.grid.points_of(np.argwhere(found.of(Structure.SPLEEN)[0].mask.array)).mean(axis=0)
    right = found.grid.points_of(np.argwhere(liver.mask.array)).mean(axis=0)
    assert left[0] > right[0] + 80  # x grows to the patient's left
    burden = burden_of(liver.mask, [])
    assert burden.is_cut and burden.percent is None


@pytest.mark.parametrize(
    ("name", "structure"),
    [
        ("Liver", Structure.LIVER), ("LIVER_LESION 3", Structure.LESION), ("Met_07", Structure.LESION),
        ("Tumor_2", Structure.LESION), ("Portal", Structure.PORTAL_VEIN), ("Hepatic", Structure.HEPATIC_VEIN),
        ("Liver_Remnant", Structure.FUTURE_LIVER_REMNANT), ("VCI", Structure.INFERIOR_VENA_CAVA),
        ("Couinaud VIII", Structure.COUINAUD_8), ("liver_segment_4", Structure.COUINAUD_4),
        ("S4a", Structure.COUINAUD_4A), ("liver_vessels", Structure.LIVER_VESSEL),
        ("livertumor1", Structure.LESION), ("venoussystem", Structure.HEPATIC_VEIN),
        ("portalvein", Structure.PORTAL_VEIN), ("kidney_left", Structure.KIDNEY_LEFT), ("GTV1", Structure.LESION),
        ("label 3", Structure.OTHER), ("Patient", Structure.OTHER), ("liverwurst", Structure.OTHER),
    ],
)  # fmt: skip
def test_names(name: str, structure: Structure) -> None:
    assert structure_named(name) is structure


def test_a_name_can_be_given_a_meaning() -> None:
    assert structure_named("organ_x", overrides={"organ_x": Structure.LIVER}) is Structure.LIVER
