"""External radiotherapy of symptomatic metastases."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.radiotherapy.criteria import options
from nelm.therapies.radiotherapy.outlook import outlook
from nelm.therapies.radiotherapy.planning import proposal

THERAPY = Therapy("radiotherapy", options, outlook, proposal)

__all__ = ["THERAPY"]
