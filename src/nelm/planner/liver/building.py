"""Builds the ledger of one liver: every treatment is asked what it could do, then one programme plans over all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nelm.errors import InputError, Problem
from nelm.guideline.coverage import territory_knowledge, territory_rules
from nelm.guideline.feasibility import Feasibility, Modality
from nelm.guideline.findings.body import BodyKnowledge
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.arteries import territories_of
from nelm.imaging.liver.territory_map import TerritoryMap
from nelm.imaging.measured import LiverMeasurement
from nelm.imaging.plannable import check_for_planning
from nelm.imaging.progress import Progress, silent
from nelm.imaging.surroundings import Surroundings
from nelm.knowledge import Entry, Knowledge
from nelm.planner.joint.demands import Demand, JointPlanRequest
from nelm.planner.joint.explaining import explained
from nelm.planner.joint.front import Resolution, pareto_front
from nelm.planner.joint.problem import JointProblem, LimitKind, Limits
from nelm.planner.joint.proposals import proposals
from nelm.planner.joint.sensitivity import FAVOURABLE, UNFAVOURABLE, achievable, random_shifts, sensitivity
from nelm.planner.liver.choices import Offered, exact_remnant, joint_problem
from nelm.planner.liver.heated import heated_lesions
from nelm.planner.liver.ledger import WHOLE, LiverLedger, PlannedResection
from nelm.quantities import Estimate
from nelm.therapies.ablation.devices import DeviceRow
from nelm.therapies.ablation.knowledge import AblationKnowledge, NeedleKnowledge
from nelm.therapies.ablation.lesion_plan import AblationPlan, ablation_plan
from nelm.therapies.ablation.needle_obstacles import Obstacles, obstacles_of
from nelm.therapies.ablation.needle_rules import needle_rules
from nelm.therapies.embolisation.feasibility import feasibility as embolisation_feasibility
from nelm.therapies.embolisation.feasibility import patient_reasons
from nelm.therapies.embolisation.sessions import embolisation_plan
from nelm.therapies.radioembolisation.feasibility import feasibility as radioembolisation_feasibility
from nelm.therapies.surgery.assessment import Operated, operated
from nelm.therapies.surgery.candidates import candidates
from nelm.therapies.surgery.feasibility import resection_feasibility
from nelm.therapies.surgery.knowledge import ResectionKnowledge, SurgeryKnowledge
from nelm.therapies.surgery.resection import Candidate
from nelm.therapies.surgery.staging import staged_resections
from nelm.therapies.surgery.standardised import LiverNeed, standardised
from nelm.volume import Structure

PLANS_ON_THE_FRONT = 60
TIME_LIMIT_S = 20.0
"""For one programme; most take less than a second."""
DRAWN_SHIFTS = 8
"""Random shifts of all borders, beside the two extremes."""
MANY_LESIONS, COARSER, FEWER_PLANS, FEWER_SHIFTS = 20, 5, 16, 2
"""From so many lesions on the front is so many times coarser, is cut after fewer plans, and fewer shifts are drawn; the
largest lesions are explained. The plans by name are exact in any case."""


@dataclass(frozen=True, slots=True)
class LiverPlanKnowledge:
    """Entries of `liver_plan.toml`."""

    major_resections_max: Entry
    embolise_the_remnant: Entry
    session_burden: Entry
    front_resolution: Entry


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wants otherwise than by default; None leaves the default.

    Parameters
    ----------
    demands : Lesions pinned to an action or kept from one, choices taken or left out.
    left_out : Lesions that are not planned for, such as those outside the liver.
    remnant_percent : Smallest standardised remnant [%].
    remnant_ml : Smallest remnant, where height or weight is not known [mL].
    ablations_max, sessions_max, resections_max : How many at most.
    devices : A site's own rows of ablation zones.
    simulated : Names of lesions whose ablation is simulated; None takes the one nearest to a vessel of those ablated.
    seed : Of the errors of needles.
    """

    demands: tuple[Demand, ...] = ()
    left_out: tuple[str, ...] = ()
    remnant_percent: float | None = None
    remnant_ml: float | None = None
    ablations_max: int | None = None
    sessions_max: int | None = None
    resections_max: int | None = None
    devices: tuple[DeviceRow, ...] = ()
    simulated: tuple[str, ...] | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What every step is given."""

    measurement: LiverMeasurement
    surroundings: Surroundings
    patient: PatientView
    knowledge: Knowledge
    wishes: Wishes
    say: Progress
    need: LiverNeed = field(init=False)
    known: LiverPlanKnowledge = field(init=False)

    def __post_init__(self) -> None:
        body = self.knowledge.record(BodyKnowledge, "body")
        need = LiverNeed(
            self.patient.number("liver.formula_volume"), self.patient.word("liver.parenchyma"), body
        )
        object.__setattr__(self, "need", need)
        object.__setattr__(self, "known", self.knowledge.record(LiverPlanKnowledge, "liver_plan"))


def liver_ledger(
    measurement: LiverMeasurement,
    surroundings: Surroundings,
    patient: PatientView,
    knowledge: Knowledge,
    *,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
) -> LiverLedger:
    """The ledger of a measured liver.

    Parameters
    ----------
    surroundings : On the grid of the image.
    patient : Facts of the case; what is not known stays unknown.
    progress : Told what is being done.

    Raises
    ------
    InputError, GeometryError : The measurement cannot be planned on, or the wishes contradict each other or the limits.
    """
    asked = _Asked(measurement, surroundings, patient, knowledge, wishes or Wishes(), progress or silent)
    _check_wishes(asked)
    remarks = check_for_planning(measurement, surroundings, left_out=asked.wishes.left_out)
    offered = _offered(asked)
    limits, entry = _limits(asked)
    problem = joint_problem(offered, limits, session_burden=int(asked.known.session_burden.number))
    return _planned(asked, offered, problem, entry=entry, remarks=remarks)


def _check_wishes(asked: _Asked) -> None:
    """Refuse what could not be kept to, and would be passed over in silence."""
    outside = {lesion.name for lesion in asked.measurement.outside}
    inside = {item.lesion.name for item in asked.measurement.lesions}
    problems = [
        Problem(
            "left_out",
            name,
            "a lesion outside the liver",
            f"Leave it untreated: --pin {name}=leave." if name in inside else "Correct the name.",
        )
        for name in asked.wishes.left_out
        if name not in outside
    ]
    if asked.wishes.remnant_percent is not None and asked.need.formula_ml is None:
        problems.append(
            Problem("remnant_percent", f"{asked.wishes.remnant_percent:g} %", "height and weight to take a share of",
                    "Give a case that holds them, or the smallest remnant in mL.")
        )  # fmt: skip
    if problems:
        raise InputError(problems)


def _offered(asked: _Asked) -> Offered:
    """What each treatment could do."""
    asked.say("resections")
    liver = operated(asked.measurement, asked.knowledge.record(ResectionKnowledge, "resection"))
    resections = candidates(liver)
    asked.say("what is in the way of needles")
    rules = needle_rules(asked.knowledge.record(NeedleKnowledge, "ablation_needles"))
    obstacles = obstacles_of(asked.surroundings, asked.measurement, rules)
    ablations = _ablations(asked, obstacles)
    asked.say("arterial territories")
    rules = territory_rules(territory_knowledge(asked.knowledge))
    artery = asked.surroundings.of(Structure.HEPATIC_ARTERY)
    territories = territories_of(asked.measurement, artery, rules)
    return Offered(
        liver=liver,
        resections=resections,
        ablations=ablations,
        territories=territories,
        feasibility=_feasibility(asked, liver, resections, ablations=ablations, territories=territories),
        embolise_the_remnant=asked.known.embolise_the_remnant,
        obstacles=obstacles,
    )


def _ablations(asked: _Asked, obstacles: Obstacles) -> tuple[AblationPlan, ...]:
    """Needle paths and zones of every lesion."""
    found: list[AblationPlan] = []
    for place, item in enumerate(asked.measurement.lesions):
        asked.say(f"needle paths: {item.lesion.name} ({place + 1} of {len(asked.measurement.lesions)})")
        found.append(
            ablation_plan(
                item,
                asked.measurement,
                obstacles,
                knowledge=asked.knowledge,
                rng=np.random.default_rng([asked.wishes.seed, place]),
                devices=asked.wishes.devices,
            )
        )
    return tuple(found)


def _feasibility(
    asked: _Asked,
    liver: Operated,
    resections: Sequence[Candidate],
    *,
    ablations: Sequence[AblationPlan],
    territories: TerritoryMap,
) -> tuple[Feasibility, ...]:
    """Every lesion against every modality, lesion by lesion in the order of the modalities."""
    given = (asked.measurement, territories, asked.patient, asked.knowledge)
    found = [
        *resection_feasibility(liver, resections, asked.need),
        *(one for plan in ablations for one in plan.feasibility),
        *embolisation_feasibility(*given),
        *radioembolisation_feasibility(*given),
    ]
    lesions = [item.lesion.name for item in asked.measurement.lesions]
    order = list(Modality)
    return tuple(sorted(found, key=lambda one: (lesions.index(one.lesion), order.index(one.modality))))


def _limits(asked: _Asked) -> tuple[Limits, Entry | None]:
    """What the plans keep to, and the published minimum of the remnant among it.

    The most cautious minimum for the parenchyma holds; of all of them where the parenchyma is not known.
    """
    wishes, formula = asked.wishes, asked.need.formula_ml
    entry = max(asked.need.limits(), key=lambda one: one.number)
    remnant: Estimate | None = None
    if wishes.remnant_ml is not None:
        remnant, shown = Estimate(wishes.remnant_ml, wishes.remnant_ml, wishes.remnant_ml), None
    elif formula is not None:
        share = (entry.number if wishes.remnant_percent is None else wishes.remnant_percent) / 100
        middle = (formula.low + formula.high) / 2
        remnant = Estimate(share * middle, share * formula.low, share * formula.high)
        shown = entry if wishes.remnant_percent is None else None
    else:
        shown = None
    ablation = asked.knowledge.record(AblationKnowledge, "ablation").lesion_count_max
    sources: dict[LimitKind, Entry] = {LimitKind.MAJOR: asked.known.major_resections_max}
    if shown is not None:
        sources[LimitKind.REMNANT] = shown
    if wishes.ablations_max is None:
        sources[LimitKind.ABLATIONS] = ablation
    limits = Limits(
        remnant_ml=remnant,
        areas=wishes.resections_max,
        major=int(asked.known.major_resections_max.number),
        ablations=int(ablation.number) if wishes.ablations_max is None else wishes.ablations_max,
        sessions=wishes.sessions_max,
        sources=sources,
    )
    return limits, shown


def _planned(
    asked: _Asked, offered: Offered, problem: JointProblem, *, entry: Entry | None, remarks: tuple[str, ...]
) -> LiverLedger:
    """The plans, and everything beside them."""
    surgery = asked.knowledge.record(SurgeryKnowledge, "surgery")
    verify = exact_remnant(offered)
    request = JointPlanRequest(problem, asked.wishes.demands)
    asked.say("joint plans")
    goals = (surgery.debulking_threshold_classic.number, surgery.debulking_threshold.number)
    named = proposals(request, goals, verify=verify, time_limit_s=TIME_LIMIT_S)
    asked.say("the front of joint plans")
    effort = _effort(len(asked.measurement.lesions), asked.known.front_resolution.number)
    front = pareto_front(request, effort.resolution, verify=verify, time_limit_s=TIME_LIMIT_S)
    aim, first = named.plans[0]
    asked.say("why each lesion is treated so")
    lesions = [item.lesion.name for item in asked.measurement.lesions]
    reasons = explained(
        first, aim, request, lesions=lesions[:MANY_LESIONS], verify=verify, time_limit_s=TIME_LIMIT_S
    )
    asked.say("how far the plan rests on the borders drawn")
    drawn = random_shifts(effort.shifts, np.random.default_rng([asked.wishes.seed, len(lesions)]))
    shifts = (UNFAVOURABLE, FAVOURABLE, *drawn)
    moved = sensitivity(first, aim, request, shifts=shifts, verify=verify, time_limit_s=TIME_LIMIT_S)
    alone = JointPlanRequest(replace(problem, ablations=(), embolisations=(), incompatible=()))
    heat = heated_lesions(offered, first, asked.knowledge, wanted=asked.wishes.simulated, progress=asked.say)
    healthy = offered.liver.served.healthy_ml
    return LiverLedger(
        measurement=asked.measurement,
        surroundings=asked.surroundings,
        need=asked.need,
        remnant_limit=entry,
        feasibility=offered.feasibility,
        resections=tuple(
            PlannedResection(one, standardised(one.volumes, asked.need, healthy_ml=healthy))
            for one in offered.resections
        ),
        staged=staged_resections(offered.liver, offered.resections, asked.need, known=surgery),
        ablations=offered.ablations,
        heat=heat,
        territories=offered.territories,
        embolisation=embolisation_plan(
            offered.territories,
            asked.knowledge,
            reasons=patient_reasons(asked.patient, asked.measurement, asked.knowledge),
        ),
        problem=problem,
        proposals=named,
        front=front,
        explanations=reasons,
        sensitivity=moved,
        removable=achievable(
            JointPlanRequest(problem), (WHOLE, *goals), verify=verify, time_limit_s=TIME_LIMIT_S
        ),
        resectable=achievable(alone, (WHOLE,), verify=verify, time_limit_s=TIME_LIMIT_S)[0],
        remarks=tuple(dict.fromkeys((*remarks, *asked.surroundings.remarks, *_about_need(asked, entry)))),
    )


@dataclass(frozen=True, slots=True)
class _Effort:
    """How closely the front is drawn, and how many shifts are."""

    resolution: Resolution
    shifts: int


def _effort(lesions: int, percent: float) -> _Effort:
    """Less of both for many lesions: each plan then takes seconds."""
    if lesions < MANY_LESIONS:
        return _Effort(Resolution(percent, percent, 1, PLANS_ON_THE_FRONT), DRAWN_SHIFTS)
    coarse = COARSER * percent
    return _Effort(Resolution(coarse, coarse, COARSER, FEWER_PLANS), FEWER_SHIFTS)


def _about_need(asked: _Asked, entry: Entry | None) -> list[str]:
    """What the smallest remnant rests on."""
    if asked.need.formula_ml is None and asked.wishes.remnant_ml is None:
        return [
            "height or weight is not known: no published minimum of the remnant can be applied; give a case"
        ]
    if entry is not None and asked.need.parenchyma is None:
        return [
            f"the state of the parenchyma is not known: the strictest minimum ({entry.number:g} %) was kept"
        ]
    return []
