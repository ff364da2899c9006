"""From what treatments offer to one programme, its limits, and the facts that a case is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.resections import KNOWN, measured

from nelm.errors import InputError
from nelm.guideline.coverage import territory_knowledge, territory_rules
from nelm.guideline.feasibility import Feasibility, Feasible, Modality, Reason
from nelm.guideline.therapy import PatientView
from nelm.imaging.liver import remnant_after
from nelm.imaging.liver.arteries import territories_of
from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.surroundings import Surroundings
from nelm.io.liver_facts import liver_facts
from nelm.knowledge import load_knowledge
from nelm.planner.joint.plan import Burden
from nelm.planner.joint.problem import Action, JointProblem, LimitKind, Limits, is_certain
from nelm.planner.joint.sensitivity import Achievable
from nelm.planner.liver.building import LiverPlanKnowledge, Wishes, _Asked, _check_wishes, _limits
from nelm.planner.liver.choices import Offered, better_option, exact_remnant, joint_problem
from nelm.planner.liver.ledger import LiverLedger
from nelm.quantities import Estimate, Interval
from nelm.therapies.ablation.knowledge import AblationKnowledge
from nelm.therapies.ablation.lesion_plan import AblationOption, AblationPlan
from nelm.therapies.ablation.needle_path import NeedlePath
from nelm.therapies.ablation.placements import Placement, zones_within
from nelm.therapies.ablation.zones import Zone
from nelm.therapies.surgery.assessment import Operated, operated
from nelm.therapies.surgery.candidates import candidates
from nelm.therapies.surgery.resection import Candidate, Removal
from nelm.volume import Grid, ImageOrigin, mask_on

KNOWLEDGE = load_knowledge()
PLANNING = KNOWLEDGE.record(LiverPlanKnowledge, "liver_plan")
RULES = territory_rules(territory_knowledge(KNOWLEDGE))
NO_LIMITS = Limits(None)
NAMES = ("right", "left", "deep", "near")


@pytest.fixture(scope="module")
def liver() -> Operated:
    return operated(measured(), KNOWN)


@pytest.fixture(scope="module")
def offered(liver: Operated) -> Offered:
    """Every candidate resection, no ablation, territories by segments; embolisation open but for one lesion."""
    arterial = (Modality.EMBOLISATION, Modality.RADIOEMBOLISATION)
    found = [
        Feasibility(name, kind, (Reason(f"{kind} of {name} looked at", state),))
        for name in NAMES
        for kind, state in zip(arterial, ARTERIAL[name], strict=True)
    ]
    found += [
        Feasibility(name, Modality.MICROWAVE, (Reason(f"{name}: too large", Feasible.NO),)) for name in NAMES
    ]
    return Offered(
        liver=liver,
        resections=candidates(liver),
        ablations=(),
        territories=territories_of(liver.measurement, None, RULES),
        feasibility=tuple(found),
        embolise_the_remnant=PLANNING.embolise_the_remnant,
    )


YES, NO, UNKNOWN = Feasible.YES, Feasible.NO, Feasible.UNKNOWN
ARTERIAL = {"right": (YES, YES), "left": (UNKNOWN, NO), "deep": (NO, NO), "near": (NO, UNKNOWN)}


def named(found: Offered, name: str) -> Candidate:
    return next(one for one in found.resections if one.name == name)


def programme(found: Offered, *resections: Candidate) -> JointProblem:
    return joint_problem(replace(found, resections=resections), NO_LIMITS, session_burden=1)


# ------------------------------------------------------------------------------------------ resections


def removal(
    lesion: str, margin: Estimate | None, state: Feasible, vessel_mm: Estimate | None = None
) -> Removal:
    return Removal(lesion, margin, "" if vessel_mm is None else "a hepatic vein of 6 mm", vessel_mm, state)


TOO_SMALL = removal("right", Estimate(0.0, 0.0, 0.4), NO)


def test_a_resection_with_too_small_a_margin_is_not_offered(offered: Offered) -> None:
    wedge = replace(named(offered, "wedge of right with 5 mm"), removed=(TOO_SMALL,))
    assert programme(offered, wedge).resections == ()


def test_a_lesion_that_it_takes_with_too_small_a_margin_counts_as_cut_through(offered: Offered) -> None:
    """Allowed only where another resection takes that lesion with a margin."""
    hemi = named(offered, "right hemihepatectomy")
    kept = tuple(one for one in hemi.removed if one.lesion != "right")
    (choice,) = programme(offered, replace(hemi, removed=(*kept, TOO_SMALL))).resections
    assert choice.lesions == {"deep", "near"} and choice.cuts == {"right"}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (removal("right", Estimate(2.0, 0.5, 4.0), UNKNOWN), "right: margin of 0 to 4 mm"),
        (removal("right", Estimate(5.0, 3.0, 7.0), UNKNOWN, Estimate(0.7, 0.0, 1.4)),
         "right: 0.0 to 1.4 mm from the hepatic vein of 6 mm, which stays"),
        (removal("right", None, UNKNOWN), "right: vessels near the cut are unknown"),
        (removal("right", Estimate(5.0, 3.0, 7.0), UNKNOWN), "right: vessels near the cut are unknown"),
    ],
)  # fmt: skip
def test_an_unknown_margin_is_offered_with_what_makes_it_unknown(
    offered: Offered, found: Removal, words: str
) -> None:
    wedge = replace(named(offered, "wedge of right with 5 mm"), removed=(found,))
    (choice,) = programme(offered, wedge).resections
    assert choice.lesions == {"right"} and not is_certain(choice)
    assert [reason.text for reason in choice.reasons] == [words]
    assert choice.reasons[0].limit in (KNOWN.margin_min, None)
    assert programme(offered, named(offered, "wedge of right with 5 mm")).resections[0].reasons == ()


def test_without_vessels_every_resection_says_that_lost_flow_is_not_counted(offered: Offered) -> None:
    blind = operated(measured(vessels=False), KNOWN)
    wedges = [one for one in candidates(blind) if one.modality is Modality.WEDGE]
    choices = programme(replace(offered, liver=blind), *wedges).resections
    assert len(choices) == len(wedges)
    for choice in choices:
        assert any("vessels are not segmented" in reason.text for reason in choice.reasons)


def test_cells_give_each_resection_what_it_loses_and_what_it_cuts_out(offered: Offered) -> None:
    """Within the liver that joining small cells may overstate (said in the remarks of the cells)."""
    problem = programme(offered, *offered.resections)
    served = offered.liver.served
    healthy = served.on_grid(served.healthy)
    kept = {one.name for one in problem.resections}
    assert kept == {one.name for one in offered.resections if one.removed}
    for choice in problem.resections:
        candidate = named(offered, choice.name)
        for cells, region in ((choice.lost, candidate.lost_region()), (choice.removed, candidate.region())):
            assert cells is not None and cells <= choice.lost
            volume = problem.cells.volume_ml[sorted(cells)].sum()
            true = np.count_nonzero(region & healthy) * served.grid.voxel_ml
            assert true - 1e-6 <= volume <= true + 3.0
        assert choice.burden == (candidate.complexity or 3) and choice.is_major == candidate.is_major
    assert problem.cells.total_ml.value == pytest.approx(served.healthy_ml.value)


def test_a_vessel_that_is_cut_is_said_once(offered: Offered) -> None:
    for choice in programme(offered, *offered.resections).resections:
        assert len(set(choice.cautions)) == len(choice.cautions)


# ------------------------------------------------------------------------------------------ ablation


def path(target: Sequence[float], outward: Sequence[float]) -> NeedlePath:
    """A path of 80 mm to the middle of a zone, from the skin along a direction."""
    way = np.array(outward, dtype=float) / np.linalg.norm(outward)
    entry, tip = np.array(target) + 80 * way, np.array(target) - 10 * way
    x, y, z = (tuple(map(float, point)) for point in (target, entry, tip))
    return NeedlePath(x, y, z, 90.0, 0.0, 0.0, 90.0, 30.0, 1, (), (), (), np.inf)


USUAL = Zone(30.0, 24.0)


def option(
    modality: Modality, *states: Feasible, targets: Sequence[Sequence[float]] = ((0, 0, 0),),
    outward: Sequence[float] = (0, -1, 0), zone: Zone = USUAL, lesion: str = "right",
) -> AblationOption:  # fmt: skip
    found = tuple(Reason(f"reason {place}", state) for place, state in enumerate(states))
    placed = Placement(zone, tuple(path(target, outward) for target in targets), len(targets), True, 1)
    told = Feasibility(lesion, modality, found, ("be careful",))
    return AblationOption(modality, None, placed, None, None, None, (), told, ())


def plan(*options: AblationOption, lesion: str = "right") -> AblationPlan:
    return AblationPlan(lesion, cast("object", None), options, (5.0, 10.0))  # type: ignore[arg-type]


RFA, MWA = Modality.RADIOFREQUENCY, Modality.MICROWAVE


def test_the_technology_with_fewer_doubts_then_with_fewer_positions_is_taken() -> None:
    sure, doubt = option(MWA, YES, YES), option(RFA, YES, UNKNOWN)
    assert better_option(plan(doubt, sure)) is sure
    more = option(MWA, UNKNOWN, UNKNOWN)
    assert better_option(plan(more, doubt)) is doubt
    three = option(RFA, YES, targets=((0, 0, 0), (9, 0, 0), (0, 9, 0)))
    two = option(MWA, YES, targets=((0, 0, 0), (9, 0, 0)))
    assert better_option(plan(three, two)) is two
    assert better_option(plan(option(RFA, YES), option(MWA, YES))).modality is RFA  # type: ignore[union-attr]


def test_what_is_ruled_out_or_places_no_needle_is_no_choice(offered: Offered) -> None:
    out = option(RFA, NO, YES)
    nowhere = replace(option(MWA, UNKNOWN), narrow=None)
    unplaced = option(MWA, UNKNOWN, targets=())
    for options in ((), (out,), (out, nowhere), (out, unplaced)):
        assert better_option(plan(*options)) is None
    problem = joint_problem(replace(offered, ablations=(plan(out, nowhere),)), NO_LIMITS, session_burden=1)
    assert problem.ablations == ()


def test_an_ablation_is_a_choice_with_its_positions_its_doubts_and_the_liver_of_its_zones(
    offered: Offered,
) -> None:
    middle = offered.measurement.lesions[0]
    centre = middle.lesion.mask.grid.points_of(np.argwhere(middle.lesion.mask.array)).mean(axis=0)
    one = option(MWA, YES, UNKNOWN, targets=(centre, centre + np.array([8, 0, 0])), lesion=middle.lesion.name)
    given = replace(offered, ablations=(plan(one, lesion=middle.lesion.name),))
    problem = joint_problem(given, NO_LIMITS, session_burden=1)
    (choice,) = problem.ablations
    assert choice.name == f"microwave ablation of {middle.lesion.name}" and choice.burden == 2
    assert [reason.state for reason in choice.reasons] == [UNKNOWN] and choice.cautions == ("be careful",)
    served = offered.liver.served
    zone = zones_of(one, served.grid, served.on_grid(served.healthy))
    volume = problem.cells.volume_ml[sorted(choice.lost)].sum()
    assert volume == pytest.approx(np.count_nonzero(zone) * served.grid.voxel_ml, abs=1.0) and volume > 3.0


def zones_of(one: AblationOption, grid: Grid, region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    assert one.narrow is not None
    return zones_within(one.narrow, grid, region)


FINE = Grid.axial((70, 70, 70), (1.0, 1.0, 1.0), (-34.5, -34.5, -34.5))
EVERYWHERE = np.ones(FINE.shape, dtype=bool)


@pytest.mark.parametrize("outward", [(0, -1, 0), (1, 0, 0), (1, 2, -1), (-3, 1, 5)])
def test_a_zone_has_the_volume_of_its_ellipsoid_in_every_direction(outward: tuple[float, ...]) -> None:
    """pi / 6 a b², 40 x 26 mm: within 1 % on voxels of 1 mm; longest along the needle."""
    found = zones_of(option(MWA, YES, zone=Zone(40.0, 26.0), outward=outward), FINE, EVERYWHERE)
    assert np.count_nonzero(found) == pytest.approx(np.pi / 6 * 40 * 26**2, rel=0.01)
    points = FINE.points_of(np.argwhere(found))
    along = points @ (np.array(outward) / np.linalg.norm(outward))
    assert np.ptp(along) == pytest.approx(40, abs=2.0)


def test_zones_are_counted_once_where_they_overlap_and_only_within_the_liver() -> None:
    apart = option(MWA, YES, zone=Zone(20.0, 20.0), targets=((-20, 0, 0), (20, 0, 0)))
    close = option(MWA, YES, zone=Zone(20.0, 20.0), targets=((-5, 0, 0), (5, 0, 0)))
    ball = np.pi / 6 * 20**3
    assert np.count_nonzero(zones_of(apart, FINE, EVERYWHERE)) == pytest.approx(2 * ball, rel=0.01)
    # two balls of radius r, their centres d = r apart: 27/16 of one ball
    assert np.count_nonzero(zones_of(close, FINE, EVERYWHERE)) == pytest.approx(27 / 16 * ball, rel=0.01)
    half = EVERYWHERE.copy()
    half[:, :, : FINE.shape[2] // 2] = False
    inside = zones_of(close, FINE, half)
    assert np.count_nonzero(inside) == pytest.approx(27 / 32 * ball, rel=0.01) and not (inside & ~half).any()
    border = option(MWA, YES, zone=Zone(20.0, 20.0), targets=((35.0, 0, 0),))
    assert np.count_nonzero(zones_of(border, FINE, EVERYWHERE)) == pytest.approx(ball / 2, rel=0.01)
    for nothing in (option(MWA, YES, targets=()), option(MWA, YES, targets=((500, 0, 0),))):
        assert not zones_of(nothing, FINE, EVERYWHERE).any()


# ------------------------------------------------------------------------------------------ arteries


def test_territories_short_of_the_whole_liver_are_offered_for_lesions_that_may_be_embolised(
    offered: Offered,
) -> None:
    problem = programme(offered)
    by_name = {one.name.removeprefix("embolisation of "): one for one in problem.embolisations}
    assert set(by_name) == {
        "right lobe", "left lobe", "left lateral section", "right posterior section", "segment 2", "segment 7"
    }  # fmt: skip
    assert by_name["right lobe"].lesions == {
        "right",
        "near",
    }  # not the deep one: both arterial ways are ruled out
    assert by_name["left lobe"].lesions == {"left"}
    assert by_name["right lobe"].session == "right" and by_name["segment 2"].session == "left"
    assert [reason.text for reason in by_name["left lobe"].reasons] == [
        "arterial embolisation of left looked at"
    ]
    assert by_name["right lobe"].reasons == ()


def test_a_major_resection_excludes_embolising_the_liver_that_it_leaves(offered: Offered) -> None:
    problem = programme(offered, *offered.resections)
    pairs = {(one.first, one.second.removeprefix("embolisation of ")) for one in problem.incompatible}
    assert {name for first, name in pairs if first == "right hemihepatectomy"} == {
        "left lobe", "left lateral section", "segment 2"
    }  # fmt: skip
    assert ("left hemihepatectomy", "right lobe") in pairs
    assert ("left hemihepatectomy", "left lobe") not in pairs
    minor = {one.name for one in problem.resections if not one.is_major}
    assert minor and not {first for first, _ in pairs} & minor
    assert all(one.source is PLANNING.embolise_the_remnant for one in problem.incompatible)


# ------------------------------------------------------------------------------------------ obstacles, remnant


def test_what_nothing_offers_has_its_reasons(offered: Offered) -> None:
    problem = programme(offered, named(offered, "wedge of right with 5 mm"))
    told = {(one.lesion, one.action): [reason.text for reason in one.reasons] for one in problem.obstacles}
    assert {pair for pair in told if pair[1] is Action.RESECT} == {
        (n, Action.RESECT) for n in NAMES if n != "right"
    }
    assert {pair[0] for pair in told if pair[1] is Action.ABLATE} == set(NAMES)
    assert {pair[0] for pair in told if pair[1] is Action.EMBOLISE} == {"deep"}
    assert told["left", Action.ABLATE] == ["left: too large"]
    assert told["deep", Action.EMBOLISE] == [
        "arterial embolisation of deep looked at",
        "radioembolisation of deep looked at",
    ]


@pytest.mark.parametrize("vessels", [True, False])
def test_the_exact_remnant_is_that_of_all_resections_at_once(offered: Offered, vessels: bool) -> None:
    """Against `remnant_after`, which looks every voxel up anew for what is taken out."""
    laid_out = offered.liver if vessels else operated(measured(vessels=False), KNOWN)
    given = replace(offered, liver=laid_out, resections=candidates(laid_out))
    remnant, measurement = exact_remnant(given), laid_out.measurement
    grid = measurement.working_liver.grid
    tumour = np.any([mask_on(item.lesion.mask, grid).array for item in measurement.lesions], axis=0)
    for names in (
        (), ("right hemihepatectomy",), ("wedge of right with 5 mm", "wedge of left with 10 mm"),
        ("segmentectomy 7", "wedge of near with 5 mm", "left lateral sectionectomy"),
    ):  # fmt: skip
        resected = np.zeros(grid.shape, dtype=bool)
        for name in names:
            resected |= named(given, name).region()
        slow = remnant_after(
            measurement.working_liver, resected, tumour, portal=measurement.portal_tree, veins=measurement.vein_tree,
            landmarks=measurement.landmarks, error_mm=measurement.voxel_mm,
        )  # fmt: skip
        assert (slow.functional_ml is not None) is vessels
        assert remnant(frozenset(names)) == (slow.functional_ml or slow.anatomical_ml)


# ------------------------------------------------------------------------------------------ limits


def asked(formula: Interval | None, parenchyma: str | None = None, **wishes: object) -> _Asked:
    values = {"liver.formula_volume": formula, "liver.parenchyma": parenchyma}
    view = PatientView(
        "x", date(2026, 3, 1), {name: value for name, value in values.items() if value is not None}
    )
    around = cast("Surroundings", None)
    wanted = Wishes(**wishes)  # type: ignore[arg-type]
    return _Asked(measured(), around, view, KNOWLEDGE, wanted, lambda _: None)


@pytest.mark.parametrize(
    ("parenchyma", "percent"),
    [("normal", 25), ("chemotherapy", 30), ("cirrhosis", 40), ("steatosis", 40), (None, 40)],
)
def test_the_most_cautious_published_minimum_holds(parenchyma: str | None, percent: float) -> None:
    """20 or 25 % of a normal liver, 30 % after chemotherapy, 40 % in cirrhosis; the strictest where it is not known."""
    limits, entry = _limits(asked(Interval(1100.0, 1300.0), parenchyma))
    assert limits.remnant_ml is not None and entry is not None
    got = (limits.remnant_ml.low, limits.remnant_ml.value, limits.remnant_ml.high)
    assert got == pytest.approx((11.0 * percent, 12.0 * percent, 13.0 * percent))
    assert entry.number == percent and limits.sources[LimitKind.REMNANT] is entry


def test_wishes_take_the_place_of_published_limits_and_are_not_passed_off_as_published() -> None:
    body = Interval.exact(1200.0)
    for wish, ml in ({"remnant_ml": 700.0}, 700.0), ({"remnant_percent": 35.0}, 420.0), (
        {"remnant_percent": 35.0, "remnant_ml": 700.0}, 700.0,
    ):  # fmt: skip
        limits, entry = _limits(asked(body, "normal", **wish))
        assert limits.remnant_ml == Estimate(ml, ml, ml) and entry is None
        assert LimitKind.REMNANT not in limits.sources
    counts = _limits(asked(body, ablations_max=0, sessions_max=2, resections_max=1))[0]
    assert (counts.ablations, counts.sessions, counts.areas, counts.major) == (0, 2, 1, 1)
    assert LimitKind.ABLATIONS not in counts.sources


def test_without_body_size_there_is_no_limit_and_ablations_keep_their_published_number() -> None:
    limits, entry = _limits(asked(None, "normal"))
    assert limits.remnant_ml is None and entry is None and limits.areas is None and limits.sessions is None
    published = KNOWLEDGE.record(AblationKnowledge, "ablation").lesion_count_max
    assert limits.ablations == published.number and limits.sources[LimitKind.ABLATIONS] is published
    assert _limits(asked(None, remnant_ml=500.0))[0].remnant_ml == Estimate(500.0, 500.0, 500.0)


def test_wishes_that_would_be_passed_over_are_refused() -> None:
    _check_wishes(asked(Interval.exact(1200.0), remnant_percent=30.0))
    with pytest.raises(InputError, match=r"left.*--pin left=leave(.|\n)*nobody(.|\n)*height and weight"):
        _check_wishes(asked(None, left_out=("left", "nobody"), remnant_percent=30.0))


# ------------------------------------------------------------------------------------------ facts


FREE = Limits(remnant_ml=None)
ABLATION = load_knowledge().record(AblationKnowledge, "ablation")


def ledger(
    alone: Feasible, *shares: tuple[float, Feasible], taken: tuple[str, ...] = (), limits: Limits = FREE
) -> LiverLedger:
    """A ledger as far as its words go: resection alone clears the liver, and shares that can be removed."""
    burden = Burden(len(taken), len(taken), 0, 0, 0, 0, 0)
    first = SimpleNamespace(burden=burden, taken=taken, remnant_ml=Estimate(812.0, 760.0, 870.0))
    found = SimpleNamespace(
        resectable=Achievable(100.0, alone, ""),
        removable=tuple(Achievable(goal, state, "") for goal, state in shares),
        first=first,
        problem=SimpleNamespace(limits=limits),
    )
    found.resectability = LiverLedger.resectability.fget(found)  # type: ignore[attr-defined]
    return cast("LiverLedger", found)


@pytest.mark.parametrize(
    ("alone", "whole", "ninety", "seventy", "word"),
    [
        (YES, YES, YES, YES, "complete"),
        (NO, YES, YES, YES, "debulking_90"),  # with ablation all of it: that is no complete resection
        (NO, NO, YES, YES, "debulking_90"),
        (NO, NO, NO, YES, "debulking_70"),
        (NO, NO, NO, NO, "no"),
        (UNKNOWN, YES, YES, YES, None),  # it may be complete
        (NO, UNKNOWN, YES, YES, "debulking_90"),
        (NO, NO, UNKNOWN, YES, None),  # it may be 90 %
        (NO, NO, NO, UNKNOWN, None),
    ],
)
def test_resectability_is_the_largest_share_that_is_sure_and_unknown_while_a_larger_one_is(
    alone: Feasible, whole: Feasible, ninety: Feasible, seventy: Feasible, word: str | None
) -> None:
    assert ledger(alone, (100.0, whole), (90.0, ninety), (70.0, seventy)).resectability == word


def study() -> StudyMeasurement:
    return StudyMeasurement(measured(), None, ImageOrigin(modality="CT", date="2026-03-02"))


def facts(found: LiverLedger, *, surgeon_said: bool = False) -> tuple[dict, dict]:
    document = liver_facts(study(), found, surgeon_said=surgeon_said)
    return cast("dict", document["liver"]), cast("dict", document["evidence"])


def test_facts_are_marked_as_computed_and_left_out_where_unknown_or_said_by_a_surgeon() -> None:
    shares = ((100.0, NO), (90.0, NO), (70.0, YES))
    liver, evidence = facts(ledger(NO, *shares, taken=("wedge of right with 5 mm",)))
    assert liver["resectable"] == "debulking_70" and liver["lesion_count"] == 4
    assert evidence["liver.resectable"]["method"].startswith("computed by joint plan")
    assert "limits that were asked for" not in evidence["liver.resectable"]["method"]
    assert liver["future_liver_remnant_ml"] == {"value": 812.0, "sd": pytest.approx(58 / 1.96, rel=0.02)}
    assert "wedge of right with 5 mm" in evidence["liver.future_liver_remnant_ml"]["method"]
    tight = Limits(
        remnant_ml=None, areas=1, ablations=5, sources={LimitKind.ABLATIONS: ABLATION.lesion_count_max}
    )
    method = facts(ledger(NO, *shares, limits=tight))[1]["liver.resectable"]["method"]
    assert "(number of resections at most 1)" in method
    for found, said in ((ledger(NO, *shares), True), (ledger(UNKNOWN, *shares), False)):
        liver, evidence = facts(found, surgeon_said=said)
        assert "resectable" not in liver and "liver.resectable" not in evidence
        assert "future_liver_remnant_ml" not in liver  # nothing is resected: the whole liver is no remnant
