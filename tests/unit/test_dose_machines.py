"""Dose modification of six drugs: the rules of the labels by name. Their machines are walked in `test_dose_walks`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.dose_walks import (
    CABOZANTINIB,
    CAPECITABINE,
    CAPTEM,
    CHEMOTHERAPY,
    CHEMOTHERAPY_RULES,
    DAY,
    EVEROLIMUS,
    STREPTOZOCIN,
    SUNITINIB,
    TABLES,
    TARGETED,
    TARGETED_RULES,
    TEMOZOLOMIDE,
)

from nelm.case.vocabulary import Dpyd
from nelm.errors import InputError, KnowledgeError
from nelm.followup.toxicity.dose_machine import (
    Decision,
    DoseState,
    dose_given,
    lower_dose_taken,
    next_dose,
    started,
    stop_confirmed,
    stop_rejected,
)
from nelm.followup.toxicity.dose_standing import Rungs, Said, Standing, Weight, decide
from nelm.followup.toxicity.dose_step import Action, Level
from nelm.followup.toxicity.dose_table import Dose, DoseTable, Response, Seen, event, graded
from nelm.knowledge import Status, load_knowledge
from nelm.quantities import Interval
from nelm.therapies.chemotherapy.modification import (
    capecitabine,
    capecitabine_counts,
    capecitabine_kidney,
    streptozocin_clearance,
    streptozocin_counts,
    temozolomide_counts,
    temozolomide_nadir,
)
from nelm.therapies.prrt.knowledge import PrrtKnowledge
from nelm.therapies.prrt.modification import CourseState, next_cycle
from nelm.therapies.prrt.modification_reading import cycle_step
from nelm.therapies.prrt.toxicity import Assessment as CycleAssessment
from nelm.therapies.targeted.modification import (
    cabozantinib,
    sunitinib_ejection_fraction,
    sunitinib_protein,
)
from nelm.therapies.targeted.modification_everolimus import LiverImpairment, everolimus

exact = Interval.exact
WELL: dict[str, Seen] = {}


class Course:
    """A treatment followed step by step; a dose is given whenever it is cleared."""

    def __init__(self, table: DoseTable) -> None:
        self.table, self.state, self.day = table, started(table), DAY

    def see(self, days: int = 7, **seen: Seen) -> Decision:
        """The decision some days later for a patient who is well but for what is given."""
        self.day += timedelta(days)
        found = next_dose(self.state, {**self.table.nothing_seen(), **seen}, day=self.day, table=self.table)
        self.state = dose_given(found.state, self.table) if found.step.action is Action.GIVE else found.state
        return found

    def amounts(self, *steps: dict[str, Seen]) -> list[float | str]:
        """What each step says: the amount that is given, or the action."""
        found = [self.see(**seen).step for seen in steps]
        return [str(step.action) if step.dose is None else step.dose.amount for step in found]


HOLD, STOP, CONFIRM = str(Action.HOLD), str(Action.STOP), str(Action.CONFIRM)


# ------------------------------------------------------------------------------------------- the ladders
def test_ladders() -> None:
    def amounts(table: DoseTable) -> list[float]:
        return [dose.amount for dose in table.ladder]

    by_liver = {
        LiverImpairment.NONE: [10, 5, 2.5],
        LiverImpairment.A: [7.5, 5, 2.5],
        LiverImpairment.B: [5, 2.5],
        LiverImpairment.C: [2.5],
    }
    for liver, wanted in by_liver.items():
        assert amounts(everolimus(TARGETED, TARGETED_RULES, liver=liver)) == wanted
    assert amounts(SUNITINIB) == [37.5, 25]
    assert amounts(CABOZANTINIB) == [60, 40, 20]
    assert amounts(cabozantinib(TARGETED, TARGETED_RULES, child_pugh_b=True)) == [40, 20]
    assert amounts(CAPTEM) == amounts(TEMOZOLOMIDE) == [200, 150, 100]
    assert amounts(STREPTOZOCIN) == [500, 375, 250]


@pytest.mark.parametrize(
    ("dpyd", "wanted"), [(Dpyd.NORMAL, [750, 562.5, 375]), (Dpyd.PARTIAL, [375, 281.25, 187.5])]
)
def test_capecitabine_starts_by_dpyd(dpyd: Dpyd, wanted: list[float]) -> None:
    """DPD-3: half the dose with a partial deficiency."""
    table = capecitabine(CHEMOTHERAPY, CHEMOTHERAPY_RULES, dpyd=dpyd)
    assert [dose.amount for dose in table.ladder] == wanted
    assert Course(table).see().step.dose == table.ladder[0]


def test_complete_deficiency_is_never_a_dose_and_an_unknown_one_asks() -> None:
    """DPD-1, DPD-2."""
    never = Course(capecitabine(CHEMOTHERAPY, CHEMOTHERAPY_RULES, dpyd=Dpyd.COMPLETE))
    for _ in range(3):
        found = never.see()
        assert (found.step.action, found.step.level) == (Action.STOP, Level.STOPPED)
    asked = Course(capecitabine(CHEMOTHERAPY, CHEMOTHERAPY_RULES, dpyd=None)).see().step
    assert (asked.action, asked.dose) == (Action.FIND_OUT, None)
    assert asked.find_out == ("the DPYD test, before the first dose",)


def test_liver_class_is_asked_before_the_first_dose() -> None:
    for table in (
        everolimus(TARGETED, TARGETED_RULES, liver=None),
        cabozantinib(TARGETED, TARGETED_RULES, child_pugh_b=None),
    ):
        found = Course(table).see().step
        assert found.action is Action.FIND_OUT and "Child-Pugh" in found.find_out[0]


def test_dose_in_milligrams_by_body_surface() -> None:
    dose = CAPECITABINE.ladder[0]
    assert dose.in_mg(Interval(1.8, 2.0)) == Interval(1350, 1500)
    assert dose.in_mg(None) is None and SUNITINIB.ladder[0].in_mg(None) == exact(37.5)
    assert Dose(7.4, "GBq", "", dose.entries).in_mg(exact(2)) is None


# -------------------------------------------------------------------------------------------- everolimus
def test_everolimus_stomatitis() -> None:
    """Grade 2: the same dose, then half; grade 4: stop."""
    course = Course(EVEROLIMUS)
    steps = [WELL, {"stomatitis": graded(2)}, WELL, {"stomatitis": graded(2)}, {"stomatitis": graded(1)}]
    assert course.amounts(*steps) == [10, HOLD, 10, HOLD, 5]
    assert course.amounts({"stomatitis": graded(3)}, WELL, {"stomatitis": graded(4)}, WELL) == [
        HOLD,
        2.5,
        STOP,
        STOP,
    ]


def test_everolimus_pneumonitis() -> None:
    """Grade 2: half the dose, and a stop if it has not gone after 4 weeks; grade 3 again: a person decides."""
    quick = Course(EVEROLIMUS)
    assert quick.amounts({"pneumonitis": graded(2)}, {"pneumonitis": graded(2)}, WELL) == [HOLD, HOLD, 5]
    slow = Course(EVEROLIMUS)
    slow.see(pneumonitis=graded(2))
    assert slow.see(days=28, pneumonitis=graded(2)).step.action is Action.HOLD
    late = slow.see(days=1, pneumonitis=graded(2)).step
    assert (late.action, late.level) == (Action.STOP, Level.STOPPED) and late.reasons[0].is_checked
    again = Course(EVEROLIMUS)
    steps = [{"pneumonitis": graded(3)}, WELL, {"pneumonitis": graded(3)}]
    assert again.amounts(*steps) == [HOLD, 5, CONFIRM]
    assert "leaves the choice to you" in again.see().step.instruction


def test_everolimus_sugar_and_infection() -> None:
    course = Course(EVEROLIMUS)
    assert course.amounts({"metabolic": graded(2)}, {"metabolic": graded(3)}, {"metabolic": graded(2)}) == [
        10,
        HOLD,
        5,
    ]
    assert Course(EVEROLIMUS).amounts({"metabolic": graded(4)}) == [STOP]
    assert Course(EVEROLIMUS).amounts({"fungal": event(True)}) == [STOP]
    assert Course(EVEROLIMUS).amounts({"infection": graded(2, tolerable=True)}) == [10]
    assert Course(EVEROLIMUS).amounts({"infection": graded(2, tolerable=False)}, WELL) == [HOLD, 10]
    asked = Course(EVEROLIMUS).see(infection=graded(2)).step
    assert (asked.action, asked.find_out) == (Action.FIND_OUT, ("whether infection is tolerated",))


# --------------------------------------------------------------------------------------------- sunitinib
def test_sunitinib_liver_and_heart() -> None:
    """Grade 3 once: 25 mg; again or grade 4: stop. Signs of heart failure: stop."""
    course = Course(SUNITINIB)
    assert course.amounts({"liver": graded(3)}, WELL, {"liver": graded(3)}) == [HOLD, 25, STOP]
    assert Course(SUNITINIB).amounts({"liver": graded(4)}) == [STOP]
    assert Course(SUNITINIB).amounts({"heart_failure": event(True)}) == [STOP]
    fallen = sunitinib_ejection_fraction(exact(30), TARGETED_RULES, below_limit=None)
    assert Course(SUNITINIB).amounts({"ejection_fraction": fallen}, WELL) == [HOLD, 25]


def test_a_recalled_stop_holds_and_asks_and_is_never_ignored() -> None:
    """A stop that was not read in its source is no silent veto: hold, say so, and let people confirm or reject it."""
    course = Course(SUNITINIB)
    found = course.see(hypertension=graded(4)).step
    assert (found.action, found.level, found.dose) == (Action.CONFIRM, Level.STOP_TO_CONFIRM, None)
    assert "not yet checked against its source" in found.instruction
    assert "not yet checked against its source" in found.reasons[0].text
    assert found.unchecked == found.reasons and found.reasons[0].entry.status is Status.RECALLED
    waiting = course.see().step
    assert waiting.action is Action.CONFIRM, "nothing is given before somebody has decided"
    confirmed = Course(SUNITINIB)
    confirmed.state = stop_confirmed(course.state)
    assert confirmed.see().step.action is Action.STOP
    course.state = stop_rejected(course.state)
    assert course.amounts({"hypertension": graded(3)}, WELL) == [HOLD, 25]


def test_a_read_stop_ends_what_waits_for_confirmation() -> None:
    course = Course(SUNITINIB)
    course.see(hypertension=graded(4))
    assert course.see(heart_failure=event(True)).step.action is Action.STOP


@pytest.mark.parametrize(
    ("fall", "below_limit", "severity"),
    [
        (20, None, 0),
        (20.1, None, 1),
        (49.9, None, 1),
        (50, None, 2),
        (None, True, 1),
        (None, False, 0),
        (None, None, None),
    ],
)
def test_ejection_fraction(fall: float | None, below_limit: bool | None, severity: int | None) -> None:
    found = sunitinib_ejection_fraction(
        None if fall is None else exact(fall), TARGETED_RULES, below_limit=below_limit
    )
    assert found.severity == (None if severity is None else exact(severity))


def test_sunitinib_protein() -> None:
    assert sunitinib_protein(exact(3), TARGETED_RULES) == event(True)
    assert sunitinib_protein(exact(2.9), TARGETED_RULES) == event(False)
    assert sunitinib_protein(Interval(2, 4), TARGETED_RULES) == event(None)
    steps = [{"protein": event(True)}, WELL, {"protein": event(True)}]
    assert Course(SUNITINIB).amounts(*steps) == [HOLD, 25, CONFIRM]


# ------------------------------------------------------------------------------------------ cabozantinib
@pytest.mark.parametrize(
    "seen",
    [
        {"perforation": event(True)},
        {"fistula": graded(4)},
        {"bleeding": graded(3)},
        {"arterial": event(True)},
        {"venous": graded(4)},
        {"nephrotic": event(True)},
        {"encephalopathy": event(True)},
        {"pressure": Seen(exact(2))},
    ],
)
def test_cabozantinib_stops(seen: dict[str, Seen]) -> None:
    found = Course(CABOZANTINIB).see(**seen).step
    assert found.action is Action.STOP and found.reasons[0].is_checked


def test_cabozantinib_steps_down_and_tries_the_lowest_dose_twice() -> None:
    """60, 40, 20, 20 again if tolerated, otherwise stop."""
    course = Course(CABOZANTINIB)
    steps = [
        {"diarrhoea": graded(3)},
        WELL,
        {"hand_foot": graded(2, tolerable=False)},
        WELL,
        {"jaw": event(True)},
        WELL,
    ]
    assert course.amounts(*steps) == [HOLD, 40, HOLD, 20, HOLD, 20]
    assert course.amounts({"diarrhoea": graded(3)}, WELL) == [STOP, STOP]


def test_two_toxicities_of_one_pause_are_one_step() -> None:
    course = Course(CABOZANTINIB)
    steps = [
        {"diarrhoea": graded(3)},
        {"diarrhoea": graded(3), "hand_foot": graded(3)},
        {"hand_foot": graded(3)},
        WELL,
    ]
    assert course.amounts(*steps) == [HOLD, HOLD, HOLD, 40]


# ------------------------------------------------------------------------------------------ capecitabine
def test_capecitabine_label_table() -> None:
    """Grade 2: 100, 75, 50 %, stop; grade 3: 75, 50 %, stop; grade 4: stop or 50 %."""
    second = Course(CAPECITABINE)
    steps = [step for _ in range(4) for step in ({"diarrhoea": graded(2)}, WELL)]
    assert second.amounts(*steps) == [HOLD, 750, HOLD, 562.5, HOLD, 375, STOP, STOP]
    third = Course(CAPECITABINE)
    steps = [step for _ in range(3) for step in ({"hand_foot": graded(3)}, WELL)]
    assert third.amounts(*steps) == [HOLD, 562.5, HOLD, 375, STOP, STOP]
    fourth = Course(CAPECITABINE)
    assert fourth.amounts({"neutrophils": graded(4)}) == [CONFIRM]
    fourth.state = stop_rejected(fourth.state)
    assert fourth.amounts({"neutrophils": graded(2)}, WELL) == [HOLD, 375]


def test_a_second_toxicity_counts_for_itself() -> None:
    """The first grade 2 of another toxicity does not reduce the dose, and a reduced dose is not raised."""
    course = Course(CAPECITABINE)
    steps = [{"diarrhoea": graded(3)}, WELL, {"hand_foot": graded(2)}, WELL]
    assert course.amounts(*steps) == [HOLD, 562.5, HOLD, 562.5]


def test_worse_during_a_pause_counts_both_grades_once() -> None:
    course = Course(CAPECITABINE)
    steps = [{"diarrhoea": graded(grade)} for grade in (2, 3, 2, 3)]
    assert course.amounts(*steps, WELL) == [HOLD, HOLD, HOLD, HOLD, 562.5]


def test_capecitabine_numbers() -> None:
    assert capecitabine_counts(exact(1.5), exact(100), CHEMOTHERAPY) == event(False)
    assert capecitabine_counts(exact(1.4), None, CHEMOTHERAPY) == event(True)
    assert capecitabine_counts(exact(1.5), None, CHEMOTHERAPY) == event(None)
    assert capecitabine_kidney(exact(29.9), CHEMOTHERAPY) == event(True)
    assert capecitabine_kidney(exact(30), CHEMOTHERAPY) == event(False)


# ------------------------------------------------------------------------------------------ temozolomide
@pytest.mark.parametrize(
    ("neutrophils", "platelets", "severity"),
    [(2.0, 150, exact(0)), (1.4, 150, exact(1)), (2.0, 99, exact(1)), (0.99, 150, exact(2)), (2.0, 49, exact(2)),
     (1.0, 50, exact(1)), (None, 150, Interval(0, 2)), (None, 49, exact(2)), (None, None, Interval(0, 2))],
)  # fmt: skip
def test_temozolomide_nadir(neutrophils: float | None, platelets: float | None, severity: Interval) -> None:
    counts = [None if item is None else exact(item) for item in (neutrophils, platelets)]
    assert temozolomide_nadir(counts[0], counts[1], CHEMOTHERAPY, CHEMOTHERAPY_RULES).severity == severity


def test_temozolomide_steps() -> None:
    """A low nadir lowers the next cycle without a pause; low counts of the day put it off."""
    course = Course(CAPTEM)
    nadir, low = {"nadir": Seen(exact(2))}, {"counts": event(True)}
    assert course.amounts(WELL, nadir, {**nadir, **low}, nadir, nadir) == [200, 150, HOLD, 100, CONFIRM]
    assert temozolomide_counts(exact(1.5), exact(100), CHEMOTHERAPY) == event(False)
    assert temozolomide_counts(exact(1.5), exact(99), CHEMOTHERAPY) == event(True)


def test_temozolomide_alone_rises_once_at_the_second_cycle() -> None:
    assert Course(TEMOZOLOMIDE).amounts(WELL, WELL, WELL) == [150, 200, 200]
    assert Course(TEMOZOLOMIDE).amounts(WELL, {"nadir": Seen(exact(1))}, WELL) == [150, 150, 150]
    assert Course(TEMOZOLOMIDE).amounts(WELL, {"other": graded(2)}, WELL) == [150, 200, 200]
    assert Course(TEMOZOLOMIDE).amounts(WELL, {"nadir": Seen(exact(2))}, WELL, WELL) == [150, 100, 100, 100]
    delayed = [WELL, {"counts": event(True)}, WELL, WELL]
    assert Course(TEMOZOLOMIDE).amounts(*delayed) == [150, HOLD, 150, 150]


def test_an_unexplained_low_count_holds_alkylators() -> None:
    for table in (CAPTEM, STREPTOZOCIN):
        assert Course(table).amounts({"unexplained_cytopenia": event(True)}, WELL)[0] == HOLD


# ------------------------------------------------------------------------------------------ streptozocin
def test_streptozocin_kidney_rule() -> None:
    """Below 60 mL/min no cycle, then a lower one; mild protein lowers the first time, more holds, again stops."""
    assert streptozocin_clearance(exact(59.9), CHEMOTHERAPY_RULES) == event(True)
    assert streptozocin_clearance(exact(60), CHEMOTHERAPY_RULES) == event(False)
    assert streptozocin_clearance(None, CHEMOTHERAPY_RULES) == event(None)
    assert Course(STREPTOZOCIN).amounts({"clearance": event(True)}, WELL) == [HOLD, 375]
    mild = {"protein": graded(1)}
    assert Course(STREPTOZOCIN).amounts(WELL, mild, mild, mild) == [500, 375, 375, 375]
    more = {"protein": graded(2)}
    assert Course(STREPTOZOCIN).amounts(more, mild, more) == [HOLD, 375, CONFIRM]
    assert Course(STREPTOZOCIN).amounts({"creatinine": graded(1)}, WELL) == [HOLD, 375]
    assert Course(STREPTOZOCIN).amounts({"creatinine": graded(3)}) == [CONFIRM]
    assert streptozocin_counts(exact(2.0), exact(150), CHEMOTHERAPY_RULES) == event(True)
    assert streptozocin_counts(exact(2.1), exact(101), CHEMOTHERAPY_RULES) == event(False)
    assert streptozocin_counts(exact(2.1), None, CHEMOTHERAPY_RULES) == event(None)


# ------------------------------------------------------------------------------------------ the machine
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_nothing_known_asks_for_every_toxicity(table: DoseTable) -> None:
    found = next_dose(started(table), {}, day=DAY, table=table).step
    assert (found.action, found.dose, len(found.find_out)) == (Action.FIND_OUT, None, len(table.toxicities))
    for toxicity in table.toxicities:
        seen = {**table.nothing_seen(), toxicity.id: Seen()}
        one = next_dose(started(table), seen, day=DAY, table=table).step
        assert (one.action, one.find_out) == (Action.FIND_OUT, (toxicity.question,))
        assert one.dose_if_clear == table.ladder[table.start]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_hold_without_end_is_asked_about(table: DoseTable) -> None:
    """Six weeks are this project's own: they ask, and a longer wait is accepted once somebody says so."""
    rule = next(rule for rule in table.rules if rule.responses[0] in (Response.HOLD_SAME, Response.HOLD_LOWER)
                and rule.longest_hold is None)  # fmt: skip
    seen = {rule.toxicity: Seen(exact(rule.low), tolerable=False)}
    course = Course(table)
    assert course.see(**seen).step.action is Action.HOLD
    assert course.see(days=42, **seen).step.action is Action.HOLD
    asked = course.see(days=1, **seen).step
    assert (asked.action, asked.reasons[0].entry.status) == (Action.CONFIRM, Status.COMPUTED)
    course.state = stop_rejected(course.state)
    assert course.see(days=100, **seen).step.action is Action.HOLD
    assert course.see().step.action is Action.GIVE


