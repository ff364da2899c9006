"""Response to treatment as a table of rules: RECIST 1.1 and mRECIST [recist_pmc2755245; mrecist_pmc9747269].

The facts are those of one comparison of images; they are no columns of the case document yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.guideline.logic import Boolean, BooleanFact, NumberFact, Partition
from nelm.knowledge import Knowledge

change_from_baseline = NumberFact("response.change_from_baseline_percent", "%")
rise_from_nadir = NumberFact("response.rise_from_nadir_percent", "%")
rise_from_nadir_mm = NumberFact("response.rise_from_nadir_mm", "mm")
viable_change = NumberFact("response.viable_change_from_baseline_percent", "%")
viable_rise = NumberFact("response.viable_rise_from_nadir_percent", "%")
new_lesion = BooleanFact("response.new_lesion")
all_gone = BooleanFact("response.all_lesions_gone")
no_enhancement = BooleanFact("response.no_enhancement")


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
    grown = (rise_from_nadir >= known.progression_rise) & (rise_from_nadir_mm >= known.progression_rise_mm)
    return Response(
        recist=_table(
            "response.recist_1_1",
            "response by RECIST 1.1",
            gone=all_gone,
            fallen=change_from_baseline <= -known.partial_decrease.number,
            progressed=new_lesion | grown,
        ),
        mrecist=_table(
            "response.mrecist",
            "response by mRECIST",
            gone=no_enhancement,
            fallen=viable_change <= -known.viable_partial_decrease.number,
            progressed=new_lesion | (viable_rise >= known.viable_progression_rise),
        ),
    )
