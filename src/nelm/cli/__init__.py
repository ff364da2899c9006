"""The command line: a translator between people, scripts and `nelm.app`."""

from nelm.cli import imaging as _imaging
from nelm.cli.commands import nelm
from nelm.cli.entry import main

del _imaging  # importing it adds its commands

__all__ = ["main", "nelm"]
