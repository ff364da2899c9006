"""Reference studies that come packed."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest


def unpacked(archive: Path, folder: Path) -> Path:
    """An archive unpacked in a folder."""
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def nema_pet(shared_path: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One reconstruction of the NEMA image quality phantom, 89 PET images."""
    archive = shared_path("data/nema_pet_iq/pet_recon_1_2.tar.xz")
    return unpacked(archive, tmp_path_factory.mktemp("nema")) / "pet_recon_1"


@pytest.fixture(scope="session")
def ircad_ct(shared_path: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CT of 3D-IRCADb case 17."""
    archive = shared_path("data/ircad17/PATIENT_DICOM.tar.xz")
    return unpacked(archive, tmp_path_factory.mktemp("ircad_ct")) / "ircad/PATIENT_DICOM"


@pytest.fixture(scope="session")
def ircad_masks(shared_path: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of mask image series of 3D-IRCADb case 17."""
    archive = shared_path("data/ircad17/MASKS_DICOM.tar.xz")
    return unpacked(archive, tmp_path_factory.mktemp("ircad_masks")) / "ircad/MASKS_DICOM"
