"""Moving an appointment to another time: the same appointment, with the same link."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import events, messages, queries, reminding, status
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.service import booking, holding
from cartref.appointments.service.repeating import in_turn
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.clinics.models import Slot
from cartref.errors import IllegalTransition, StaleVersion
from cartref.links.addresses import Addresses


def reschedule(
    session: Session,
    actor: Actor,
    *,
    addresses: Addresses,
    appointment_id: str,
    version: int,
    slot_id: str,
    minutes: int | None = None,
    place: tuple[str, str] | None = None,
) -> Appointment:
    """Return the appointment at its new time (`minutes` None: as long as before), its old time free again.

    `place`, a room and a presenter, replaces those of a video visit at a site. One that was overbooked has a slot now.

    Raises StaleVersion, IllegalTransition, and what `book` raises about the time, with `alternatives` in the context.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    try:
        return in_turn(
            session, lambda: _move(session, actor, addresses, appointment_id, version, slot_id, minutes, place)
        )
    except holding.Clash as refusal:
        appointment = queries.find(session, actor, appointment_id)
        refusal.context["alternatives"] = booking.alternatives(
            session, actor, slot_id, appointment.patient_id, minutes or length(appointment)
        )
        raise


def length(appointment: Appointment) -> int:
    """Return how many minutes the appointment takes."""
    return (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)


def _move(
    session: Session,
    actor: Actor,
    addresses: Addresses,
    appointment_id: str,
    version: int,
    slot_id: str,
    minutes: int | None,
    place: tuple[str, str] | None,
) -> Appointment:
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.version != version:
        raise StaleVersion(appointment=appointment_id)
    _check_stands(appointment)
    if appointment.patient.deceased_on is not None:
        raise booking.PatientCannotBeBooked(patient=appointment.patient_id)
    minutes = minutes or length(appointment)
    if _is_there(appointment, clinics.find_slot(session, actor, slot_id), minutes) and _same_place(appointment, place):
        return appointment
    before = (appointment.starts_at, appointment.site_id)
    holding.release(session, appointment)  # first, so that an appointment is never in its own way
    slot = clinics.find_slot(session, actor, slot_id)
    _place(appointment, slot, holding.end_of(session, actor, slot, minutes))
    if place is not None:
        booking.seat_at(session, actor, appointment, *place)
    session.flush()
    holding.take(session, appointment)
    reminding.plan(appointment)
    if before != (appointment.starts_at, appointment.site_id):  # another room at the same place is no news
        messages.changed(session, appointment, before[0])
    events.write(appointment, addresses.public_url)
    record(
        session, actor, "appointment.moved", "appointment", appointment.id, patient_id=appointment.patient_id,
        sitting=slot.session_id,
    )  # fmt: skip
    session.flush()
    return appointment


def _check_stands(appointment: Appointment) -> None:
    """Raise IllegalTransition for a time that is only held, which is answered first, and for one that is over."""
    if appointment.status is AppointmentStatus.PENDING:
        raise IllegalTransition(status=appointment.status.value, wanted=AppointmentStatus.BOOKED.value)
    status.check(appointment.status, AppointmentStatus.BOOKED)


def _is_there(appointment: Appointment, slot: Slot, minutes: int) -> bool:
    """Tell whether it has that slot for that long; one in a lane has none, even where it is at the same time."""
    same = (appointment.session_id, appointment.starts_at, length(appointment))
    return not appointment.overbooked and (slot.session_id, slot.starts_at, minutes) == same


def _same_place(appointment: Appointment, place: tuple[str, str] | None) -> bool:
    return place in {None, (appointment.room_id, appointment.presenter_id)}


def _place(appointment: Appointment, slot: Slot, ends_at: datetime) -> None:
    now = clock.now()
    if appointment.starts_at != slot.starts_at:
        appointment.moved_from_at, appointment.moved_at = appointment.starts_at, now
    appointment.session, appointment.clinician_id = slot.session, slot.clinician_id
    appointment.starts_at, appointment.ends_at = slot.starts_at, ends_at
    appointment.status, appointment.arrived_at = AppointmentStatus.BOOKED, None
    appointment.overbook_lane_id = appointment.overbook_place = None
    appointment.overbook_reason = ""
    appointment.sequence += 1
    appointment.updated_at = now
