"""Lesions: how many, how large, how near to what, how much of the liver, and which is which over time."""

from nelm.imaging.lesions.burden import Burden, burden_of, whole_liver
from nelm.imaging.lesions.distance import distance_to_capsule, distance_to_structure
from nelm.imaging.lesions.identity import Fate, Match, matched, named_over_time
from nelm.imaging.lesions.lesion import Lesion, lesion_of
from nelm.imaging.lesions.separation import Parting, Separation, SeparationRule, separated
from nelm.imaging.lesions.size import Diameter, Size, size_of, volume_of

__all__ = [
    "Burden",
    "Diameter",
    "Fate",
    "Lesion",
    "Match",
    "Parting",
    "Separation",
    "SeparationRule",
    "Size",
    "burden_of",
    "distance_to_capsule",
    "distance_to_structure",
    "lesion_of",
    "matched",
    "named_over_time",
    "separated",
    "size_of",
    "volume_of",
    "whole_liver",
]
