"""Whether radioembolisation can treat each lesion: its territory, and what rules out every kind of microsphere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nelm.guideline.answers import cautions, exclusions
from nelm.guideline.coverage import reached, territory_knowledge
from nelm.guideline.criteria import OptionRule
from nelm.guideline.feasibility import Feasibility, Feasible, Modality, Reason, all_of
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.territory_map import TerritoryMap
from nelm.imaging.measured import LiverMeasurement
from nelm.knowledge import Knowledge
from nelm.therapies.radioembolisation.criteria import options
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

DECIDES = (Feasible.NO, Feasible.UNKNOWN, Feasible.YES)


def patient_reasons(
    patient: PatientView, measurement: LiverMeasurement, knowledge: Knowledge
) -> tuple[OptionRule, tuple[Reason, ...]]:
    """The kind of microspheres that least rules out, and what was looked at for it, what decides first."""
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    seen = _with_burden(patient, measurement)
    rules = options(derived_facts(knowledge), knowledge)
    shunt = _mapping(seen, known)
    answered = [(rule, _by_weight((*exclusions(rule.criteria, seen), *shunt))) for rule in rules]
    return max(answered, key=lambda item: DECIDES.index(all_of([reason.state for reason in item[1]])))


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
        *cautions(rule.criteria, _with_burden(patient, measurement)),
    )
    limits = territory_knowledge(knowledge)
    found: list[Feasibility] = []
    for item in measurement.lesions:
        way = reached(territories, item.lesion.name, limits)
        reasons = _by_weight((*way.reasons, *common))
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


def _with_burden(patient: PatientView, measurement: LiverMeasurement) -> PatientView:
    """The patient with the burden and the liver volume that were measured, where the case does not say them."""
    percent, liver_ml = measurement.burden.percent, measurement.burden.liver_ml
    values = dict(patient.values)
    if percent is not None and patient.number("liver.burden_percent") is None:
        values["liver.burden_percent"] = percent.interval
    if not measurement.burden.is_cut and patient.number("liver.volume_ml") is None:
        values["liver.volume_ml"] = liver_ml.interval
    return replace(patient, values=values)


def _by_weight(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: DECIDES.index(reason.state)))
