"""The command `dose`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from nelm.cli.commands import nelm
from nelm.cli.imaging import OVERRIDES, STUDY, progress_line, write_text
from nelm.cli.mapping_options import mapping_options, radioembolisation_options

if TYPE_CHECKING:
    from nelm.app.dosing import DosingOptions
    from nelm.app.dosing_ledger import LedgerChoices
    from nelm.io.study import Study

MBQ_PER_GBQ = 1000.0
PERCENT = 100.0
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
POSITIVE = click.FloatRange(0, min_open=True)


@nelm.command()
@STUDY
@OVERRIDES
@click.option("--nuclide", metavar="LU-177", help="Where the headers do not say.")
@click.option("--activity", type=POSITIVE, metavar="GBQ",
              help="Administered activity [GBq], where the headers do not say.")  # fmt: skip
@click.option(
    "--injected-at", type=click.DateTime(TIMES), help="When it was given, where the headers do not say."
)
@click.option("--calibration", type=POSITIVE, metavar="CPS_PER_MBQ",
              help="Counts per second and MBq, for images that hold counts.")  # fmt: skip
@click.option("--calibration-sd", type=click.FloatRange(0, 50), metavar="PERCENT",
              help="Standard uncertainty of the calibration [%].")  # fmt: skip
@click.option("--known-activity", type=POSITIVE, metavar="MBQ",
              help="Activity in the field of view [MBq]: the patient is the phantom (microspheres).")  # fmt: skip
@click.option(
    "--dead-time",
    type=POSITIVE,
    metavar="MICROSECONDS",
    help="Of the camera (paralysable), with --observed-rate.",
)
@click.option("--observed-rate", type=POSITIVE, multiple=True, metavar="CPS",
              help="Rate of all windows during the image; once for each, in the order of time.")  # fmt: skip
@click.option("--resolution", type=click.FloatRange(0), metavar="MM",
              help="Resolution of the images [mm, FWHM]; without it partial volume is not corrected.")  # fmt: skip
@click.option("--engine", type=click.Choice(["local", "kernel", "transport"]), default="kernel", show_default=True,
              help="What computes the dose.")  # fmt: skip
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
              help="Where `transport` runs; cuda needs a GPU and the extra gpu.")  # fmt: skip
@click.option("--histories", type=click.FloatRange(0.01), default=4.0, show_default=True, metavar="MILLIONS",
              help="Electron histories of `transport`.")  # fmt: skip
@click.option("--trapped/--clearing", "is_trapped", default=None,
              help="Microspheres stay, compounds wash out; else told from nuclide and agent.")  # fmt: skip
@click.option("--blood", "blood_file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Blood samples (CSV: time_h, mbq_per_ml) for the red marrow.")  # fmt: skip
@click.option(
    "--case", "case_file", type=click.Path(), help="The case: risk factors, body surface, earlier treatments."
)
@click.option("--cycles", type=click.IntRange(1, 12), help="Cycles planned in all, those given included.")
@click.option("--ledger", "ledger_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Add these doses to a ledger of all courses; the earlier file stays with a ~.")  # fmt: skip
@click.option("--course", help="Name of the course in the ledger.")
@click.option(
    "--cycle",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of the first administration here.",
)
@click.option(
    "--option", "treatment", metavar="ID", help="Which option it was, such as radioembolisation.y90_resin."
)
@click.option("--camera", help="Camera with its calibration: administrations of one camera err together.")
@click.option("--replace", is_flag=True, help="Give an administration of the ledger new numbers.")
@click.option(
    "--same-names", is_flag=True, help="One name means one lesion in all administrations of the ledger."
)
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the doses go.")  # fmt: skip
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False),
              help="A page with curves, histograms and pictures.")  # fmt: skip
@click.option("--dicom", "dicom_folder", type=click.Path(path_type=Path, file_okay=False),
              help="RT Dose, parametric maps and a report for a PACS.")  # fmt: skip
@radioembolisation_options
@click.pass_context
def dose(context: click.Context, study: tuple[Path, ...], **_: object) -> None:
    """Compute absorbed doses from images after therapy (files or folders: SPECT or PET, CT, segmentations).

    Of a mapping study with 99mTc-MAA, radioembolisation is planned instead: every method for resin, glass and
    holmium side by side. Results go to standard output as JSON, tables for people to standard error.

    Example: nelm dose therapy/ --resolution 11 --html doses.html

    Example: nelm dose mapping/ --case case.yaml --resolution 12 --tumour-dose resin=150 --json plan.json

    Example: nelm dose after/ --resolution 6.5 --planned plan.json
    """
    from nelm.app.mapping import is_mapping
    from nelm.io.study import read_study

    given = context.params
    console = Console(stderr=True, highlight=False)
    with progress_line(console) as say:
        found = read_study(study, overrides=given["overrides"], progress=say)
    planned = given["nuclide"] is None and is_mapping(found)
    text = _planned(found, study, context, console) if planned else _dosed(found, context, console)
    write_text(given["json_file"], text)


def _planned(read: Study, paths: tuple[Path, ...], context: click.Context, console: Console) -> str:
    """Plan on a mapping study; gives the document."""
    from nelm.app.mapping import plan_mapping
    from nelm.app.mapping_files import mapping_json, write_mapping_page
    from nelm.app.mapping_report import mapping_sections
    from nelm.planner.plan import DISCLAIMER
    from nelm.report.sections import print_sections

    given = context.params
    if any(given[name] is not None for name in ("planned_file", "dicom_folder", "ledger_file", "blood_file")):
        message = (
            "--planned, --dicom, --ledger and --blood are for images after treatment; these are of 99mTc."
        )
        raise click.UsageError(message)
    options = mapping_options(context, _options(context).imaging)
    with progress_line(console) as say:
        plan = plan_mapping(read, paths, options, progress=say)
    print_sections(mapping_sections(plan), console)
    if given["html_file"] is not None:
        write_mapping_page(plan, given["html_file"])
        console.print(f"HTML: {given['html_file']}", markup=False)
    console.print(DISCLAIMER, style="dim")
    return mapping_json(plan)


def _dosed(read: Study, context: click.Context, console: Console) -> str:
    """Doses of images after therapy; gives the document."""
    from nelm.app.dosing_files import DoseFiles, comparison_of, dosed, write_doses
    from nelm.report.dosimetry import print_doses
    from nelm.report.sections import print_sections

    given = context.params
    wanted = DoseFiles(
        html_file=given["html_file"], dicom_folder=given["dicom_folder"], case_file=given["case_file"],
        blood_file=given["blood_file"], planned_cycles=given["cycles"], ledger=_ledger(context),
        planned_file=given["planned_file"],
    )  # fmt: skip
    with progress_line(console) as say:
        found = dosed(read, _options(context), wanted, today=date.today(), progress=say)
        written = write_doses(found, wanted, progress=say)
    for cycle in found.study.cycles:
        print_doses(cycle.dose, console, cycle.checks)
    print_sections(comparison_of(found.compared), console)
    for line in (*found.lines, *written):
        console.print(line, markup=False)
    return found.document


def _options(context: click.Context) -> DosingOptions:
    """What was said about the images."""
    from nelm.app.dosimetry_limits import ImagingChoices
    from nelm.app.dosing import DosingOptions
    from nelm.dosimetry.assumptions import Kinetics
    from nelm.dosimetry.quantification import Camera
    from nelm.physics.engines import Device, Settings
    from nelm.physics.kinetics import CalibrationFactor

    given = context.params
    injected_at: datetime | None = given["injected_at"]
    spread = None if given["calibration_sd"] is None else given["calibration_sd"] / PERCENT
    histories = round(given["histories"] * 1e6)
    settings = None
    if given["engine"] == "transport":
        settings = Settings(histories, histories // 2, device=Device(given["device"]))
    factor = given["calibration"]
    calibration = None if factor is None else CalibrationFactor(factor, factor * (spread or 0.0))
    kinetics = {None: None, True: Kinetics.TRAPPED, False: Kinetics.CLEARING}[given["is_trapped"]]
    return DosingOptions(
        imaging=ImagingChoices(given["resolution"] or None, None, spread, given["engine"], settings),
        camera=Camera(calibration, (given["dead_time"] or 0.0) / 1e6),
        nuclide=given["nuclide"],
        activity_mbq=None if given["activity"] is None else given["activity"] * MBQ_PER_GBQ,
        injected_at=injected_at,
        known_activity_mbq=given["known_activity"],
        kinetics=kinetics,
        observed_cps=given["observed_rate"],
    )


def _ledger(context: click.Context) -> LedgerChoices | None:
    """How the doses go into a ledger; None without one."""
    from nelm.app.dosing_ledger import LedgerChoices

    given = context.params
    if given["ledger_file"] is None:
        return None
    return LedgerChoices(
        file=given["ledger_file"], course=given["course"], first_cycle=given["cycle"], option=given["treatment"],
        camera=given["camera"], may_replace=given["replace"], lesions_by_name=given["same_names"],
        dose_folder=given["dicom_folder"],
    )  # fmt: skip
