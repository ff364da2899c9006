"""The liver ledger as it is shown: what every treatment could do to every lesion, and the plans over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nelm.guideline.feasibility import Feasibility, Feasible, Modality
from nelm.imaging.liver.territory_map import TerritoryMap
from nelm.imaging.measured import LiverMeasurement
from nelm.imaging.surroundings import Surroundings
from nelm.knowledge import Entry
from nelm.planner.joint.explaining import Explanation
from nelm.planner.joint.front import Front
from nelm.planner.joint.plan import JointPlan
from nelm.planner.joint.problem import JointProblem
from nelm.planner.joint.proposals import Proposals
from nelm.planner.joint.sensitivity import Achievable, Sensitivity
from nelm.planner.liver.heated import HeatedLesion
from nelm.therapies.ablation.lesion_plan import AblationPlan
from nelm.therapies.embolisation.sessions import EmbolisationPlan
from nelm.therapies.surgery.resection import Candidate
from nelm.therapies.surgery.staging import StagedResection
from nelm.therapies.surgery.standardised import LiverNeed, StandardisedRemnant

WHOLE = 100.0
"""Share of the tumour that stands for all of it [%]."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedResection:
    """A resection with its remnant as a share of what the patient needs."""

    candidate: Candidate
    remnant: StandardisedRemnant


@dataclass(frozen=True, slots=True, eq=False)
class LiverLedger:
    """Everything about the local treatment of one liver.

    Parameters
    ----------
    measurement, surroundings : What was measured.
    need : Which remnant the patient needs.
    remnant_limit : The published minimum that the plans keep; None where no minimum can be applied.
    feasibility : Every lesion against every modality.
    resections : Candidates with their remnants.
    staged : Large resections in two stages.
    ablations : One for each lesion.
    heat : Simulated zones of some lesions, by name.
    territories, embolisation : What feeds the liver, and the sessions that would treat all of it.
    problem : What the plans were computed from.
    proposals, front : The plans.
    explanations : Every lesion of the first plan: why, and what else would come to.
    sensitivity : The first plan with its borders moved.
    removable : Which shares of the tumour resection and ablation together can remove, complete first.
    resectable : Whether resection alone can clear the liver.
    remarks : What should be known.
    """

    measurement: LiverMeasurement
    surroundings: Surroundings
    need: LiverNeed
    remnant_limit: Entry | None
    feasibility: tuple[Feasibility, ...]
    resections: tuple[PlannedResection, ...]
    staged: tuple[StagedResection, ...]
    ablations: tuple[AblationPlan, ...]
    heat: Mapping[str, HeatedLesion]
    territories: TerritoryMap
    embolisation: EmbolisationPlan
    problem: JointProblem
    proposals: Proposals
    front: Front
    explanations: tuple[Explanation, ...]
    sensitivity: Sensitivity
    removable: tuple[Achievable, ...]
    resectable: Achievable
    remarks: tuple[str, ...]

    @property
    def resectability(self) -> str | None:
        """The word of the fact `liver.resectable` as far as it was computed; None while it is unknown.

        Complete by resection alone, else the largest published share that resection and ablation surely remove, else
        no where the smallest is out of reach. It is not the word of a surgeon.
        """
        words = [("complete", self.resectable.state)]
        words += [
            (f"debulking_{one.goal_percent:g}", one.state)
            for one in self.removable
            if one.goal_percent < WHOLE
        ]
        for word, state in words:
            if state is not Feasible.NO:
                return word if state is Feasible.YES else None
        return "no"

    @property
    def first(self) -> JointPlan:
        """The plan that leaves least tumour."""
        return self.proposals.plans[0][1]

    def of(self, lesion: str, modality: Modality) -> Feasibility | None:
        """What was found for one lesion and one modality."""
        return next(
            (one for one in self.feasibility if one.lesion == lesion and one.modality is modality), None
        )

    def resection(self, name: str) -> PlannedResection | None:
        """The candidate of this name."""
        return next((one for one in self.resections if one.candidate.name == name), None)

    def ablation(self, lesion: str) -> AblationPlan | None:
        """The ablation of a lesion."""
        return next((one for one in self.ablations if one.lesion == lesion), None)
