"""Where the disease is: liver alone, mainly liver, or beyond."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.logic import DefinedBoolean, Score, first_known


@dataclass(frozen=True, slots=True)
class Spread:
    """Extent of the disease: `liver_metastases`, `liver_only` with nothing else, not even regional nodes; the
    M category is in `staging`.
    """

    liver_metastases: DefinedBoolean
    liver_only: DefinedBoolean
    extrahepatic_none_or_resectable: DefinedBoolean
    liver_dominant: DefinedBoolean


def spread() -> Spread:
    """The extent of disease as expressions over the raw facts."""
    stated = Score(category("tumour.tnm.m"), (("M0", 0.0), ("M1a", 1.0), ("M1b", 0.0), ("M1c", 1.0)))
    lesions = first_known(number("liver.lesion_count"), stated) >= 1
    elsewhere = boolean("extrahepatic.any")
    liver_only = lesions & ~elsewhere
    removable = ~elsewhere | boolean("extrahepatic.all_resectable")
    dominant = lesions & ~(elsewhere & boolean("extrahepatic.extensive"))
    return Spread(
        liver_metastases=DefinedBoolean("spread.liver_metastases", lesions, "liver metastases present"),
        liver_only=DefinedBoolean(
            "spread.liver_only", liver_only, "metastases in the liver, and no other disease but the primary"
        ),
        extrahepatic_none_or_resectable=DefinedBoolean(
            "spread.extrahepatic_removable", removable, "no extrahepatic disease, or all of it resectable"
        ),
        liver_dominant=DefinedBoolean(
            "spread.liver_dominant", dominant, "liver metastases without extensive disease elsewhere"
        ),
    )
