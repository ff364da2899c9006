"""Every lesion against the four kinds of resection: what can be done, or by which number it cannot."""

from __future__ import annotations

from collections.abc import Sequence

from nelm.guideline.feasibility import (
    WORST_FIRST,
    Feasibility,
    Feasible,
    Modality,
    Reason,
    at_least,
    at_most,
    worst_first,
)
from nelm.imaging.liver.location import UNSURE_BELOW
from nelm.imaging.measured import MeasuredLesion
from nelm.quantities import Estimate
from nelm.therapies.surgery.assessment import Operated
from nelm.therapies.surgery.resection import Candidate, Removal
from nelm.therapies.surgery.standardised import Counted, Denominator, LiverNeed, standardised

MODALITIES = (Modality.WEDGE, Modality.SEGMENT, Modality.SECTION, Modality.HEMIHEPATECTOMY)


def resection_feasibility(
    liver: Operated, offered: Sequence[Candidate], need: LiverNeed
) -> tuple[Feasibility, ...]:
    """Every lesion of the measurement, in its order, against wedge, segment, section and hemiliver.

    Of several resections of a kind the one that is feasible and loses the least liver is told.
    """
    return tuple(
        _feasibility(liver, item, modality, offered, need=need)
        for item in liver.measurement.lesions
        for modality in MODALITIES
    )


def is_of(candidate: Candidate, modality: Modality) -> bool:
    """Whether a candidate is a resection of a kind; segment 4 is a section as well."""
    if candidate.modality is modality:
        return True
    return modality is Modality.SECTION and candidate.segments == frozenset({4})


def _feasibility(
    liver: Operated,
    item: MeasuredLesion,
    modality: Modality,
    offered: Sequence[Candidate],
    *,
    need: LiverNeed,
) -> Feasibility:
    """One lesion against one kind of resection."""
    name = item.lesion.name
    found: list[tuple[Feasibility, int]] = []
    for candidate in offered:
        removal = candidate.removal(name)
        if removal is not None and is_of(candidate, modality):
            told = Feasibility(
                name,
                modality,
                worst_first(_reasons(liver, item, candidate, removal, offered=offered, need=need)),
                _cautions(item, candidate),
            )
            found.append((told, len(candidate.lost)))
    if not found:
        return Feasibility(name, modality, (_impossible(liver, item, modality),))
    return min(found, key=lambda one: (-WORST_FIRST.index(one[0].state), one[1]))[0]


def _reasons(
    liver: Operated,
    item: MeasuredLesion,
    candidate: Candidate,
    removal: Removal,
    *,
    offered: Sequence[Candidate],
    need: LiverNeed,
) -> list[Reason]:
    """Everything that was looked at for a lesion and a resection that takes it whole."""
    reasons = [
        _remnant(liver, candidate, need),
        _margin(liver, candidate, removal),
        _vessel(liver, candidate, removal),
    ]
    if candidate.cut_through:
        reasons.append(_cut_through(candidate, offered))
    if candidate.cover_mm is not None:
        error = float(liver.served.error_mm)
        cover = Estimate(candidate.cover_mm, max(0.0, candidate.cover_mm - error), candidate.cover_mm + error)
        limit = liver.known.wedge_cover_max
        text = f"{candidate.cover_mm:.0f} mm of healthy liver over it"
        reasons.append(Reason(text, at_most(cover, limit.number), cover, "mm", limit))
    elif item.location is None or item.location.confidence < UNSURE_BELOW:
        text = f"{candidate.name}: the segment of the lesion is uncertain"
        reasons.append(Reason(text, Feasible.UNKNOWN))
    return reasons


def _remnant(liver: Operated, candidate: Candidate, need: LiverNeed) -> Reason:
    """The remnant after this resection alone."""
    left = standardised(candidate.volumes, need, healthy_ml=liver.served.healthy_ml)
    share = f"{candidate.name}: {left.percent.value:.0f} % of the {left.denominator.value} stays"
    part = "supplied and drained" if left.counted is Counted.FUNCTIONAL else "inflow and outflow not known"
    if left.denominator is Denominator.MEASURED:
        text = f"{share} ({part}); height or weight is missing, so no limit can be applied"
        return Reason(text, Feasible.UNKNOWN, left.percent, "%")
    entry = left.answers[0][0]
    return Reason(f"{share} ({part})", left.state, left.percent, "%", entry)


