"""Steps of an analogue and telotristat by response: every rule by name, and both machines walked from end to end."""

from __future__ import annotations

from collections import deque
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import product

import pytest

from nelm.errors import InputError
from nelm.followup.heart import Procedure
from nelm.followup.knowledge import SymptomCourseKnowledge
from nelm.knowledge import load_knowledge
from nelm.therapies.somatostatin.knowledge import SomatostatinKnowledge
from nelm.therapies.somatostatin.steps import (
    Advice,
    Analogue,
    AnalogueState,
    Effect,
    Hold,
    Step,
    StepAdvice,
    StepKnowledge,
    Target,
    next_step,
)
from nelm.therapies.symptoms.knowledge import SymptomKnowledge
from nelm.therapies.symptoms.steps import (
    TelotristatAdvice,
    TelotristatInstruction,
    TelotristatLevel,
    TelotristatState,
    TelotristatView,
    crisis_plan,
    next_telotristat,
)

KNOWLEDGE = load_knowledge()
KNOWN = StepKnowledge(
    KNOWLEDGE.record(SomatostatinKnowledge, "somatostatin"),
    KNOWLEDGE.record(SymptomCourseKnowledge, "symptom_course"),
)
SYMPTOMS = KNOWLEDGE.record(SymptomKnowledge, "symptoms")
START, LATER = date(2026, 1, 1), date(2026, 3, 1)
OCTREOTIDE, LANREOTIDE = Analogue.OCTREOTIDE, Analogue.LANREOTIDE
FAILS = Effect(
    symptoms_controlled=False,
    tumour_controlled=False,
    for_tumour=False,
    insulinoma=False,
    test_dose_tolerated=None,
    hypoglycaemia_worse=False,
    gallstone_complication=False,
    gallstones=False,
    diabetes=False,
)
"""The present step fails and nothing speaks against the next."""


def advise(
    step: Step = Step.STANDARD,
    analogue: Analogue = OCTREOTIDE,
    *,
    target: Target = Target.SYMPTOMS,
    day: date = LATER,
    **seen: bool | None,
) -> StepAdvice:
    state = AnalogueState(analogue, step, START)
    return next_step(state, replace(FAILS, **seen), target, day=day, known=KNOWN)


def test_the_way_up_of_octreotide() -> None:
    """20 mg, 30 mg, above the label, something added, the board."""
    state, doses, said = AnalogueState(OCTREOTIDE, Step.STARTING, START), [], []
    for _ in range(5):
        day = state.since + timedelta(days=100)
        found = next_step(state, FAILS, Target.SYMPTOMS, day=day, known=KNOWN)
        said.append(found.advice)
        doses.append([entry.id.partition(".")[2] for entry in found.doses])
        state = found.state
    assert said == [Advice.RAISE, Advice.RAISE, Advice.ADD, Advice.BOARD, Advice.BOARD]
    assert doses[:2] == [
        ["octreotide_tumour_dose"],
        ["intensified_octreotide", "intensified_octreotide_dose"],
    ]
    assert state.step is Step.ADDED


def test_a_step_is_given_two_months() -> None:
    early = advise(day=date(2026, 2, 28))
    assert (early.advice, early.review_on) == (Advice.CONTINUE, LATER)
    assert any("short-acting" in reason.text.lower() for reason in early.reasons)
    assert advise(day=LATER).advice is Advice.RAISE


def test_what_is_controlled_goes_on() -> None:
    for step in (Step.STANDARD, Step.ABOVE_LABEL, Step.ADDED):
        assert advise(step, symptoms_controlled=True).advice is Advice.CONTINUE
    assert advise(symptoms_controlled=None).advice is Advice.FIND_OUT


def test_lanreotide_for_the_tumour_is_never_doubled_against_symptoms() -> None:
    """Trap 21: no second 120 mg for the syndrome; something is added instead."""
    found = advise(analogue=LANREOTIDE, for_tumour=True)
    assert (found.advice, found.doses) == (Advice.ADD, ())
    assert found.reasons[-1].entry is KNOWN.analogues.lanreotide_not_doubled
    assert "symptom.telotristat" in found.options
    assert advise(analogue=LANREOTIDE, for_tumour=None).advice is Advice.FIND_OUT
    syndrome_only = advise(analogue=LANREOTIDE, for_tumour=False)
    assert [entry.id for entry in syndrome_only.doses] == ["somatostatin.intensified_lanreotide"]


