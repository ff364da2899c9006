"""Measurements as a table for people in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from nelm.imaging.measured import MeasuredLesion, StudyMeasurement, TracerMeasurement
from nelm.planner.plan import DISCLAIMER
from nelm.report.measurement.words import plain, segments_words, sized, with_limits, yes_no


def print_measurement(measurement: StudyMeasurement, console: Console) -> None:
    """The liver, each lesion, uptake, remnants, what changed, what should be known."""
    liver, burden = measurement.liver, measurement.liver.burden
    console.print(f"[bold]Liver[/bold] {sized(burden.liver_ml, 'mL')}, tumour {sized(burden.tumour_ml, 'mL')}, "
                  f"burden {sized(burden.percent, '%')}")  # fmt: skip
    console.print(
        f"{len(liver.lesions)} lesions, lobes: {liver.lobes or 'not known'}; segments by {liver.segments.method}"
    )
    if liver.lesions:
        console.print(_lesions(measurement))
    for tracer in (measurement.receptor, measurement.fdg):
        if tracer is not None:
            _print_tracer(tracer, measurement, console)
    if measurement.dual is not None and measurement.dual.netpet is not None:
        console.print(f"NETPET (liver lesions): {measurement.dual.netpet}")
    for name, remnant in measurement.remnants:
        console.print(
            f"Remnant after {plain(name)}: {sized(remnant.anatomical_ml, 'mL')}, supplied and drained "
            f"{sized(remnant.functional_ml, 'mL')}, {with_limits(remnant.functional_share_percent, '%')} of the "
            f"tumour-free liver"
        )
        for remark in remnant.remarks:
            console.print(f"  {remark}", style="yellow")
    _print_changes(measurement, console)
    for remark in (*liver.remarks, *measurement.remarks):
        console.print(f"note: {remark}", style="dim", highlight=False)
    for refusal in measurement.refused:
        console.print(f"not used: {refusal}", style="red", highlight=False)
    console.print(DISCLAIMER, style="dim")


def _lesions(measurement: StudyMeasurement) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    names = [
        "lesion",
        "segment",
        "axial diameter",
        "short axis",
        "longest",
        "volume",
        "to vessel",
        "subcapsular",
    ]
    if measurement.receptor is not None:
        names.append("SUVmax")
    for name in names:
        table.add_column(name)
    for place, item in enumerate(measurement.liver.lesions):
        table.add_row(*_row(item, measurement.receptor, place))
    return table


def _row(item: MeasuredLesion, receptor: TracerMeasurement | None, place: int) -> list[str]:
    size = item.size
    cells = [
        item.lesion.name,
        segments_words(item),
        sized(size.axial.mm, "mm"),
        sized(size.axial_short.mm, "mm"),
        sized(size.longest.mm, "mm"),
        sized(size.volume_ml, "mL"),
        sized(item.to_vessel_mm, "mm"),
        yes_no(item.subcapsular),
    ]
    if receptor is not None:
        uptake = receptor.uptakes[place]
        relation = receptor.relations[place]
        cells.append(
            "outside" if uptake is None else f"{uptake.maximum:.1f} {plain(relation or 'not decided')}"
        )
    return cells


def _print_tracer(tracer: TracerMeasurement, measurement: StudyMeasurement, console: Console) -> None:
    name = tracer.tracer or ("receptor tracer" if tracer is measurement.receptor else "FDG")
    liver = "not known" if tracer.liver is None else f"{tracer.liver.mean:.1f} (sd {tracer.liver.sd:.1f})"
    spleen = "not known" if tracer.spleen is None else f"{tracer.spleen.mean:.1f}"
    console.print(f"[bold]{name}[/bold]: liver {liver}, spleen {spleen}")
    for volume in tracer.volumes:
        if volume.volume_ml is not None:
            more = f", {volume.unassigned_ml:.0f} mL outside every lesion" if volume.unassigned_ml else ""
            console.print(f"  receptor volume by {volume.threshold.name}: {volume.volume_ml:.1f} mL{more}")
    for remark in tracer.remarks:
        console.print(f"  {remark}", style="dim")


def _print_changes(measurement: StudyMeasurement, console: Console) -> None:
    for match in measurement.matches:
        old = ", ".join(measurement.earlier[place].lesion.name for place in match.earlier)
        new = ", ".join(measurement.liver.lesions[place].lesion.name for place in match.later)
        doubt = " (ambiguous)" if match.is_ambiguous else ""
        console.print(f"{plain(match.fate)}: {old or '-'} → {new or '-'}: {match.reason}{doubt}")
