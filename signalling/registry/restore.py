"""Rebuilds a room from the journal."""

from collections.abc import Mapping

from signalling.room import Room
from signalling.room.records import RoomRecord, SeatRecord
from signalling.room.state import restore_seat


def restore_room(room: Room, record: RoomRecord, seats: Mapping[str, SeatRecord], now: float) -> None:
    """Fill a fresh room with what the journal says of it; whoever was in it is away."""
    room.until, room.kept_until, room.ended = record.until, record.kept_until, record.ended
    room.removed, room.ahead = set(record.removed), dict(record.ahead)
    for participant, kept in seats.items():
        seat = room.seats[participant] = restore_seat(kept, now)
        if room.ended is not None or participant in room.removed:
            seat.leave_sight(now)
            seat.rotation.kill()
