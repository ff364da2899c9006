"""Body, lungs, bones and gas from real CT against the segmentations that came with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nelm.app.surroundings import surroundings_of
from nelm.io.segmentation import read_nifti_labels, read_nifti_volume
from nelm.io.study import Study, read_study
from nelm.volume import Mask, Quantity, Structure


def dice(one: Mask | None, other: Mask | None) -> float:
    assert one is not None and other is not None
    together = np.count_nonzero(one.array) + np.count_nonzero(other.array)
    return float(2 * np.count_nonzero(one.array & other.array) / together)


@pytest.mark.slow
def test_ircad_case_17(ircad_ct: Path, ircad_masks: Path) -> None:
    """Against the given skin and bones: Dice 0.9997 and 0.86 (the given bones hold cartilage and marrow)."""
    study = read_study([ircad_ct, ircad_masks])
    (image,), (given,) = study.images, study.segmentations
    kept = tuple(s for s in given.segments if s.structure not in (Structure.SKIN, Structure.BONE))
    bare = replace(study, segmentations=(replace(given, segments=kept),))
    found = surroundings_of(bare, image.grid, image)
    assert dice(found.of(Structure.SKIN), given.of(Structure.SKIN)[0].mask) > 0.999
    assert dice(found.of(Structure.BONE), given.of(Structure.BONE)[0].mask) > 0.85
    assert {Structure.SKIN, Structure.BONE, Structure.LUNG} <= found.derived
    lung, liver = found.structures[Structure.LUNG], given.of(Structure.LIVER)[0].mask
    assert 1400 < lung.volume_ml < 1650 and not (lung.array & liver.array).sum() > 0.001 * liver.array.sum()
    assert found.has(Structure.HEPATIC_ARTERY) and not found.has(Structure.GALLBLADDER)


def test_example_of_totalsegmentator(shared_path: Callable[[str], Path]) -> None:
    """Voxels of 3 mm, the field of view cut above the liver; gas of the splenic flexure touches the lung.

    Lungs Dice 0.84, 96 % of the gas in the given stomach and bowel, 4 % of the derived bone outside the given bones.
    Bones of 3 mm voxels by threshold are not whole: 45 % of the given volume is marrow and cartilage below it.
    """
    folder = shared_path("data/totalsegmentator_example")
    image = replace(read_nifti_volume(folder / "example_ct.nii.gz"), quantity=Quantity.HOUNSFIELD)
    given = read_nifti_labels(folder / "example_seg_fast_force_split.nii.gz")
    every = surroundings_of(Study((image,), (), (given,), (), {}), image.grid, image)
    assert every.derived == {Structure.SKIN}
    hidden = (Structure.BONE, Structure.RIB, Structure.LUNG, Structure.BOWEL)
    few = replace(given, segments=tuple(s for s in given.segments if s.structure not in hidden))
    found = surroundings_of(Study((image,), (), (few,), (), {}), image.grid, image)
    assert dice(found.of(Structure.LUNG), every.of(Structure.LUNG)) > 0.8
    gas, guts = found.of(Structure.BOWEL), every.of(Structure.BOWEL, Structure.STOMACH)
    bone, bones = found.of(Structure.BONE), every.of(Structure.BONE, Structure.RIB)
    assert gas is not None and guts is not None and bone is not None and bones is not None
    assert np.mean(guts.array[gas.array]) > 0.95
    assert np.mean(bones.array[bone.array]) > 0.95
    assert np.mean(bone.array[bones.array]) > 0.5
