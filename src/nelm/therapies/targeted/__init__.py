"""Targeted drugs: everolimus, sunitinib, cabozantinib, surufatinib, bevacizumab."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.targeted.criteria import options
from nelm.therapies.targeted.outlook import outlook
from nelm.therapies.targeted.planning import proposal

THERAPY = Therapy("targeted", options, outlook, proposal)

__all__ = ["THERAPY"]
