"""The columns: every raw fact of a case with its name, type, unit, words, meaning and how it is found out.

A case becomes one row of these columns (`guideline.row`); everything above them is an expression.
Names follow the paths of the case document; list items are named by their word (`labs.creatinine`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nelm.case import vocabulary as words
from nelm.guideline.logic import BooleanFact, CategoryFact, NumberFact
from nelm.quantities import LAB_UNITS

Kind = Literal["number", "boolean", "category"]
FAMILIES = (
    "ablation",
    "arterial_embolisation",
    "biotherapy",
    "chemo",
    "immunotherapy",
    "prrt",
    "radioembolisation",
    "radiotherapy",
    "resection",
    "ssa",
    "targeted",
    "transplant",
)
AGAIN = tuple(
    item
    for item in words.OPTION_IDS
    if item.startswith(("biotherapy.", "chemo.", "embolisation.", "immunotherapy.", "prrt.", "radioembolisation.",
                        "ssa.", "targeted."))
    and item != "embolisation.portal_vein"
)  # fmt: skip
"""Options against growth that can be given again, and may have failed before."""
DECLINED = "preferences.declined."
FAILED, NOT_TOLERATED = ".failed", ".not_tolerated"
PRRT_TOXICITIES = ("platelets", "haemoglobin", "neutrophils", "lymphocytes", "kidney", "liver", "other")
"""Toxicities of radioligand therapy, by what the table of dose modifications asks."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A column: `answered_by` names the work-up or the question that gives it."""

    name: str
    kind: Kind
    meaning: str
    answered_by: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    probes: tuple[float, ...] = ()


def _boolean(name: str, meaning: str, answered_by: str) -> FactSpec:
    return FactSpec(name, "boolean", meaning, answered_by)


def _number(name: str, meaning: str, answered_by: str, unit: str, *probes: float) -> FactSpec:
    return FactSpec(name, "number", meaning, answered_by, unit=unit, probes=probes)


def _word(name: str, meaning: str, answered_by: str, values: Iterable[str]) -> FactSpec:
    return FactSpec(name, "category", meaning, answered_by, values=tuple(str(value) for value in values))


HISTORY, EXAM, BLOOD = "history", "examination", "blood test"
PATHOLOGY, IMAGING, SSTR = "pathology", "liver CT or MRI", "somatostatin receptor PET/CT"
FDG, BOARD, URINE = "FDG PET/CT", "the board's judgement", "urine test"


PLAIN: Mapping[str, str] = {
    "heart_failure_nyha_3_4": "heart failure NYHA III-IV",
    "recent_gi_bleed": "recent gastrointestinal bleeding",
    "allergy_contrast": "allergy to contrast medium",
    "inr": "INR",
    "alp": "alkaline phosphatase",
    "ast": "AST",
    "alt": "ALT",
    "ggt": "gamma-GT",
    "ldh": "LDH",
    "acth": "ACTH",
    "vip": "VIP",
    "nse": "NSE",
    "c_peptide": "C-peptide",
    "chromogranin_a": "chromogranin A",
    "nt_probnp": "NT-proBNP",
    "hba1c": "HbA1c",
    "hiaa_urine_24h": "5-HIAA in 24-hour urine",
    "hiaa_plasma": "5-HIAA in plasma",
    "protein_urine_24h": "protein in 24-hour urine",
    "gfr_measured": "measured filtration rate",
    "prrt": "PRRT",
    "ssa": "a somatostatin analogue",
    "chemo": "chemotherapy",
    "targeted": "a targeted drug",
    "biotherapy": "interferon",
    "vipoma": "VIPoma",
    "pthrp": "PTHrP",
    "ghrh": "GHRH",
}
"""Words whose code is no plain English."""


def plain(code: str) -> str:
    """A code as people write it."""
    return PLAIN.get(code, code.replace("_", " "))


def _patient() -> list[FactSpec]:
    return [
        _word("patient.sex", "sex", HISTORY, words.Sex),
        _number("patient.age_years", "age", HISTORY, "a", 40, 57, 65, 80),
        _number("patient.height_cm", "height", EXAM, "cm", 150, 170, 190),
        _number("patient.weight_kg", "weight", EXAM, "kg", 45, 70, 100),
        _number("patient.ecog", "ECOG performance status", EXAM, "1", 0, 1, 2, 3, 4),
        _boolean("patient.pregnant", "pregnant", "pregnancy test"),
        _boolean("patient.breastfeeding", "breastfeeding", HISTORY),
        _boolean("patient.fit_for_major_surgery", "fit for major surgery", "anaesthetic assessment"),
        *(
            _boolean(f"patient.comorbidities.{item}", item.replace("_", " "), HISTORY)
            for item in words.Comorbidity
        ),
    ]


