"""From a region of the liver to a candidate resection with everything that is known of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nelm.errors import InputError, Problem
from nelm.guideline.feasibility import Feasible, Modality, all_of, at_least
from nelm.imaging.lesions import Lesion
from nelm.imaging.liver import RESECTIONS
from nelm.imaging.liver.margins import LesionReach, NearVessel, lesion_reach
from nelm.imaging.liver.served import Deprivation, Region, ServedLiver, Territories, served_liver
from nelm.imaging.liver.vessel_names import TreeNames, portal_names, vein_names
from nelm.imaging.measured import LiverMeasurement
from nelm.therapies.surgery.knowledge import ResectionKnowledge
from nelm.therapies.surgery.resection import Candidate, CutVessel, Removal
from nelm.volume import mask_on

NEIGHBOURS = frozenset(
    frozenset(pair) for pair in
    ((2, 3), (2, 4), (3, 4), (4, 5), (4, 8), (5, 6), (5, 8), (6, 7), (7, 8), (5, 7), (6, 8),
     (1, 2), (1, 4), (1, 7), (1, 8))
)  # fmt: skip
"""Couinaud segments that share a border."""


@dataclass(frozen=True, slots=True, eq=False)
class Operated:
    """A measured liver laid out for planning resections.

    Parameters
    ----------
    measurement : The liver.
    served : Its vessels' territories on the working grid.
    reaches : Neighbourhood of each lesion, in the order of the measurement.
    names : Of the branches of the trees that there are.
    known : Margins and classes.
    segment_voxels : (9,) voxels of each Couinaud segment.
    """

    measurement: LiverMeasurement
    served: ServedLiver
    reaches: tuple[LesionReach, ...]
    names: tuple[TreeNames, ...]
    known: ResectionKnowledge
    segment_voxels: NDArray[np.intp]

    def reach(self, lesion: str) -> LesionReach:
        """The neighbourhood of a lesion.

        Raises
        ------
        InputError : It lies outside the liver, or there is no such lesion.
        """
        for reach in self.reaches:
            if reach.name == lesion:
                return reach
        outside = any(other.name == lesion for other in self.measurement.outside)
        what = "a lesion in the liver; this one lies outside it" if outside else "a lesion of this liver"
        raise InputError([Problem("lesion", lesion, what, "Correct the name or the segmentation.")])

    def taken(self, resected: Region) -> NDArray[np.float64]:
        """Share of each lesion that a resection takes, in the order of `reaches`."""
        return np.array([reach.taken(resected) for reach in self.reaches])

    @property
    def vessels_known(self) -> bool:
        """Whether portal and hepatic veins are both segmented."""
        return self.served.portal is not None and self.served.veins is not None


def operated(
    measurement: LiverMeasurement, known: ResectionKnowledge, *, error_mm: float | None = None
) -> Operated:
    """Lay out a measured liver for planning resections.

    Parameters
    ----------
    error_mm : By how much borders may be off; by default a voxel of the image.

    Raises
    ------
    InputError : A vessel mask is empty, or lesions overlap; every such problem is named.
    """
    problems = [*_empty_masks(measurement), *_overlaps([item.lesion for item in measurement.lesions])]
    if problems:
        raise InputError(problems)
    liver, error = measurement.working_liver, measurement.voxel_mm if error_mm is None else error_mm
    tumour = np.zeros(liver.grid.shape, dtype=bool)
    for item in measurement.lesions:
        tumour |= mask_on(item.lesion.mask, liver.grid).array
    portal, veins, landmarks = measurement.portal_tree, measurement.vein_tree, measurement.landmarks
    served = served_liver(liver, tumour, portal=portal, veins=veins, landmarks=landmarks, error_mm=error)
    names = (
        *(() if portal is None else (portal_names(portal, landmarks),)),
        *(() if veins is None else (vein_names(veins, landmarks),)),
    )
    cava = measurement.regions.cava
    fixed = {} if cava is None else {"vena cava": cKDTree(cava.grid.points_of(np.argwhere(cava.array)))}
    reach = known.margin_wide.number + 2 * error + float(np.mean(liver.grid.spacing_mm))
    reaches = tuple(
        lesion_reach(
            item.lesion,
            served,
            reach_mm=reach,
            names=names,
            named_from_mm=known.large_vessel_from.number,
            fixed=fixed,
        )
        for item in measurement.lesions
    )
    voxels = np.bincount(measurement.segments.labels[liver.array], minlength=9)
    return Operated(measurement, served, reaches, names, known, voxels)


def assessed(
    liver: Operated,
    region: Region,
    *,
    name: str,
    modality: Modality,
    segments: frozenset[int] = frozenset(),
    cover_mm: float | None = None,
) -> Candidate:
    """Everything that is known of taking out a region; what lies outside the liver is not counted."""
    served = liver.served
    resected = region & served.liver.array
    found = served.deprivation(resected)
    ml = served.grid.voxel_ml
    taken = _segments_taken(liver, resected)
    shares = liver.taken(resected)
    whole = [reach for reach, share in zip(liver.reaches, shares, strict=True) if share == 1]
    cut = [reach.name for reach, share in zip(liver.reaches, shares, strict=True) if 0 < share < 1]
    planned = liver.known.margin_planned.number
    freed = [
        vessel.name
        for reach in whole
        for vessel in reach.vessels
        if vessel.distance_mm.value <= planned and _stays(vessel, found)
    ]
    both = found.functional
    return Candidate(
        name=name,
        modality=modality,
        segments=segments,
        resected=served.voxels[found.taken].astype(np.int32),
        lost=served.voxels[found.taken | found.deprived].astype(np.int32),
        shape=served.grid.shape,
        volumes=served.volumes(found),
        resected_ml=int(np.count_nonzero(found.taken & served.healthy)) * ml,
        inflow_lost_ml=_lost_ml(found.kept, found.supplied, ml),
        outflow_lost_ml=_lost_ml(found.kept, found.drained, ml),
        deprived_ml=_lost_ml(found.kept, both, ml),
        removed=tuple(_removal(liver, reach, resected, found) for reach in whole),
        cut_through=tuple(cut),
        segments_taken=taken,
        is_major=_is_major(taken, round(liver.known.major_segments_min.number)),
        complexity=_complexity(segments, modality, liver.known),
        cover_mm=cover_mm,
        vessels_cut=_vessels_cut(liver, found),
        vessels_freed=tuple(dict.fromkeys(freed)),
    )


def _removal(liver: Operated, reach: LesionReach, resected: Region, found: Deprivation) -> Removal:
    """The margins of a lesion that is taken whole."""
    margin = reach.margin_mm(resected)
    vessel = next((vessel for vessel in reach.vessels if _stays(vessel, found)), None)
    least = liver.known.margin_min.number
    states = [
        Feasible.YES if margin is None else at_least(margin, least),
        at_least(vessel.distance_mm, least) if vessel is not None else
        Feasible.YES if liver.vessels_known else Feasible.UNKNOWN,
    ]  # fmt: skip
    return Removal(
        lesion=reach.name,
        margin_mm=margin,
        vessel="" if vessel is None else vessel.name,
        vessel_mm=None if vessel is None else vessel.distance_mm,
        state=all_of(states),
    )


def _stays(vessel: NearVessel, found: Deprivation) -> bool:
    """Whether a vessel is left, dissected free of what is taken."""
    stays = found.portal_stays if vessel.tree == "portal" else found.veins_stays
    return vessel.branch < 0 or (stays is not None and bool(stays[vessel.branch]))


def _lost_ml(kept: Region, served: Region | None, voxel_ml: float) -> float | None:
    return None if served is None else int(np.count_nonzero(kept & ~served)) * voxel_ml


def _segments_taken(liver: Operated, resected: Region) -> frozenset[int]:
    """Segments of which at least the stated share is taken."""
    taken = np.bincount(liver.measurement.segments.labels[resected], minlength=9)
    share = liver.known.segment_taken_from.number / 100
    return frozenset(
        number for number in range(1, 9)
        if liver.segment_voxels[number] and taken[number] >= share * liver.segment_voxels[number]
    )  # fmt: skip


def _is_major(taken: frozenset[int], least: int) -> bool:
    """Whether some of the segments hang together in a group of at least `least`."""
    rest = set(taken)
    while rest:
        group = {rest.pop()}
        while more := {
            number for number in rest if any(frozenset((number, other)) in NEIGHBOURS for other in group)
        }:
            group |= more
            rest -= more
        if len(group) >= least:
            return True
    return False


def _complexity(segments: frozenset[int], modality: Modality, known: ResectionKnowledge) -> int | None:
    """Class of a resection [kawaguchi2018]; None where no class names it."""
    words = {word for word, taken in RESECTIONS.items() if taken == segments}
    if modality is Modality.WEDGE:
        words = {"wedge"}
    elif len(segments) == 1:
        (number,) = segments
        for entry, word in ((known.anterolateral_segments, "anterolateral_segmentectomy"),
                            (known.posterosuperior_segments, "posterosuperior_segmentectomy")):  # fmt: skip
            if isinstance(entry.value, tuple) and number in entry.value:
                words.add(word)
    classes = (known.complexity_low, known.complexity_intermediate, known.complexity_high)
    for place, entry in enumerate(classes, start=1):
        if isinstance(entry.value, tuple) and words & set(entry.value):
            return place
    return None


def _vessels_cut(liver: Operated, found: Deprivation) -> tuple[CutVessel, ...]:
    """Branches that are cut while what they come from is not: large ones, and those that leave liver without flow."""
    trees = {
        "portal": (liver.served.portal, found.portal_lost, found.supplied),
        "veins": (liver.served.veins, found.veins_lost, found.drained),
    }
    cut: list[tuple[CutVessel, float]] = []
    for names in liver.names:
        laid_out, lost, served = trees[names.kind]
        if laid_out is None or lost is None or served is None:
            continue
        ml = _deprived_ml(laid_out, lost, found.kept & ~served) * liver.served.grid.voxel_ml
        for place, branch in enumerate(laid_out.tree.branches):
            uppermost = lost[place] and (branch.parent is None or not lost[branch.parent])
            if uppermost and (ml[place] or names.diameters_mm[place] >= liver.known.large_vessel_from.number):
                cut.append((CutVessel(names.name(place), float(ml[place])), names.diameters_mm[place]))
    ranked = sorted(cut, key=lambda item: (-item[0].deprived_ml, -item[1], item[0].name))
    return tuple(dict.fromkeys(vessel for vessel, _ in ranked))


def _deprived_ml(laid_out: Territories, lost: Region, deprived: Region) -> NDArray[np.float64]:
    """Voxels without flow that each lost branch and everything beyond it would serve."""
    branches = laid_out.tree.branches
    voxels = np.bincount(laid_out.owner[deprived], minlength=len(branches)).astype(np.float64)
    for place in range(len(branches) - 1, -1, -1):
        parent = branches[place].parent
        if parent is not None and lost[parent]:
            voxels[parent] += voxels[place]
    return voxels


def _empty_masks(measurement: LiverMeasurement) -> list[Problem]:
    """Vessel masks that were given and hold nothing."""
    regions = measurement.regions
    given = {"portal veins": regions.portal, "hepatic veins": regions.veins, "vena cava": regions.cava}
    return [
        Problem(f"segmentation of the {word}", "no voxel", "a region with voxels",
                "Segment the vessels, or leave them out: then what depends on them is unknown.")
        for word, mask in given.items() if mask is not None and mask.is_empty
    ]  # fmt: skip


def _overlaps(lesions: list[Lesion]) -> list[Problem]:
    """Pairs of lesions that share more than their borders."""
    found: list[Problem] = []
    for place, first in enumerate(lesions):
        for second in lesions[place + 1 :]:
            if _overlap(first, second):
                found.append(Problem(
                    f"lesion {first.name}", f"overlaps {second.name}", "lesions that share no more than a border",
                    "Correct the segmentation, or give the two one name.",
                ))  # fmt: skip
    return found


def _overlap(first: Lesion, second: Lesion) -> bool:
    """Whether two lesions of one image share a voxel together with all of its neighbours."""
    box = tuple(
        slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(first.box, second.box, strict=True)
    )
    if any(part.stop - part.start < 3 for part in box):
        return False
    parts = [
        one.mask.array[tuple(slice(part.start - own.start, part.stop - own.start)
                             for part, own in zip(box, one.box, strict=True))]
        for one in (first, second)
    ]  # fmt: skip
    shared = parts[0] & parts[1]
    for axis in range(3):
        shared = shared & np.roll(shared, 1, axis=axis) & np.roll(shared, -1, axis=axis)
    return bool(shared.any())
