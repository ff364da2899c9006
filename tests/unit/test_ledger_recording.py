"""An entry from the doses of one administration: nothing of an error is lost, and each part has its cause."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pytest

from nelm.dosimetry.doses import RegionDose, log_normal
from nelm.dosimetry.integrals import ActivityIntegral, from_population, trapped
from nelm.dosimetry.ledger import LedgerEntry
from nelm.dosimetry.recording import Causes, entry_of
from nelm.dosimetry.regions import RegionKind
from nelm.dosimetry.scans import Administration
from nelm.dosimetry.therapy import TherapyDose
from nelm.errors import InputError
from nelm.physics.biology import accumulated_dose
from nelm.physics.kinetics import HalfLifePopulation, TimeActivity
from nelm.physics.uncertainty import Contribution, biologically_effective_dose_uncertainty
from nelm.volume import Grid, Quantity, Volume

AT = datetime(2026, 1, 5, 10)
GRID = Grid.axial((2, 2, 2), (4.0, 4.0, 4.0))
EMPTY = Volume(np.zeros(GRID.shape, dtype=np.float32), GRID, Quantity.ABSORBED_DOSE)
RATE = math.log(2) / 52.0
FITTED = ActivityIntegral(
    TimeActivity((24.0, 96.0), (100.0, 40.0), (5.0, 3.0)), "a fit", 100.0 / RATE, 0.05, (100.0,), (RATE,),
    np.array([[16.0, 0.001], [0.001, (0.04 * RATE) ** 2]]), 52.0, 2.0, 0.1,
)  # fmt: skip


def budget(fit: float) -> tuple[Contribution, ...]:
    rows = (
        ("outline", 0.1, -0.4),
        ("resolution", 0.02, -1.0),
        ("calibration", 0.03, -1.0),
        ("fit", fit, 1.0),
        ("dose factor", 0.01, 1.0),
        ("density", 0.02, -0.9),
    )
    return tuple(Contribution(name, sd, sensitivity, 0.0) for name, sd, sensitivity in rows)


def dose_of(name: str, kind: RegionKind, gray: float, integral: ActivityIntegral = FITTED) -> RegionDose:
    parts = budget(integral.relative_sd)
    relative = math.sqrt(sum(part.relative_effect**2 for part in parts))
    return RegionDose(
        name=name, kind=kind, volume_ml=150.0, mass_g=156.0, curve=None, integral=integral,
        time_integrated_activity_mbq_h=integral.time_integrated_activity_mbq_h,
        absorbed_dose_gy=log_normal(gray, relative), relative_sd=relative, budget=parts,
        dose_per_activity_gy_per_gbq=None, biological=None, tissue=None, dose_rate=integral.dose_rate(gray),
        histogram=None,
    )  # fmt: skip


def therapy(*regions: RegionDose, at: datetime | None = AT) -> TherapyDose:
    given = Administration("Lu-177", "DOTATATE", 7400.0, at)
    return TherapyDose(given, (24.0,), regions, EMPTY, None, EMPTY, EMPTY, "kernel", (), ("a remark",))


def recorded(*regions: RegionDose, causes: Causes | None = None) -> LedgerEntry:
    known = causes or Causes("camera A")
    return entry_of(therapy(*regions), course="c", cycle=1, option="prrt.lu177_dotatate", causes=known)


def test_every_part_of_the_budget_is_kept_and_has_a_cause() -> None:
    given = dose_of("kidney_left", RegionKind.KIDNEY_LEFT, 3.0)
    (found,) = recorded(given).regions
    assert found.relative_sd == pytest.approx(given.relative_sd)
    assert found.shared_relative_sds == {
        "calibration of camera A": pytest.approx(0.03),
        "resolution of camera A": pytest.approx(0.02),
        "dose factor of Lu-177": pytest.approx(0.01),
        "density of tissue": pytest.approx(0.018),
    }
    assert found.random_relative_sd == pytest.approx(math.hypot(0.04, 0.05))
    (alone,) = recorded(given, causes=Causes()).regions
    assert set(alone.shared_relative_sds) == {"dose factor of Lu-177", "density of tissue"}
    (outlined,) = recorded(given, causes=Causes("A", "CT of May")).regions
    assert outlined.shared_relative_sds["outline on CT of May"] == pytest.approx(0.04)


def test_the_uncertainty_of_the_bed_is_that_of_the_chain() -> None:
    # one course: the ledger's dose, half-life and correlation against the whole covariance of the fit
    given = dose_of("kidney_left", RegionKind.KIDNEY_LEFT, 3.0)
    assert given.dose_rate is not None
    units = np.array([3.0 / FITTED.time_integrated_activity_mbq_h, 1.0])
    scale = math.sqrt(sum(p.relative_effect**2 for p in given.budget if p.component != "fit"))
    chain = biologically_effective_dose_uncertainty(
        given.dose_rate, relative_scale_sd=scale, alpha_beta_gy=2.6, repair_half_time_h=2.8,
        fit_covariance=FITTED.covariance * np.outer(units, units),
    )  # fmt: skip
    gradient = np.array([1 / RATE, -100.0 / RATE**2])
    fit = math.sqrt(gradient @ FITTED.covariance @ gradient) / FITTED.time_integrated_activity_mbq_h
    exact = ActivityIntegral(
        FITTED.data, "", FITTED.time_integrated_activity_mbq_h, fit, (100.0,), (RATE,), FITTED.covariance,
        52.0, 2.0, 0.1,
    )  # fmt: skip
    (found,) = recorded(dose_of("kidney_left", RegionKind.KIDNEY_LEFT, 3.0, exact)).regions
    course = found.course("c", start_h=0.0, physical_half_life_h=159.5)
    sums = accumulated_dose([course], alpha_beta_gy=2.6, repair_half_time_h=2.8)
    assert sums.bed_gy == pytest.approx(chain.bed_gy)
    assert sums.bed_sd_gy == pytest.approx(chain.bed_sd_gy, rel=1e-4)


def test_kinetics_of_a_population_err_alike_in_every_cycle() -> None:
    one = from_population(TimeActivity((24.0,), (80.0,), (4.0,)), HalfLifePopulation(52.0, 1.2, 159.5))
    (found,) = recorded(dose_of("spleen", RegionKind.SPLEEN, 4.0, one)).regions
    assert found.shared_relative_sds["kinetics of a population for DOTATATE"] == pytest.approx(
        one.relative_sd
    )
    assert found.random_relative_sd == pytest.approx(0.04)
    spheres = trapped(TimeActivity((24.0,), (80.0,), (4.0,)), physical_half_life_h=64.1)
    (stuck,) = recorded(dose_of("spleen", RegionKind.SPLEEN, 4.0, spheres)).regions
    assert stuck.half_life_relative_sd == 0.0


def test_parts_of_an_organ_are_joined_and_a_dose_that_is_not_known_stays_so() -> None:
    kind = RegionKind.LIVER_WITHOUT_LESIONS
    unknown = RegionDose(
        "spleen", RegionKind.SPLEEN, 100.0, 100.0, None, None, None, None, 0.0, (), None, None, None, None, None,
        reason="cut by the field of view",
    )  # fmt: skip
    found = recorded(dose_of("right lobe", kind, 3.0), dose_of("left lobe", kind, 1.0), unknown)
    whole, spleen = found.regions
    assert whole.name == "liver without lesions" and whole.mean_dose_gy == pytest.approx(2.0)
    assert whole.shared_relative_sds["calibration of camera A"] == pytest.approx(0.03)
    assert spleen.mean_dose_gy is None and spleen.reason == "cut by the field of view"
    assert found.at == AT and found.remarks == ("a remark",)


def test_the_time_of_the_administration_is_needed() -> None:
    with pytest.raises(InputError, match="date and time"):
        entry_of(therapy(at=None), course="c", cycle=1, option="prrt.lu177_dotatate", causes=Causes())
