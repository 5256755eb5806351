"""Rewriting stored calendar events when a word on them changed, without calling it a new revision."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import events
from cartref.appointments.models import Appointment
from cartref.clinics.models import ClinicSession
from cartref.links.addresses import Addresses


def rewrite_events(session: Session, actor: Actor, addresses: Addresses, clinic_id: str) -> Sequence[Appointment]:
    """Return the clinic's coming appointments, their events written anew: for when its public name has changed.

    SEQUENCE stays, as neither time nor standing did change (RFC 5545 3.8.7.4); DTSTAMP moves on.
    """
    query = (
        select(Appointment)
        .join(ClinicSession, ClinicSession.id == Appointment.session_id)
        .where(
            ClinicSession.clinic_id == clinic_id,
            Appointment.service_id == actor.service,
            Appointment.ends_at > clock.now(),
        )
        .order_by(Appointment.id)
        .with_for_update(of=Appointment)
    )
    found = session.scalars(query).all()
    for appointment in found:
        appointment.updated_at = clock.now()
        events.write(appointment, addresses.public_url)
    session.flush()
    return found
