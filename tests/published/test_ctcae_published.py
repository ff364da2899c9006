"""CTCAE grades against the vectors of the research notes and the rows of a public laboratory-grading code.

RSP-19, RSP-19b and the tests of pharmaverse/admiral (tests/testthat/test-derive_var_atoxgr.R), versions 5 and 6. A row
that admiral does not grade is one that is not settled here; a grade is compared exactly.
"""

from __future__ import annotations

import pytest

from nelm.case.vocabulary import LabTest
from nelm.followup.toxicity.ctcae import CtcaeVersion, Grade, LabReading, graded
from nelm.followup.toxicity.knowledge import CtcaeKnowledge
from nelm.knowledge import load_knowledge
from nelm.quantities import Interval

KNOWN = load_knowledge().record(CtcaeKnowledge, "ctcae")
FIVE, SIX = CtcaeVersion.FIVE, CtcaeVersion.SIX
exact = Interval.exact


def of(test: LabTest, version: CtcaeVersion, value: float, **beside: float | bool | None) -> Grade:
    """The grade of the first term of a test; numbers beside the value are exact."""
    given = {
        name: exact(item) if isinstance(item, int | float) and not isinstance(item, bool) else item
        for name, item in beside.items()
        if item is not None
    }
    return graded(test, LabReading(exact(value), **given), version=version, known=KNOWN)[0]  # type: ignore[arg-type]


def is_grade(found: Grade, expected: int | None) -> bool:
    return not found.is_settled if expected is None else (found.low, found.high) == (expected, expected)


def test_rsp_19b_neutrophils() -> None:
    """0.8 is grade 3 in version 5 and grade 2 in version 6, and each says its version."""
    old, new = of(LabTest.NEUTROPHILS, FIVE, 0.8), of(LabTest.NEUTROPHILS, SIX, 0.8)
    assert (old.low, old.high, old.version) == (3, 3, FIVE)
    assert (new.low, new.high, new.version) == (2, 2, SIX)


def test_rsp_19b_transaminase_with_a_raised_baseline() -> None:
    """ALT 130, baseline 60, upper limit 40: below grade 2 in version 5, grade 3 in version 6."""
    beside = {"baseline": 60, "upper_limit": 40}
    assert of(LabTest.ALT, FIVE, 130, **beside).high < 2
    assert is_grade(of(LabTest.ALT, SIX, 130, **beside), 3)


@pytest.mark.parametrize(
    ("value", "lower", "grade"),
    [(0.49, 2, 4), (0.5, 2, 3), (0.99, 2, 3), (1, 2, 2), (1.49, 2, 2), (1.5, 2, 1), (1.9, 2, 1), (2, 2, 0),
     (0.49, None, 4), (0.5, None, 3), (0.99, None, 3), (1, None, 2), (1.49, None, 2), (1.5, None, None),
     (1.9, None, None), (2, None, None)],
)  # fmt: skip
def test_neutrophils_5(value: float, lower: float | None, grade: int | None) -> None:
    assert is_grade(of(LabTest.NEUTROPHILS, FIVE, value, lower_limit=lower), grade)


@pytest.mark.parametrize(
    ("value", "grade"),
    [(0.09, 4), (0.1, 3), (0.49, 3), (0.5, 2), (0.99, 2), (1, 1), (1.49, 1), (1.5, 0)],
)
def test_neutrophils_6(value: float, grade: int) -> None:
    assert is_grade(of(LabTest.NEUTROPHILS, SIX, value), grade)


PLATELETS = [(24, 4), (25, 3), (49, 3), (50, 2), (74, 2), (75, 1), (99, 1), (100, 0)]


@pytest.mark.parametrize("version", [FIVE, SIX])
@pytest.mark.parametrize(("value", "grade"), PLATELETS)
def test_platelets(version: CtcaeVersion, value: float, grade: int) -> None:
    """Version 6 differs in grade 4 only: 24 becomes 9 and 25 becomes 10."""
    value = {24: 9, 25: 10}.get(value, value) if version is SIX else value
    assert is_grade(of(LabTest.PLATELETS, version, value, lower_limit=100), grade)
    assert is_grade(of(LabTest.PLATELETS, version, value), grade if grade >= 2 else None)


