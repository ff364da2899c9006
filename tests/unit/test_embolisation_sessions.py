"""Sessions of embolisation and feasibility: against brute force, and against the planner's own answers."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest
from tests.livers import ARTERY, measured, sticks
from tests.rows import evaluate_option, row

from nelm.errors import InputError
from nelm.guideline.answers import exclusions
from nelm.guideline.coverage import territory_knowledge, territory_rules
from nelm.guideline.criteria import Kind
from nelm.guideline.feasibility import Feasible, Modality, Reason
from nelm.guideline.findings.all import derived_facts
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver.arteries import territories_of
from nelm.imaging.liver.catheters import cover_of
from nelm.imaging.liver.territory_map import Supply, Territory, TerritoryMap, TerritoryRules
from nelm.imaging.liver.territory_names import Level, Lobe
from nelm.knowledge import load_knowledge
from nelm.quantities import Estimate, Interval
from nelm.therapies.embolisation import criteria
from nelm.therapies.embolisation.feasibility import feasibility, patient_reasons
from nelm.therapies.embolisation.sessions import EmbolisationPlan, embolisation_plan
from nelm.therapies.radioembolisation import feasibility as radioembolisation
from nelm.volume import Grid, Mask

KNOWLEDGE = load_knowledge()
KNOWN = territory_knowledge(KNOWLEDGE)
RULES = territory_rules(KNOWN)
LIVER = measured((((-60.0, 0.0, 25.0), 9.0), ((60.0, 0.0, 0.0), 12.0), ((-60.0, 5.0, -25.0), 4.0)))
FOUND = territories_of(LIVER, sticks(ARTERY), RULES)
NOBODY = PatientView("case-1", date(2026, 5, 1), {})
ASKED = {
    "patient.ecog": 1.0, "labs.creatinine": 80.0, "labs.bilirubin": 12.0, "labs.albumin": 40.0, "labs.platelets": 220.0,
    "labs.inr": 1.0, "liver.burden_percent": 3.0, "liver.portal_vein_thrombosis": "none", "liver.ascites": "none",
    "liver.encephalopathy": "none", "liver.biliary_obstruction": False, "liver.bilioenteric_anastomosis": False,
    "patient.comorbidities.uncontrolled_infection": False, "patient.comorbidities.hepatic_artery_occlusion": False,
    "patient.comorbidities.previous_pancreatoduodenectomy": False,
}  # fmt: skip


def view(**changes: object) -> PatientView:
    """A patient for whom nothing speaks against embolisation, changed; None takes a fact away."""
    facts = {**ASKED, **{name.replace("__", "."): value for name, value in changes.items()}}
    given = row({name: value for name, value in facts.items() if value is not None})
    return PatientView("case-1", date(2026, 5, 1), dict(given))


def random_map(rng: np.random.Generator, *, lobes: bool = False) -> TerritoryMap:
    """A tree of positions over a few cells in a row, with lesions of random shares."""
    count = int(rng.integers(3, 8))
    grid = Grid.axial((1, 1, count), (10.0, 10.0, 10.0))
    cells = np.arange(1, count + 1, dtype=np.int16).reshape(1, 1, count)
    healthy = {c: float(rng.uniform(5, 200)) for c in range(1, count + 1)}
    groups = {frozenset({c}) for c in healthy if rng.random() < 0.8}
    cut = sorted({0, count, *rng.integers(1, count, 2).tolist()})
    groups |= {frozenset(range(a + 1, b + 1)) for a, b in itertools.combinations(cut, 2)}
    shares: dict[str, dict[int, float]] = {}
    for name in ("L1", "L2", "L3")[: int(rng.integers(1, 4))]:
        touched = rng.choice(count, size=int(rng.integers(1, 4)), replace=False) + 1
        parts = rng.dirichlet(np.ones(len(touched)) * 0.3)
        shares[name] = {int(c): float(p) for c, p in zip(touched, parts, strict=True)}

    def territory(group: frozenset[int]) -> Territory:
        exact = Estimate(*(sum(healthy[c] for c in group),) * 3)
        held = {n: sum(p for c, p in parts.items() if c in group) for n, parts in shares.items()}
        level = Level.WHOLE if len(group) == count else Level.SEGMENTAL
        side = (Lobe.RIGHT if min(group) <= count / 2 else Lobe.LEFT) if lobes else Lobe.RIGHT
        return Territory(
            name=str(sorted(group)), level=level, lobe=side, cells=group,
            region=Mask(np.isin(cells, sorted(group)), grid), liver_ml=exact, healthy_ml=exact,
            tumour_ml=sum(held.values()), shares={n: Estimate(s, s, s) for n, s in held.items()},
        )  # fmt: skip

    return TerritoryMap(
        cells=cells, grid=grid, territories=tuple(territory(g) for g in sorted(groups, key=sorted)),
        supply=Supply.ARTERY, healthy_ml=healthy, shares=shares, tumour_ml=dict.fromkeys(shares, 1.0),
        rules=TerritoryRules(8, 14, 0.95, 0, 12), remarks=(),
        points_mm={name: np.zeros((0, 3)) for name in shares},
    )  # fmt: skip


def test_a_cover_is_that_of_brute_force() -> None:
    """Over all subsets of up to 14 positions on 120 random trees: equal cost, and the same lesions missed."""
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(120):
        found = random_map(rng)
        allowed = [item for item in found.territories if item.level is not Level.WHOLE][:10]
        worth = float(rng.choice([0.0, 20.0, 100.0]))
        cover = cover_of(found, list(found.shares), allowed, position_worth_ml=worth)
        everything = frozenset().union(*(item.cells for item in allowed))
        aims = [name for name in found.shares if found.is_covered(name, everything)]
        assert set(cover.missed) == set(found.shares) - set(aims)
        best = np.inf
        for size in range(len(allowed) + 1):
            for some in itertools.combinations(allowed, size):
                cells = frozenset().union(*(item.cells for item in some))
                if all(found.is_covered(name, cells) for name in aims):
                    best = min(best, found.healthy_in(cells) + worth * size)
        own = cover.healthy_ml + worth * len(cover.territories)
        assert own == pytest.approx(best if aims else 0.0, abs=1e-6)
        assert all(found.is_covered(name, cover.cells) for name in aims)
        covered += bool(aims)
    assert covered > 60


def fewest_sessions(loads: list[float], most: float) -> int:
    """By trying every assignment."""
    for count in range(1, len(loads) + 1):
        for where in itertools.product(range(count), repeat=len(loads)):
            sums = [sum(load for load, s in zip(loads, where, strict=True) if s == k) for k in range(count)]
            if max(sums) <= most + 1e-6:
                return count
    return len(loads)


def test_sessions_are_as_few_as_the_limit_allows_and_never_of_two_lobes() -> None:
    rng = np.random.default_rng(4)
    several = 0
    for _ in range(60):
        found = random_map(rng, lobes=True)
        share = float(rng.uniform(25, 90))
        plan = embolisation_plan(found, KNOWLEDGE, most_share_percent=share)
        most = share / 100 * found.liver_ml
        for lobe in Lobe:
            own = [session for session in plan.sessions if session.lobe is lobe]
            loads = [found.healthy_in(item.cells) for session in own for item in session.territories]
            assert all({item.lobe for item in session.territories} == {lobe} for session in own)
            assert len(own) == (fewest_sessions(loads, most) if loads else 0)
        for session in plan.sessions:
            assert session.healthy_ml <= most + 1e-6
            assert session.healthy_percent == pytest.approx(100 * session.healthy_ml / found.liver_ml)
        assert [session.number for session in plan.sessions] == list(range(1, len(plan.sessions) + 1))
        assert plan.healthy_ml + plan.spared_ml == pytest.approx(found.liver_ml)
        assert {n for s in plan.sessions for n in s.lesions} == set(found.shares) - set(plan.missed)
        several += len(plan.sessions) > 1
    assert several > 15


def planned(**options: object) -> EmbolisationPlan:
    return embolisation_plan(FOUND, KNOWLEDGE, **options)  # pyright: ignore[reportArgumentType]


def test_two_lobes_are_two_sessions_with_the_interval_of_the_sources() -> None:
    plan = planned()
    first, second = plan.sessions
    assert first.lobe is not second.lobe and first.tumour_ml > second.tumour_ml
    assert {(item.low, item.high, item.unit) for item in plan.intervals} == {(4, 6, "wk"), (4, 12, "wk")}
    assert plan.treated_percent.value > 95 and not plan.missed
    assert any("one at a time" in text for text in plan.remarks)
    assert not any(item.level is Level.WHOLE for s in plan.sessions for item in s.territories)


def test_one_lesion_is_one_session_without_an_interval() -> None:
    name = LIVER.lesions[0].lesion.name
    plan = planned(wanted=[name])
    assert len(plan.sessions) == 1 and plan.intervals == () and plan.sessions[0].lesions == (name,)
    assert plan.healthy_ml < planned().healthy_ml


def test_what_the_limit_forbids_is_missed_by_name_and_nothing_else_is_done() -> None:
    plan = planned(most_share_percent=1.0)
    assert plan.state is Feasible.NO and plan.sessions == ()
    assert set(plan.missed) == set(FOUND.shares) and plan.treated_percent.high == 0


def test_less_liver_in_a_session_never_spares_a_lesion_more() -> None:
    missed = [len(planned(most_share_percent=share).missed) for share in (100.0, 50.0, 25.0, 10.0)]
    assert missed == sorted(missed)


@pytest.mark.parametrize(
    ("options", "words"), [({"wanted": ["L99"]}, "L99"), ({"most_share_percent": 0.0}, "share"),
                           ({"most_share_percent": 101.0}, "share")],
)  # fmt: skip
def test_names_and_shares_that_mean_nothing_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        planned(**options)


def test_nothing_wanted_is_nothing_done() -> None:
    plan = planned(wanted=[])
    assert plan.sessions == () and plan.healthy_ml == 0 and plan.missed == ()


def test_the_state_of_a_plan_is_that_of_the_patient() -> None:
    for state in Feasible:
        plan = planned(reasons=[Reason("x", state)])
        assert plan.state is state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, Feasible.YES),
        ({"liver__portal_vein_thrombosis": "main"}, Feasible.NO),
        ({"liver__portal_vein_thrombosis": None}, Feasible.UNKNOWN),
        ({"liver__portal_vein_thrombosis": "branch"}, Feasible.YES),
        ({"liver__bilioenteric_anastomosis": True}, Feasible.NO),
        ({"liver__bilioenteric_anastomosis": None}, Feasible.UNKNOWN),
        ({"labs__bilirubin": 34.3}, Feasible.NO),
        ({"labs__bilirubin": 34.2}, Feasible.YES),
        ({"labs__bilirubin": (30.0, 40.0)}, Feasible.UNKNOWN),
        ({"labs__bilirubin": None}, Feasible.UNKNOWN),
        ({"liver__burden_percent": 71.0}, Feasible.NO),
        ({"liver__burden_percent": 70.0}, Feasible.YES),
        ({"patient__ecog": 3.0}, Feasible.NO),
        ({"patient__comorbidities__hepatic_artery_occlusion": True}, Feasible.NO),
    ],
)
def test_what_rules_embolisation_out(change: dict[str, object], state: Feasible) -> None:
    for item in feasibility(LIVER, FOUND, view(**change), KNOWLEDGE):
        assert item.modality is Modality.EMBOLISATION and item.state is state
        if state is not Feasible.YES:
            assert item.reasons[0].state is state and item.reasons[0].limit is not None


def test_the_answers_are_those_of_the_planner() -> None:
    """Every exclusion of the three kinds, for random patients with facts taken away, against the compiled guideline."""
    rng = np.random.default_rng(8)
    rules = criteria.options(derived_facts(KNOWLEDGE), KNOWLEDGE)
    worse = {"patient.ecog": 4.0, "labs.bilirubin": 60.0, "liver.portal_vein_thrombosis": "main", "labs.inr": 2.0,
             "liver.ascites": "moderate_severe", "liver.biliary_obstruction": True, "labs.platelets": 20.0}  # fmt: skip
    for _ in range(12):
        facts = {**ASKED, **{name: value for name, value in worse.items() if rng.random() < 0.3}}
        facts = {name: value for name, value in facts.items() if rng.random() < 0.7}
        patient = PatientView("c", date(2026, 5, 1), dict(row(facts)))
        for rule in rules[:1]:
            states = evaluate_option(rule.id, facts)["states"]
            asked = [item for item in rule.criteria if item.kind is Kind.EXCLUDES]
            says = {"met": Feasible.NO, "not_met": Feasible.YES, "unknown": Feasible.UNKNOWN}
            wanted = [says[states[item.id]] for item in asked]
            assert [reason.state for reason in exclusions(rule.criteria, patient)] == wanted


def test_nothing_known_is_unknown_and_not_no() -> None:
    for item in (
        *feasibility(LIVER, FOUND, NOBODY, KNOWLEDGE),
        *radioembolisation.feasibility(LIVER, FOUND, NOBODY, KNOWLEDGE),
    ):
        assert item.state is Feasible.UNKNOWN
        assert not any(reason.state is Feasible.NO for reason in item.reasons)


def test_the_measured_burden_stands_in_for_a_burden_that_the_case_does_not_say() -> None:
    without = view(liver__burden_percent=None)
    reasons = patient_reasons(without, LIVER, KNOWLEDGE)
    (burden,) = [r for r in reasons if r.limit is not None and r.limit.id.endswith("burden_max")]
    assert burden.state is Feasible.YES and burden.value is not None
    assert LIVER.burden.percent is not None and burden.value.high == LIVER.burden.percent.high


def test_small_lesions_and_enhancement_are_cautions_of_the_lesion() -> None:
    enhances = {LIVER.lesions[0].lesion.name: True, LIVER.lesions[1].lesion.name: False}
    found = {f.lesion: f for f in feasibility(LIVER, FOUND, view(), KNOWLEDGE, hypervascular=enhances)}
    first, second, third = (" ".join(found[item.lesion.name].cautions) for item in LIVER.lesions)
    assert "arterial phase" not in first and "does not enhance" in second and "not known" in third
    assert "too small to be followed" in third and "too small" not in first


def test_no_lesion_of_a_size_that_can_be_followed_is_no() -> None:
    small = measured((((-60.0, 0.0, 25.0), 2.5),))
    found = territories_of(small, sticks(ARTERY), RULES)
    (item,) = feasibility(small, found, view(), KNOWLEDGE)
    (size,) = [r for r in item.reasons if r.unit == "mm"]
    assert size.state is Feasible.NO and item.state is Feasible.NO


def sphere_view(**changes: object) -> PatientView:
    facts = {"labs__neutrophils": 3.0, "patient__pregnant": False, "liver__lung_shunt_fraction": 0.05,
             "treatments__radioembolisation__received": False}  # fmt: skip
    return view(**{**facts, **changes})


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, Feasible.YES),
        ({"liver__lung_shunt_fraction": None}, Feasible.UNKNOWN),
        ({"patient__pregnant": True}, Feasible.NO),
        ({"liver__burden_percent": 80.0}, Feasible.NO),
        ({"liver__ascites": "moderate_severe"}, Feasible.NO),
        ({"liver__ascites": None}, Feasible.UNKNOWN),
        ({"liver__portal_vein_thrombosis": "main"}, Feasible.YES),  # a caution here, not an exclusion
    ],
)
def test_what_rules_radioembolisation_out(change: dict[str, object], state: Feasible) -> None:
    for item in radioembolisation.feasibility(LIVER, FOUND, sphere_view(**change), KNOWLEDGE):
        assert item.modality is Modality.RADIOEMBOLISATION and item.state is state


def test_a_shunt_that_rules_resin_out_leaves_another_kind() -> None:
    found = radioembolisation.feasibility(
        LIVER, FOUND, sphere_view(liver__lung_shunt_fraction=0.3), KNOWLEDGE
    )
    assert all(item.state is Feasible.YES and "glass" in " ".join(item.cautions) for item in found)
    resin = radioembolisation.feasibility(LIVER, FOUND, sphere_view(), KNOWLEDGE)
    assert all("resin" in " ".join(item.cautions) for item in resin)


def test_an_interval_of_a_fact_is_shown_with_its_limits() -> None:
    patient = view(labs__bilirubin=(30.0, 40.0))
    reasons = exclusions(criteria.options(derived_facts(KNOWLEDGE), KNOWLEDGE)[0].criteria, patient)
    (one,) = [r for r in reasons if r.limit is not None and r.limit.id.endswith("bilirubin_max")]
    assert one.value == Estimate(35.0, 30.0, 40.0) and one.unit == "umol/L"
    open_end = PatientView("c", date(2026, 5, 1), {"labs.bilirubin": Interval(40.0, float("inf"))})
    reasons = exclusions(criteria.options(derived_facts(KNOWLEDGE), KNOWLEDGE)[0].criteria, open_end)
    (one,) = [r for r in reasons if r.limit is not None and r.limit.id.endswith("bilirubin_max")]
    assert one.state is Feasible.NO and one.value is not None and one.value.value == 40.0
