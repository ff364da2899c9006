"""What radioembolisation would look like for this patient: activity, lung dose, follow-up."""

from __future__ import annotations

from nelm.guideline.therapy import Item, PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.radioembolisation import numbers
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Preparation, activity, lung dose, monitoring and cautions of one kind of microsphere."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    match option:
        case "radioembolisation.y90_resin":
            return _resin(patient, known)
        case "radioembolisation.y90_glass":
            return _glass(patient, known)
        case _:
            return _holmium(patient, known)


def _resin(patient: PatientView, known: RadioembolisationKnowledge) -> Proposal:
    return Proposal(
        regimen=_regimen(known, item("microspheres", known.resin_practice)),
        quantities=(
            *numbers.resin(patient, known),
            *numbers.lungs(patient, known),
            item("partition", known.partition_needs_ratio),
            item("no dose of tumour is established", known.tumour_dose_without_net),
            item("tumour dose", known.resin_tumour_dose),
            item("normal liver", known.resin_normal_liver_max),
            item("normal liver, pretreated", known.resin_normal_liver_pretreated_max),
            item("normal liver, observed", known.normal_liver_observed),
        ),
        monitoring=_monitoring(known),
        cautions=(
            *_cautions(known),
            item("residual", known.residual_resin),
            item("models", known.kao_variant),
        ),
    )


def _glass(patient: PatientView, known: RadioembolisationKnowledge) -> Proposal:
    return Proposal(
        regimen=_regimen(known, item("microspheres", known.glass_practice)),
        quantities=(
            *numbers.glass(patient, known),
            *numbers.lungs(patient, known),
            *numbers.glass_lung_activity(patient, known),
            item("partition", known.partition_needs_ratio),
            item("no dose of tumour is established", known.tumour_dose_without_net),
            item("whole normal liver", known.glass_whole_normal_max),
        ),
        monitoring=_monitoring(known),
        cautions=(*_cautions(known), item("residual", known.residual_glass)),
    )


def _holmium(patient: PatientView, known: RadioembolisationKnowledge) -> Proposal:
    return Proposal(
        regimen=_regimen(known, item("microspheres", known.ho166_practice)),
        quantities=(
            *numbers.holmium(patient, known),
            item("mean dose", known.ho166_dose),
            item("partition", known.partition_needs_ratio),
            item("no dose of tumour is established", known.tumour_dose_without_net),
            item("whole normal liver", known.ho166_normal_max),
            item("whole normal liver, both lobes", known.ho166_normal_bilobar_max),
        ),
        monitoring=_monitoring(known),
        cautions=(
            *_cautions(known),
            item("lung limits", known.lung_limit_ho166),
            item("residual", known.residual_ho166),
        ),
    )


def _regimen(known: RadioembolisationKnowledge, microspheres: Item) -> tuple[Item, ...]:
    return (
        item("mapping", known.mapping),
        item("lung shunt", known.shunt_geometric_mean),
        microspheres,
        item("sessions", known.one_lobe_at_a_time),
    )


def _monitoring(known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    return (
        item("distribution", known.after_treatment_imaging),
        item("first months", known.reild_watch),
        item("years", known.late_watch),
    )


def _cautions(known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    return (
        item("extrahepatic deposits", known.shunt_uncorrectable),
        item("lung history", known.lung_history),
        item("lung shunt", known.shunt_overestimated),
        item("lung shunt, planar and SPECT/CT", known.planar_against_spect),
        item("dose before and after", known.maa_overestimates_tumour),
        item("dose tables", known.dose_tables_without_net),
        item("spheres", known.spheres_differ),
        item("other calculators", known.wrong_formula_seen),
        item("decay", known.decay_between),
    )
