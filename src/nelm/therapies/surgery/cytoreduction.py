"""How much of the tumour in the liver a set of resections removes, against the published shares of 70 and 90 %."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nelm.guideline.feasibility import Feasible, all_of, at_least
from nelm.imaging.measured import LiverMeasurement
from nelm.quantities import Estimate
from nelm.therapies.surgery.knowledge import SurgeryKnowledge
from nelm.therapies.surgery.resection import Candidate


@dataclass(frozen=True, slots=True)
class Cytoreduction:
    """What is removed.

    Parameters
    ----------
    removed : Lesions taken whole, in the order of the measurement.
    left : The others.
    removed_percent : Share of the tumour volume in the liver that is removed [%].
    left_ml : Tumour that stays [mL].
    complete : Whether nothing stays and every margin is kept; unknown where a margin is.
    at_least_90, at_least_70 : Whether that share is removed; unknown while the error of the segmentation straddles it.
    """

    removed: tuple[str, ...]
    left: tuple[str, ...]
    removed_percent: Estimate
    left_ml: Estimate
    complete: Feasible
    at_least_90: Feasible
    at_least_70: Feasible

    @property
    def achievable(self) -> str | None:
        """The word of the fact `liver.resectable`; None where a better word is neither proven nor ruled out.

        It says what these resections remove, not that the patient can be operated on: that is the surgeon's word.
        """
        words = (
            ("complete", self.complete),
            ("debulking_90", self.at_least_90),
            ("debulking_70", self.at_least_70),
        )
        for word, state in words:
            if state is Feasible.YES:
                return word
            if state is Feasible.UNKNOWN:
                return None
        return "no"


def cytoreduction(
    measurement: LiverMeasurement, chosen: Sequence[Candidate], known: SurgeryKnowledge
) -> Cytoreduction:
    """What resections remove together.

    A lesion that one cuts and another takes whole is removed; one that none takes whole stays, whole.
    """
    states: dict[str, list[Feasible]] = {}
    for candidate in chosen:
        for removal in candidate.removed:
            states.setdefault(removal.lesion, []).append(removal.state)
    best = {lesion: min(found, key=BEST_FIRST.index) for lesion, found in states.items()}
    return cytoreduction_of(measurement, best, known)


BEST_FIRST = (Feasible.YES, Feasible.UNKNOWN, Feasible.NO)


def cytoreduction_of(
    measurement: LiverMeasurement, removed: Mapping[str, Feasible], known: SurgeryKnowledge
) -> Cytoreduction:
    """What is removed when these lesions go.

    Parameters
    ----------
    removed : Lesions that go, by any means, with whether their margin is kept.
    """
    taken = [item.lesion.name for item in measurement.lesions if item.lesion.name in removed]
    left = [item.lesion.name for item in measurement.lesions if item.lesion.name not in removed]
    gone, stays = _volume(measurement, taken), _volume(measurement, left)
    share = _share(gone, stays)
    complete = Feasible.NO if left or not taken else all_of([removed[name] for name in taken])
    return Cytoreduction(
        removed=tuple(taken),
        left=tuple(left),
        removed_percent=share,
        left_ml=stays,
        complete=complete,
        at_least_90=at_least(share, known.debulking_threshold_classic.number),
        at_least_70=at_least(share, known.debulking_threshold.number),
    )


def _volume(measurement: LiverMeasurement, names: Collection[str]) -> Estimate:
    """Volume of lesions together; their limits add up, since one way of drawing borders moves all of them [mL]."""
    sizes = [item.size.volume_ml for item in measurement.lesions if item.lesion.name in names]
    return Estimate(*(sum(getattr(size, part) for size in sizes) for part in ("value", "low", "high")))


def _share(gone: Estimate, stays: Estimate) -> Estimate:
    """Removed over all [%]; at worst the removed lesions are drawn too large and the others too small."""
    if not stays.high:
        return Estimate(*(3 * (100.0 if gone.high else 0.0,)))
    value, low, high = (
        100 * part / (part + other) if part + other else 0.0
        for part, other in ((gone.value, stays.value), (gone.low, stays.high), (gone.high, stays.low))
    )
    return Estimate(value, min(low, value), max(high, value))
