"""For every criterion of symptom treatment: facts for which it is met, and facts for which it is not."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Example = tuple[Facts, Facts]

COMORBID = "patient.comorbidities"
SYNDROME = "tumour.syndromes"
HEALTHY_LIVER: Facts = {
    "labs.bilirubin": 10.0,
    "labs.albumin": 42.0,
    "labs.inr": 1.0,
    "liver.ascites": "none",
    "liver.encephalopathy": "none",
}
CHILD_PUGH_B: Facts = {**HEALTHY_LIVER, "labs.bilirubin": 60.0, "labs.albumin": 30.0}
CHILD_PUGH_C: Facts = {
    "labs.bilirubin": 80.0,
    "labs.albumin": 22.0,
    "labs.inr": 2.6,
    "liver.ascites": "moderate_severe",
    "liver.encephalopathy": "none",
}
NORMAL_HEART: Facts = {
    f"{COMORBID}.severe_tricuspid_regurgitation": False,
    f"{COMORBID}.right_heart_dysfunction": False,
    f"{COMORBID}.heart_failure_nyha_3_4": False,
}
NORMAL_KIDNEY: Facts = {f"{COMORBID}.chronic_kidney_disease": False, f"{COMORBID}.dialysis": False}
NO_CLOT: Facts = {f"{COMORBID}.thromboembolism": False, "liver.portal_vein_thrombosis": "none"}


def _yes_no(*facts: str) -> Example:
    """Met when the first is true, not met when all are false."""
    return {facts[0]: True}, dict.fromkeys(facts, False)


def _number(fact: str, met: float, not_met: float) -> Example:
    return {fact: met}, {fact: not_met}


def _man(creatinine: float) -> Facts:
    return {
        "patient.sex": "male",
        "patient.age_years": 60.0,
        "patient.weight_kg": 70.0,
        "labs.creatinine": creatinine,
    }


def _symptoms(*names: str) -> tuple[str, ...]:
    return tuple(f"symptoms.{name}" for name in names)


KIDNEY = _yes_no(f"{COMORBID}.chronic_kidney_disease", f"{COMORBID}.dialysis")
UNFIT: Example = ({"patient.fit_for_major_surgery": False}, {"patient.fit_for_major_surgery": True})

EXAMPLES: dict[str, dict[str, Example]] = {
    "telotristat": {
        "telotristat_syndrome": _yes_no(f"{SYNDROME}.carcinoid"),
        "telotristat_uncontrolled": _yes_no("symptoms.diarrhoea.refractory_to_ssa"),
        "telotristat_child_pugh_c": (CHILD_PUGH_C, HEALTHY_LIVER),
        "telotristat_child_pugh_b": (CHILD_PUGH_B, HEALTHY_LIVER),
        "telotristat_dialysis": _yes_no(f"{COMORBID}.dialysis"),
        "telotristat_constipation": _yes_no(*_symptoms("abdominal_pain", "bowel_obstruction")),
        "telotristat_frequent": _number("symptoms.diarrhoea.per_day", 4.0, 3.0),
    },
    "ssc_octreotide": {
        "octreotide_syndrome": _yes_no(
            *(f"{SYNDROME}.{name}" for name in ("vipoma", "carcinoid", "glucagonoma"))
        ),
        "octreotide_symptoms": _yes_no(
            *_symptoms("rash", "diarrhoea", "flushing", "wheeze", "carcinoid_crisis")
        ),
        "octreotide_insulinoma": _yes_no(f"{SYNDROME}.insulinoma"),
        "octreotide_diabetes": _yes_no(f"{COMORBID}.diabetes"),
        "octreotide_crisis": _yes_no("symptoms.carcinoid_crisis"),
    },
    "diazoxide": {
        "insulinoma": _yes_no(f"{SYNDROME}.insulinoma"),
        "hypoglycaemia_now": _yes_no("symptoms.hypoglycaemia"),
        "diazoxide_heart": _yes_no(f"{COMORBID}.heart_failure_nyha_3_4"),
        "diazoxide_kidney": KIDNEY,
    },
    "ppi": {
        "gastrinoma": _yes_no(f"{SYNDROME}.gastrinoma"),
        "peptic_ulcer": _yes_no("symptoms.peptic_ulcer"),
        "gastrinoma_men1": ({"tumour.hereditary": "men1"}, {"tumour.hereditary": "none"}),
    },
    "hypoglycaemia_rescue": {
        "hypoglycaemia_needs_rescue": _yes_no("symptoms.hypoglycaemia", f"{SYNDROME}.insulinoma"),
        "hypoglycaemia_refractory": _yes_no("symptoms.hypoglycaemia.refractory_to_ssa"),
    },
    "steroidogenesis_inhibitor": {
        "acth": _yes_no(f"{SYNDROME}.acth"),
        "cushing": _yes_no("symptoms.cushing"),
        "steroidogenesis_liver": (CHILD_PUGH_B, HEALTHY_LIVER),
        "steroidogenesis_potassium": _number("labs.potassium", 2.9, 4.1),
    },
    "adrenalectomy": {
        "acth": _yes_no(f"{SYNDROME}.acth"),
        "adrenalectomy_refractory": (
            {"treatments.symptom.steroidogenesis_inhibitor": True, "symptoms.cushing": True},
            {"symptoms.cushing": False},
        ),
        "adrenalectomy_unfit": UNFIT,
    },
    "pancreatic_enzymes": {
        "enzyme_cause": _yes_no(
            "treatments.ssa.ongoing",
            f"{COMORBID}.previous_pancreatoduodenectomy",
            f"{SYNDROME}.somatostatinoma",
        ),
        "enzyme_signs": _yes_no(*_symptoms("weight_loss", "diarrhoea")),
        "enzyme_other_cause": _yes_no(f"{SYNDROME}.carcinoid", f"{SYNDROME}.vipoma"),
    },
    "bone_care": {
        "bone_metastases": _yes_no("extrahepatic.bone"),
        "bone_pain": _yes_no("symptoms.bone_pain", "extrahepatic.bone.symptomatic"),
        "bone_kidney": KIDNEY,
        "bone_clearance": (_man(400.0), _man(80.0)),
    },
    "valve_surgery": {
        "heart_disease": _yes_no(f"{COMORBID}.carcinoid_heart_disease"),
        "valve_severe": ({f"{COMORBID}.right_heart_dysfunction": True}, NORMAL_HEART),
        "valve_heart_failure": _yes_no(f"{COMORBID}.heart_failure_nyha_3_4"),
        "valve_mild": (NORMAL_HEART, {f"{COMORBID}.severe_tricuspid_regurgitation": True}),
        "valve_unfit": UNFIT,
        "valve_syndrome_uncontrolled": (
            {f"{SYNDROME}.carcinoid": True, "symptoms.flushing.refractory_to_ssa": True},
            {f"{SYNDROME}.carcinoid": False},
        ),
        "valve_short_survival": (
            {"tumour.differentiation": "poor"},
            {"tumour.differentiation": "well", "course.rapid": False},
        ),
        "valve_infection": _yes_no(f"{COMORBID}.uncontrolled_infection"),
    },
    "crisis_prophylaxis": {
        "crisis_risk": _yes_no(f"{SYNDROME}.carcinoid", "symptoms.carcinoid_crisis"),
        "crisis_liver": ({"liver.lesion_count": 3.0}, {"liver.lesion_count": 0.0, "tumour.tnm.m": "M0"}),
        "crisis_heart": _yes_no(f"{COMORBID}.carcinoid_heart_disease"),
    },
    "anticoagulation": {
        "thrombosis_risk": ({f"{SYNDROME}.glucagonoma": True}, {**NO_CLOT, f"{SYNDROME}.glucagonoma": False}),
        "anticoagulation_bleed": _yes_no(f"{COMORBID}.recent_gi_bleed"),
        "thrombosis_now": ({"liver.portal_vein_thrombosis": "branch"}, NO_CLOT),
        "anticoagulation_disorder": _yes_no(f"{COMORBID}.bleeding_disorder"),
        "anticoagulation_kidney": KIDNEY,
    },
}

CRITERION_EXAMPLES: dict[tuple[str, str], Example] = {
    (f"symptom.{option}", f"symptoms.{name}"): example
    for option, examples in EXAMPLES.items()
    for name, example in examples.items()
}
