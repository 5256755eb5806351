"""The door for every frame after `hello`: allowance, form, number, permission, and then the rule of the message."""

from collections.abc import Callable
from typing import Any, Final

from signalling.room import moderate, presence, relay, report, topology
from signalling.room.effects import Deliver, Effects, MessageRefused
from signalling.room.numbering import Turn
from signalling.room.state import Room, Seat, deliver
from signalling.wire import client
from signalling.wire.client import ClientMessage, Frame, NotAFrame, parse
from signalling.wire.names import Close
from signalling.wire.server import Error, Pong, encode

Handler = Callable[[Room, Seat, Any, float], Effects]
Who = Callable[[Seat], bool]


def _anyone(seat: Seat) -> bool:
    return True


def _who_waits(seat: Seat) -> bool:
    return not seat.admitted


def _staff(seat: Seat) -> bool:
    return seat.is_staff


def _greet_again(room: Room, seat: Seat, message: client.Hello, now: float) -> Effects:
    raise MessageRefused("invalid", "hello is the first message only")


def _leave(room: Room, seat: Seat, message: client.Leave, now: float) -> Effects:
    return presence.leave(room, seat, now)


def _pong(room: Room, seat: Seat, message: client.Ping, now: float) -> Effects:
    return [] if seat.link is None else [Deliver(seat.link, encode(Pong(t=message.t)))]


RULES: Final[dict[type[ClientMessage], tuple[Who, Handler]]] = {
    client.Hello: (_anyone, _greet_again),
    client.Offer: (_anyone, relay.offer),
    client.Answer: (_anyone, relay.answer),
    client.Candidate: (_anyone, relay.candidate),
    client.State: (_anyone, report.state),
    client.Ready: (_who_waits, report.ready),
    client.RungChange: (_anyone, report.rung),
    client.Quality: (_anyone, report.quality),
    client.Media: (_anyone, report.media),
    client.Chat: (_anyone, relay.chat),
    client.OfferWanted: (_anyone, topology.offer_wanted),
    client.Step: (_staff, moderate.step),
    client.Fresh: (_staff, moderate.freshen),
    client.Admit: (_staff, moderate.admit),
    client.Hold: (_staff, moderate.hold),
    client.Remove: (_staff, moderate.remove),
    client.Notice: (_staff, moderate.notify),
    client.End: (_staff, moderate.end),
    client.Leave: (_anyone, _leave),
    client.Ping: (_anyone, _pong),
}


def receive(room: Room, participant: str, link: int, text: str, now: float) -> Effects:
    """Act on one text frame of a connection, if that connection still has the seat."""
    seat = room.seats.get(participant)
    if seat is None or seat.link != link:
        return []
    if not seat.allowance.take(now):
        return presence.drop(room, seat, Close.TOO_MUCH, "flooding", now)
    try:
        frame = parse(text)
    except NotAFrame:
        return presence.drop(room, seat, Close.BAD_FRAME, "bad-frame", now)
    return _act(room, seat, frame, now)


def _act(room: Room, seat: Seat, frame: Frame, now: float) -> Effects:
    turn = seat.numbering.take(frame.n)
    if turn is Turn.HANDLED:
        return []
    try:
        if turn is Turn.TOO_EARLY:
            raise MessageRefused("invalid", "a number was left out")
        return _carry_out(room, seat, frame, now)
    except MessageRefused as refused:
        return deliver(seat, Error(code=refused.code, detail=refused.detail, ref=frame.ref))


def _carry_out(room: Room, seat: Seat, frame: Frame, now: float) -> Effects:
    if frame.message is None:
        assert frame.refusal is not None
        raise MessageRefused(frame.refusal.code, frame.refusal.detail)
    who, handler = RULES[type(frame.message)]
    if not who(seat):
        raise MessageRefused("not-permitted", f"not for a {seat.role} who is {seat.standing}")
    return handler(room, seat, frame.message, now)
