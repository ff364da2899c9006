"""Who can be operated on, in which way, and who cannot."""

from __future__ import annotations

from nelm.guideline.criteria import Criterion, Intent, OptionRule, caution, excludes, favours, requires
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean
from nelm.knowledge import Knowledge
from nelm.therapies.surgery import positions
from nelm.therapies.surgery.knowledge import SurgeryKnowledge
from nelm.therapies.surgery.transplantation import transplantation

RESECTABLE = category("liver.resectable")


def options(facts: Facts, knowledge: Knowledge) -> tuple[OptionRule, ...]:
    """The surgical options."""
    known = knowledge.record(SurgeryKnowledge, "surgery")
    return (
        _liver(facts, known),
        _two_stage(facts, known),
        _debulking(facts, known),
        _primary(facts, known),
        _extrahepatic(facts, known),
        transplantation(facts, known),
        _portal_vein(facts, known),
    )


def _liver(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Complete resection of the liver metastases."""
    criteria = (
        *_curative(facts, known),
        requires(RESECTABLE.is_("complete"), known.completely_resectable),
        *_remnant(facts, known),
        *_operable(known),
        caution(facts.grading.grade.is_("G3"), known.grade_3),
        favours(facts.grading.is_g1_g2, known.low_grade),
        favours(simple_pattern(), known.simple_pattern),
        favours(number("liver.lesion_count") <= 1, known.single_metastasis),
    )
    return OptionRule(
        "resection.liver",
        "Liver resection, complete",
        Intent.CURATIVE,
        criteria,
        positions.resection(facts, known),
    )


def _two_stage(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Complete resection in two operations, the remnant growing between them."""
    criteria = (
        *_curative(facts, known),
        requires(RESECTABLE.is_("complete"), known.complete_in_stages),
        requires(category("liver.lobes").is_("both"), known.both_lobes),
        *_operable(known),
        caution(facts.grading.grade.is_("G3"), known.grade_3),
        favours(~facts.body.remnant_sufficient, known.remnant_too_small),
        favours(facts.grading.is_g1_g2, known.low_grade),
    )
    return OptionRule(
        "resection.two_stage",
        "Liver resection in two stages",
        Intent.CURATIVE,
        criteria,
        positions.two_stage(facts, known),
    )


def _debulking(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Removal of most of the tumour in the liver."""
    functioning = category("tumour.functioning")
    criteria = (
        requires(facts.spread.liver_metastases, known.liver_metastases),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(debulking_feasible(), known.debulking_feasible),
        requires(boolean("patient.fit_for_major_surgery"), known.fit_for_major_surgery),
        *_remnant(facts, known),
        *_operable(known),
        caution(RESECTABLE.is_("debulking_70"), known.debulking_below_90),
        caution(functioning.is_("non_functioning"), known.no_hormone_symptoms),
        caution(boolean("extrahepatic.extensive"), known.extensive_elsewhere),
        caution(facts.grading.grade.is_("G3"), known.grade_3),
        favours(functioning.is_("functioning"), known.hormone_symptoms),
    )
    return OptionRule(
        "resection.debulking",
        "Debulking of liver metastases",
        Intent.CYTOREDUCTIVE,
        criteria,
        positions.debulking(facts, known, feasible=debulking_feasible()),
    )


def _primary(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Removal of a primary that is still in place."""
    site, clearable = category("tumour.primary_site"), RESECTABLE.is_("complete")
    criteria = (
        requires(boolean("tumour.primary_in_situ"), known.primary_in_situ),
        requires(boolean("tumour.primary_resectable"), known.primary_resectable),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(boolean("patient.fit_for_major_surgery"), known.fit_for_major_surgery),
        caution(right_heart(), known.right_heart),
        *_carcinoid(known),
        caution(site.is_("pancreas") & ~clearable, known.pancreatic_primary_selective),
        favours(boolean("tumour.primary_symptomatic"), known.primary_symptomatic),
        favours(site.is_("jejunum_ileum"), known.small_intestinal_primary),
        favours(clearable, known.primary_with_metastases),
    )
    return OptionRule(
        "resection.primary",
        "Resection of the primary",
        Intent.CYTOREDUCTIVE,
        criteria,
        positions.primary(facts, known),
    )


def _extrahepatic(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Removal of disease outside liver and primary."""
    criteria = (
        requires(boolean("extrahepatic.any"), known.extrahepatic_present),
        requires(boolean("extrahepatic.all_resectable"), known.extrahepatic_resectable),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(boolean("patient.fit_for_major_surgery"), known.fit_for_major_surgery),
        caution(right_heart(), known.right_heart),
        *_carcinoid(known),
        favours(~RESECTABLE.is_("complete"), known.before_transplantation),
    )
    return OptionRule(
        "resection.extrahepatic",
        "Resection of disease outside the liver",
        Intent.CYTOREDUCTIVE,
        criteria,
        positions.not_read(known),
    )


def _portal_vein(facts: Facts, known: SurgeryKnowledge) -> OptionRule:
    """Growth of a remnant that is too small, before a resection."""
    criteria = (
        *_curative(facts, known),
        requires(RESECTABLE.is_("complete"), known.completely_resectable),
        requires(~facts.body.remnant_sufficient_cautious, known.embolisation_needed),
        excludes(category("liver.portal_vein_thrombosis").is_("main"), known.portal_trunk_closed),
        *_operable(known),
        caution(category("liver.parenchyma").is_("cirrhosis"), known.cirrhosis_slows_growth),
        caution(category("liver.lobes").is_("both"), known.clear_remnant_first),
    )
    return OptionRule(
        "embolisation.portal_vein",
        "Portal vein embolisation before resection",
        Intent.CURATIVE,
        criteria,
        positions.portal_vein(facts, known),
    )


def _curative(facts: Facts, known: SurgeryKnowledge) -> tuple[Criterion, ...]:
    """What every operation to clear the liver needs."""
    removable_primary = ~boolean("tumour.primary_in_situ") | boolean("tumour.primary_resectable")
    return (
        requires(facts.spread.liver_metastases, known.liver_metastases),
        requires(facts.grading.well_differentiated, known.well_differentiated),
        requires(facts.spread.extrahepatic_none_or_resectable, known.extrahepatic_removable),
        requires(removable_primary, known.primary_controlled),
        requires(boolean("patient.fit_for_major_surgery"), known.fit_for_major_surgery),
    )


def _remnant(facts: Facts, known: SurgeryKnowledge) -> tuple[Criterion, ...]:
    """The future liver remnant, standardised by the formula volume, never by the CT volume."""
    share = facts.body.standardised_remnant_percent
    debated = facts.body.remnant_sufficient & ~facts.body.remnant_sufficient_cautious
    cirrhosis = category("liver.parenchyma").is_("cirrhosis")
    in_cirrhosis = cirrhosis & facts.body.remnant_sufficient & (share < known.remnant_cirrhosis_upper)
    return (
        excludes(~facts.body.remnant_sufficient, known.remnant_too_small),
        caution(debated, known.remnant_debated),
        caution(in_cirrhosis, known.remnant_cirrhosis_debated),
    )


def _operable(known: SurgeryKnowledge) -> tuple[Criterion, ...]:
    """Heart, carcinoid syndrome and earlier liver surgery."""
    return (
        excludes(right_heart(), known.right_heart),
        *_carcinoid(known),
        caution(boolean("patient.comorbidities.previous_hepatectomy"), known.previous_hepatectomy),
    )


def _carcinoid(known: SurgeryKnowledge) -> tuple[Criterion, ...]:
    """Precautions in carcinoid syndrome and small-intestinal tumours."""
    syndrome = boolean("tumour.syndromes.carcinoid")
    heart = boolean("patient.comorbidities.carcinoid_heart_disease")
    gut = category("tumour.primary_site").is_("jejunum_ileum")
    return (
        caution(syndrome, known.carcinoid_crisis),
        caution(syndrome | heart | gut, known.heart_check),
    )


def right_heart() -> Boolean:
    """Severe tricuspid regurgitation or right heart dysfunction."""
    return boolean("patient.comorbidities.severe_tricuspid_regurgitation") | boolean(
        "patient.comorbidities.right_heart_dysfunction"
    )


def simple_pattern() -> Boolean:
    """Metastases in one lobe or in two adjacent segments."""
    return category("liver.lobes").is_("one") | boolean("liver.two_adjacent_segments")


def debulking_feasible() -> Boolean:
    """The surgeon can remove at least 70 % of the tumour in the liver."""
    return RESECTABLE.is_in("complete", "debulking_90", "debulking_70")
