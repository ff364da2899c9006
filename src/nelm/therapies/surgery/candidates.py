"""The resections to choose from: anatomical ones, wedges of single lesions and of neighbours, with two margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from scipy.spatial import cKDTree

from nelm.guideline.feasibility import Modality
from nelm.imaging.liver import RESECTIONS
from nelm.imaging.liver.margins import LesionReach
from nelm.imaging.liver.served import Region
from nelm.imaging.liver.wedges import Access, WedgeShape, access_of, wedges
from nelm.therapies.surgery.assessment import Operated, assessed
from nelm.therapies.surgery.resection import Candidate

SECTIONS = {
    "left_lateral_sectionectomy": Modality.SECTION,
    "right_anterior_sectionectomy": Modality.SECTION,
    "right_posterior_sectionectomy": Modality.SECTION,
    "central_hepatectomy": Modality.SECTION,
    "right_hemihepatectomy": Modality.HEMIHEPATECTOMY,
    "left_hemihepatectomy": Modality.HEMIHEPATECTOMY,
    "right_trisectionectomy": Modality.HEMIHEPATECTOMY,
    "left_trisectionectomy": Modality.HEMIHEPATECTOMY,
}
"""Resections of more than one segment. The left medial sectionectomy is segment 4, the caudate resection segment 1."""

SINGLE = {1: "caudate resection", 4: "left medial sectionectomy"}


def candidates(liver: Operated, *, most: int = 200) -> tuple[Candidate, ...]:
    """Resections to choose from, at most `most`, names unique and always in the same order.

    First the anatomical ones, plain and extended, then for each lesion a wedge with the planned margin, then wedges of
    neighbouring lesions from the nearest pair on, then wedges with the wide margin from the largest lesion on. A
    wedge is left out where its lesions lie too deep or where it reaches no free surface. Two ways to take the same
    region stand once.
    """
    found: list[Candidate] = []
    seen: set[bytes] = set()
    for candidate in _all(liver):
        key = candidate.resected.tobytes()
        if len(candidate.resected) and key not in seen:
            seen.add(key)
            found.append(candidate)
        if len(found) >= most:
            break
    return tuple(found)


def anatomical(liver: Operated) -> Iterator[Candidate]:
    """Every segment, section, hemiliver and trisection that the map has, and the same extended around lesions.

    A lesion counted to the segments that are taken, and cut or left with too little margin by their border, is taken
    by the extended resection with the planned margin: a surgeon moves the plane for it.
    """
    labels = liver.measurement.segments.labels
    for name, modality, segments in _sets():
        region = np.isin(labels, list(segments))
        plain = assessed(liver, region, name=name, modality=modality, segments=segments)
        yield plain
        short = _short_of_margin(liver, plain)
        if short and len(plain.resected):
            for reach in short:
                region.ravel()[reach.within(liver.known.margin_planned.number)] = True
            around = " and ".join(reach.name for reach in short)
            yield assessed(
                liver, region, name=f"{name} extended around {around}", modality=modality, segments=segments
            )


def _sets() -> Iterator[tuple[str, Modality, frozenset[int]]]:
    """Name, kind and segments of every anatomical resection."""
    for number in range(1, 9):
        name = f"segmentectomy {number}"
        name = f"{name} ({SINGLE[number]})" if number in SINGLE else name
        yield name, Modality.SEGMENT, frozenset({number})
    for word, modality in SECTIONS.items():
        yield word.replace("_", " "), modality, RESECTIONS[word]


def _short_of_margin(liver: Operated, plain: Candidate) -> list[LesionReach]:
    """Lesions that lie in the segments of a resection and that it does not take with the margin asked for."""
    found: list[LesionReach] = []
    for item, reach in zip(liver.measurement.lesions, liver.reaches, strict=True):
        removal = plain.removal(reach.name)
        margin = None if removal is None else removal.margin_mm
        kept = removal is not None and (margin is None or margin.low >= liver.known.margin_min.number)
        if item.location is not None and set(item.location.segments) <= plain.segments and not kept:
            found.append(reach)
    return found


def wedge_of(
    liver: Operated, access: Access, lesions: Sequence[LesionReach], *, margin_mm: float
) -> Candidate | None:
    """The wedge of these lesions that loses the least liver, of several ways in; None where none is feasible.

    A way that cuts through no other lesion goes before one that does.
    """
    known = liver.known
    shape = WedgeShape(margin_mm, known.wedge_opening.number, known.wedge_cover_max.number)
    found = wedges(lesions, liver.served, access, shape=shape)
    if not found:
        return None
    best = min(found, key=lambda one: _cost(liver, one.region))
    name = f"wedge of {' and '.join(lesion.name for lesion in lesions)} with {margin_mm:g} mm"
    return assessed(liver, best.region, name=name, modality=Modality.WEDGE, cover_mm=best.cover_mm)


def _cost(liver: Operated, region: Region) -> tuple[int, int]:
    """Lesions that a region cuts through, and voxels that are taken or left without flow."""
    shares = liver.taken(region)
    found = liver.served.deprivation(region)
    cut = int(np.count_nonzero((shares > 0) & (shares < 1)))
    return cut, int(np.count_nonzero(found.taken | found.deprived))


def clusters(liver: Operated) -> list[tuple[LesionReach, ...]]:
    """Groups of neighbouring lesions, as they come together from the nearest pair on, up to the largest group."""
    limit, most = liver.known.cluster_within.number, round(liver.known.cluster_most.number)
    grid = liver.served.grid
    trees = [
        cKDTree(grid.points_of(np.stack(np.unravel_index(reach.own, grid.shape), axis=1)))
        for reach in liver.reaches
    ]
    pairs: list[tuple[float, int, int]] = []
    for first, second in combinations(range(len(trees)), 2):
        apart = np.min(trees[first].query(trees[second].data, distance_upper_bound=limit)[0])
        if np.isfinite(apart):
            pairs.append((float(apart), first, second))
    group = {place: (place,) for place in range(len(trees))}
    found: list[tuple[LesionReach, ...]] = []
    for _, first, second in sorted(pairs):
        together = tuple(sorted({*group[first], *group[second]}))
        if group[first] != group[second] and len(together) <= most:
            group |= dict.fromkeys(together, together)
            found.append(tuple(liver.reaches[place] for place in together))
    return found


def _all(liver: Operated) -> Iterator[Candidate]:
    """Anatomical resections and wedges in the order in which they are offered."""
    yield from anatomical(liver)
    known = liver.known
    access = access_of(liver.served.liver, liver.measurement.landmarks, guarded_mm=known.wedge_guarded.number)
    planned, wide = known.margin_planned.number, known.margin_wide.number
    groups = [(reach,) for reach in liver.reaches]
    wanted = [(group, planned) for group in (*groups, *clusters(liver))] + [(group, wide) for group in groups]
    for group, margin in wanted:
        candidate = wedge_of(liver, access, group, margin_mm=margin)
        if candidate is not None:
            yield candidate
