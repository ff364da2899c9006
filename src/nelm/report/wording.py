"""Words that doctors read, for the codes that the plan holds."""

from __future__ import annotations

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.guideline.facts import fact_specs
from nelm.guideline.row.cells import interval_words
from nelm.guideline.therapy import Item
from nelm.knowledge import Entry, Outcome, Status
from nelm.planner.plan import AnsweredCriterion, Finding, Plan, PlannedOption
from nelm.planner.probing import LISTS
from nelm.quantities import Interval

VERDICT_WORDS = {
    Verdict.RECOMMENDED: "recommended",
    Verdict.OPTION: "option",
    Verdict.UNDETERMINED: "open",
    Verdict.NOT_INDICATED: "not indicated",
    Verdict.CONTRAINDICATED: "contraindicated",
}
VERDICT_MARKS = {
    Verdict.RECOMMENDED: "●",
    Verdict.OPTION: "◐",
    Verdict.UNDETERMINED: "?",
    Verdict.NOT_INDICATED: "–",
    Verdict.CONTRAINDICATED: "✕",
}
INTENT_WORDS = {
    Intent.CURATIVE: "Curative",
    Intent.CYTOREDUCTIVE: "Reducing the tumour",
    Intent.DISEASE_CONTROL: "Controlling the disease",
    Intent.SYMPTOM_CONTROL: "Controlling symptoms (in parallel)",
    Intent.DIAGNOSTIC: "Work-up",
}
KIND_WORDS = {Kind.REQUIRES: "needs", Kind.EXCLUDES: "ruled out by", Kind.CAUTION: "caution", Kind.FAVOURS: "in favour"}
STATE_WORDS = {State.MET: "yes", State.NOT_MET: "no", State.UNKNOWN: "not known"}
STATUS_WORDS = {
    Status.VERIFIED: "",
    Status.COMPUTED: "",
    Status.SECONDARY: "secondary source",
    Status.RECALLED: "not yet checked against its source",
}
POSITION_WORDS = {
    "first_line": "first line",
    "second_line": "second line",
    "later_line": "later line",
    "any_line": "any line",
    "consider": "may be considered",
    "against": "advises against",
    "not_read": "not read",
    "investigational": "investigational",
}
UNIT_WORDS = {"1": "", "10*9/L": "×10⁹/L", "umol/L": "µmol/L", "a": "years", "mo": "months", "m2": "m²",
              "mL/min/{1.73_m2}": "mL/min/1.73 m²", "/(2.mm2)": "per 2 mm²", "/d": "a day"}  # fmt: skip


def unit_words(unit: str | None) -> str:
    """A unit as people write it."""
    return UNIT_WORDS.get(unit or "", unit or "")


def number_words(value: object, unit: str | None = None) -> str:
    """A number with its unit."""
    if isinstance(value, bool) or value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float | int) else str(value)
    return f"{text} {unit_words(unit)}".strip()


def fact_words(name: str) -> str:
    """What a fact is, in words."""
    if name in LISTS:
        return LISTS[name][1]
    spec = fact_specs().get(name)
    return spec.meaning if spec else name


def finding_words(item: Finding) -> str:
    """The value of a finding."""
    if isinstance(item.value, bool):
        return "yes" if item.value else "no"
    if isinstance(item.value, float | int):
        return number_words(round(item.value, 2), item.unit)
    if item.value is not None:
        return str(item.value).replace("_", " ")
    if item.low is None or item.high is None:
        return "not known"
    return f"{interval_words(Interval(item.low, item.high))} {unit_words(item.unit)}".strip()


def limit_words(entry: Entry) -> str:
    """A limit with its unit."""
    return number_words(entry.value, entry.unit)


def item_value(item: Item) -> str:
    """The number of a line of a proposal; empty when its text says all."""
    if item.low is not None and item.high is not None and item.low != item.high:
        return f"{number_words(item.low)} to {number_words(item.high, item.unit)}"
    return number_words(item.value, item.unit)


def outcome_words(item: Outcome) -> str:
    """A trial result in one line."""
    parts = [item.endpoint.replace("_", " "), item.measure.replace("_", " ")]
    if item.arm:
        parts.append(f"({item.arm})")
    if item.value is not None:
        parts.append(number_words(item.value, item.unit))
    if item.low is not None or item.high is not None:
        parts.append(f"[{number_words(item.low) or '…'} to {number_words(item.high) or '…'}]")
    if item.comparator_value is not None:
        parts.append(f"against {number_words(item.comparator_value, item.unit)}")
    if item.note:
        parts.append(f"– {item.note}")
    return " ".join(parts)


def decisive(option: PlannedOption) -> AnsweredCriterion | None:
    """The one criterion that a reader should see first."""
    wanted = {
        Verdict.CONTRAINDICATED: ((Kind.EXCLUDES, State.MET),),
        Verdict.NOT_INDICATED: ((Kind.REQUIRES, State.NOT_MET),),
        Verdict.UNDETERMINED: ((Kind.EXCLUDES, State.MET), (Kind.REQUIRES, State.UNKNOWN), (Kind.EXCLUDES, State.UNKNOWN)),
        Verdict.RECOMMENDED: ((Kind.FAVOURS, State.MET), (Kind.REQUIRES, State.MET)),
        Verdict.OPTION: ((Kind.FAVOURS, State.MET), (Kind.REQUIRES, State.MET)),
    }[option.verdict]
    for kind, state in wanted:
        for item in option.criteria:
            if item.kind is kind and item.state is state and item.id != "planner.not_declined":
                return item
    return next((item for item in option.criteria if item.state is State.NOT_MET), None)


def needed_words(option: PlannedOption, most: int = 4) -> str:
    """The facts that an open option waits for, in words."""
    names = list(dict.fromkeys(fact_words(need.fact) for need in option.needs))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def fact_of(plan: Plan, name: str) -> str | None:
    """A fact of the patient as written."""
    return next((item.written for item in plan.facts if item.name == name), None)


def finding_of(plan: Plan, identifier: str) -> Finding | None:
    """A finding by its identifier."""
    return next((item for item in plan.findings if item.id == identifier), None)
