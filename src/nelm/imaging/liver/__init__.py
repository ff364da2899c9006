"""The liver: vessel trees, Couinaud segments, where a lesion lies, what is left after a resection, surfaces."""

from nelm.imaging.liver.couinaud import (
    CouinaudMap,
    Method,
    couinaud_as_given,
    couinaud_from_planes,
    couinaud_from_territories,
    territories,
    working_grid,
)
from nelm.imaging.liver.landmarks import Landmarks, bifurcation, landmarks_of
from nelm.imaging.liver.location import Location, lobes_of, location_of
from nelm.imaging.liver.remnant import Remnant, cut_branches, remnant_after
from nelm.imaging.liver.resections import RESECTIONS, resected_segments
from nelm.imaging.liver.surfaces import Surface, surface_of
from nelm.imaging.liver.vessels import Branch, VesselTree, vessel_tree

__all__ = [
    "RESECTIONS",
    "Branch",
    "CouinaudMap",
    "Landmarks",
    "Location",
    "Method",
    "Remnant",
    "Surface",
    "VesselTree",
    "bifurcation",
    "couinaud_as_given",
    "couinaud_from_planes",
    "couinaud_from_territories",
    "cut_branches",
    "landmarks_of",
    "lobes_of",
    "location_of",
    "remnant_after",
    "resected_segments",
    "surface_of",
    "territories",
    "vessel_tree",
    "working_grid",
]
