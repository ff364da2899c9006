"""Margins after an ablation as a JSON document (nelm.margin/1)."""

from __future__ import annotations

from collections.abc import Sequence

from nelm import __version__
from nelm.io.dose_json import estimate_document
from nelm.therapies.ablation.minimal_margin import AblativeMargin

Document = dict[str, object]
SCHEMA = "nelm.margin/1"


def margin_document(
    lesions: Sequence[tuple[str, float, AblativeMargin | None]],
    *,
    registration_error_mm: float,
    outside: Sequence[str],
    remarks: Sequence[str],
    notice: str,
) -> Document:
    """The whole document.

    Parameters
    ----------
    lesions : Name, volume before [mL], margin; None where no zone reaches the lesion.
    registration_error_mm : How far a lesion may be off (95 %).
    outside : Lesions outside the image after the procedure.
    notice : What this is not.
    """
    return {
        "schema": SCHEMA,
        "software": __version__,
        "notice": notice,
        "registration_error_mm": round(registration_error_mm, 2),
        "lesions": [
            {"id": name, "volume_ml": round(volume, 3), "reached": margin is not None, **_margin(margin)}
            for name, volume, margin in lesions
        ],
        "outside": list(outside),
        "remarks": list(remarks),
    }


def _margin(margin: AblativeMargin | None) -> Document:
    """The numbers of one margin."""
    if margin is None:
        return {}
    return {
        "smallest_mm": estimate_document(margin.smallest_mm),
        "smallest_found_mm": round(margin.found_mm, 2),
        "smallest_anywhere_mm": round(margin.anywhere_mm, 2),
        "left_ml": round(margin.left_ml, 3),
        "below": [
            {"limit_mm": one.limit_mm, "share": one.share, "limits": one.share_limits,
             "at_the_capsule": one.capsule_share, "reached": margin.reaches(one.limit_mm).value}
            for one in margin.below
        ],
        "remarks": list(margin.remarks),
    }  # fmt: skip
