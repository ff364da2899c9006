"""The command line: a translator between people, scripts and `nelm.app`."""

from nelm.cli.commands import nelm
from nelm.cli.entry import main

__all__ = ["main", "nelm"]
