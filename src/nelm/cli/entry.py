"""Entry point: runs a command and turns every error into a message and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from nelm.cli.commands import nelm
from nelm.errors import ConvergenceError, GeometryError, InputError, MissingExtraError, NelmError

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (InputError, 3),
    (GeometryError, 3),
    (MissingExtraError, 4),
    (ConvergenceError, 5),
    (NelmError, 1),
)
WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `nelm`; 0 done, 2 wrong use, 3 invalid input, 4 something missing, 5 no convergence, 1 anything else."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one run of the command line."""
    try:
        nelm.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_USE
    except click.ClickException as error:
        error.show(sys.stderr)
        return WRONG_USE
    except click.Abort:
        return 1
    except NelmError as error:
        click.echo(f"nelm: {error}", err=True)
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except BrokenPipeError:
        return 0
    except OSError as error:
        click.echo(f"nelm: {error.strerror}: {error.filename}", err=True)
        return 1
    return 0
