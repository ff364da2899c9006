"""Numbers as reports give them: intervals, partial dates and units."""

from nelm.quantities.dates import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    PartialDate,
    months_after,
    partial_date,
)
from nelm.quantities.domain import Domain
from nelm.quantities.estimate import Estimate
from nelm.quantities.interval import Interval
from nelm.quantities.measured import Measured, document_value, measured
from nelm.quantities.units import (
    LAB_QUANTITIES,
    LAB_UNITS,
    PURE_NUMBERS,
    Scale,
    Unit,
    accepted_units,
    canonical_unit,
    resolve_unit,
    to_canonical,
    unit_domain,
)

__all__ = [
    "DAYS_PER_MONTH",
    "DAYS_PER_WEEK",
    "DAYS_PER_YEAR",
    "LAB_QUANTITIES",
    "LAB_UNITS",
    "PURE_NUMBERS",
    "Domain",
    "Estimate",
    "Interval",
    "Measured",
    "PartialDate",
    "Scale",
    "Unit",
    "accepted_units",
    "canonical_unit",
    "document_value",
    "measured",
    "months_after",
    "partial_date",
    "resolve_unit",
    "to_canonical",
    "unit_domain",
]
