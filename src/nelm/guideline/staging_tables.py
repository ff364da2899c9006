"""TNM tables of gastroenteropancreatic neuroendocrine tumours as plain functions of depth, size and nodes.

The case document holds T and N as stated; these tables serve whoever derives them from a report, and the
tests. Depth is a word of one ladder, size is in millimetres. Sources are those of `staging.toml`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nelm.guideline.findings.staging import StagingKnowledge

GEP_SITES = ("pancreas", "jejunum_ileum", "duodenum", "stomach", "ampulla", "appendix", "colon", "rectum")
"""Sites with a chapter of their own in the scheme."""

SITES_WITH_T1NX = ("stomach", "duodenum", "appendix", "colon", "rectum")
"""Sites where T1 with nodes not assessed is stage I (version 9); colon and rectum are one chapter."""

Category = Literal["T1", "T2", "T3", "T4"]


class Depth(IntEnum):
    """How deep the tumour reaches, the deepest layer last."""

    SUBMUCOSA = 1
    MUSCULARIS = 2
    SUBSEROSA = 3
    SEROSA_OR_ORGANS = 4


def base_category(word: str) -> str:
    """A category without its subdivision: T1b is T1, N1a is N1; N2a and N3 belong to other schemes."""
    if word[0] == "T" and word[1].isdigit():
        return word[:2]
    return "N1" if word in ("N1a", "N1b", "N1c") else word


def _by_depth(depth: Depth, *, small: bool) -> Category:
    """T1 needs a shallow depth and a small size, T2 a deeper layer or a larger size."""
    if depth is Depth.SEROSA_OR_ORGANS:
        return "T4"
    if depth is Depth.SUBSEROSA:
        return "T3"
    return "T1" if depth is Depth.SUBMUCOSA and small else "T2"


def gut_t(known: StagingKnowledge, *, depth: Depth, size_mm: float) -> Category:
    """T of stomach, duodenum, ampulla, jejunum and ileum.

    For duodenum and ampulla `SUBSEROSA` stands for invasion of pancreas or peripancreatic fat; for the ampulla
    `SUBMUCOSA` means confined within the sphincter of Oddi and `MUSCULARIS` through it.
    """
    return _by_depth(depth, small=size_mm <= known.gut_t1_to.number)


def colorectum_t(known: StagingKnowledge, *, depth: Depth, size_mm: float) -> Category:
    """T of colon and rectum."""
    return _by_depth(depth, small=size_mm <= known.colorectum_t1_to.number)


def colorectum_t1_part(known: StagingKnowledge, *, size_mm: float) -> Literal["T1a", "T1b"] | None:
    """Subdivision of T1 in colon and rectum; None at exactly 1 cm, which sources print on either side."""
    limit = known.colorectum_t1a_limit.number
    if size_mm == limit:
        return None
    return "T1a" if size_mm < limit else "T1b"


def pancreas_t(
    known: StagingKnowledge, *, size_mm: float, duodenum_or_bile_duct: bool, organs_or_vessels: bool
) -> Category:
    """T of the pancreas: size while limited to it, then what it invades."""
    if organs_or_vessels:
        return "T4"
    if duodenum_or_bile_duct or size_mm > known.pancreas_t2_to.number:
        return "T3"
    return "T1" if size_mm < known.pancreas_t1_below.number else "T2"


def appendix_t(
    known: StagingKnowledge, *, size_mm: float, subserosa_or_mesoappendix: bool, peritoneum_or_organs: bool
) -> Category:
    """T of the appendix (AJCC): size, or invasion of subserosa or mesoappendix."""
    if peritoneum_or_organs:
        return "T4"
    if subserosa_or_mesoappendix or size_mm > known.appendix_t2_to.number:
        return "T3"
    return "T1" if size_mm <= known.appendix_t1_to.number else "T2"


def appendix_t_enets(
    known: StagingKnowledge, *, size_mm: float, infiltration_mm: float, peritoneum_or_organs: bool
) -> Category:
    """T of the appendix (ENETS, recalled): size and depth of infiltration of subserosa or mesoappendix [mm]."""
    if peritoneum_or_organs:
        return "T4"
    too_deep = infiltration_mm > known.appendix_enets_t2_depth_to.number
    if size_mm > known.appendix_enets_t2_to.number or too_deep:
        return "T3"
    small = size_mm <= known.appendix_enets_t1_to.number and infiltration_mm <= 0
    return "T1" if small else "T2"


def nodes_n(
    known: StagingKnowledge, *, site: str, positive: int, mesenteric_mass_mm: float = 0.0
) -> Literal["N0", "N1", "N2"]:
    """N from the number of positive regional nodes; N2 exists in jejunum and ileum alone."""
    if site == "jejunum_ileum":
        large = mesenteric_mass_mm > known.nodes_n2_mass_above.number
        if large or positive >= known.nodes_n2_from.number:
            return "N2"
        return "N1" if positive > 0 or mesenteric_mass_mm > 0 else "N0"
    return "N1" if positive > 0 else "N0"


def stage_group(*, site: str, t: str, n: str, metastatic: bool) -> str:
    """Stage group of a well-differentiated tumour by version 9, with the subdivision of colon and rectum.

    Gives `not_grouped` for a combination that the tables do not hold, `other_scheme` for another organ.
    """
    if site not in GEP_SITES:
        return "other_scheme"
    if metastatic:
        return "IV"
    first, nodes = base_category(t), base_category(n)
    split = site in ("colon", "rectum")
    if nodes == "N1" or (n == "N2" and site == "jejunum_ileum"):
        return "IIIB" if split else "III"
    if n == "NX" and first == "T1" and site in SITES_WITH_T1NX:
        return "I"
    if n != "N0":
        return "not_grouped"
    groups = {
        "T1": "I",
        "T2": "IIA" if split else "II",
        "T3": "IIB" if split else "II",
        "T4": "IIIA" if split else "III",
    }
    return groups.get(first, "not_grouped")
