"""Times that were held while somebody thinks: let go when she says no, given back when nobody answers in time."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor, system
from cartref.accounts.permissions import Permission
from cartref.appointments import queries
from cartref.appointments.models import Appointment, AppointmentStatus, Offer
from cartref.appointments.service.cancelling import free
from cartref.appointments.status import CancelReason
from cartref.errors import IllegalTransition

# A time that is offered from the waiting list has an offer of its own, which ends with it and goes to the next person.
_OFFERED = exists().where(Offer.appointment_id == Appointment.id)


def let_go(session: Session, actor: Actor, appointment_id: str) -> Appointment:
    """Return the appointment, given back as the patient does not want it; one given back already stays as it is.

    Raises IllegalTransition for a time that is not only held.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is AppointmentStatus.CANCELLED:
        return appointment
    if appointment.status is not AppointmentStatus.PENDING:
        raise IllegalTransition(appointment=appointment_id)
    return free(session, actor, appointment, CancelReason.OFFER_DECLINED)


def is_offered(session: Session, appointment_id: str) -> bool:
    """Tell whether the time is offered from the waiting list, so that it is answered there."""
    return session.scalar(select(Offer.id).where(Offer.appointment_id == appointment_id)) is not None


def offers_among(session: Session, appointments: Iterable[Appointment]) -> dict[str, Offer]:
    """Return the offer of each of these times that waits for an answer to one, by the appointment's id."""
    held = [found.id for found in appointments if found.status is AppointmentStatus.PENDING]
    if not held:
        return {}
    return {
        offer.appointment_id: offer for offer in session.scalars(select(Offer).where(Offer.appointment_id.in_(held)))
    }


def give_back(session: Session) -> Sequence[Appointment]:
    """Return the held times that nobody confirmed in time, now free for others; those that are offered stay."""
    late = (Appointment.status == AppointmentStatus.PENDING, Appointment.held_until <= clock.now(), ~_OFFERED)
    rows = session.execute(select(Appointment.id, Appointment.service_id).where(*late)).all()
    return [ended for row in rows if (ended := _end(session, system(row.service_id), row.id))]


def _end(session: Session, actor: Actor, appointment_id: str) -> Appointment | None:
    """Return the appointment, given back unless somebody confirmed it a moment ago."""
    appointment = queries.find_for_change(session, actor, appointment_id)
    if appointment.status is not AppointmentStatus.PENDING or appointment.held_until is None:
        return None
    return free(session, actor, appointment, CancelReason.OFFER_EXPIRED)
