"""The command `propose`: what each local treatment could do to each lesion of the liver, and joint plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from nelm.cli.commands import nelm
from nelm.cli.imaging import (
    HTML,
    INTO,
    OVERRIDES,
    PICTURES,
    STUDY,
    progress_line,
    silent_solver,
    write_json,
)
from nelm.volume import Structure

if TYPE_CHECKING:
    from nelm.planner.joint.demands import Demand

ACTIONS = ("resect", "ablate", "embolise", "leave")


def lesion_actions(
    _: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """``LESION=action`` pairs."""
    found: list[tuple[str, str]] = []
    for pair in given:
        lesion, equals, action = pair.rpartition("=")
        if not equals or action not in ACTIONS:
            raise click.BadParameter(
                f"{pair!r} is not LESION=ACTION; actions are: {', '.join(ACTIONS)}.", param=parameter
            )
        found.append((lesion, action))
    return tuple(found)


@nelm.command()
@STUDY
@click.option("--case", "case_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Facts of the patient: body size, parenchyma, laboratory values, exclusions.")  # fmt: skip
@OVERRIDES
@click.option("--pin", "pins", multiple=True, callback=lesion_actions, metavar="LESION=ACTION",
              help="Treat a lesion so (resect, ablate, embolise, leave), and plan the rest anew.")  # fmt: skip
@click.option("--forbid", "forbids", multiple=True, callback=lesion_actions, metavar="LESION=ACTION",
              help="Do not treat a lesion so.")  # fmt: skip
@click.option("--take", "taken", multiple=True, metavar="CHOICE", help="Take a choice by its name.")
@click.option("--without", "refused", multiple=True, metavar="CHOICE", help="Leave a choice out.")
@click.option("--leave-out", "left_out", multiple=True, metavar="LESION",
              help="Plan without a lesion, such as one outside the liver.")  # fmt: skip
@click.option("--remnant-percent", type=click.FloatRange(5, 90),
              help="Smallest standardised remnant [%], otherwise than published for the parenchyma.")  # fmt: skip
@click.option("--remnant-ml", type=click.FloatRange(50, 3000), help="Smallest remnant [mL].")
@click.option("--most-ablations", type=click.IntRange(0, 99), help="Ablations at most.")
@click.option("--most-sessions", type=click.IntRange(0, 99), help="Arterial sessions at most.")
@click.option("--most-resections", type=click.IntRange(0, 99), help="Resections at most.")
@click.option("--devices", "device_file", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="The site's own table of ablation zones (CSV).")  # fmt: skip
@click.option("--simulate", "simulated", multiple=True, metavar="LESION",
              help="Simulate the heat in this lesion; by default in the one nearest to a vessel.")  # fmt: skip
@click.option("--earlier", multiple=True, type=click.Path(path_type=Path),
              help="An earlier examination with its segmentation: lesions keep their names.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the document goes (nelm.liver/1).")  # fmt: skip
@INTO
@HTML
@PICTURES
def propose(
    study: tuple[Path, ...], *, case_file: Path | None, overrides: dict[str, Structure],
    pins: tuple[tuple[str, str], ...], forbids: tuple[tuple[str, str], ...], taken: tuple[str, ...],
    refused: tuple[str, ...], left_out: tuple[str, ...], remnant_percent: float | None, remnant_ml: float | None,
    most_ablations: int | None, most_sessions: int | None, most_resections: int | None, device_file: Path | None,
    simulated: tuple[str, ...], earlier: tuple[Path, ...], json_file: str, merged_file: Path | None,
    html_file: Path | None, picture_folder: Path | None,
) -> None:  # fmt: skip
    """Every lesion of a liver against every local treatment, and joint plans: resect, ablate, embolise, leave.

    STUDY is files or folders of images and segmentations, as for `nelm measure`. The document goes to standard output
    as JSON, a summary for people to standard error.

    Example: nelm propose study/ --case case.yaml --html liver.html --pin L7=ablate
    """
    from nelm.app.liver_files import LiverFiles, write_liver
    from nelm.app.proposing import ProposingOptions, propose
    from nelm.planner.liver.building import Wishes
    from nelm.report.liver import print_ledger

    console = Console(stderr=True, highlight=False)
    demands = _demands(pins, forbids, taken, refused=refused)
    wishes = Wishes(
        demands, left_out, remnant_percent, remnant_ml, most_ablations, most_sessions, most_resections,
        simulated=simulated or None,
    )  # fmt: skip
    options = ProposingOptions(overrides, case_file, device_file, wishes, earlier)
    with progress_line(console) as say:
        with silent_solver():
            proposed = propose(study, options, progress=say)
        document, written = write_liver(
            proposed, LiverFiles(merged_file, html_file, picture_folder), progress=say
        )
    print_ledger(proposed.ledger, console)
    for line in written:
        console.print(line)
    write_json(json_file, document)


@nelm.command()
@STUDY
@click.option("--before", "before", multiple=True, required=True, type=click.Path(path_type=Path),
              help="The examination before the ablation, with liver and lesions.")  # fmt: skip
@OVERRIDES
@click.option("--technology", type=click.Choice(["radiofrequency", "microwave", "cryoablation", "laser"]),
              help="How it was ablated: tissue shrinks by different amounts.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(allow_dash=True), default="-", show_default=True,
              help="Where the document goes (nelm.margin/1).")  # fmt: skip
def margin(
    study: tuple[Path, ...], *, before: tuple[Path, ...], overrides: dict[str, Structure], technology: str | None,
    json_file: str,
) -> None:  # fmt: skip
    """The margin that an ablation left around each lesion.

    STUDY is the examination after the procedure with the liver and the ablation zone; the lesions of the examination
    before it are laid over it, with the error of that registration.

    Example: nelm margin after/ --before before/ --technology microwave
    """
    from nelm.app.ablated import margins_after
    from nelm.io.margin_json import margin_document
    from nelm.planner.plan import DISCLAIMER
    from nelm.report.liver import print_margins
    from nelm.therapies.ablation.devices import Technology

    console = Console(stderr=True, highlight=False)
    chosen = None if technology is None else Technology(technology)
    with progress_line(console) as say:
        found = margins_after(study, before, overrides=overrides, technology=chosen, progress=say)
    print_margins([(one.lesion, one.margin) for one in found.lesions], found.remarks, console)
    document = margin_document(
        [(one.lesion, one.volume_ml, one.margin) for one in found.lesions],
        registration_error_mm=found.registration_error_mm,
        outside=found.outside,
        remarks=found.remarks,
        notice=DISCLAIMER,
    )
    write_json(json_file, document)


def _demands(
    pins: tuple[tuple[str, str], ...],
    forbids: tuple[tuple[str, str], ...],
    taken: tuple[str, ...],
    *,
    refused: tuple[str, ...],
) -> tuple[Demand, ...]:
    """What the clinician asks for."""
    from nelm.planner.joint.demands import AssignmentDemand, ChoiceDemand
    from nelm.planner.joint.problem import Action

    lesions = [(pins, True), (forbids, False)]
    choices = [(taken, True), (refused, False)]
    return (
        *(AssignmentDemand(lesion, Action(action), wanted)
          for pairs, wanted in lesions for lesion, action in pairs),
        *(ChoiceDemand(name, wanted) for names, wanted in choices for name in names),
    )  # fmt: skip