def test_a_hold_of_unknown_begin_asks_for_it() -> None:
    course = Course(SUNITINIB)
    course.see(liver=graded(3))
    course.state = replace(course.state, held_since=None)
    found = course.see(liver=graded(3)).step
    assert (found.action, found.find_out) == (Action.HOLD, ("since when the drug is on hold",))


def test_a_range_of_grades_on_both_sides_of_a_rule_is_not_a_dose() -> None:
    found = Course(SUNITINIB).see(hypertension=graded(Interval(2, 3))).step
    assert (found.action, found.find_out) == (Action.FIND_OUT, ("the grade of hypertension",))


def test_impossible_use_is_refused() -> None:
    table = SUNITINIB
    with pytest.raises(InputError, match="a toxicity of the table of sunitinib"):
        next_dose(started(table), {"cough": graded(1)}, day=DAY, table=table)
    with pytest.raises(InputError, match="a severity from 0 to 4"):
        next_dose(started(table), {"liver": graded(5)}, day=DAY, table=table)
    with pytest.raises(InputError, match="cleared"):
        dose_given(started(table), table)
    with pytest.raises(InputError, match="waits for confirmation"):
        stop_confirmed(started(table))
    with pytest.raises(InputError, match="a toxicity when on hold"):
        DoseState(Standing(Level.ON_HOLD, 0, 0))
    asked = next_dose(started(table), {}, day=DAY, table=table).state
    with pytest.raises(InputError):
        dose_given(asked, table)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    first, *others = SUNITINIB.rules
    for change in (
        {"ladder": SUNITINIB.ladder[::-1]},
        {"ladder": ()},
        {"toxicities": SUNITINIB.toxicities[1:]},
        {"rules": (first, *SUNITINIB.rules)},
        {"rules": (replace(first, recovery=3), *others)},
        {"start": 2},
        {"rise": SUNITINIB.never_raised},
    ):
        with pytest.raises(KnowledgeError):
            replace(SUNITINIB, **change)


