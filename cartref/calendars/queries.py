"""Reading subscriptions, and the stored events that a calendar joins."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.accounts.queries import actor_of
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.calendars import scopes
from cartref.calendars.models import CalendarFeed, FeedScope, Invitation
from cartref.calendars.scopes import Scope
from cartref.clinics.models import ClinicSession
from cartref.links.addresses import fingerprint

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
CANCELLED_KEPT = timedelta(days=30)
LONGEST_TOKEN = 128
COLUMNS: dict[FeedScope, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = {
    FeedScope.CLINICIAN: Appointment.clinician_id,
    FeedScope.CLINIC: ClinicSession.clinic_id,
    FeedScope.SITE: Appointment.site_id,
    FeedScope.ROOM: Appointment.room_id,
}


@dataclass(frozen=True)
class Window:
    """The days that a calendar shows, counted in whole days so that it changes once a day by itself."""

    starts_at: datetime
    ends_at: datetime
    cancelled_since: datetime

    @classmethod
    def now(cls) -> "Window":
        """Return today's window: 30 days back, 180 days ahead."""
        today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(today - BACK, today + AHEAD, today - CANCELLED_KEPT)


@dataclass(frozen=True)
class Mark:
    """What tells one state of a calendar from another without reading its events."""

    count: int
    versions: int
    revised_at: datetime | None
    window: Window


def feeds(session: Session, actor: Actor) -> Sequence[CalendarFeed]:
    """Return the actor's own subscriptions that are not ended, newest first."""
    query = select(CalendarFeed).where(
        CalendarFeed.service_id == actor.service,
        CalendarFeed.owner_id == actor.id,
        CalendarFeed.revoked_at.is_(None),
    )
    return session.scalars(query.order_by(CalendarFeed.created_at.desc(), CalendarFeed.id)).all()


def find_feed(session: Session, token: str) -> CalendarFeed | None:
    """Return the subscription behind a token; None when unknown, ended, or its owner may not read that calendar now."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    wanted = fingerprint(token)
    feed = session.scalar(
        select(CalendarFeed)
        .join(Staff, Staff.id == CalendarFeed.owner_id)
        .where(CalendarFeed.token_sha256 == wanted, CalendarFeed.revoked_at.is_(None), Staff.left_at.is_(None))
    )
    if feed is None or not hmac.compare_digest(feed.token_sha256, wanted):
        return None
    owner = actor_of(session, feed.owner_id, feed.service_id)
    return feed if scopes.still_hers(session, owner, feed.scope, feed.scope_id) else None


def invitations(session: Session, actor: Actor, appointment_id: str) -> Sequence[Invitation]:
    """Return who has one of the service's appointments in her calendar by an invitation, with her answer."""
    query = select(Invitation).where(
        Invitation.appointment_id == appointment_id,
        Invitation.service_id == actor.service,
        Invitation.cancelled_at.is_(None),
    )
    return session.scalars(query.order_by(Invitation.created_at, Invitation.id)).all()


def mark(session: Session, scope: Scope, window: Window) -> Mark:
    """Return the calendar's present mark: any change of an appointment in it makes another."""
    query = _shown(scope, window).with_only_columns(
        func.count(), func.coalesce(func.sum(Appointment.version), 0), func.max(Appointment.updated_at)
    )
    count, versions, revised_at = session.execute(query).one()
    return Mark(count, versions, revised_at, window)


def events(session: Session, scope: Scope, window: Window, language: str) -> Sequence[bytes]:
    """Return the stored VEVENTs of the calendar in a language, by time."""
    column: InstrumentedAttribute[bytes] = Appointment.event_bytes_cy if language == "cy" else Appointment.event_bytes
    # A time that was only held and is given back was never in anybody's calendar: nothing is stored of it.
    query = _shown(scope, window).with_only_columns(column).where(column != b"")
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()


def _shown(scope: Scope, window: Window) -> Select[Appointment]:
    query = select(Appointment).where(
        Appointment.service_id == scope.service_id,
        Appointment.starts_at >= window.starts_at,
        Appointment.starts_at < window.ends_at,
        Appointment.status != AppointmentStatus.PENDING,
        or_(Appointment.status != AppointmentStatus.CANCELLED, Appointment.cancelled_at >= window.cancelled_since),
        _in_scope(scope),
    )
    return query.join(Appointment.session) if scope.kind is FeedScope.CLINIC else query


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is FeedScope.SERVICE:
        return true()
    return COLUMNS[scope.kind] == scope.id
