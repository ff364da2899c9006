"""Ways in which the files of a DICOM series are harmed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.pixels import compress
from pydicom.uid import RLELossless
from tests.dicom_files import ct_series, raw, set_pixels

COUNT, ROWS, COLUMNS = 9, 10, 12
SHAPE = (COUNT, ROWS, COLUMNS)

Harm = Callable[[list[Dataset], Random], None]
FileHarm = Callable[[Path, list[Path], Random], None]


def inner(rng: Random) -> int:
    """A slice that is neither the first nor the last, nor next to them."""
    return rng.randrange(2, COUNT - 2)


def some(images: Sequence[Dataset], rng: Random, keyword: str, value: object) -> None:
    """Give one inner slice a value; a text goes in as it stands, None removes the element."""
    put(images[inner(rng)], keyword, value)


def put(made: Dataset, keyword: str, value: object) -> None:
    """Give a data set a value."""
    if value is None:
        if keyword in made:
            delattr(made, keyword)
    elif isinstance(value, str):
        raw(made, keyword, value)
    else:
        setattr(made, keyword, copy.deepcopy(value))


def one(keyword: str, *values: object) -> Harm:
    """One inner slice gets one of these values."""
    return lambda images, rng: some(images, rng, keyword, rng.choice(values))


def every(keyword: str, *values: object) -> Harm:
    """All slices get the same one of these values."""

    def harm(images: list[Dataset], rng: Random) -> None:
        value = rng.choice(values)
        for made in images:
            put(made, keyword, value)

    return harm


def last(keyword: str, *values: object) -> Harm:
    """The last slice gets one of these values."""
    return lambda images, rng: put(images[-1], keyword, rng.choice(values))


def moved(axis: int, *parts: float) -> Harm:
    """One inner slice is displaced along an axis by a part of the slice spacing."""

    def harm(images: list[Dataset], rng: Random) -> None:
        made = images[inner(rng)]
        place = [float(number) for number in made.ImagePositionPatient]
        place[axis] += rng.choice(parts) * 5.0
        made.ImagePositionPatient = place

    return harm


def exchanged(*keywords: str) -> Harm:
    """Two slices exchange values."""

    def harm(images: list[Dataset], rng: Random) -> None:
        first, second = rng.sample(range(COUNT), 2)
        for keyword in keywords:
            a, b = (copy.deepcopy(getattr(images[k], keyword)) for k in (first, second))
            setattr(images[first], keyword, b)
            setattr(images[second], keyword, a)

    return harm


def lost(choose: Callable[[Random], Sequence[int]]) -> Harm:
    """Some slices are not there."""

    def harm(images: list[Dataset], rng: Random) -> None:
        gone = set(choose(rng))
        images[:] = [made for k, made in enumerate(images) if k not in gone]

    return harm


def copied(*, new_uid: bool = False, other_pixels: bool = False, all_of_them: bool = False) -> Harm:
    """Slices are there twice."""

    def harm(images: list[Dataset], rng: Random) -> None:
        chosen = range(COUNT) if all_of_them else [rng.randrange(COUNT)]
        for k in chosen:
            again = copy.deepcopy(images[k])
            if new_uid:
                again.SOPInstanceUID = f"{again.SOPInstanceUID}.9"
            if other_pixels:
                again.PixelData = bytes(reversed(again.PixelData))
            images.append(again)

    return harm


def numbers_shuffled(images: list[Dataset], rng: Random) -> None:
    """Instance numbers in any order."""
    numbers = list(range(1, COUNT + 1))
    rng.shuffle(numbers)
    for made, number in zip(images, numbers, strict=True):
        made.InstanceNumber = number


def jittered(part: float) -> Harm:
    """Positions off by up to a part of the spacing."""

    def harm(images: list[Dataset], rng: Random) -> None:
        for k, made in enumerate(images):
            place = [float(number) for number in made.ImagePositionPatient]
            place[2] += (part if k % 2 else -part) * 5.0
            made.ImagePositionPatient = [f"{number:.6f}" for number in place]

    return harm


def other_patient(keyword: str) -> Harm:
    """Some inner slices belong to another patient or study."""

    def harm(images: list[Dataset], rng: Random) -> None:
        for k in rng.sample(range(1, COUNT - 1), 2):
            put(images[k], keyword, "9.9.9")

    return harm


def second_study(images: list[Dataset], rng: Random) -> None:
    """A whole second study with the same series identifier in the same folder."""
    for made in list(images):
        again = copy.deepcopy(made)
        again.StudyInstanceUID = "1.2.3.99"
        again.SOPInstanceUID = f"{again.SOPInstanceUID}.9"
        images.append(again)


def second_phase(keyword: str, first: object, second: object) -> Harm:
    """A second phase at the same places under the same series identifier."""

    def harm(images: list[Dataset], rng: Random) -> None:
        for made in list(images):
            again = copy.deepcopy(made)
            again.SOPInstanceUID = f"{again.SOPInstanceUID}.9"
            put(made, keyword, first)
            put(again, keyword, second)
            images.append(again)
        rng.shuffle(images)

    return harm


def scout(images: list[Dataset], rng: Random) -> None:
    """A scout view among the slices."""
    extra = copy.deepcopy(images[0])
    extra.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    extra.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    images.insert(rng.randrange(COUNT), extra)


def screen_shot(images: list[Dataset], rng: Random) -> None:
    """A secondary capture among the slices."""
    extra = copy.deepcopy(images[0])
    extra.SOPClassUID = extra.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    del extra.ImagePositionPatient, extra.ImageOrientationPatient
    images.insert(rng.randrange(COUNT), extra)


def cropped_rows(change: int, keyword: str = "Rows") -> Harm:
    """All headers give another size than the pixels have."""

    def harm(images: list[Dataset], rng: Random) -> None:
        for made in images:
            setattr(made, keyword, getattr(made, keyword) + change)

    return harm


def run_length_encoded(images: list[Dataset]) -> list[Dataset]:
    """The same images, compressed without loss."""
    for made in images:
        compress(made, RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return images


def per_slice_slopes() -> list[Dataset]:
    """A PET with a slope of its own in every slice, as GE writes it."""
    images = ct_series("PT", shape=SHAPE)
    for k, made in enumerate(images):
        pixels = made.pixel_array.astype(np.float64)
        slope = 1 / (k + 1)
        made.RescaleSlope, made.RescaleIntercept = f"{slope:.12f}", 0
        made.Units = "BQML"
        set_pixels(made, np.rint(pixels / slope).astype(np.int64))
    return images


def pet() -> list[Dataset]:
    """A PET in Bq/mL."""
    images = ct_series("PT", shape=SHAPE)
    for made in images:
        made.Units = "BQML"
    return images


def inside(path: Sequence[str | int], keyword: str, value: object) -> Harm:
    """A value inside sequences of the first file."""

    def harm(images: list[Dataset], rng: Random) -> None:
        node = images[0]
        for step in path:
            node = getattr(node, step) if isinstance(step, str) else node[step]
        put(node, keyword, value)

    return harm


# ------------------------------------------------------------------------------------------- files
def cut_off(low: float, high: float, *, of_all: bool = False) -> FileHarm:
    """A file, or all of them, ends early: between two parts of its length."""

    def harm(folder: Path, paths: list[Path], rng: Random) -> None:
        for path in paths if of_all else [paths[inner(rng)]]:
            data = path.read_bytes()
            path.write_bytes(data[: int(len(data) * rng.uniform(low, high))])

    return harm


def replaced(content: bytes | None, *, at_end: bool = False) -> FileHarm:
    """A file holds something else; None for random bytes."""

    def harm(folder: Path, paths: list[Path], rng: Random) -> None:
        path = paths[-1] if at_end else paths[inner(rng)]
        path.write_bytes(rng.randbytes(3000) if content is None else content)

    return harm


def renamed(folder: Path, paths: list[Path], rng: Random) -> None:
    """Names shuffled."""
    order = list(range(len(paths)))
    rng.shuffle(order)
    for path in paths:
        path.rename(path.with_suffix(".old"))
    for path, k in zip(paths, order, strict=True):
        path.with_suffix(".old").rename(folder / f"{k:03d}.dcm")


def littered(folder: Path, paths: list[Path], rng: Random) -> None:
    """Files that are no images beside the images."""
    (folder / "README.txt").write_text("read me")
    (folder / ".DS_Store").write_bytes(rng.randbytes(200))
    (folder / "export.zip").write_bytes(b"PK\x03\x04" + rng.randbytes(500))
    (folder / "Thumbs.db").write_bytes(b"")
    (folder / "link").symlink_to(folder / "nowhere")


def nested(folder: Path, paths: list[Path], rng: Random) -> None:
    """Files in folders that are named like files."""
    for path in rng.sample(paths, 4):
        inside_of = folder / f"dir_{path.name}.dcm"
        inside_of.mkdir()
        path.rename(inside_of / path.name)


def headless(start: int, *, of_all: bool) -> FileHarm:
    """The preamble is lost."""

    def harm(folder: Path, paths: list[Path], rng: Random) -> None:
        for path in paths if of_all else [paths[inner(rng)]]:
            path.write_bytes(path.read_bytes()[start:])

    return harm


def without_meta(folder: Path, paths: list[Path], rng: Random) -> None:
    """Preamble and file meta information are lost."""
    for path in paths:
        made = pydicom.dcmread(path)
        length = 132 + 12 + made.file_meta.FileMetaInformationGroupLength
        path.write_bytes(path.read_bytes()[length:])


def relabelled(uid: str, *, of_all: bool = True, old: str = "1.2.840.10008.1.2.1") -> FileHarm:
    """The transfer syntax in the file is overwritten by another."""

    def harm(folder: Path, paths: list[Path], rng: Random) -> None:
        for path in paths if of_all else [paths[inner(rng)]]:
            data = path.read_bytes()
            found, new = (text.encode() + b"\0" * (len(text) % 2) for text in (old, uid))
            at = data.index(found)
            grown = len(new) - len(found)
            length = len(new).to_bytes(2, "little")
            group = int.from_bytes(data[140:144], "little") + grown
            head = data[:140] + group.to_bytes(4, "little") + data[144 : at - 2] + length
            path.write_bytes(head + new + data[at + len(found) :])

    return harm


def tail_added(size: int) -> FileHarm:
    """Bytes after the end of a file."""

    def harm(folder: Path, paths: list[Path], rng: Random) -> None:
        path = paths[inner(rng)]
        path.write_bytes(path.read_bytes() + rng.randbytes(size))

    return harm


def bits_flipped(folder: Path, paths: list[Path], rng: Random) -> None:
    """Some bytes of some headers changed; the pixels, at the end, are spared."""
    for path in rng.sample(paths, 3):
        data = bytearray(path.read_bytes())
        end = len(data) - ROWS * COLUMNS * 2 - 12
        for _ in range(4):
            data[rng.randrange(132, end)] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(data))


def long_position(made: Dataset) -> str:
    """A position with more digits than are allowed."""
    return "\\".join(f"{float(number):.15f}" for number in made.ImagePositionPatient)