def _tumour() -> list[FactSpec]:
    return [
        _word("tumour.primary_site", "site of the primary", "imaging and pathology", words.PrimarySite),
        _boolean("tumour.primary_in_situ", "primary still in place", HISTORY),
        _boolean("tumour.primary_resectable", "primary resectable", BOARD),
        _boolean("tumour.primary_symptomatic", "primary obstructs, bleeds or causes ischaemia", HISTORY),
        _number("tumour.months_since_diagnosis", "time since diagnosis", HISTORY, "mo", 3, 24),
        _word(
            "tumour.differentiation", "differentiation (governing specimen)", PATHOLOGY, words.Differentiation
        ),
        _boolean("tumour.mixed", "mixed neuroendocrine-non-neuroendocrine neoplasm", PATHOLOGY),
        _word("tumour.cell_type", "cell type of a carcinoma", PATHOLOGY, words.CellType),
        _number("tumour.ki67_percent", "Ki-67 (highest specimen)", PATHOLOGY, "%", 1, 5, 15, 30, 70),
        _number(
            "tumour.mitoses_per_2mm2",
            "mitoses per 2 mm² (highest specimen)",
            PATHOLOGY,
            "/(2.mm2)",
            1,
            10,
            30,
        ),
        _word("tumour.stated_grade", "grade as printed in a report", PATHOLOGY, words.StatedGrade),
        *(
            _boolean(f"tumour.{name}", meaning, PATHOLOGY)
            for name, meaning in (
                ("sstr2_positive", "SSTR2 stained positive"),
                ("mgmt_deficient", "MGMT deficient"),
                ("rb1_lost", "RB1 lost"),
                ("tp53_mutated", "TP53 mutated"),
                ("dll3_positive", "DLL3 positive"),
                ("histology_known", "neuroendocrine histology of any specimen"),
                ("metastasis_biopsied", "a metastasis was biopsied"),
            )
        ),
        _word("tumour.tnm.t", "T category", IMAGING, words.TCategory),
        _word("tumour.tnm.n", "N category", IMAGING, words.NCategory),
        _word("tumour.tnm.m", "M category", IMAGING, words.MCategory),
        _word("tumour.functioning", "hormonal syndrome", "symptoms with hormone assay", words.Functioning),
        *(
            _boolean(f"tumour.syndromes.{item}", f"{plain(item)} syndrome", HISTORY)
            for item in words.Syndrome
        ),
        _word("tumour.hereditary", "hereditary syndrome", "genetic counselling", words.Hereditary),
        _boolean("tumour.msi_high", "microsatellite instability high", PATHOLOGY),
        _boolean("tumour.tmb_high", "tumour mutational burden high", PATHOLOGY),
        _word("tumour.dpyd", "DPD deficiency", "DPYD genotyping", words.Dpyd),
    ]


def _receptors() -> list[FactSpec]:
    return [
        _word("receptor_imaging.sstr.uptake", "uptake of the hottest lesion", SSTR, words.SstrUptake),
        _word(
            "receptor_imaging.sstr.extent",
            "target lesions with at least liver uptake",
            SSTR,
            words.SstrExtent,
        ),
        _boolean("receptor_imaging.sstr.positive", "receptor imaging positive", SSTR),
        _number("receptor_imaging.sstr.suv_max", "highest SUV", SSTR, "1"),
        _word("receptor_imaging.fdg.uptake", "FDG uptake", FDG, words.FdgUptake),
        _boolean(
            "receptor_imaging.fdg.positive_sstr_negative_lesions",
            "FDG-positive, receptor-negative lesion",
            FDG,
        ),
        _number(
            "receptor_imaging.fdg.mismatched_lesion_count",
            "FDG-positive, receptor-negative lesions",
            FDG,
            "1",
        ),
        _word(
            "receptor_imaging.netpet", "NETPET grade", "receptor and FDG PET/CT read together", words.Netpet
        ),
    ]


