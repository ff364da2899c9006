"""Body surface and liver volume: the denominators of doses and of the liver remnant [flr_review].

The future liver remnant is divided by the volume that the body surface predicts. The volume on CT is never
used for it: tumours have changed it, and the limits were set with the formula.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import category, number
from nelm.guideline.logic import (
    Boolean,
    DefinedBoolean,
    DefinedNumber,
    Number,
    Range,
    choose,
    in_unit,
    nothing_known,
    power,
)
from nelm.knowledge import Entry, Knowledge


@dataclass(frozen=True, slots=True)
class BodyKnowledge:
    """Entries of `body.toml`."""

    mosteller_divisor: Entry
    dubois_factor: Entry
    dubois_weight: Entry
    dubois_height: Entry
    vauthey_constant: Entry
    vauthey_slope: Entry
    urata_constant: Entry
    urata_slope: Entry
    remnant_normal: Entry
    remnant_normal_cautious: Entry
    remnant_chemotherapy: Entry
    remnant_cirrhosis: Entry
    remnant_denominator: Entry


@dataclass(frozen=True, slots=True)
class Body:
    """Body surface [m²], liver volume by formula [mL] and standardised liver remnant [%].

    `bsa` is Mosteller's, `bsa_dubois` the one of the resin microsphere instructions. `total_liver_volume` is
    Vauthey's, with Urata's beside it. `remnant_sufficient` takes the smallest published minimum for the
    parenchyma, `remnant_sufficient_cautious` the largest.
    """

    bsa: DefinedNumber
    bsa_dubois: DefinedNumber
    total_liver_volume: DefinedNumber
    total_liver_volume_urata: DefinedNumber
    standardised_remnant_percent: DefinedNumber
    remnant_sufficient: DefinedBoolean
    remnant_sufficient_cautious: DefinedBoolean


def _mosteller(known: BodyKnowledge) -> Number:
    product = number("patient.height_cm") * number("patient.weight_kg")
    return in_unit(power(product / known.mosteller_divisor, 0.5), "m2")


def _dubois(known: BodyKnowledge) -> Number:
    by_weight = power(number("patient.weight_kg"), known.dubois_weight)
    by_height = power(number("patient.height_cm"), known.dubois_height)
    return in_unit(by_weight * by_height * known.dubois_factor, "m2")


def _liver_volume(bsa: Number, slope: Entry, constant: Entry) -> Number:
    return in_unit(bsa * slope, "mL") + constant


def _standardised(volume: Number) -> Number:
    """Remnant over formula volume; nothing is known where the formula gives no volume (small children)."""
    share = in_unit(number("liver.future_liver_remnant_ml") / volume * 100, "%")
    return choose(volume > 0, share, nothing_known("%"), "%")


def _sufficient(share: Number, normal: Entry, known: BodyKnowledge) -> Boolean:
    """Whether the remnant reaches the minimum for the parenchyma.

    No minimum was read for steatosis: it lies somewhere from that of a normal to that of a cirrhotic liver.
    """
    parenchyma = category("liver.parenchyma")
    for_steatosis = Range(normal.number, known.remnant_cirrhosis.number, "%")
    for_normal = choose(parenchyma.is_("normal"), normal, for_steatosis, "%")
    for_chemotherapy = choose(parenchyma.is_("chemotherapy"), known.remnant_chemotherapy, for_normal, "%")
    minimum = choose(parenchyma.is_("cirrhosis"), known.remnant_cirrhosis, for_chemotherapy, "%")
    return share >= minimum


def body(knowledge: Knowledge) -> Body:
    """Body size and liver volume as expressions over the raw facts."""
    known = knowledge.record(BodyKnowledge, "body")
    bsa = DefinedNumber("body.bsa", _mosteller(known), "m2", "body surface area (Mosteller)")
    volume = DefinedNumber(
        "liver.formula_volume",
        _liver_volume(bsa, known.vauthey_slope, known.vauthey_constant),
        "mL",
        "liver volume by body surface (Vauthey)",
    )
    urata = DefinedNumber(
        "liver.formula_volume_urata",
        _liver_volume(bsa, known.urata_slope, known.urata_constant),
        "mL",
        "liver volume by body surface (Urata)",
    )
    share = DefinedNumber(
        "liver.standardised_remnant_percent", _standardised(volume), "%", "standardised future liver remnant"
    )
    return Body(
        bsa=bsa,
        bsa_dubois=DefinedNumber("body.bsa_dubois", _dubois(known), "m2", "body surface area (DuBois)"),
        total_liver_volume=volume,
        total_liver_volume_urata=urata,
        standardised_remnant_percent=share,
        remnant_sufficient=DefinedBoolean(
            "liver.remnant_sufficient",
            _sufficient(share, known.remnant_normal, known),
            "remnant reaches the smallest published minimum for the parenchyma",
        ),
        remnant_sufficient_cautious=DefinedBoolean(
            "liver.remnant_sufficient_cautious",
            _sufficient(share, known.remnant_normal_cautious, known),
            "remnant reaches the largest published minimum for the parenchyma",
        ),
    )
