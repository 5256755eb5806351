"""The room: a state machine without sockets, clock or disk. Inputs carry `now`; outputs are effects, in order."""

from signalling.room.enter import enter, resume
from signalling.room.orders import OrderNotUnderstood, obey
from signalling.room.presence import drop, lose, pass_time
from signalling.room.receive import receive
from signalling.room.state import Room, Seat

__all__ = ["OrderNotUnderstood", "Room", "Seat", "drop", "enter", "lose", "obey", "pass_time", "receive", "resume"]
