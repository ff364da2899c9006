"""The command `follow`."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console

from nelm.cli.commands import nelm

FILE = click.Path(path_type=Path, dir_okay=False)


@nelm.command()
@click.argument("course", type=click.Path(allow_dash=True))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="The day; later entries are left out. Without it: the day of the last entry.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the document goes.")  # fmt: skip
@click.option("--html", "html_file", type=FILE, help="A page with the timeline.")
@click.option("--pdf", "pdf_file", type=FILE, help="The same as PDF.")
@click.option("--ics", "ics_file", type=FILE, help="The surveillance calendar as iCalendar.")
@click.option("--fhir", "fhir_file", type=FILE, help="The surveillance calendar as a FHIR R4 bundle.")
@click.option("--subject", default="Patient/unknown", show_default=True, metavar="REFERENCE",
              help="The patient as the system that reads the FHIR bundle knows them.")  # fmt: skip
@click.option("--into", "case_file", type=FILE,
              help="Put what follows into this case file; the earlier file stays with a ~.")  # fmt: skip
def follow(
    course: str,
    *,
    on: datetime | None,
    json_file: str,
    html_file: Path | None,
    pdf_file: Path | None,
    ics_file: Path | None,
    fhir_file: Path | None,
    subject: str,
    case_file: Path | None,
) -> None:
    """Follow COURSE (a nelm.course/1 document, YAML or JSON; - for standard input) up to a day.

    Response by every set of criteria, markers, quality of life, toxicity with the next dose of every running drug,
    what is due, and the next decision: the plan after every event, what moved it, and what is foreclosed. The document
    goes to standard output, words for people to standard error.

    Example: nelm follow course.yaml --html course.html --ics due.ics

    The report of the plan with the same timeline: nelm plan course.yaml --html report.html

    Example: nelm follow course.yaml --on 2026-09-01 --json followup.json
    """
    from nelm.app.course import read_and_follow
    from nelm.app.course.files import CourseFiles, course_json, write_course
    from nelm.app.course.sections import course_sections
    from nelm.planner.plan import DISCLAIMER
    from nelm.report.sections import print_sections

    console = Console(stderr=True, highlight=False)
    day: date | None = None if on is None else on.date()
    followed = read_and_follow(course, day)
    document = course_json(followed)
    files = CourseFiles(
        html=html_file, pdf=pdf_file, ics=ics_file, fhir=fhir_file, into=case_file, subject=subject
    )
    written = write_course(followed, files)
    if json_file == "-":
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    else:
        Path(json_file).write_bytes(document)
    print_sections(course_sections(followed), console)
    for line in (*followed.file.remarks, *written):
        console.print(line, markup=False)
    console.print(DISCLAIMER, style="dim")
