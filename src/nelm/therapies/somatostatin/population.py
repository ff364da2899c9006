"""Who is meant: syndromes that analogues control, receptor-positive tumours, the organs of the trials."""

from __future__ import annotations

from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, some

MIDGUT = ("jejunum_ileum", "appendix", "colon")
GASTROENTEROPANCREATIC = (*MIDGUT, "pancreas", "duodenum", "stomach", "ampulla", "oesophagus", "rectum")
CLARINET_SITES = (*MIDGUT, "pancreas", "rectum", "unknown")
CONTROLLED_SYNDROMES = ("carcinoid", "vipoma", "glucagonoma", "somatostatinoma")
"""Insulinoma is absent because an analogue can harm; gastrinoma because acid suppression controls it."""


def primary_in(*sites: str) -> Boolean:
    """The primary is in one of these organs."""
    return category("tumour.primary_site").is_in(*sites)


def controlled_syndrome() -> Boolean:
    """A hormonal syndrome that analogues control."""
    return some(*(boolean(f"tumour.syndromes.{item}") for item in CONTROLLED_SYNDROMES))


def insulinoma() -> Boolean:
    """Insulinoma syndrome."""
    return boolean("tumour.syndromes.insulinoma")


def receptor_positive(facts: Facts) -> Boolean:
    """Receptors seen on imaging, or stained in the tumour."""
    return some(facts.receptors.positive, facts.receptors.at_least_liver, boolean("tumour.sstr2_positive"))


def tumour_to_control(facts: Facts) -> Boolean:
    """Well differentiated with receptors."""
    return receptor_positive(facts) & facts.grading.well_differentiated


def reduced_start() -> Boolean:
    """Dialysis or cirrhosis."""
    return some(*(boolean(name) for name in REDUCED_START))


REDUCED_START = ("patient.comorbidities.dialysis", "patient.comorbidities.cirrhosis")
