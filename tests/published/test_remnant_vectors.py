"""Future liver remnant: published formulas and cut-offs on one worked patient.

170 cm and 70 kg; the remnant grows from 380 to 500 mL in four weeks (vectors K-9 and K-10). It passes the cut-offs
of the standardised remnant and of the degree of hypertrophy and fails that of the kinetic growth rate.
"""

from __future__ import annotations

import pytest
from tests.rows import evaluate_node

from nelm.guideline.findings.all import derived_facts
from nelm.guideline.findings.body import BodyKnowledge
from nelm.knowledge import load_knowledge
from nelm.therapies.surgery.knowledge import SurgeryKnowledge
from nelm.therapies.surgery.remnant import (
    Hypertrophy,
    hypertrophy,
    standardised_remnant_percent,
    total_liver_volume_ml,
)

KNOWLEDGE = load_knowledge()
BODY = KNOWLEDGE.record(BodyKnowledge, "body")
KNOWN = KNOWLEDGE.record(SurgeryKnowledge, "surgery")
SURFACE_M2 = 1.818
PERSON = {"patient.height_cm": 170.0, "patient.weight_kg": 70.0}


def volume_ml() -> float:
    """Formula volume of the worked patient [mL]."""
    return total_liver_volume_ml(
        body_surface_m2=SURFACE_M2,
        slope_ml_per_m2=BODY.vauthey_slope.number,
        intercept_ml=BODY.vauthey_constant.number,
    )


def share(remnant_ml: float) -> float:
    """Standardised remnant of the worked patient [%]."""
    return standardised_remnant_percent(remnant_ml=remnant_ml, total_liver_volume_ml=volume_ml())


def growth() -> Hypertrophy:
    """The worked patient after four weeks."""
    return hypertrophy(
        before_percent=share(380),
        after_percent=share(500),
        weeks=4,
        remnant_min_percent=KNOWN.remnant_after_embolisation_min.number,
        gain_min_points=KNOWN.hypertrophy_min.number,
        rate_min_points_per_week=KNOWN.growth_rate_min.number,
    )


def test_k9_total_liver_volume() -> None:
    # 0.3 mL: the surface of the vector is printed with three decimals, the volume with one.
    assert volume_ml() == pytest.approx(1509.7, abs=0.3)


def test_k10_standardised_remnant_before_and_after() -> None:
    assert share(380) == pytest.approx(25.2, abs=0.05)
    assert share(500) == pytest.approx(33.1, abs=0.05)


def test_k10_passes_two_cut_offs_and_fails_the_third() -> None:
    grown = growth()
    assert grown.gained_points == pytest.approx(7.95, abs=0.005)
    assert grown.points_per_week == pytest.approx(1.987, abs=0.001)
    assert (grown.remnant_passes, grown.gain_passes, grown.rate_passes) == (True, True, False)
    assert not grown.passes


def test_trap_30_the_ct_volume_is_not_the_denominator() -> None:
    body = derived_facts(KNOWLEDGE).body
    of_tumour = {**PERSON, "liver.future_liver_remnant_ml": 380.0, "liver.volume_ml": 3000.0}
    found = evaluate_node(body.standardised_remnant_percent, of_tumour)
    assert found == pytest.approx((25.2, 25.2), abs=0.05)


@pytest.mark.parametrize(
    ("parenchyma", "remnant_ml", "sufficient"),
    [
        ("normal", 320, True),
        ("normal", 280, False),
        ("chemotherapy", 440, False),
        ("chemotherapy", 470, True),
        ("cirrhosis", 590, False),
        ("cirrhosis", 620, True),
    ],
)
def test_trap_30_the_minimum_is_20_30_or_40_percent(
    parenchyma: str, remnant_ml: float, sufficient: bool
) -> None:
    facts = {**PERSON, "liver.future_liver_remnant_ml": float(remnant_ml), "liver.parenchyma": parenchyma}
    assert evaluate_node(derived_facts(KNOWLEDGE).body.remnant_sufficient, facts) is sufficient
