"""Thermal ablation of liver metastases."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.ablation.criteria import options
from nelm.therapies.ablation.outlook import outlook
from nelm.therapies.ablation.planning import proposal

THERAPY = Therapy("ablation", options, outlook, proposal)

__all__ = ["THERAPY"]
