"""What a segmentation shows: named regions with the anatomical structure that each one is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nelm.volume.grid import Grid
from nelm.volume.images import ImageOrigin, Mask


class Structure(StrEnum):
    """Anatomical structures that measurements ask for."""

    LIVER = "liver"
    LESION = "lesion"
    PORTAL_VEIN = "portal_vein"
    HEPATIC_VEIN = "hepatic_vein"
    LIVER_VESSEL = "liver_vessel"
    """Portal or hepatic, not told apart."""
    HEPATIC_ARTERY = "hepatic_artery"
    INFERIOR_VENA_CAVA = "inferior_vena_cava"
    BILE_DUCT = "bile_duct"
    GALLBLADDER = "gallbladder"
    COUINAUD_1 = "couinaud_1"
    COUINAUD_2 = "couinaud_2"
    COUINAUD_3 = "couinaud_3"
    COUINAUD_4 = "couinaud_4"
    COUINAUD_4A = "couinaud_4a"
    COUINAUD_4B = "couinaud_4b"
    COUINAUD_5 = "couinaud_5"
    COUINAUD_6 = "couinaud_6"
    COUINAUD_7 = "couinaud_7"
    COUINAUD_8 = "couinaud_8"
    FUTURE_LIVER_REMNANT = "future_liver_remnant"
    PERFUSED_LIVER = "perfused_liver"
    """What a radioembolisation reaches, lesions included."""
    ABLATION_ZONE = "ablation_zone"
    """What an ablation has destroyed, lesion and margin."""
    SPLEEN = "spleen"
    KIDNEY_LEFT = "kidney_left"
    KIDNEY_RIGHT = "kidney_right"
    LUNG = "lung"
    STOMACH = "stomach"
    BOWEL = "bowel"
    PANCREAS = "pancreas"
    ADRENAL = "adrenal"
    URINARY_BLADDER = "urinary_bladder"
    PITUITARY = "pituitary"
    THYROID = "thyroid"
    SALIVARY_GLAND = "salivary_gland"
    HEART = "heart"
    AORTA = "aorta"
    RIB = "rib"
    BONE = "bone"
    MARROW = "marrow"
    """Red marrow, such as the spongiosa of lumbar vertebrae."""
    SKIN = "skin"
    OTHER = "other"

    @property
    def couinaud(self) -> int | None:
        """Number of the Couinaud segment (4a and 4b are 4); None for anything else."""
        return int(self.value[len("couinaud_")]) if self.value.startswith("couinaud_") else None


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One region of a segmentation.

    Parameters
    ----------
    name : As the file names it.
    structure : What it is; OTHER when the name or code is not understood.
    mask : Where it is.
    tracking_id, tracking_uid : Identity of a lesion over time (DICOM Tracking ID and UID), if the file has one.
    """

    name: str
    structure: Structure
    mask: Mask
    tracking_id: str | None = None
    tracking_uid: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Regions on one grid; they may overlap.

    Parameters
    ----------
    grid : The grid of every mask.
    segments : In the order of the file.
    origin : Where they came from.
    source_series_uid : The image series that was segmented, if the file says.
    """

    grid: Grid
    segments: tuple[Segment, ...]
    origin: ImageOrigin = field(default_factory=ImageOrigin)
    source_series_uid: str | None = None

    def of(self, *structures: Structure) -> tuple[Segment, ...]:
        """The segments that are one of these structures."""
        return tuple(segment for segment in self.segments if segment.structure in structures)
