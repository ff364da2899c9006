"""Doses as one HTML file that stands alone, plots and pictures included."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count, product
from string import ascii_lowercase

from jinja2 import Template

from nelm import __version__
from nelm.dosimetry.plausibility import Level
from nelm.dosimetry.therapy import TherapyDose
from nelm.planner.plan import DISCLAIMER
from nelm.report import wording
from nelm.report.dosimetry import glance, open_questions, words
from nelm.report.dosimetry.budgets import budgets
from nelm.report.dosimetry.curves import curve_groups, half_life_words
from nelm.report.dosimetry.histograms import histogram_charts
from nelm.report.dosimetry.records import DoseReport
from nelm.report.measurement.pictures import Picture
from nelm.report.measurement.words import plain
from nelm.report.templates import template_of

MARKS = {Level.REFUSAL: "✕", Level.WARNING: "!", Level.OK: "✓"}


@lru_cache(maxsize=1)
def _template() -> Template:
    return template_of(
        "dosimetry.html.j2",
        words=words,
        wording=wording,
        glance=glance,
        asked=open_questions,
        half_life=half_life_words,
        marks=MARKS,
    )


def dose_page(report: DoseReport, pictures: Sequence[Picture] = ()) -> str:
    """The whole page; the same doses give the same text.

    Parameters
    ----------
    pictures : Dose over CT, as `dose_pictures` draws them.
    """
    order = list(Level)
    return _template().render(
        report=report,
        cycles=[_shown(dose, place, report) for place, dose in enumerate(report.cycles, start=1)],
        checks=sorted(report.checks, key=lambda check: order.index(check.level)),
        tally=[(level, n) for level in order if (n := sum(c.level is level for c in report.checks))],
        sections=[one for one in report.sections if one.paragraphs or one.tables],
        constants=list(dict.fromkeys(text for dose in report.cycles for text in _constants(dose))),
        pictures=[_embedded(picture) for picture in pictures],
        numbers={key: place for place, key in enumerate(report.sources, start=1)},
        version=__version__,
        disclaimer=DISCLAIMER,
    )


def _shown(dose: TherapyDose, place: int, report: DoseReport) -> dict[str, object]:
    """Everything that the page says of one administration."""
    return {
        "dose": dose,
        "title": words.cycle_words(dose, place) if len(report.cycles) > 1 else "",
        "remarks": _remarks(dose, place),
        "blocks": glance.blocks(dose),
        "groups": [
            (name, rows)
            for name, rows in (("Organs", words.organs(dose)), ("Lesions", words.lesions(dose)))
            if rows
        ],
        "curves": curve_groups(dose, f"curve{place}"),
        "histograms": histogram_charts(dose, f"dvh{place}"),
        "budgets": budgets(dose),
        "has_activity": any(one.dose_per_activity_gy_per_gbq is not None for one in dose.regions),
        "has_bed": any(one.biological is not None for one in dose.regions),
        "has_spheres": any(one.sphere_gy is not None for one in dose.regions),
    }


def _remarks(dose: TherapyDose, place: int) -> list[tuple[str, str, str, str]]:
    """Letter, anchor, regions and text of each remark on regions."""
    found = open_questions.region_remarks(dose.regions)
    return [
        (letter, f"remark-{place}-{letter}", names, text)
        for letter, (names, text) in zip(_letters(), found, strict=False)
    ]


def _letters() -> Iterator[str]:
    """Letters a to z, then aa, ab and so on without end."""
    for length in count(1):
        yield from ("".join(letters) for letters in product(ascii_lowercase, repeat=length))


def _constants(dose: TherapyDose) -> tuple[str, ...]:
    """What the numbers rest on, one sentence each."""
    return (*dose.constants, f"dose by {plain(dose.engine)}", *open_questions.tissue_constants(dose))


def _embedded(picture: Picture) -> dict[str, str]:
    width, height = struct.unpack(
        ">II", picture.png[16:24]
    )  # the first chunk of every PNG begins with its size
    return {
        "aspect": f"{width / height:.3f}",
        "uri": picture.uri,
        "caption": picture.caption,
    }
