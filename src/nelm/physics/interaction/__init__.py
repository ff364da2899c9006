"""How photons and electrons interact with the materials of a body: attenuation, stopping power, scattering.

Energies are in MeV, coefficients per mass (cm2/g, MeV cm2/g), so that a voxel's density multiplies them.
"""

from nelm.physics.interaction.bremsstrahlung import (
    BremsstrahlungTable,
    bremsstrahlung_table,
    radiative_stopping_power,
)
from nelm.physics.interaction.collisions import (
    moller_cross_section,
    restricted_collision_stopping_power,
)
from nelm.physics.interaction.electrons import ElectronTable, electron_energies_mev, electron_table
from nelm.physics.interaction.form_factors import ScatteringFactors, scattering_factors
from nelm.physics.interaction.materials import Material
from nelm.physics.interaction.photons import PhotonTable, absorption_edges_mev, photon_table
from nelm.physics.interaction.stopping import collision_stopping_power, density_effect
from nelm.physics.interaction.tissues import material, materials

__all__ = [
    "BremsstrahlungTable",
    "ElectronTable",
    "Material",
    "PhotonTable",
    "ScatteringFactors",
    "absorption_edges_mev",
    "bremsstrahlung_table",
    "collision_stopping_power",
    "density_effect",
    "electron_energies_mev",
    "electron_table",
    "material",
    "materials",
    "moller_cross_section",
    "photon_table",
    "radiative_stopping_power",
    "restricted_collision_stopping_power",
    "scattering_factors",
]
