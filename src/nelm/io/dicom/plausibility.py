"""Header values that can only have been written in another unit, or are wrong.

The bounds are not clinical: they hold for everything that is given to a patient, in diagnosis and in therapy, and
refuse slips of the unit. A value inside its bounds may still be wrong.
"""

from __future__ import annotations

from nelm.errors import InputError, Problem
from nelm.io.dicom.acquisition import Acquisition
from nelm.quantities import Domain

ACTIVITY_BQ = Domain(1e3, 1e11, unit="Bq")
"""The least that is given is a breath test of some ten kBq, the most iodine-131 or microspheres of some ten GBq. An NM
header holds MBq: written in Bq or kBq by mistake, therapies and most diagnostic activities come out above 100 GBq; a
PET header holds Bq: written in MBq, its value lies below 1 kBq."""
WEIGHT_KG = Domain(1.0, 500.0, unit="kg")
"""Adults written in grams lie above."""
HEIGHT_M = Domain(0.3, 2.8, unit="m")
"""Adults written in centimetres lie above."""
HALF_LIFE_S = Domain(30.0, 1e8, unit="s")
"""From oxygen-15 and rubidium-82 to sodium-22; hours or days written as seconds lie below, milliseconds above."""
DURATION_S = Domain(1.0, 6 * 3600.0, unit="s")
"""Of a gamma camera image: no patient lies longer; seconds written as milliseconds lie below."""
AFTER_INJECTION_S = Domain(0.0, 90 * 86400.0, unit="s")
"""From injection to image: later nothing is left of any nuclide that is given, so a date is wrong."""


def implausible(acquisition: Acquisition) -> tuple[Problem, ...]:
    """What a header says that cannot be in the unit that the standard asks for; nothing for what it does not say."""
    start, injection = acquisition.start or acquisition.series_start, acquisition.injection
    after_s = None if start is None or injection is None else (start - injection).total_seconds()
    checked = (
        ("RadionuclideTotalDose", acquisition.injected_activity_bq, ACTIVITY_BQ,
         "NM headers hold MBq and PET headers Bq; another unit may have been written"),
        ("PatientWeight", acquisition.weight_kg, WEIGHT_KG, "it may be in grams"),
        ("PatientSize", acquisition.height_m, HEIGHT_M, "it may be in centimetres"),
        ("RadionuclideHalfLife", acquisition.half_life_s, HALF_LIFE_S, "it may be in hours or days"),
        ("ActualFrameDuration", acquisition.duration_s, DURATION_S, "it may be in seconds, not milliseconds"),
        ("time from injection to image", after_s, AFTER_INJECTION_S, "one of the two dates may be wrong"),
    )  # fmt: skip
    return tuple(
        Problem(name, f"{value:g} {domain.unit}", domain.words, f"Check it against the record: {hint}.")
        for name, value, domain, hint in checked
        if value is not None and not domain.holds(value)
    )


def refuse_implausible(acquisition: Acquisition) -> None:
    """Nothing, where every value can be in its unit.

    Raises
    ------
    InputError : With every value that `implausible` names.
    """
    found = implausible(acquisition)
    if found:
        raise InputError(found, file=acquisition.series_name)
