"""Turning a visit by video from home into one by telephone, and back: the same time, the same link, another way."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import events, queries
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.audit.service import record
from cartref.errors import IllegalTransition
from cartref.links.addresses import Addresses

FROM_HOME = frozenset({Mode.VIDEO_HOME, Mode.TELEPHONE})


def turn_to(session: Session, actor: Actor, addresses: Addresses, appointment_id: str, mode: Mode) -> Appointment:
    """Return the appointment as one by telephone or by video from home, its calendar event with it.

    No room and no presenter is involved, so that nothing is freed or taken. Raises IllegalTransition when it is over,
    has begun, or is at a place.
    """
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.mode is mode:
        return appointment
    if appointment.status is not AppointmentStatus.BOOKED or not {appointment.mode, mode} <= FROM_HOME:
        raise IllegalTransition(appointment=appointment_id)
    before, appointment.mode = appointment.mode, mode
    appointment.sequence += 1
    appointment.updated_at = clock.now()
    events.write(appointment, addresses.public_url)
    record(
        session, actor, "appointment.turned", "appointment", appointment.id, patient_id=appointment.patient_id,
        before=before.value, mode=mode.value,
    )  # fmt: skip
    session.flush()
    return appointment
