"""Absorbed doses as a page, pictures and a table in the terminal."""

from nelm.report.dosimetry.overlay import dose_pictures
from nelm.report.dosimetry.page import dose_page
from nelm.report.dosimetry.records import DoseReport, Section, Statement, Table
from nelm.report.dosimetry.terminal import print_doses

__all__ = [
    "DoseReport",
    "Section",
    "Statement",
    "Table",
    "dose_page",
    "dose_pictures",
    "print_doses",
]
