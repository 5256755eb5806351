"""Orders of the application: they hold whether or not the room or the participant has been seen yet."""

from signalling.room.effects import Effects
from signalling.room.moderate import finish, put_out
from signalling.room.state import Room, deliver, keep_room
from signalling.wire.events import Order
from signalling.wire.names import ORDER_SECONDS
from signalling.wire.server import Waiting


class OrderNotUnderstood(Exception):
    """The order lacks what its type needs; it is not acknowledged."""


def obey(room: Room, order: Order, now: float) -> Effects:
    """Carry an order out, and keep the room for a day for who has not come yet."""
    room.kept_until = max(room.kept_until, now + ORDER_SECONDS)
    return [keep_room(room), *_obey(room, order, now)]


def _obey(room: Room, order: Order, now: float) -> Effects:
    if order.type == "end":
        return finish(room, order.reason or "ended", None, now)
    if order.participant is None:
        raise OrderNotUnderstood("no participant")
    if order.type == "remove":
        return put_out(room, order.participant, None, now)
    if order.n is None or order.n < 0:
        raise OrderNotUnderstood("no number")
    return _say_ahead(room, order.participant, order.n)


def _say_ahead(room: Room, participant: str, ahead: int) -> Effects:
    room.ahead[participant] = ahead
    seat = room.seats.get(participant)
    told = deliver(seat, Waiting(ahead=ahead)) if seat and not seat.admitted else []
    return [keep_room(room), *told]
