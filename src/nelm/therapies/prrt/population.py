"""Who is meant: the groups of patients that criteria and positions of radioligand therapy speak of."""

from __future__ import annotations

from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some

GASTROINTESTINAL = (
    "jejunum_ileum", "duodenum", "stomach", "ampulla", "oesophagus", "appendix", "colon", "rectum",
)  # fmt: skip
GASTROENTEROPANCREATIC = ("pancreas", *GASTROINTESTINAL)
MIDGUT = ("jejunum_ileum", "appendix", "colon")
AS_GASTROINTESTINAL = ("unknown", "rectum", "colon", "stomach")
KIDNEY_RISKS = ("hypertension", "uncontrolled_hypertension", "diabetes")
NEPHROTOXIC = ("chemo.stz_5fu", "chemo.platinum_etoposide", "chemo.platinum_irinotecan")
ALKYLATORS = ("chemo.captem", "chemo.temozolomide", "chemo.stz_5fu")


def primary_in(*sites: str) -> Boolean:
    """The primary is in one of these organs."""
    return category("tumour.primary_site").is_in(*sites)


def receptor_positive(facts: Facts) -> Boolean:
    """Receptor imaging positive, by the report's word or by uptake."""
    return facts.receptors.positive | facts.receptors.at_least_liver


def advanced(facts: Facts) -> Boolean:
    """Metastatic or not resectable."""
    return some(
        facts.spread.liver_metastases,
        boolean("extrahepatic.any"),
        category("tumour.tnm.m").is_in("M1", "M1a", "M1b", "M1c"),
        ~boolean("tumour.primary_resectable"),
    )


def reason_to_treat(facts: Facts) -> Boolean:
    """Newly found or progressing disease, or hormonal symptoms despite an analogue."""
    return facts.history.new_or_progressing | facts.syndromes.hormonal_uncontrolled


def no_course_behind() -> Boolean:
    """No earlier radioligand therapy, or the first course still running."""
    return ~boolean("treatments.prrt.received") | boolean("treatments.prrt.ongoing")


def has_kidney_risk() -> Boolean:
    """Hypertension or diabetes: the risk factors of the kidney limit."""
    return some(*(boolean(f"patient.comorbidities.{item}") for item in KIDNEY_RISKS))


def treated_with(*options: str) -> Boolean:
    """Had any of these treatments."""
    return some(*(boolean(f"treatments.{item}") for item in options))
