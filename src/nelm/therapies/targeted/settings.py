"""The situations that targeted drugs are given in, as statements over the facts."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, every, some

GUT = ("jejunum_ileum", "duodenum", "stomach", "ampulla", "oesophagus", "appendix", "colon", "rectum")
MIDGUT = ("jejunum_ileum", "appendix")


@dataclass(frozen=True, slots=True)
class Settings:
    """Situations by name; `progressing` is a well-differentiated tumour that progresses."""

    pancreas: Boolean
    gut: Boolean
    midgut: Boolean
    gut_or_lung: Boolean
    progressing: Boolean
    receptor_negative: Boolean
    new_receptor_negative: Boolean
    insulinoma_hypoglycaemia: Boolean


def settings(facts: Facts) -> Settings:
    """The situations of one patient as expressions."""
    site = category("tumour.primary_site")
    well = facts.grading.well_differentiated
    negative = some(~facts.receptors.positive, facts.receptors.mixed_or_negative)
    return Settings(
        pancreas=site.is_("pancreas"),
        gut=site.is_in(*GUT),
        midgut=site.is_in(*MIDGUT),
        gut_or_lung=site.is_in(*GUT, "lung"),
        progressing=well & facts.history.progressing,
        receptor_negative=negative,
        new_receptor_negative=every(well, category("course.status").is_("new"), negative),
        insulinoma_hypoglycaemia=every(
            boolean("tumour.syndromes.insulinoma"), boolean("symptoms.hypoglycaemia")
        ),
    )