def test_against_growth_the_shorter_interval_comes_with_its_modest_gain() -> None:
    found = advise(analogue=LANREOTIDE, target=Target.TUMOUR, for_tumour=True)
    assert found.advice is Advice.RAISE
    assert found.reasons[-1].entry is KNOWN.analogues.modest_gain
    above = advise(Step.ABOVE_LABEL, LANREOTIDE, target=Target.TUMOUR)
    assert (above.advice, above.options) == (Advice.BOARD, ())


def test_insulinoma_is_guarded() -> None:
    """SYN-2, trap 23: a test dose first; worse hypoglycaemia or a test dose not tolerated end it for good."""
    tested = advise(insulinoma=True)
    assert (tested.advice, tested.state.step) == (Advice.TEST_DOSE, Step.STANDARD)
    assert advise(insulinoma=True, test_dose_tolerated=True).advice is Advice.RAISE
    for harm in ({"test_dose_tolerated": False}, {"test_dose_tolerated": True, "hypoglycaemia_worse": True}):
        found = advise(insulinoma=True, symptoms_controlled=True, **harm)  # type: ignore[arg-type]
        assert (found.advice, found.state.step) == (Advice.STOP, Step.STOPPED)
    unknown = advise(insulinoma=True, test_dose_tolerated=True, hypoglycaemia_worse=None)
    assert unknown.advice is Advice.FIND_OUT


def test_worse_hypoglycaemia_holds_until_an_insulinoma_is_excluded() -> None:
    held = advise(insulinoma=None, hypoglycaemia_worse=True)
    assert (held.advice, held.state.held_for) == (Advice.HOLD, Hold.HYPOGLYCAEMIA)
    assert held.unknown == ("whether there is an insulinoma",)

    def then(**seen: bool | None) -> StepAdvice:
        return next_step(held.state, replace(FAILS, **seen), Target.SYMPTOMS, day=LATER, known=KNOWN)

    assert then(insulinoma=None, hypoglycaemia_worse=False).advice is Advice.HOLD
    assert then(insulinoma=True, hypoglycaemia_worse=True).state.step is Step.STOPPED
    resumed = then(insulinoma=False, hypoglycaemia_worse=True)
    assert (resumed.advice, resumed.state.step) == (Advice.CONTINUE, Step.STANDARD)
    assert resumed.cautions[0].entry is KNOWN.analogues.hypoglycaemia


def test_a_complication_of_gallstones_holds_and_resumes() -> None:
    held = advise(Step.ABOVE_LABEL, gallstone_complication=True)
    assert (held.advice, held.state.resumes) == (Advice.HOLD, Step.ABOVE_LABEL)
    for complication, advice in ((True, Advice.HOLD), (None, Advice.FIND_OUT), (False, Advice.CONTINUE)):
        found = next_step(
            held.state, replace(FAILS, gallstone_complication=complication), Target.SYMPTOMS, day=LATER, known=KNOWN
        )  # fmt: skip
        assert found.advice is advice
        if advice is Advice.CONTINUE:
            assert found.state == AnalogueState(OCTREOTIDE, Step.ABOVE_LABEL, LATER)


def test_cautions_of_the_patient() -> None:
    found = advise(diabetes=True, gallstones=True)
    entries = [reason.entry for reason in found.cautions]
    assert entries == [KNOWN.analogues.diabetes, KNOWN.course.gallstone_silent, KNOWN.course.step_glucose]


def test_impossible_states_are_refused() -> None:
    for wrong in (
        {"analogue": LANREOTIDE, "step": Step.STARTING},
        {"step": Step.ON_HOLD},
        {"step": Step.STANDARD, "resumes": Step.STANDARD},
        {"step": Step.ON_HOLD, "resumes": Step.STOPPED, "held_for": Hold.GALLSTONES},
    ):
        whole = {"analogue": OCTREOTIDE, "step": Step.STANDARD, "since": START, **wrong}
        with pytest.raises(InputError):
            AnalogueState(**whole)  # type: ignore[arg-type]


