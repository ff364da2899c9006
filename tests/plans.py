"""A plan made by hand, with every verdict, intent and kind of entry: what the report tests show.

Nothing in it is medicine: names, numbers and sources are invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from nelm.guideline.criteria import Intent, Kind, State, Verdict
from nelm.guideline.therapy import Item, Proposal
from nelm.knowledge import Arm, Disagreement, Entry, Outcome, Source, Status, Trial, View
from nelm.planner.plan import (
    AnsweredCriterion,
    Consequence,
    Finding,
    FollowUp,
    KnownFact,
    Need,
    NextFact,
    Plan,
    PlannedOption,
    StatedPosition,
    TreatmentSpan,
    TrialEvidence,
)

DAY = date(2026, 5, 1)
SOURCES = {
    key: Source(key, citation, kind, read, date(2026, 4, 1), doi=doi)
    for key, citation, kind, read, doi in (
        ("invented2020", "Invented et al., J Examples 2020;1:1-9", "trial", "full_text", "10.0000/example"),
        ("label", "Label of an invented medicine & its <marks>", "label", "label_text", None),
        ("memory", "Recalled; no document opened", "definition", "not_opened", None),
    )
}


def entry(name: str, statement: str, value: float | None = None, unit: str | None = None) -> Entry:
    """A knowledge entry with a source."""
    return Entry(
        name, statement, ("label",), "section 4.2", Status.VERIFIED, (), DAY, DAY, value=value, unit=unit
    )


def criterion(
    name: str, kind: Kind, state: State, *, facts: dict[str, str | None], status: Status = Status.VERIFIED
) -> AnsweredCriterion:
    """An answered criterion with a limit of 75 ×10⁹/L."""
    limit = entry(f"{name}_min", "Platelets below which it is not given.", 75, "10*9/L")
    statement = f"Statement of {name} with 75 x10*9/L in it."
    return AnsweredCriterion(
        f"made.{name}", kind, state, statement, facts, (limit,), ("label", "invented2020"), status
    )


PLATELETS_UNKNOWN = {"labs.platelets": None}
RECEPTORS = {"receptor_imaging.sstr.extent": "all"}


def _trial() -> Trial:
    outcomes = (
        Outcome("progression_free_survival", "hazard_ratio", 0.5, "1", Status.VERIFIED, ("invented2020",), 0.3, 0.8),
        Outcome("objective_response", "proportion", 18, "%", Status.RECALLED, ("memory",), arm="active",
                comparator_value=3, note="central reading"),
        Outcome("overall_survival", "median", None, "mo", Status.SECONDARY, ("label",), low=36.0),
    )  # fmt: skip
    return Trial("made", "MADE-1", 2020, "randomised", "G1-G2, progressing on 30 mg.",
                 (Arm("active", 12), Arm("none", 11)),
                 outcomes, ("invented2020",), "abstract", Status.VERIFIED, (), DAY, DAY,
                 caveat="Small: 23 patients.")  # fmt: skip


def _proposal() -> Proposal:
    return Proposal(
        regimen=(
            Item("activity", "Activity of a cycle.", ("label",), Status.VERIFIED, value=7.4, unit="GBq"),
            Item(
                "activity",
                "Interval between cycles.",
                ("label",),
                Status.SECONDARY,
                value=8.0,
                low=7.0,
                high=9.0,
                unit="wk",
            ),
        ),
        quantities=(
            Item(
                "kidney dose",
                "Mean of a cohort.",
                ("invented2020",),
                Status.COMPUTED,
                low=13.6,
                high=13.9,
                unit="Gy",
            ),
            Item(
                "open end",
                "At least so much.",
                ("label",),
                Status.VERIFIED,
                low=2.0,
                high=float("inf"),
                unit="Gy",
            ),
        ),
        monitoring=(
            Item("counts", "Every 2 to 4 weeks.", ("label",), Status.VERIFIED, facts=("labs.creatinine",)),
        ),
        cautions=(Item("crisis", "Have 100 ug at hand.", ("memory",), Status.RECALLED),),
    )


def _positions() -> tuple[StatedPosition, ...]:
    return (
        StatedPosition(
            "Society 2023", "second_line", "After progression.", State.MET, ("invented2020",), Status.VERIFIED
        ),
        StatedPosition("Label", "any_line", "Any line.", State.NOT_MET, ("label",), Status.SECONDARY),
        StatedPosition("Another 2020", "not_read", "Not opened.", State.MET, ("memory",), Status.RECALLED),
    )


def _option(
    name: str, intent: Intent, verdict: Verdict, *criteria: AnsweredCriterion, rank: int | None = None
) -> PlannedOption:
    return PlannedOption(
        id=name,
        family=name.partition(".")[0],
        name=f"177Lu {name.partition('.')[2]} <b>",
        intent=intent,
        verdict=verdict,
        rank=rank,
        reasons=("2 of the facts speak for it", "this patient would have been in MADE-1") if rank else (),
        criteria=criteria,
        positions=_positions(),
        needs=(),
        proposal=_proposal(),
        evidence=(),
    )


def _options() -> tuple[PlannedOption, ...]:
    needed = criterion("receptors", Kind.REQUIRES, State.MET, facts=RECEPTORS)
    failed = criterion("receptors", Kind.REQUIRES, State.NOT_MET, facts={"tumour.ki67_percent": "4"})
    unknown = criterion("platelets", Kind.EXCLUDES, State.UNKNOWN, facts=PLATELETS_UNKNOWN)
    present = criterion("pregnancy", Kind.EXCLUDES, State.MET, facts={"patient.age_years": "61"})
    recalled = criterion(
        "allergy", Kind.EXCLUDES, State.MET, facts={"patient.age_years": "61"}, status=Status.RECALLED
    )
    care = criterion(
        "heart", Kind.CAUTION, State.MET, facts={"labs.creatinine": "78"}, status=Status.SECONDARY
    )
    speaks = criterion("growth", Kind.FAVOURS, State.MET, facts={"tumour.ki67_percent": "4"})
    need = Need("labs.platelets", (Consequence("< 75 10*9/L", Verdict.CONTRAINDICATED),))
    control = Intent.DISEASE_CONTROL
    eligibility = (needed, unknown)
    return (
        replace(
            _option("prrt.lu177_dotatate", control, Verdict.RECOMMENDED, needed, speaks, care, rank=1),
            evidence=(TrialEvidence(_trial(), State.UNKNOWN, eligibility),),
            sequence=(entry("after", "4 weeks after the analogue."),),
        ),
        _option("ssa.lanreotide", control, Verdict.OPTION, needed, rank=2),
        replace(_option("chemo.captem", control, Verdict.UNDETERMINED, unknown), needs=(need,)),
        _option("chemo.folfox", control, Verdict.UNDETERMINED, recalled),
        _option("chemo.capox", control, Verdict.NOT_INDICATED, failed),
        _option("ablation.thermal", Intent.CURATIVE, Verdict.CONTRAINDICATED, present),
        _option("embolisation.bland", Intent.CYTOREDUCTIVE, Verdict.OPTION, needed, rank=1),
        _option("symptom.telotristat", Intent.SYMPTOM_CONTROL, Verdict.RECOMMENDED, needed, rank=1),
        replace(_option("workup.fdg_pet", Intent.DIAGNOSTIC, Verdict.UNDETERMINED, unknown), needs=(need,)),
    )


def _facts() -> tuple[KnownFact, ...]:
    return (
        KnownFact("patient.sex", "sex", "female", None, ("patient.sex",)),
        KnownFact("patient.age_years", "age", "61", "a", ("patient.age_years",)),
        KnownFact(
            "tumour.ki67_percent",
            "Ki-67 (highest specimen)",
            "<5",
            "%",
            ("tumour.specimens[0].ki67_percent",),
        ),
        KnownFact(
            "receptor_imaging.sstr.extent", "target lesions", "all", None, ("receptor_imaging.sstr.extent",)
        ),
        KnownFact(
            "liver.burden_percent", "share of the liver replaced", "10..25", "%", ("liver.burden_percent",)
        ),
        KnownFact("liver.lesion_count", "liver metastases", "at least 3", "1", ("liver.lesion_count",)),
        KnownFact("labs.creatinine", "creatinine", "0.9 mg/dL", "umol/L", ("labs[0]",)),
        KnownFact(
            "patient.comorbidities.diabetes", "diabetes", "no", None, ("patient.no_other_comorbidities",)
        ),
        KnownFact(
            "treatments.ssa.lanreotide", "had lanreotide", "yes", None, ("treatments[0]",), "from the course"
        ),
    )


def _finding(
    name: str, value: str | float | None, low: float | None = None, high: float | None = None
) -> Finding:
    return Finding(name, f"label of {name}", value, low, high, "mL/min" if name.startswith("renal") else None,
                   ("patient.age_years", "labs.creatinine"), ("patient.age_years", "labs[0]"), ("invented2020",),
                   Status.SECONDARY, "By the formula of 1976.")  # fmt: skip


def rich_plan() -> Plan:
    """The invented plan."""
    return Plan(
        case_id="made-001",
        as_of=DAY,
        software="0.0.0",
        knowledge="2026.00",
        facts=_facts(),
        findings=(
            _finding("tumour.grade", "G2"),
            _finding("renal.creatinine_clearance", 67.647, 67.647, 67.647),
            _finding("renal.filtration_rate", None, 40.0, float("inf")),
            _finding("staging.m", None),
        ),
        options=_options(),
        next_facts=(
            NextFact(
                "labs.platelets", "platelets", "blood test", ("chemo.captem",), ("chemo.captem", "workup.fdg_pet")
            ),
            NextFact("tumour.ki67_percent", "Ki-67", "pathology", ("chemo.capox",), (), measurement=True),
        ),
        conflicts=(
            Disagreement("d1", "Line of treatment in G2", (
                View("Society 2023", "Second line, after 2 others.", "invented2020", Status.VERIFIED),
                View("Another", "First line.", "memory", Status.RECALLED)), ()),
        ),
        follow_up=(FollowUp("CT every 3 to 6 months.", ("invented2020",), Status.VERIFIED),),
        warnings=("labs[3] is dated after 2026-05-01 and is ignored",),
        sources=SOURCES,
        timeline=(
            TreatmentSpan("ssa.lanreotide", date(2021, 3, 25), None, True, "SD"),
            TreatmentSpan("chemo.captem", date(2023, 1, 1), date(2023, 9, 1), False, "PR"),
            TreatmentSpan("doxorubicin <5 cycles>", date(2019, 1, 1), None, None, None),
            TreatmentSpan("resection.primary", None, None, None, None),
        ),
        lesions=(("L1", 31.0, 14.2), ("L2", 12.0, None), ("L3", 8.0, None)),
    )  # fmt: skip
