"""What fits on one page: who, what tumour, the liver, what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nelm.guideline.criteria import Intent, Verdict
from nelm.planner.plan import KnownFact, NextFact, Plan
from nelm.report.reasons import Reason, reason_of
from nelm.report.wording import finding_words, plain, written_words

BLOCKS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Patient", (("sex", "patient.sex"), ("age", "patient.age_years"), ("ECOG", "patient.ecog"),
                 ("creatinine clearance", "renal.creatinine_clearance"), ("Child-Pugh", "liver.child_pugh_class"),
                 ("fit for major surgery", "patient.fit_for_major_surgery"))),
    ("Tumour", (("primary", "tumour.primary_site"), ("primary in place", "tumour.primary_in_situ"),
                ("WHO grade", "tumour.grade"), ("Ki-67", "tumour.ki67_percent"), ("stage", "staging.group"),
                ("metastases", "staging.m"), ("receptor uptake", "receptor_imaging.sstr.uptake"),
                ("lesions with uptake", "receptor_imaging.sstr.extent"), ("course", "course.status"))),
    ("Liver", (("metastases", "liver.lesion_count"), ("largest", "liver.largest_mm"), ("lobes", "liver.lobes"),
               ("liver replaced", "liver.burden_percent"), ("resectable", "liver.resectable"),
               ("remnant", "body.standardised_remnant_percent"), ("portal vein", "liver.portal_vein_thrombosis"),
               ("disease elsewhere", "extrahepatic.any"))),
)  # fmt: skip
ALWAYS = frozenset({"patient.ecog", "tumour.grade", "tumour.primary_site", "receptor_imaging.sstr.uptake",
                    "liver.lesion_count", "liver.burden_percent", "liver.resectable", "extrahepatic.any",
                    "course.status", "patient.age_years", "renal.creatinine_clearance"})  # fmt: skip
SYNDROMES = {"carcinoid": "carcinoid syndrome", "acth": "ectopic ACTH", "pthrp": "PTHrP", "ghrh": "GHRH"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary: label, value (None is not known), the anchor that it links to."""

    label: str
    value: str | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """Options of one intent that share verdict and reason; a ranked option stands alone."""

    rank: int | None
    options: tuple[tuple[str, str], ...]
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class Question:
    """One work-up and the missing facts that it answers, with the options that wait for them."""

    answered_by: str
    facts: tuple[NextFact, ...]
    options: tuple[str, ...]


def _lines(plan: Plan) -> Mapping[str, Line]:
    """Every known fact and finding as a line, by name."""
    facts = {item.name: Line("", written_words(item), f"fact-{item.name}") for item in plan.facts}
    known = [item for item in plan.findings if item.value is not None or item.low is not None]
    return facts | {item.id: Line("", finding_words(item), f"finding-{item.id}") for item in known}


def _syndromes(plan: Plan) -> Line:
    """The hormonal syndromes by name, or that there is none."""
    prefix = "tumour.syndromes."
    present = [item.name for item in plan.facts if item.name.startswith(prefix) and item.written == "yes"]
    if present:
        names = [plain(name[len(prefix) :]) for name in present]
        words = [SYNDROMES.get(name, name) for name in names]
        return Line("syndrome", ", ".join(words), f"fact-{present[0]}")
    word = next((item.written for item in plan.facts if item.name == "tumour.functioning"), None)
    return Line("function", plain(word) if word else None, "fact-tumour.functioning")


def blocks(plan: Plan) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """The blocks of the first page with their lines; what every board asks for stands there even if unknown."""
    known = _lines(plan)
    made: list[tuple[str, tuple[Line, ...]]] = []
    for heading, entries in BLOCKS:
        lines: list[Line] = []
        for label, name in entries:
            if name in known:
                lines.append(Line(label, known[name].value, known[name].anchor))
            elif name in ALWAYS:
                lines.append(Line(label, None, ""))
        if heading == "Tumour":
            lines.insert(
                next((i for i, line in enumerate(lines) if line.label == "stage"), 4), _syndromes(plan)
            )
        made.append((heading, tuple(lines)))
    return tuple(made)


def rows(plan: Plan, intent: Intent) -> tuple[Row, ...]:
    """The options of an intent for the first page: those that are not indicated are left out."""
    merged: dict[tuple[object, ...], Row] = {}
    for option in plan.of_intent(intent):
        if option.verdict is Verdict.NOT_INDICATED:
            continue
        reason = reason_of(option)
        key = (option.rank or 0, option.verdict, reason)
        before = merged[key].options if key in merged else ()
        merged[key] = Row(option.rank, (*before, (option.id, option.name)), option.verdict, reason)
    return tuple(merged.values())


def tally(plan: Plan) -> tuple[tuple[Verdict, int], ...]:
    """How many options have each verdict."""
    return tuple((verdict, sum(item.verdict is verdict for item in plan.options)) for verdict in Verdict)


def questions(plan: Plan) -> tuple[Question, ...]:
    """What to find out, one line for each work-up, in the order of its most telling fact."""
    grouped: dict[str, list[NextFact]] = {}
    for item in plan.next_facts:
        grouped.setdefault(item.answered_by, []).append(item)
    return tuple(
        Question(how, tuple(items), tuple(dict.fromkeys(name for item in items for name in waiting(item))))
        for how, items in grouped.items()
    )


def waiting(item: NextFact) -> tuple[str, ...]:
    """The options that a fact bears on: those that wait for it, else those that it could move."""
    return item.needed_by or item.settles


def headline(plan: Plan) -> tuple[Line, ...]:
    """The patient in one line, phrase by phrase."""
    known = _lines(plan)

    def phrase(name: str, pattern: str) -> list[Line]:
        line = known.get(name)
        return [Line("", pattern.format(line.value), line.anchor)] if line is not None else []

    sex = {"female": "Woman", "male": "Man"}
    who = [
        Line("", sex.get(line.value or "", line.value), line.anchor) for line in phrase("patient.sex", "{}")
    ]
    return tuple(
        part
        for group in (
            who,
            phrase("patient.age_years", "{}"),
            phrase("tumour.grade", "{}"),
            phrase("tumour.primary_site", "primary: {}"),
            [line for line in [_syndromes(plan)] if line.value],
            phrase("staging.group", "stage {}"),
            phrase("liver.lesion_count", "{} liver metastases"),
            phrase("course.status", "{}"),
        )
        for part in group
    )


def split_facts(facts: tuple[KnownFact, ...]) -> tuple[list[KnownFact], list[KnownFact]]:
    """Facts that the record states, and those that it rules out by closing a list."""

    def ruled_out(item: KnownFact) -> bool:
        return item.written == "no" and any("no_other" in path for path in item.paths)

    return [item for item in facts if not ruled_out(item)], [item for item in facts if ruled_out(item)]
