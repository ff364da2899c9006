"""Dose engines on one signature: time-integrated activity, body, emissions in; dose map out."""

from nelm.physics.engines.body import Body, DoseMap
from nelm.physics.engines.choice import ENGINES, dose_by
from nelm.physics.engines.kernel import kernel_dose
from nelm.physics.engines.local import local_dose
from nelm.physics.engines.spheres import sphere_dose_factor
from nelm.physics.engines.transport import transport_dose
from nelm.physics.engines.voxel_s import voxel_energies, voxel_s_values
from nelm.physics.transport.batches import Device, Settings

__all__ = [
    "ENGINES", "Body", "Device", "DoseMap", "Settings", "dose_by", "kernel_dose", "local_dose", "sphere_dose_factor",
    "transport_dose", "voxel_energies", "voxel_s_values",
]  # fmt: skip
