"""Everything measured of one liver: the lesions with sizes, places and distances, burden, segments, trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nelm.imaging.lesions import (
    Burden,
    Lesion,
    Match,
    Size,
    burden_of,
    distance_to_capsule,
    distance_to_structure,
    size_of,
    whole_liver,
)
from nelm.imaging.liver import (
    CouinaudMap,
    Landmarks,
    Location,
    Remnant,
    VesselTree,
    couinaud_as_given,
    couinaud_from_planes,
    couinaud_from_territories,
    landmarks_of,
    lobes_of,
    location_of,
    remnant_after,
    vessel_tree,
    working_grid,
)
from nelm.imaging.progress import Progress, silent
from nelm.imaging.registration import RigidTransform
from nelm.imaging.uptake import DualTracer, ReferenceUptake, Relation, TumourVolume, Uptake
from nelm.quantities import Estimate
from nelm.quantities.answers import at_most
from nelm.volume import ImageOrigin, Mask, Volume, mask_on


@dataclass(frozen=True, slots=True, eq=False)
class LiverRegions:
    """What is segmented of a liver, all on the grid of one image.

    Parameters
    ----------
    liver : With its lesions or without.
    lesions : One by one.
    portal, veins, cava, duct : Portal veins, hepatic veins, vena cava, central bile duct; None where not segmented.
    vessels : Portal and hepatic veins not told apart.
    segments : Given Couinaud segments by number.
    """

    liver: Mask
    lesions: tuple[Lesion, ...]
    portal: Mask | None = None
    veins: Mask | None = None
    cava: Mask | None = None
    duct: Mask | None = None
    vessels: Mask | None = None
    segments: Mapping[int, Mask] = field(default_factory=dict[int, Mask])

    @property
    def major_vessels(self) -> tuple[Mask, ...]:
        """All veins that are segmented."""
        found = (self.portal, self.veins, self.cava, self.vessels)
        return tuple(mask for mask in found if mask is not None and not mask.is_empty)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredLesion:
    """One lesion and what was measured of it; None where what it is measured against is not segmented.

    Parameters
    ----------
    lesion : The lesion.
    size : Volume and diameters.
    inside : Share of its volume in the liver.
    location : Couinaud segments; None outside the liver.
    to_vessel_mm : To the nearest portal or hepatic vein or the cava.
    to_duct_mm : To the central bile duct.
    to_capsule_mm : To the surface of the liver.
    subcapsular : Whether it lies within the stated distance of the surface; None while the limits straddle it.
    """

    lesion: Lesion
    size: Size
    inside: float
    location: Location | None
    to_vessel_mm: Estimate | None
    to_duct_mm: Estimate | None
    to_capsule_mm: Estimate | None
    subcapsular: bool | None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What should be known of it."""
        return (*self.lesion.remarks, *(self.location.remarks if self.location else ()))


@dataclass(frozen=True, slots=True, eq=False)
class LiverMeasurement:
    """A liver with everything measured.

    Parameters
    ----------
    regions : What it was measured on.
    lesions : Those in the liver, the largest first.
    outside : Lesions outside it, not counted.
    burden : Volumes and burden.
    segments : The Couinaud map, with its method and confidence.
    landmarks : What the map hangs on.
    portal_tree, vein_tree : None where not segmented.
    working_liver : The whole liver on the working grid of the map.
    lobes : Lobes with lesions, "one" or "both"; None where not sure.
    remarks : What should be known.
    """

    regions: LiverRegions
    lesions: tuple[MeasuredLesion, ...]
    outside: tuple[Lesion, ...]
    burden: Burden
    segments: CouinaudMap
    landmarks: Landmarks
    portal_tree: VesselTree | None
    vein_tree: VesselTree | None
    working_liver: Mask
    lobes: str | None
    remarks: tuple[str, ...]

    @property
    def voxel_mm(self) -> float:
        """Mean edge of a voxel of the image [mm]."""
        return float(np.mean(self.regions.liver.grid.spacing_mm))


