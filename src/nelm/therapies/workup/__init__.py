"""Work-up: the tests that can change the plan."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.workup.criteria import options
from nelm.therapies.workup.planning import outlook, proposal

THERAPY = Therapy("workup", options, outlook, proposal)

__all__ = ["THERAPY"]
