"""Every modality as a slice of its own; the tuple `THERAPIES` is the only registry."""

from nelm.guideline.therapy import Therapy
from nelm.therapies.ablation import THERAPY as ABLATION
from nelm.therapies.chemotherapy import THERAPY as CHEMOTHERAPY
from nelm.therapies.embolisation import THERAPY as EMBOLISATION
from nelm.therapies.immunotherapy import THERAPY as IMMUNOTHERAPY
from nelm.therapies.prrt import THERAPY as PRRT
from nelm.therapies.radioembolisation import THERAPY as RADIOEMBOLISATION
from nelm.therapies.radiotherapy import THERAPY as RADIOTHERAPY
from nelm.therapies.somatostatin import THERAPY as SOMATOSTATIN
from nelm.therapies.surgery import THERAPY as SURGERY
from nelm.therapies.surveillance import THERAPY as SURVEILLANCE
from nelm.therapies.symptoms import THERAPY as SYMPTOMS
from nelm.therapies.targeted import THERAPY as TARGETED
from nelm.therapies.workup import THERAPY as WORKUP

THERAPIES: tuple[Therapy, ...] = (
    SURGERY,
    ABLATION,
    EMBOLISATION,
    RADIOEMBOLISATION,
    PRRT,
    SOMATOSTATIN,
    CHEMOTHERAPY,
    TARGETED,
    IMMUNOTHERAPY,
    RADIOTHERAPY,
    SYMPTOMS,
    SURVEILLANCE,
    WORKUP,
)

__all__ = ["THERAPIES"]
