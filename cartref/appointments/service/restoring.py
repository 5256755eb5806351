"""Restoring: a cancellation that was a mistake is undone, while the time is still free."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import events, messages, queries, reminding
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.service import booking, holding, lanes
from cartref.appointments.service.repeating import in_turn
from cartref.appointments.vacancies import opening
from cartref.audit.service import record
from cartref.clinics.models import Slot
from cartref.errors import IllegalTransition, NotFound, StaleVersion
from cartref.links.addresses import Addresses
from cartref.referrals import service as referrals

UNDO_WITHIN = timedelta(days=1)


def can_restore(appointment: Appointment) -> bool:
    """Tell whether the cancellation is young enough to be undone, and the time still to come."""
    return (
        appointment.status is AppointmentStatus.CANCELLED
        and appointment.cancelled_at is not None
        and clock.now() - appointment.cancelled_at < UNDO_WITHIN
        and appointment.starts_at > clock.now()
    )


def restore(session: Session, actor: Actor, *, addresses: Addresses, appointment_id: str, version: int) -> Appointment:
    """Return the appointment, booked again as it was, with the same links.

    Raises StaleVersion, IllegalTransition when it is too late for that, and what `book` raises when the time, the
    lane's place, or somebody or something needed then, was taken meanwhile.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    return in_turn(session, lambda: _restore(session, actor, addresses, appointment_id, version))


def _restore(session: Session, actor: Actor, addresses: Addresses, appointment_id: str, version: int) -> Appointment:
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is AppointmentStatus.BOOKED:
        return appointment
    if appointment.version != version:
        raise StaleVersion(appointment=appointment_id)
    if not can_restore(appointment):
        raise IllegalTransition(status=appointment.status.value, wanted=AppointmentStatus.BOOKED.value)
    if appointment.patient.deceased_on is not None:
        raise booking.PatientCannotBeBooked(patient=appointment.patient_id)
    opening.end_after_undoing(session, appointment)  # first, so that nobody is asked meanwhile
    if appointment.overbooked:
        appointment.overbook_place = _place(session, actor, appointment)
    else:
        holding.end_of(session, actor, _slot(session, appointment), _minutes(appointment))
    if appointment.waiting_entry_id:
        referrals.take_up(
            session, actor.service, appointment.waiting_entry_id, appointment.patient_id, offered=False
        )  # fmt: skip
    appointment.status, appointment.cancelled_reason, appointment.cancelled_at = AppointmentStatus.BOOKED, None, None
    appointment.sequence += 1
    appointment.updated_at = clock.now()
    session.flush()
    holding.take(session, appointment)
    reminding.plan(appointment)
    booking.issue_links(session, addresses, appointment)
    messages.restored(session, appointment)
    events.write(appointment, addresses.public_url)
    record(
        session, actor, "appointment.restored", "appointment", appointment.id, patient_id=appointment.patient_id,
    )  # fmt: skip
    session.flush()
    return appointment


def _place(session: Session, actor: Actor, appointment: Appointment) -> int:
    lane_id = str(appointment.overbook_lane_id)
    try:
        return lanes.place_in_lane(session, actor, appointment.session, lane_id, appointment.overbook_reason)
    except NotFound:  # the lane was ended meanwhile
        raise lanes.LaneFull(lane=lane_id) from None


def _slot(session: Session, appointment: Appointment) -> Slot:
    query = select(Slot).where(Slot.session_id == appointment.session_id, Slot.starts_at == appointment.starts_at)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise holding.SlotTaken(appointment=appointment.id)
    return found


def _minutes(appointment: Appointment) -> int:
    return (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)
