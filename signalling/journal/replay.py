"""Reads a journal back: the last record of each thing is the truth."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from signalling.journal.records import Delivered, Obeyed, Record, Secret, Spent, Spooled, read_line
from signalling.room.records import RoomRecord, SeatRecord
from signalling.wire.events import Event

log = logging.getLogger(__name__)


@dataclass
class Memory:
    """What a journal remembers."""

    secret: bytes | None = None
    spent: dict[str, float] = field(default_factory=dict)
    obeyed: dict[str, float] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    rooms: dict[str, RoomRecord] = field(default_factory=dict)
    seats: dict[str, dict[str, SeatRecord]] = field(default_factory=dict)
    damaged: int = 0

    def learn(self, record: Record) -> None:
        """Take one record in."""
        match record:
            case Secret(value):
                self.secret = value
            case Spent(jti, until):
                self.spent[jti] = until
            case Obeyed(order, until):
                self.obeyed[order] = until
            case Spooled(event):
                self.events[event.id] = event
            case Delivered(event_id):
                self.events.pop(event_id, None)
            case SeatRecord():
                self.seats.setdefault(record.room, {})[record.participant] = record
            case RoomRecord():
                self._learn_room(record)

    def _learn_room(self, record: RoomRecord) -> None:
        if record.closed:
            self.rooms.pop(record.room, None)
            self.seats.pop(record.room, None)
        else:
            self.rooms[record.room] = record


def remember(octets: bytes) -> Memory:
    """What the bytes of a journal say; a last line that a crash cut short counts for nothing."""
    memory = Memory()
    for line in _lines(octets):
        try:
            memory.learn(read_line(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            memory.damaged += 1
    if memory.damaged:
        log.error("journal: %d damaged lines were passed over", memory.damaged)
    return memory


def _lines(octets: bytes) -> Iterator[bytes]:
    whole, _, _ = octets.rpartition(b"\n")
    return (line for line in whole.split(b"\n") if line)
