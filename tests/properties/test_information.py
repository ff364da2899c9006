"""More facts settle, fewer unsettle: what information may and may not do to a verdict."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from nelm.guideline.frames import frame_of
from nelm.guideline.logic import facts_of
from nelm.quantities import Interval
from tests.properties.strategies import GUIDELINE, SEEDS, SPECS, USED, patients, values

RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
TREATING = tuple(option for option in GUIDELINE.options if option.intent != "diagnostic")
RESTS_ON = {
    option.id: {name for item in option.criteria for name in item.facts}
    | {name for item in option.positions for name in facts_of(item.context)}
    for option in GUIDELINE.options
}
WEAKER = {
    "recommended": {"recommended", "option", "undetermined"},
    "option": {"option", "undetermined"},
    "contraindicated": {"contraindicated", "not_indicated", "undetermined"},
    "not_indicated": {"not_indicated", "undetermined"},
    "undetermined": {"undetermined"},
}
"""What a verdict may become when facts are taken away or loosened."""


def test_nothing_known_recommends_nothing() -> None:
    line = GUIDELINE.evaluate(frame_of([{}])).row(0, named=True)
    assert {line[option.id] for option in TREATING} == {"undetermined"}
    open_words = {"recommended", "option", "undetermined", "not_indicated"}
    assert {line[o.id] for o in GUIDELINE.options if o.intent == "diagnostic"} <= open_words


@RELAXED
@given(patients(), SEEDS)
def test_a_new_fact_never_flips_an_unrelated_verdict(row, seed) -> None:
    unknown = [name for name in USED if name not in row]
    added = [(name, seed.choice(values(SPECS[name]))) for name in unknown[:40]]
    if not added:
        return
    frame = GUIDELINE.evaluate(frame_of([row, *({**row, name: value} for name, value in added)]))
    for option in GUIDELINE.options:
        before, *after = frame[option.id]
        for (name, _), verdict in zip(added, after, strict=True):
            if before != "undetermined" and verdict != before:
                assert name in RESTS_ON[option.id], (option.id, name, before, verdict)


FALL_BACKS = (
    "tumour.stated_grade",
    "tumour.tnm.",
    "receptor_imaging.sstr.positive",
    "receptor_imaging.netpet",
)
"""Stated summaries that speak only where the measurement is silent; a case that contradicts itself is refused at
the border, so random rows leave them out. The same holds for the extent beside the uptake and for mitoses."""


def _without_fall_backs(row):
    kept = {name: value for name, value in row.items() if not name.startswith(FALL_BACKS)}
    for measured, fall_back in (
        ("receptor_imaging.sstr.uptake", "receptor_imaging.sstr.extent"),
        ("tumour.ki67_percent", "tumour.mitoses_per_2mm2"),
    ):
        if measured in kept:
            kept.pop(fall_back, None)
    if "tumour.functioning" in kept:
        kept = {name: value for name, value in kept.items() if not name.startswith("tumour.syndromes.")}
    return kept


def _widened(value, seed):
    if not isinstance(value, Interval):
        return None
    return Interval(
        max(0.0, value.low - seed.choice((0.0, 1.0, 20.0))), value.high + seed.choice((0.0, 1.0, 50.0))
    )


@RELAXED
@given(patients(known=0.9), SEEDS)
def test_widening_moves_only_towards_undetermined(row, seed) -> None:
    row = _without_fall_backs(row)
    names = [name for name in USED if name in row and not name.startswith("preferences.")]
    chosen = seed.sample(names, min(30, len(names)))
    wider = [{**row, name: _widened(row[name], seed)} for name in chosen]
    frame = GUIDELINE.evaluate(frame_of([row, *wider]))
    for option in TREATING:
        before, *after = frame[option.id]
        for name, verdict in zip(chosen, after, strict=True):
            assert verdict in WEAKER[before], (option.id, name, before, verdict)