def _margin(liver: Operated, candidate: Candidate, removal: Removal) -> Reason:
    """The liver between the lesion and the cut."""
    limit = liver.known.margin_min
    if removal.margin_mm is None:
        reach = liver.reach(removal.lesion).reach_mm
        return Reason(
            f"{candidate.name}: the cut stays more than {reach:.0f} mm away", Feasible.YES, limit=limit
        )
    text = f"{candidate.name}: {removal.margin_mm.value:.0f} mm of liver between lesion and cut"
    return Reason(text, at_least(removal.margin_mm, limit.number), removal.margin_mm, "mm", limit)


def _vessel(liver: Operated, candidate: Candidate, removal: Removal) -> Reason:
    """The nearest large vessel that stays."""
    limit = liver.known.margin_min
    if removal.vessel_mm is not None:
        text = f"{removal.vessel_mm.value:.1f} mm from the {removal.vessel.removeprefix('a ')}, which stays"
        return Reason(text, at_least(removal.vessel_mm, limit.number), removal.vessel_mm, "mm", limit)
    if liver.vessels_known:
        return Reason("no large vessel that stays is within reach", Feasible.YES, limit=limit)
    return Reason("portal or hepatic veins are not segmented: vessels near it are unknown", Feasible.UNKNOWN)


def _cut_through(candidate: Candidate, offered: Sequence[Candidate]) -> Reason:
    """Whether the lesions that it would cut can be taken whole by another resection at the same time."""
    others = ", ".join(candidate.cut_through)
    open_ones = [
        lesion for lesion in candidate.cut_through
        if not any(other.removal(lesion) is not None and not other.cut_through for other in offered)
    ]  # fmt: skip
    if open_ones:
        text = f"{candidate.name} cuts through {', '.join(open_ones)}, which no other resection takes whole"
        return Reason(text, Feasible.NO)
    return Reason(f"{candidate.name} only together with a resection that takes {others} whole", Feasible.YES)


def _cautions(item: MeasuredLesion, candidate: Candidate) -> tuple[str, ...]:
    """What does not decide and should be known."""
    found: list[str] = []
    for lost, word in (
        (candidate.inflow_lost_ml, "portal inflow"),
        (candidate.outflow_lost_ml, "venous outflow"),
    ):
        if lost is not None and round(lost):
            found.append(f"{lost:.0f} mL of the remnant lose their {word}")
    if candidate.vessels_cut:
        found.append(f"cuts the {candidate.vessels_cut[0].name.removeprefix('a ')}")
    if candidate.vessels_freed:
        found.append(f"within the margin and to be dissected free: {', '.join(candidate.vessels_freed)}")
    if item.to_duct_mm is not None:
        found.append(f"{item.to_duct_mm.value:.0f} mm from the central bile duct")
    if candidate.is_major:
        found.append("major resection")
    return tuple(found)


def _impossible(liver: Operated, item: MeasuredLesion, modality: Modality) -> Reason:
    """Why no resection of a kind takes a lesion whole."""
    if modality is Modality.WEDGE:
        limit, depth = liver.known.wedge_cover_max, item.to_capsule_mm
        if depth is not None and depth.value > limit.number:
            text = f"{depth.value:.0f} mm below the surface of the liver"
            return Reason(text, at_most(depth, limit.number), depth, "mm", limit)
        return Reason("no way in from a free surface of the liver is short enough", Feasible.NO, limit=limit)
    if item.location is None:
        return Reason("its segment is not known", Feasible.UNKNOWN)
    shares = ", ".join(f"{100 * share:.0f} % in {number}" for number, share in item.location.shares)
    words = {
        Modality.SEGMENT: "no single segment takes it whole",
        Modality.SECTION: "no section takes it whole",
        Modality.HEMIHEPATECTOMY: "no hemiliver takes it whole",
    }
    state = Feasible.NO if item.location.confidence >= UNSURE_BELOW else Feasible.UNKNOWN
    return Reason(f"it lies over several segments ({shares}): {words[modality]}", state)
