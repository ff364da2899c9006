"""The situations that chemotherapy is given in, as statements over the facts."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.all import Facts
from nelm.guideline.logic import Boolean, every, some
from nelm.therapies.chemotherapy.knowledge import ChemotherapyKnowledge


@dataclass(frozen=True, slots=True)
class Settings:
    """Situations by name.

    `early` is a reason for chemotherapy before other treatment; `pancreatic_need` a pancreatic NET of any
    grade with a reason to treat; `untreated_carcinoma` a carcinoma before its first chemotherapy; `lung_carcinoid` a
    well-differentiated tumour of the lung that progresses.
    """

    pancreas: Boolean
    pancreatic_g1_g2: Boolean
    early: Boolean
    pancreatic_need: Boolean
    net_g3: Boolean
    carcinoma: Boolean
    untreated_carcinoma: Boolean
    second_line_carcinoma: Boolean
    lung_carcinoid: Boolean

    @property
    def for_temozolomide(self) -> Boolean:
        """Where temozolomide is given, alone or with capecitabine."""
        return some(self.pancreatic_need, self.net_g3, self.second_line_carcinoma, self.lung_carcinoid)


def settings(facts: Facts, known: ChemotherapyKnowledge) -> Settings:
    """The situations of one patient as expressions."""
    pancreas = category("tumour.primary_site").is_("pancreas")
    carcinoma = category("tumour.differentiation").is_("poor")
    early = some(
        boolean("symptoms.bulk"),
        number("liver.burden_percent") > known.high_volume,
        number("tumour.ki67_percent") >= known.high_ki67,
    )
    newly_found = category("course.status").is_("new")
    reason = some(facts.history.progressing, boolean("symptoms.bulk"), newly_found & early)
    had_chemotherapy = boolean("treatments.chemo.received")
    return Settings(
        pancreas=pancreas,
        pancreatic_g1_g2=pancreas & facts.grading.is_g1_g2,
        early=early,
        pancreatic_need=every(pancreas, facts.grading.is_net, reason),
        net_g3=every(facts.grading.grade.is_("G3"), facts.history.new_or_progressing),
        carcinoma=carcinoma,
        untreated_carcinoma=carcinoma & ~had_chemotherapy,
        second_line_carcinoma=every(carcinoma, had_chemotherapy, facts.history.progressing),
        lung_carcinoid=every(
            category("tumour.primary_site").is_("lung"),
            facts.grading.well_differentiated,
            facts.history.progressing,
        ),
    )
