"""What an examination found: lesions with sizes and states, new lesions, receptor volumes. Missing means not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from nelm.errors import InputError, Problem, problem, shown
from nelm.quantities import Estimate

NODES = "lymph nodes"
"""All lymph nodes are one organ."""
ZERO = Estimate(0.0, 0.0, 0.0)
"""A length or volume that is not there."""


class Modality(StrEnum):
    """How the images were taken."""

    CT = "CT"
    MR = "MR"
    RECEPTOR_PET = "receptor PET"
    FDG_PET = "FDG PET"
    ULTRASOUND = "ultrasound"
    RADIOGRAPH = "radiograph"


class Phase(StrEnum):
    """When after contrast."""

    UNENHANCED = "before contrast"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal venous"
    LATE = "late"


class LesionState(StrEnum):
    """What is said of one lesion."""

    MEASURED = "measured"
    PRESENT = "present, not measured"
    TOO_SMALL = "too small to measure"
    ABSENT = "absent"
    PROGRESSED = "unequivocal progression"
    NOT_EVALUABLE = "not evaluable"


class Certainty(StrEnum):
    """How sure a new lesion is one."""

    UNEQUIVOCAL = "unequivocal"
    EQUIVOCAL = "equivocal"


@dataclass(frozen=True, slots=True)
class LesionFinding:
    """One lesion at one examination.

    Parameters
    ----------
    lesion : Its name, the same at every examination.
    organ : Where it lies; of a lymph node any region, all nodes count as one organ.
    state : What was seen; None is not stated: measured if a diameter is given, else not evaluated.
    is_node : Whether it is a lymph node, whose short axis counts.
    longest_mm, short_axis_mm : Longest diameter; short axis of a node.
    fragments_mm : Longest diameters of the parts, where it fell apart; they replace the longest diameter.
    merged_into : The lesion with which it has merged and that holds the diameter of both.
    viable_mm : Longest diameter of arterial enhancement; 0 where nothing enhances.
    attenuation_hu : Mean attenuation on CT [HU].
    volume_ml : Volume.
    has_lipiodol : Whether iodised oil lies in it.
    is_embolised : Whether it was embolised before this examination.
    is_hypervascular : Whether it enhances in the arterial phase.
    is_cystic : Whether it is cystic or has become so.
    has_new_nodule : Whether a nodule inside it is new or has grown.
    is_treated_locally : Whether it was irradiated, ablated or embolised before baseline and has not grown since.
    """

    lesion: str
    organ: str
    state: LesionState | None = None
    is_node: bool = False
    longest_mm: Estimate | None = None
    short_axis_mm: Estimate | None = None
    fragments_mm: tuple[Estimate, ...] = ()
    merged_into: str | None = None
    viable_mm: Estimate | None = None
    attenuation_hu: Estimate | None = None
    volume_ml: Estimate | None = None
    has_lipiodol: bool | None = None
    is_embolised: bool | None = None
    is_hypervascular: bool | None = None
    is_cystic: bool | None = None
    has_new_nodule: bool | None = None
    is_treated_locally: bool | None = None

    def __post_init__(self) -> None:
        for name in ("longest_mm", "short_axis_mm", "viable_mm", "volume_ml"):
            size: Estimate | None = getattr(self, name)
            if size is not None and size.low < 0:
                raise problem(
                    size.low, "a size of 0 or more", "Check the sign.", path=f"{self.lesion}.{name}"
                )

    @property
    def measured_mm(self) -> Estimate | None:
        """The diameter that counts, the short axis of a node, else the longest; None unless measured."""
        if self.state not in (LesionState.MEASURED, None):
            return None
        return self.short_axis_mm if self.is_node else self.longest_mm

    @property
    def organ_counted(self) -> str:
        """The organ that the lesion counts to."""
        return NODES if self.is_node else self.organ


@dataclass(frozen=True, slots=True)
class NewLesion:
    """A lesion that earlier examinations did not show.

    Parameters
    ----------
    lesion, organ : Its name and place.
    certainty : Unequivocal, or equivocal and to be watched.
    only_on_receptor_pet : Whether nothing but a receptor PET shows it; None is not known.
    """

    lesion: str
    organ: str
    certainty: Certainty
    only_on_receptor_pet: bool | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """One examination of the whole disease.

    Parameters
    ----------
    day : Day of the images.
    modality, phase, slice_thickness_mm : How they were taken.
    lesions : Every lesion looked at, targets and others.
    new_lesions : Those seen for the first time; an empty tuple says that there are none, None that it is not known.
    tracer : Of a receptor PET.
    receptor_volumes_ml : Receptor-expressing volume by the name of the method that drew it.
    tumour_volume_ml : Volume of all lesions together; without it that of the lesions is added where all have one.
    markers_normal : Whether tumour markers lie in their normal range.
    """

    day: date
    modality: Modality | None = None
    phase: Phase | None = None
    slice_thickness_mm: float | None = None
    lesions: tuple[LesionFinding, ...] = ()
    new_lesions: tuple[NewLesion, ...] | None = None
    tracer: str | None = None
    receptor_volumes_ml: Mapping[str, Estimate] = field(default_factory=dict[str, Estimate])
    tumour_volume_ml: Estimate | None = None
    markers_normal: bool | None = None

    def __post_init__(self) -> None:
        names = [finding.lesion for finding in self.lesions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise problem(twice[0], "every lesion once", "Give each lesion its own name.", path="lesions")

    def finding(self, lesion: str) -> LesionFinding | None:
        """What is said of a lesion; None when nothing is."""
        return next((found for found in self.lesions if found.lesion == lesion), None)


class TreatmentKind(StrEnum):
    """Treatments that change how images are to be read."""

    PRRT = "PRRT"
    KINASE_INHIBITOR = "kinase inhibitor"
    EMBOLISATION = "embolisation"
    RADIOEMBOLISATION = "radioembolisation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TreatmentPeriod:
    """A treatment from its first to its last day; `last` None where it goes on or the end is not known."""

    kind: TreatmentKind
    first: date
    last: date | None = None


def checked_course(examinations: tuple[Examination, ...]) -> tuple[Examination, ...]:
    """The examinations as given, the first of which is the baseline.

    Raises
    ------
    InputError : There is none, one is not later than the one before, or a lesion comes from nowhere: it was not at
        baseline and was never called new.
    """
    if not examinations:
        raise problem("", "at least one examination, the baseline", path="examinations")
    for earlier, later in pairwise(examinations):
        if later.day <= earlier.day:
            raise problem(
                later.day.isoformat(),
                "a day after that of the examination before",
                "Give them in order; join two examinations of one day into one.",
                path="examinations",
            )
    told = {one.lesion for one in examinations[0].lesions}
    strangers: list[Problem] = []
    for number, examination in enumerate(examinations[1:], start=1):
        told |= {one.lesion for one in examination.new_lesions or ()}
        where = f"examinations[{number}].lesions"
        strangers += [
            unknown_lesion(one.lesion, where) for one in examination.lesions if one.lesion not in told
        ]
    if strangers:
        raise InputError(strangers)
    return examinations


def unknown_lesion(lesion: str, where: str) -> Problem:
    """The problem that a lesion is named which the baseline does not show."""
    return Problem(where, shown(lesion), "a lesion of the baseline", "Check its name, or call it new.")
