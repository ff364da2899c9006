"""What ablation would look like for this patient: the zone that each lesion needs."""

from __future__ import annotations

from nelm.guideline.therapy import Item, PatientView, Proposal, item, stated
from nelm.knowledge import Knowledge
from nelm.quantities import Interval
from nelm.therapies.ablation.knowledge import AblationKnowledge

LARGEST = "liver.largest_mm"


def zone_diameter_mm(*, lesion_mm: float, margin_mm: float) -> float:
    """Diameter of the zone that covers a lesion and its margin all round [mm]."""
    return lesion_mm + 2.0 * margin_mm


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Technique, zone, follow-up and cautions of thermal ablation."""
    known = knowledge.record(AblationKnowledge, "ablation")
    return Proposal(
        regimen=(item("technique", known.technique), item("margin", known.margin)),
        quantities=(
            _zone(patient, known),
            item("smallest zone", known.zone_min),
            item("largest zone", known.zone_max),
        ),
        monitoring=(item("imaging", known.imaging_after),),
        cautions=(item("bowel", known.adherent_bowel), item("abscess", known.abscess)),
    )


def _zone(patient: PatientView, known: AblationKnowledge) -> Item:
    """Zone for the largest lesion: narrowest margin to widest."""
    largest, narrow, wide = patient.number(LARGEST), known.margin.low, known.margin.high
    if largest is None or narrow is None or wide is None:
        text = "Ablation zone for the largest lesion: its diameter is missing."
        return stated("zone needed", text, (known.margin,), facts=(LARGEST,))
    text = "Ablation zone for the largest lesion: its diameter and twice the margin, of 5 to 10 mm."
    zone = Interval(
        zone_diameter_mm(lesion_mm=largest.low, margin_mm=narrow),
        zone_diameter_mm(lesion_mm=largest.high, margin_mm=wide),
    )
    return stated("zone needed", text, (known.margin,), zone, unit="mm", facts=(LARGEST,))
