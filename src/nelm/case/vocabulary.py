"""The words of the case document: closed vocabularies and option identifiers."""

from __future__ import annotations

from nelm.case.fields import Word


class Sex(Word):
    """Sex of the patient."""

    FEMALE = "female"
    MALE = "male"


class Comorbidity(Word):
    """Other diseases and earlier operations that bear on treatment (vocabulary A)."""

    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    HEART_FAILURE_NYHA_3_4 = "heart_failure_nyha_3_4"
    CARCINOID_HEART_DISEASE = "carcinoid_heart_disease"
    SEVERE_TRICUSPID_REGURGITATION = "severe_tricuspid_regurgitation"
    CIRRHOSIS = "cirrhosis"
    CHRONIC_KIDNEY_DISEASE = "chronic_kidney_disease"
    DIALYSIS = "dialysis"
    SINGLE_KIDNEY = "single_kidney"
    URINARY_OBSTRUCTION = "urinary_obstruction"
    PREVIOUS_PANCREATODUODENECTOMY = "previous_pancreatoduodenectomy"
    UNCONTROLLED_INFECTION = "uncontrolled_infection"
    BLEEDING_DISORDER = "bleeding_disorder"
    THROMBOEMBOLISM = "thromboembolism"
    INTERSTITIAL_LUNG_DISEASE = "interstitial_lung_disease"
    RECENT_GI_BLEED = "recent_gi_bleed"
    UNCONTROLLED_HYPERTENSION = "uncontrolled_hypertension"
    MYELODYSPLASIA = "myelodysplasia"
    SECOND_MALIGNANCY = "second_malignancy"
    ALLERGY_CONTRAST = "allergy_contrast"
    ACUTE_KIDNEY_INJURY = "acute_kidney_injury"
    VIRAL_HEPATITIS = "viral_hepatitis"
    RIGHT_HEART_DYSFUNCTION = "right_heart_dysfunction"
    PREVIOUS_HEPATECTOMY = "previous_hepatectomy"
    HEPATIC_ARTERY_OCCLUSION = "hepatic_artery_occlusion"


class PrimarySite(Word):
    """Organ of the primary tumour (vocabulary B)."""

    PANCREAS = "pancreas"
    JEJUNUM_ILEUM = "jejunum_ileum"
    DUODENUM = "duodenum"
    STOMACH = "stomach"
    AMPULLA = "ampulla"
    OESOPHAGUS = "oesophagus"
    APPENDIX = "appendix"
    COLON = "colon"
    RECTUM = "rectum"
    GALLBLADDER = "gallbladder"
    LUNG = "lung"
    THYMUS = "thymus"
    OVARY = "ovary"
    LIVER = "liver"
    UNKNOWN = "unknown"
    OTHER = "other"


class SpecimenSite(Word):
    """Where a specimen came from: the contract's four words, or an organ of vocabularies B and D."""

    PRIMARY = "primary"
    LIVER = "liver"
    LYMPH_NODE = "lymph_node"
    OTHER = "other"
    PANCREAS = "pancreas"
    JEJUNUM_ILEUM = "jejunum_ileum"
    DUODENUM = "duodenum"
    STOMACH = "stomach"
    AMPULLA = "ampulla"
    OESOPHAGUS = "oesophagus"
    APPENDIX = "appendix"
    COLON = "colon"
    RECTUM = "rectum"
    GALLBLADDER = "gallbladder"
    LUNG = "lung"
    THYMUS = "thymus"
    OVARY = "ovary"
    BONE = "bone"
    BONE_MARROW = "bone_marrow"
    PERITONEUM = "peritoneum"
    PLEURA = "pleura"
    BRAIN = "brain"
    HEART = "heart"
    MESENTERY = "mesentery"
    ADRENAL = "adrenal"
    SPLEEN = "spleen"
    SKIN = "skin"
    ORBIT = "orbit"


class Differentiation(Word):
    """Differentiation of a specimen."""

    WELL = "well"
    POOR = "poor"


class CellType(Word):
    """Cell type of a neuroendocrine carcinoma."""

    SMALL_CELL = "small_cell"
    LARGE_CELL = "large_cell"


