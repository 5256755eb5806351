"""Telling those who wait how many are before them: worked out anew whenever somebody comes or is seen."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import ClinicSession
from cartref.consultations.board.queue import InQueue, places
from cartref.consultations.codes import Presence
from cartref.consultations.models import Encounter, EncounterStatus, OrderKind, SeatRole
from cartref.consultations.rooms import orders

GUESTS = (SeatRole.PATIENT, SeatRole.CARER)
BESIDE_STAFF = (Mode.VIDEO_SITE, Mode.IN_PERSON)  # who sits with staff stays, whatever becomes of a line


def renew(session: Session, session_id: str) -> None:
    """Order the place of everybody in the clinic session whose place has changed; none where it runs out of order."""
    session.flush()
    if not session.get_one(ClinicSession, session_id).clinic.runs_in_order:
        return
    encounters = _unfinished(session, session_id)
    ahead = places([_in_queue(encounter) for encounter in encounters if _is_here(encounter)])
    for encounter in encounters:
        for seat in encounter.seats:
            n = ahead.get(encounter.id) if seat.role in GUESTS and seat.presence == Presence.WAITING else None
            if n is not None and n != seat.ahead:
                orders.place(session, OrderKind.AHEAD, encounter.room, participant=seat.participant, n=n)
            seat.ahead = n


def _unfinished(session: Session, session_id: str) -> list[Encounter]:
    query = (
        select(Encounter)
        .join(Appointment, Appointment.id == Encounter.appointment_id)
        .where(Appointment.session_id == session_id, Encounter.status != EncounterStatus.FINISHED)
        .options(joinedload(Encounter.appointment), selectinload(Encounter.seats))
    )
    return list(session.scalars(query))


def _in_queue(encounter: Encounter) -> InQueue:
    return InQueue(encounter.id, encounter.appointment.starts_at, not _is_seen(encounter))


def _is_seen(encounter: Encounter) -> bool:
    return encounter.status is EncounterStatus.IN_PROGRESS and not any(
        seat.role == SeatRole.PATIENT and seat.presence == Presence.WAITING for seat in encounter.seats
    )


def _is_here(encounter: Encounter) -> bool:
    waits = any(seat.role in GUESTS and seat.presence == Presence.WAITING for seat in encounter.seats)
    appointment = encounter.appointment
    with_staff = appointment.arrived_at is not None and appointment.mode in BESIDE_STAFF
    seen = encounter.status is EncounterStatus.IN_PROGRESS and encounter.ended_at is None
    return waits or with_staff or seen