@pytest.mark.parametrize(
    ("value", "lower", "grade"),
    [(0.19, 140, 4), (0.2, 140, 3), (0.49, 140, 3), (0.5, 140, 2), (0.79, 140, 2), (0.8, 140, 1),
     (1.09, 1.1, 1), (1.1, 1.1, 0), (0.79, None, 2), (0.8, None, None)],
)  # fmt: skip
def test_lymphocytes_5(value: float, lower: float | None, grade: int | None) -> None:
    assert is_grade(of(LabTest.LYMPHOCYTES, FIVE, value, lower_limit=lower), grade)


NORMAL = {"upper_limit": 40, "baseline": 40}
RAISED = {"upper_limit": 39, "baseline": 40}
TRANSAMINASE = [(801, 4), (800, 3), (201, 3), (200, 2), (121, 2), (120, 1), (41, 1), (40, 0)]
LIVER = [
    *((LabTest.AST, FIVE, NORMAL, value, grade) for value, grade in TRANSAMINASE),
    *((LabTest.ALT, SIX, NORMAL, value, grade) for value, grade in TRANSAMINASE),
    *((LabTest.AST, FIVE, RAISED, value, grade) for value, grade in [
        (801, 4), (800, 3), (201, 3), (200, 2), (121, 2), (120, 1), (60, 1), (59, 0)]),
    *((LabTest.AST, SIX, RAISED, value, grade) for value, grade in [
        (161, 4), (160, 3), (81, 3), (80, 2), (61, 2), (60, 1), (40, 1), (39, 0)]),
    *((LabTest.ALP, FIVE, RAISED, value, grade) for value, grade in [
        (801, 4), (800, 3), (201, 3), (200, 2), (101, 2), (100, 1), (80, 1), (79, 0)]),
    *((LabTest.BILIRUBIN, FIVE, beside, value, grade) for beside in (NORMAL, RAISED) for value, grade in [
        (401, 4), (400, 3), (121, 3), (120, 2), (61, 2), (60, 1), (41, 1), (40, 0)]),
]  # fmt: skip


@pytest.mark.parametrize(("test", "version", "beside", "value", "grade"), LIVER)
def test_liver(
    test: LabTest, version: CtcaeVersion, beside: dict[str, float], value: float, grade: int
) -> None:
    assert is_grade(of(test, version, value, **beside), grade)
    assert not of(test, version, 500).is_settled


@pytest.mark.parametrize(
    ("value", "baseline", "upper", "grade"),
    [(41, 40, 40, 1), (40, 40, 40, 0), (41, 41, 40, 0), (41, 40, 41, 0), (40, 40, None, 0), (40, None, 40, 0),
     (100, 40, None, None), (41, None, 40, None)],
)  # fmt: skip
def test_alkaline_phosphatase_6(
    value: float, baseline: float | None, upper: float | None, grade: int | None
) -> None:
    assert is_grade(of(LabTest.ALP, SIX, value, baseline=baseline, upper_limit=upper), grade)


@pytest.mark.parametrize(
    ("value", "baseline", "upper", "grade"),
    [(241, 241, 40, 4), (240, 230, 40, 3), (121, 120, 40, 3), (120, 119, 40, 2), (61, 60, 40, 2), (60, 60, 40, 1),
     (41, 41, 40, 1), (40, 40, 40, 0), (42, 6, 40, 3), (42, 13.9, 40, 3), (42, 14, 40, 2), (42.1, 28, 40, 2),
     (42, 42, None, None)],
)  # fmt: skip
def test_creatinine_5(value: float, baseline: float, upper: float | None, grade: int | None) -> None:
    assert is_grade(of(LabTest.CREATININE, FIVE, value, baseline=baseline, upper_limit=upper), grade)


@pytest.mark.parametrize(
    ("value", "baseline", "upper", "lower", "grade"),
    [(241, 40, 40, 30, 4), (240, 40, 40, 30, 3), (121, 40, 40, 30, 3), (120, 40, 40, 30, 2), (61, 40, 40, 30, 2),
     (60, 40, 40, 30, 1), (41, 40, 40, 30, 1), (40, 40, 40, 30, 0),
     (121, 40, 41, 40.5, 3), (120, 40, 41, 40.5, 2), (61, 40, 41, 40.5, 2), (60, 40, 60, 40.5, 0),
     (60, 40, None, 40.5, None)],
)  # fmt: skip
def test_creatinine_6(
    value: float, baseline: float, upper: float | None, lower: float, grade: int | None
) -> None:
    found = of(LabTest.CREATININE, SIX, value, baseline=baseline, upper_limit=upper, lower_limit=lower)
    assert is_grade(found, grade)
