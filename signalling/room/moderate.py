"""What staff do: let in, send back to wait, put out, tell those who wait, end the visit."""

from signalling.room.effects import Effects, Happened, Listed, MessageRefused
from signalling.room.sight import find_peer, in_sight, peer_entry, show_left, show_updated
from signalling.room.state import Room, Seat, cut, deliver, keep_room, keep_seat, listed
from signalling.wire.client import Admit, End, Fresh, Hold, Remove, Step
from signalling.wire.client import Notice as NoticeWanted
from signalling.wire.events import EventType
from signalling.wire.names import Close
from signalling.wire.server import Admitted, Ended, Held, Notice, PeerJoined, PeerLeft
from signalling.wire.server import Fresh as FreshThere
from signalling.wire.server import Step as StepAsked


def admit(room: Room, staff: Seat, message: Admit, now: float) -> Effects:
    """Let somebody in; he now sees everybody."""
    seat = _target(room, staff, message.participant)
    if seat.admitted:
        return []
    before = in_sight(room, seat)
    seat.admitted, seat.since = True, now
    effects: Effects = [keep_seat(room, seat), _happened("participant.admitted", seat, staff)]
    effects += deliver(seat, Admitted())
    for peer in in_sight(room, seat):
        if peer not in before:
            effects += deliver(seat, PeerJoined(peer=peer_entry(seat, peer)))
    return [*effects, *show_updated(room, seat), *listed(seat)]


def hold(room: Room, staff: Seat, message: Hold, now: float) -> Effects:
    """Send somebody back to wait; he now sees staff only."""
    seat = _target(room, staff, message.participant)
    _spare_staff(seat)
    if not seat.admitted:
        return []
    before = in_sight(room, seat)
    seat.admitted, seat.since = False, now
    effects: Effects = [keep_seat(room, seat), _happened("participant.held", seat, staff)]
    effects += deliver(seat, Held())
    after = in_sight(room, seat)
    for peer in before:
        if peer not in after:
            effects += deliver(seat, PeerLeft(participant=peer.participant))
    return [*effects, *show_updated(room, seat), *listed(seat)]


def remove(room: Room, staff: Seat, message: Remove, now: float) -> Effects:
    """Put somebody out until `until`; one who is gone already can't come back."""
    seat = room.seats.get(message.participant)
    if seat is None or seat is staff:
        raise MessageRefused("no-such-peer", "nobody of that name has been here")
    _spare_staff(seat)
    return put_out(room, message.participant, staff.participant, now)


def put_out(room: Room, participant: str, by: str | None, now: float) -> Effects:
    """Put out whoever has that id, now or when he comes."""
    if participant in room.removed:
        return []
    room.removed.add(participant)
    effects: Effects = [keep_room(room), Happened("participant.removed", participant, {"by": by})]
    seat = room.seats.get(participant)
    if seat is None:
        return effects
    shut = cut(seat, Close.REMOVED, "removed")
    told = show_left(room, seat)
    seat.leave_sight(now)
    seat.rotation.kill()
    return [*effects, keep_seat(room, seat), *told, *shut, *listed(seat)]


def end(room: Room, staff: Seat, message: End, now: float) -> Effects:
    """End the visit for all."""
    return finish(room, message.reason, staff.participant, now)


def finish(room: Room, reason: str, by: str | None, now: float) -> Effects:
    """End the visit, once: everybody is told, every socket closes, nobody comes back."""
    if room.ended is not None:
        return []
    room.ended = reason
    effects: Effects = [keep_room(room), Happened("room.ended", by, {"reason": reason})]
    for seat in room.present:
        effects += [*deliver(seat, Ended(reason=reason)), *cut(seat, Close.ENDED, "ended")]
        seat.leave_sight(now)
        seat.rotation.kill()
    return [*effects, Listed(room.topics)]


def notify(room: Room, staff: Seat, message: NoticeWanted, now: float) -> Effects:
    """Tell all who wait in the room one of the fixed notices."""
    if message.room not in (None, room.id):
        raise MessageRefused("not-permitted", "another room is for a board to tell")
    return tell_waiting(room, staff.participant, message)


def tell_waiting(room: Room, sender: str, message: NoticeWanted) -> Effects:
    """Deliver a notice to everybody present who waits."""
    effects: Effects = []
    for seat in room.present:
        if not seat.admitted:
            effects += deliver(seat, Notice(from_=sender, code=message.code, minutes=message.minutes))
    return effects


def step(room: Room, staff: Seat, message: Step, now: float) -> Effects:
    """Ask somebody to pause the picture, or to show it again; whoever is asked says by `rung` that it is done."""
    seat = find_peer(room, staff, message.participant)
    return deliver(seat, StepAsked(from_=staff.participant, rung=message.rung))


def freshen(room: Room, staff: Seat, message: Fresh, now: float) -> Effects:
    """Tell the other staff in the room that the application holds something new."""
    others = [seat for seat in room.present if seat.is_staff and seat is not staff]
    told = [deliver(seat, FreshThere(from_=staff.participant, what=message.what)) for seat in others]
    return [effect for effects in told for effect in effects]


def _target(room: Room, staff: Seat, participant: str) -> Seat:
    return staff if participant == staff.participant else find_peer(room, staff, participant)


def _spare_staff(seat: Seat) -> None:
    if seat.is_staff:
        raise MessageRefused("not-permitted", "staff are neither held nor removed by staff")


def _happened(kind: EventType, seat: Seat, staff: Seat) -> Happened:
    return Happened(kind, seat.participant, {"by": staff.participant})
