"""What a room wants done: outputs of the state machine, for whoever holds the sockets and the disk to carry out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from signalling.media.channel import Order
from signalling.room.records import RoomRecord, SeatRecord
from signalling.wire.events import EventType
from signalling.wire.names import Close, RefusalCode


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send a frame on a connection; a replayed one does not count against a slow reader."""

    link: int
    frame: bytes
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Shut:
    """Close a connection."""

    link: int
    code: Close
    reason: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Write a record to the journal before anything that follows is announced."""

    record: SeatRecord | RoomRecord


@dataclass(frozen=True, slots=True)
class Happened:
    """Tell the application."""

    type: EventType
    participant: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """The boards of these topics show the room otherwise than before."""

    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bridge:
    """Give the forwarder an order."""

    order: Order


Effect = Deliver | Shut | Keep | Happened | Listed | Bridge
Effects = list[Effect]


class EntryRefused(Exception):
    """A `hello` that opens no seat: the code and reason to close with, and what is to be kept all the same."""

    def __init__(self, code: Close, reason: str, effects: Iterable[Effect] = ()) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.effects = list(effects)


class MessageRefused(Exception):
    """A message that can't be carried out, answered by an `error`; the socket stays open."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(detail)
        self.code: RefusalCode = code
        self.detail = detail
