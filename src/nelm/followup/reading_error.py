"""The error of reading, for diameters and volumes that came without one [huh2018]."""

from __future__ import annotations

import math
from dataclasses import replace

from nelm.followup.examinations import Examination, LesionFinding
from nelm.followup.response_knowledge import ResponseKnowledge
from nelm.quantities import Estimate


def with_reading_error(
    examination: Examination, *, one_reader: bool, known: ResponseKnowledge
) -> Examination:
    """The examination with every diameter and volume that has no error given that of reading.

    The published limits are of the difference of two readings, so one reading has them divided by √2. They were found
    on neuroendocrine liver metastases of 3 cm in the portal venous phase; elsewhere they are a stand-in. No limits of
    volumes were found: a volume gets those of the ball of its size, read by its diameter. For the volume of all lesions
    together this is wider than for lesions that are read one by one.

    Parameters
    ----------
    one_reader : Whether all examinations were measured by the same person.
    """
    plus_minus = reading_error_mm(one_reader=one_reader, known=known)
    return replace(
        examination,
        lesions=tuple(_widened(one, plus_minus) for one in examination.lesions),
        tumour_volume_ml=_ball_with_error(examination.tumour_volume_ml, plus_minus),
    )


def reading_error_mm(*, one_reader: bool, known: ResponseKnowledge) -> float:
    """Half the width of the 95 % range of one reading [mm]."""
    entry = known.reader_same if one_reader else known.reader_other
    if entry.low is None or entry.high is None:
        raise TypeError(f"knowledge entry {entry.id} has no range")
    return (entry.high - entry.low) / 2 / math.sqrt(2)


def _widened(one: LesionFinding, plus_minus_mm: float) -> LesionFinding:
    return replace(
        one,
        longest_mm=_with_error(one.longest_mm, plus_minus_mm),
        short_axis_mm=_with_error(one.short_axis_mm, plus_minus_mm),
        viable_mm=_with_error(one.viable_mm, plus_minus_mm),
        volume_ml=_ball_with_error(one.volume_ml, plus_minus_mm),
    )


def _with_error(size: Estimate | None, plus_minus_mm: float) -> Estimate | None:
    """A size with the error, cut at 0; one with an error of its own, or of nothing, stays as it is."""
    if size is None or size.value == 0 or size.low < size.high:
        return size
    return Estimate(size.value, max(0.0, size.value - plus_minus_mm), size.value + plus_minus_mm)


def _ball_with_error(volume: Estimate | None, plus_minus_mm: float) -> Estimate | None:
    """A volume with the error of the diameter of its ball; one with an error of its own, or of nothing, stays."""
    if volume is None or volume.value == 0 or volume.low < volume.high:
        return volume
    diameter_mm = (6000 * volume.value / math.pi) ** (1 / 3)
    share = [max(0.0, 1 + change / diameter_mm) ** 3 for change in (-plus_minus_mm, plus_minus_mm)]
    return Estimate(volume.value, volume.value * share[0], volume.value * share[1])
