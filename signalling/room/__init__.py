"""The room: a state machine without sockets, clock or disk. Inputs carry `now`; outputs are effects, in order."""

from signalling.room import enter as entering
from signalling.room import orders, presence
from signalling.room import receive as receiving
from signalling.room.orders import OrderNotUnderstood
from signalling.room.state import Room, Seat
from signalling.room.topology import from_bridge, settle, settled

enter, resume = settled(entering.enter), settled(entering.resume)
receive = settled(receiving.receive)
obey = settled(orders.obey)
lose, drop, pass_time = settled(presence.lose), settled(presence.drop), settled(presence.pass_time)

__all__ = [
    "OrderNotUnderstood",
    "Room",
    "Seat",
    "drop",
    "enter",
    "from_bridge",
    "lose",
    "obey",
    "pass_time",
    "receive",
    "resume",
    "settle",
]
