"""A calendar as a file: stored events joined, and what tells one state of it from another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice

from sqlalchemy.orm import Session

from cartref import clock, ical
from cartref.accounts.actor import Actor
from cartref.appointments import events
from cartref.appointments.models import Appointment
from cartref.calendars import queries, scopes
from cartref.calendars.queries import Mark, Window
from cartref.calendars.scopes import Scope
from cartref.clinics import queries as clinics

AT_ONCE = 64  # pieces, most of them an event of under a kilobyte


def feed_ics(
    session: Session, scope: Scope, window: Window, *, language: str, source: str | None = None
) -> Iterator[bytes]:
    """Yield the whole calendar (RFC 5545 3.4) in a language, with nobody's identity in it, in handfuls of its pieces.

    Its events are read before the first piece is given, so that a slow reader keeps no transaction open.
    """
    stored = queries.events(session, scope, window, language)
    return _in_handfuls(ical.calendar(stored, name=scope.name, language=language, source=source))


def clinic_ics(session: Session, actor: Actor, clinic_id: str) -> tuple[str, bytes]:
    """Return the clinic's public name and its calendar file in the actor's language; raise NotFound."""
    scope = scopes.scope_of_clinic(clinics.find(session, actor, clinic_id), actor.language)
    return scope.name, b"".join(feed_ics(session, scope, Window.now(), language=actor.language))


def one_ics(appointment: Appointment, language: str, description: str) -> bytes:
    """Return one appointment as a file to put into one's own calendar: nobody is asked for an answer (RFC 5546 1.4)."""
    event = events.invitation(
        appointment, language, sequence=appointment.sequence, stamped_at=clock.now(), invited=None,
        description=description,
    )  # fmt: skip
    return ical.message(event, method=ical.Method.PUBLISH, language=language)


def etag(scope: Scope, mark: Mark, language: str) -> str:
    """Return the strong validator (RFC 9110 8.8.3) of a calendar, without its quotes."""
    told = (scope, language, mark.count, mark.versions, mark.revised_at, mark.window.starts_at)
    return sha256(repr(told).encode()).hexdigest()[:32]


def last_modified(mark: Mark) -> datetime:
    """Return when the calendar last changed: with an appointment, or with the day.

    For information alone: an appointment that leaves the calendar takes its date with it, so only the tag is compared.
    """
    return max(filter(None, (mark.revised_at, mark.window.starts_at + queries.BACK))).astimezone(UTC)


def _in_handfuls(pieces: Iterator[bytes]) -> Iterator[bytes]:
    while handful := b"".join(islice(pieces, AT_ONCE)):
        yield handful
