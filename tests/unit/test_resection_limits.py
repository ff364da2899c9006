"""Standardised remnants, growth and feasibility: arithmetic of the papers and every kind of unknown."""

from functools import cache

import pytest
from tests.resections import BODY, KNOWN, SURGERY, measured

from nelm.errors import GeometryError
from nelm.guideline.feasibility import Feasibility, Feasible, Modality
from nelm.imaging.liver.served import RemnantVolumes, union_remnant
from nelm.quantities import Estimate, Interval
from nelm.therapies.surgery.assessment import Operated, operated
from nelm.therapies.surgery.candidates import candidates
from nelm.therapies.surgery.feasibility import resection_feasibility
from nelm.therapies.surgery.remnant import total_liver_volume_ml
from nelm.therapies.surgery.resection import Candidate
from nelm.therapies.surgery.staging import expected_gain, staged_resections
from nelm.therapies.surgery.standardised import (
    Counted,
    Denominator,
    LiverNeed,
    StandardisedRemnant,
    standardised,
)

HEALTHY = Estimate(1600.0, 1550.0, 1650.0)
FORMULA = Interval.exact(
    total_liver_volume_ml(body_surface_m2=1.818, slope_ml_per_m2=1267.28, intercept_ml=-794.41)
)
"""1509.5 mL, the worked case of the formula."""


def volumes(functional: float | None, anatomical: float = 900.0, spread: float = 0.05) -> RemnantVolumes:
    def around(value: float) -> Estimate:
        return Estimate(value, value * (1 - spread), value * (1 + spread))

    part = None if functional is None else around(functional)
    return RemnantVolumes(around(anatomical), part, part, part, Estimate(0, 0, 0), 0.0, ())


def need(parenchyma: str | None, formula: Interval | None = FORMULA) -> LiverNeed:
    return LiverNeed(formula, parenchyma, BODY)


def share(functional: float | None, parenchyma: str | None, **kinds: Interval | None) -> StandardisedRemnant:
    return standardised(volumes(functional), need(parenchyma, **kinds), healthy_ml=HEALTHY)


@pytest.mark.parametrize(
    ("percent", "parenchyma", "state", "cautious"),
    [
        (26.5, "normal", Feasible.YES, Feasible.YES),
        (22.5, "normal", Feasible.YES, Feasible.NO),
        (20.5, "normal", Feasible.UNKNOWN, Feasible.NO),
        (18.0, "normal", Feasible.NO, Feasible.NO),
        (32.0, "chemotherapy", Feasible.YES, Feasible.YES),
        (27.0, "chemotherapy", Feasible.NO, Feasible.NO),
        (43.0, "cirrhosis", Feasible.YES, Feasible.YES),
        (35.0, "cirrhosis", Feasible.NO, Feasible.NO),
        (35.0, "steatosis", Feasible.UNKNOWN, Feasible.UNKNOWN),
        (35.0, None, Feasible.UNKNOWN, Feasible.UNKNOWN),
        (43.0, None, Feasible.YES, Feasible.YES),
        (18.0, None, Feasible.NO, Feasible.NO),
    ],
)
def test_limits_by_parenchyma(
    percent: float, parenchyma: str | None, state: Feasible, cautious: Feasible
) -> None:
    """20 and 25 % of a normal liver, 30 after chemotherapy, 40 in cirrhosis (PMC6422720, Table 1), here 5 % error."""
    found = share(percent / 100 * FORMULA.low, parenchyma)
    assert found.percent.value == pytest.approx(percent)
    assert (found.state, found.cautious_state) == (state, cautious)


def test_an_anatomical_remnant_is_only_an_upper_bound() -> None:
    enough = standardised(volumes(None, 900.0), need("normal"), healthy_ml=HEALTHY)
    small = standardised(volumes(None, 200.0), need("normal"), healthy_ml=HEALTHY)
    assert enough.counted is Counted.ANATOMICAL and enough.state is Feasible.UNKNOWN
    assert small.state is Feasible.NO


def test_without_height_and_weight_no_limit_is_applied() -> None:
    found = share(100.0, "cirrhosis", formula=None)
    assert found.denominator is Denominator.MEASURED and not found.answers
    assert found.percent.value == pytest.approx(100 * 100 / 1600)
    assert found.state is Feasible.UNKNOWN and found.cautious_state is Feasible.UNKNOWN


def test_a_vague_body_surface_widens_the_share() -> None:
    found = share(320.0, "normal", formula=Interval(1400, 1700))
    assert found.percent.low == pytest.approx(100 * 304 / 1700)
    assert found.percent.high == pytest.approx(100 * 336 / 1400)
    assert found.state is Feasible.UNKNOWN


