"""Calvert vectors: AUC 5 at 70 mL/min, and the cap at 125 mL/min (K-8; arithmetic, so exact)."""

import pytest

from nelm.therapies.chemotherapy.calvert import carboplatin_dose


@pytest.mark.parametrize(("filtration", "cap", "dose"), [(70, 125, 475), (140, 125, 750), (140, 1000, 825)])
def test_carboplatin_dose_of_the_worked_cases(filtration: float, cap: float, dose: float) -> None:
    found = carboplatin_dose(
        target_auc_mg_min_ml=5, filtration_ml_min=filtration, offset_ml_min=25, filtration_cap_ml_min=cap
    )
    assert found == dose
