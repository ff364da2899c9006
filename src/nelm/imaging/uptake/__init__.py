"""Uptake: SUV of lesions, their relation to liver and spleen, receptor volumes, and receptor against FDG."""

from nelm.imaging.uptake.mismatch import DualTracer, LesionPair, dual_tracer, lesion_pair
from nelm.imaging.uptake.reference import (
    ReferenceUptake,
    Relation,
    extent_of,
    hottest,
    liver_reference,
    organ_reference,
    relation_of,
)
from nelm.imaging.uptake.statistics import Uptake, lesion_on, require_suv, sphere_kernel, uptake_of
from nelm.imaging.uptake.tumour_volume import Kind, Threshold, TumourVolume, tumour_volumes

__all__ = [
    "DualTracer",
    "Kind",
    "LesionPair",
    "ReferenceUptake",
    "Relation",
    "Threshold",
    "TumourVolume",
    "Uptake",
    "dual_tracer",
    "extent_of",
    "hottest",
    "lesion_on",
    "lesion_pair",
    "liver_reference",
    "organ_reference",
    "relation_of",
    "require_suv",
    "sphere_kernel",
    "tumour_volumes",
    "uptake_of",
]
