"""Telling the clinic of somebody who waits and whom nobody has seen: the worker's check."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cartref import clock
from cartref.accounts.actor import system
from cartref.appointments.models import Appointment
from cartref.audit.service import record
from cartref.clinics.models import ClinicSession
from cartref.consultations.codes import Presence
from cartref.consultations.encounters.state import is_unattended
from cartref.consultations.models import Encounter, EncounterStatus, Seat, SeatRole
from cartref.notifications import service as notifications
from cartref.notifications.models import Channel

KIND = "visit.unseen"
STILL_WORTH_TELLING = timedelta(hours=12)
GUESTS = (SeatRole.PATIENT, SeatRole.CARER)


def check(session: Session) -> int:
    """Write one notice to the clinic's contact for each visit whose people wait too long; return how many are new."""
    now = clock.now()
    told = 0
    for encounter in _waiting(session, now):
        if any(is_unattended(encounter.appointment, seat, now) for seat in encounter.seats if _counts(encounter, seat)):
            _tell(session, encounter, now)
            told += 1
    session.flush()
    return told


def _waiting(session: Session, now: datetime) -> Sequence[Encounter]:
    return session.scalars(
        select(Encounter)
        .join(Appointment, Appointment.id == Encounter.appointment_id)
        .where(
            Encounter.unseen_told_at.is_(None),
            Encounter.status != EncounterStatus.FINISHED,
            Encounter.seats.any((Seat.presence == Presence.WAITING) & Seat.role.in_(GUESTS)),
            Appointment.starts_at > now - STILL_WORTH_TELLING,
        )
        .options(joinedload(Encounter.appointment).joinedload(Appointment.session).joinedload(ClinicSession.clinic))
    ).all()


def _counts(encounter: Encounter, seat: Seat) -> bool:
    """Tell whether the clinic is to hear of who waits in this seat: a carer who knocks at a visit under way is seen."""
    under_way = encounter.status is EncounterStatus.IN_PROGRESS
    return seat.role == SeatRole.PATIENT or (seat.role == SeatRole.CARER and not under_way)


def _tell(session: Session, encounter: Encounter, now: datetime) -> None:
    encounter.unseen_told_at = now
    clinic = encounter.appointment.session.clinic
    notifications.enqueue(
        session, key=f"{KIND}:{encounter.id}", service_id=encounter.service_id, kind=KIND,
        subject_id=encounter.appointment_id, recipient_kind="clinic", recipient_id=clinic.id, channel=Channel.EMAIL,
        language="cy",
    )  # fmt: skip
    record(
        session, system(encounter.service_id), "visit.unseen-told", "encounter", encounter.id,
        patient_id=encounter.appointment.patient_id, clinic=clinic.id,
    )  # fmt: skip