ASKED = [item.name for item in fields(Effect) if item.name not in ("gallstones", "diabetes")]
EFFECTS = [
    Effect(**dict(zip(ASKED, row, strict=True))) for row in product((True, False, None), repeat=len(ASKED))
]


def check(state: AnalogueState, seen: Effect, target: Target, found: StepAdvice) -> None:
    """What holds of every advice in every state."""
    assert found.reasons or found.unknown
    assert bool(found.doses) is (found.advice is Advice.RAISE)
    assert (found.state.step is Step.STOPPED) is (found.advice is Advice.STOP)
    assert (found.state.step is Step.ON_HOLD) or found.advice is not Advice.HOLD
    if state.step is Step.STOPPED:
        assert found.state == state
    if found.advice in (Advice.FIND_OUT, Advice.TEST_DOSE):
        assert found.unknown and found.state == state
    if found.advice in (Advice.RAISE, Advice.ADD):
        controlled = seen.symptoms_controlled if target is Target.SYMPTOMS else seen.tumour_controlled
        assert controlled is False and seen.gallstone_complication is not True
        assert not (seen.insulinoma and seen.test_dose_tolerated is not True)
    if found.advice is Advice.RAISE:
        assert seen.insulinoma is not None and seen.gallstone_complication is False
        assert not (seen.insulinoma and seen.hypoglycaemia_worse is not False)
        assert not (
            state.analogue is LANREOTIDE and target is Target.SYMPTOMS and seen.for_tumour is not False
        )
        assert list(Step).index(found.state.step) == list(Step).index(state.step) + 1


@pytest.mark.parametrize("analogue", list(Analogue))
@pytest.mark.parametrize("target", list(Target))
def test_walk_over_every_state_and_effect(analogue: Analogue, target: Target) -> None:
    """All combinations of yes, no and unknown in all states that are reached; time passes between two reviews."""
    first = Step.STARTING if analogue is OCTREOTIDE else Step.STANDARD
    start = AnalogueState(analogue, first, START)
    seen, queue = {start}, deque([start])
    while queue:
        state = queue.popleft()
        fresh = set()
        for effect in EFFECTS:
            for day in (START, LATER):
                found = next_step(replace(state, since=START), effect, target, day=day, known=KNOWN)
                check(replace(state, since=START), effect, target, found)
                fresh.add(replace(found.state, since=START))
        queue.extend(fresh - seen)
        seen |= fresh
    reached = {state.step for state in seen}
    expected = set(Step) - ({Step.STARTING} if analogue is LANREOTIDE else set())
    assert reached == expected - ({Step.ADDED} if target is Target.TUMOUR else set())


# ----------------------------------------------------------------------------------------- telotristat
BEGUN = TelotristatState(TelotristatLevel.GIVEN, START)
REVIEW = START + timedelta(weeks=12)
FIT = TelotristatView(
    indicated=True,
    durable_response=False,
    severe_constipation_or_pain=False,
    child_pugh="none",
    dialysis=False,
)


def telotristat(state: TelotristatState, *, day: date = REVIEW, **seen: object) -> TelotristatInstruction:
    return next_telotristat(state, replace(FIT, **seen), day=day, known=SYMPTOMS)  # type: ignore[arg-type]


def test_telotristat_is_reviewed_at_12_weeks() -> None:
    early = telotristat(BEGUN, day=REVIEW - timedelta(days=1))
    assert (early.advice, early.review_on) == (TelotristatAdvice.CONTINUE, REVIEW)
    assert telotristat(BEGUN).advice is TelotristatAdvice.REASSESS
    assert telotristat(BEGUN, durable_response=True).advice is TelotristatAdvice.CONTINUE
    assert telotristat(BEGUN, durable_response=None).advice is TelotristatAdvice.FIND_OUT


