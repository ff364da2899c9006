"""What radionuclides emit: spectra, lines, half-lives, chains and tables to draw energies from.

Numbers are those of ICRP Publication 107, read from installed packages; every record says which and how they were
treated.
"""

from nelm.physics.emissions.chains import ChainActivities, chain_activities
from nelm.physics.emissions.emission import emissions_of
from nelm.physics.emissions.records import (
    BetaSpectrum,
    DoseConstants,
    Emissions,
    Lines,
    Member,
    Provenance,
)
from nelm.physics.emissions.sampling import (
    SamplingTable,
    electron_sampling_table,
    photon_sampling_table,
    sampled_energies,
)

__all__ = [
    "BetaSpectrum",
    "ChainActivities",
    "DoseConstants",
    "Emissions",
    "Lines",
    "Member",
    "Provenance",
    "SamplingTable",
    "chain_activities",
    "electron_sampling_table",
    "emissions_of",
    "photon_sampling_table",
    "sampled_energies",
]
