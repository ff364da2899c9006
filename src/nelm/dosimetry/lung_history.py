"""Dose to the lungs over all sessions of radioembolisation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nelm.dosimetry.doses import log_normal
from nelm.dosimetry.ledger import CourseKind, Ledger, LungDose
from nelm.quantities import Estimate


@dataclass(frozen=True, slots=True)
class LungHistory:
    """What the lungs received from microspheres.

    Parameters
    ----------
    sessions : Identifier and lung dose of each session whose lung dose is known.
    missing : Sessions whose lung dose is not known.
    total_gy : Sum with 95 % limits [Gy]; None without a session whose lung dose is known.
    total_sd_gy : Its standard uncertainty, lung doses of one method taken to err together [Gy].
    """

    sessions: tuple[tuple[str, LungDose], ...]
    missing: tuple[str, ...]
    total_gy: Estimate | None
    total_sd_gy: float

    @property
    def is_lower_bound(self) -> bool:
        """Whether a session is missing."""
        return bool(self.missing)


def lung_history(ledger: Ledger) -> LungHistory:
    """The lung doses of all radioembolisations.

    Doses found by one method share its error (the mass assumed for the lungs, the scatter of planar images), so they
    add; those of different methods add in squares.
    """
    given = [entry for entry in ledger.entries if entry.kind is CourseKind.RADIOEMBOLISATION]
    sessions = tuple((entry.id, entry.lung) for entry in given if entry.lung is not None)
    missing = tuple(entry.id for entry in given if entry.lung is None)
    if not sessions:
        return LungHistory((), missing, None, 0.0)
    total = sum(lung.dose_gy for _, lung in sessions)
    methods = {lung.method for _, lung in sessions}
    sd = math.hypot(
        *(
            sum(lung.dose_gy * lung.relative_sd for _, lung in sessions if lung.method == one)
            for one in methods
        )
    )
    return LungHistory(sessions, missing, log_normal(total, sd / total if total > 0 else 0.0), sd)
