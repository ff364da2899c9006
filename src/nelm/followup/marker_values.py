"""Values of tumour markers with what may have disturbed them. Missing means not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nelm.errors import problem
from nelm.quantities import Interval


class Marker(StrEnum):
    """Markers that are followed."""

    CHROMOGRANIN_A = "chromogranin A"
    HIAA_URINE = "5-HIAA in urine of 24 hours"
    HIAA_PLASMA = "5-HIAA in plasma"
    NSE = "neuron-specific enolase"
    PANCREASTATIN = "pancreastatin"


class Trend(StrEnum):
    """How a marker changed."""

    UP = "up"
    DOWN = "down"
    NO_CHANGE = "no change beyond variation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MarkerValue:
    """One value of a marker with what may have disturbed it; None is not known.

    Parameters
    ----------
    day : Day of the sample.
    value : As an interval, so that "<20" is one; in `unit`.
    unit, assay, specimen : Unit code; name of the kit; serum or plasma.
    upper_limit : Of the reference range of that assay, in `unit`.
    analytical_cv_percent : Variation of the assay as the laboratory states it [%].
    acid_blocker : Whether a proton-pump inhibitor was taken within the last two weeks.
    filtration_ml_min : Estimated glomerular filtration [mL/min].
    haemolysed : Whether the sample was haemolysed.
    interference : Whether food, drink or a medicine that changes 5-HIAA was not left out.
    collection_complete : Whether the urine of 24 hours was complete.
    """

    day: date
    value: Interval
    unit: str
    assay: str | None = None
    specimen: str | None = None
    upper_limit: float | None = None
    analytical_cv_percent: float | None = None
    acid_blocker: bool | None = None
    filtration_ml_min: Interval | None = None
    haemolysed: bool | None = None
    interference: bool | None = None
    collection_complete: bool | None = None

    def __post_init__(self) -> None:
        if self.value.low < 0:
            raise problem(self.value.low, "a value of 0 or more", "Check the sign.", path="value")

    @property
    def times_upper_limit(self) -> Interval | None:
        """The value as a multiple of the upper limit of its assay."""
        if self.upper_limit is None or self.upper_limit <= 0:
            return None
        return Interval(self.value.low / self.upper_limit, self.value.high / self.upper_limit)
