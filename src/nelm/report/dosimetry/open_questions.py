"""What the doses leave unknown, and what should be known of them."""

from __future__ import annotations

from collections.abc import Sequence

from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.therapy import TherapyDose
from nelm.report.dosimetry.words import label, organs

ASKED = {
    "kidneys": (RegionKind.KIDNEYS, RegionKind.KIDNEY_LEFT, RegionKind.KIDNEY_RIGHT),
    "liver": (RegionKind.LIVER_WITHOUT_LESIONS, RegionKind.PERFUSED_LIVER, RegionKind.SPARED_LIVER),
    "lesions": (RegionKind.LESION,),
    "spleen": (RegionKind.SPLEEN,),
    "red marrow": (RegionKind.MARROW,),
    "lungs": (RegionKind.LUNG,),
}
"""Regions that a reader looks for; one that was not given is named."""
BESIDE = (RegionKind.ORGAN, RegionKind.REST)


def unknowns(dose: TherapyDose) -> tuple[str, ...]:
    """What is not known of one administration, a sentence each."""
    found: list[str] = []
    if dose.administration.activity_mbq is None:
        found.append("The administered activity is not known: no dose per activity.")
    found += [
        f"{label(one)}: no dose, {one.reason}"
        for one in dose.regions
        if one.absorbed_dose_gy is None and one.reason
    ]
    given = {one.kind for one in dose.regions}
    missing = [name for name, kinds in ASKED.items() if not given.intersection(kinds)]
    if missing:
        found.append(f"Not among the regions, so without a dose: {', '.join(missing)}.")
    bare = _without_constants(dose)
    if bare:
        found.append(f"No BED or EQD2, for want of constants of the tissue: {', '.join(bare)}.")
    return tuple(found)


def _without_constants(dose: TherapyDose) -> list[str]:
    """Regions that have a dose but no constants; lesions as one."""
    named = [
        "lesions" if one.kind is RegionKind.LESION else label(one)
        for one in (*organs(dose), *dose.of(RegionKind.LESION))
        if one.absorbed_dose_gy is not None and one.tissue is None and one.kind not in BESIDE
    ]
    return list(dict.fromkeys(named))


def region_remarks(regions: Sequence[RegionDose]) -> tuple[tuple[str, str], ...]:
    """Each remark once, with the regions that it was made on."""
    found: dict[str, list[str]] = {}
    for region in regions:
        for text in region.remarks:
            found.setdefault(text, []).append(label(region))
    return tuple((", ".join(names), text) for text, names in found.items())


def tissue_constants(dose: TherapyDose) -> tuple[str, ...]:
    """The constants of each kind of tissue that BED was computed with."""
    found: dict[str, list[str]] = {}
    for one in dose.regions:
        if one.tissue is not None and one.biological is not None:
            tissue = one.tissue
            words = (
                f"alpha/beta {_spread(tissue.alpha_beta_gy, tissue.alpha_beta_sd_gy, 'Gy')}, half-time of repair "
                f"{_spread(tissue.repair_half_time_h, tissue.repair_half_time_sd_h, 'h')}"
            )
            name = "lesions" if one.kind is RegionKind.LESION else label(one)
            found.setdefault(words, []).append(name)
    return tuple(
        f"BED and EQD2 of {', '.join(dict.fromkeys(names))}: {words}" for words, names in found.items()
    )


def _spread(value: float, sd: float, unit: str) -> str:
    """A constant with its standard uncertainty."""
    return f"{value:g}{f' ± {sd:g}' if sd else ''} {unit}"
