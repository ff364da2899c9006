"""What each operation would look like for this patient."""

from __future__ import annotations

from collections.abc import Callable

from nelm.guideline.findings.body import BodyKnowledge
from nelm.guideline.therapy import Item, PatientView, Proposal, item, stated
from nelm.knowledge import Entry, Knowledge
from nelm.quantities import Interval
from nelm.therapies.surgery.knowledge import SurgeryKnowledge
from nelm.therapies.surgery.remnant import remnant_volume_ml

REMNANT, FORMULA_VOLUME = "liver.standardised_remnant_percent", "liver.formula_volume"
BODY_FACTS = ("patient.height_cm", "patient.weight_kg")


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Operation, volumes, follow-up and cautions of one option."""
    known = knowledge.record(SurgeryKnowledge, "surgery")
    body = knowledge.record(BodyKnowledge, "body")
    written: dict[str, Callable[[], Proposal]] = {
        "resection.liver": lambda: _liver(patient, known, body),
        "resection.two_stage": lambda: _two_stage(patient, known, body),
        "resection.debulking": lambda: _debulking(patient, known, body),
        "resection.primary": lambda: _primary(known),
        "resection.extrahepatic": lambda: _extrahepatic(known),
        "transplant.liver": lambda: _transplant(known),
        "embolisation.portal_vein": lambda: _portal_vein(patient, known, body),
    }
    return written[option]()


def _liver(patient: PatientView, known: SurgeryKnowledge, body: BodyKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("operation", known.anatomy_and_margin), item("gallbladder", known.cholecystectomy)),
        quantities=remnant_items(patient, known, body),
        monitoring=(item("imaging", known.imaging_after),),
        cautions=(
            item("mortality", known.expected_mortality),
            item("morbidity", known.expected_morbidity),
            item("gallstones", known.gallstones),
        ),
    )


def _two_stage(patient: PatientView, known: SurgeryKnowledge, body: BodyKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("operation", known.two_stage_techniques), item("gallbladder", known.cholecystectomy)),
        quantities=remnant_items(patient, known, body),
        monitoring=(*_growth(known), item("imaging", known.imaging_after)),
        cautions=(item("drop-out", known.two_stage_dropout), item("mortality", known.expected_mortality)),
    )


def _debulking(patient: PatientView, known: SurgeryKnowledge, body: BodyKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("operation", known.debulking_parenchyma), item("gallbladder", known.cholecystectomy)),
        quantities=(*_tumour_to_remove(patient, known), *remnant_items(patient, known, body)),
        monitoring=(item("imaging", known.imaging_after),),
        cautions=(
            item("evidence", known.debulking_evidence),
            item("not up front", known.debulking_not_up_front),
            item("gallstones", known.gallstones),
        ),
    )


def _primary(known: SurgeryKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("gallbladder", known.cholecystectomy),),
        monitoring=(item("imaging", known.imaging_after),),
        cautions=(item("evidence", known.primary_evidence), item("gallstones", known.gallstones)),
    )


def _extrahepatic(known: SurgeryKnowledge) -> Proposal:
    return Proposal(monitoring=(item("imaging", known.imaging_after),))


def _transplant(known: SurgeryKnowledge) -> Proposal:
    return Proposal(
        monitoring=(item("on the list", known.transplant_restaging),),
        cautions=(item("against resection", known.transplant_against_resection),),
    )


def _portal_vein(patient: PatientView, known: SurgeryKnowledge, body: BodyKnowledge) -> Proposal:
    return Proposal(
        regimen=(item("volumetry", known.volumetry), item("waiting time", known.embolisation_wait)),
        quantities=remnant_items(patient, known, body),
        monitoring=_growth(known),
        cautions=(item("results", known.embolisation_results), item("drop-out", known.two_stage_dropout)),
    )


def _growth(known: SurgeryKnowledge) -> tuple[Item, ...]:
    """What to measure after portal vein embolisation."""
    return (
        item("remnant afterwards", known.remnant_after_embolisation_min),
        item("degree of hypertrophy", known.hypertrophy_min),
        item("kinetic growth rate", known.growth_rate_min),
        item("growth slows", known.growth_rate_decays),
    )


def remnant_items(patient: PatientView, known: SurgeryKnowledge, body: BodyKnowledge) -> tuple[Item, ...]:
    """Formula volume, standardised remnant and the volume that each published minimum asks for."""
    formula, share = patient.number(FORMULA_VOLUME), patient.number(REMNANT)
    if formula is None:
        text = "Total liver volume by body surface: height or weight is missing."
        return (stated("total liver volume", text, (known.volumetry,), facts=BODY_FACTS),)
    volume = stated(
        "total liver volume",
        "Total liver volume by body surface (Vauthey), the denominator of the remnant.",
        (body.vauthey_slope, body.vauthey_constant),
        formula,
        unit="mL",
        facts=BODY_FACTS,
    )
    return (volume, *(_minimum(formula, entry) for entry in _minima(patient, body)), _share(share, known))


def _minima(patient: PatientView, body: BodyKnowledge) -> tuple[Entry, ...]:
    """The published minima for the parenchyma of this patient; all of them where it is not known."""
    normal = (body.remnant_normal, body.remnant_normal_cautious)
    minima: dict[str | None, tuple[Entry, ...]] = {
        "normal": normal,
        "chemotherapy": (body.remnant_chemotherapy,),
        "cirrhosis": (body.remnant_cirrhosis,),
    }
    every_minimum = (*normal, body.remnant_chemotherapy, body.remnant_cirrhosis)
    return minima.get(patient.word("liver.parenchyma"), every_minimum)


def _minimum(formula: Interval, entry: Entry) -> Item:
    needed = Interval(
        remnant_volume_ml(share_percent=entry.number, total_liver_volume_ml=formula.low),
        remnant_volume_ml(share_percent=entry.number, total_liver_volume_ml=formula.high),
    )
    text = f"{entry.number:g} % of the total liver volume. {entry.statement}"
    return stated("smallest remnant", text, (entry,), needed, unit="mL", facts=BODY_FACTS)


def _share(share: Interval | None, known: SurgeryKnowledge) -> Item:
    """The remnant as share of the formula volume, or which fact is missing for it."""
    fact = "liver.future_liver_remnant_ml"
    if share is None:
        text = "Standardised remnant: the volume of the future liver remnant is missing."
        return stated("standardised remnant", text, (known.volumetry,), facts=(fact,))
    text = "Future liver remnant on CT or MRI as share of the total liver volume by formula."
    facts = (fact, *BODY_FACTS)
    return stated("standardised remnant", text, (known.volumetry,), share, unit="%", facts=facts)


def _tumour_to_remove(patient: PatientView, known: SurgeryKnowledge) -> tuple[Item, ...]:
    """Tumour in the liver [mL] and how much of it may stay at either threshold."""
    facts = ("liver.volume_ml", "liver.burden_percent")
    volume, burden = (patient.number(name) for name in facts)
    if volume is None or burden is None:
        text = "Tumour volume to remove: the liver volume or the share replaced is missing."
        return (stated("tumour left behind", text, (known.debulking_threshold,), facts=facts),)
    return tuple(
        _left_behind(volume, burden, entry)
        for entry in (known.debulking_threshold, known.debulking_threshold_classic)
    )


def _left_behind(volume: Interval, burden: Interval, entry: Entry) -> Item:
    kept = (1.0 - entry.number / 100.0) / 100.0
    most = Interval(volume.low * burden.low * kept, volume.high * burden.high * kept)
    text = f"Largest tumour volume that may stay to remove {entry.number:g} %: liver volume x share replaced."
    return stated(
        "tumour left behind",
        text,
        (entry,),
        most,
        unit="mL",
        facts=("liver.volume_ml", "liver.burden_percent"),
    )
