"""The numbers of radioembolisation that follow from the facts of one patient, as exact values or ranges."""

from __future__ import annotations

import math
from collections.abc import Callable

from nelm.guideline.therapy import Item, PatientView, stated
from nelm.knowledge import Entry
from nelm.quantities import Interval
from nelm.therapies.radioembolisation.activity import (
    holmium_activity_mbq,
    largest_activity_gbq,
    lung_dose_gy,
    lung_dose_left_gy,
    mean_dose_activity_gbq,
    resin_activity_gbq,
    resin_lung_factor,
)
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.limits import resin_bands

SURFACE, BURDEN, VOLUME = "body.bsa_dubois", "liver.burden_percent", "liver.volume_ml"
SHUNT, SO_FAR = "liver.lung_shunt_fraction", "liver.lung_dose_so_far_gy"
TREATED_BEFORE = "treatments.radioembolisation.received"
RAW = {SURFACE: ("patient.height_cm", "patient.weight_kg")}


def resin(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """Resin activity by body surface for the whole liver, reduced for the lung shunt, and its lung dose."""
    full = _whole_liver_activity(patient, known)
    label, entries = "activity, whole liver", (known.bsa_subtrahend,)
    if full is None:
        text = "Resin activity by body surface: height, weight or the share of the liver replaced is missing."
        return (_line(label, text, entries, (SURFACE, BURDEN)),)
    text = (
        "Resin activity by body surface (DuBois) - 0.2 + share replaced, for the whole liver, before the lung "
        "shunt is counted; for a lobe it is multiplied by the lobe's share of the liver volume."
    )
    return (
        _line(label, text, entries, (SURFACE, BURDEN), value=full, unit="GBq"),
        *_after_shunt(patient, known, full),
    )


def _whole_liver_activity(patient: PatientView, known: RadioembolisationKnowledge) -> Interval | None:
    """Resin activity for the whole liver before the lung shunt [GBq]."""
    surface, burden = patient.number(SURFACE), patient.number(BURDEN)
    if surface is None or burden is None:
        return None

    def activity(body_surface_m2: float, share_percent: float) -> float:
        return resin_activity_gbq(
            body_surface_m2=body_surface_m2,
            tumour_share=share_percent / 100.0,
            subtrahend=known.bsa_subtrahend.number,
        )

    return _rising(activity, surface, burden)


def _after_shunt(patient: PatientView, known: RadioembolisationKnowledge, full: Interval) -> tuple[Item, ...]:
    """Resin activity and lung dose after the reduction of the table."""
    label, entries = "activity after lung shunt", (known.lung_factor_first, known.lung_factor_second)
    shunt = patient.number(SHUNT)
    if shunt is None:
        text = "Reduction for the lung shunt: the lung shunt fraction is missing."
        return (_line(label, text, entries, (SHUNT,)),)
    bands = resin_bands(known)
    most = resin_lung_factor(lung_shunt=shunt.low, bands=bands)
    least = resin_lung_factor(lung_shunt=shunt.high, bands=bands)
    if most is None or least is None:
        text = "Above the highest lung shunt of the resin table no activity is given."
        return (_line(label, text, (known.lung_shunt_max,), (SHUNT,)),)
    kept = Interval(full.low * least, full.high * most)
    text = "Resin activity after the reduction of the table for the lung shunt (secondary source)."
    return (
        _line(label, text, entries, (SURFACE, BURDEN, SHUNT), value=kept, unit="GBq"),
        _resin_lung_dose(known, kept, shunt),
    )


def _resin_lung_dose(known: RadioembolisationKnowledge, activity: Interval, shunt: Interval) -> Item:
    def dose(activity_gbq: float, lung_shunt: float) -> float:
        return lung_dose_gy(
            activity_gbq=activity_gbq,
            lung_shunt=lung_shunt,
            lung_mass_kg=known.lung_mass.number,
            constant_gy_kg_per_gbq=known.y90_dose_constant.number,
        )

    text = "Lung dose of that activity, for lungs of 1 kg: 49.67 x activity x lung shunt."
    entries = (known.y90_dose_constant, known.lung_mass)
    lung = _rising(dose, activity, shunt)
    return _line("lung dose", text, entries, (SURFACE, BURDEN, SHUNT), value=lung, unit="Gy")


def glass(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """Glass activity for each gray of mean dose to the whole liver; the dose aimed at is not known."""
    volume, shunt = patient.number(VOLUME), patient.number(SHUNT)
    label, entries = "activity per gray, whole liver", (known.glass_dose_constant, known.residual_glass)
    if volume is None or shunt is None:
        text = "Glass activity for a mean dose: the liver volume or the lung shunt fraction is missing."
        return (_line(label, text, entries, (VOLUME, SHUNT)),)

    def activity(volume_ml: float, lung_shunt: float) -> float:
        return mean_dose_activity_gbq(
            dose_gy=1.0,
            mass_kg=volume_ml * known.liver_density.number,
            lung_shunt=lung_shunt,
            residual=known.residual_glass.number / 100.0,
            constant_gy_kg_per_gbq=known.glass_dose_constant.number,
        )

    text = (
        "Glass activity for each gray of mean dose to the whole liver: mass / (50 x (1 - lung shunt) x "
        "(1 - residual)), 1 mL taken as 1 g. No dose for neuroendocrine metastases is published in the tables; "
        "the team chooses it, and the perfused volume instead of the whole liver where a part is treated."
    )
    entries = (*entries, known.liver_density)
    per_gray = _rising(activity, volume, shunt)
    return (_line(label, text, entries, (VOLUME, SHUNT), value=per_gray, unit="GBq/Gy"),)


def lungs(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """Largest 90Y activity that the lungs allow in this session, their history counted."""
    label = "largest activity by lung dose"
    entries = (
        known.lung_dose_single_max,
        known.lung_dose_total_max,
        known.y90_dose_constant,
        known.lung_mass,
    )
    shunt, so_far = patient.number(SHUNT), patient.number(SO_FAR)
    if so_far is None and patient.truth(TREATED_BEFORE) is False:
        so_far = Interval.exact(0.0)
    if shunt is None or so_far is None:
        text = "Largest activity by lung dose: the lung shunt fraction or the lung dose of earlier sessions is missing."
        return (_line(label, text, entries, (SHUNT, SO_FAR)),)
    least, most = _lung_limit(so_far.high, shunt.high, known), _lung_limit(so_far.low, shunt.low, known)
    text = "Largest 90Y activity for 30 Gy to the lungs in a session and 50 Gy in all, lungs of 1 kg."
    if math.isinf(most):
        return (
            _line(label, f"{text} Without a lung shunt the lungs set no limit.", entries, (SHUNT, SO_FAR)),
        )
    facts, largest = (SHUNT, SO_FAR, TREATED_BEFORE), Interval(least, most)
    return (_line(label, text, entries, facts, value=largest, unit="GBq"),)


def _lung_limit(so_far_gy: float, lung_shunt: float, known: RadioembolisationKnowledge) -> float:
    left = lung_dose_left_gy(
        single_max_gy=known.lung_dose_single_max.number,
        total_max_gy=known.lung_dose_total_max.number,
        so_far_gy=so_far_gy,
    )
    return largest_activity_gbq(
        lung_dose_gy=left,
        lung_shunt=lung_shunt,
        lung_mass_kg=known.lung_mass.number,
        constant_gy_kg_per_gbq=known.y90_dose_constant.number,
    )


def glass_lung_activity(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """Largest glass activity by the label's limit of 0.61 GBq to the lungs."""
    label, entries = "largest activity by label", (known.glass_lung_activity_max,)
    shunt = patient.number(SHUNT)
    if shunt is None or shunt.low <= 0.0:
        text = "Largest glass activity by the label's lung limit: no lung shunt fraction above zero is known."
        return (_line(label, text, entries, (SHUNT,)),)
    limit = known.glass_lung_activity_max.number
    most = Interval(limit / shunt.high, limit / shunt.low)
    text = "Largest glass activity of which the label's limit of 0.61 GBq reaches the lungs."
    return (_line(label, text, entries, (SHUNT,), value=most, unit="GBq"),)


def holmium(patient: PatientView, known: RadioembolisationKnowledge) -> tuple[Item, ...]:
    """166Ho activity for 60 Gy to the whole liver."""
    volume = patient.number(VOLUME)
    label, entries = "activity, whole liver", (known.ho166_activity_per_mass, known.liver_density)
    if volume is None:
        return (_line(label, "166Ho activity: the liver volume is missing.", entries, (VOLUME,)),)

    def activity(volume_ml: float) -> float:
        mass_kg = volume_ml * known.liver_density.number
        return holmium_activity_mbq(
            treated_liver_kg=mass_kg, activity_mbq_per_kg=known.ho166_activity_per_mass.number
        )

    text = "166Ho activity for 60 Gy to the whole liver: 3780 MBq/kg, 1 mL taken as 1 g."
    return (_line(label, text, entries, (VOLUME,), value=_rising(activity, volume), unit="MBq"),)


def _rising(formula: Callable[..., float], *inputs: Interval) -> Interval:
    """Range of a formula that rises with each of its inputs."""
    return Interval(formula(*(part.low for part in inputs)), formula(*(part.high for part in inputs)))


def _line(
    label: str,
    text: str,
    entries: tuple[Entry, ...],
    facts: tuple[str, ...],
    *,
    value: Interval | None = None,
    unit: str | None = None,
) -> Item:
    """A number with its sources and facts; without one, the text says which fact is missing."""
    raw = tuple(raw for name in facts for raw in RAW.get(name, (name,)))
    return stated(label, text, entries, value, unit=unit, facts=raw)
