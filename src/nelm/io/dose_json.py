"""Doses as a JSON document (nelm.dose/1): every number with its limits, what it rests on, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from nelm import __version__
from nelm.dosimetry.accumulation import AccumulatedRegion
from nelm.dosimetry.blood import BloodMarrow
from nelm.dosimetry.doses import RegionDose
from nelm.dosimetry.plausibility import Check
from nelm.dosimetry.therapy import TherapyDose
from nelm.io.activity_plan_json import plan_document
from nelm.io.digits import significant
from nelm.quantities import Estimate
from nelm.therapies.prrt.activity import ActivityPlan

Document = dict[str, object]
SCHEMA = "nelm.dose/1"
DIGITS = 6
DOSES_TO = (98, 50, 2)
"""Percent of the volume whose least dose is written."""


def dose_document(
    doses: Sequence[TherapyDose],
    checks: Sequence[Sequence[Check]],
    *,
    remarks: Sequence[str],
    notice: str,
    marrow: BloodMarrow | None = None,
    plan: ActivityPlan | None = None,
    ledger: Sequence[AccumulatedRegion] = (),
) -> Document:
    """The document of the doses of one or more administrations.

    Parameters
    ----------
    checks : Of each administration.
    remarks : What was noticed on reading.
    notice : What this is not.
    marrow, plan, ledger : Red marrow from blood, further cycles, all administrations; left out where there are none.
    """
    found: Document = {
        "schema": SCHEMA,
        "software": __version__,
        "notice": notice,
        "administrations": [_administration(dose, own) for dose, own in zip(doses, checks, strict=True)],
        "remarks": list(remarks),
    }
    if marrow is not None:
        found["red_marrow_from_blood"] = {
            "self_dose_gy": estimate_document(marrow.absorbed_dose_gy),
            "red_marrow_to_blood_ratio": marrow.red_marrow_to_blood_ratio,
            "remarks": list(marrow.remarks),
        }
    if plan is not None:
        found["further_cycles"] = plan_document(plan)
    if ledger:
        found["all_administrations"] = [_accumulated(region) for region in ledger]
    return found


def _accumulated(region: AccumulatedRegion) -> Document:
    """What a region received in all."""
    total = region.total
    return {
        "name": region.name,
        "kind": region.target.kind.value,
        "is_lower_bound": region.is_lower_bound,
        "absorbed_dose_gy": estimate_document(total.absorbed_dose_gy if total else None),
        "biologically_effective_dose_gy": estimate_document(total.bed_gy if total else None),
        "by_therapy_gy": {
            kind.value: estimate_document(found.absorbed_dose_gy) for kind, found in region.by_kind.items()
        },
        "courses": list(total.courses) if total else [],
        "missing": [{"course": course, "because": reason} for course, reason in region.missing],
        "remarks": list(region.remarks),
    }


def _administration(dose: TherapyDose, checks: Sequence[Check]) -> Document:
    """One administration."""
    given = dose.administration
    return {
        "nuclide": given.nuclide,
        "agent": given.agent or None,
        "activity_mbq": given.activity_mbq,
        "at": given.at.isoformat() if given.at is not None else None,
        "images_after_h": [significant(time, DIGITS) for time in dose.times_h],
        "engine": dose.engine,
        "regions": [_region(region) for region in dose.regions],
        "checks": [_check(check) for check in checks],
        "constants": list(dose.constants),
        "remarks": list(dose.remarks),
    }


def _region(region: RegionDose) -> Document:
    """One region."""
    found: Document = {
        "name": region.name,
        "kind": region.kind.value,
        "volume_ml": significant(region.volume_ml, DIGITS),
        "mass_g": significant(region.mass_g, DIGITS),
        "absorbed_dose_gy": estimate_document(region.absorbed_dose_gy),
        "relative_sd": significant(region.relative_sd, DIGITS) if region.absorbed_dose_gy else None,
        "dose_per_activity_gy_per_gbq": significant(region.dose_per_activity_gy_per_gbq, DIGITS),
        "biologically_effective_dose_gy": estimate_document(region.bed_gy),
        "time_integrated_activity_mbq_h": significant(region.time_integrated_activity_mbq_h, DIGITS),
    }
    if region.tracking_uid is not None:
        found["tracking_uid"] = region.tracking_uid
    if region.biological is not None:
        found["eqd2_gy"] = significant(region.biological.eqd2_gy, DIGITS)
    if region.curve is not None and region.curve.data is not None:
        found["curve"] = {
            "times_h": [significant(value, DIGITS) for value in region.curve.data.times_h],
            "activities_mbq": [significant(value, DIGITS) for value in region.curve.data.activities],
            "activity_sds_mbq": [significant(value, DIGITS) for value in region.curve.data.activity_sds],
            "recovery": significant(region.curve.recovery, DIGITS),
            "spill_in": significant(region.curve.spill_in, DIGITS),
        }
    if region.integral is not None:
        found["kinetics"] = {
            "method": region.integral.method,
            "amplitudes_mbq": [significant(value, DIGITS) for value in region.integral.amplitudes_mbq],
            "rates_per_h": [significant(value, DIGITS) for value in region.integral.rates_per_h],
            "effective_half_life_h": significant(region.integral.effective_half_life_h, DIGITS),
            "effective_half_life_sd_h": significant(region.integral.effective_half_life_sd_h, DIGITS),
            "extrapolated_fraction": significant(region.integral.extrapolated, DIGITS),
        }
    if region.histogram is not None:
        found["histogram"] = {
            f"d{percent}_gy": estimate_document(region.histogram.dose_to(percent)) for percent in DOSES_TO
        }
    if region.sphere_gy is not None:
        found["sphere_model_gy"] = significant(region.sphere_gy, DIGITS)
    if region.budget:
        found["budget"] = [
            {"component": part.component, "relative_effect": significant(part.relative_effect, DIGITS),
             "share": significant(part.share, DIGITS)}
            for part in region.budget
        ]  # fmt: skip
    if region.reason is not None:
        found["unknown_because"] = region.reason
    if region.remarks:
        found["remarks"] = list(region.remarks)
    return found


def _check(check: Check) -> Document:
    """One check."""
    found: Document = {"level": check.level.value, "text": check.text}
    if check.sources:
        found |= {"sources": list(check.sources), "status": check.status.value}
    return found


def estimate_document(value: Estimate | None) -> Document | None:
    """A number with its 95 % limits."""
    if value is None:
        return None
    return {
        "value": significant(value.value, DIGITS),
        "low": significant(value.low, DIGITS),
        "high": significant(value.high, DIGITS),
    }
