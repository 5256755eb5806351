"""What a room is: its seats and what holds for all of them. Only data and the smallest questions about it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from signalling.room.allowance import Allowance
from signalling.room.effects import Deliver, Effects, Keep, Listed, MessageRefused, Shut
from signalling.room.numbering import Numbering
from signalling.room.records import RoomRecord, SeatRecord
from signalling.room.tokens import Rotation
from signalling.wire.names import FRAME_BYTES, REPLAY, STAFF, Close, Role, Status
from signalling.wire.server import IceServer, ServerMessage, encode

Presence = Literal["live", "away", "gone"]
IceServersFor = Callable[[str, float, float], list[IceServer]]


@dataclass(slots=True)
class Seat:
    """One person's place in one room; sockets come and go, the seat stays."""

    participant: str
    role: Role
    until: float
    admitted: bool
    since: float
    beside: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    relay: bool = False
    epoch: int = 1
    presence: Presence = "live"
    presence_since: float = 0.0
    link: int | None = None
    seq: int = 0
    floor: int = 0
    kept: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY))
    numbering: Numbering = field(default_factory=Numbering)
    rotation: Rotation = field(default_factory=Rotation)
    allowance: Allowance = field(default_factory=Allowance)
    state: dict[str, Any] = field(default_factory=dict)
    ready: dict[str, Any] | None = None
    rung: dict[str, Any] | None = None
    quality: dict[str, Any] | None = None
    heard_from: set[str] = field(default_factory=set)
    told_forward: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the seat is a clinician's or a presenter's."""
        return self.role in STAFF

    @property
    def is_gone(self) -> bool:
        """Whether nobody sees the seat any more."""
        return self.presence == "gone"

    @property
    def status(self) -> Status:
        """The one word that peers and boards are told."""
        if self.presence == "live":
            return self.standing
        return self.presence

    @property
    def standing(self) -> Literal["waiting", "admitted"]:
        """Whether the seat was let in, wherever its holder is just now."""
        return "admitted" if self.admitted else "waiting"

    def can_replay(self, received: int) -> bool:
        """Whether everything after the message `received` is still kept."""
        if not self.floor <= received <= self.seq or self.is_gone:
            return False
        return received == self.seq or (bool(self.kept) and self.kept[0][0] <= received + 1)

    def start_afresh(self, received: int = 0) -> int:
        """The number of a welcome after which nothing earlier is replayed."""
        self.seq = max(self.seq, received) + 1
        self.floor = self.seq
        self.kept.clear()
        return self.seq

    def start_epoch(self) -> None:
        """Forget what was true of the page that is gone."""
        self.epoch += 1
        self.numbering.restart()
        self.state = {}
        self.ready = self.rung = self.quality = None

    def leave_sight(self, now: float) -> None:
        """Be gone: nothing is kept for it, and it is not counted."""
        self.presence, self.presence_since, self.link = "gone", now, None
        self.kept.clear()
        self.floor = self.seq + 1


@dataclass(slots=True)
class Room:
    """One visit: seats by participant, who was put out, and whether it has ended."""

    id: str
    secret: bytes
    ice_servers: IceServersFor
    until: float = 0.0
    kept_until: float = 0.0
    ended: str | None = None
    removed: set[str] = field(default_factory=set)
    ahead: dict[str, int] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    has_bridge: bool = False
    topology: Literal["mesh", "forward"] = "mesh"
    few_since: float | None = None
    bridged: tuple[tuple[str, int], ...] = ()

    @property
    def present(self) -> list[Seat]:
        """The seats that are not gone."""
        return [seat for seat in self.seats.values() if not seat.is_gone]

    @property
    def topics(self) -> frozenset[str]:
        """Every topic on whose boards the room appears."""
        return frozenset(topic for seat in self.seats.values() for topic in seat.topics)

    def is_over(self, now: float) -> bool:
        """Whether nothing of the room needs to be known any more."""
        return now >= max(self.until, self.kept_until)


def deliver(seat: Seat, message: ServerMessage) -> Effects:
    """Number a message for a seat, keep it for replay, and send it where there is a socket."""
    if seat.is_gone:
        return []
    message.seq = seat.seq + 1
    frame = encode(message)
    if len(frame) > FRAME_BYTES:
        raise MessageRefused("too-long", "over 64 KiB as the server would send it")
    seat.seq += 1
    seat.kept.append((seat.seq, frame))
    return [] if seat.link is None else [Deliver(seat.link, frame)]


def cut(seat: Seat, code: Close, reason: str) -> Effects:
    """Close the seat's socket, if it has one, and let go of it."""
    if seat.link is None:
        return []
    link, seat.link = seat.link, None
    return [Shut(link, code, reason)]


def listed(seat: Seat) -> Effects:
    """The boards that show the seat have something new to show."""
    return [Listed(frozenset(seat.topics))] if seat.topics else []


def keep_seat(room: Room, seat: Seat) -> Keep:
    """The seat as the journal is to have it."""
    return Keep(seat_record(room, seat))


def keep_room(room: Room) -> Keep:
    """The room as the journal is to have it."""
    return Keep(room_record(room))


def seat_record(room: Room, seat: Seat) -> SeatRecord:
    """What of a seat survives a crash."""
    return SeatRecord(
        room=room.id,
        participant=seat.participant,
        role=seat.role,
        until=seat.until,
        admitted=seat.admitted,
        epoch=seat.epoch,
        since=seat.since,
        beside=seat.beside,
        topics=seat.topics,
        relay=seat.relay,
        gone=seat.is_gone,
        heard_from=tuple(sorted(seat.heard_from)),
        issued=seat.rotation.issued,
        dead_below=seat.rotation.dead_below,
        used=tuple(seat.rotation.used),
    )


def room_record(room: Room) -> RoomRecord:
    """What of a room survives a crash."""
    return RoomRecord(
        room=room.id,
        until=room.until,
        kept_until=room.kept_until,
        ended=room.ended,
        removed=tuple(sorted(room.removed)),
        ahead=dict(room.ahead),
    )


def restore_seat(record: SeatRecord, now: float) -> Seat:
    """A seat after a crash: away unless it was gone, its epoch and standing as they were, its numbers unknown."""
    return Seat(
        participant=record.participant,
        role=record.role,
        until=record.until,
        admitted=record.admitted,
        since=record.since,
        beside=record.beside,
        topics=record.topics,
        relay=record.relay,
        epoch=record.epoch,
        presence="gone" if record.gone else "away",
        presence_since=now,
        floor=1,
        numbering=Numbering(None, gaps=True),
        rotation=Rotation(record.issued, record.dead_below, list(record.used)),
        heard_from=set(record.heard_from),
    )
