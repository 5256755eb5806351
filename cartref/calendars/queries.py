"""Reading subscriptions, and the stored events that a calendar joins."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import Service, Staff
from cartref.accounts.permissions import Permission, allowed
from cartref.accounts.queries import roles
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.clinics.models import Clinic, ClinicSession
from cartref.links.addresses import fingerprint

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
CANCELLED_KEPT = timedelta(days=30)
LONGEST_TOKEN = 128


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
class Scope:
    """Whose appointments a calendar shows, and its name."""

    service_id: str
    kind: FeedScope
    id: str
    name: str


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
    """Return the subscription behind a token; None when unknown, ended, or its owner may read calendars no more."""
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
    permissions = allowed(roles(session, feed.owner_id, feed.service_id))
    return feed if Permission.CALENDARS_READ in permissions else None


def scope_of(session: Session, feed: CalendarFeed) -> Scope:
    """Return what a subscription shows, named in its language."""
    if feed.scope is FeedScope.CLINIC:
        return scope_of_clinic(session.get_one(Clinic, feed.scope_id), feed.language)
    clinician = session.get_one(Staff, feed.scope_id)
    service = session.get_one(Service, feed.service_id)
    board = service.health_board.name_cy if feed.language == "cy" else service.health_board.name_en
    return Scope(feed.service_id, feed.scope, feed.scope_id, f"{clinician.display_name}, {board}")


def scope_of_clinic(clinic: Clinic, language: str) -> Scope:
    """Return a clinic's own calendar, by its public name."""
    return Scope(clinic.service_id, FeedScope.CLINIC, clinic.id, clinic.public_name(language))


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
    query = _shown(scope, window).with_only_columns(column)
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()


def _shown(scope: Scope, window: Window) -> Select[Appointment]:
    query = select(Appointment).where(
        Appointment.service_id == scope.service_id,
        Appointment.starts_at >= window.starts_at,
        Appointment.starts_at < window.ends_at,
        Appointment.event_bytes != b"",  # times that are only held are in nobody's calendar
        or_(Appointment.status != AppointmentStatus.CANCELLED, Appointment.cancelled_at >= window.cancelled_since),
        _in_scope(scope),
    )
    return query if scope.kind is FeedScope.CLINICIAN else query.join(Appointment.session)


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is FeedScope.CLINICIAN:
        return Appointment.clinician_id == scope.id
    return ClinicSession.clinic_id == scope.id
