"""Ledger files: read strictly, written without losing what was there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from nelm import __version__
from nelm.dosimetry.ledger import Ledger
from nelm.dosimetry.lung_history import lung_history
from nelm.errors import InputError, problem
from nelm.io.case_files import file_bytes, read_document
from nelm.io.case_merge import BACKUP_SUFFIX
from nelm.io.digits import significant
from nelm.io.ledger_document import LEDGER_SCHEMA, document_of, ledger_of

DIGITS = 4
"""Of a lung dose in a case: more are not measured."""


def read_ledger(path: Path) -> Ledger:
    """The ledger in a file.

    Raises
    ------
    InputError : The file cannot be read, or has problems; all of them are listed with their paths.
    """
    try:
        return ledger_of(read_document(file_bytes(path), suffix=".json", schema=LEDGER_SCHEMA))
    except InputError as error:
        raise error.in_file(str(path)) from None


def ledger_text(ledger: Ledger) -> str:
    """The ledger as JSON; equal ledgers give equal text."""
    return json.dumps(document_of(ledger), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_ledger(path: Path, ledger: Ledger, *, replacing: Iterable[str] = ()) -> Path | None:
    """Write a ledger; an earlier file stays beside it, with a `~` after its name. Gives the earlier one's path.

    Parameters
    ----------
    replacing : Administrations whose entries in the file may be changed or left out.

    Raises
    ------
    InputError : The file belongs to another case, is no ledger, or holds an administration that the new one lacks or
        holds with other numbers; nothing is written.
    """
    text = ledger_text(ledger)
    if ledger_of(json.loads(text)) != ledger:
        raise problem("a ledger that does not read back", "texts of printable characters", path=str(path))
    backup = None
    if path.exists():
        _refuse_loss(read_ledger(path), ledger, frozenset(replacing), path)
        backup = path.with_name(path.name + BACKUP_SUFFIX)
        shutil.copy2(path, backup)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if backup is not None:
        shutil.copymode(path, fresh)
    os.replace(fresh, path)
    return backup


def lung_facts(ledger: Ledger) -> Mapping[str, object]:
    """The lung dose so far as facts of a case (`merged_case`); none where no session tells it.

    A session without a lung dose makes the sum a bound from below.
    """
    history = lung_history(ledger)
    if history.total_gy is None:
        return {}
    value = significant(history.total_gy.value, DIGITS)
    sd = significant(history.total_sd_gy, 2)
    known = {"value": value, "sd": sd} if sd > 0 else value
    methods = "; ".join(dict.fromkeys(lung.method for _, lung in history.sessions))
    last = max(entry.at for entry in ledger.entries if entry.lung is not None)
    return {
        "liver": {"lung_dose_so_far_gy": f">={value:g}" if history.is_lower_bound else known},
        "evidence": {
            "liver.lung_dose_so_far_gy": {
                "source": f"dose ledger, {len(history.sessions)} of {len(history.sessions) + len(history.missing)} "
                "sessions",
                "method": f"{methods} (nelm {__version__})",
                "date": last.date().isoformat(),
            }
        },
    }


def _refuse_loss(earlier: Ledger, ledger: Ledger, replacing: frozenset[str], path: Path) -> None:
    """Refuse to leave out or change what a file holds."""
    if None not in (earlier.case, ledger.case) and earlier.case != ledger.case:
        raise problem(
            ledger.case, f"the case of the file, {earlier.case}", "Name another file", path="case"
        ).in_file(str(path))
    now = {entry.id: entry for entry in ledger.entries}
    for entry in earlier.entries:
        if entry.id not in replacing and now.get(entry.id) != entry:
            said = "other numbers" if entry.id in now else "nothing"
            raise problem(
                f"{said} for {entry.id}",
                "what the file holds of this administration",
                "Read the file and add to it, or say that this one is replaced",
                path="entries",
            ).in_file(str(path))
