"""The words of the course document that the case document does not have."""

from __future__ import annotations

from nelm.case.fields import Word


class ImagingModality(Word):
    """How images were taken."""

    CT = "ct"
    MR = "mr"
    RECEPTOR_PET = "receptor_pet"
    FDG_PET = "fdg_pet"
    ULTRASOUND = "ultrasound"
    RADIOGRAPH = "radiograph"


class ContrastPhase(Word):
    """When after contrast."""

    UNENHANCED = "unenhanced"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal_venous"
    LATE = "late"


class LesionSeen(Word):
    """What is said of one lesion; not given: measured if it has a diameter, else not evaluated."""

    MEASURED = "measured"
    PRESENT = "present"
    TOO_SMALL = "too_small"
    ABSENT = "absent"
    PROGRESSED = "progressed"
    NOT_EVALUABLE = "not_evaluable"


class NewLesionCertainty(Word):
    """How sure a new lesion is one."""

    UNEQUIVOCAL = "unequivocal"
    EQUIVOCAL = "equivocal"


class Organ(Word):
    """Where a lesion lies: the liver, the primary, or a site of vocabulary D."""

    LIVER = "liver"
    PRIMARY = "primary"
    LYMPH_NODE = "lymph_node"
    BONE = "bone"
    BONE_MARROW = "bone_marrow"
    PERITONEUM = "peritoneum"
    PLEURA = "pleura"
    LUNG = "lung"
    BRAIN = "brain"
    OVARY = "ovary"
    HEART = "heart"
    MESENTERY = "mesentery"
    ADRENAL = "adrenal"
    SPLEEN = "spleen"
    SKIN = "skin"
    ORBIT = "orbit"
    OTHER = "other"


class Instrument(Word):
    """Questionnaires that can be scored."""

    QLQ_C30 = "qlq_c30"
    QLQ_GINET21 = "qlq_ginet21"


class CtcaeEdition(Word):
    """Edition of the terminology criteria that a grade was given by."""

    FIVE = "5"
    SIX = "6"


class DoseUnit(Word):
    """Units of a dose; the first is of one administration, whatever its interval."""

    MG = "mg"
    MG_PER_M2 = "mg/m2"


class Checked(Word):
    """Examinations of the surveillance calendar that leave no number in the document."""

    THYROID = "thyroid"
    VITAMIN_B12 = "vitamin_b12"
    GALL_BLADDER = "gall_bladder"


class ResidualTumour(Word):
    """What an operation left of the tumour in the whole patient, by operation and pathology reports (R0, R1, R2)."""

    NONE = "none"
    MICROSCOPIC = "microscopic"
    MACROSCOPIC = "macroscopic"
