"""Damaged segmentations: a clear error, or the right regions; never another exception, never a silent wrong volume."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from random import Random

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from tests.balls import ball, mask_of
from tests.phantoms import AT, examination

from nelm.errors import NelmError
from nelm.io.dicom import find_series, read_volume
from nelm.io.dicom_out import Region, segmentation_object, sources_of, structure_set_object, write_ct
from nelm.io.segmentation import read_nifti_labels, read_rtstruct, read_seg
from nelm.volume import Grid, Quantity, Segmentation, Structure, Volume

GRID = Grid.axial((12, 24, 26), (3.0, 2.0, 2.0), (-26, -24, -18))
TRUTH = {"Liver": ball((0, 0, 0), 14), "L1": ball((4, 3, 0), 5)}
Damage = Callable[[Dataset, Random], None]


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> tuple[Volume, Path]:
    folder = tmp_path_factory.mktemp("segmented")
    volume = Volume(np.zeros(GRID.shape, dtype=np.int16), GRID, Quantity.HOUNSFIELD)
    write_ct(volume, folder / "ct", examination("damage"), number=1, description="CT")
    image = read_volume(find_series([folder / "ct"]).series[0])
    sources = sources_of(image, made_at=AT)
    kinds = {"Liver": Structure.LIVER, "L1": Structure.LESION}
    regions = [Region(name, kinds[name], mask_of([body], image.grid)) for name, body in TRUTH.items()]
    segmentation_object(regions, sources, description="x", series_number=2).save_as(folder / "seg.dcm")
    structure_set_object(regions, sources, series_number=3).save_as(
        folder / "rt.dcm", enforce_file_format=True
    )
    return image, folder


def is_right(found: Segmentation) -> bool:
    """Whether every region of the truth is there with its volume and place (or said to be empty or cut)."""
    for segment in found.segments:
        body = TRUTH.get(segment.name)
        if body is None:
            return False
        truth = mask_of([body], GRID)
        said = any(segment.name in text for text in found.origin.repairs)
        if segment.mask.is_empty:
            if not said:
                return False
            continue
        middle = found.grid.points_of(np.argwhere(segment.mask.array)).mean(axis=0)
        close = np.linalg.norm(middle - body.centre) < 1.0
        same = abs(segment.mask.volume_ml - truth.volume_ml) <= 0.02 * truth.volume_ml
        if not (close and same) and not said:
            return False
    return True


def outcome(read: Callable[[], Segmentation]) -> str:
    """What came of it; any exception but ours goes through and fails the test."""
    try:
        found = read()
    except NelmError as error:
        assert len(str(error)) > 30
        return "refused"
    assert is_right(found), [(s.name, s.mask.volume_ml) for s in found.segments]
    return "right"


def drop(name: str) -> Damage:
    return lambda dataset, _: dataset.pop(name, None)


def set_to(name: str, value: object) -> Damage:
    return lambda dataset, _: setattr(dataset, name, value)


def fewer_frames(dataset: Dataset, rng: Random) -> None:
    dataset.NumberOfFrames = max(1, int(dataset.NumberOfFrames) - rng.randint(1, 3))


def more_frames(dataset: Dataset, rng: Random) -> None:
    dataset.NumberOfFrames = int(dataset.NumberOfFrames) + rng.randint(1, 3)


def cut_pixels(dataset: Dataset, rng: Random) -> None:
    dataset.PixelData = dataset.PixelData[: rng.randint(0, len(dataset.PixelData) // 2)]


def lost_position(dataset: Dataset, rng: Random) -> None:
    group = rng.choice(list(dataset.PerFrameFunctionalGroupsSequence))
    del group.PlanePositionSequence


def unknown_segment(dataset: Dataset, rng: Random) -> None:
    group = rng.choice(list(dataset.PerFrameFunctionalGroupsSequence))
    group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 77


def odd_position(dataset: Dataset, rng: Random) -> None:
    group = rng.choice(list(dataset.PerFrameFunctionalGroupsSequence)[1:-1])
    position = group.PlanePositionSequence[0].ImagePositionPatient
    group.PlanePositionSequence[0].ImagePositionPatient = [position[0], position[1], float(position[2]) + 1.1]


def shuffled_groups(dataset: Dataset, rng: Random) -> None:
    """Frames in another order, with their pixels: still right."""
    frames = np.unpackbits(np.frombuffer(dataset.PixelData, dtype=np.uint8), bitorder="little")
    count, size = int(dataset.NumberOfFrames), int(dataset.Rows) * int(dataset.Columns)
    planes = frames[: count * size].reshape(count, size)
    order = list(range(count))
    rng.shuffle(order)
    groups = [copy.deepcopy(dataset.PerFrameFunctionalGroupsSequence[i]) for i in order]
    dataset.PerFrameFunctionalGroupsSequence = pydicom.Sequence(groups)
    packed = np.packbits(planes[order].ravel(), bitorder="little").tobytes()
    dataset.PixelData = packed + b"\0" * (len(packed) % 2)


SEG_DAMAGES: dict[str, Damage] = {
    "no segments": drop("SegmentSequence"),
    "no frame groups": drop("PerFrameFunctionalGroupsSequence"),
    "no shared groups": drop("SharedFunctionalGroupsSequence"),
    "no pixels": drop("PixelData"),
    "no rows": drop("Rows"),
    "no number of frames": drop("NumberOfFrames"),
    "no kind": drop("SegmentationType"),
    "other kind": set_to("SegmentationType", "GUESSED"),
    "other rows": set_to("Rows", 13),
    "fewer frames": fewer_frames,
    "more frames": more_frames,
    "cut pixels": cut_pixels,
    "lost position": lost_position,
    "unknown segment": unknown_segment,
    "odd position": odd_position,
    "shuffled frames": shuffled_groups,
    "no source": drop("ReferencedSeriesSequence"),
    "another class": set_to("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2"),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SEG_DAMAGES)
def test_a_damaged_segmentation(intact: tuple[Volume, Path], name: str, seed: int, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(intact[1] / "seg.dcm")
    SEG_DAMAGES[name](dataset, Random(f"{name} {seed}"))
    path = tmp_path / "seg.dcm"
    dataset.save_as(path)
    came = outcome(lambda: read_seg(path))
    if name in ("shuffled frames", "no source"):
        assert came == "right"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("name", ["seg.dcm", "rt.dcm"])
def test_a_truncated_file(intact: tuple[Volume, Path], name: str, share: float, tmp_path: Path) -> None:
    content = (intact[1] / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(content[: int(len(content) * share)])
    read = read_seg if name == "seg.dcm" else lambda p: read_rtstruct(p, intact[0])
    outcome(lambda: read(path))


def contour(dataset: Dataset, rng: Random) -> Dataset:
    return rng.choice(list(rng.choice(list(dataset.ROIContourSequence)).ContourSequence))


def two_points(dataset: Dataset, rng: Random) -> None:
    rng.choice(list(dataset.ROIContourSequence)).ContourSequence[0].ContourData = [
        "0",
        "0",
        "0",
        "1",
        "1",
        "0",
    ]


def not_a_number(dataset: Dataset, rng: Random) -> None:
    item = contour(dataset, rng)
    item.add_new("ContourData", "DS", [])
    item["ContourData"]._value = ["nan"] * 9


def odd_count(dataset: Dataset, rng: Random) -> None:
    item = contour(dataset, rng)
    item.ContourData = list(item.ContourData)[:-1]


def out_of_plane(dataset: Dataset, rng: Random) -> None:
    item = contour(dataset, rng)
    data = [float(value) for value in item.ContourData]
    data[2] += 5.0
    item.ContourData = [f"{value:.3f}" for value in data]


def moved_away(dataset: Dataset, _: Random) -> None:
    for roi in dataset.ROIContourSequence:
        for item in roi.ContourSequence:
            data = np.array(item.ContourData, dtype=float).reshape(-1, 3) + np.array([0, 0, 500.0])
            item.ContourData = [f"{value:.3f}" for value in data.ravel()]


def other_frame(dataset: Dataset, _: Random) -> None:
    for item in dataset.StructureSetROISequence:
        item.ReferencedFrameOfReferenceUID = generate_uid()


def open_contours(dataset: Dataset, _: Random) -> None:
    for item in dataset.ROIContourSequence[1].ContourSequence:
        item.ContourGeometricType = "OPEN_PLANAR"


def lost_roi(dataset: Dataset, _: Random) -> None:
    del dataset.ROIContourSequence[1]


RT_DAMAGES: dict[str, Damage] = {
    "no structures": drop("StructureSetROISequence"),
    "no contours": drop("ROIContourSequence"),
    "two points": two_points,
    "not a number": not_a_number,
    "odd count": odd_count,
    "out of plane": out_of_plane,
    "moved away": moved_away,
    "other frame": other_frame,
    "open contours": open_contours,
    "lost structure": lost_roi,
    "no references": drop("ReferencedFrameOfReferenceSequence"),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", RT_DAMAGES)
def test_a_damaged_structure_set(intact: tuple[Volume, Path], name: str, seed: int, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(intact[1] / "rt.dcm")
    RT_DAMAGES[name](dataset, Random(f"{name} {seed}"))
    path = tmp_path / "rt.dcm"
    try:
        dataset.save_as(path, enforce_file_format=True)
    except Exception:  # pydicom refuses to write this damage: nothing to read
        pytest.skip("cannot be written")
    came = outcome(lambda: read_rtstruct(path, intact[0]))
    if name in ("other frame", "odd count", "out of plane"):
        assert came == "refused"


def nifti(path: Path, array: np.ndarray, affine: np.ndarray, *, codes: tuple[int, int] = (1, 1)) -> None:
    image = nibabel.Nifti1Image(array, affine)
    image.set_sform(affine, codes[0])
    image.set_qform(affine if np.isfinite(affine).all() else np.eye(4), codes[1])
    image.to_filename(path)


def labels() -> tuple[np.ndarray, np.ndarray]:
    array = mask_of([TRUTH["Liver"]], GRID).array.transpose(2, 1, 0).astype(np.uint8)
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = GRID.matrix[:3, 2::-1], GRID.matrix[:3, 3]
    return array, np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "name", ["no orientation", "sheared", "nan affine", "flat affine", "fractions", "negative", "two dimensions",
             "five dimensions", "many labels", "cut", "text", "empty mask"],
)  # fmt: skip
def test_a_damaged_label_map(name: str, seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    array, affine = labels()
    path, codes = tmp_path / "Liver.nii", (1, 1)
    if name == "no orientation":
        codes = (0, 0)
    elif name == "sheared":
        affine[0, 1] = rng.uniform(0.5, 1.5)
    elif name == "flat affine":
        affine[:3, 2] = affine[:3, 1]
    elif name == "fractions":
        array = array.astype(np.float32) * 0.37
    elif name == "negative":
        array = array.astype(np.int16) - 1
    elif name == "two dimensions":
        array = array[:, :, 5]
    elif name == "five dimensions":
        array = np.stack([array] * 2, axis=-1)[..., None, :]
    elif name == "many labels":
        array = rng.integers(0, 3000, array.shape).astype(np.int16)
    elif name == "empty mask":
        array = np.zeros_like(array)
    try:
        nifti(path, array, affine, codes=codes)
    except Exception:  # nibabel refuses to write this damage
        path.write_bytes(b"\0" * 400)
    if name == "nan affine":
        content = bytearray(path.read_bytes())
        content[280:284] = np.float32(np.nan).tobytes()
        path.write_bytes(bytes(content))
    if name == "cut":
        path.write_bytes(path.read_bytes()[: 352 + int(rng.integers(10, 2000))])
    if name == "text":
        path.write_text("no image", encoding="utf-8")
    try:
        found = read_nifti_labels(path, names={1: "Liver"})
    except NelmError as error:
        assert len(str(error)) > 30
        return
    assert name == "empty mask" and found.segments == ()
