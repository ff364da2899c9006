"""Criteria for liver transplantation, each one by itself and together [milan_net_page; optn_guidance].

Only the age rule of the United States guidance was read; its other criteria are recalled and say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category, number
from nelm.guideline.findings.grading import Grading
from nelm.guideline.logic import Boolean, DefinedBoolean, Score, every
from nelm.knowledge import Entry, Knowledge, Status, weakest

PORTAL = ("pancreas", "jejunum_ileum", "duodenum", "ampulla", "appendix", "colon")
NOT_TOLD_BY_SITE = {
    "milan": ("stomach", "unknown", "other"),
    "optn": ("stomach", "rectum", "unknown", "other"),
}
"""Sites of which a part is drained by the portal system, or which are not known: the site does not settle it."""


@dataclass(frozen=True, slots=True)
class TransplantKnowledge:
    """Entries of `transplantation.toml`."""

    milan_histology: Entry
    milan_drainage: Entry
    milan_primary: Entry
    milan_burden: Entry
    milan_burden_to: Entry
    milan_stability: Entry
    milan_stability_from: Entry
    milan_age: Entry
    milan_age_to: Entry
    milan_later_age_to: Entry
    milan_later_ki67_to: Entry
    milan_later: Entry
    optn_origin: Entry
    optn_primary: Entry
    optn_interval: Entry
    optn_interval_from: Entry
    optn_unresectable: Entry
    optn_grade: Entry
    optn_mitoses_below: Entry
    optn_ki67_below: Entry
    optn_burden: Entry
    optn_burden_to: Entry
    optn_elsewhere: Entry
    optn_no_age_limit: Entry


@dataclass(frozen=True, slots=True)
class NamedCriterion:
    """One criterion of a published list: the knowledge entry and the statement about the patient."""

    entry: Entry
    statement: DefinedBoolean


@dataclass(frozen=True, slots=True)
class TransplantCriteria:
    """Published lists for transplantation.

    `milan_net` is the list of 2007 (age 55), `milan_net_later` its revision (age 60 relative, Ki-67), `optn`
    the United States guidance (no age limit since July 2021). The `_parts` are the criteria one by one.
    """

    milan_net: DefinedBoolean
    milan_parts: tuple[NamedCriterion, ...]
    milan_net_later: DefinedBoolean
    optn: DefinedBoolean
    optn_parts: tuple[NamedCriterion, ...]

    @property
    def optn_status(self) -> Status:
        """How far the United States list was checked: as far as its least checked criterion."""
        return weakest(tuple(part.entry.status for part in self.optn_parts))


def _drained(scheme: str) -> Boolean:
    """Portal drainage by site; unknown where only a part of the organ has it."""
    site = category("tumour.primary_site")
    told = [value for value in site.values if value not in NOT_TOLD_BY_SITE[scheme]]
    return Score(site, tuple((value, float(value in PORTAL)) for value in told)) >= 1


def _nothing_outside() -> Boolean:
    """Primary removed and no disease outside the liver left."""
    return ~boolean("tumour.primary_in_situ") & ~boolean("extrahepatic.any")


def _stable_for(months: Entry) -> Boolean:
    stable = category("course.status").is_in("stable", "responding")
    return stable & (number("course.interval_months") >= months)


def _named(scheme: str, tests: tuple[tuple[Entry, Boolean], ...]) -> tuple[NamedCriterion, ...]:
    """The criteria under names such as `transplant.milan_age`."""
    return tuple(
        NamedCriterion(
            entry,
            DefinedBoolean(f"transplant.{entry.id.rpartition('.')[2]}", test, f"{scheme}: one criterion"),
        )
        for entry, test in tests
    )


def _milan(known: TransplantKnowledge, grading: Grading) -> tuple[NamedCriterion, ...]:
    burden, age = number("liver.burden_percent"), number("patient.age_years")
    return _named(
        "Milan-NET",
        (
            (known.milan_histology, grading.is_g1_g2),
            (known.milan_drainage, _drained("milan")),
            (known.milan_primary, _nothing_outside()),
            (known.milan_burden, burden <= known.milan_burden_to),
            (known.milan_stability, _stable_for(known.milan_stability_from)),
            (known.milan_age, age <= known.milan_age_to),
        ),
    )


def _optn(known: TransplantKnowledge, grading: Grading) -> tuple[NamedCriterion, ...]:
    mitoses, ki67 = number("tumour.mitoses_per_2mm2"), number("tumour.ki67_percent")
    never = ~boolean("extrahepatic.bone") & ~boolean("extrahepatic.lung")
    unresectable = category("liver.lobes").is_("both") & category("liver.resectable").is_("no")
    return _named(
        "United States guidance",
        (
            (known.optn_origin, _drained("optn")),
            (known.optn_primary, _nothing_outside()),
            (known.optn_interval, _stable_for(known.optn_interval_from)),
            (known.optn_unresectable, unresectable),
            (
                known.optn_grade,
                every(grading.is_g1_g2, mitoses < known.optn_mitoses_below, ki67 < known.optn_ki67_below),
            ),
            (known.optn_burden, number("liver.burden_percent") <= known.optn_burden_to),
            (known.optn_elsewhere, ~boolean("extrahepatic.any") & never),
        ),
    )


def _all_of(name: str, parts: tuple[NamedCriterion, ...], meaning: str, *more: Boolean) -> DefinedBoolean:
    return DefinedBoolean(name, every(*(part.statement for part in parts), *more), meaning)


def transplant_criteria(knowledge: Knowledge, grading: Grading) -> TransplantCriteria:
    """Lists for transplantation as expressions over the raw facts and the grade."""
    known = knowledge.record(TransplantKnowledge, "transplantation")
    milan, optn = _milan(known, grading), _optn(known, grading)
    without_age = tuple(part for part in milan if part.entry is not known.milan_age)
    later = (
        number("tumour.ki67_percent") <= known.milan_later_ki67_to,
        number("patient.age_years") <= known.milan_later_age_to,
    )
    return TransplantCriteria(
        milan_net=_all_of("transplant.milan_net", milan, "within the Milan-NET criteria of 2007"),
        milan_parts=milan,
        milan_net_later=_all_of(
            "transplant.milan_net_later", without_age, "within the later Milan-NET criteria", *later
        ),
        optn=_all_of("transplant.optn", optn, "within the United States guidance"),
        optn_parts=optn,
    )