def test_changed_knowledge_changes_the_answer() -> None:
    """A stop that was read in its source is final; the same stop recalled waits for people."""
    rules = replace(
        TARGETED_RULES,
        cabozantinib_perforation=replace(TARGETED_RULES.cabozantinib_perforation, status=Status.RECALLED),
    )
    table = cabozantinib(TARGETED, rules, child_pugh_b=False)
    assert Course(table).amounts({"perforation": event(True)}) == [CONFIRM]


# ------------------------------------------------------------------------- radioligand therapy, read alike
def test_radioligand_therapy_reads_like_any_other_treatment() -> None:
    known = load_knowledge().record(PrrtKnowledge, "prrt")
    good = CycleAssessment(
        platelets=exact(180),
        haemoglobin_g_l=exact(120),
        neutrophils=exact(3.5),
        creatinine_clearance_ml_min=exact(80),
        creatinine_rise_percent=exact(5),
        clearance_fall_percent=exact(4),
        bilirubin_times_upper_limit=exact(0.6),
        albumin_g_l=exact(40),
        other_grade=exact(1),
        delay_weeks=exact(0),
    )

    def step(state: CourseState, seen: CycleAssessment) -> tuple[object, ...]:
        found = cycle_step(next_cycle(state, seen, day=date(2026, 5, 1), known=known), known)
        assert found.reasons and found.instruction
        return found.action, found.level, found.dose and found.dose.amount, found.steps_down

    assert step(CourseState(), good) == (Action.GIVE, Level.FULL, 7.4, 0)
    assert step(CourseState(), replace(good, platelets=exact(60))) == (Action.HOLD, Level.ON_HOLD, None, 0)
    held = next_cycle(CourseState(), replace(good, platelets=exact(60)), day=DAY, known=known).state
    assert step(held, good) == (Action.GIVE, Level.REDUCED, 3.7, 1)
    assert step(held, replace(good, delay_weeks=exact(16))) == (Action.STOP, Level.STOPPED, None, 0)
    asked = cycle_step(next_cycle(CourseState(), CycleAssessment(), day=DAY, known=known), known)
    assert asked.action is Action.FIND_OUT and asked.dose is None and asked.dose_if_clear is not None
    assert len(asked.find_out) == 6


