"""Events to the application and orders from it, and the signature that the posts carry."""

import hashlib
import hmac
from typing import Any, Final, Literal

import msgspec
from msgspec import Raw, Struct

from signalling.wire.names import SIGNATURE_SECONDS

SIGNATURE_HEADER: Final = "X-Cartref-Signature"
EVENTS_PATH: Final = "/callbacks/v1/events"

EventType = Literal[
    "participant.waiting",
    "participant.admitted",
    "participant.held",
    "participant.left",
    "participant.returned",
    "participant.removed",
    "participant.ready",
    "media.connected",
    "media.lost",
    "media.restored",
    "rung.changed",
    "quality.changed",
    "chat.sent",
    "room.ended",
]


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened in a room, once per id; `at` in epoch seconds."""

    id: str
    type: EventType
    room: str
    participant: str | None
    at: float
    data: dict[str, Any]


class Post(Struct, frozen=True, kw_only=True):
    """The body of a post: events in order, and the ids of the orders that have been carried out."""

    events: list[Event] = []
    done: list[str] = []


class Rejection(Struct, frozen=True):
    """An event that the application will never take."""

    id: str
    code: str


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the application wants done in a room; idempotent by id."""

    id: str
    type: Literal["remove", "end", "ahead"]
    room: str
    participant: str | None = None
    n: int | None = None
    reason: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """The application's answer to a post."""

    accepted: list[str] = []
    rejected: list[Rejection] = []
    orders: list[Order] = []


class _AnswerAsSent(Struct, frozen=True):
    """An answer whose orders are read one by one, so that one of a later version does not cost the others."""

    accepted: list[str] = []
    rejected: list[Rejection] = []
    orders: list[Raw] = []


def read_answer(body: bytes) -> Answer:
    """The answer in a body, without the orders that are not understood; raises msgspec.DecodeError."""
    sent = msgspec.json.decode(body, type=_AnswerAsSent)
    orders = [order for raw in sent.orders if (order := _read_order(raw)) is not None]
    return Answer(accepted=sent.accepted, rejected=sent.rejected, orders=orders)


def _read_order(raw: Raw) -> Order | None:
    try:
        return msgspec.json.decode(raw, type=Order)
    except msgspec.DecodeError:
        return None


class SignatureRefused(Exception):
    """The post does not come from signalling, or is too old: 401."""


def sign(body: bytes, key: bytes, now: float) -> str:
    """The header's value for a body at a time."""
    t = str(int(now))
    return f"t={t},v1={_digest(t, body, key)}"


def verify_signature(header: str, body: bytes, key: bytes, now: float) -> None:
    """Nothing for a post that is signed and at most 300 seconds from now, else SignatureRefused."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    t, digest = parts.get("t", ""), parts.get("v1", "")
    if not (t.isascii() and t.isdigit() and len(t) <= 15):
        raise SignatureRefused("no time")
    if not hmac.compare_digest(digest.encode(), _digest(t, body, key).encode()):
        raise SignatureRefused("another key or body")
    if abs(now - int(t)) > SIGNATURE_SECONDS:
        raise SignatureRefused("too old")


def _digest(t: str, body: bytes, key: bytes) -> str:
    return hmac.new(key, t.encode() + b"." + body, hashlib.sha256).hexdigest()
