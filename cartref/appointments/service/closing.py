"""Closing: what became of the appointment, once its outcome is known."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import queries, status
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.service.cancelling import free
from cartref.appointments.status import CancelReason
from cartref.audit.service import record
from cartref.notifications import service as notifications


def close(session: Session, actor: Actor, appointment_id: str, wanted: AppointmentStatus) -> Appointment:
    """Return the appointment as fulfilled, as a no-show, or as cancelled by the patient; raise IllegalTransition else.

    The same again changes nothing. A closed appointment keeps its time, as it was used; a cancelled one gives it back.
    """
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is wanted:
        return appointment
    if wanted is AppointmentStatus.CANCELLED:
        return free(session, actor, appointment, CancelReason.PATIENT_CANNOT_COME)
    status.check(appointment.status, wanted)
    appointment.status = wanted
    appointment.updated_at = clock.now()
    notifications.withdraw(session, appointment.id)  # what is over needs no confirmation
    record(
        session, actor, "appointment.closed", "appointment", appointment.id, patient_id=appointment.patient_id,
        status=wanted.value,
    )  # fmt: skip
    session.flush()
    return appointment
