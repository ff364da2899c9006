"""What was measured of a synthetic patient beside what is true."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from nelm.imaging.measured import MeasuredLesion, StudyMeasurement
from nelm.imaging.phantom.patient import SyntheticPatient, TrueLesion
from nelm.quantities import Estimate
from nelm.report.measurement.words import ROMAN, segments_words, sized

COLUMNS = (
    "lesion",
    "true mm",
    "measured mm",
    "true mL",
    "measured mL",
    "true",
    "segment",
    "true SUV",
    "SUVmax",
)


def print_comparison(
    patient: SyntheticPatient,
    measured: StudyMeasurement,
    console: Console,
    *,
    liver_ml: float,
    time_point: int,
) -> None:
    """Liver, burden and every lesion at a time point, true and measured; lesions go together by their place."""
    truth = patient.true_lesions(time_point)
    burden = measured.liver.burden
    percent = 100 * sum(one.volume_ml for one in truth) / liver_ml
    console.print(f"liver {liver_ml:.0f} mL, measured {sized(burden.liver_ml, 'mL')}")
    console.print(f"burden {percent:.1f} %, measured {sized(burden.percent, '%')}")
    console.print(f"{len(truth)} lesions, measured {len(measured.liver.lesions)}")
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="dim")
    for lesion in truth:
        place = _nearest(lesion, measured.liver.lesions)
        if place is None:
            table.add_row("not found", lesion.name, f"{lesion.axial_mm:.1f} mm")
            continue
        item = measured.liver.lesions[place]
        uptake = measured.receptor.uptakes[place] if measured.receptor else None
        table.add_row(
            _named(item.lesion.name, lesion.name),
            f"{lesion.axial_mm:.1f}", _limits(item.size.axial.mm, 1),
            f"{lesion.volume_ml:.2f}", _limits(item.size.volume_ml, 2),
            ROMAN[lesion.segment], segments_words(item).partition(" (")[0],
            f"{lesion.sstr_suv:.1f}", f"{uptake.maximum:.1f}" if uptake else "",
        )  # fmt: skip
    console.print(table)


def _named(measured: str, true: str) -> str:
    """The measured name, and the true one where a new lesion got another."""
    return measured if measured == true else f"{measured} ({true})"


def _limits(estimate: Estimate, digits: int) -> str:
    """A value, and its limits on a second line."""
    return f"{estimate.value:.{digits}f}\n{estimate.low:.{digits}f} to {estimate.high:.{digits}f}"


def _nearest(lesion: TrueLesion, items: tuple[MeasuredLesion, ...]) -> int | None:
    """Place of the measured lesion whose ends of the longest diameter enclose the centre of a true one."""
    if not items:
        return None
    ends = [(item.size.longest.first_mm, item.size.longest.second_mm) for item in items]
    apart = np.linalg.norm(np.mean(np.array(ends), axis=1) - lesion.centre_mm, axis=1)
    place = int(np.argmin(apart))
    return place if apart[place] <= lesion.longest_mm / 2 else None
