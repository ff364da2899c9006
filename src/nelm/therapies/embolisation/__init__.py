"""Arterial embolisation of liver metastases: bland, with chemotherapy, with drug-eluting beads."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.embolisation.criteria import options
from nelm.therapies.embolisation.outlook import outlook
from nelm.therapies.embolisation.planning import proposal

THERAPY = Therapy("embolisation", options, outlook, proposal)

__all__ = ["THERAPY"]
