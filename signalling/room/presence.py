"""How one gets out of a seat: a lost socket, a leave, the grace that runs out, the end of the ticket."""

from signalling.room.effects import Effects, Happened, Keep, Listed
from signalling.room.records import RoomRecord
from signalling.room.sight import show_left, show_updated
from signalling.room.state import Room, Seat, cut, keep_room, keep_seat, listed
from signalling.wire.names import AWAY_SECONDS, Close


def lose(room: Room, participant: str, link: int, now: float) -> Effects:
    """A socket is gone: its seat is away, unless a newer socket has it."""
    seat = room.seats.get(participant)
    if seat is None or seat.link != link:
        return []
    return _be_away(room, seat, now)


def drop(room: Room, seat: Seat, code: Close, reason: str, now: float) -> Effects:
    """Close a socket for what came over it; the seat is away as after any loss."""
    return [*cut(seat, code, reason), *_be_away(room, seat, now)]


def leave(room: Room, seat: Seat, now: float) -> Effects:
    """Somebody goes of his own accord: no grace, and his tokens die."""
    effects = cut(seat, Close.LEFT, "left")
    seat.since = 0.0
    return [*_be_gone(room, seat, "left", now, for_good=True), *effects]


def pass_time(room: Room, now: float) -> Effects:
    """What is due: grace that ran out, and seats whose `until` has passed."""
    effects: Effects = []
    for seat in room.present:
        if now >= seat.until:
            shut = cut(seat, Close.ENDED, "until")
            effects += [*_be_gone(room, seat, "until", now, for_good=True), *shut]
        elif seat.presence == "away" and now >= seat.presence_since + AWAY_SECONDS:
            effects += _be_gone(room, seat, "lost", now, for_good=False)
    return [*effects, *_clear_out(room, now)]


def _clear_out(room: Room, now: float) -> Effects:
    """When the last seat's `until` has passed only an order may still be waiting for who has not come."""
    if not room.seats or now < room.until:
        return []
    topics = room.topics
    room.seats.clear()
    return [Keep(RoomRecord(room=room.id, closed=True)), keep_room(room), Listed(topics)]


def _be_away(room: Room, seat: Seat, now: float) -> Effects:
    seat.presence, seat.presence_since, seat.link = "away", now, None
    return [*show_updated(room, seat), *listed(seat)]


def _be_gone(room: Room, seat: Seat, reason: str, now: float, *, for_good: bool) -> Effects:
    told = show_left(room, seat)
    seat.leave_sight(now)
    if for_good:
        seat.rotation.kill()
    return [
        keep_seat(room, seat),
        Happened("participant.left", seat.participant, {"reason": reason}),
        *told,
        *listed(seat),
    ]
