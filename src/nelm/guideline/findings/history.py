"""Course and earlier treatment: progression, on what, and after which lines."""

from __future__ import annotations

from dataclasses import dataclass

from nelm.guideline.facts import boolean, category
from nelm.guideline.logic import DefinedBoolean, every, some

SYSTEMIC = ("ssa", "prrt", "chemo", "targeted", "biotherapy", "immunotherapy")


@dataclass(frozen=True, slots=True)
class History:
    """Where in the course of treatment the patient stands.

    `naive` had no systemic treatment; `after_ssa` progressed on an analogue; `pretreated` had systemic
    treatment beyond analogues; `new_or_progressing` has a reason to treat now.
    """

    progressing: DefinedBoolean
    stable: DefinedBoolean
    new_or_progressing: DefinedBoolean
    naive: DefinedBoolean
    after_ssa: DefinedBoolean
    pretreated: DefinedBoolean
    any_treatment: DefinedBoolean


def history() -> History:
    """The course as expressions over the raw facts."""
    status = category("course.status")
    progressing = status.is_("progressing")
    received = {family: boolean(f"treatments.{family}.received") for family in SYSTEMIC}
    beyond = some(*(received[family] for family in SYSTEMIC if family != "ssa"))
    on_ssa = boolean("treatments.ssa.progressed_on") | (progressing & boolean("treatments.ssa.ongoing"))
    return History(
        progressing=DefinedBoolean("course.progressing", progressing, "disease is progressing"),
        stable=DefinedBoolean(
            "course.controlled", status.is_in("stable", "responding"), "disease stable or responding"
        ),
        new_or_progressing=DefinedBoolean(
            "course.new_or_progressing",
            status.is_in("new", "progressing"),
            "newly found or progressing disease",
        ),
        naive=DefinedBoolean(
            "course.systemic_naive",
            every(*(~had for had in received.values())),
            "no systemic treatment so far",
        ),
        after_ssa=DefinedBoolean("course.after_ssa", on_ssa, "progressed on a somatostatin analogue"),
        pretreated=DefinedBoolean("course.pretreated", beyond, "systemic treatment beyond analogues"),
        any_treatment=DefinedBoolean(
            "course.any_systemic_treatment", some(*received.values()), "any systemic treatment"
        ),
    )
