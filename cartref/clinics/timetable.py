"""Keeping the clinics' sessions made half a year ahead."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import system
from cartref.accounts.models import Service
from cartref.clinics import service


def extend(session: Session) -> None:
    """Make the sessions of every service's patterns up to the horizon; those that exist stay as they are."""
    until = (clock.now() + service.HORIZON).date()
    for service_id in session.scalars(select(Service.id)):
        service.generate_sessions(session, system(service_id), until)
