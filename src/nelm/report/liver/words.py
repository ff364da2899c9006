"""Plans and their parts as people read them."""

from __future__ import annotations

from nelm.planner.joint.explaining import Alternative
from nelm.planner.joint.plan import Assignment, Burden, JointPlan
from nelm.planner.joint.problem import Action
from nelm.planner.liver.ledger import LiverLedger
from nelm.quantities import Estimate
from nelm.report.measurement.words import sized

PAST = {
    Action.RESECT: "resected",
    Action.ABLATE: "ablated",
    Action.EMBOLISE: "embolised",
    Action.LEAVE: "left",
}


def counted(number: int, word: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def burden_words(burden: Burden) -> str:
    """What a plan asks of the patient."""
    parts: list[str] = []
    if burden.resections:
        parts.append(
            f"{counted(burden.resections, 'resection')} (grades of difficulty {burden.complexity} in all)"
        )
    if burden.ablations:
        parts.append(
            f"{counted(burden.ablations, 'ablation')} with {counted(burden.needles, 'needle position')}"
        )
    if burden.sessions:
        territories = counted(burden.territories, "territory", "territories")
        parts.append(f"{counted(burden.sessions, 'arterial session')} of {territories}")
    return ", ".join(parts) or "nothing"


def tally_words(plan: JointPlan) -> str:
    """How many lesions are treated how."""
    counts = {action: sum(one.action is action for one in plan.assignments) for action in Action}
    return ", ".join(f"{number} {PAST[action]}" for action, number in counts.items() if number)


def sentence(text: str) -> str:
    """Words as a sentence."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def tumour_words(plan: JointPlan) -> str:
    """How much tumour goes, and how much stays."""
    removed = f"Removes {sized(plan.removed_percent, '%')} of the tumour"
    if not plan.residual_ml.high:
        return f"{removed}; nothing measured stays."
    stays = f"{sized(plan.residual_ml, 'mL')} neither resected nor ablated"
    if not plan.untreated_ml.high:
        return f"{removed}; {stays}, all of it embolised."
    return f"{removed}; {stays}, {sized(plan.untreated_ml, 'mL')} untreated."


def brief(text: str) -> str:
    """The first clause of a reason; everything stands in the table of feasibility."""
    cut = min(
        (place for mark in ("; ", ". ", ": no ", " (") if (place := text.find(mark)) > 0), default=len(text)
    )
    return text[:cut].rstrip(".")


def alternative_words(alternative: Alternative) -> str:
    """What another treatment would come to, or the first clauses of why nothing offers it."""
    reasons = [reason for one in alternative.obstacles for reason in one.reasons]
    if not reasons:
        return alternative.text
    return "; ".join(dict.fromkeys(brief(reason.text) for reason in reasons))


def action_words(assignment: Assignment) -> str:
    """What happens to one lesion, and by what."""
    by = "; ".join(assignment.by)
    return f"{PAST[assignment.action]}: {by}" if by else PAST[assignment.action]


def share_of_need(ledger: LiverLedger, remnant_ml: Estimate) -> str:
    """A remnant as a share of the liver volume by body surface, or of the measured liver, named as what it is."""
    formula = ledger.need.formula_ml
    if formula is not None:
        middle = (formula.low + formula.high) / 2
        return f"{100 * remnant_ml.value / middle:.0f} % of the liver volume by body surface"
    whole = ledger.problem.cells.total_ml.value
    return (
        f"{100 * remnant_ml.value / whole:.0f} % of the measured tumour-free liver" if whole else "not known"
    )


def remnant_words(ledger: LiverLedger, remnant_ml: Estimate) -> str:
    """Volume and share."""
    return f"{sized(remnant_ml, 'mL')}, {share_of_need(ledger, remnant_ml)}"


def limit_words(ledger: LiverLedger) -> str:
    """The smallest remnant that the plans keep."""
    limit = ledger.problem.limits.remnant_ml
    if limit is None:
        return "no published minimum of the remnant could be applied"
    if ledger.remnant_limit is None:
        return f"smallest remnant as asked for: {limit.value:.0f} mL"
    entry = ledger.remnant_limit
    return (
        f"smallest remnant {limit.value:.0f} mL ({entry.number:g} %: {entry.statement} [{entry.sources[0]}])"
    )


def headline(ledger: LiverLedger) -> str:
    """The liver and the first plan in a line."""
    lesions = ledger.measurement.lesions
    if not lesions:
        return "no lesion in the liver"
    first = ledger.first
    return (
        f"{counted(len(lesions), 'lesion')} · least tumour left: {tally_words(first)} · "
        f"{first.removed_percent.value:.0f} % of the tumour removed · liver that stays "
        f"{remnant_words(ledger, first.remnant_ml)}"
    )
