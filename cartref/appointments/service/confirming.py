"""Confirming: a time that was held for an answer becomes an appointment."""

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import events, queries, reminding, status
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.service import booking, holding
from cartref.audit.service import record
from cartref.errors import IllegalTransition
from cartref.links.addresses import Addresses
from cartref.referrals import service as referrals


def confirm(session: Session, actor: Actor, *, addresses: Addresses, appointment_id: str) -> Appointment:
    """Return the appointment, booked, its links issued; one that is booked already stays as it is.

    Whoever calls says that the actor may: staff with `APPOINTMENTS_WRITE`, or the patient whose offer it is. Raises
    IllegalTransition once the time was given back, or its session is closed.
    """
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is AppointmentStatus.BOOKED:
        return appointment
    status.check(appointment.status, AppointmentStatus.BOOKED)
    if not holding.is_open(session, appointment.session_id):
        raise IllegalTransition(session=appointment.session_id)
    appointment.status, appointment.held_until = AppointmentStatus.BOOKED, None
    appointment.updated_at = clock.now()
    if appointment.waiting_entry_id:
        referrals.confirm(session, appointment.waiting_entry_id)
    reminding.plan(appointment)
    booking.issue_links(session, addresses, appointment)
    events.write(appointment, addresses.public_url)
    record(
        session, actor, "appointment.confirmed", "appointment", appointment.id, patient_id=appointment.patient_id,
    )  # fmt: skip
    session.flush()
    return appointment