def test_telotristat_begins_when_indicated_and_possible() -> None:
    found = telotristat(TelotristatState(), day=START)
    assert (found.advice, found.state, found.review_on) == (TelotristatAdvice.BEGIN, BEGUN, REVIEW)
    for name in ("indicated", "child_pugh", "severe_constipation_or_pain"):
        assert telotristat(TelotristatState(), **{name: None}).advice is TelotristatAdvice.FIND_OUT  # type: ignore[arg-type]
    assert telotristat(TelotristatState(), indicated=False).advice is TelotristatAdvice.DO_NOT_BEGIN
    assert telotristat(TelotristatState(), child_pugh="C").advice is TelotristatAdvice.DO_NOT_BEGIN
    labels_differ = telotristat(TelotristatState(), child_pugh="B", dialysis=True)
    assert labels_differ.advice is TelotristatAdvice.BEGIN and len(labels_differ.cautions) == 2


def test_telotristat_is_stopped_for_constipation_and_class_c() -> None:
    for harm in ({"severe_constipation_or_pain": True}, {"child_pugh": "C"}):
        found = telotristat(BEGUN, durable_response=True, **harm)  # type: ignore[arg-type]
        assert (found.advice, found.state.level) == (TelotristatAdvice.STOP, TelotristatLevel.STOPPED)


def test_walk_of_telotristat() -> None:
    views = [
        TelotristatView(a, b, c, d, e)
        for a, b, c, d, e in product(
            (True, False, None), (True, False, None), (True, False, None), ("none", "A", "B", "C", None), (True, None)
        )
    ]  # fmt: skip
    start = TelotristatState()
    seen, queue = {start}, deque([start])
    while queue:
        state = queue.popleft()
        for view, day in product(views, (START, REVIEW)):
            found = next_telotristat(state, view, day=day, known=SYMPTOMS)
            assert found.reasons or found.unknown
            if state.level is TelotristatLevel.STOPPED:
                assert (found.advice, found.state) == (TelotristatAdvice.STOP, state)
            if found.advice is TelotristatAdvice.BEGIN:
                assert view.indicated and view.child_pugh not in ("C", None)
                assert view.severe_constipation_or_pain is False
            if found.advice is TelotristatAdvice.CONTINUE:
                assert state.level is TelotristatLevel.GIVEN and view.severe_constipation_or_pain is False
            if found.advice is TelotristatAdvice.FIND_OUT:
                assert found.unknown and found.state == state
            following = found.state if found.state.begun_on is None else BEGUN
            if following not in seen:
                seen.add(following)
                queue.append(following)
    assert {state.level for state in seen} == set(TelotristatLevel)


def test_impossible_telotristat_is_refused() -> None:
    with pytest.raises(InputError):
        TelotristatState(TelotristatLevel.GIVEN)
    with pytest.raises(InputError):
        TelotristatState(TelotristatLevel.STOPPED, START)
    with pytest.raises(InputError):
        TelotristatView(child_pugh="D")


# --------------------------------------------------------------------------------------------- crisis
@pytest.mark.parametrize("procedure", list(Procedure))
def test_the_plan_against_a_crisis_shows_the_views_and_gives_no_dose(procedure: Procedure) -> None:
    """CRI-1 to CRI-6, D10: by the local protocol, never a dose that is to be given."""
    found = crisis_plan(procedure, at_risk=True, liver_metastases=True, heart_disease=True, known=SYMPTOMS)
    assert found is not None and found.applies is True
    assert "local protocol" in found.statement.text and "no dose is computed" in found.statement.text
    assert found.statement.entry.value is None and found.statement.entry.low is None
    assert {SYMPTOMS.crisis_practice, SYMPTOMS.crisis_vasopressor} <= {view.entry for view in found.views}
    particular = {reason.entry for reason in found.for_patient}
    assert (SYMPTOMS.crisis_radioligand in particular) is (procedure is Procedure.RADIOLIGAND)
    assert {SYMPTOMS.crisis_liver, SYMPTOMS.crisis_heart} <= particular


def test_without_risk_there_is_no_plan_and_an_unknown_risk_stays_one() -> None:
    asked = {"liver_metastases": None, "heart_disease": None, "known": SYMPTOMS}
    assert crisis_plan(Procedure.ABLATION, at_risk=False, **asked) is None  # type: ignore[arg-type]
    unknown = crisis_plan(Procedure.ABLATION, at_risk=None, **asked)  # type: ignore[arg-type]
    assert unknown is not None and (unknown.applies, unknown.for_patient) == (None, ())
