"""The commands `plan`, `explain` and `check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nelm import __version__
from nelm.planner.plan import DISCLAIMER, Plan

if TYPE_CHECKING:
    from rich.console import Console

CASE = click.argument("case", type=click.Path(allow_dash=True))


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
def plan(case: str, json_file: str | None, html_file: str | None, pdf_file: str | None) -> None:
    """Lay out the plan of CASE (a nelm.case/1 document, YAML or JSON; - for standard input).

    Example: nelm plan case.yaml --json - --pdf report.pdf
    """
    from nelm.app.planning import read_plan

    made = read_plan(case)
    targets = ((json_file, "json"), (html_file, "html"), (pdf_file, "pdf"))
    wanted = [(target, kind, _rendered(made, kind)) for target, kind in targets if target is not None]
    for target, _, data in wanted:
        _write(target, data)
    if wanted:
        for target, kind, _ in wanted:
            if target != "-":
                click.echo(f"{kind.upper()}: {target}", err=True)
        return
    from nelm.report import print_plan

    print_plan(made, _people())


@nelm.command()
@CASE
@click.argument("option")
def explain(case: str, option: str) -> None:
    """Say why: every criterion, fact, limit and source of OPTION for CASE, as a tree.

    Example: nelm explain case.yaml prrt.lu177_dotatate
    """
    from nelm.app.planning import read_plan
    from nelm.report import print_explanation

    made = read_plan(case)
    known = [item.id for item in made.options]
    if option not in known:
        import difflib

        near = difflib.get_close_matches(option, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Options are: {', '.join(known)}."
        raise click.BadParameter(f"no option {option!r}. {hint}", param_hint="OPTION")
    print_explanation(made, option, _people())


@nelm.command()
@CASE
def check(case: str) -> None:
    """Say whether CASE is valid, what is missing and what to find out first.

    Example: nelm check case.yaml
    """
    from nelm.app.planning import read_plan
    from nelm.report import print_check

    print_check(read_plan(case), _people())


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


def _rendered(made: Plan, kind: str) -> bytes:
    if kind == "json":
        from nelm.io.plan_json import plan_bytes

        return plan_bytes(made)
    from nelm.report import html_page, pdf_bytes

    return html_page(made).encode() if kind == "html" else pdf_bytes(made)


def _write(target: str, data: bytes) -> None:
    if target == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        Path(target).write_bytes(data)
