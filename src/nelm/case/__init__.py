"""The case document (``nelm.case/1``): its records, its words, and how it is read.

Research and education; not a medical device.
"""

from nelm.case.course import Course, SymptomReport
from nelm.case.document import CASE_SCHEMA, Case, Evidence
from nelm.case.fields import Plain
from nelm.case.labs import Lab
from nelm.case.liver import Extrahepatic, Lesion, Liver
from nelm.case.patient import Patient
from nelm.case.reading import parse_case
from nelm.case.receptors import Fdg, ReceptorImaging, Sstr
from nelm.case.treatments import Preferences, Toxicity, Treatment
from nelm.case.tumour import Specimen, Tnm, Tumour
from nelm.case.writing import case_to_document

__all__ = [
    "CASE_SCHEMA",
    "Case",
    "Course",
    "Evidence",
    "Extrahepatic",
    "Fdg",
    "Lab",
    "Lesion",
    "Liver",
    "Patient",
    "Plain",
    "Preferences",
    "ReceptorImaging",
    "Specimen",
    "Sstr",
    "SymptomReport",
    "Tnm",
    "Toxicity",
    "Treatment",
    "Tumour",
    "case_to_document",
    "parse_case",
]
