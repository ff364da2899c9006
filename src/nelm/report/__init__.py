"""A plan as people read it: terminal, one HTML file, PDF."""

from nelm.report.html import html_page
from nelm.report.pdf import pdf_bytes
from nelm.report.terminal import print_check, print_explanation, print_plan

__all__ = ["html_page", "pdf_bytes", "print_check", "print_explanation", "print_plan"]
