"""The instruction for the next cycle of radioligand therapy, read as that for the next dose of any other treatment."""

from __future__ import annotations

from nelm.followup.toxicity import dose_step
from nelm.followup.toxicity.dose_step import DoseStep
from nelm.followup.toxicity.dose_table import Dose, Reason
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import Action, Instruction, Level

DRUG = "177Lu-DOTATATE"
SCHEDULE = "by vein, with the amino acids in full"
LEVELS = {
    Level.FULL: dose_step.Level.FULL,
    Level.RESTORED: dose_step.Level.FULL,
    Level.REDUCED: dose_step.Level.REDUCED,
    Level.ON_HOLD: dose_step.Level.ON_HOLD,
    Level.STOPPED: dose_step.Level.STOPPED,
}
ACTIONS = {
    Action.GIVE: dose_step.Action.GIVE,
    Action.HOLD: dose_step.Action.HOLD,
    Action.FIND_OUT: dose_step.Action.FIND_OUT,
    Action.STOP: dose_step.Action.STOP,
}


def cycle_step(instruction: Instruction, known: PrrtKnowledge) -> DoseStep:
    """The instruction as a step of dose modification; the rules stay those of `prrt.modification`.

    Parameters
    ----------
    instruction : What `next_cycle` answered.
    known : The activities, for the entries that name them.
    """
    given, if_clear = _dose(instruction.activity_gbq, known), _dose(instruction.activity_if_clear_gbq, known)
    shown = given or if_clear
    full = known.dotatate_activity.number
    words = {
        Action.GIVE: f"Give {DRUG}: {shown.words if shown else ''}.",
        Action.HOLD: f"Hold {DRUG}.",
        Action.FIND_OUT: f"Find out first: {'; '.join(instruction.unknown)}."
        f" If nothing speaks against it: {shown.words if shown else ''}.",
        Action.STOP: f"Stop {DRUG} for good.",
    }
    return DoseStep(
        drug=DRUG,
        action=ACTIONS[instruction.action],
        level=LEVELS[instruction.state.level],
        steps_down=int(shown is not None and shown.amount < full),
        dose=given,
        dose_if_clear=if_clear,
        instruction=words[instruction.action],
        reasons=tuple(Reason(reason.text, reason.entry) for reason in instruction.reasons),
        find_out=instruction.unknown,
    )


def _dose(activity_gbq: float | None, known: PrrtKnowledge) -> Dose | None:
    """An activity [GBq] as a dose, with the entry that names it."""
    if activity_gbq is None:
        return None
    is_full = activity_gbq == known.dotatate_activity.number
    return Dose(
        activity_gbq, "GBq", SCHEDULE, (known.dotatate_activity if is_full else known.modified_activity,)
    )
