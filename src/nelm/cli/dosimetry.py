"""The command `dose`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from nelm.cli.commands import nelm
from nelm.cli.imaging import STUDY, named_structures, progress_line
from nelm.cli.mapping_options import RadioembolisationChoices, radioembolisation_options
from nelm.volume import Structure

if TYPE_CHECKING:
    from nelm.app.dosing import DosingOptions
    from nelm.app.dosing_files import DoseFiles
    from nelm.io.study import Study

MBQ_PER_GBQ = 1000.0
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@nelm.command()
@STUDY
@click.option("--as", "named", multiple=True, callback=named_structures, metavar="NAME=STRUCTURE",
              help="What the segment of this name is, where its name is not understood.")  # fmt: skip
@click.option("--nuclide", metavar="LU-177", help="Where the headers do not say.")
@click.option("--activity", "activity_gbq", type=click.FloatRange(0, min_open=True), metavar="GBQ",
              help="Administered activity [GBq], where the headers do not say.")  # fmt: skip
@click.option(
    "--injected-at", type=click.DateTime(TIMES), help="When it was given, where the headers do not say."
)
@click.option("--calibration", type=click.FloatRange(0, min_open=True), metavar="CPS_PER_MBQ",
              help="Counts per second and MBq, for images that hold counts.")  # fmt: skip
@click.option("--calibration-sd", type=click.FloatRange(0, 50), metavar="PERCENT",
              help="Its standard uncertainty [%].")  # fmt: skip
@click.option("--known-activity", type=click.FloatRange(0, min_open=True), metavar="MBQ",
              help="Activity in the field of view [MBq]: the patient is the phantom (microspheres).")  # fmt: skip
@click.option("--resolution", type=click.FloatRange(0), metavar="MM",
              help="Resolution of the images [mm, FWHM]; without it partial volume is not corrected.")  # fmt: skip
@click.option("--engine", type=click.Choice(["local", "kernel", "transport"]), default="kernel", show_default=True,
              help="What computes the dose.")  # fmt: skip
@click.option("--histories", type=click.FloatRange(0.01), default=4.0, show_default=True, metavar="MILLIONS",
              help="Electron histories of `transport`.")  # fmt: skip
@click.option("--trapped/--clearing", "is_trapped", default=None,
              help="Microspheres stay, compounds wash out; else told from nuclide and agent.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the doses go.")  # fmt: skip
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False),
              help="A page with curves, histograms and pictures.")  # fmt: skip
@click.option("--dicom", "dicom_folder", type=click.Path(path_type=Path, file_okay=False),
              help="RT Dose, parametric maps and a report for a PACS.")  # fmt: skip
@radioembolisation_options
def dose(
    study: tuple[Path, ...], *, named: dict[str, Structure], nuclide: str | None, activity_gbq: float | None,
    injected_at: datetime | None, calibration: float | None, calibration_sd: float | None,
    known_activity: float | None, resolution: float | None, engine: str, histories: float, is_trapped: bool | None,
    json_file: str, html_file: Path | None, dicom_folder: Path | None, choices: RadioembolisationChoices,
) -> None:  # fmt: skip
    """Compute absorbed doses from images after therapy (files or folders: SPECT or PET, CT, segmentations).

    Of a mapping study with 99mTc-MAA, radioembolisation is planned instead: every method for resin, glass and
    holmium side by side. Results go to standard output as JSON, tables for people to standard error.

    Example: nelm dose therapy/ --resolution 11 --html doses.html

    Example: nelm dose mapping/ --case case.yaml --resolution 12 --tumour-dose resin=150 --json plan.json

    Example: nelm dose after/ --resolution 6.5 --planned plan.json
    """
    from nelm.app.dosimetry_limits import ImagingChoices
    from nelm.app.dosing import DosingOptions
    from nelm.app.dosing_files import DoseFiles
    from nelm.app.mapping import is_mapping
    from nelm.dosimetry.assumptions import Kinetics
    from nelm.dosimetry.quantification import Camera
    from nelm.io.study import read_study
    from nelm.physics.engines import Settings
    from nelm.physics.kinetics import CalibrationFactor

    spread = None if calibration_sd is None else calibration_sd / 100
    options = DosingOptions(
        overrides=named,
        imaging=ImagingChoices(
            resolution or None, None, spread, engine,
            Settings(round(histories * 1e6), round(histories * 5e5)) if engine == "transport" else None,
        ),
        camera=Camera(None if calibration is None else CalibrationFactor(calibration, calibration * (spread or 0.0))),
        nuclide=nuclide,
        activity_mbq=None if activity_gbq is None else activity_gbq * MBQ_PER_GBQ,
        injected_at=injected_at,
        known_activity_mbq=known_activity,
        kinetics=None if is_trapped is None else Kinetics.TRAPPED if is_trapped else Kinetics.CLEARING,
    )  # fmt: skip
    console = Console(stderr=True, highlight=False)
    files = DoseFiles(html_file, dicom_folder)
    with progress_line(console) as say:
        found = read_study(study, overrides=named, progress=say)
    if nuclide is None and is_mapping(found):
        text = _planned(found, study, options, choices, files=files, console=console)
    else:
        text = _dosed(found, options, choices, files=files, console=console)
    if json_file == "-":
        sys.stdout.write(text)
    else:
        Path(json_file).write_text(text, encoding="utf-8")


def _planned(
    found: Study, paths: tuple[Path, ...], options: DosingOptions, choices: RadioembolisationChoices,
    *, files: DoseFiles, console: Console,
) -> str:  # fmt: skip
    """Plan on a mapping study; gives the document."""
    from nelm.app.mapping import MappingOptions, plan_mapping
    from nelm.app.mapping_files import mapping_json, write_mapping_page
    from nelm.app.mapping_report import mapping_sections
    from nelm.planner.plan import DISCLAIMER
    from nelm.report.sections import print_sections

    if choices.planned_file is not None or files.dicom_folder is not None:
        raise click.UsageError("--planned and --dicom are for images after treatment; these are of 99mTc.")
    wanted = MappingOptions(
        options.imaging,
        choices.planar,
        choices.case_file,
        choices.tumour_gy,
        choices.mean_dose_gy,
        choices.vials,
    )
    with progress_line(console) as say:
        plan = plan_mapping(found, paths, wanted, progress=say)
    print_sections(mapping_sections(plan), console)
    if files.html_file is not None:
        write_mapping_page(plan, files.html_file)
        console.print(f"HTML: {files.html_file}")
    console.print(DISCLAIMER, style="dim")
    return mapping_json(plan)


def _dosed(
    found: Study,
    options: DosingOptions,
    choices: RadioembolisationChoices,
    *,
    files: DoseFiles,
    console: Console,
) -> str:
    """Doses of images after therapy; gives the document."""
    from nelm.app.course_planning import course_plan
    from nelm.app.delivered import compared_with_plan, patient_key_of
    from nelm.app.dosing import dose_found
    from nelm.app.dosing_files import comparison_of, dose_json, write_doses
    from nelm.io.case_files import read_case
    from nelm.knowledge import load_knowledge
    from nelm.report.dosimetry import print_doses
    from nelm.report.sections import print_sections

    case = None if choices.case_file is None else read_case(choices.case_file)
    with progress_line(console) as say:
        doses = dose_found(found, options, progress=say)
        file = choices.planned_file
        compared = (
            None if file is None else compared_with_plan(doses, file, patient_key=patient_key_of(found))
        )
        plan = course_plan(doses.cycles, load_knowledge(), case=case)
        written = write_doses(doses, files, plan, compared=compared, progress=say)
    for cycle in doses.cycles:
        print_doses(cycle.dose, console, cycle.checks)
    print_sections(comparison_of(compared), console)
    for line in written:
        console.print(line)
    return dose_json(doses, compared)
