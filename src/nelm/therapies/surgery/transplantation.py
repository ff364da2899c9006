"""Liver transplantation: two published lists, shown whole and criterion by criterion."""

from __future__ import annotations

from nelm.guideline.criteria import Intent, OptionRule, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import some
from nelm.therapies.surgery import positions
from nelm.therapies.surgery.knowledge import SurgeryKnowledge


def transplantation(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Transplantation for metastases confined to a liver that cannot be cleared."""
    lists = facts.transplant_criteria
    heart = boolean("patient.comorbidities.severe_tricuspid_regurgitation")
    right_heart = heart | boolean("patient.comorbidities.right_heart_dysfunction")
    within = some(lists.milan_net, lists.milan_net_later, lists.optn)
    criteria = (
        requires(facts.spread.liver_metastases, known.liver_metastases),
        requires(~category("liver.resectable").is_("complete"), known.transplant_unresectable),
        requires(within, known.transplant_criteria_met),
        requires(boolean("patient.fit_for_major_surgery"), known.fit_for_major_surgery),
        excludes(boolean("extrahepatic.bone") | boolean("extrahepatic.lung"), known.transplant_bone_or_lung),
        excludes(right_heart, known.right_heart),
        caution(boolean("tumour.syndromes.carcinoid"), known.carcinoid_crisis),
        caution(boolean("patient.comorbidities.previous_hepatectomy"), known.previous_hepatectomy),
        *(favours(part.statement, part.entry) for part in (*lists.milan_parts, *lists.optn_parts)),
    )
    return OptionRule(
        "transplant.liver",
        "Liver transplantation",
        Intent.CURATIVE,
        criteria,
        positions.transplantation(facts, known),
    )
