"""The watch for myelodysplasia and leukaemia after radioligand therapy and alkylating drugs [marrow_phd; pmc11371079].

A count is low from CTCAE grade 2 on (version 5: neutrophils, platelets, haemoglobin), as for the option of a marrow
examination. It lasts from the first of the low counts without a normal one in between, counted from the last
treatment where the low counts began before it ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nelm.followup.toxicity.dose_table import Reason
from nelm.followup.toxicity.grading import limits
from nelm.followup.toxicity.knowledge import CtcaeKnowledge, MarrowKnowledge
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import above, below, some

MARROW_OPTION = "workup.bone_marrow"


class Agent(StrEnum):
    """Treatments after which marrow disease is watched for."""

    RADIOLIGAND = "radioligand therapy"
    TEMOZOLOMIDE = "temozolomide"
    STREPTOZOCIN = "streptozocin"


class Verdict(StrEnum):
    """What the counts say."""

    NOT_EXPOSED = "no such treatment"
    NONE = "no low count"
    EXPECTED = "low, soon after treatment"
    LASTING = "low for longer than expected"
    PERSISTENT = "persistently low: look at the marrow"
    EXPLAINED = "persistently low, with another explanation"
    FIND_OUT = "find out first"


@dataclass(frozen=True, slots=True)
class Exposure:
    """One treatment: from its first to its last day, and its cumulative amount (GBq, or mg/m2), if known."""

    agent: Agent
    first: date
    last: date
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class BloodCount:
    """A blood count [10*9/L, g/L] with the volume of the red cells [fL]; None is not known."""

    day: date
    neutrophils: Interval | None = None
    platelets: Interval | None = None
    haemoglobin_g_l: Interval | None = None
    cell_volume_fl: Interval | None = None


@dataclass(frozen=True, slots=True)
class MarrowWatch:
    """What the watch says on one day.

    Parameters
    ----------
    verdict : What the counts say.
    since : First day of the low counts, or the last day of treatment if that is later; None when they are not low.
    options : Options of the work-up to consider, by id.
    exposure : The cumulative exposure, a sentence for each treatment.
    reasons : Sentences with their entries.
    find_out : What is not known and would settle the matter.
    """

    verdict: Verdict
    since: date | None
    options: tuple[str, ...]
    exposure: tuple[str, ...]
    reasons: tuple[Reason, ...]
    find_out: tuple[str, ...]


def is_low(count: BloodCount, known: CtcaeKnowledge) -> bool | None:
    """Whether neutrophils, platelets or haemoglobin are of grade 2 or worse (CTCAE 5); None is not known."""
    return some(
        (
            below(count.neutrophils, limits(known.neutrophils_5)[0]),
            below(count.platelets, limits(known.platelets_5)[0]),
            below(count.haemoglobin_g_l, limits(known.haemoglobin_low)[0]),
        )
    )


def marrow_watch(
    exposures: tuple[Exposure, ...],
    counts: tuple[BloodCount, ...],
    *,
    day: date,
    explained: bool | None,
    known: MarrowKnowledge,
    grades: CtcaeKnowledge,
) -> MarrowWatch:
    """The watch on one day.

    Parameters
    ----------
    exposures : Radioligand therapy and alkylating drugs so far.
    counts : Blood counts, in any order; those after `day` are left out.
    day : Day of the decision.
    explained : Whether something else explains a low count; None is not known.
    known, grades : The rules, and the limits of the grades.
    """
    past = tuple(item for item in exposures if item.first <= day)
    if not past:
        return MarrowWatch(Verdict.NOT_EXPOSED, None, (), (), (), ())
    shown, incidence = _exposure(past), _incidence(past, known)
    seen = sorted((count for count in counts if count.day <= day), key=lambda count: count.day)
    answers = [is_low(count, grades) for count in seen]
    if not answers or answers[-1] is None:
        wanted = ("a blood count with neutrophils, platelets and haemoglobin",)
        return MarrowWatch(Verdict.FIND_OUT, None, (), shown, incidence, wanted)
    if not answers[-1]:
        return MarrowWatch(Verdict.NONE, None, (), shown, incidence, ())
    treated_until = min(max(item.last for item in past), day)
    since = max(_since(seen, answers), treated_until)
    return _low(since, seen[-1], explained=explained, day=day, known=(shown, incidence, known))


def _since(seen: list[BloodCount], answers: list[bool | None]) -> date:
    """First day of the low counts that reach to the last one; a count that is not known does not interrupt them."""
    first = seen[-1].day
    for count, answer in zip(reversed(seen), reversed(answers), strict=True):
        if answer is False:
            break
        first = count.day if answer else first
    return first


def _low(
    since: date,
    last: BloodCount,
    *,
    explained: bool | None,
    day: date,
    known: tuple[tuple[str, ...], tuple[Reason, ...], MarrowKnowledge],
) -> MarrowWatch:
    """What a low count asks for, by how long it has lasted."""
    shown, incidence, entries = known
    months = (last.day - since).days / entries.marrow_days_per_month.number
    large = above(last.cell_volume_fl, entries.marrow_macrocytosis.number)
    reasons = [*incidence]
    if large:
        reasons.insert(0, _reason(entries.marrow_macrocytosis))
    find_out = [] if large is not None else ["the volume of the red cells"]
    if months <= entries.marrow_persistent_after.number:
        early = months <= entries.marrow_recovery.number
        verdict = Verdict.EXPECTED if early else Verdict.LASTING
        reasons.insert(0, _reason(entries.marrow_recovery if early else entries.marrow_persistent_after))
        again = (day - last.day).days / entries.marrow_days_per_month.number > 1
        find_out += ["a new blood count"] if again else []
        return MarrowWatch(verdict, since, (), shown, tuple(reasons), tuple(find_out))
    reasons.insert(0, _reason(entries.marrow_persistent_action))
    if explained:
        return MarrowWatch(Verdict.EXPLAINED, since, (), shown, tuple(reasons), tuple(find_out))
    if explained is None:
        reasons.append(_reason(entries.marrow_other_causes))
        find_out.append("whether something else explains the low count")
    options = (MARROW_OPTION,)
    return MarrowWatch(Verdict.PERSISTENT, since, options, shown, tuple(reasons), ("a blood film", *find_out))


def _exposure(past: tuple[Exposure, ...]) -> tuple[str, ...]:
    """What was given of each agent in all; an amount that is not known stays so."""
    units = {Agent.RADIOLIGAND: "GBq", Agent.TEMOZOLOMIDE: "mg/m²", Agent.STREPTOZOCIN: "mg/m²"}
    lines: list[str] = []
    for agent in Agent:
        amounts = [item.amount for item in past if item.agent is agent]
        if not amounts:
            continue
        known = sum(amount for amount in amounts if amount is not None)
        text = f"{agent}: {known:g} {units[agent]} in all"
        if None in amounts:
            text = f"{agent}: at least {known:g} {units[agent]}" if known else f"{agent}: amount not known"
        lines.append(text)
    return tuple(lines)


def _incidence(past: tuple[Exposure, ...], known: MarrowKnowledge) -> tuple[Reason, ...]:
    """How often marrow disease was seen after what was given."""
    entries: dict[Agent, tuple[Entry, ...]] = {
        Agent.RADIOLIGAND: (
            known.marrow_incidence_rotterdam,
            known.marrow_incidence_mayo,
            known.marrow_clones_before,
        ),
        Agent.TEMOZOLOMIDE: (known.marrow_temozolomide,),
        Agent.STREPTOZOCIN: (known.marrow_streptozocin,),
    }
    given = [agent for agent in Agent if any(item.agent is agent for item in past)]
    found = [_reason(entry) for agent in given for entry in entries[agent]]
    if len(given) > 1:
        found.append(_reason(known.marrow_exposures_add))
    return tuple(found)


def _reason(entry: Entry) -> Reason:
    return Reason(entry.statement, entry)
