"""Radioembolisation of liver metastases: 90Y resin, 90Y glass, 166Ho."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.radioembolisation.criteria import options
from nelm.therapies.radioembolisation.outlook import outlook
from nelm.therapies.radioembolisation.planning import proposal

THERAPY = Therapy("radioembolisation", options, outlook, proposal)

__all__ = ["THERAPY"]
