"""What the case says before radioembolisation: body surface, earlier treatments, lung dose so far, bilirubin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nelm.case import Case
from nelm.case.vocabulary import LabTest, Parenchyma
from nelm.errors import InputError, Problem
from nelm.guideline.findings.body import BodyKnowledge
from nelm.guideline.therapy import Item, item
from nelm.io.case_files import read_case
from nelm.knowledge import Knowledge, Status
from nelm.quantities import Estimate, Measured
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge

CM_PER_M = 100.0
OTHER_BODY_CM = 10.0
"""Difference of body heights that is no error of measurement: two people."""
WEAKENING = ("prrt.", "chemo.", "radioembolisation.")
WEAK = (Parenchyma.CHEMOTHERAPY, Parenchyma.CIRRHOSIS)


@dataclass(frozen=True, slots=True)
class BeforeTreatment:
    """What planning takes from a case; None where it is not known.

    Parameters
    ----------
    case_id : Name of the case; None without a case.
    body_surface_m2 : DuBois [m2].
    pretreated : Chemotherapy, PRRT or radioembolisation before, or a weak liver.
    earlier_lung_gy : Lung dose of earlier sessions [Gy]; empty where there was none.
    stated_shunt : Lung shunt fraction as a report gives it [1].
    height_cm : Of the patient [cm].
    remarks : What was taken how, and limits that the case exceeds.
    """

    case_id: str | None = None
    body_surface_m2: Estimate | None = None
    pretreated: bool | None = None
    earlier_lung_gy: tuple[float, ...] | None = None
    stated_shunt: Estimate | None = None
    height_cm: Estimate | None = None
    remarks: tuple[Item, ...] = ()


def before_treatment(file: Path | None, knowledge: Knowledge) -> BeforeTreatment:
    """What is known from a case file; nothing without one.

    Raises
    ------
    InputError : No valid case.
    """
    if file is None:
        return BeforeTreatment(
            remarks=(_said("no case", "No case is given: body surface, earlier treatments and lung dose so far are "
                                      "not known (--case FILE)."),)
        )  # fmt: skip
    case = read_case(file)
    known = knowledge.record(RadioembolisationKnowledge, "radioembolisation")
    return BeforeTreatment(
        case_id=case.id,
        body_surface_m2=_body_surface(case, knowledge.record(BodyKnowledge, "body")),
        pretreated=_is_pretreated(case),
        earlier_lung_gy=_earlier_lung_gy(case),
        stated_shunt=_estimate(case.liver.lung_shunt_fraction),
        height_cm=_estimate(case.patient.height_cm),
        remarks=(*_lung_history(case), *_bilirubin(case, known)),
    )


def refuse_other_patient(before: BeforeTreatment, header_height_m: float | None) -> None:
    """Refuse a case whose body is not that of the images.

    Raises
    ------
    InputError : Heights that differ by more than `OTHER_BODY_CM`.
    """
    if before.height_cm is None or not header_height_m:
        return
    apart = abs(header_height_m * CM_PER_M - before.height_cm.value)
    if apart > OTHER_BODY_CM:
        raise InputError(
            [Problem("patient.height_cm", f"{before.height_cm.value:g} cm", f"the height in the header of the images, "
                     f"{header_height_m * CM_PER_M:.0f} cm", "Give the case of this patient, or correct the height")]
        )  # fmt: skip


def _estimate(number: Measured | None) -> Estimate | None:
    """A number of the case with its limits."""
    if number is None:
        return None
    middle = number.estimate if number.estimate is not None else (number.low + number.high) / 2
    return Estimate(middle, number.low, number.high)


def _body_surface(case: Case, known: BodyKnowledge) -> Estimate | None:
    """Body surface by DuBois [m2]."""
    height, weight = _estimate(case.patient.height_cm), _estimate(case.patient.weight_kg)
    if height is None or weight is None:
        return None

    def surface(height_cm: float, weight_kg: float) -> float:
        by_weight = weight_kg**known.dubois_weight.number
        return known.dubois_factor.number * by_weight * height_cm**known.dubois_height.number

    return Estimate(
        surface(height.value, weight.value),
        surface(height.low, weight.low),
        surface(height.high, weight.high),
    )


def _is_pretreated(case: Case) -> bool | None:
    """Whether the liver was treated before or is weak; None where the list of treatments is not known to be whole."""
    named = [treatment.option or "" for treatment in case.treatments]
    if case.liver.parenchyma in WEAK or any(name.startswith(WEAKENING) for name in named):
        return True
    whole = case.no_other_treatments is True and not any(treatment.other for treatment in case.treatments)
    return False if whole else None


def _earlier_lung_gy(case: Case) -> tuple[float, ...] | None:
    """Lung dose of earlier sessions, at its upper limit [Gy]; None where it is not known."""
    if case.liver.lung_dose_so_far_gy is not None:
        return (case.liver.lung_dose_so_far_gy.high,)
    treated = any((one.option or "").startswith("radioembolisation.") for one in case.treatments)
    return () if not treated and case.no_other_treatments is True else None


def _lung_history(case: Case) -> tuple[Item, ...]:
    """What an unknown history of the lungs asks for."""
    if _earlier_lung_gy(case) is not None:
        return ()
    return (
        _said("lung history", "Lung dose of earlier radioembolisation is not known: say liver.lung_dose_so_far_gy, or "
                              "that there were no treatments but those listed (no_other_treatments: true)."),
    )  # fmt: skip


def _bilirubin(case: Case, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """The highest bilirubin where the case exceeds it, or that it is not known."""
    values = [
        lab.value
        for lab in case.labs
        if lab.test is LabTest.BILIRUBIN and lab.is_comparable and isinstance(lab.value, Measured)
    ]
    if not values:
        return (_said("bilirubin", "Bilirubin is not known in the case: limits of the labels depend on it."),)
    if values[-1].high <= known.bilirubin_max.number:
        return ()
    return (item("bilirubin", known.bilirubin), item("bilirubin, highest", known.bilirubin_max))


def _said(label: str, text: str) -> Item:
    return Item(label, text, ("project",), Status.COMPUTED)
