"""Organs and limits of radioligand therapy as the knowledge has them: where a projection starts from."""

from __future__ import annotations

from collections.abc import Mapping

from nelm.knowledge import Entry
from nelm.therapies.prrt.activity import Limit, Quantity
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.organ_dose import LogNormal, Organ, Tissue

KIDNEYS, MARROW, LIVER, SPLEEN = "kidneys", "red marrow", "liver", "spleen"


def population(entry: Entry) -> LogNormal:
    """Log-normal distribution with the mean of an entry and the standard deviation that its range shows."""
    if entry.low is None or entry.high is None:
        return LogNormal(entry.number)
    return LogNormal.from_mean_and_sd(mean=entry.number, sd=(entry.high - entry.low) / 2)


def kidney_tissue(known: PrrtKnowledge) -> Tissue:
    """alpha/beta, repair and half-life of the kidney; their spread was not read and is left at none."""
    return Tissue(
        population(known.alpha_beta),
        population(known.repair_half_time),
        population(known.effective_half_time),
    )


def kidneys(known: PrrtKnowledge, per_activity: Entry) -> Organ:
    """The kidneys of a population.

    Parameters
    ----------
    known : For tissue and spread between cycles.
    per_activity : Mean and standard deviation of single cycles [Gy/GBq].
    """
    prior, cycles = population(per_activity), known.kidney_cycle_spread
    return Organ(
        name=KIDNEYS,
        population=prior,
        cycle_log_sd=min(cycles.number, prior.log_sd),
        tissue=kidney_tissue(known),
        entries=(per_activity, cycles),
    )


def kidney_populations(known: PrrtKnowledge) -> Mapping[str, Entry]:
    """Published kidney doses per activity of 177Lu-DOTATATE with a spread, the one used by default first.

    The default has the most cycles measured by SPECT, and the widest spread, so that its upper tail is no lower than
    that of the other two cohorts. The label's is recalled.
    """
    return {
        "80 cycles, SPECT": known.kidney_other_centre,
        "12 patients, SPECT": known.kidney_small_series,
        "61 patients, planar": known.kidney_planar_series,
        "label, recalled": known.kidney_label,
    }


def dotatate_organs(known: PrrtKnowledge, per_activity: Entry | None = None) -> tuple[Organ, ...]:
    """Organs of 177Lu-DOTATATE before any dosimetry of the patient.

    Parameters
    ----------
    known : Limits and doses.
    per_activity : Kidney dose per activity to use instead of the default of `kidney_populations` [Gy/GBq].
    """
    others = {
        MARROW: known.marrow_per_activity,
        LIVER: known.liver_per_activity,
        SPLEEN: known.spleen_per_activity,
    }
    return (
        kidneys(known, per_activity or known.kidney_other_centre),
        *(Organ(name, population(entry), entries=(entry,)) for name, entry in others.items()),
    )


def edotreotide_organs(known: PrrtKnowledge) -> tuple[Organ, ...]:
    """Organs of 177Lu-edotreotide: the kidneys; no other dose per activity was read."""
    return (kidneys(known, known.kidney_edotreotide_spread),)


def dose_limits(known: PrrtKnowledge, *, kidney_risk: bool | None) -> tuple[Limit, ...]:
    """Published limits; which of them bind is a default that the caller may change with `dataclasses.replace`.

    The limit of biologically effective dose that fits the patient binds, the stricter one while the risk factors are
    unknown, and that of the liver. The absorbed kidney doses of external radiotherapy and the marrow dose are shown.

    Parameters
    ----------
    known : Limits.
    kidney_risk : Whether the patient has hypertension or diabetes; None if not known.
    """
    strict = Limit(
        "kidney BED limit, risk factors",
        KIDNEYS,
        Quantity.BED,
        known.kidney_bed_risk.number,
        entry=known.kidney_bed_risk,
    )
    plain = Limit(
        "kidney BED limit, no risk factors",
        KIDNEYS,
        Quantity.BED,
        known.kidney_bed_plain.number,
        binding=kidney_risk is False,
        entry=known.kidney_bed_plain,
    )
    fitting = {True: (strict,), False: (plain,), None: (strict, plain)}[kidney_risk]
    return (
        _shown("kidney limit, external 5 %", KIDNEYS, known.kidney_td5),
        _shown("kidney limit, external 50 %", KIDNEYS, known.kidney_td50),
        *fitting,
        _shown("marrow limit", MARROW, known.marrow_limit),
        Limit(
            "liver limit, external 5 %",
            LIVER,
            Quantity.ABSORBED_DOSE,
            known.liver_td5.number,
            entry=known.liver_td5,
        ),
    )


def limits_of(organs: tuple[Organ, ...], limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """The limits of the organs that are there."""
    names = {organ.name for organ in organs}
    return tuple(limit for limit in limits if limit.organ in names)


def _shown(name: str, organ: str, entry: Entry) -> Limit:
    return Limit(name, organ, Quantity.ABSORBED_DOSE, entry.number, binding=False, entry=entry)
