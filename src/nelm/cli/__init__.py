"""The command line: a translator between people, scripts and `nelm.app`."""

from nelm.cli import course as _course
from nelm.cli import dosimetry as _dosimetry
from nelm.cli import imaging as _imaging
from nelm.cli import local_treatment as _local_treatment
from nelm.cli.commands import nelm
from nelm.cli.entry import main

del _course, _dosimetry, _imaging, _local_treatment  # importing them adds their commands

__all__ = ["main", "nelm"]
