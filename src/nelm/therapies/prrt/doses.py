"""Projected absorbed doses of a course: shown beside their limits, and never a reason for or against it.

A marrow limit of 2 Gy would forbid every standard course, and the kidney limits come from external
radiotherapy and yttrium-90; the board sees the numbers and their origin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from nelm.guideline.row.cells import interval_words
from nelm.guideline.therapy import Item, PatientView, item, stated
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.quantities.answers import some
from nelm.therapies.prrt.activity import (
    ActivityPlan,
    Limit,
    LimitProjection,
    OrganProjection,
    Quantity,
    Spread,
    activity_plan,
)
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.organ_dose import Organ
from nelm.therapies.prrt.organ_limits import (
    KIDNEYS,
    MARROW,
    dose_limits,
    dotatate_organs,
    kidney_populations,
    limits_of,
)
from nelm.therapies.prrt.population import KIDNEY_RISKS

ACTIVITY_SO_FAR, CYCLES_SO_FAR = "treatments.prrt.activity_gbq", "treatments.prrt.cycles"
RISK_FACTS = tuple(f"patient.comorbidities.{name}" for name in KIDNEY_RISKS)
LABELS = {KIDNEYS: "kidney", MARROW: "marrow"}
"""How an organ is named in the label of a line, where not by its own name."""
RARE = 0.001
"""Probability below which only the bound is printed."""


@dataclass(frozen=True, slots=True)
class PlannedCourse:
    """Activity a cycle and number of cycles that are proposed, and the organs that they are projected for.

    Attributes: `activity` [GBq], `cycles` further cycles, `given_gbq` activity of each earlier cycle, None where there
    were some of which activity or number is not known.
    """

    activity: Entry
    cycles: int
    cycles_entry: Entry
    organs: tuple[Organ, ...]
    given_gbq: tuple[float, ...] | None = ()

    @property
    def total_gbq(self) -> float:
        """Activity of the further cycles [GBq]."""
        return self.activity.number * self.cycles


def given_activities(patient: PatientView) -> tuple[float, ...] | None:
    """Activity of each earlier cycle, all alike [GBq]; empty if there was none, None if not known."""
    received = patient.truth("treatments.prrt.received")
    cycles, activity = patient.number(CYCLES_SO_FAR), patient.number(ACTIVITY_SO_FAR)
    if received is not True:
        return () if received is False or cycles is None else None
    if cycles is None or activity is None or not (cycles.is_exact and activity.is_exact):
        return None
    count = int(cycles.low)
    return (activity.low / count,) * count if count and activity.low > 0 else None


def kidney_risk(patient: PatientView) -> bool | None:
    """Whether a risk factor of the kidneys is known, excluded or neither."""
    return some(patient.truth(name) for name in RISK_FACTS)


def total_activity(label: str, activity: Entry, cycles: Entry) -> Item:
    """Activity of the whole course [GBq]."""
    total = activity.number * cycles.number
    text = f"{cycles.number:g} cycles of {activity.number:g} GBq: {total:g} GBq."
    return stated(label, text, (activity, cycles), value=round(total, 2), unit="GBq")


def projected_doses(patient: PatientView, known: PrrtKnowledge, course: PlannedCourse) -> tuple[Item, ...]:
    """Doses of the organs, each limit with the probability of exceeding it, and what would keep the limits."""
    if course.cycles < 1:
        text = "All cycles of the course are given; no further one is projected."
        return (stated("projection", text, (course.cycles_entry,), facts=(CYCLES_SO_FAR,)),)
    risk = kidney_risk(patient)
    plan = _plan(known, course, limits_of(course.organs, dose_limits(known, kidney_risk=risk)), course.organs)
    organs = {organ.name: organ for organ in course.organs}
    lines: list[Item] = []
    for projection in plan.organs:
        organ = organs[projection.name]
        lines += _doses(projection, organ, course, known)
        lines += [
            _limit(one, organ, plan, known) for one in plan.limits if one.limit.organ == projection.name
        ]
    return (*lines, *_answers(plan, course, known))


def kidney_limits(patient: PatientView, known: PrrtKnowledge) -> tuple[Item, ...]:
    """Published kidney limits; of the two biologically effective ones the one that fits the patient, or both."""
    limits = [
        limit for limit in dose_limits(known, kidney_risk=kidney_risk(patient)) if limit.organ == KIDNEYS
    ]
    return tuple(
        replace(item(limit.name, limit.entry), facts=RISK_FACTS if "risk factors" in limit.name else ())
        for limit in limits
        if limit.entry is not None
    )


def other_populations(known: PrrtKnowledge, course: PlannedCourse, *, risk: bool | None) -> Item:
    """How the answer changes with the population that the kidney dose is taken from."""
    parts: list[str] = []
    entries: list[Entry] = []
    for name, entry in kidney_populations(known).items():
        organs = dotatate_organs(known, entry)[:1]
        plan = _plan(known, course, limits_of(organs, dose_limits(known, kidney_risk=risk)), organs)
        mean = plan.organs[0].total_gy.mean
        parts.append(f"{entry.number:g} Gy/GBq ({name}): {mean:.1f} Gy, {_cycles(plan, plan.largest_cycles)}")
        entries.append(entry)
    text = (
        f"Mean kidney dose and number of cycles of {course.activity.number:g} GBq within the kidney limit, by the "
        f"population that is believed: {'; '.join(parts)}."
    )
    return stated("kidney dose, other populations", text, tuple(entries))


def published_means(known: PrrtKnowledge, course: PlannedCourse, per_gbq: Entry) -> Item:
    """Kidney dose of the planned activity at the mean and median of the largest centre [Gy]."""
    found = per_activity(per_gbq, course.total_gbq)
    text = (
        f"{per_gbq.statement} At {per_gbq.low:g} to {per_gbq.high:g} Gy/GBq {course.total_gbq:g} GBq bring "
        f"{found.low:.1f} to {found.high:.1f} Gy; the spread between patients was not read."
    )
    line = stated("kidney dose, published mean", text, (course.activity, per_gbq), unit="Gy")
    return replace(line, low=round(found.low, 2), high=round(found.high, 2))


def per_activity(entry: Entry, activity_gbq: float) -> Interval:
    """Dose of an activity from a range of dose per activity [Gy]."""
    low = entry.number if entry.low is None else entry.low
    high = entry.number if entry.high is None else entry.high
    return Interval(low * activity_gbq, high * activity_gbq)


def cumulative(patient: PatientView, activity: Entry, cycles: Entry, *, per_gbq: Entry) -> tuple[Item, ...]:
    """Activity and kidney dose of earlier and planned cycles together; says so when the earlier one is unknown."""
    added = activity.number * cycles.number
    entries = (activity, cycles, per_gbq)
    before = patient.number(ACTIVITY_SO_FAR)
    if before is None or before.high == float("inf"):
        text = f"Earlier activity ({ACTIVITY_SO_FAR}) is not known: cumulative activity and dose cannot be given."
        return (stated("cumulative activity", text, (activity,), facts=(ACTIVITY_SO_FAR,)),)
    total = Interval(before.low + added, before.high + added)
    kidney = Interval(per_activity(per_gbq, total.low).low, per_activity(per_gbq, total.high).high)
    text = f"Earlier {interval_words(before)} GBq and {added:g} GBq planned."
    whole = stated("cumulative activity", text, entries[:2], unit="GBq", facts=(ACTIVITY_SO_FAR,))
    text = (
        f"Kidney dose of both courses, if both were 177Lu-DOTATATE: {kidney.low:.1f} to {kidney.high:.1f} Gy."
    )
    dose = stated("cumulative kidney dose", text, entries, unit="Gy", facts=(ACTIVITY_SO_FAR,))
    return (_ranged(whole, total), _ranged(dose, kidney))


def _ranged(line: Item, found: Interval) -> Item:
    low, high = round(found.low, 2), round(found.high, 2)
    return replace(line, value=low) if low == high else replace(line, low=low, high=high)


def _plan(
    known: PrrtKnowledge, course: PlannedCourse, limits: tuple[Limit, ...], organs: tuple[Organ, ...]
) -> ActivityPlan:
    """The projection of a course with the confidence and the largest number of cycles of the knowledge."""
    return _cached_plan(
        (organs, limits, course.given_gbq or ()),
        course.activity.number,
        course.cycles,
        (known.planning_confidence.number / 100, int(known.dosimetry_guided.high or course.cycles)),
    )


@lru_cache(maxsize=32)
def _cached_plan(
    patient: tuple[tuple[Organ, ...], tuple[Limit, ...], tuple[float, ...]],
    activity_gbq: float,
    cycles: int,
    choices: tuple[float, int],
) -> ActivityPlan:
    """A projection that many patients share, since before dosimetry it depends on the population alone."""
    organs, limits, given_gbq = patient
    confidence, most_cycles = choices
    return activity_plan(
        organs,
        limits,
        activity_gbq=activity_gbq,
        cycles=cycles,
        confidence=confidence,
        most_cycles=most_cycles,
        given_gbq=given_gbq,
    )


def _doses(
    projection: OrganProjection, organ: Organ, course: PlannedCourse, known: PrrtKnowledge
) -> tuple[Item, ...]:
    """The absorbed dose of an organ, and the biologically effective one where its tissue is known."""
    label = LABELS.get(organ.name, organ.name)
    earlier = sum(course.given_gbq or ())
    what = f"{course.total_gbq:g} GBq" + (f" and the {earlier:g} GBq given" if earlier else "")
    prior = organ.entries[0]
    spread = "" if prior.low is None or prior.high is None else f" ± {(prior.high - prior.low) / 2:.3g}"
    text = (
        f"Projected {label} dose of {what}: {_words(projection.total_gy)}. From a population "
        f"({prior.number:g}{spread} Gy/GBq), not a measurement of this patient; it forbids nothing."
    )
    if course.given_gbq is None:
        text += " Earlier cycles are not counted: their number or activity is not known."
    entries = (course.activity, course.cycles_entry, *organ.entries)
    lines = [_spread_line(f"{label} dose", text, entries, projection.total_gy)]
    if projection.total_bed_gy is not None:
        text = (
            f"Biologically effective {label} dose of {what}: {_words(projection.total_bed_gy)}; "
            "alpha/beta, repair and half-life are recalled and taken without spread."
        )
        lines.append(_spread_line(f"{label} BED", text, (*entries, *_tissue(known)), projection.total_bed_gy))
    return tuple(lines)


def _limit(found: LimitProjection, organ: Organ, plan: ActivityPlan, known: PrrtKnowledge) -> Item:
    """A limit, the probability that the course exceeds it, and what would keep it."""
    limit = found.limit
    entries = ((limit.entry,) if limit.entry else ()) + _behind(limit, organ, known)
    shown = "" if limit.binding else " Shown, it restricts nothing here."
    text = (
        f"{limit.entry.statement if limit.entry else limit.name} Projected: exceeded with a probability of "
        f"{_percent(found.probability_exceeded)}; kept with {_percent(plan.confidence)} by "
        f"{_cycles(plan, found.largest_cycles)} of {plan.activity_gbq:g} GBq, or by {plan.cycles} of up to "
        f"{found.largest_activity_gbq:.1f} GBq.{shown}"
    )
    facts = RISK_FACTS if "risk factors" in limit.name else ()
    return stated(limit.name, text, entries, value=limit.value_gy, unit="Gy", facts=facts)


def _behind(limit: Limit, organ: Organ, known: PrrtKnowledge) -> tuple[Entry, ...]:
    """Entries that the projection of a limit rests on."""
    tissue = _tissue(known) if limit.quantity is Quantity.BED else ()
    return (*organ.entries, *tissue, known.planning_confidence)


def _tissue(known: PrrtKnowledge) -> tuple[Entry, ...]:
    return known.alpha_beta, known.repair_half_time, known.effective_half_time


def _answers(plan: ActivityPlan, course: PlannedCourse, known: PrrtKnowledge) -> tuple[Item, ...]:
    """The number of cycles and the activity that keep all binding limits."""
    if plan.largest_activity_gbq is None:
        return ()
    binding = [one.limit for one in plan.limits if one.limit.binding]
    entries = tuple(limit.entry for limit in binding if limit.entry)
    organs = {organ.name: organ for organ in course.organs}
    entries += tuple(entry for limit in binding for entry in _behind(limit, organs[limit.organ], known))
    entries += (course.activity,)
    names = ", ".join(f"{limit.organ} {limit.value_gy:g} Gy" for limit in binding)
    chance = _percent(plan.confidence)
    advice = "A projection from populations and no dose to give: it neither forbids a course nor licenses a larger one."
    number = (
        f"With {chance} probability {_cycles(plan, plan.largest_cycles)} of {plan.activity_gbq:g} GBq keep the limits "
        f"({names}). {advice}"
    )
    activity = (
        f"With {chance} probability {plan.cycles} cycles of up to {plan.largest_activity_gbq:.1f} GBq keep the limits; "
        f"the nearest is the {plan.limited_by}. {advice}"
    )
    return (
        stated("cycles within the limits", number, entries, value=plan.largest_cycles, unit="1"),
        stated(
            "activity within the limits",
            activity,
            entries,
            value=round(plan.largest_activity_gbq, 1),
            unit="GBq",
        ),
    )


def _cycles(plan: ActivityPlan, number: int) -> str:
    """A number of further cycles in words."""
    further = "further " if plan.given_gbq else ""
    more = " or more" if number == plan.most_cycles else ""
    if number == 0:
        return f"no {further}cycle"
    return f"{number}{more} {further}cycle{'' if number == 1 and not more else 's'}"


def _words(found: Spread) -> str:
    return f"mean {found.mean:.2f} Gy, 95 of 100 patients between {found.low:.2f} and {found.high:.2f} Gy"


def _percent(probability: float) -> str:
    """A probability in percent, without the appearance of certainty."""
    if probability < RARE:
        return f"less than {RARE:.1%}".replace("%", " %")
    if probability > 1 - RARE:
        return f"more than {1 - RARE:.1%}".replace("%", " %")
    return f"{100 * probability:.3g} %" if probability >= 0.1 else f"{100 * probability:.2g} %"


def _spread_line(label: str, text: str, entries: tuple[Entry, ...], found: Spread) -> Item:
    low, high = round(found.low, 2), round(found.high, 2)
    return replace(stated(label, text, entries, round(found.mean, 2), unit="Gy"), low=low, high=high)
