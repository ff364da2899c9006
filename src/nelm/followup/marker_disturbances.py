"""What keeps two values of a marker from being compared, and what should be known of them.

What could by itself have made the change makes the trend unknown; what would have worked on both alike, or is not
known, is a caution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nelm.followup.answers import Reason
from nelm.followup.marker_values import Marker, MarkerValue, Trend
from nelm.followup.response_knowledge import MarkerKnowledge
from nelm.knowledge import Entry
from nelm.quantities.answers import below

Found = tuple[list[Reason], list[Reason]]
KIT_BOUND = (Marker.CHROMOGRANIN_A, Marker.NSE, Marker.PANCREASTATIN)
"""Markers whose kits are not interchangeable."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of one marker and what the numbers alone say."""

    marker: Marker
    first: MarkerValue
    second: MarkerValue
    trend: Trend


def disturbances(
    marker: Marker, first: MarkerValue, second: MarkerValue, trend: Trend, *, known: MarkerKnowledge
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Why the two do not compare, and cautions; `trend` is what the numbers alone say."""
    pair = _Pair(marker, first, second, trend)
    checks: list[Callable[[_Pair, MarkerKnowledge], Found]] = [_assay, _kidney]
    if marker is Marker.CHROMOGRANIN_A:
        checks.append(_acid_blocker)
    if marker is Marker.NSE:
        checks.append(_haemolysis)
    if marker in (Marker.HIAA_URINE, Marker.HIAA_PLASMA):
        checks.append(_food)
    if marker is Marker.HIAA_URINE:
        checks.append(_collection)
    found = [check(pair, known) for check in checks]
    spoilt = tuple(reason for reasons, _ in found for reason in reasons)
    cautions = tuple(reason for _, reasons in found for reason in reasons)
    return spoilt, cautions


def _assay(pair: _Pair, known: MarkerKnowledge) -> Found:
    """Kit and specimen of both."""
    entry = known.nse_assay if pair.marker is Marker.NSE else known.chromogranin_assay
    spoilt: list[Reason] = []
    cautions: list[Reason] = []
    for name, one, other in (
        ("assay", pair.first.assay, pair.second.assay),
        ("specimen", pair.first.specimen, pair.second.specimen),
    ):
        if one is not None and other is not None and one != other:
            spoilt.append(Reason(f"The {name} changed from {one} to {other}. {entry.statement}", entry))
        elif (one is None or other is None) and pair.marker in KIT_BOUND:
            text = f"The {name} is not stated for both: the trend holds if it was the same."
            (spoilt if name == "assay" else cautions).append(Reason(text, entry))
    return spoilt, cautions


def _acid_blocker(pair: _Pair, known: MarkerKnowledge) -> Found:
    """Proton-pump inhibitors, begun or stopped in between."""
    return _switched(
        pair,
        (pair.first.acid_blocker, pair.second.acid_blocker),
        known.chromogranin_acid_blocker,
        "a proton-pump inhibitor",
    )


def _food(pair: _Pair, known: MarkerKnowledge) -> Found:
    """Food and medicines that change 5-HIAA."""
    entry = known.hiaa_interference
    values = (pair.first.interference, pair.second.interference)
    if True in values:
        return [Reason(f"Food or a medicine that changes it was not left out. {entry.statement}", entry)], []
    if None in values:
        return [], [
            Reason(f"Whether food and medicines were left out is not stated. {entry.statement}", entry)
        ]
    return [], []


def _collection(pair: _Pair, known: MarkerKnowledge) -> Found:
    """The urine of 24 hours."""
    entry = known.hiaa_collection
    values = (pair.first.collection_complete, pair.second.collection_complete)
    if False in values:
        return [Reason("A collection of urine was not complete.", entry)], []
    return [], [Reason("Whether the urine was complete is not stated.", entry)] if None in values else []


def _haemolysis(pair: _Pair, known: MarkerKnowledge) -> Found:
    """Haemolysed samples."""
    entry = known.nse_haemolysis
    values = (pair.first.haemolysed, pair.second.haemolysed)
    if True in values:
        return [Reason(f"A sample was haemolysed. {entry.statement}", entry)], []
    return [], [Reason(f"Haemolysis is not spoken of. {entry.statement}", entry)] if None in values else []


def _kidney(pair: _Pair, known: MarkerKnowledge) -> Found:
    """Kidney function, of the markers that it changes."""
    if pair.marker in (Marker.NSE, Marker.PANCREASTATIN):
        return [], []
    entry = known.chromogranin_kidney if pair.marker is Marker.CHROMOGRANIN_A else known.hiaa_kidney
    impaired = tuple(
        below(one.filtration_ml_min, known.kidney_impaired_below.number) for one in (pair.first, pair.second)
    )
    falls_with_it = pair.marker is Marker.HIAA_URINE
    return _switched(pair, impaired, entry, "impaired kidney function", raises=not falls_with_it)


def _switched(
    pair: _Pair, there: tuple[bool | None, ...], entry: Entry, what: str, *, raises: bool = True
) -> Found:
    """Something that raises (or lowers) a marker and began or ended in between.

    The trend is spoilt where it points the way in which the switch would have moved the value, or where no change is
    seen although it would have moved; it stands where it points the other way.
    """
    before, after = there
    if before is None or after is None:
        return [], [Reason(f"Whether there was {what} is not known for both. {entry.statement}", entry)]
    if before == after:
        return [], [Reason(f"There was {what} at both. {entry.statement}", entry)] if before else []
    expected = Trend.UP if after == raises else Trend.DOWN
    opposite = Trend.DOWN if expected is Trend.UP else Trend.UP
    text = f"{what[0].upper()}{what[1:]} {'began' if after else 'ended'} in between. {entry.statement}"
    if pair.trend is opposite:
        return [], [Reason(text, entry)]
    return [Reason(text, entry)], []
