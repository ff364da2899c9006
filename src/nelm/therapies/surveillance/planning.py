"""The calendar of surveillance, and what supportive care and trials ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nelm.guideline.therapy import Item, PatientView, Proposal, item
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import months_after
from nelm.quantities.answers import at_least
from nelm.therapies.surveillance.knowledge import SurveillanceKnowledge

Plan = Callable[[PatientView, SurveillanceKnowledge], Proposal]


def _intervals(patient: PatientView, known: SurveillanceKnowledge) -> tuple[Entry, ...]:
    """The intervals that may hold for this grade; several where the grade is not settled."""
    grade = patient.word("tumour.grade")
    if grade == "G1":
        return (known.imaging_first_year, known.imaging_later)
    if grade in ("G3", "NEC", "MiNEN"):
        return (known.imaging_g3,)
    high = (
        at_least(patient.number("tumour.ki67_percent"), known.low_g2_below.number) if grade == "G2" else None
    )
    if high is True:
        return (known.imaging_high_g2,)
    if high is False:
        return (known.imaging_first_year, known.imaging_later)
    if grade == "G2":
        return (known.imaging_first_year, known.imaging_later, known.imaging_high_g2)
    return ()


def _calendar(patient: PatientView, known: SurveillanceKnowledge) -> tuple[Item, ...]:
    """The next imaging as a window of days, from the day of the board."""
    entries = _intervals(patient, known)
    facts = ("tumour.grade", "tumour.ki67_percent")
    if not entries:
        text = "The grade is not known, so no interval is given."
        return (Item("next imaging", text, ("project",), known.trial_ask.status, facts=facts),)
    lines: list[Item] = []
    for entry in entries:
        if entry.low is None or entry.high is None:
            continue
        first, last = (months_after(patient.as_of, int(end)) for end in (entry.low, entry.high))
        text = f"{entry.statement} From this board: between {first.isoformat()} and {last.isoformat()}."
        lines.append(replace(item("imaging", entry), text=text, facts=facts))
    return tuple(lines)


def _surveillance(patient: PatientView, known: SurveillanceKnowledge) -> Proposal:
    bone = patient.truth("extrahepatic.bone") is True
    return Proposal(
        regimen=_calendar(patient, known),
        monitoring=(
            *((item("bone", known.imaging_bone),) if bone else ()),
            item("after resection", known.imaging_after_resection),
            item("as in a trial", known.trial_imaging),
            item("chromogranin A", known.marker_chromogranin),
            item("5-HIAA", known.marker_hiaa),
            item("NSE", known.marker_nse),
            item("NETest 1.0", known.marker_netest),
            item("NETest 2.0", known.marker_netest2),
        ),
        cautions=(item("not progression", known.pseudoprogression),),
    )


def _supportive(patient: PatientView, known: SurveillanceKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("content", known.supportive_content),),
        monitoring=(item("quality of life", known.quality_of_life),),
    )


def _trial(patient: PatientView, known: SurveillanceKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("ask", known.trial_ask),),
        cautions=(item("results", known.trial_no_result),),
    )


PLANS: dict[str, Plan] = {"surveillance": _surveillance, "supportive": _supportive, "trial": _trial}


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Calendar, monitoring and cautions of one option."""
    return PLANS[option](patient, knowledge.record(SurveillanceKnowledge, "surveillance"))
