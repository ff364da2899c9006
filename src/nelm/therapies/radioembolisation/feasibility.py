"""Whether radioembolisation can treat each lesion: its territory, and what rules out every kind of microsphere."""

from __future__ import annotations

from nelm.guideline.answers import cautions, exclusions
from nelm.guideline.coverage import reached, territory_knowledge, with_measured_liver
from nelm.guideline.criteria import OptionRule
from nelm.guideline.feasibility import (
    WORST_FIRST,
    Feasibility,
    Feasible,
    Modality,
    Reason,
    all_of,
    worst_first,
)
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.territory_map import TerritoryMap
from nelm.imaging.measured import LiverMeasurement
from nelm.knowledge import Knowledge
from nelm.therapies.radioembolisation.criteria import options
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge


def patient_reasons(
    patient: PatientView, measurement: LiverMeasurement, knowledge: Knowledge
) -> tuple[OptionRule, tuple[Reason, ...]]:
    """The kind of microspheres that least rules out, and what was looked at for it, what decides first."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    seen = with_measured_liver(patient, measurement)
    rules = options(derived_facts(knowledge), knowledge)
    shunt = _mapping(seen, known)
    answered = [(rule, worst_first((*exclusions(rule.criteria, seen), *shunt))) for rule in rules]
    return max(answered, key=lambda item: WORST_FIRST.index(all_of([reason.state for reason in item[1]])))


def feasibility(
    measurement: LiverMeasurement, territories: TerritoryMap, patient: PatientView, knowledge: Knowledge
) -> tuple[Feasibility, ...]:
    """Every lesion in the liver against radioembolisation, for the kind of microspheres that least rules out.

    Parameters
    ----------
    patient : Facts of the case; what is not known, such as the lung shunt before a mapping study, stays unknown.
    """
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    rule, common = patient_reasons(patient, measurement, knowledge)
    care = (
        f"looked at for {rule.name}",
        known.shunt_uncorrectable.statement,
        *cautions(rule.criteria, with_measured_liver(patient, measurement)),
    )
    limits = territory_knowledge(knowledge)
    found: list[Feasibility] = []
    for item in measurement.lesions:
        way = reached(territories, item.lesion.name, limits)
        reasons = worst_first((*way.reasons, *common))
        found.append(
            Feasibility(item.lesion.name, Modality.RADIOEMBOLISATION, reasons, (*way.cautions, *care))
        )
    return tuple(found)


def _mapping(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Reason, ...]:
    """The lung shunt has to be known, whatever the microspheres: how much is too much the kind decides."""
    if patient.number("liver.lung_shunt_fraction") is not None:
        return ()
    text = f"The lung shunt fraction is not known. {known.mapping.statement}"
    return (Reason(text, Feasible.UNKNOWN, limit=known.mapping),)
