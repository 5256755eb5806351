"""Encounters opened and begun: for a visit by video by letting her in, for one by telephone by ringing."""

from datetime import datetime

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.audit.service import record
from cartref.consultations import queries
from cartref.consultations.board import places
from cartref.consultations.codes import Medium
from cartref.consultations.insertion import insert_once
from cartref.consultations.models import Encounter, EncounterStatus
from cartref.db import new_id
from cartref.errors import Conflict

OPEN = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED})
MEDIUM = {
    Mode.VIDEO_HOME: Medium.TELEMEDICINE,
    Mode.VIDEO_SITE: Medium.TELEMEDICINE,
    Mode.TELEPHONE: Medium.TELEPHONE,
    Mode.IN_PERSON: Medium.FACE_TO_FACE,
}


class VisitOver(Conflict):
    """The visit is cancelled or has its outcome, so that nobody can begin it or come into its room."""

    code = "visit.over"


def ensure_encounter(session: Session, appointment: Appointment) -> Encounter:
    """Return the encounter of the appointment, made now with an opaque room unless there is one."""
    found = queries.encounter_of(session, appointment.id)
    if found is not None:
        return found
    insert_once(
        session, Encounter, appointment_id=appointment.id, service_id=appointment.service_id, room=new_id(),
        created_at=clock.now(),
    )  # fmt: skip
    made = queries.encounter_of(session, appointment.id)
    assert made is not None, "either this transaction or another one has just added it"
    return made


def ensure_open(appointment: Appointment, encounter: Encounter | None) -> None:
    """Raise VisitOver when the appointment is cancelled or over, or its encounter finished."""
    finished = encounter is not None and encounter.status is EncounterStatus.FINISHED
    if finished or appointment.status not in OPEN:
        raise VisitOver(appointment=appointment.id)


def start(session: Session, actor: Actor, encounter_id: str, *, at: datetime | None = None) -> Encounter:
    """Return the encounter in progress since `at` (now); a second start changes nothing."""
    encounter = queries.find_locked(session, actor, encounter_id)
    appointment = encounter.appointment
    ensure_open(appointment, encounter)
    if encounter.status is EncounterStatus.PLANNED:
        encounter.status = EncounterStatus.IN_PROGRESS
        encounter.started_at = at or clock.now()
        encounter.medium = encounter.medium or MEDIUM[appointment.mode]
        encounter.cannot_hear_at = None  # somebody of the clinic is with her now
        _audit(session, actor, "encounter.started", encounter, medium=encounter.medium)
        mark_arrived(session, actor, appointment)
        places.renew(session, appointment.session_id)
    return encounter


def ring_instead(session: Session, actor: Actor, encounter_id: str) -> Encounter:
    """Return the encounter as one by telephone, begun now unless it was: the same record, another medium."""
    encounter = start(session, actor, encounter_id)
    if encounter.medium is not Medium.TELEPHONE:
        before, encounter.medium = encounter.medium, Medium.TELEPHONE
        _audit(session, actor, "encounter.turned-to-telephone", encounter, before=before)
    encounter.ring_asked_at = None
    session.flush()
    return encounter


def mark_arrived(session: Session, actor: Actor, appointment: Appointment) -> None:
    """Let the appointment say that she is here, unless it does."""
    if appointment.status is AppointmentStatus.BOOKED:
        appointments.mark_arrived(session, actor, appointment.id)


def _audit(session: Session, actor: Actor, action: str, encounter: Encounter, **details: object) -> None:
    record(
        session, actor, action, "encounter", encounter.id, patient_id=encounter.appointment.patient_id,
        service_id=encounter.service_id, **details,
    )  # fmt: skip
