"""What the journal keeps of a room: whole states, so that the last record of a seat or a room is the truth."""

from msgspec import Struct

from signalling.wire.names import Role


class SeatRecord(Struct, frozen=True, kw_only=True, tag_field="kind", tag="seat", omit_defaults=True):
    """One seat as it must come back after a crash."""

    room: str
    participant: str
    role: Role
    until: float
    admitted: bool
    epoch: int
    since: float
    beside: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    relay: bool = False
    gone: bool = False
    heard_from: tuple[str, ...] = ()
    issued: int = 0
    dead_below: int = 0
    used: tuple[tuple[int, float], ...] = ()


class RoomRecord(Struct, frozen=True, kw_only=True, tag_field="kind", tag="room", omit_defaults=True):
    """What holds for a room as a whole; `closed` says that it is forgotten."""

    room: str
    until: float = 0.0
    kept_until: float = 0.0
    ended: str | None = None
    removed: tuple[str, ...] = ()
    ahead: dict[str, int] = {}
    closed: bool = False