def _liver() -> list[FactSpec]:
    return [
        _number("liver.lesion_count", "liver metastases", IMAGING, "1", 1, 3, 8, 30),
        _number("liver.largest_mm", "largest liver metastasis", IMAGING, "mm", 8, 20, 40, 80),
        _word("liver.lobes", "lobes with metastases", IMAGING, words.Lobes),
        _boolean("liver.two_adjacent_segments", "all lesions in two adjacent segments", IMAGING),
        _number("liver.burden_percent", "share of the liver replaced", IMAGING, "%", 5, 20, 40, 60, 80),
        _word(
            "liver.resectable",
            "resectability (surgeon's word)",
            "surgeon's review of the imaging",
            words.Resectable,
        ),
        _number("liver.volume_ml", "liver volume", IMAGING, "mL"),
        _number("liver.future_liver_remnant_ml", "future liver remnant", "volumetry", "mL", 250, 500, 900),
        _word("liver.parenchyma", "liver parenchyma", IMAGING, words.Parenchyma),
        _word("liver.portal_vein_thrombosis", "portal vein thrombosis", IMAGING, words.PortalVeinThrombosis),
        _boolean(
            "liver.bilioenteric_anastomosis", "bilio-enteric anastomosis, stent or sphincterotomy", HISTORY
        ),
        _boolean("liver.biliary_obstruction", "biliary obstruction", IMAGING),
        _word("liver.ascites", "ascites", IMAGING, words.Ascites),
        _word("liver.encephalopathy", "encephalopathy", EXAM, words.Encephalopathy),
        _number(
            "liver.lung_shunt_fraction", "lung shunt fraction", "99mTc-MAA study", "1", 0.05, 0.12, 0.18, 0.3
        ),
        _number("liver.lung_dose_so_far_gy", "lung dose of earlier sessions", HISTORY, "Gy", 0, 20, 40),
        _number(
            "liver.closest_vessel_mm", "smallest distance of a lesion to a major vessel", IMAGING, "mm", 2, 15
        ),
        _number(
            "liver.closest_bile_duct_mm", "smallest distance to the central bile duct", IMAGING, "mm", 2, 15
        ),
    ]


def _spread_and_course() -> list[FactSpec]:
    return [
        _boolean("extrahepatic.any", "disease outside liver and primary", "whole-body imaging"),
        _boolean("extrahepatic.all_resectable", "all extrahepatic disease resectable", BOARD),
        _boolean("extrahepatic.extensive", "extensive extrahepatic disease", "whole-body imaging"),
        *(
            _boolean(
                f"extrahepatic.{site}", f"metastasis: {str(site).replace('_', ' ')}", "whole-body imaging"
            )
            for site in words.ExtrahepaticSite
        ),
        *(
            _boolean(
                f"extrahepatic.{site}.symptomatic", f"symptoms from {str(site).replace('_', ' ')}", HISTORY
            )
            for site in ("bone", "brain")
        ),
        _word(
            "course.status", "course of the disease", "comparison with earlier imaging", words.CourseStatus
        ),
        _word("course.basis", "how the course was judged", HISTORY, words.CourseBasis),
        _number("course.interval_months", "interval of the comparison", HISTORY, "mo"),
        _number("course.diameter_change_percent", "change in the sum of diameters", IMAGING, "%"),
        _boolean("course.rapid", "rapid growth", "comparison with earlier imaging"),
    ]


def _symptoms() -> list[FactSpec]:
    columns: list[FactSpec] = []
    for item in words.Symptom:
        name = plain(item)
        columns += [
            _boolean(f"symptoms.{item}", name, HISTORY),
            _number(f"symptoms.{item}.ctcae_grade", f"{name}, CTCAE grade", HISTORY, "1"),
            _boolean(
                f"symptoms.{item}.refractory_to_ssa", f"{name} despite a somatostatin analogue", HISTORY
            ),
        ]
    columns += [
        _number("symptoms.diarrhoea.per_day", "bowel movements a day", HISTORY, "/d", 2, 5),
        _number("symptoms.flushing.per_day", "flushes a day", HISTORY, "/d", 1, 4),
    ]
    return columns


