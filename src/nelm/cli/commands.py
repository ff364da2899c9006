"""The commands `plan`, `explain` and `check`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelm import __version__
from nelm.planner.plan import DISCLAIMER

if TYPE_CHECKING:
    from rich.console import Console

    from nelm.app.board import Board

CASE = click.argument("case", type=click.Path(allow_dash=True))
ON = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day of a course; later entries are left out. Without it: the day of its last entry.",
)


@click.group(epilog=DISCLAIMER, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nelm")
def nelm() -> None:
    """Every treatment option for one patient with an advanced neuroendocrine tumour, with its reasons.

    Example: nelm plan case.yaml --html report.html
    """


@nelm.command()
@CASE
@click.option(
    "--json", "json_file", type=click.Path(allow_dash=True), help="The plan as JSON; - for standard output."
)
@click.option("--html", "html_file", type=click.Path(), help="The report as one HTML file.")
@click.option("--pdf", "pdf_file", type=click.Path(), help="The report as PDF.")
@ON
def plan(
    case: str, *, json_file: str | None, html_file: str | None, pdf_file: str | None, on: datetime | None
) -> None:
    """Lay out the plan of CASE (a nelm.case/1 document, YAML or JSON; - for standard input).

    CASE may also be a course (nelm.course/1, see nelm follow): the plan is then that of the day of its last entry, or
    of --on, and the report begins with the course so far on one axis of time.

    Example: nelm plan case.yaml --json - --pdf report.pdf

    Example: nelm plan course.yaml --on 2026-09-01 --html report.html
    """
    from nelm.app.board import rendered

    board = _board(case, on)
    targets = ((json_file, "json"), (html_file, "html"), (pdf_file, "pdf"))
    wanted = {kind: target for target, kind in targets if target is not None}
    written = rendered(board, wanted)
    for kind, target in wanted.items():
        _write(target, written[kind])
    if wanted:
        for kind, target in wanted.items():
            if target != "-":
                click.echo(f"{kind.upper()}: {target}", err=True)
        return
    from nelm.report import print_plan

    console = _people()
    print_plan(board.plan, console)
    if board.course is not None:
        console.print(
            f"This is the course as it stood on {board.plan.as_of}; --html and --pdf show it up to then."
        )


@nelm.command()
@CASE
@click.argument("option")
@ON
def explain(case: str, option: str, on: datetime | None) -> None:
    """Say why: every criterion, fact, limit and source of OPTION for CASE (or a course), as a tree.

    Example: nelm explain case.yaml prrt.lu177_dotatate
    """
    from nelm.report import print_explanation

    made = _board(case, on).plan
    known = [item.id for item in made.options]
    if option not in known:
        import difflib

        near = difflib.get_close_matches(option, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Options are: {', '.join(known)}."
        raise click.BadParameter(f"no option {option!r}. {hint}", param_hint="OPTION")
    print_explanation(made, option, _people())


@nelm.command()
@CASE
@ON
def check(case: str, on: datetime | None) -> None:
    """Say whether CASE (or a course) is valid, what is missing and what to find out first.

    Example: nelm check case.yaml
    """
    from nelm.report import print_check

    print_check(_board(case, on).plan, _people())


@nelm.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def cohort(source: Path, target: Path) -> None:
    """Verdicts of every option for every row of a table of facts (SOURCE and TARGET: .parquet or .csv).

    Example: nelm cohort registry.parquet verdicts.parquet
    """
    from nelm.app.planning import plan_cohort

    rows = plan_cohort(source, target)
    click.echo(f"{rows} patients: {target}", err=True)


def _people() -> Console:
    """The console for words: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def _board(case: str, on: datetime | None) -> Board:
    """The plan of a case or course; a day is refused for a case, which has one of its own."""
    from nelm.app.board import read_board

    board = read_board(case, None if on is None else on.date())
    if on is not None and board.course is None:
        expected = "a case stands as of its own day; a day is for a course (nelm.course/1)"
        raise click.BadParameter(expected, param_hint="--on")
    for remark in board.remarks:
        click.echo(remark, err=True)
    return board


def _write(target: str, data: bytes) -> None:
    if target == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        Path(target).write_bytes(data)
