"""What to bear in mind with a patient: chips that boards and records show beside the name."""

from typing import NamedTuple

from cartref.patients.models import Patient


class Need(NamedTuple):
    """One need: its kind (the shape beside it) and its text, in the words of whoever wrote it down."""

    kind: str
    text: str


def needs_of(patient: Patient) -> list[Need]:
    """Return the patient's needs, her language first; a Welsh speaker's is named in Welsh whoever reads it."""
    language = [Need("language", "Cymraeg")] if patient.language == "cy" else []
    texts = {
        "interpreter": patient.interpreter,
        "hearing": patient.hearing_need,
        "sight": patient.sight_need,
        "memory": patient.memory_need,
        "hands": patient.hands_need,
    }
    return language + [Need(kind, text) for kind, text in texts.items() if text]
