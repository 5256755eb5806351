"""Reading what signalling posts (protocol, section 6): who signed it, and which of its events are well formed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from cartref.errors import ClinicError, Invalid
from signalling.wire import Event, SignatureRefused, verify_signature

LONGEST_ID = 36
LONGEST_PARTICIPANT = 64


class NotSigned(ClinicError):
    """The post is not signalling's, or it is more than 300 seconds old."""

    code = "events.not-signed"
    status = 401


class NotEvents(Invalid):
    """The body is not what the protocol says."""

    code = "events.malformed"


class _Body(msgspec.Struct):
    events: list[dict[str, Any]] = []
    done: list[str] = []


@dataclass(frozen=True)
class Post:
    """A post as read: events in order, those that nobody can make sense of (id and code), and orders carried out."""

    events: list[Event] = field(default_factory=list)
    malformed: list[dict[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)


def check(header: str, body: bytes, *, key: str, now: datetime) -> None:
    """Return when the body is signed with `key` and fresh; raise NotSigned else."""
    try:
        verify_signature(header, body, key.encode(), now.timestamp())
    except SignatureRefused as refusal:
        raise NotSigned(reason=str(refusal)) from refusal


def read(body: bytes) -> Post:
    """Return the post in a body, each event by itself, so that one bad event stops no other; raise NotEvents."""
    try:
        found = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeError) as fault:
        raise NotEvents() from fault
    post = Post(done=found.done)
    for fields in found.events:
        _sort(post, fields)
    return post


def _sort(post: Post, fields: dict[str, Any]) -> None:
    try:
        event = msgspec.convert(fields, Event)
        datetime.fromtimestamp(event.at, UTC)
        if len(event.id) > LONGEST_ID or len(event.participant or "") > LONGEST_PARTICIPANT:
            raise ValueError("an id is too long")
        post.events.append(event)
    except (ValueError, OverflowError, OSError):  # msgspec's own error is the first; times out of range the others
        post.malformed.append({"id": str(fields.get("id", "")), "code": "malformed"})
