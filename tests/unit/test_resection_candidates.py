"""Candidate resections of a liver by formula: margins, ways in, volumes, names, refusals."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import ndimage
from tests.balls import ball, mask_of
from tests.resections import BALLS, GRID, KNOWN, landmarks, measured, served_slab, slab

from nelm.errors import InputError
from nelm.guideline.feasibility import Feasible, Modality
from nelm.imaging.lesions import lesion_of
from nelm.imaging.liver import RESECTIONS
from nelm.imaging.liver.margins import lesion_reach
from nelm.imaging.liver.wedges import WedgeShape, access_of, wedges
from nelm.imaging.measured import LiverMeasurement
from nelm.therapies.surgery.assessment import Operated, assessed, operated
from nelm.therapies.surgery.candidates import anatomical, candidates, clusters
from nelm.therapies.surgery.resection import Candidate
from nelm.volume import Grid, Mask, mask_on


@cache
def planned(*, vessels: bool = True) -> tuple[Operated, tuple[Candidate, ...]]:
    liver = operated(measured(vessels=vessels), KNOWN)
    return liver, candidates(liver)


def wedges_of(offered: tuple[Candidate, ...]) -> list[Candidate]:
    return [one for one in offered if one.modality is Modality.WEDGE]


def test_every_wedge_reaches_the_surface_in_one_piece_and_keeps_its_margin() -> None:
    """By brute force on the grid of the image: no liver that stays is nearer to a lesion than the margin planned."""
    liver, offered = planned()
    organ = liver.served.liver
    surface = organ.array & ~ndimage.binary_erosion(organ.array)
    names = {name for wedge in wedges_of(offered) for name in wedge.lesions}
    assert names == {"right", "near", "left"}, "the deep lesion has no wedge"
    for wedge in wedges_of(offered):
        region = wedge.region()
        assert ndimage.label(region, structure=np.ones((3, 3, 3)))[1] == 1
        assert (region & surface).any() and not (region & ~organ.array).any()
        stays = organ.grid.points_of(np.argwhere(organ.array & ~region))
        asked = 10 if "10 mm" in wedge.name else 5
        for name in wedge.name.removeprefix("wedge of ").split(" with ")[0].split(" and "):
            apart = np.linalg.norm(stays - BALLS[name].centre, axis=1).min() - BALLS[name].half_axes[0]
            assert asked - 1.0 < apart, wedge.name
            removal = wedge.removal(name)
            assert removal is not None and removal.margin_mm is not None
            assert removal.margin_mm.low <= apart <= removal.margin_mm.high + 1.0


def test_a_wedge_in_a_slab_has_the_volume_of_its_formula() -> None:
    """A ball of 8 mm, its middle 25 mm under a flat surface, with 5 mm and sides that lean by 15 degrees.

    Around the ball itself half a voxel more is taken, so that no voxel that stays is nearer than the margin.
    """
    block = slab((100, 100, 80))
    centre = (49.0, 49.0, 55.0)  # the surface lies at z = 80
    fine = Grid.axial((60, 60, 60), (0.8, 0.8, 0.8), tuple(np.array(centre) - 24))
    lesion = lesion_of("L1", mask_of([ball(centre, 8)], fine))
    tumour = mask_on(lesion.mask, block.grid).array
    marks = landmarks((0.0, 0.0, -60.0), (0.0, 0.0, -60.0))
    served = served_slab(block, tumour, None, None, marks=marks, error_mm=0.8)
    reach = lesion_reach(lesion, served, reach_mm=15, names=(), named_from_mm=4)
    (found,) = wedges([reach], served, access_of(block, marks, guarded_mm=10),
                      shape=WedgeShape(5.0, 15.0, 30.0, ways=1))  # fmt: skip
    assert np.allclose(found.towards, (0, 0, 1), atol=0.05)
    assert found.cover_mm == pytest.approx(17, abs=1.5)
    volume = np.count_nonzero(found.region) * block.grid.voxel_ml
    assert volume == pytest.approx(
        _swept_ball_ml(13.0, 25.0, slope=np.tan(np.radians(15.0)), first=14.0), rel=0.05
    )


def _swept_ball_ml(radius: float, depth: float, *, slope: float, first: float) -> float:
    """Balls of growing radius along a way of `depth`, cut by a plane at its end, by fine rings [mL]."""
    step = 0.1
    across, along = np.meshgrid(np.arange(step / 2, 60, step), np.arange(-first, depth, step))
    inside = across**2 + along**2 <= first**2
    for travelled in np.arange(0, depth + radius, 0.25):
        inside |= across**2 + (along - travelled) ** 2 <= (radius + slope * travelled) ** 2
    return float(np.sum(2 * np.pi * across[inside]) * step * step / 1000)


def test_segments_add_up_to_the_liver() -> None:
    liver, offered = planned()
    healthy = liver.served.healthy_ml.value
    single = [one for one in offered if one.modality is Modality.SEGMENT and "extended" not in one.name]
    assert sum(one.resected_ml for one in single) == pytest.approx(healthy, rel=1e-9)
    for one in offered:
        assert one.resected_ml + one.volumes.anatomical_ml.value == pytest.approx(healthy, rel=1e-9)
        assert set(one.resected) <= set(one.lost)


def test_classes_of_resections() -> None:
    """Major: three neighbours or more; complexity as in the abstract of Kawaguchi 2018."""
    liver, offered = planned()
    plain = [one for one in anatomical(liver) if "extended" not in one.name]
    by_name = {one.name: one for one in plain}
    grades = {"left lateral sectionectomy": 1, "left hemihepatectomy": 2, "segmentectomy 5": 2, "segmentectomy 7": 3,
              "right posterior sectionectomy": 3, "right hemihepatectomy": 3, "central hepatectomy": 3,
              "right trisectionectomy": 3, "right anterior sectionectomy": None}  # fmt: skip
    assert {name: by_name[name].complexity for name in grades} == grades
    assert all(one.complexity == 1 for one in wedges_of(offered))
    major = {one.name for one in plain if one.is_major}
    assert major == {"right hemihepatectomy", "left hemihepatectomy", "right trisectionectomy",
                     "left trisectionectomy", "central hepatectomy"}  # fmt: skip
    assert all(one.segments_taken == one.segments for one in plain)


@pytest.mark.parametrize(
    ("segments", "major"),
    [((2, 6, 7), False), ((5, 6, 7), True), ((4, 5), False), ((4, 5, 8), True), ((2, 6), False)],
)
def test_major_is_three_neighbours_and_not_any_three(segments: tuple[int, ...], major: bool) -> None:
    liver, _ = planned()
    region = np.isin(liver.measurement.segments.labels, segments)
    found = assessed(liver, region, name="some", modality=Modality.SECTION, segments=frozenset(segments))
    assert found.segments_taken == set(segments) and found.is_major is major


def test_a_lesion_at_a_plane_is_cut_by_the_segment_and_taken_by_its_extension() -> None:
    liver, offered = planned()
    for one in offered:
        for name in one.cut_through:
            share = liver.reach(name).taken(one.region())
            assert 0 < share < 1 and one.removal(name) is None
    extended = [one for one in offered if "extended" in one.name]
    assert extended
    for one in extended:
        for name in one.name.split(" around ")[1].split(" and "):
            removal = one.removal(name)
            assert removal is not None and removal.margin_mm is not None and removal.margin_mm.value > 4


def test_neighbours_are_offered_together() -> None:
    liver, offered = planned()
    groups = [{reach.name for reach in group} for group in clusters(liver)]
    assert {"right", "near"} in groups and not any("left" in group for group in groups)
    assert any({"right", "near"} <= one.lesions for one in wedges_of(offered))


def test_names_differ_and_the_number_is_bounded() -> None:
    liver, offered = planned()
    assert len({one.name for one in offered}) == len(offered)
    assert [one.name for one in candidates(liver, most=20)] == [one.name for one in offered[:20]]
    assert len({one.resected.tobytes() for one in offered}) == len(offered)


def test_the_cava_is_never_taken() -> None:
    """A ball of 6 mm whose middle lies 18 mm beside the axis of a cava of 10 mm: 2 mm stay between them."""
    found = measured()
    close = lesion_of("close", mask_of([ball((-8, 52, 0), 6)], GRID))
    liver = operated(replace(found, lesions=(replace(found.lesions[0], lesion=close),)), KNOWN)
    (reach,) = liver.reaches
    cava = next(vessel for vessel in reach.vessels if vessel.name == "vena cava")
    apart = float(np.hypot(18, 8)) - 16
    assert cava.distance_mm.low <= apart <= cava.distance_mm.high
    region = liver.served.liver.array.copy()
    everything = assessed(liver, region, name="all", modality=Modality.SECTION)
    removal = everything.removal("close")
    assert removal is not None and removal.margin_mm is None and removal.vessel == "vena cava"


def test_without_vessels_nothing_is_said_of_them() -> None:
    _, offered = planned(vessels=False)
    assert offered
    for one in offered:
        assert one.deprived_ml is None and one.inflow_lost_ml is None and one.outflow_lost_ml is None
        assert one.volumes.functional_ml is None and not one.deprivation_known
        assert (one.lost == one.resected).all()
        assert all(removal.state is not Feasible.YES for removal in one.removed)


def test_a_liver_without_lesions_has_anatomical_resections_only() -> None:
    liver = operated(replace(measured(), lesions=()), KNOWN)
    assert wedges_of(candidates(liver)) == []


def test_an_empty_region_is_a_resection_of_nothing() -> None:
    liver, _ = planned()
    region = np.zeros(liver.served.grid.shape, dtype=bool)
    one = assessed(liver, region, name="nothing", modality=Modality.WEDGE)
    assert one.resected_ml == 0 and one.deprived_ml == 0 and not one.removed and not one.is_major
    assert one.volumes.functional_ml == liver.served.healthy_ml


def test_a_lesion_outside_the_liver_is_refused_by_name() -> None:
    liver, _ = planned()
    away = lesion_of("node", mask_of([ball((95, 80, 60), 4)], GRID))
    outside = replace(liver, measurement=replace(liver.measurement, outside=(away,)))
    with pytest.raises(InputError, match="outside"):
        outside.reach("node")
    with pytest.raises(InputError, match="lesion of this liver"):
        liver.reach("nobody")


def _with(measurement: LiverMeasurement, **regions: object) -> LiverMeasurement:
    return replace(measurement, regions=replace(measurement.regions, **regions))  # type: ignore[arg-type]


def test_an_empty_vessel_mask_is_refused() -> None:
    empty = Mask(np.zeros(GRID.shape, dtype=bool), GRID)
    with pytest.raises(InputError, match=r"portal veins.*no voxel"):
        operated(_with(measured(), portal=empty), KNOWN)


def test_overlapping_lesions_are_refused_and_touching_ones_are_not() -> None:
    found = measured()
    first = found.lesions[0]
    centre = first.lesion.mask.grid.points_of(np.argwhere(first.lesion.mask.array)).mean(axis=0)
    radius = first.size.effective_mm.value / 2
    for shift, refused in ((radius, True), (radius + 9.0, False)):
        other = lesion_of("other", mask_of([ball((centre[0], centre[1], centre[2] + shift), 9)], GRID))
        both = replace(found, lesions=(*found.lesions, replace(first, lesion=other)))
        if refused:
            with pytest.raises(InputError, match="overlaps other"):
                operated(both, KNOWN)
        else:
            assert len(operated(both, KNOWN).reaches) == len(found.lesions) + 1


def test_the_segments_of_a_named_resection_are_those_of_its_region() -> None:
    liver, offered = planned()
    right = next(one for one in offered if one.name == "right hemihepatectomy")
    labels = liver.measurement.segments.labels[right.region()]
    assert set(labels.tolist()) == RESECTIONS["right_hemihepatectomy"]
