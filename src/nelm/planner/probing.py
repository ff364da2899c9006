"""What to find out first: every unknown fact is tried with its possible values, one row each.

A row of the what-if frame is the patient with one more fact. The guideline runs once over all rows; a fact
matters for an option when some value of it moves the verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nelm.guideline.criteria import Kind, OptionRule
from nelm.guideline.facts import FactSpec, fact_specs, is_no_unless_said
from nelm.guideline.frames import RawValue
from nelm.guideline.logic import DefinedNumber, Node, NumberFact, facts_of, thresholds, walk
from nelm.quantities import Interval

LISTS: Mapping[str, tuple[str, str]] = {
    "patient.no_other_comorbidities": (
        "patient.comorbidities.",
        "other diseases and operations: none but those listed",
    ),
    "no_other_extrahepatic": ("extrahepatic.", "disease outside the liver: none but what is listed"),
    "no_other_treatments": ("treatments.", "earlier treatment: none but what is listed"),
}
"""Statements of the case that close a list, with the facts that they settle."""


COMPANIONS: Mapping[str, Mapping[str, RawValue]] = {"tumour.differentiation": {"tumour.mixed": False}}
"""What an answer says beside itself: a report of the differentiation would name a mixed neoplasm."""

ASKED_AS: Mapping[str, str] = {
    "tumour.mixed": "tumour.differentiation",
    "tumour.histology_known": "tumour.differentiation",
    "receptor_imaging.sstr.positive": "receptor_imaging.sstr.uptake",
    "receptor_imaging.fdg.mismatched_lesion_count": "receptor_imaging.fdg.positive_sstr_negative_lesions",
    "liver.two_adjacent_segments": "liver.lesions",
    "liver.closest_vessel_mm": "liver.lesions",
    "liver.closest_bile_duct_mm": "liver.lesions",
    "tumour.metastasis_biopsied": "tumour.specimens",
}
"""Facts that the case document knows under another name."""


PLACES: Mapping[str, tuple[str, str]] = {
    "liver.lesions": (
        "every liver metastasis: segment, size, distance to vessels and bile duct",
        "liver CT or MRI",
    ),
    "tumour.specimens": ("site and histology of a biopsy of a metastasis", "biopsy"),
}
"""Places of the case document that answer several facts: what they are and what gives them."""


def asked_as(fact: str) -> str:
    """The name under which a fact is asked for: a place in the case document."""
    return ASKED_AS.get(fact, fact.removesuffix(".times_upper_limit"))


@dataclass(frozen=True, slots=True)
class Probe:
    """One possible answer: the fact asked, the answer in words, the facts that it sets."""

    fact: str
    value: str
    sets: Mapping[str, RawValue]


def relevant_facts(options: Sequence[OptionRule]) -> tuple[str, ...]:
    """Raw facts that some verdict rests on."""
    used: dict[str, None] = {}
    for option in options:
        for criterion in option.criteria:
            if criterion.kind in (Kind.REQUIRES, Kind.EXCLUDES):
                used |= dict.fromkeys(criterion.facts)
        for position in option.positions:
            used |= dict.fromkeys(facts_of(position.context))
    return tuple(name for name in fact_specs() if name in used and not is_no_unless_said(name))


def direct_thresholds(options: Sequence[OptionRule]) -> Mapping[str, tuple[float, ...]]:
    """The limits that a raw number is compared with anywhere in the guideline."""
    found: dict[str, set[float]] = {}
    for option in options:
        nodes: Iterable[Node] = [item.test for item in option.criteria] + [
            item.context for item in option.positions
        ]
        for node in nodes:
            for name, values in thresholds(node).items():
                found.setdefault(name, set()).update(values)
    return {name: tuple(sorted(values)) for name, values in found.items()}


def used_in_formulas(options: Sequence[OptionRule]) -> frozenset[str]:
    """Raw numbers that enter a formula, so that their own limits do not tell the whole."""
    names: set[str] = set()
    for option in options:
        for criterion in option.criteria:
            for node in walk(criterion.test):
                if isinstance(node, DefinedNumber):
                    names |= {item.name for item in walk(node) if isinstance(item, NumberFact)}
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Asked:
    """What there is to ask: the facts that verdicts rest on, the limits of numbers, numbers inside formulas."""

    facts: tuple[str, ...]
    limits: Mapping[str, tuple[float, ...]]
    in_formulas: frozenset[str]


def asked_of(options: Sequence[OptionRule]) -> Asked:
    """What there is to ask for these options."""
    return Asked(relevant_facts(options), direct_thresholds(options), used_in_formulas(options))


def _number_words(value: float, spec: FactSpec) -> str:
    unit = "" if spec.unit in (None, "1") else f" {spec.unit}"
    return f"{value:.4g}{unit}"


def _segments(spec: FactSpec, limits: Sequence[float]) -> list[Probe]:
    """The pieces between limits: below, between, at and above them."""
    probes: list[Probe] = []
    edges = [0.0, *[limit for limit in limits if limit > 0], math.inf]
    for lower, upper in pairwise(edges):
        middle = Interval.exact(lower + 1 if math.isinf(upper) else (lower + upper) / 2)
        if math.isinf(upper):
            words = f"> {_number_words(lower, spec)}" if lower else "any"
        elif not lower:
            words = f"< {_number_words(upper, spec)}"
        else:
            words = f"{lower:.4g} to {_number_words(upper, spec)}"
        probes.append(Probe(spec.name, words, {spec.name: middle}))
    return probes


def _probes_of(spec: FactSpec, limits: Sequence[float], in_formula: bool) -> list[Probe]:
    if spec.kind == "boolean":
        return [
            Probe(spec.name, words, {spec.name: value}) for words, value in (("yes", True), ("no", False))
        ]
    if spec.kind == "category":
        return [Probe(spec.name, value.replace("_", " "), {spec.name: value}) for value in spec.values]
    probes = _segments(spec, limits) if limits else []
    if in_formula or not limits:
        samples = [value for value in spec.probes if value not in limits]
        probes += [
            Probe(spec.name, f"e.g. {_number_words(v, spec)}", {spec.name: Interval.exact(v)})
            for v in samples
        ]
    return probes


def _unknown(name: str, row: Mapping[str, RawValue]) -> bool:
    value = row.get(name)
    return value is None or (isinstance(value, Interval) and not value.is_exact)


def _within(probe: Probe, row: Mapping[str, RawValue]) -> bool:
    """Whether an answer agrees with what is known of a number already."""
    for name, value in probe.sets.items():
        known = row.get(name)
        if isinstance(known, Interval) and isinstance(value, Interval) and not known.contains(value.low):
            return False
    return True


def _list_probes(row: Mapping[str, RawValue]) -> list[Probe]:
    probes: list[Probe] = []
    for fact, (prefix, _) in LISTS.items():
        specs = [
            spec
            for name, spec in fact_specs().items()
            if name.startswith(prefix) and spec.kind == "boolean" and not is_no_unless_said(name)
        ]
        sets: dict[str, RawValue] = {spec.name: False for spec in specs if row.get(spec.name) is None}
        if sets:
            probes.append(Probe(fact, "nothing else", sets))
    return probes


def list_of(fact: str) -> str | None:
    """The closing statement that would answer a fact of a list; None for a fact of its own."""
    spec = fact_specs().get(fact)
    if spec is None or spec.kind != "boolean":
        return None
    return next((name for name, (prefix, _) in LISTS.items() if fact.startswith(prefix)), None)


def probes(row: Mapping[str, RawValue], asked: Asked) -> tuple[Probe, ...]:
    """Every answer worth trying for this patient."""
    found = _list_probes(row)
    specs = fact_specs()
    for name in asked.facts:
        if _unknown(name, row):
            tried = _probes_of(specs[name], asked.limits.get(name, ()), name in asked.in_formulas)
            beside = {key: value for key, value in COMPANIONS.get(name, {}).items() if row.get(key) is None}
            found += [replace(probe, sets={**probe.sets, **beside}) for probe in tried if _within(probe, row)]
    return tuple(found)
