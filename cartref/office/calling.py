"""Working the call list: what `notifications.calls` does with a line, for those alone who may.

Notifications lie beneath accounts and know no permissions, so that these are asked for here.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments.models import Appointment
from cartref.notifications import calls
from cartref.notifications.models import Call


def take(session: Session, actor: Actor, call_id: str, *, version: int) -> Call:
    """Return the line with the actor's name on it; raise CallTaken, CallOver, NotFound or Forbidden."""
    actor.require(Permission.CALLS_WRITE)
    return calls.take(session, actor, call_id, version=version)


def tried(session: Session, actor: Actor, call_id: str, how: str, *, version: int) -> Call:
    """Return the line, due again after a pause, but an hour before its visit at the latest; raises as `done` does."""
    actor.require(Permission.CALLS_WRITE)
    found = _appointment_of(session, actor, calls.find(session, actor.service, call_id))
    before = found.starts_at if found else None
    return calls.tried(session, actor, call_id, how, version=version, before=before)


def done(session: Session, actor: Actor, call_id: str, outcome: str, *, version: int) -> Call:
    """Return the line, off the list; raise OutcomeUnknown, CallOver, StaleVersion, NotFound or Forbidden."""
    actor.require(Permission.CALLS_WRITE)
    return calls.done(session, actor, call_id, outcome, version=version)


def reopen(session: Session, actor: Actor, call_id: str, *, version: int) -> Call:
    """Return the line, on the list again; raise CallOver, StaleVersion, NotFound or Forbidden."""
    actor.require(Permission.CALLS_WRITE)
    return calls.reopen(session, actor, call_id, version=version)


def _appointment_of(session: Session, actor: Actor, call: Call) -> Appointment | None:
    query = select(Appointment).where(Appointment.id == call.subject_id, Appointment.service_id == actor.service)
    return session.scalar(query)
