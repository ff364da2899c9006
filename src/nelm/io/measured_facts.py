"""Measurements as facts of a case document, each with its error and where it came from."""

from __future__ import annotations

from nelm import __version__
from nelm.imaging.measured import MeasuredLesion, StudyMeasurement, TracerMeasurement
from nelm.imaging.uptake import extent_of, hottest
from nelm.io.digits import significant
from nelm.quantities import Estimate
from nelm.volume import ImageOrigin

Document = dict[str, object]
DIGITS = 4


def facts_of(measurement: StudyMeasurement) -> Document:
    """The part of a case document (nelm.case/1) that was measured: `liver`, `receptor_imaging`, `evidence`.

    A number is written with the standard deviation whose 95 % range reaches the farther of its limits. What could
    not be measured, or not decided, is left out: it stays unknown.
    """
    evidence: Document = {}
    found: Document = {"liver": _liver(measurement, evidence)}
    imaging = _receptor_imaging(measurement, evidence)
    if imaging:
        found["receptor_imaging"] = imaging
    found["evidence"] = evidence
    return found


def _liver(measurement: StudyMeasurement, evidence: Document) -> Document:
    """The liver of the document."""
    liver, burden = measurement.liver, measurement.liver.burden
    written: Document = {
        "lesions": [_lesion(item) for item in liver.lesions],
        "lesion_count": len(liver.lesions),
    }
    if liver.lesions:
        written["largest_mm"] = number(
            max((item.size.axial.mm for item in liver.lesions), key=lambda mm: mm.value)
        )
    if burden.is_cut:
        written["lesion_count_is_minimum"] = True
    else:
        written["volume_ml"] = number(burden.liver_ml)
    if liver.lobes is not None and not burden.is_cut:
        written["lobes"] = liver.lobes
    if burden.percent is not None:
        written |= {"burden_percent": number(burden.percent), "burden_method": "segmentation"}
    if len(measurement.remnants) == 1:
        name, remnant = measurement.remnants[0]
        written["future_liver_remnant_ml"] = number(remnant.functional_ml or remnant.anatomical_ml)
        kind = (
            "supplied and drained"
            if remnant.functional_ml is not None
            else "anatomical (vessels not segmented)"
        )
        evidence["liver.future_liver_remnant_ml"] = evidence_of(
            measurement.origin, f"remnant after {name.replace('_', ' ')}, {kind}"
        )
    for key in written:
        if key != "burden_method":
            evidence.setdefault(
                f"liver.{key}", evidence_of(measurement.origin, METHODS.get(key, "segmentation"))
            )
    return written


METHODS = {
    "lesions": "axial diameter, volume and distances of each segmented lesion, limits by a shift of one voxel",
    "largest_mm": "largest axial diameter (RECIST), limits by a shift of one voxel",
    "burden_percent": "tumour over liver with tumour, limits by a shift of one voxel",
}


def _lesion(item: MeasuredLesion) -> Document:
    """One lesion of the document."""
    written: Document = {"id": item.lesion.name}
    if item.location is not None and item.location.segments:
        written["segments"] = list(item.location.segments)
    written |= {"diameter_mm": number(item.size.axial.mm), "volume_ml": number(item.size.volume_ml)}
    if item.to_vessel_mm is not None:
        written["to_major_vessel_mm"] = number(item.to_vessel_mm)
    if item.to_duct_mm is not None:
        written["to_central_bile_duct_mm"] = number(item.to_duct_mm)
    if item.subcapsular is not None:
        written["subcapsular"] = item.subcapsular
    return written


def _receptor_imaging(measurement: StudyMeasurement, evidence: Document) -> Document:
    """Both tracers of the document."""
    written: Document = {}
    if measurement.receptor is not None:
        written["sstr"] = _sstr(measurement.receptor)
        for key in ("uptake", "extent", "suv_max", "positive"):
            if key in written["sstr"]:  # type: ignore[operator]
                evidence[f"receptor_imaging.sstr.{key}"] = evidence_of(
                    measurement.receptor.image.origin,
                    "SUVpeak of each liver lesion against tumour-free liver and spleen",
                )
    if measurement.fdg is not None:
        fdg: Document = {}
        if measurement.fdg.image.origin.date:
            fdg["date"] = measurement.fdg.image.origin.date
        if measurement.dual is not None:
            if measurement.dual.fdg_uptake is not None:
                fdg["uptake"] = measurement.dual.fdg_uptake
            mismatched = measurement.dual.fdg_positive_receptor_negative
            if mismatched.is_exact:
                fdg["positive_sstr_negative_lesions"] = int(mismatched.low)
            else:
                fdg["positive_sstr_negative_lesions"] = f"{mismatched.low:g}..{mismatched.high:g}"
        written["fdg"] = fdg
        for key in fdg:
            if key != "date":
                evidence[f"receptor_imaging.fdg.{key}"] = evidence_of(
                    measurement.fdg.image.origin,
                    "lesion by lesion against the receptor image (liver lesions only)",
                )
    if measurement.dual is not None and measurement.dual.netpet is not None:
        written["netpet"] = measurement.dual.netpet
        assert measurement.receptor is not None
        evidence["receptor_imaging.netpet"] = evidence_of(
            measurement.receptor.image.origin,
            "liver lesions only, by their relation to liver on both tracers",
        )
    return written


def _sstr(tracer: TracerMeasurement) -> Document:
    written: Document = {}
    if tracer.image.origin.date:
        written["date"] = tracer.image.origin.date
    if tracer.tracer:
        written["tracer"] = tracer.tracer
    hot, extent = hottest(tracer.relations), extent_of(tracer.relations)
    if hot is not None:
        written |= {"uptake": str(hot), "positive": hot not in ("none", "below_liver")}
    if extent is not None:
        written["extent"] = extent
    maxima = [uptake.maximum for uptake in tracer.uptakes if uptake is not None]
    if maxima:
        written["suv_max"] = round(max(maxima), 2)
    return written


def number(estimate: Estimate) -> Document | float:
    """A number with its standard deviation, or alone where it has none."""
    value = significant(estimate.value, DIGITS)
    sd = significant(estimate.sd, 2)
    return {"value": value, "sd": sd} if sd > 0 else value


def evidence_of(origin: ImageOrigin, method: str) -> Document:
    """Where a fact came from, without anything of the patient."""
    written: Document = {"source": _source(origin), "method": f"{method} (nelm {__version__})"}
    if origin.date:
        written["date"] = origin.date
    if origin.series_uid:
        written["series_uid"] = origin.series_uid
    return written


def _source(origin: ImageOrigin) -> str:
    """What was measured on, without anything of the patient."""
    return f"{origin.modality or 'image'} {origin.description}".strip()
