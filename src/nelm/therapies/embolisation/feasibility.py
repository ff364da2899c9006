"""Whether arterial embolisation can treat each lesion: its territory, its size, and what rules the patient out."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.guideline.answers import cautions, exclusions
from nelm.guideline.coverage import reached, territory_knowledge, with_measured_liver
from nelm.guideline.feasibility import Feasibility, Feasible, Modality, Reason, at_least, worst_first
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.territory_map import TerritoryMap
from nelm.imaging.measured import LiverMeasurement, MeasuredLesion
from nelm.knowledge import Knowledge
from nelm.therapies.embolisation.criteria import options
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge

BLAND = "embolisation.bland"
"""What rules it out rules out every kind: the three options share these criteria."""


def patient_reasons(
    patient: PatientView, measurement: LiverMeasurement, knowledge: Knowledge
) -> tuple[Reason, ...]:
    """What rules embolisation out for this patient, whatever the lesion, what decides first."""
    rule = next(item for item in options(derived_facts(knowledge), knowledge) if item.id == BLAND)
    found = exclusions(rule.criteria, with_measured_liver(patient, measurement))
    return worst_first(found)


def feasibility(
    measurement: LiverMeasurement,
    territories: TerritoryMap,
    patient: PatientView,
    knowledge: Knowledge,
    *,
    hypervascular: Mapping[str, bool] | None = None,
) -> tuple[Feasibility, ...]:
    """Every lesion in the liver against embolisation.

    Parameters
    ----------
    patient : Facts of the case; what is not known stays unknown.
    hypervascular : For each lesion that was looked at in the arterial phase whether it enhances; absent otherwise.
    """
    known = knowledge.record(EmbolisationKnowledge, "embolisation")
    rule = next(item for item in options(derived_facts(knowledge), knowledge) if item.id == BLAND)
    seen = with_measured_liver(patient, measurement)
    common = (_measurable(measurement, known), *patient_reasons(patient, measurement, knowledge))
    care = cautions(rule.criteria, seen)
    limits = territory_knowledge(knowledge)
    found: list[Feasibility] = []
    for item in measurement.lesions:
        way = reached(territories, item.lesion.name, limits)
        reasons = worst_first((*way.reasons, *common))
        own = _of_lesion(item, known, (hypervascular or {}).get(item.lesion.name))
        found.append(
            Feasibility(item.lesion.name, Modality.EMBOLISATION, reasons, (*way.cautions, *own, *care))
        )
    return tuple(found)


def _measurable(measurement: LiverMeasurement, known: EmbolisationKnowledge) -> Reason:
    """Whether any lesion is large enough to treat and to follow; smaller ones in its territory are treated with it."""
    if not measurement.lesions:
        return Reason("no lesion is measured", Feasible.UNKNOWN, limit=known.measurable_lesion)
    largest = max((item.size.longest.mm for item in measurement.lesions), key=lambda mm: mm.value)
    state = at_least(largest, known.lesion_size_min.number)
    text = f"the largest lesion measures {largest.value:.0f} mm"
    return Reason(text, state, largest, "mm", known.lesion_size_min)


def _of_lesion(item: MeasuredLesion, known: EmbolisationKnowledge, enhances: bool | None) -> tuple[str, ...]:
    """What should be known of one lesion."""
    found: list[str] = []
    if at_least(item.size.longest.mm, known.lesion_size_min.number) is not Feasible.YES:
        found.append(f"{item.size.longest.mm.value:.0f} mm: too small to be followed on its own")
    if enhances is None:
        found.append("whether it enhances in the arterial phase is not known")
    elif not enhances:
        found.append("it does not enhance in the arterial phase")
    return tuple(found)
