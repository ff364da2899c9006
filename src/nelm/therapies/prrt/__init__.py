"""Peptide receptor radionuclide therapy: 177Lu-DOTATATE, 177Lu-edotreotide, 90Y, re-treatment."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.prrt.criteria import options
from nelm.therapies.prrt.outlook import outlook
from nelm.therapies.prrt.planning import proposal

THERAPY = Therapy("prrt", options, outlook, proposal)

__all__ = ["THERAPY"]
