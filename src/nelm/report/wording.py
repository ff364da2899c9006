"""Words that doctors read, for the codes that the plan holds."""

from __future__ import annotations

import math
import re

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.guideline.facts import fact_specs
from nelm.guideline.row.cells import interval_words
from nelm.guideline.therapy import Item
from nelm.knowledge import Entry, Outcome, Status
from nelm.planner.plan import Finding, KnownFact, Plan
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
    Intent.DIAGNOSTIC: "Finding out more",
}
KIND_WORDS = {
    Kind.REQUIRES: "needed",
    Kind.EXCLUDES: "rules it out",
    Kind.CAUTION: "take care",
    Kind.FAVOURS: "in favour",
}
ANSWER_WORDS = {
    (Kind.REQUIRES, State.MET): "fulfilled",
    (Kind.REQUIRES, State.NOT_MET): "not fulfilled",
    (Kind.EXCLUDES, State.MET): "present",
    (Kind.EXCLUDES, State.NOT_MET): "absent",
    (Kind.CAUTION, State.MET): "applies",
    (Kind.CAUTION, State.NOT_MET): "does not apply",
    (Kind.FAVOURS, State.MET): "applies",
    (Kind.FAVOURS, State.NOT_MET): "does not apply",
}
READ_WORDS = {"not_opened": "not opened", "full_text": "full text", "label_text": "text of the label"}
STATE_WORDS = {State.MET: "yes", State.NOT_MET: "no", State.UNKNOWN: "not known"}
STATUS_WORDS = {
    Status.VERIFIED: "",
    Status.COMPUTED: "",
    Status.SECONDARY: "secondary source",
    Status.RECALLED: "recalled, not checked",
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
UNIT_WORDS = {
    "1": "",
    "10*9/L": "×10⁹/L",
    "10*6.[IU]": "million IU",
    "umol/L": "µmol/L",
    "umol/(24.h)": "µmol/24 h",
    "u[IU]/mL": "µIU/mL",
    "ug/d": "µg a day",
    "ug": "µg",
    "um": "µm",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "m2": "m²",
    "mg/m2": "mg/m²",
    "mL/m2": "mL/m²",
    "GBq/m2": "GBq/m²",
    "mg/d": "mg a day",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "/(2.mm2)": "per 2 mm²",
    "/d": "a day",
    "%/mo": "% a month",
    "%/wk": "% a week",
    "Gy.kg/GBq": "Gy·kg/GBq",
    "mg.min/mL": "mg·min/mL",
}
PLAIN_WORDS = {
    "jejunum_ileum": "jejunum or ileum",
    "below_10": "below 10 %",
    "grade_1_2": "grade 1 to 2",
    "grade_3_4": "grade 3 to 4",
    "recist_1_1": "RECIST 1.1",
    "debulking_70": "debulking of 70 %",
    "debulking_90": "debulking of 90 %",
}
_ABBREVIATIONS = {
    **{
        word: word.upper()
        for word in ("inr", "alp", "ast", "alt", "ggt", "ldh", "nse", "vip", "acth", "nyha")
    },
    "hba1c": "HbA1c",
    "probnp": "proBNP",
    "nt": "NT",
    "hiaa": "5-HIAA",
}
ONE = {"years": "year", "months": "month", "weeks": "week", "days": "day"}
_CODES = re.compile(
    "|".join(re.escape(code) for code in sorted(UNIT_WORDS, key=len, reverse=True) if len(code) > 3)
)


def unit_words(unit: str | None) -> str:
    """A unit as people write it."""
    return UNIT_WORDS.get(unit or "", unit or "")


def number_words(value: object, unit: str | None = None) -> str:
    """A number with its unit."""
    if isinstance(value, bool) or value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float | int) and abs(value) < 10_000 else str(value)
    words = unit_words(unit)
    return f"{text} {ONE.get(words, words) if value == 1 else words}".strip()


def plain(text: object) -> str:
    """A word of a vocabulary as people write it."""
    word = str(text)
    return PLAIN_WORDS.get(word.replace(" ", "_"), word.replace("_", " "))


