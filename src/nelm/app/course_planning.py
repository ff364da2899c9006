"""What the measured doses allow: further cycles and activity that keep the limits, with probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nelm.app.dosing import CycleDose
from nelm.case import Case
from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.regions import RegionKind
from nelm.knowledge import Knowledge
from nelm.therapies.prrt.activity import ActivityPlan, activity_plan
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.organ_dose import LogNormal, MeasuredDose, Organ, Tissue
from nelm.therapies.prrt.organ_limits import (
    KIDNEYS,
    LIVER,
    SPLEEN,
    dose_limits,
    dotatate_organs,
    edotreotide_organs,
    limits_of,
)
from nelm.therapies.prrt.population import KIDNEY_RISKS

NUCLIDE = "Lu-177"
EDOTREOTIDE_WORDS = ("edotreotide", "dotatoc")
MEASURED = {
    KIDNEYS: (RegionKind.KIDNEYS,),
    LIVER: (RegionKind.LIVER_WITHOUT_LESIONS,),
    SPLEEN: (RegionKind.SPLEEN,),
}
SHARED = ("calibration", "dose factor", "density", "resolution")
"""Parts of the uncertainty of a dose that are the same in all cycles of one centre."""
TABLE_STEPS = (0.5, 1.0, 1.5)
"""Activities of the table, as parts of the standard one."""


def course_plan(
    cycles: Sequence[CycleDose],
    knowledge: Knowledge,
    *,
    case: Case | None = None,
    planned_cycles: int | None = None,
) -> ActivityPlan | None:
    """The plan of further cycles after those that were measured; None but for 177Lu on a peptide of known activity.

    Parameters
    ----------
    cycles : Measured, in the order of time.
    case : For the risk factors of the kidneys; without it the stricter limit binds.
    planned_cycles : Of the whole course, those given included; None: as the label has it.
    """
    given = [cycle.dose.administration.activity_gbq for cycle in cycles]
    if not cycles or any(cycle.dose.administration.nuclide != NUCLIDE for cycle in cycles):
        return None
    known_gbq = [activity for activity in given if activity is not None]
    if len(known_gbq) != len(cycles):
        return None
    known = knowledge.record(PrrtKnowledge, "prrt")
    agent = cycles[0].dose.administration.agent.lower()
    is_edotreotide = any(word in agent for word in EDOTREOTIDE_WORDS)
    organs = edotreotide_organs(known) if is_edotreotide else dotatate_organs(known)
    standard = known.edotreotide_activity if is_edotreotide else known.dotatate_activity
    whole = known.edotreotide_cycles if is_edotreotide else known.dotatate_cycles
    measured = tuple(_with_measured(organ, cycles) for organ in organs)
    limits = limits_of(measured, dose_limits(known, kidney_risk=kidney_risk(case)))
    most = int(known.dosimetry_guided.high or whole.number)
    left = max(1, (planned_cycles or int(whole.number)) - len(cycles))
    return activity_plan(
        measured,
        limits,
        activity_gbq=standard.number,
        cycles=left,
        confidence=known.planning_confidence.number / 100,
        most_cycles=max(most - len(cycles), left),
        given_gbq=tuple(known_gbq),
        table_activities_gbq=tuple(step * standard.number for step in TABLE_STEPS),
    )


def kidney_risk(case: Case | None) -> bool | None:
    """Whether the patient has a risk factor of the kidney limit; None where the record does not say."""
    if case is None:
        return None
    named = {str(item) for item in case.patient.comorbidities or ()}
    if named & set(KIDNEY_RISKS):
        return True
    return False if case.patient.no_other_comorbidities else None


def _with_measured(organ: Organ, cycles: Sequence[CycleDose]) -> Organ:
    """The organ with what was measured of this patient."""
    found = [
        (number, region)
        for number, cycle in enumerate(cycles, start=1)
        if (region := _region(cycle, organ.name)) is not None
    ]
    if not found:
        return organ
    shared = max(_effect(region, shared=True) for _, region in found)
    measured = tuple(
        MeasuredDose(number, region.dose_per_activity_gy_per_gbq or 0.0, _effect(region, shared=False))
        for number, region in found
    )
    return replace(
        organ, measured=measured, shared_relative_sd=shared, tissue=_tissue(organ.tissue, found[-1][1])
    )


def _region(cycle: CycleDose, organ: str) -> RegionDose | None:
    """The region that an organ was measured as in a cycle."""
    for kind in MEASURED.get(organ, ()):
        for region in cycle.dose.of(kind):
            if region.dose_per_activity_gy_per_gbq is not None:
                return region
    return None


def _effect(region: RegionDose, *, shared: bool) -> float:
    """Relative standard uncertainty of a dose, the part that cycles share or the other."""
    parts = [part.relative_effect for part in region.budget if (part.component in SHARED) is shared]
    return math.hypot(*parts) if parts else 0.0


def _tissue(tissue: Tissue | None, region: RegionDose) -> Tissue | None:
    """The tissue with the effective half-life of the patient."""
    if tissue is None or region.dose_rate is None:
        return tissue
    mean_life = float((region.dose_rate.amplitudes_gy_h / region.dose_rate.rates_per_h**2).sum()) / float(
        region.dose_rate.absorbed_dose_gy
    )
    return replace(tissue, effective_half_life_h=LogNormal(mean_life * math.log(2.0)))
