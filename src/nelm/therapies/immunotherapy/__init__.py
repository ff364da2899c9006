"""Immunotherapy: checkpoint inhibitors, for the few tumours with a marker."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.immunotherapy.criteria import options
from nelm.therapies.immunotherapy.outlook import outlook
from nelm.therapies.immunotherapy.planning import proposal

THERAPY = Therapy("immunotherapy", options, outlook, proposal)

__all__ = ["THERAPY"]
