"""What has to be settled before a procedure that is open now: the plan against a crisis and the echocardiogram."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nelm.app.course.watch import Watched
from nelm.case import Case
from nelm.followup.due import Due
from nelm.followup.heart import Procedure, echo_before, heart_knowledge
from nelm.guideline.criteria import Verdict
from nelm.knowledge import Knowledge
from nelm.planner.plan import Plan
from nelm.therapies.symptoms.knowledge import SymptomKnowledge
from nelm.therapies.symptoms.steps import CrisisPlan, crisis_plan

PROCEDURES = {
    "resection.liver": Procedure.HEPATECTOMY,
    "resection.two_stage": Procedure.HEPATECTOMY,
    "resection.debulking": Procedure.HEPATECTOMY,
    "transplant.liver": Procedure.TRANSPLANTATION,
    "resection.primary": Procedure.OTHER_OPERATION,
    "resection.extrahepatic": Procedure.OTHER_OPERATION,
    "ablation.thermal": Procedure.ABLATION,
    "embolisation.bland": Procedure.EMBOLISATION,
    "embolisation.chemo": Procedure.EMBOLISATION,
    "embolisation.drug_eluting": Procedure.EMBOLISATION,
    "radioembolisation.y90_resin": Procedure.RADIOEMBOLISATION,
    "radioembolisation.y90_glass": Procedure.RADIOEMBOLISATION,
    "radioembolisation.ho166": Procedure.RADIOEMBOLISATION,
    "prrt.lu177_dotatate": Procedure.RADIOLIGAND,
    "prrt.lu177_edotreotide": Procedure.RADIOLIGAND,
    "prrt.y90": Procedure.RADIOLIGAND,
    "prrt.retreatment": Procedure.RADIOLIGAND,
}
OPEN = (Verdict.RECOMMENDED, Verdict.OPTION)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What one procedure asks for.

    Parameters
    ----------
    procedure : Which.
    crisis : The views on a crisis; None without a carcinoid syndrome.
    echo : The echocardiogram before it; None where none is asked for or one is recent.
    """

    procedure: Procedure
    crisis: CrisisPlan | None
    echo: Due | None


def preparations(
    plan: Plan, case: Case, watch: Watched, *, last_echo: date | None, knowledge: Knowledge
) -> tuple[Preparation, ...]:
    """What the procedures ask for that are recommended or an option now; nothing without a carcinoid syndrome.

    Parameters
    ----------
    last_echo : Day of the last echocardiogram, where known.
    """
    found: list[Preparation] = []
    wanted = {PROCEDURES[item.id] for item in plan.options if item.id in PROCEDURES and item.verdict in OPEN}
    count = case.liver.lesion_count_interval
    for procedure in (one for one in Procedure if one in wanted):
        crisis = crisis_plan(
            procedure,
            at_risk=watch.signs.carcinoid_syndrome,
            liver_metastases=bool(case.liver.lesions) or (count is not None and count.low > 0) or None,
            heart_disease=watch.signs.heart_disease,
            known=knowledge.record(SymptomKnowledge, "symptoms"),
        )
        heart = heart_knowledge(knowledge)
        echo = echo_before(procedure, watch.signs, last_echo, on=plan.as_of, day=plan.as_of, known=heart)
        if (crisis is not None and crisis.applies) or echo is not None:
            found.append(Preparation(procedure, crisis, echo))
    return tuple(found)
