"""Planning from images: what the case says, place of planar views, planned against delivered, territories by name."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from nelm.app.mapping_case import before_treatment
from nelm.app.mapping_lungs import _mass
from nelm.app.mapping_regions import MappedLiver, _extent
from nelm.dosimetry.bodies import DensityCurve
from nelm.dosimetry.doses import RegionDose, log_normal
from nelm.dosimetry.regions import RegionKind
from nelm.errors import ConvergenceError, InputError
from nelm.imaging.projection import laid_behind
from nelm.io.planned_doses import read_planned
from nelm.io.segmentation.names import structure_named
from nelm.knowledge import load_knowledge
from nelm.quantities import Estimate
from nelm.therapies.radioembolisation.delivered import PlannedDose, planned_against_delivered
from nelm.therapies.radioembolisation.knowledge import RadioembolisationKnowledge
from nelm.therapies.radioembolisation.territory import Extent
from nelm.volume import Grid, Mask, Quantity, Structure, Volume

KNOWLEDGE = load_knowledge()
KNOWN = KNOWLEDGE.record(RadioembolisationKnowledge, "radioembolisation")
CASE = {
    "schema": "nelm.case/1",
    "id": "x",
    "as_of": "2026-05-01",
    "patient": {"height_cm": 170, "weight_kg": 70},
}


def before(tmp_path: Path, **facts: object):
    file = tmp_path / "case.json"
    file.write_text(json.dumps({**CASE, **facts}), encoding="utf-8")
    return before_treatment(file, KNOWLEDGE)


def test_body_surface_is_that_of_du_bois(tmp_path: Path) -> None:
    """0.007184 x 70^0.425 x 170^0.725, computed by hand: 1.8097 m2."""
    found = before(tmp_path).body_surface_m2
    assert found is not None
    assert found.value == pytest.approx(1.8097, abs=2e-4)


@pytest.mark.parametrize(
    ("facts", "pretreated", "lungs"),
    [
        ({}, None, None),
        ({"no_other_treatments": True}, False, ()),
        ({"treatments": [{"option": "prrt.lu177_dotatate"}], "no_other_treatments": True}, True, ()),
        ({"treatments": [{"option": "ssa.lanreotide"}]}, None, None),
        (
            {"treatments": [{"option": "radioembolisation.y90_resin"}], "no_other_treatments": True},
            True,
            None,
        ),
        ({"liver": {"lung_dose_so_far_gy": 12}}, None, (12.0,)),
        ({"liver": {"lung_dose_so_far_gy": "8..12", "parenchyma": "cirrhosis"}}, True, (12.0,)),
        ({"treatments": [{"other": "something"}], "no_other_treatments": True}, None, ()),
    ],
)
def test_earlier_treatment_is_known_only_where_the_case_says_it(
    tmp_path: Path, facts: dict[str, object], pretreated: bool | None, lungs: tuple[float, ...] | None
) -> None:
    found = before(tmp_path, **facts)
    assert found.pretreated is pretreated
    assert found.earlier_lung_gy == lungs


def test_a_high_bilirubin_is_said_with_its_limit(tmp_path: Path) -> None:
    labs = [{"test": "bilirubin", "value": 51, "unit": "umol/L"}]
    said = {remark.label for remark in before(tmp_path, labs=labs, no_other_treatments=True).remarks}
    assert said == {"bilirubin", "bilirubin, highest"}
    labs[0]["value"] = 11
    assert before(tmp_path, labs=labs, no_other_treatments=True).remarks == ()


def blobs() -> tuple[Volume, Mask]:
    """Two ellipsoids of different size in a tomogram of 4 mm, and the larger one as a region."""
    grid = Grid.axial((40, 30, 50), (4.0, 4.0, 4.0), (-100.0, -60.0, -80.0))
    k, j, i = np.indices(grid.shape)
    large = ((k - 14) / 9) ** 2 + ((j - 14) / 8) ** 2 + ((i - 15) / 11) ** 2 < 1
    small = ((k - 30) / 6) ** 2 + ((j - 15) / 8) ** 2 + ((i - 33) / 8) ** 2 < 1
    return Volume((100.0 * large + 30.0 * small).astype(np.float32), grid, Quantity.COUNTS), Mask(large, grid)


def test_a_planar_view_is_laid_where_it_was_taken() -> None:
    """The projection itself, shifted by known pixels into a wider view, blurred as a collimator does."""
    tomogram, region = blobs()
    view = np.zeros((70, 90))
    sums = np.asarray(tomogram.array, dtype=np.float64).sum(axis=1)[::-1]
    view[17 : 17 + 40, 22 : 22 + 50] = sums
    place = laid_behind(ndimage.gaussian_filter(view, 1.0), (4.0, 4.0), tomogram)
    assert (place.row, place.column) == (17, 22)
    assert place.correlation > 0.95
    expected = np.zeros((70, 90), dtype=bool)
    expected[17 : 17 + 40, 22 : 22 + 50] = region.array.any(axis=1)[::-1]
    assert np.array_equal(place.shadow(region), expected)


def test_a_view_that_cuts_the_tomogram_keeps_its_place() -> None:
    tomogram, region = blobs()
    sums = np.asarray(tomogram.array, dtype=np.float64).sum(axis=1)[::-1]
    place = laid_behind(sums[3:, 2:46], (4.0, 4.0), tomogram)
    assert (place.row, place.column) == (-3, -2)
    assert np.array_equal(place.shadow(region), region.array.any(axis=1)[::-1][3:, 2:46])


def test_a_view_of_something_else_is_refused() -> None:
    tomogram, _ = blobs()
    noise = np.random.default_rng(1).poisson(30, (60, 80)).astype(float)
    with pytest.raises(ConvergenceError, match="do not look like"):
        laid_behind(noise, (4.0, 4.0), tomogram)


def dose(name: str, kind: RegionKind, value: Estimate | None) -> RegionDose:
    return RegionDose(
        name=name, kind=kind, volume_ml=10, mass_g=10, curve=None, integral=None, time_integrated_activity_mbq_h=None,
        absorbed_dose_gy=value, relative_sd=0.1, budget=(), dose_per_activity_gy_per_gbq=None, biological=None,
        tissue=None, dose_rate=None, histogram=None, reason=None if value else "cut",
    )  # fmt: skip


def test_planned_is_the_dose_of_a_gigabecquerel_times_what_was_delivered() -> None:
    """Two log-normal numbers of 20 % and 10 % (as logarithms) give a quotient of their root of squares, 22.4 %."""
    planned = [
        PlannedDose("L1", RegionKind.LESION, log_normal(50.0, math.sqrt(math.expm1(0.2**2)))),
        PlannedDose("gone", RegionKind.LESION, log_normal(50.0, 0.1)),
        PlannedDose("spared liver without lesions", RegionKind.SPARED_LIVER, log_normal(0.001, 0.1)),
        PlannedDose("spleen", RegionKind.SPLEEN, log_normal(0.001, 0.1)),
    ]
    delivered = [
        dose("L1", RegionKind.LESION, log_normal(150.0, math.sqrt(math.expm1(0.1**2)))),
        dose("L9", RegionKind.LESION, log_normal(20.0, 0.1)),
        dose("spared liver without lesions", RegionKind.SPARED_LIVER, log_normal(0.05, 0.1)),
    ]
    rows = planned_against_delivered(planned, delivered, activity_gbq=2.0)
    assert [row.name for row in rows] == ["L1", "gone", "spared liver without lesions", "L9"]
    first = rows[0]
    assert first.planned_gy is not None
    assert first.ratio is not None
    assert (first.planned_gy.value, first.ratio.value) == (100.0, pytest.approx(1.5))
    assert first.ratio.high / first.ratio.value == pytest.approx(math.exp(1.96 * math.hypot(0.2, 0.1)))
    assert not first.is_apart
    assert [row.reason for row in rows[1:]] == [
        "not among the regions after treatment", "nothing is planned there", "not in the plan",
    ]  # fmt: skip
    with pytest.raises(InputError):
        planned_against_delivered(planned, delivered, activity_gbq=0.0)


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    for text in ("{", "[]", "{}", json.dumps({"schema": "nelm.mapping/1"})):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"nelm\.mapping/1"):
            read_planned(file)


@pytest.mark.parametrize(
    "name", ["perfused liver", "perfused liver right lobe", "Treated_territory_S5", "perfused"]
)
def test_territories_may_carry_a_name(name: str) -> None:
    assert structure_named(name) is Structure.PERFUSED_LIVER


@pytest.mark.parametrize(
    ("name", "share", "extent"),
    [
        ("perfused liver", 0.99, Extent.WHOLE_LIVER),
        ("perfused right lobe", 0.6, Extent.LOBAR),
        ("perfused segment 7", 0.3, Extent.SEGMENTAL),
        ("perfused liver", 0.1, Extent.SEGMENTAL),
        ("perfused liver", 0.6, Extent.LOBAR),
    ],
)
def test_the_extent_of_a_territory(name: str, share: float, extent: Extent) -> None:
    assert _extent(name, share) is extent


def test_lungs_that_the_ct_cuts_are_taken_to_weigh_what_is_assumed() -> None:
    """0.3 g/cm3 in a region of 1000 mL is 300 g; 1 kg at that density is 3333 mL."""
    grid = Grid.axial((10, 10, 10), (10.0, 10.0, 10.0))
    lungs = Mask(np.ones(grid.shape, dtype=bool), grid)
    none = Mask(np.zeros(grid.shape, dtype=bool), grid)
    curve = DensityCurve((-1000, 0, 3000), (0.0, 1.0, 2.8), (-950, -150, -30, 150))
    ct = Volume(np.full(grid.shape, -700.0, dtype=np.float32), grid, Quantity.HOUNSFIELD)
    liver = MappedLiver(none, none, (), lungs, True, ())
    mass, whole_ml, said = _mass(ct, liver, curve, KNOWN)
    assert mass.is_assumed
    assert whole_ml == pytest.approx(1000 / 0.3, rel=1e-3)
    assert "ends within the lungs" in said[0]
    mass, whole_ml, said = _mass(ct, replace(liver, is_lung_cut=False), curve, KNOWN)
    assert (mass.mass_kg.value, whole_ml, said) == (pytest.approx(0.3), pytest.approx(1000.0), [])