def answer_text(text: str) -> str:
    """A possible answer of a missing fact, its unit as people write it."""
    return plain(_CODES.sub(lambda found: UNIT_WORDS[found.group()], text))


def named(meaning: str) -> str:
    """The name of a fact with its abbreviations as the field writes them."""
    return re.sub(r"[a-z0-9]+", lambda found: _ABBREVIATIONS.get(found.group(), found.group()), meaning)


def fact_words(name: str) -> str:
    """What a fact is, in words."""
    if name in LISTS:
        return LISTS[name][1]
    spec = fact_specs().get(name)
    return named(spec.meaning if spec else plain(name))


def range_words(written: str) -> str:
    """A bound or range as people write it."""
    return written.replace("..", " to ").replace(">=", "≥ ").replace("<=", "≤ ")


def written_words(item: KnownFact) -> str:
    """A fact as the record wrote it, with its unit."""
    unit = unit_words(item.unit)
    words = range_words(plain(item.written))
    bare = (
        ""
        if any(letter.isalpha() for letter in item.written.replace("to", "").replace("at least", ""))
        else unit
    )
    return f"{words} {bare}".strip()


def finding_words(item: Finding) -> str:
    """The value of a finding."""
    if isinstance(item.value, bool):
        return "yes" if item.value else "no"
    if isinstance(item.value, float | int):
        return number_words(_shown(float(item.value)), item.unit)
    if item.value is not None:
        return plain(item.value)
    if item.low is None or item.high is None:
        return "not known"
    return f"{interval_words(Interval(item.low, item.high))} {unit_words(item.unit)}".strip()


def _shown(value: float) -> float:
    """Three figures and no more than two decimals: nobody measures finer."""
    return round(value) if abs(value) >= 100 else round(value, 1 if abs(value) >= 10 else 2)


def limit_words(entry: Entry) -> str:
    """A limit with its unit."""
    return number_words(entry.value, entry.unit)


def item_value(item: Item) -> str:
    """The number of a line of a proposal; empty when its text says all."""
    if item.low is not None and item.high is not None and item.low != item.high and item.value is None:
        return f"{interval_words(Interval(item.low, item.high))} {unit_words(item.unit)}".strip()
    if item.low is not None and item.high is not None and item.low != item.high:
        span = f"{number_words(item.low)} to {number_words(item.high)}"
        return f"{number_words(item.value)} ({span}) {unit_words(item.unit)}".strip()
    return number_words(item.value, item.unit)


def outcome_result(item: Outcome) -> str:
    """The result of a trial with its interval: "hazard ratio 0.18 (0.11 to 0.29)"."""
    parts = [] if item.measure == "proportion" else [plain(item.measure)]
    if item.value is not None:
        parts.append(number_words(item.value, item.unit))
    elif item.low is not None or item.high is not None:
        return " ".join([*parts, _one_sided(item)])
    if item.low is not None or item.high is not None:
        parts.append(f"({number_words(item.low) or '…'} to {number_words(item.high) or '…'})")
    return " ".join(parts)


def _one_sided(item: Outcome) -> str:
    """A result of which only bounds were printed."""
    low, high = -math.inf if item.low is None else item.low, math.inf if item.high is None else item.high
    return f"{interval_words(Interval(low, high))} {unit_words(item.unit)}".strip()


def outcome_against(item: Outcome) -> str:
    """What the comparator had; empty without one."""
    return number_words(item.comparator_value, item.unit)


def outcome_words(item: Outcome) -> str:
    """A trial result in one line."""
    arm = f" ({item.arm})" if item.arm else ""
    against = f" against {outcome_against(item)}" if item.comparator_value is not None else ""
    note = f" – {item.note}" if item.note else ""
    return f"{plain(item.endpoint)}{arm}: {outcome_result(item)}{against}{note}"


def criterion_answer(kind: Kind, state: State) -> str:
    """Whether a criterion holds, in the words that suit its kind."""
    return ANSWER_WORDS.get((kind, state), STATE_WORDS[State.UNKNOWN])


def fact_of(plan: Plan, name: str) -> str | None:
    """A fact of the patient as written."""
    return next((item.written for item in plan.facts if item.name == name), None)
