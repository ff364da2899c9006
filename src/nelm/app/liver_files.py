"""Writes what a liver ledger is wanted as: document, page, pictures, facts of a case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nelm.app.proposing import Proposed, surgeon_said
from nelm.imaging.progress import Progress
from nelm.io.case_files import read_case
from nelm.io.case_merge import merged_case, write_merged
from nelm.io.liver_facts import computed_in, liver_facts
from nelm.io.liver_ledger_json import Document, liver_document
from nelm.planner.plan import DISCLAIMER


@dataclass(frozen=True, slots=True)
class LiverFiles:
    """Which files are wanted; None for those that are not."""

    case_file: Path | None = None
    html_file: Path | None = None
    picture_folder: Path | None = None


def write_liver(proposed: Proposed, wanted: LiverFiles, *, progress: Progress) -> tuple[Document, list[str]]:
    """The document, and a line for each file that was written.

    Raises
    ------
    InputError : The case file is not valid, or the facts contradict it; nothing is written then.
    """
    ledger = proposed.ledger
    target = None if wanted.case_file is None else read_case(wanted.case_file)
    is_said = surgeon_said(proposed.case) or surgeon_said(target)
    stale = () if target is None else computed_in(target)
    facts = liver_facts(proposed.measurement, ledger, surgeon_said=is_said, computed_before=stale)
    case = None if proposed.case is None else proposed.case.id
    document = liver_document(ledger, facts, case=case, notice=DISCLAIMER)
    merged = None if wanted.case_file is None else merged_case(wanted.case_file, facts)
    written: list[str] = []
    if wanted.html_file is not None or wanted.picture_folder is not None:
        from nelm.report.liver import ledger_page, ledger_pictures

        progress("pictures")
        pictures = ledger_pictures(proposed.measurement, ledger)
        if wanted.picture_folder is not None:
            wanted.picture_folder.mkdir(parents=True, exist_ok=True)
            for picture in pictures.all:
                target = wanted.picture_folder / f"{picture.name.replace('/', '-')}.png"
                target.write_bytes(picture.png)
            written.append(f"pictures: {wanted.picture_folder}")
        if wanted.html_file is not None:
            page = ledger_page(proposed.measurement, ledger, proposed.knowledge.sources, pictures, case=case)
            wanted.html_file.write_text(page, encoding="utf-8")
            written.append(f"HTML: {wanted.html_file}")
    if merged is not None:
        backup = write_merged(merged)
        written += [f"replaced {item.path}: {item.before} → {item.after}" for item in merged.replaced]
        written.append(f"case: {merged.path} (earlier file: {backup})")
    return document, written