def test_impossible_volumes_are_refused() -> None:
    with pytest.raises(GeometryError, match="larger than the liver"):
        standardised(volumes(800.0, 1700.0), need("normal"), healthy_ml=HEALTHY)
    with pytest.raises(GeometryError, match="by formula"):
        share(500.0, "normal", formula=Interval(-40, -30))


def test_growth_is_that_of_the_paper() -> None:
    """5.4 points in the first week, 1.5 a week afterwards, +- 4 and +- 2 (PMC6414468)."""
    assert expected_gain(1, KNOWN).value == pytest.approx(5.4)
    assert expected_gain(4, KNOWN).value == pytest.approx(5.4 + 3 * 1.5)
    assert expected_gain(1, KNOWN).high == pytest.approx(5.4 + 1.96 * 4)
    assert expected_gain(4, KNOWN).low == 0
    assert expected_gain(0, KNOWN) == Estimate(0.0, 0.0, 0.0)
    gains = [expected_gain(weeks, KNOWN).value for weeks in (0.5, 1, 2, 4, 8)]
    assert gains == sorted(gains)


@cache
def planned(*, vessels: bool = True) -> tuple[Operated, tuple[Candidate, ...]]:
    liver = operated(measured(vessels=vessels), KNOWN)
    return liver, candidates(liver)


def test_two_stages_clear_the_remnant_and_tell_what_growth_it_needs() -> None:
    liver, offered = planned()
    found = staged_resections(liver, offered, need("cirrhosis", Interval.exact(2500.0)), known=SURGERY)
    assert found
    for one in found:
        together = [one.second, *one.first]
        assert set(one.left) | {name for part in together for name in part.lesions} == set(
            ["right", "near", "deep", "left"]
        )
        assert not any(part.cut_through for part in one.first)
        left = union_remnant(liver.served, [part.region() for part in together])
        assert left.functional_ml is not None
        assert one.before.percent.value == pytest.approx(left.functional_ml.value / 25)
        assert one.growth is not None and one.growth.weeks == 4
        needed = one.growth.needed_points_per_week
        assert needed == pytest.approx(max(0.0, (40 - one.before.percent.value) / 4))
    right = next(one for one in found if one.second.name == "right hemihepatectomy")
    assert right.embolised == "right portal vein" and right.one_stage is Feasible.NO
    assert {name for part in right.first for name in part.lesions} >= {"left"}
    assert right.growth is not None and right.growth.state is not Feasible.YES


def test_growth_is_not_told_without_the_formula() -> None:
    liver, offered = planned()
    found = staged_resections(liver, offered, need("normal", None), known=SURGERY)
    assert all(one.growth is None and one.one_stage is Feasible.UNKNOWN for one in found)


def _by(found: tuple[Feasibility, ...]) -> dict[tuple[str, Modality], Feasibility]:
    return {(one.lesion, one.modality): one for one in found}


def test_every_lesion_stands_against_every_kind_of_resection() -> None:
    liver, offered = planned()
    table = _by(resection_feasibility(liver, offered, need("normal")))
    assert len(table) == 4 * 4 and all(one.reasons for one in table.values())
    assert table["right", Modality.WEDGE].state is Feasible.YES
    deep = table["deep", Modality.WEDGE]
    assert deep.state is Feasible.NO and deep.reasons[0].value is not None
    assert deep.reasons[0].limit is KNOWN.wedge_cover_max
    for one in table.values():
        states = [reason.state for reason in one.reasons]
        assert states == sorted(states, key=[Feasible.NO, Feasible.UNKNOWN, Feasible.YES].index)


def test_a_small_liver_is_feasible_for_wedges_and_not_for_hemilivers() -> None:
    liver, offered = planned()
    table = _by(resection_feasibility(liver, offered, need("cirrhosis", Interval.exact(2000.0))))
    assert table["right", Modality.HEMIHEPATECTOMY].state is Feasible.NO
    reason = table["right", Modality.HEMIHEPATECTOMY].reasons[0]
    assert reason.limit is BODY.remnant_cirrhosis and reason.value is not None and reason.value.high < 40
    assert table["right", Modality.WEDGE].state is Feasible.YES


def test_unknown_body_or_vessels_leave_feasibility_unknown() -> None:
    liver, offered = planned()
    for one in resection_feasibility(liver, offered, need("normal", None)):
        assert one.state is not Feasible.YES
    liver, offered = planned(vessels=False)
    found = resection_feasibility(liver, offered, need("normal"))
    assert all(one.state is not Feasible.YES for one in found)
    assert any("not segmented" in reason.text for one in found for reason in one.reasons)
