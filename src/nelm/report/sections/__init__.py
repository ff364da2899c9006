"""Titled sections of text and tables, as one HTML file and in a terminal."""

from nelm.report.sections.page import section_page
from nelm.report.sections.terminal import print_sections

__all__ = ["print_sections", "section_page"]
