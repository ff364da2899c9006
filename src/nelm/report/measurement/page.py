"""Measurements as one HTML file that stands alone, pictures included."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from jinja2 import Template

from nelm import __version__
from nelm.imaging.lesions import Match
from nelm.imaging.measured import MeasuredLesion, StudyMeasurement, TracerMeasurement
from nelm.planner.plan import DISCLAIMER
from nelm.report.measurement.pictures import Picture
from nelm.report.measurement.words import ROMAN, plain, segments_words, sized
from nelm.report.templates import template_of


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of("measurement.html.j2", sized=sized, segments=segments_words, roman=ROMAN)


def measurement_page(
    measurement: StudyMeasurement, pictures: Sequence[Picture], solid: Picture | None
) -> str:
    """The whole page; the same measurement gives the same text."""
    liver = measurement.liver
    places = {id(item): place for place, item in enumerate(liver.lesions)}
    remarks = [f"{item.lesion.name}: {text}" for item in liver.lesions for text in item.remarks]
    return _template().render(
        m=measurement,
        origin=f"{measurement.origin.modality} {measurement.origin.date or 'date not known'}",
        version=__version__,
        disclaimer=DISCLAIMER,
        volumes=liver.segments.volumes_ml(),
        tracers=_tracers(measurement),
        lesion_index=lambda item: places[id(item)],
        changes=[_change(match, measurement) for match in measurement.matches],
        pictures=pictures,
        solid=solid,
        notes=[*liver.remarks, *measurement.remarks, *remarks],
    )


def _tracers(measurement: StudyMeasurement) -> list[tuple[str, TracerMeasurement]]:
    found = [("Receptor PET", measurement.receptor), ("FDG PET", measurement.fdg)]
    return [(name, tracer) for name, tracer in found if tracer is not None]


def _change(match: Match, measurement: StudyMeasurement) -> dict[str, str]:
    """One line of what changed."""
    old = [measurement.earlier[place] for place in match.earlier]
    new = [measurement.liver.lesions[place] for place in match.later]
    doubt = "; ambiguous" if match.is_ambiguous else ""
    return {
        "fate": plain(match.fate),
        "earlier": ", ".join(item.lesion.name for item in old) or "–",
        "later": ", ".join(item.lesion.name for item in new) or "–",
        "volume": _volumes(old, new),
        "reason": match.reason + doubt,
    }


def _volumes(old: list[MeasuredLesion], new: list[MeasuredLesion]) -> str:
    """Volume then and now, and the change."""
    if not old or not new:
        return ""
    before, after = (sum(item.size.volume_ml.value for item in items) for items in (old, new))
    return f"{before:.1f} → {after:.1f} mL ({100 * (after / before - 1):+.0f} %)"
