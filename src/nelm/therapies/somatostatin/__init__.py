"""Somatostatin analogues, at standard and intensified dose, and interferon."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.somatostatin.criteria import options
from nelm.therapies.somatostatin.outlook import outlook
from nelm.therapies.somatostatin.planning import proposal

THERAPY = Therapy("somatostatin", options, outlook, proposal)

__all__ = ["THERAPY"]
