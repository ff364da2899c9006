"""Options of `dose` for radioembolisation: planning on a mapping study, and comparing with a plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nelm.app.dosimetry_limits import ImagingChoices
    from nelm.app.mapping import MappingOptions, VialOnHand
    from nelm.therapies.radioembolisation.devices import Device

DEVICES = ("resin", "glass", "holmium")
Command = Callable[..., Any]


def radioembolisation_options(command: Command) -> Command:
    """The command with these options."""
    for option in reversed(_options()):
        command = option(command)
    return command


def mapping_options(context: click.Context, imaging: ImagingChoices) -> MappingOptions:
    """What was said for planning on a mapping study."""
    from nelm.app.mapping import MappingOptions

    given = context.params
    case_file = None if given["case_file"] is None else Path(given["case_file"])
    return MappingOptions(
        imaging, given["planar"], case_file, given["tumour_dose"], given["mean_dose"], given["vials"]
    )


def _options() -> tuple[Callable[[Command], Command], ...]:
    return (
        click.option("--planar", multiple=True, type=click.Path(path_type=Path, exists=True),
                     help="Planar 99mTc-MAA views, beside the SPECT/CT; else those in STUDY."),
        click.option("--tumour-dose", multiple=True, callback=_doses, metavar="DEVICE=GY",
                     help="Dose to tumour aimed at (resin, glass, holmium); there is no default."),
        click.option("--mean-dose", multiple=True, callback=_doses, metavar="DEVICE=GY",
                     help="Mean dose to the perfused volume aimed at."),
        click.option("--vial", "vials", multiple=True, callback=_vials, metavar="DEVICE=GBQ@TIME",
                     help="A vial on hand, its time with time zone: resin=3.0@2026-05-04T12:00+02:00."),
        click.option("--planned", "planned_file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
                     help="JSON of the plan: planned against delivered, after treatment."),
    )  # fmt: skip


def _device(name: str) -> Device:
    """The device of a short name."""
    from nelm.therapies.radioembolisation.devices import Device

    if name not in DEVICES:
        raise click.BadParameter(f"{name!r} is no device; devices are: {', '.join(DEVICES)}.")
    return dict(zip(DEVICES, Device, strict=True))[name]


def _doses(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[Device, float]:
    """``DEVICE=GY`` pairs."""
    found: dict[Device, float] = {}
    for pair in given:
        name, _equals, text = pair.partition("=")
        found[_device(name)] = _positive(text, pair, "DEVICE=GY, such as glass=120")
    return found


def _vials(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[VialOnHand, ...]:
    """``DEVICE=GBQ@TIME`` vials."""
    from nelm.app.mapping import VialOnHand

    expected = "DEVICE=GBQ@TIME with a time zone, such as resin=3.0@2026-05-04T12:00+02:00"
    found: list[VialOnHand] = []
    for text in given:
        name, _equals, rest = text.partition("=")
        activity, _at, moment = rest.partition("@")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError as error:
            raise click.BadParameter(f"{text!r} is not {expected}.") from error
        if at.tzinfo is None:
            raise click.BadParameter(f"{text!r} has no time zone; expected {expected}.")
        found.append(VialOnHand(_device(name), _positive(activity, text, expected), at))
    return tuple(found)


def _positive(text: str, whole: str, expected: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError as error:
        raise click.BadParameter(f"{whole!r} is not {expected}.") from error
    if not 0.0 < value < float("inf"):
        raise click.BadParameter(f"{whole!r}: expected a number above 0 in {expected}.")
    return value
