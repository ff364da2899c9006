"""What was measured of a synthetic patient beside what is true."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from nelm.imaging.measured import StudyMeasurement
from nelm.imaging.phantom.patient import SyntheticPatient
from nelm.report.measurement.words import ROMAN, segments_words, sized


def print_comparison(patient: SyntheticPatient, measured: StudyMeasurement, console: Console) -> None:
    """Liver, burden and every lesion, true and measured."""
    truth = patient.truth()
    burden = measured.liver.burden
    console.print(f"liver {truth['liver_ml']:.0f} mL, measured {sized(burden.liver_ml, 'mL')}")
    console.print(f"burden {truth['burden_percent']:.1f} %, measured {sized(burden.percent, '%')}")
    console.print(f"{len(patient.lesions)} lesions, measured {len(measured.liver.lesions)}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in (
        "lesion",
        "true diameter",
        "measured",
        "true volume",
        "measured",
        "true segment",
        "measured",
        "SUVmax",
    ):
        table.add_column(name)
    found = {item.lesion.name: (place, item) for place, item in enumerate(measured.liver.lesions)}
    for lesion in patient.lesions:
        place, item = found.get(lesion.name, (None, None))
        if item is None or place is None:
            table.add_row(lesion.name, f"{2 * lesion.radius_mm:.1f} mm", "not found")
            continue
        uptake = measured.receptor.uptakes[place] if measured.receptor else None
        table.add_row(
            lesion.name,
            f"{2 * lesion.radius_mm:.1f} mm",
            sized(item.size.axial.mm, "mm"),
            f"{lesion.volume_ml:.2f} mL",
            sized(item.size.volume_ml, "mL"),
            ROMAN[lesion.segment],
            segments_words(item),
            f"{uptake.maximum:.1f} (true {lesion.suv:.1f})" if uptake else "",
        )
    console.print(table)
