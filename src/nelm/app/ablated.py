"""After an ablation: the lesions of the examination before it, laid over the zone, and the margin that is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nelm.app.following import PERCENTILE_FLOOR_MM, moved_lesion, registered_livers
from nelm.app.measuring import MeasuringOptions, measure_study, measurement_of
from nelm.errors import InputError, Problem
from nelm.imaging.lesions import Lesion, whole_liver
from nelm.imaging.progress import Progress, silent
from nelm.imaging.registration import registration_error
from nelm.io.study import Study, read_study
from nelm.knowledge import load_knowledge
from nelm.therapies.ablation.devices import Technology
from nelm.therapies.ablation.knowledge import AblationKnowledge, NeedleKnowledge
from nelm.therapies.ablation.minimal_margin import AblativeMargin, ablative_margin
from nelm.volume import Mask, Structure, mask_on


@dataclass(frozen=True, slots=True)
class AblatedLesion:
    """One lesion with its margin; None where no zone reaches it."""

    lesion: str
    volume_ml: float
    margin: AblativeMargin | None


@dataclass(frozen=True, slots=True)
class AblatedStudy:
    """Every lesion of the examination before.

    Parameters
    ----------
    lesions : In the order of the examination before.
    registration_error_mm : How far a lesion may be off (95 %).
    limits_mm : Margins that were looked at.
    outside : Lesions that fall outside the image after the procedure.
    remarks : What should be known.
    """

    lesions: tuple[AblatedLesion, ...]
    registration_error_mm: float
    limits_mm: tuple[float, ...]
    outside: tuple[str, ...]
    remarks: tuple[str, ...] = field(default=())


def margins_after(
    after: Sequence[Path],
    before: Sequence[Path],
    *,
    overrides: Mapping[str, Structure],
    technology: Technology | None = None,
    progress: Progress | None = None,
) -> AblatedStudy:
    """The margin of every lesion that an ablation zone reaches.

    Parameters
    ----------
    after : Examination with liver and ablation zone.
    before : Examination with liver and lesions.
    technology : For the remark on tissue that shrinks; None where not said.

    Raises
    ------
    InputError : No ablation zone, no lesion, or nothing that can be measured.
    """
    say = progress or silent
    study = read_study(after, overrides=overrides, progress=say)
    zone_segments = [segment for _, segment in study.of(Structure.ABLATION_ZONE) if not segment.mask.is_empty]
    if not zone_segments:
        raise _no_zone(study)
    now = measurement_of(study, MeasuringOptions(overrides), progress=say)
    then = measure_study(before, MeasuringOptions(overrides), progress=say)
    if not then.liver.lesions:
        raise InputError([Problem("before", "no lesion", "an examination with segmented lesions",
                                  "Give the examination before the ablation with --before.")])  # fmt: skip
    say("registration with the examination before")
    transform, backward, remarks = registered_livers(now, then)
    regions, earlier = now.liver.regions, then.liver.regions
    points = np.array([item.size.longest.first_mm for item in then.liver.lesions])
    error = registration_error(transform, points, surfaces=(regions.liver, earlier.liver), backward=backward)
    error_mm = max(PERCENTILE_FLOOR_MM, error.p95_mm if error is not None else PERCENTILE_FLOOR_MM)
    grid = regions.liver.grid
    zone = Mask(np.any([mask_on(one.mask, grid).array for one in zone_segments], axis=0), grid)
    moved = [(item.lesion.name, moved_lesion(item, transform, grid)) for item in then.liver.lesions]
    liver = Mask(whole_liver(regions.liver, regions.lesions).array | zone.array, grid)
    knowledge = load_knowledge()
    limits = _limits(knowledge.record(AblationKnowledge, "ablation"))
    known = knowledge.record(NeedleKnowledge, "ablation_needles")
    how = "" if error is None else f" (95 %, by {error.method})"
    found = [
        AblatedLesion(
            name,
            lesion.volume_ml,
            ablative_margin(
                lesion.on(grid), zone, liver=liver, registration_error_mm=error_mm, limits_mm=limits,
                known=known, technology=technology,
            ) if _reaches(lesion, zone) else None,
        )
        for name, lesion in moved if lesion is not None
    ]  # fmt: skip
    return AblatedStudy(
        tuple(found),
        error_mm,
        limits,
        tuple(name for name, lesion in moved if lesion is None),
        (f"registration error {error_mm:.1f} mm{how}", *remarks, known.margin_evidence.statement),
    )


def _reaches(lesion: Lesion, zone: Mask) -> bool:
    """Whether a zone has a part of a lesion."""
    return bool((zone.array[lesion.box] & lesion.mask.array).any())


def _limits(known: AblationKnowledge) -> tuple[float, ...]:
    """No margin, the narrow one and the wide one [mm]."""
    return 0.0, known.margin.low or 0.0, known.margin.high or 0.0


def _no_zone(study: Study) -> InputError:
    names = sorted({segment.name for item in study.segmentations for segment in item.segments})
    found = f"segments {', '.join(names[:12])}" if names else "no segmentation"
    remedy = "Segment the zone, or say which segment it is: --as NAME=ablation_zone."
    return InputError([Problem("study", found, "a segment of the ablation zone", remedy)])