def measure_liver(
    regions: LiverRegions, *, subcapsular_within_mm: float, progress: Progress | None = None
) -> LiverMeasurement:
    """Measure a liver.

    Parameters
    ----------
    subcapsular_within_mm : Distance to the surface up to which a lesion is subcapsular.
    progress : Told what is being done.
    """
    say = progress or silent
    say("burden of the liver")
    burden = burden_of(regions.liver, regions.lesions)
    whole = whole_liver(regions.liver, regions.lesions)
    say("vessel trees")
    working = mask_on(whole, working_grid(whole))
    portal = None if regions.portal is None else vessel_tree(regions.portal, organ=working)
    veins = None if regions.veins is None else vessel_tree(regions.veins, organ=working)
    say("Couinaud segments")
    landmarks = landmarks_of(working, veins=regions.veins, cava=regions.cava, portal=portal)
    segments = _segments(regions, working, landmarks, portal)
    say("lesions")
    inside = [
        (lesion, share) for lesion, share in zip(regions.lesions, burden.inside, strict=True) if share > 0
    ]
    measured = sorted(
        (_measured(lesion, share, regions, whole, segments=segments, within_mm=subcapsular_within_mm)
         for lesion, share in inside),
        key=lambda item: -item.size.volume_ml.value,
    )  # fmt: skip
    outside = [lesion for lesion, share in zip(regions.lesions, burden.inside, strict=True) if share == 0]
    trees = [("portal veins", portal), ("hepatic veins", veins)]
    remarks = [*burden.remarks, *segments.remarks]
    remarks += [f"{name}: {text}" for name, tree in trees if tree is not None for text in tree.remarks]
    return LiverMeasurement(
        regions=regions,
        lesions=tuple(measured),
        outside=tuple(outside),
        burden=burden,
        segments=segments,
        landmarks=landmarks,
        portal_tree=portal if portal is not None and portal.branches else None,
        vein_tree=veins if veins is not None and veins.branches else None,
        working_liver=working,
        lobes=lobes_of([item.location for item in measured]),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def remnant_of(
    measurement: LiverMeasurement, taken: Sequence[int], *, error_mm: float | None = None
) -> Remnant:
    """The remnant after taking out Couinaud segments.

    Parameters
    ----------
    taken : Numbers of the segments.
    error_mm : By how much borders may be off; by default a voxel of the image.
    """
    segments, liver = measurement.segments, measurement.working_liver
    tumour = np.zeros(liver.grid.shape, dtype=bool)
    for item in measurement.lesions:
        tumour |= mask_on(item.lesion.mask, liver.grid).array
    return remnant_after(
        liver,
        np.isin(segments.labels, list(taken)),
        tumour,
        portal=measurement.portal_tree,
        veins=measurement.vein_tree,
        landmarks=measurement.landmarks,
        error_mm=measurement.voxel_mm if error_mm is None else error_mm,
    )


def _segments(
    regions: LiverRegions, working: Mask, landmarks: Landmarks, portal: VesselTree | None
) -> CouinaudMap:
    """Given segments first, then territories of a portal tree with seen veins, then planes."""
    if regions.segments:
        given = {number: mask_on(mask, working.grid).array for number, mask in regions.segments.items()}
        return couinaud_as_given(working, given)
    if portal is not None and portal.branches and landmarks.is_seen:
        return couinaud_from_territories(working, landmarks, portal)
    return couinaud_from_planes(working, landmarks)


def _measured(
    lesion: Lesion,
    share: float,
    regions: LiverRegions,
    whole: Mask,
    *,
    segments: CouinaudMap,
    within_mm: float,
) -> MeasuredLesion:
    """One lesion."""
    to_vessels = [distance_to_structure(lesion, mask) for mask in regions.major_vessels]
    known = [distance for distance in to_vessels if distance is not None]
    capsule = distance_to_capsule(lesion, whole)
    return MeasuredLesion(
        lesion=lesion,
        size=size_of(lesion.mask),
        inside=share,
        location=location_of(lesion.mask, segments),
        to_vessel_mm=min(known, key=lambda item: item.value) if known else None,
        to_duct_mm=None if regions.duct is None else distance_to_structure(lesion, regions.duct),
        to_capsule_mm=capsule,
        subcapsular=None if capsule is None else at_most(capsule, within_mm),
    )


@dataclass(frozen=True, slots=True, eq=False)
class TracerMeasurement:
    """One emission image over the lesions of the liver.

    Parameters
    ----------
    image : SUV, where it was taken.
    tracer : As the header names it.
    to_image : From the patient in the anatomical image to this one.
    error_mm : Error of that registration (95 %); 0 for one frame of reference, None unknown.
    uptakes : Of each lesion, in the order of the measurement; None outside the image.
    relations : Against liver and spleen; None where not decided.
    liver, spleen : References; None where not segmented or too small.
    volumes : Receptor volume by each threshold.
    remarks : What should be known.
    """

    image: Volume
    tracer: str
    to_image: RigidTransform
    error_mm: float | None
    uptakes: tuple[Uptake | None, ...]
    relations: tuple[Relation | None, ...]
    liver: ReferenceUptake | None
    spleen: ReferenceUptake | None
    volumes: tuple[TumourVolume, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StudyMeasurement:
    """All measurements of one examination.

    Parameters
    ----------
    liver : The liver and its lesions.
    image : The anatomical image; None when only a segmentation was given.
    origin : Where the segmentation or the image came from, for the provenance.
    remnants : Chosen resections by name.
    receptor, fdg : Somatostatin receptor and FDG imaging; None where there is none.
    dual : Both together; None unless both are there.
    matches, earlier : Which lesion is which since an earlier examination, and its lesions.
    remarks, refused : What should be known, and what could not be used.
    """

    liver: LiverMeasurement
    image: Volume | None
    origin: ImageOrigin
    remnants: tuple[tuple[str, Remnant], ...] = ()
    receptor: TracerMeasurement | None = None
    fdg: TracerMeasurement | None = None
    dual: DualTracer | None = None
    matches: tuple[Match, ...] = ()
    earlier: tuple[MeasuredLesion, ...] = ()
    remarks: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
