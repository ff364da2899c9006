"""Symptoms: hormonal syndromes, heart, bone, crisis, digestion and thrombosis; they run beside the rest."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.symptoms.criteria import options
from nelm.therapies.symptoms.outlook import outlook
from nelm.therapies.symptoms.planning import proposal

THERAPY = Therapy("symptoms", options, outlook, proposal)

__all__ = ["THERAPY"]
