"""The liver page: feasibility of every lesion, the joint plans and their front, pictures of what is proposed."""

from nelm.report.liver.margins import print_margins
from nelm.report.liver.page import ledger_page
from nelm.report.liver.pictures import LedgerPictures, ledger_pictures
from nelm.report.liver.terminal import print_ledger

__all__ = ["LedgerPictures", "ledger_page", "ledger_pictures", "print_ledger", "print_margins"]
