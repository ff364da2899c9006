"""When one operation would leave too little: clear the future remnant, let it grow, then take the rest.

The future remnant is cleared by wedges first, the portal vein of the side to be taken is embolised, and the large
resection follows weeks later. How fast a remnant grows was measured in patients with colorectal metastases
[pmc6414468, shindoh2013]; nothing was read for neuroendocrine ones. Patients differ so much that the range of the
expected remnant mostly straddles the limits: then the answer is unknown, and the CT after some weeks gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nelm.guideline.feasibility import Feasible, Modality, at_least
from nelm.imaging.liver.served import union_remnant
from nelm.knowledge import Entry
from nelm.quantities import Estimate
from nelm.quantities.measured import COVERAGE_FACTOR
from nelm.therapies.surgery.assessment import Operated
from nelm.therapies.surgery.knowledge import ResectionKnowledge, SurgeryKnowledge
from nelm.therapies.surgery.resection import Candidate
from nelm.therapies.surgery.standardised import Denominator, LiverNeed, StandardisedRemnant, standardised


@dataclass(frozen=True, slots=True)
class Growth:
    """A remnant some weeks after portal vein embolisation.

    Parameters
    ----------
    weeks : From the embolisation to the CT.
    gain_points : Expected gain of the standardised remnant [percentage points].
    percent : Expected standardised remnant [%].
    answers : Each limit and whether the expected remnant, gain or rate reaches it.
    needed_points_per_week : Rate at which the best value reaches the largest limit for the parenchyma in that time.
    """

    weeks: float
    gain_points: Estimate
    percent: Estimate
    answers: tuple[tuple[Entry, Feasible], ...]
    needed_points_per_week: float

    @property
    def state(self) -> Feasible:
        """Whether every limit is reached."""
        states = [answer for _, answer in self.answers]
        if all(state is Feasible.YES for state in states):
            return Feasible.YES
        return Feasible.NO if Feasible.NO in states else Feasible.UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class StagedResection:
    """A large resection after the future remnant has been cleared and has grown.

    Parameters
    ----------
    second : The large resection, done second.
    first : Wedges that clear the future remnant, done first; none where it holds no lesion.
    left : Lesions that neither removes: then it clears the liver only together with another treatment.
    embolised : Portal branches to close between the two.
    before : The remnant after both, as it is now.
    growth : What is expected of it; None where its standardised share is unknown.
    notes : Entries that should be read with it.
    """

    second: Candidate
    first: tuple[Candidate, ...]
    left: tuple[str, ...]
    embolised: str
    before: StandardisedRemnant
    growth: Growth | None
    notes: tuple[Entry, ...]

    @property
    def one_stage(self) -> Feasible:
        """Whether the same could be done in one operation, by the smallest published limit."""
        return self.before.state


EMBOLISED = {
    frozenset({5, 6, 7, 8}): "right portal vein",
    frozenset({4, 5, 6, 7, 8}): "right portal vein and the branches of segment 4",
    frozenset({2, 3, 4}): "left portal vein",
    frozenset({2, 3, 4, 5, 8}): "left portal vein and the right anterior branch",
}


def staged_resections(
    liver: Operated,
    offered: Sequence[Candidate],
    need: LiverNeed,
    *,
    known: SurgeryKnowledge,
    weeks: float | None = None,
) -> tuple[StagedResection, ...]:
    """Every large resection with what has to be cleared first; those that clear the liver first, then by remnant.

    Parameters
    ----------
    offered : Candidate resections.
    weeks : From embolisation to the CT; by default what most teams wait.
    """
    wait = known.embolisation_wait.number if weeks is None else weeks
    found = [
        _staged(liver, second, offered, need, known=known, weeks=wait)
        for second in offered
        if second.modality is Modality.HEMIHEPATECTOMY and second.segments in EMBOLISED
    ]
    return tuple(sorted(found, key=lambda one: (len(one.left), -one.before.percent.value, one.second.name)))


def expected_gain(weeks: float, known: ResectionKnowledge) -> Estimate:
    """Gain of the standardised remnant after portal vein embolisation [percentage points], at least 0.

    The first week and the weeks after it have rates of their own [pmc6414468]. A patient who grows fast at first is
    taken to grow fast later, so the spreads add up. Shown for up to about two months in 48 patients with colorectal
    metastases whose remnant was below 30 %.
    """
    first, later = min(weeks, 1.0), max(weeks - 1.0, 0.0)
    value = known.growth_first_week.number * first + known.growth_later.number * later
    spread = known.growth_first_week_spread.number * first + known.growth_later_spread.number * later
    return Estimate(value, max(0.0, value - COVERAGE_FACTOR * spread), value + COVERAGE_FACTOR * spread)


def _staged(
    liver: Operated,
    second: Candidate,
    offered: Sequence[Candidate],
    need: LiverNeed,
    *,
    known: SurgeryKnowledge,
    weeks: float,
) -> StagedResection:
    """One large resection with the wedges that it needs."""
    wanted = {reach.name for reach in liver.reaches} - second.lesions
    first = _clearing(wanted, offered)
    cleared = {lesion for wedge in first for lesion in wedge.lesions}
    remnant = union_remnant(liver.served, [second.region(), *(wedge.region() for wedge in first)])
    before = standardised(remnant, need, healthy_ml=liver.served.healthy_ml)
    grows = before.denominator is Denominator.FORMULA
    notes = [known.growth_rate_decays, known.two_stage_dropout, known.clear_remnant_first]
    if {4, 5} <= second.segments and 2 not in second.segments:
        notes.append(liver.known.segment_4_embolised)
    return StagedResection(
        second=second,
        first=first,
        left=tuple(sorted(wanted - cleared)),
        embolised=EMBOLISED[second.segments],
        before=before,
        growth=_growth(before.percent, need, liver.known, known, weeks=weeks) if grows else None,
        notes=tuple(notes),
    )


def _clearing(wanted: set[str], offered: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Wedges that take these lesions and cut through none, each time the one that loses least liver per lesion."""
    chosen: list[Candidate] = []
    rest = set(wanted)
    while rest:
        usable = [
            one for one in offered
            if one.modality is Modality.WEDGE and one.lesions & rest and not one.cut_through
            and all(removal.state is not Feasible.NO for removal in one.removed)
        ]  # fmt: skip
        if not usable:
            break
        best = min(usable, key=lambda one: (len(one.lost) / len(one.lesions & rest), one.name))
        chosen.append(best)
        rest -= best.lesions
    return tuple(chosen)


def _growth(
    before: Estimate,
    need: LiverNeed,
    resection: ResectionKnowledge,
    known: SurgeryKnowledge,
    *,
    weeks: float,
) -> Growth:
    """What is expected of a remnant, against the limits for the parenchyma and those after embolisation."""
    gain = expected_gain(weeks, resection)
    percent = Estimate(before.value + gain.value, before.low + gain.low, before.high + gain.high)
    shares = (*need.limits(), known.remnant_after_embolisation_min)
    answers = [(entry, at_least(percent, entry.number)) for entry in shares]
    answers.append((known.hypertrophy_min, at_least(gain, known.hypertrophy_min.number)))
    answers.append((known.growth_rate_min, at_least(gain.scaled(1 / weeks), known.growth_rate_min.number)))
    largest = max(entry.number for entry in need.limits())
    return Growth(weeks, gain, percent, tuple(answers), max(0.0, (largest - before.value) / weeks))
