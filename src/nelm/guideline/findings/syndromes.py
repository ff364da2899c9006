"""Hormonal syndromes: present, controlled, and supported by biochemistry.

A syndrome is what the patient has; a raised hormone or a stained section alone never makes a tumour
functioning. The biochemical statements support a diagnosis and settle none.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.case import vocabulary as words
from nelm.guideline.facts import boolean, category, number
from nelm.guideline.laboratory import laboratory_limit
from nelm.guideline.logic import Boolean, DefinedBoolean, Score, choose, every, first_known, some
from nelm.knowledge import Entry, Knowledge

CARCINOID_SYMPTOMS = ("diarrhoea", "flushing", "wheeze")
HORMONAL_SYMPTOMS = (*CARCINOID_SYMPTOMS, "hypoglycaemia", "peptic_ulcer", "rash", "cushing")
VOLUME_SYMPTOMS = ("bulk", "abdominal_pain", "bowel_obstruction", "jaundice")


@dataclass(frozen=True, slots=True)
class SyndromeKnowledge:
    """Entries of `syndromes.toml`."""

    functioning_needs_syndrome: Entry
    secondary_hormones: Entry
    carcinoid_hormone: Entry
    above_upper_limit: Entry
    insulinoma_hormones: Entry
    insulinoma_glucose_to: Entry
    insulinoma_insulin_from: Entry
    insulinoma_c_peptide_from: Entry
    insulinoma_proinsulin_from: Entry
    gastrinoma_hormone: Entry
    gastrinoma_gastrin_above: Entry
    vipoma_hormone: Entry
    vipoma_vip_above: Entry
    glucagonoma_hormone: Entry
    glucagonoma_glucagon_above: Entry
    somatostatinoma: Entry
    heart_markers: Entry
    normal_probnp_does_not_settle: Entry
    heart_probnp_from: Entry
    heart_plasma_hiaa_from: Entry
    heart_urine_hiaa_from: Entry
    heart_flushes_from: Entry
    hormone_crisis_group: Entry


@dataclass(frozen=True, slots=True)
class Syndromes:
    """Syndromes and their control.

    `carcinoid_uncontrolled` and `hormonal_uncontrolled` mean symptoms despite a somatostatin analogue;
    `volume_symptoms` come from the mass of the tumour; `crisis_risk` is the group in which hormone crises
    happened after radioligands; the fields named `_hormone` say that the biochemistry fits;
    `heart_markers_raised` asks for an echocardiogram (its opposite never spares one).
    """

    functioning: DefinedBoolean
    carcinoid: DefinedBoolean
    carcinoid_uncontrolled: DefinedBoolean
    hormonal_uncontrolled: DefinedBoolean
    volume_symptoms: DefinedBoolean
    crisis_risk: DefinedBoolean
    carcinoid_hormone: DefinedBoolean
    insulinoma_hormone: DefinedBoolean
    gastrinoma_hormone: DefinedBoolean
    vipoma_hormone: DefinedBoolean
    glucagonoma_hormone: DefinedBoolean
    heart_markers_raised: DefinedBoolean


def _functioning() -> Boolean:
    """As stated, or else by any syndrome."""
    stated = Score(category("tumour.functioning"), (("functioning", 1.0), ("non_functioning", 0.0)))
    syndromes = some(*(boolean(f"tumour.syndromes.{item}") for item in words.Syndrome))
    return first_known(stated, choose(syndromes, 1, 0)) >= 1


def _refractory(symptoms: tuple[str, ...]) -> Boolean:
    return some(*(boolean(f"symptoms.{item}.refractory_to_ssa") for item in symptoms))


def _insulinoma(known: SyndromeKnowledge) -> Boolean:
    return every(
        number("labs.glucose") <= laboratory_limit("glucose", known.insulinoma_glucose_to),
        number("labs.insulin") >= laboratory_limit("insulin", known.insulinoma_insulin_from),
        number("labs.c_peptide") >= laboratory_limit("c_peptide", known.insulinoma_c_peptide_from),
        number("labs.proinsulin") >= laboratory_limit("proinsulin", known.insulinoma_proinsulin_from),
    )


def _heart(known: SyndromeKnowledge) -> Boolean:
    return some(
        number("labs.nt_probnp") >= laboratory_limit("nt_probnp", known.heart_probnp_from),
        number("labs.hiaa_plasma") >= laboratory_limit("hiaa_plasma", known.heart_plasma_hiaa_from),
        number("labs.hiaa_urine_24h") >= laboratory_limit("hiaa_urine_24h", known.heart_urine_hiaa_from),
        number("symptoms.flushing.per_day") >= known.heart_flushes_from,
    )


def _hormones(known: SyndromeKnowledge) -> dict[str, Boolean]:
    raised = known.above_upper_limit
    return {
        "carcinoid_hormone": some(
            number("labs.hiaa_urine_24h.times_upper_limit") > raised,
            number("labs.hiaa_plasma.times_upper_limit") > raised,
        ),
        "insulinoma_hormone": _insulinoma(known),
        "gastrinoma_hormone": number("labs.gastrin.times_upper_limit") > known.gastrinoma_gastrin_above,
        "vipoma_hormone": number("labs.vip") > laboratory_limit("vip", known.vipoma_vip_above),
        "glucagonoma_hormone": number("labs.glucagon")
        > laboratory_limit("glucagon", known.glucagonoma_glucagon_above),
    }


def syndromes(knowledge: Knowledge) -> Syndromes:
    """Syndromes as expressions over the raw facts."""
    known = knowledge.record(SyndromeKnowledge, "syndromes")
    functioning = DefinedBoolean("syndromes.functioning", _functioning(), "functioning tumour")
    carcinoid = DefinedBoolean(
        "syndromes.carcinoid", boolean("tumour.syndromes.carcinoid"), "carcinoid syndrome"
    )
    hormones = {
        name: DefinedBoolean(f"syndromes.{name}", test, f"{name.partition('_')[0]}: biochemistry fits")
        for name, test in _hormones(known).items()
    }
    return Syndromes(
        functioning=functioning,
        carcinoid=carcinoid,
        carcinoid_uncontrolled=DefinedBoolean(
            "syndromes.carcinoid_uncontrolled",
            carcinoid & _refractory(CARCINOID_SYMPTOMS),
            "carcinoid syndrome despite a somatostatin analogue",
        ),
        hormonal_uncontrolled=DefinedBoolean(
            "syndromes.hormonal_uncontrolled",
            functioning & _refractory(HORMONAL_SYMPTOMS),
            "hormonal symptoms despite a somatostatin analogue",
        ),
        volume_symptoms=DefinedBoolean(
            "syndromes.volume_symptoms",
            some(*(boolean(f"symptoms.{item}") for item in VOLUME_SYMPTOMS)),
            "symptoms of the tumour's volume",
        ),
        crisis_risk=DefinedBoolean(
            "syndromes.crisis_risk",
            carcinoid | boolean("tumour.syndromes.vipoma"),
            "carcinoid syndrome or VIPoma",
        ),
        heart_markers_raised=DefinedBoolean(
            "syndromes.heart_markers_raised", carcinoid & _heart(known), "markers of carcinoid heart disease"
        ),
        **hormones,
    )
