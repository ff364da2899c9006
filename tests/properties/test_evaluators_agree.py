"""Polars and the plain-Python evaluator give the same criteria, positions and verdicts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nelm.guideline.frames import frame_of
from nelm.guideline.verdicts import statements
from tests.evaluator import truth, verdict
from tests.properties.strategies import GUIDELINE, patients

STATEMENTS = {GUIDELINE.places[id(node)]: node for node in statements(GUIDELINE.options)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(patients(), min_size=8, max_size=8), patients(known=0.95))
def test_columns_agree_with_plain_python(rows, complete) -> None:
    frame = GUIDELINE.evaluate(frame_of([*rows, complete]))
    for place, row in enumerate([*rows, complete]):
        line = frame.row(place, named=True)
        different = [name for name, node in STATEMENTS.items() if line[name] is not truth(node, row)]
        assert not different, {name: (line[name], truth(STATEMENTS[name], row)) for name in different[:3]}
        for option in GUIDELINE.options:
            assert line[option.id] == verdict(option, row), option.id
