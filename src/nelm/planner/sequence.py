"""What treatments mean for each other: foreclosed, combined, and what comes at the next progression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nelm.guideline.criteria import Verdict
from nelm.guideline.therapy import PatientView
from nelm.knowledge import Entry
from nelm.planner.plan import PlannedOption


@dataclass(frozen=True, slots=True)
class SequenceKnowledge:
    """Entries of `sequence.toml`."""

    kidney_floor_low: Entry
    kidney_floor_high: Entry
    tare_after_prrt: Entry
    prrt_after_tare: Entry
    embolisation_after_biliary_surgery: Entry
    marrow_after_alkylators: Entry
    marrow_after_prrt: Entry
    analogue_with_prrt: Entry
    analogue_kept_when_functioning: Entry
    crisis_cover: Entry
    vegf_before_tare: Entry
    cholecystectomy: Entry
    next_after_ssa_gi: Entry
    next_after_ssa_pancreas: Entry
    next_after_prrt: Entry
    next_after_platinum: Entry


INTERVENTIONS = ("resection", "ablation", "embolisation", "radioembolisation", "transplant", "prrt")
SHOWN = (Verdict.RECOMMENDED, Verdict.OPTION, Verdict.UNDETERMINED)


def _afterwards(known: SequenceKnowledge) -> Mapping[str, tuple[Entry, ...]]:
    """What each family forecloses or asks of the others, whoever the patient is."""
    return {
        "prrt": (known.analogue_with_prrt, known.tare_after_prrt, known.marrow_after_prrt,
                 known.marrow_after_alkylators, known.next_after_prrt),
        "radioembolisation": (known.prrt_after_tare, known.vegf_before_tare),
        "resection": (known.embolisation_after_biliary_surgery, known.cholecystectomy),
        "embolisation": (known.embolisation_after_biliary_surgery,),
        "ablation": (known.embolisation_after_biliary_surgery,),
    }  # fmt: skip


def _for_patient(option: PlannedOption, patient: PatientView, known: SequenceKnowledge) -> tuple[Entry, ...]:
    """What follows for this patient."""
    found: list[Entry] = []
    carcinoid = patient.truth("tumour.syndromes.carcinoid")
    if carcinoid and option.family in INTERVENTIONS:
        found.append(known.crisis_cover)
    if option.family == "ssa":
        if patient.word("tumour.functioning") == "functioning":
            found.append(known.analogue_kept_when_functioning)
        pancreas = patient.word("tumour.primary_site") == "pancreas"
        found.append(known.next_after_ssa_pancreas if pancreas else known.next_after_ssa_gi)
    if option.id.startswith("chemo.platinum"):
        found.append(known.next_after_platinum)
    if option.id in ("chemo.captem", "chemo.temozolomide", "chemo.stz_5fu"):
        found.append(known.marrow_after_alkylators)
    return tuple(found)


def with_sequence(
    options: Sequence[PlannedOption], patient: PatientView, known: SequenceKnowledge
) -> tuple[PlannedOption, ...]:
    """The options, those still open with what they foreclose, go with and lead to."""
    general = _afterwards(known)
    return tuple(
        replace(item, sequence=(*_for_patient(item, patient, known), *general.get(item.family, ())))
        if item.verdict in SHOWN
        else item
        for item in options
    )
