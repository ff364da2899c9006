"""The commands on images: `measure` and `demo`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from nelm.cli.commands import nelm
from nelm.imaging.progress import Progress, silent
from nelm.volume import Structure

STRUCTURES = sorted(structure.value for structure in Structure)
STUDY = click.argument("study", nargs=-1, required=True, type=click.Path(path_type=Path))


def named_structures(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, Structure]:
    """``NAME=structure`` pairs."""
    found: dict[str, Structure] = {}
    for pair in given:
        name, equals, structure = pair.rpartition("=")
        if not equals or structure not in STRUCTURES:
            raise click.BadParameter(
                f"{pair!r} is not NAME=STRUCTURE; structures are: {', '.join(STRUCTURES)}."
            )
        found[name] = found[name.lower()] = Structure(structure)
    return found


OVERRIDES = click.option("--as", "overrides", multiple=True, callback=named_structures, metavar="NAME=STRUCTURE",
              help="What the segment of this name is, where its name is not understood.")  # fmt: skip
INTO = click.option("--into", "merged_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Put the facts into this case file; the earlier file stays beside it with a ~.")  # fmt: skip
HTML = click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="A page with pictures."
)
PICTURES = click.option("--pictures", "picture_folder", type=click.Path(path_type=Path, file_okay=False),
              help="The pictures as PNG files.")  # fmt: skip


@nelm.command()
@STUDY
@OVERRIDES
@click.option("--resect", "resections", multiple=True, metavar="NAME",
              help="Remnant after a resection: a name (right_hemihepatectomy) or segments (7,8).")  # fmt: skip
@click.option("--earlier", multiple=True, type=click.Path(path_type=Path),
              help="An earlier examination with its segmentation: registered, lesions matched.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the facts for a case go.")  # fmt: skip
@INTO
@HTML
@PICTURES
@click.option("--dicom", "dicom_folder", type=click.Path(path_type=Path, file_okay=False),
              help="SEG, SR and RTSTRUCT for a PACS.")  # fmt: skip
def measure(
    study: tuple[Path, ...], *, overrides: dict[str, Structure], resections: tuple[str, ...], earlier: tuple[Path, ...],
    json_file: str, merged_file: Path | None, html_file: Path | None, picture_folder: Path | None,
    dicom_folder: Path | None,
) -> None:  # fmt: skip
    """Measure the liver and its lesions on images and segmentations (files or folders of DICOM, NIfTI, NRRD).

    Facts for a case go to standard output as JSON, a table for people to standard error.

    Example: nelm measure study/ --html measured.html --into case.yaml
    """
    from nelm.app.measurement_files import MeasurementFiles, write_measurement
    from nelm.app.measuring import MeasuringOptions, measure_study
    from nelm.io.measured_facts import facts_of
    from nelm.report.measurement import print_measurement

    console = Console(stderr=True, highlight=False)
    wanted = MeasurementFiles(merged_file, html_file, picture_folder, dicom_folder)
    with progress_line(console) as say:
        measured = measure_study(study, MeasuringOptions(overrides, resections, earlier), progress=say)
        written = write_measurement(measured, wanted, progress=say)
    print_measurement(measured, console)
    for line in written:
        console.print(line)
    write_json(json_file, facts_of(measured))


def write_json(target: str, document: object) -> None:
    """A document to a file, or to standard output for a hyphen."""
    write_text(target, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_text(target: str, text: str) -> None:
    """Text to a file, or to standard output for a hyphen."""
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")


@contextmanager
def progress_line(console: Console) -> Iterator[Progress]:
    """A line that says what is being done, where somebody watches."""
    if not console.is_terminal:
        yield silent
        return
    with console.status("starting") as status:
        yield lambda text: status.update(text)


@nelm.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=1, show_default=True, help="Same seed, same patient.")
@click.option(
    "--lesions", default=10, show_default=True, type=click.IntRange(1, 40), help="Liver lesions, 7 to 42 mm."
)
@click.option("--voxel", "voxel_mm", default=2.4, show_default=True, type=click.FloatRange(1.0, 6.0),
              help="Edge of a voxel of the CT [mm].")  # fmt: skip
def demo(folder: Path, *, seed: int, lesions: int, voxel_mm: float) -> None:
    """Write a synthetic patient (DICOM and case) into FOLDER and run everything on it.

    Every true value is known (truth.json): what was measured is printed beside it.

    Example: nelm demo out
    """
    from nelm.app.demonstration import DemoOptions, demonstrate
    from nelm.planner.plan import DISCLAIMER
    from nelm.report.measurement import print_comparison

    console = Console(stderr=True, highlight=False)
    with progress_line(console) as say, silent_solver():
        made = demonstrate(folder, DemoOptions(seed, lesions, voxel_mm), progress=say)
    print_comparison(made.patient, made.measured, console, liver_ml=made.liver_ml[1], time_point=1)
    for line in made.written:
        if not line.startswith("replaced"):
            console.print(line)
    console.print(DISCLAIMER, style="dim")


@contextmanager
def silent_solver() -> Iterator[None]:
    """Nothing that compiled code prints reaches standard output: HiGHS writes lines of its own to it."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