_LAB_PROBES: Mapping[str, tuple[float, ...]] = {
    "creatinine": (60, 90, 150, 300),
    "bilirubin": (10, 30, 45, 90),
    "albumin": (25, 29, 33, 42),
    "inr": (1.0, 1.6, 2.0, 2.5),
    "platelets": (40, 60, 85, 250),
    "haemoglobin": (70, 85, 95, 130),
    "leukocytes": (1.5, 2.5, 6),
    "neutrophils": (0.8, 1.2, 4),
}


def _labs() -> list[FactSpec]:
    columns: list[FactSpec] = []
    for test in words.LabTest:
        name, how = plain(test), URINE if "urine" in test else BLOOD
        unit, probes = LAB_UNITS[test], _LAB_PROBES.get(test, ())
        columns.append(_number(f"labs.{test}", name, how, unit, *probes))
        columns.append(
            _number(f"labs.{test}.times_upper_limit", f"{name}, multiple of the upper limit", how, "1")
        )
    return columns


def _treatments() -> list[FactSpec]:
    columns = [_boolean(f"treatments.{item}", f"earlier {item}", HISTORY) for item in words.OPTION_IDS]
    for item in AGAIN:
        columns += [
            _boolean(f"treatments.{item}{FAILED}", f"the record says: progression on {item}", HISTORY),
            _boolean(
                f"treatments.{item}{NOT_TOLERATED}", f"the record says: {item} stopped for toxicity", HISTORY
            ),
        ]
    for family in FAMILIES:
        name = plain(family)
        columns += [
            _boolean(f"treatments.{family}.received", f"earlier {name}", HISTORY),
            _boolean(f"treatments.{family}.ongoing", f"{name} ongoing", HISTORY),
            _boolean(f"treatments.{family}.progressed_on", f"progression on {name}", HISTORY),
            _boolean(f"treatments.{family}.stopped_for_toxicity", f"{name} stopped for toxicity", HISTORY),
        ]
    columns += [
        _number("treatments.prrt.cycles", "PRRT cycles so far", HISTORY, "1"),
        _number("treatments.prrt.activity_gbq", "PRRT activity so far", HISTORY, "GBq"),
        _number(
            "treatments.prrt.progression_free_months",
            "progression-free time after PRRT",
            HISTORY,
            "mo",
            6,
            24,
        ),
        _boolean("treatments.prrt.controlled", "PRRT brought response or stable disease", HISTORY),
        _number("treatments.prrt.weeks_since_start", "time since the first PRRT cycle", HISTORY, "wk"),
        _number(
            "treatments.prrt.creatinine_before",
            "creatinine before the first PRRT cycle",
            BLOOD,
            LAB_UNITS[words.LabTest.CREATININE],
        ),
        *(
            _number(
                f"treatments.prrt.toxicity.{item}",
                f"worst CTCAE grade under PRRT: {plain(item)}",
                HISTORY,
                "1",
            )
            for item in PRRT_TOXICITIES
        ),
    ]
    return columns


@lru_cache(maxsize=1)
def fact_specs() -> Mapping[str, FactSpec]:
    """Every column by name, in order."""
    groups = (_patient, _tumour, _receptors, _liver, _spread_and_course, _symptoms, _labs, _treatments)
    columns = [spec for group in groups for spec in group()]
    columns += [
        _boolean(f"{DECLINED}{item}", f"patient declined {item}", HISTORY) for item in words.OPTION_IDS
    ]
    named = {spec.name: spec for spec in columns}
    if len(named) != len(columns):
        raise ValueError("two facts share a name")
    return named


def is_no_unless_said(name: str) -> bool:
    """Whether a fact is taken as no where the record does not say yes: refusals, and treatments that failed."""
    return name.startswith(DECLINED) or name.endswith((FAILED, NOT_TOLERATED))


def number(name: str) -> NumberFact:
    """The numeric fact of this name."""
    spec = fact_specs()[name]
    if spec.kind != "number" or spec.unit is None:
        raise KeyError(f"{name} is not a number")
    return NumberFact(name, spec.unit)


def boolean(name: str) -> BooleanFact:
    """The yes-or-no fact of this name."""
    if fact_specs()[name].kind != "boolean":
        raise KeyError(f"{name} is not yes or no")
    return BooleanFact(name)


def category(name: str) -> CategoryFact:
    """The worded fact of this name."""
    spec = fact_specs()[name]
    if spec.kind != "category":
        raise KeyError(f"{name} is not a category")
    return CategoryFact(name, spec.values)
