"""Surveillance with its calendar, supportive care, and trials."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.surveillance.criteria import options
from nelm.therapies.surveillance.outlook import outlook
from nelm.therapies.surveillance.planning import proposal

THERAPY = Therapy("surveillance", options, outlook, proposal)

__all__ = ["THERAPY"]
