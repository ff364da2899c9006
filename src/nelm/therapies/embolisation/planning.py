"""What embolisation would look like for this patient."""

from __future__ import annotations

from nelm.guideline.therapy import Item, PatientView, Proposal, item
from nelm.knowledge import Knowledge
from nelm.therapies.embolisation.knowledge import EmbolisationKnowledge


def proposal(option: str, patient: PatientView, knowledge: Knowledge) -> Proposal:
    """Material, sessions, cover, follow-up and cautions of one kind of embolisation."""
    known = knowledge.record(EmbolisationKnowledge, "embolisation")
    material = {
        "embolisation.bland": known.bland_regimen,
        "embolisation.chemo": known.chemo_regimen,
        "embolisation.drug_eluting": known.drug_eluting_regimen,
    }[option]
    beads = (
        item("drug-eluting beads", known.drug_eluting_closed),
        item("abscess", known.abscess_drug_eluting),
    )
    return Proposal(
        regimen=(
            item("material", material),
            *_sessions(patient, known),
            item("cover", known.periprocedural_cover),
        ),
        monitoring=(item("afterwards", known.after_embolisation), item("response", known.response_imaging)),
        cautions=(
            *(beads if option == "embolisation.drug_eluting" else ()),
            item("no winner", known.no_winner),
            item("complications", known.complications),
            item("abscess", known.abscess_rate),
            item("after a Whipple operation", known.whipple_abscess),
        ),
    )


def _sessions(patient: PatientView, known: EmbolisationKnowledge) -> tuple[Item, ...]:
    """Interval of the sessions, unless the metastases lie in one lobe."""
    if patient.word("liver.lobes") == "one":
        return ()
    return (
        item("interval of sessions", known.session_interval),
        item("interval of sessions, national guideline", known.session_interval_norway),
    )
