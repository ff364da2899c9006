"""Published doses by kind of microsphere and tumour, and the statement that none is of neuroendocrine metastases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nelm.guideline.therapy import Item, item
from nelm.knowledge import Entry
from nelm.therapies.radioembolisation.devices import Device
from nelm.therapies.radioembolisation.knowledge import DoseTables, RadioembolisationKnowledge


class Tumour(StrEnum):
    """What is treated, as the tables of the guideline divide it."""

    HEPATOCELLULAR = "hepatocellular carcinoma"
    CHOLANGIOCELLULAR = "intrahepatic cholangiocarcinoma"
    COLORECTAL = "colorectal metastases"
    NEUROENDOCRINE = "neuroendocrine metastases"


class DoseRegion(StrEnum):
    """What a dose is of."""

    PERFUSED = "perfused volume"
    TUMOUR = "tumour"
    PERFUSED_NORMAL = "perfused normal liver"
    WHOLE_NORMAL = "whole normal liver"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published dose: of which region, for which tumours, whether it is a floor or a ceiling."""

    region: DoseRegion
    tumours: tuple[Tumour, ...]
    is_ceiling: bool
    entry: Entry


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Doses that hold for a tumour, and, where there is none, the statement that there is none.

    Parameters
    ----------
    found : Doses of tables that name this tumour.
    of_other_tumours : What the same tables say of other tumours, to be seen and not used as if it were of this one.
    no_value : For neuroendocrine metastases, that no value exists.
    """

    found: tuple[Threshold, ...]
    of_other_tumours: tuple[Threshold, ...]
    no_value: Item | None


def thresholds(
    device: Device, tumour: Tumour, *, known: RadioembolisationKnowledge, tables: DoseTables
) -> Thresholds:
    """Published doses for a device and a tumour; empty with a statement for neuroendocrine metastases."""
    match device:
        case Device.GLASS:
            rows = _glass(known, tables)
        case Device.RESIN:
            rows = _resin(known, tables)
        case Device.HOLMIUM:
            rows = _holmium(known, tables)
    found = tuple(row for row in rows if tumour in row.tumours)
    none = item("no value exists", known.tumour_dose_without_net)
    return Thresholds(
        found=found,
        of_other_tumours=tuple(row for row in rows if tumour not in row.tumours),
        no_value=none if tumour is Tumour.NEUROENDOCRINE else None,
    )


HCC, ICC, COLORECTAL = Tumour.HEPATOCELLULAR, Tumour.CHOLANGIOCELLULAR, Tumour.COLORECTAL
ALL = (HCC, ICC, COLORECTAL)


def _glass(known: RadioembolisationKnowledge, tables: DoseTables) -> tuple[Threshold, ...]:
    return (
        Threshold(DoseRegion.PERFUSED, ALL, False, tables.glass_segmentectomy_min),
        Threshold(DoseRegion.PERFUSED, ALL, False, tables.glass_lobectomy_perfused),
        Threshold(DoseRegion.PERFUSED, ALL, False, tables.glass_lobar_perfused),
        Threshold(DoseRegion.TUMOUR, (HCC,), False, tables.glass_tumour_hcc_min),
        Threshold(DoseRegion.TUMOUR, (HCC,), False, tables.glass_tumour_hcc_ideal),
        Threshold(DoseRegion.TUMOUR, (ICC,), False, tables.glass_tumour_icc_min),
        Threshold(DoseRegion.TUMOUR, (COLORECTAL,), False, tables.glass_tumour_colorectal_min),
        Threshold(DoseRegion.PERFUSED_NORMAL, (HCC,), False, tables.glass_lobectomy_normal_min),
        Threshold(DoseRegion.WHOLE_NORMAL, ALL, True, known.glass_whole_normal_max),
        Threshold(DoseRegion.WHOLE_NORMAL, (HCC,), True, tables.glass_whole_normal_clear),
        Threshold(DoseRegion.WHOLE_NORMAL, (HCC,), True, tables.glass_whole_normal_jaundiced),
    )


def _resin(known: RadioembolisationKnowledge, tables: DoseTables) -> tuple[Threshold, ...]:
    return (
        Threshold(DoseRegion.PERFUSED, ALL, False, tables.resin_segmentectomy_min),
        Threshold(DoseRegion.TUMOUR, (HCC, ICC), False, tables.resin_tumour_primary),
        Threshold(DoseRegion.TUMOUR, (COLORECTAL,), False, tables.resin_tumour_colorectal_min),
        Threshold(DoseRegion.TUMOUR, (COLORECTAL,), False, tables.resin_tumour_colorectal_partial),
        Threshold(DoseRegion.PERFUSED_NORMAL, ALL, False, tables.resin_lobectomy_normal_min),
        Threshold(DoseRegion.PERFUSED_NORMAL, ALL, True, known.resin_normal_liver_max),
        Threshold(DoseRegion.PERFUSED_NORMAL, ALL, True, known.resin_normal_liver_pretreated_max),
    )


def _holmium(known: RadioembolisationKnowledge, tables: DoseTables) -> tuple[Threshold, ...]:
    return (
        Threshold(DoseRegion.PERFUSED, ALL, False, known.ho166_dose),
        Threshold(DoseRegion.TUMOUR, (ICC,), False, tables.ho166_tumour_icc_min),
        Threshold(DoseRegion.TUMOUR, (COLORECTAL,), False, tables.ho166_tumour_colorectal_min),
        Threshold(DoseRegion.WHOLE_NORMAL, ALL, True, known.ho166_normal_max),
        Threshold(DoseRegion.WHOLE_NORMAL, ALL, True, known.ho166_normal_bilobar_max),
    )
