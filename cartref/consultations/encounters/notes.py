"""The note and the safe start: kept as they are written, and never one over the other."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.codes import SafeStart
from cartref.consultations.encounters.opening import ensure_encounter
from cartref.consultations.models import Encounter
from cartref.errors import Conflict, Invalid

LONGEST_NOTE = 20_000
LONGEST_COMPANY = 400


class NoteChanged(Conflict):
    """Another version was saved since this one was begun; `saved` is that other one, which stays as it is."""

    code = "note.changed"

    def __init__(self, saved: str, version: int) -> None:
        super().__init__(field="note", version=version)
        self.saved, self.version = saved, version


class NoteTooLong(Invalid):
    """The note is over 20,000 characters."""

    code = "note.too-long"
    field = "note"


class CompanyTooLong(Invalid):
    """Who is with the patient is over 400 characters."""

    code = "company.too-long"
    field = "with_patient"


def save_note(session: Session, actor: Actor, encounter_id: str, text: str, base_version: int) -> Encounter:
    """Return the encounter with the note saved over version `base_version`; raise NoteChanged when it is not the last.

    The same text again is no new version, so that a save whose answer was lost can be sent once more.
    """
    encounter = queries.find_locked(session, actor, encounter_id)
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong()
    if text == encounter.note:
        return encounter
    if base_version != encounter.note_version:
        raise NoteChanged(encounter.note, encounter.note_version)
    encounter.note, encounter.note_saved_at = text, clock.now()
    encounter.note_version += 1
    _audit(session, actor, "note.saved", encounter, version=encounter.note_version)
    session.flush()
    return encounter


def save_safe_start(
    session: Session, actor: Actor, appointment: Appointment, *, done: Iterable[SafeStart], with_patient: str
) -> Encounter:
    """Return the encounter with what was gone through at its start, and who is with the patient."""
    encounter = queries.find_locked(session, actor, ensure_encounter(session, appointment).id)
    if len(with_patient) > LONGEST_COMPANY:
        raise CompanyTooLong()
    kept = [step.value for step in SafeStart if step in set(done)]
    if (kept, with_patient) != (encounter.safe_start, encounter.with_patient):
        encounter.safe_start, encounter.with_patient = kept, with_patient
        _audit(session, actor, "safe-start.saved", encounter, done=kept)
        session.flush()
    return encounter


def _audit(session: Session, actor: Actor, action: str, encounter: Encounter, **details: Any) -> None:
    patient_id = encounter.appointment.patient_id
    record(session, actor, action, "encounter", encounter.id, patient_id=patient_id, **details)