class StatedGrade(Word):
    """Grade as printed in a report."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    NEC = "NEC"
    MINEN = "MiNEN"


class TCategory(Word):
    """T category."""

    TX = "TX"
    T0 = "T0"
    TIS = "Tis"
    T1 = "T1"
    T1A = "T1a"
    T1B = "T1b"
    T1C = "T1c"
    T2 = "T2"
    T2A = "T2a"
    T2B = "T2b"
    T3 = "T3"
    T3A = "T3a"
    T3B = "T3b"
    T4 = "T4"
    T4A = "T4a"
    T4B = "T4b"


class NCategory(Word):
    """N category."""

    NX = "NX"
    N0 = "N0"
    N1 = "N1"
    N1A = "N1a"
    N1B = "N1b"
    N1C = "N1c"
    N2 = "N2"
    N2A = "N2a"
    N2B = "N2b"
    N3 = "N3"


class MCategory(Word):
    """M category."""

    MX = "MX"
    M0 = "M0"
    M1 = "M1"
    M1A = "M1a"
    M1B = "M1b"
    M1C = "M1c"


class Functioning(Word):
    """Whether a hormonal syndrome is present."""

    FUNCTIONING = "functioning"
    NON_FUNCTIONING = "non_functioning"


class Syndrome(Word):
    """Hormonal syndromes (vocabulary C)."""

    CARCINOID = "carcinoid"
    INSULINOMA = "insulinoma"
    GASTRINOMA = "gastrinoma"
    VIPOMA = "vipoma"
    GLUCAGONOMA = "glucagonoma"
    SOMATOSTATINOMA = "somatostatinoma"
    ACTH = "acth"
    PTHRP = "pthrp"
    GHRH = "ghrh"
    OTHER = "other"


class Hereditary(Word):
    """Hereditary syndromes."""

    NONE = "none"
    MEN1 = "men1"
    VHL = "vhl"
    NF1 = "nf1"
    TSC = "tsc"


class Dpyd(Word):
    """DPD deficiency status."""

    NORMAL = "normal"
    PARTIAL = "partial"
    COMPLETE = "complete"


class SstrUptake(Word):
    """Receptor uptake of the hottest lesion."""

    NONE = "none"
    BELOW_LIVER = "below_liver"
    EQUAL_LIVER = "equal_liver"
    ABOVE_LIVER = "above_liver"
    ABOVE_SPLEEN = "above_spleen"


class SstrExtent(Word):
    """Which target lesions reach at least liver uptake."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class FdgUptake(Word):
    """FDG uptake."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


class Netpet(Word):
    """NETPET grade."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4A = "P4a"
    P4B = "P4b"
    P5 = "P5"


class Lobes(Word):
    """Lobes of the liver with metastases."""

    ONE = "one"
    BOTH = "both"


class BurdenMethod(Word):
    """How the share of the liver replaced by tumour was measured."""

    SEGMENTATION = "segmentation"
    VISUAL = "visual"
    SSTR_VOLUME = "sstr_volume"


class Resectable(Word):
    """The surgeon's word on resectability."""

    COMPLETE = "complete"
    DEBULKING_70 = "debulking_70"
    DEBULKING_90 = "debulking_90"
    NO = "no"


class Parenchyma(Word):
    """State of the liver parenchyma."""

    NORMAL = "normal"
    STEATOSIS = "steatosis"
    CHEMOTHERAPY = "chemotherapy"
    CIRRHOSIS = "cirrhosis"


class PortalVeinThrombosis(Word):
    """Extent of portal vein thrombosis."""

    NONE = "none"
    BRANCH = "branch"
    MAIN = "main"


class Ascites(Word):
    """Ascites."""

    NONE = "none"
    MILD = "mild"
    MODERATE_SEVERE = "moderate_severe"


class Encephalopathy(Word):
    """Hepatic encephalopathy."""

    NONE = "none"
    GRADE_1_2 = "grade_1_2"
    GRADE_3_4 = "grade_3_4"


class ExtrahepaticSite(Word):
    """Sites of disease outside the liver (vocabulary D)."""

    LYMPH_NODE = "lymph_node"
    BONE = "bone"
    BONE_MARROW = "bone_marrow"
    PERITONEUM = "peritoneum"
    PLEURA = "pleura"
    LUNG = "lung"
    BRAIN = "brain"
    OVARY = "ovary"
    HEART = "heart"
    MESENTERY = "mesentery"
    ADRENAL = "adrenal"
    SPLEEN = "spleen"
    SKIN = "skin"
    ORBIT = "orbit"
    OTHER = "other"


class ExtrahepaticExtent(Word):
    """Extent of disease at a site outside the liver."""

    LIMITED = "limited"
    EXTENSIVE = "extensive"


class CourseStatus(Word):
    """Course of the disease."""

    NEW = "new"
    STABLE = "stable"
    PROGRESSING = "progressing"
    RESPONDING = "responding"


class CourseBasis(Word):
    """How the course was judged."""

    RECIST_1_1 = "recist_1_1"
    CLINICAL = "clinical"
    BIOCHEMICAL = "biochemical"
    SSTR = "sstr"
    UNSTATED = "unstated"


