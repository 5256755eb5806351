"""Arriving: the patient is there, in the waiting room or at the site."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import queries, status
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.audit.service import record


def mark_arrived(session: Session, actor: Actor, appointment_id: str) -> Appointment:
    """Return the appointment, arrived from the first time this was said on; raise IllegalTransition once it is over."""
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is AppointmentStatus.ARRIVED:
        return appointment
    status.check(appointment.status, AppointmentStatus.ARRIVED)
    appointment.status = AppointmentStatus.ARRIVED
    appointment.arrived_at = appointment.updated_at = clock.now()
    record(session, actor, "appointment.arrived", "appointment", appointment.id, patient_id=appointment.patient_id)
    session.flush()
    return appointment
