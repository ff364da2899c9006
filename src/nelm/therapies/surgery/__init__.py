"""Operations: liver resection in one or two stages, debulking, primary, disease elsewhere, transplantation."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.surgery.criteria import options
from nelm.therapies.surgery.outlook import outlook
from nelm.therapies.surgery.planning import proposal

THERAPY = Therapy("surgery", options, outlook, proposal)

__all__ = ["THERAPY"]
