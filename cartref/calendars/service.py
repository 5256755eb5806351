"""Subscriptions to a calendar: made, ended, and noted when they are used."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.audit.service import record
from cartref.calendars import scopes
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.errors import Invalid, NotFound
from cartref.links.addresses import fingerprint

TOKEN_BYTES = 32
LONGEST_LABEL = 80
NOTED_EVERY = timedelta(hours=1)  # programs ask often; to know that one still does, once an hour is enough


class LabelMissing(Invalid):
    """A subscription has a name of 1 to 80 characters, by which its owner knows it."""

    code = "calendar.label-missing"
    field = "label"


def create_feed(
    session: Session, actor: Actor, *, scope: FeedScope, scope_id: str, label: str, language: str | None = None
) -> tuple[CalendarFeed, str]:
    """Return a new subscription of the actor's and its token, which is not kept and can't be shown again.

    `scope_id` names somebody or something of the service that the actor may see; raise NotFound for any other,
    LabelMissing for the label.
    """
    label = " ".join(label.split())
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise LabelMissing
    scopes.check(session, actor, scope, scope_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        service_id=actor.service, owner_id=actor.id, scope=scope, scope_id=scope_id, label=label,
        language=language or actor.language, token_sha256=fingerprint(token), created_at=clock.now(),
    )  # fmt: skip
    session.add(feed)
    session.flush()
    record(session, actor, "calendar.created", "calendar", feed.id, scope=scope.value, scope_id=scope_id)
    return feed, token


def revoke_feed(session: Session, actor: Actor, feed_id: str) -> CalendarFeed:
    """Return the actor's own subscription, ended; raise NotFound for anybody else's."""
    feed = session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.id == feed_id, CalendarFeed.service_id == actor.service, CalendarFeed.owner_id == actor.id
        )
    )
    if feed is None:
        raise NotFound(calendar=feed_id)
    if feed.revoked_at is None:
        feed.revoked_at = clock.now()
        record(session, actor, "calendar.revoked", "calendar", feed.id)
        session.flush()
    return feed


def use_is_due(feed: CalendarFeed) -> bool:
    """Tell whether it is time to note again that the subscription is used."""
    return feed.used_at is None or clock.now() - feed.used_at >= NOTED_EVERY


def note_use(session: Session, feed_id: str) -> None:
    """Keep that the subscription was used just now."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(used_at=clock.now()))


def want_invitations(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Keep whether the actor's own appointments come to her as invitations by e-mail; what is coming follows suit."""
    staff = session.get_one(Staff, actor.id)
    if staff.wants_invitations != wanted:
        staff.wants_invitations = wanted
        record(session, actor, "calendar.invitations-chosen", "staff", staff.id, wanted=wanted)
        session.flush()
