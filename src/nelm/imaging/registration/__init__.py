"""Registration: one examination laid onto another, and how far off that may be."""

from nelm.imaging.registration.deformable import folding_share, register_deformably
from nelm.imaging.registration.error import (
    RegistrationError,
    perturbed_starts,
    registration_error,
    surface_distances,
)
from nelm.imaging.registration.rigid import RigidResult, register_rigidly
from nelm.imaging.registration.transform import (
    DeformableTransform,
    RigidTransform,
    Transform,
    moved_mask,
    moved_volume,
)

__all__ = [
    "DeformableTransform",
    "RegistrationError",
    "RigidResult",
    "RigidTransform",
    "Transform",
    "folding_share",
    "moved_mask",
    "moved_volume",
    "perturbed_starts",
    "register_deformably",
    "register_rigidly",
    "registration_error",
    "surface_distances",
]
