"""Patient, tumour and receptor imaging as cells."""

from __future__ import annotations

from nelm.case import Case, Specimen
from nelm.case import vocabulary as words
from nelm.guideline.row.cells import Cells, any_true, highest
from nelm.quantities import DAYS_PER_MONTH, DAYS_PER_YEAR, Interval, Measured
from nelm.quantities.answers import at_least

MARKERS = ("sstr2_positive", "mgmt_deficient", "rb1_lost", "tp53_mutated", "dll3_positive")
METASTATIC_SITES = frozenset({"liver", "lymph_node", "bone", "peritoneum", "brain", "skin", "bone_marrow"})


def fill_patient(cells: Cells, case: Case, oldest_pregnancy: float) -> None:
    """Who the patient is; what cannot be is filled in (pregnancy in a man)."""
    patient = case.patient
    for name in ("sex", "age_years", "height_cm", "weight_kg", "ecog", "pregnant", "breastfeeding"):
        cells.put(f"patient.{name}", getattr(patient, name), f"patient.{name}")
    cells.put("patient.fit_for_major_surgery", patient.fit_for_major_surgery, "patient.fit_for_major_surgery")
    if patient.birth_date is not None:
        days = patient.birth_date.elapsed_days(case.as_of)
        age = Interval(days.low // DAYS_PER_YEAR, days.high // DAYS_PER_YEAR)
        cells.put("patient.age_years", age, "patient.birth_date", inferred="from the birth date")
    _fill_pregnancy(cells, oldest_pregnancy)
    _fill_comorbidities(cells, case)


def _fill_pregnancy(cells: Cells, oldest: float) -> None:
    age = cells.value("patient.age_years")
    male = cells.value("patient.sex") == "male"
    past_age = isinstance(age, Interval) and age.low >= oldest
    if not (male or past_age):
        return
    path = "patient.sex" if male else "patient.age_years"
    for name in ("patient.pregnant", "patient.breastfeeding"):
        cells.put(name, False, path, inferred="by sex" if male else "by age")


def _fill_comorbidities(cells: Cells, case: Case) -> None:
    for item in case.patient.comorbidities:
        cells.put(f"patient.comorbidities.{item}", True, "patient.comorbidities")
    if case.liver.parenchyma is not None:
        cirrhosis = case.liver.parenchyma is words.Parenchyma.CIRRHOSIS
        cells.put(
            "patient.comorbidities.cirrhosis", cirrhosis, "liver.parenchyma", inferred="from the parenchyma"
        )
    if case.patient.no_other_comorbidities:
        for item in words.Comorbidity:
            cells.put(f"patient.comorbidities.{item}", False, "patient.no_other_comorbidities")


def fill_tumour(cells: Cells, case: Case) -> None:
    """The tumour and its governing specimen."""
    tumour = case.tumour
    plain = ("primary_site", "primary_in_situ", "primary_resectable", "primary_symptomatic", "stated_grade",
             "hereditary", "msi_high", "tmb_high", "dpyd")  # fmt: skip
    for name in plain:
        cells.put(f"tumour.{name}", getattr(tumour, name), f"tumour.{name}")
    for name in ("t", "n", "m"):
        cells.put(f"tumour.tnm.{name}", getattr(tumour.tnm, name), f"tumour.tnm.{name}")
    if tumour.diagnosed_on is not None:
        days = tumour.diagnosed_on.elapsed_days(case.as_of)
        months = Interval(max(0.0, days.low / DAYS_PER_MONTH), max(0.0, days.high / DAYS_PER_MONTH))
        cells.put("tumour.months_since_diagnosis", months, "tumour.diagnosed_on")
    if any(item.option == "resection.primary" for item in case.treatments):
        cells.put("tumour.primary_in_situ", False, "treatments", inferred="the primary was resected")
    _fill_specimens(cells, case)
    _fill_function(cells, case)


def _fill_specimens(cells: Cells, case: Case) -> None:
    specimens = case.tumour.specimens
    cells.put("tumour.differentiation", *_differentiation(case))
    for name in ("ki67_percent", "mitoses_per_2mm2"):
        found: list[Measured | None] = [getattr(item, name) for item in specimens]
        cells.put(f"tumour.{name}", highest(found), *_places(case, name), written=_as_written(found))
    cell_types = [item.cell_type for item in specimens if item.cell_type is not None]
    cells.put("tumour.cell_type", cell_types[-1] if cell_types else None, *_places(case, "cell_type"))
    for name in MARKERS:
        cells.put(f"tumour.{name}", any_true(getattr(item, name) for item in specimens), *_places(case, name))
    stated = case.tumour.stated_grade
    known = stated is not None or cells.value("tumour.differentiation") is not None
    mixed = stated is words.StatedGrade.MINEN if known else None
    cells.put(
        "tumour.mixed", mixed, *(["tumour.stated_grade"] if stated else cells.paths("tumour.differentiation"))
    )
    graded = stated is not None or any(_says_something(item) for item in specimens)
    cells.put("tumour.histology_known", True if graded else None, "tumour.specimens", "tumour.stated_grade")
    cells.put("tumour.metastasis_biopsied", _metastasis_biopsied(specimens), "tumour.specimens")


def _says_something(specimen: Specimen) -> bool:
    return specimen.differentiation is not None or specimen.ki67_percent is not None


def _as_written(found: list[Measured | None]) -> str:
    known = [item for item in found if item is not None]
    return max(known, key=lambda item: (item.high, item.low)).as_written if known else ""


def _places(case: Case, name: str) -> list[str]:
    specimens = case.tumour.specimens
    return [
        f"tumour.specimens[{i}].{name}" for i, item in enumerate(specimens) if getattr(item, name) is not None
    ]


def histologies_disagree(specimens: tuple[Specimen, ...]) -> bool:
    """Whether the latest specimen is well differentiated and all poorly differentiated ones are older.

    A tumour may lose its differentiation; it does not gain it. So one of the two is to be read again, or there are two
    tumours. Specimens without a day do not tell which came first.
    """
    dated = [(item.differentiation, item.date) for item in specimens if item.differentiation is not None]
    if any(day is None for _, day in dated):
        return False
    well = [day.first for word, day in dated if day is not None and word is words.Differentiation.WELL]
    poor = [day.last for word, day in dated if day is not None and word is words.Differentiation.POOR]
    return bool(well and poor) and max(well) > max(poor)


def _differentiation(case: Case) -> tuple[str | None, *tuple[str, ...]]:
    """The worst differentiation of any specimen, else what the stated grade implies, with its places.

    Nothing is known where histologies disagree, unless the pathologist has stated a grade over all of them.
    """
    known = {item.differentiation for item in case.tumour.specimens if item.differentiation is not None}
    if known and not histologies_disagree(case.tumour.specimens):
        worst = "poor" if words.Differentiation.POOR in known else "well"
        return (worst, *_places(case, "differentiation"))
    implied = {"G1": "well", "G2": "well", "NEC": "poor"}.get(str(case.tumour.stated_grade))
    return (implied, "tumour.stated_grade") if implied else (None,)


def _metastasis_biopsied(specimens: tuple[Specimen, ...]) -> bool | None:
    sites = [item.site for item in specimens]
    if any(site is not None and str(site) in METASTATIC_SITES for site in sites):
        return True
    return False if sites and all(site is not None for site in sites) else None


def _fill_function(cells: Cells, case: Case) -> None:
    """Hormonal function; a stated syndrome list is taken as complete, a non-functioning tumour has none."""
    tumour = case.tumour
    functioning = tumour.functioning
    if functioning is None and tumour.syndromes:
        functioning = words.Functioning.FUNCTIONING
    cells.put("tumour.functioning", functioning, "tumour.functioning")
    for item in tumour.syndromes:
        cells.put(f"tumour.syndromes.{item}", True, "tumour.syndromes")
    complete = functioning is words.Functioning.NON_FUNCTIONING or bool(tumour.syndromes)
    if complete:
        for item in words.Syndrome:
            cells.put(f"tumour.syndromes.{item}", False, "tumour.functioning", "tumour.syndromes")


def fill_receptors(cells: Cells, case: Case) -> None:
    """Receptor and FDG imaging, kept as the relation to liver."""
    sstr, fdg, netpet = case.receptor_imaging.sstr, case.receptor_imaging.fdg, case.receptor_imaging.netpet
    base = "receptor_imaging.sstr"
    for name in ("uptake", "extent", "positive", "suv_max"):
        cells.put(f"{base}.{name}", getattr(sstr, name), f"{base}.{name}")
    if sstr.uptake in (words.SstrUptake.NONE, words.SstrUptake.BELOW_LIVER):
        cells.put(f"{base}.extent", "none", f"{base}.uptake", inferred="no lesion reaches liver uptake")
    if sstr.uptake is words.SstrUptake.NONE:
        cells.put(f"{base}.positive", False, f"{base}.uptake", inferred="no uptake")
    elif sstr.uptake is not None and sstr.uptake is not words.SstrUptake.BELOW_LIVER:
        cells.put(f"{base}.positive", True, f"{base}.uptake", inferred="uptake at least as liver")
    elif sstr.extent in (words.SstrExtent.ALL, words.SstrExtent.SOME):
        cells.put(f"{base}.positive", True, f"{base}.extent", inferred="uptake at least as liver")
    cells.put("receptor_imaging.fdg.uptake", fdg.uptake, "receptor_imaging.fdg.uptake")
    cells.put("receptor_imaging.netpet", netpet, "receptor_imaging.netpet")
    _fill_mismatch(cells, case)


def _fill_mismatch(cells: Cells, case: Case) -> None:
    name, path = "receptor_imaging.fdg.positive_sstr_negative_lesions", "receptor_imaging.fdg"
    stated = case.receptor_imaging.fdg.positive_sstr_negative_lesions
    if isinstance(stated, Measured):
        cells.put("receptor_imaging.fdg.mismatched_lesion_count", stated, name)
        cells.put(name, at_least(stated.interval, 1), name)
    else:
        cells.put(name, stated, name)
    if cells.value(f"{path}.uptake") == "none" or cells.value("receptor_imaging.netpet") in ("P0", "P1"):
        cells.put(name, False, f"{path}.uptake", "receptor_imaging.netpet", inferred="no FDG uptake")
    if cells.value("receptor_imaging.netpet") == "P5":
        cells.put(name, True, "receptor_imaging.netpet", inferred="NETPET P5")
    if cells.value("receptor_imaging.sstr.extent") == "all":
        every_lesion = "every target lesion has receptors"
        cells.put(name, False, "receptor_imaging.sstr.extent", inferred=every_lesion)