class Symptom(Word):
    """Symptoms (vocabulary E)."""

    DIARRHOEA = "diarrhoea"
    FLUSHING = "flushing"
    WHEEZE = "wheeze"
    ABDOMINAL_PAIN = "abdominal_pain"
    BULK = "bulk"
    HYPOGLYCAEMIA = "hypoglycaemia"
    BONE_PAIN = "bone_pain"
    WEIGHT_LOSS = "weight_loss"
    BOWEL_OBSTRUCTION = "bowel_obstruction"
    JAUNDICE = "jaundice"
    FATIGUE = "fatigue"
    PEPTIC_ULCER = "peptic_ulcer"
    RASH = "rash"
    CUSHING = "cushing"
    CARCINOID_CRISIS = "carcinoid_crisis"


class LabTest(Word):
    """Laboratory tests (vocabulary F)."""

    BILIRUBIN = "bilirubin"
    ALBUMIN = "albumin"
    INR = "inr"
    CREATININE = "creatinine"
    PLATELETS = "platelets"
    HAEMOGLOBIN = "haemoglobin"
    NEUTROPHILS = "neutrophils"
    LEUKOCYTES = "leukocytes"
    LYMPHOCYTES = "lymphocytes"
    ALP = "alp"
    AST = "ast"
    ALT = "alt"
    SODIUM = "sodium"
    POTASSIUM = "potassium"
    GLUCOSE = "glucose"
    HIAA_URINE_24H = "hiaa_urine_24h"
    HIAA_PLASMA = "hiaa_plasma"
    CHROMOGRANIN_A = "chromogranin_a"
    NSE = "nse"
    NT_PROBNP = "nt_probnp"
    GASTRIN = "gastrin"
    INSULIN = "insulin"
    C_PEPTIDE = "c_peptide"
    PROINSULIN = "proinsulin"
    GLUCAGON = "glucagon"
    VIP = "vip"
    CORTISOL = "cortisol"
    ACTH = "acth"
    CALCIUM = "calcium"
    GGT = "ggt"
    HBA1C = "hba1c"
    LDH = "ldh"
    GFR_MEASURED = "gfr_measured"
    PROTEIN_URINE_24H = "protein_urine_24h"


class LabLevel(Word):
    """A laboratory value of which only the side is known."""

    NORMAL = "normal"
    RAISED = "raised"
    LOW = "low"


class Response(Word):
    """Best response to a treatment (RECIST words)."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    PD = "PD"


class StoppedFor(Word):
    """Why a treatment was stopped."""

    PROGRESSION = "progression"
    TOXICITY = "toxicity"
    COMPLETED = "completed"
    CHOICE = "choice"
    OTHER = "other"


OPTION_IDS: tuple[str, ...] = (
    "resection.liver",
    "resection.two_stage",
    "resection.debulking",
    "resection.primary",
    "transplant.liver",
    "ablation.thermal",
    "embolisation.bland",
    "embolisation.chemo",
    "embolisation.drug_eluting",
    "radioembolisation.y90_resin",
    "radioembolisation.y90_glass",
    "radioembolisation.ho166",
    "prrt.lu177_dotatate",
    "prrt.lu177_edotreotide",
    "prrt.y90",
    "prrt.retreatment",
    "ssa.octreotide_lar",
    "ssa.lanreotide",
    "ssa.intensified",
    "biotherapy.interferon",
    "chemo.captem",
    "chemo.temozolomide",
    "chemo.stz_5fu",
    "chemo.platinum_etoposide",
    "chemo.platinum_irinotecan",
    "chemo.folfox",
    "chemo.capox",
    "chemo.folfiri",
    "immunotherapy.checkpoint_inhibitor",
    "radiotherapy.external",
    "resection.extrahepatic",
    "embolisation.portal_vein",
    "targeted.everolimus",
    "targeted.sunitinib",
    "targeted.cabozantinib",
    "targeted.surufatinib",
    "targeted.bevacizumab",
    "symptom.telotristat",
    "symptom.ssc_octreotide",
    "symptom.diazoxide",
    "symptom.ppi",
    "symptom.pancreatic_enzymes",
    "symptom.bone_care",
    "symptom.valve_surgery",
    "symptom.steroidogenesis_inhibitor",
    "symptom.adrenalectomy",
    "symptom.crisis_prophylaxis",
    "symptom.hypoglycaemia_rescue",
    "symptom.anticoagulation",
    "surveillance",
    "supportive",
    "trial",
    "workup.rebiopsy",
    "workup.sstr_pet",
    "workup.fdg_pet",
    "workup.liver_mri",
    "workup.echocardiography",
    "workup.dpyd",
    "workup.mapping_angiography",
    "workup.bone_marrow",
)
"""Everything that can be proposed or can have been done, in the order of the contract."""

OPTION_CLASSES: tuple[str, ...] = tuple(
    dict.fromkeys(f"{option.partition('.')[0]}.*" for option in OPTION_IDS if "." in option)
)
"""Families of options, for records that do not say which one (`chemo.*`)."""
