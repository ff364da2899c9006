"""Response to treatment as a table of rules: RECIST 1.1 and mRECIST [recist_pmc2755245; mrecist_pmc9747269].

The facts are those of one comparison of images; they are no columns of the case document yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.logic import Boolean, BooleanFact, NumberFact, Partition
from nelm.knowledge import Entry, Knowledge

CHANGE_FROM_BASELINE = NumberFact("response.change_from_baseline_percent", "%")
RISE_FROM_NADIR = NumberFact("response.rise_from_nadir_percent", "%")
RISE_FROM_NADIR_MM = NumberFact("response.rise_from_nadir_mm", "mm")
VIABLE_CHANGE = NumberFact("response.viable_change_from_baseline_percent", "%")
VIABLE_RISE = NumberFact("response.viable_rise_from_nadir_percent", "%")
NEW_LESION = BooleanFact("response.new_lesion")
ALL_GONE = BooleanFact("response.all_lesions_gone")
NO_ENHANCEMENT = BooleanFact("response.no_enhancement")


@dataclass(frozen=True, slots=True)
class ResponseKnowledge:
    """Entries of `response.toml`."""

    partial_decrease: Entry
    progression_rise: Entry
    progression_rise_mm: Entry
    viable_partial_decrease: Entry
    viable_progression_rise: Entry


@dataclass(frozen=True, slots=True)
class Response:
    """Response of the target lesions: CR, PR, SD or PD by each set of criteria."""

    recist: Partition
    mrecist: Partition


def _table(name: str, meaning: str, *, gone: Boolean, fallen: Boolean, progressed: Boolean) -> Partition:
    """Progression before all else, then complete, then partial response, else stable."""
    return Partition(
        name,
        (
            ("CR", ~progressed & gone),
            ("PR", ~progressed & ~gone & fallen),
            ("SD", ~progressed & ~gone & ~fallen),
            ("PD", progressed),
        ),
        meaning,
    )


def response(knowledge: Knowledge) -> Response:
    """The response tables as expressions over the facts of a comparison."""
    known = knowledge.record(ResponseKnowledge, "response")
    grown = (RISE_FROM_NADIR >= known.progression_rise) & (RISE_FROM_NADIR_MM >= known.progression_rise_mm)
    return Response(
        recist=_table(
            "response.recist_1_1",
            "response by RECIST 1.1",
            gone=ALL_GONE,
            fallen=CHANGE_FROM_BASELINE <= -known.partial_decrease.number,
            progressed=NEW_LESION | grown,
        ),
        mrecist=_table(
            "response.mrecist",
            "response by mRECIST",
            gone=NO_ENHANCEMENT,
            fallen=VIABLE_CHANGE <= -known.viable_partial_decrease.number,
            progressed=NEW_LESION | (VIABLE_RISE >= known.viable_progression_rise),
        ),
    )
