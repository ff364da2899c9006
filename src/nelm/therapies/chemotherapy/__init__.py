"""Chemotherapy: alkylators, fluoropyrimidines, platinum with etoposide or irinotecan, FOLFOX, CAPOX, FOLFIRI."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.chemotherapy.criteria import options
from nelm.therapies.chemotherapy.outlook import outlook
from nelm.therapies.chemotherapy.planning import proposal

THERAPY = Therapy("chemotherapy", options, outlook, proposal)

__all__ = ["THERAPY"]
