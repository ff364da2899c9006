"""Every modality as a slice of its own; the tuple `THERAPIES` is the only registry."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.prrt import THERAPY as PRRT

THERAPIES: tuple[Therapy, ...] = (PRRT,)

__all__ = ["THERAPIES"]
