"""What a regimen would look like for this patient: doses in milligrams, cycle, monitoring, cautions."""

from __future__ import annotations

from collections.abc import Callable

from nelm.guideline.therapy import Item, PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.chemotherapy.dosing import (
    Adjustment,
    Band,
    carboplatin_item,
    dpyd_adjustment,
    renal_adjustment,
    surface_dose,
)
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge

Regimen = Callable[[PatientView, ChemotherapyKnowledge], Proposal]


def _dpyd(known: ChemotherapyKnowledge) -> tuple[Item, ...]:
    return (
        item("DPYD first", known.dpyd_test_first),
        item("DPYD score", known.dpyd_alleles),
        item("uracil", known.uracil_caveat),
    )


def _survival(known: ChemotherapyKnowledge) -> tuple[Item, ...]:
    return (item("survival", known.no_survival_gain), item("licence", known.off_label))


def _capecitabine(patient: PatientView, known: ChemotherapyKnowledge) -> tuple[Adjustment, ...]:
    moderate = Band(known.capecitabine_clearance_reduced, known.capecitabine_renal_share)
    return (renal_adjustment(patient, (moderate,)), dpyd_adjustment(patient, known))


def _captem(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    shares = _capecitabine(patient, known)
    return Proposal(
        regimen=(
            surface_dose("capecitabine", known.captem_capecitabine, patient, shares),
            surface_dose("temozolomide", known.captem_temozolomide, patient),
            item("cycle", known.captem_cycle),
            item("upper limit", known.captem_capecitabine_cap),
            item("older version", known.captem_older_version),
        ),
        monitoring=(
            item("blood counts", known.captem_counts),
            item("after toxicity", known.temozolomide_reduction),
        ),
        cautions=(
            *_dpyd(known),
            item("infection", known.pneumocystis),
            item("late harm", known.alkylator_late),
            item("interactions", known.capecitabine_interactions),
            item("resin microspheres", known.resin_conflict),
            *_survival(known),
        ),
    )


def _temozolomide(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    return Proposal(
        regimen=(surface_dose("temozolomide", known.temozolomide_alone, patient),),
        monitoring=(
            item("blood counts", known.captem_counts),
            item("after toxicity", known.temozolomide_reduction),
        ),
        cautions=(
            item("infection", known.pneumocystis),
            item("late harm", known.alkylator_late),
            *_survival(known),
        ),
    )


def _streptozocin(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    bands = (
        Band(known.streptozocin_clearance_reduced, known.streptozocin_share_moderate),
        Band(known.streptozocin_clearance_severe, known.streptozocin_share_severe, including=False),
    )
    kidney, enzyme = renal_adjustment(patient, bands), dpyd_adjustment(patient, known)
    return Proposal(
        regimen=(
            surface_dose("streptozocin", known.streptozocin_dose, patient, (kidney,)),
            surface_dose("fluorouracil", known.streptozocin_fluorouracil, patient, (enzyme,)),
            item("three-weekly schedule", known.streptozocin_three_weekly),
        ),
        monitoring=(item("kidney", known.streptozocin_monitoring),),
        cautions=(
            item("nausea and kidney", known.streptozocin_emesis),
            *_dpyd(known),
            *_survival(known),
        ),
    )


def _cisplatin_bands(known: ChemotherapyKnowledge) -> tuple[Band, ...]:
    return (
        Band(known.cisplatin_mild_limit, known.cisplatin_mild_share),
        Band(known.cisplatin_moderate_limit, known.cisplatin_moderate_share),
    )


def _carcinoma(known: ChemotherapyKnowledge) -> tuple[Item, ...]:
    return (
        item("Ki-67 of 55 %", known.ki67_55),
        item("mixed neoplasm", known.mixed_neoplasm),
        item("surgery and immunotherapy", known.no_growth_rule),
        item("survival", known.no_survival_gain),
    )


def _platinum_etoposide(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    etoposide = Band(known.etoposide_clearance_reduced, known.etoposide_renal_share)
    cisplatin = renal_adjustment(patient, _cisplatin_bands(known))
    return Proposal(
        regimen=(
            carboplatin_item(patient, known),
            surface_dose(
                "etoposide", known.etoposide_dose, patient, (renal_adjustment(patient, (etoposide,)),)
            ),
            surface_dose("cisplatin instead", known.cisplatin_with_etoposide, patient, (cisplatin,)),
        ),
        monitoring=(
            item("blood counts", known.platinum_counts),
            item("cisplatin", known.cisplatin_monitoring),
        ),
        cautions=(
            item("febrile neutropenia", known.growth_factor),
            item("by mouth", known.oral_etoposide),
            item("what to expect", known.carboplatin_etoposide_outcome),
            *_carcinoma(known),
        ),
    )


def _platinum_irinotecan(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    cisplatin = renal_adjustment(patient, _cisplatin_bands(known))
    return Proposal(
        regimen=(
            surface_dose("irinotecan", known.irinotecan_with_cisplatin, patient),
            surface_dose("cisplatin", known.cisplatin_with_irinotecan, patient, (cisplatin,)),
        ),
        monitoring=(
            item("diarrhoea and counts", known.irinotecan_monitoring),
            item("cisplatin", known.cisplatin_monitoring),
        ),
        cautions=(
            item("febrile neutropenia", known.growth_factor),
            item("UGT1A1", known.ugt1a1),
            *_carcinoma(known),
        ),
    )


def _fluorouracil(patient: PatientView, known: ChemotherapyKnowledge) -> tuple[Item, ...]:
    enzyme = (dpyd_adjustment(patient, known),)
    return (
        surface_dose("folinic acid", known.folinic_acid, patient),
        surface_dose("fluorouracil bolus", known.fluorouracil_bolus, patient, enzyme),
        surface_dose("fluorouracil infusion", known.fluorouracil_infusion, patient, enzyme),
    )


def _folfiri(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    return Proposal(
        regimen=(
            surface_dose("irinotecan", known.folfiri_irinotecan, patient),
            *_fluorouracil(patient, known),
        ),
        monitoring=(item("diarrhoea and counts", known.irinotecan_monitoring),),
        cautions=(
            *_dpyd(known),
            item("UGT1A1", known.ugt1a1),
            item("what to expect", known.second_line_expectation),
            item("survival", known.no_survival_gain),
        ),
    )


def _oxaliplatin(patient: PatientView, known: ChemotherapyKnowledge) -> Item:
    """FOLFOX oxaliplatin: the label's lower dose where the kidney is known to be severely impaired."""
    clearance = patient.number("renal.creatinine_clearance")
    if clearance is not None and clearance.high < known.oxaliplatin_clearance_reduced.number:
        return surface_dose("oxaliplatin", known.folfox_oxaliplatin_reduced, patient)
    return surface_dose("oxaliplatin", known.folfox_oxaliplatin, patient)


def _folfox(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    return Proposal(
        regimen=(_oxaliplatin(patient, known), *_fluorouracil(patient, known)),
        monitoring=(item("nerves", known.neuropathy),),
        cautions=(
            *_dpyd(known),
            item("gut tumours", known.midgut_low_yield),
            item("kidney", known.oxaliplatin_renal),
            *_survival(known),
        ),
    )


def _capox(patient: PatientView, known: ChemotherapyKnowledge) -> Proposal:
    shares = _capecitabine(patient, known)
    return Proposal(
        regimen=(
            surface_dose("oxaliplatin", known.capox_oxaliplatin, patient),
            surface_dose("capecitabine", known.capox_capecitabine, patient, shares),
        ),
        monitoring=(item("nerves", known.neuropathy),),
        cautions=(
            item("evidence", known.capox_little_evidence),
            *_dpyd(known),
            item("interactions", known.capecitabine_interactions),
            item("resin microspheres", known.resin_conflict),
            *_survival(known),
        ),
    )


REGIMENS: dict[str, Regimen] = {
    "chemo.captem": _captem,
    "chemo.temozolomide": _temozolomide,
    "chemo.stz_5fu": _streptozocin,
    "chemo.platinum_etoposide": _platinum_etoposide,
    "chemo.platinum_irinotecan": _platinum_irinotecan,
    "chemo.folfox": _folfox,
    "chemo.capox": _capox,
    "chemo.folfiri": _folfiri,
}


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Doses, cycle, monitoring and cautions of one regimen."""
    return REGIMENS[option](patient, knowledge.record(ChemotherapyKnowledge, "chemotherapy"))