def test_a_lower_dose_that_was_taken_is_never_raised() -> None:
    """A record of 100 mg/m² after a first cycle of 150: the one rise to 200 is past."""
    state = dose_given(next_dose(started(TEMOZOLOMIDE), TEMOZOLOMIDE.nothing_seen(), day=DAY, table=TEMOZOLOMIDE).state,
                       TEMOZOLOMIDE)  # fmt: skip
    taken = lower_dose_taken(state, 2)
    found = next_dose(taken, TEMOZOLOMIDE.nothing_seen(), day=DAY, table=TEMOZOLOMIDE).step
    assert found.dose is not None and found.dose.amount == 100
    assert lower_dose_taken(taken, 0) == taken


def test_of_two_stops_that_people_reject_the_lower_dose_holds() -> None:
    """Grade 4 asks for the lowest dose where capecitabine goes on at all; a stop beside it does not undo that."""
    course = Course(CAPECITABINE)
    course.see(diarrhoea=graded(4), hand_foot=graded(4), stomatitis=graded(2))
    course.state = stop_rejected(course.state)
    found = course.see().step
    assert found.dose == CAPECITABINE.ladder[-1]


def test_a_hold_that_is_surely_too_long_stops_whatever_else_is_to_be_confirmed() -> None:
    held = Standing(Level.ON_HOLD, 0, 1)
    rungs = Rungs(start=0, lowest=2, end=Weight.TO_CONFIRM, lowest_again=False, may_rise=False)
    said = Said(waits=True, too_long=Weight.FINAL, counted=True)
    for other in (Said(), Said(stop=Weight.TO_CONFIRM), Said(unknown=True)):
        assert decide(held, said | other, rungs).action is Action.STOP
