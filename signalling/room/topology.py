"""How the media of a room travels: between browsers while two talk, through a forwarder from the third person on."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from signalling.media.channel import Answer, Figures, Offer, OfferWanted, People, Refused, Saying, Thinned
from signalling.room.effects import Bridge, Effects, MessageRefused
from signalling.room.privacy import relay_description
from signalling.room.state import Room, Seat, deliver
from signalling.wire import client, server

BRIDGE: Final = "bridge"
MANY: Final = 3
# A third person whose line is lost for a moment, or who comes and goes, does not move the others to and fro.
FEW_SECONDS: Final = 30.0
Rest = ParamSpec("Rest")


def settled(step: Callable[Rest, Effects]) -> Callable[Rest, Effects]:
    """A step of a room (`room` first, `now` last) after which its topology is what it is to be."""

    @wraps(step)
    def take(*arguments: Rest.args, **named: Rest.kwargs) -> Effects:
        effects = step(*arguments, **named)
        room, now = arguments[0], named.get("now", arguments[-1])
        assert isinstance(room, Room) and isinstance(now, float | int)
        return [*effects, *settle(room, now)]

    return take


def settle(room: Room, now: float) -> Effects:
    """Change the topology where that is due, tell whom it concerns, and let the forwarder know who is admitted."""
    talking = [seat for seat in room.present if seat.admitted]
    _change(room, len(talking), now)
    effects: Effects = []
    for seat in room.seats.values():
        effects += _tell(room, seat)
    people = tuple((seat.participant, seat.epoch) for seat in sorted(talking, key=_weight)) if _forwards(room) else ()
    if people != room.bridged:
        room.bridged = people
        effects.append(Bridge(People(room.id, people)))
    return effects


def to_bridge(room: Room, sender: Seat, message: client.Offer, *, is_answer: bool) -> Effects:
    """Pass a description to the forwarder, from an admitted seat in topology `forward`."""
    _check_bridged(room, sender)
    sdp = relay_description(message.sdp) if sender.relay else message.sdp
    kind = Answer if is_answer else Offer
    if not is_answer and not message.session.startswith("up."):
        raise MessageRefused("invalid", "a session up begins with up.")
    return [Bridge(kind(room.id, sender.participant, message.session, sdp))]


def candidate_to_bridge(room: Room, sender: Seat) -> Effects:
    """Take a candidate and leave it at that: the forwarder dials nobody, and answers whoever comes where he is."""
    _check_bridged(room, sender)
    return []


def offer_wanted(room: Room, sender: Seat, message: client.OfferWanted, now: float) -> Effects:
    """Ask the forwarder for a new connection down."""
    _check_bridged(room, sender)
    return [Bridge(OfferWanted(room.id, sender.participant))]


def from_bridge(room: Room, saying: Saying) -> Effects:
    """Deliver what the forwarder says, to a seat that is still admitted."""
    if isinstance(saying, Figures):
        return []
    seat = room.seats.get(saying.participant)
    if seat is None or seat.is_gone or not seat.admitted or not _forwards(room):
        return []
    if isinstance(saying, Thinned):
        return deliver(seat, server.Thinned(participant=saying.about, video=saying.video))
    if isinstance(saying, Refused):
        return deliver(seat, server.Error(code="invalid", detail=f"the bridge can't use {saying.session}", ref=None))
    kind = server.Offer if isinstance(saying, Offer) else server.Answer
    return deliver(seat, kind(from_=BRIDGE, session=saying.session, sdp=saying.sdp))


def _change(room: Room, talking: int, now: float) -> None:
    if not room.has_bridge or talking == 0:
        room.topology, room.few_since = "mesh", None
    elif talking >= MANY:
        room.topology, room.few_since = "forward", None
    elif _forwards(room):
        room.few_since = now if room.few_since is None else room.few_since
        if now >= room.few_since + FEW_SECONDS:
            room.topology, room.few_since = "mesh", None


def _tell(room: Room, seat: Seat) -> Effects:
    """Tell an admitted seat what it does not know; one that is held or gone knows nothing any more."""
    if seat.is_gone or not seat.admitted:
        seat.told_forward = False
        return []
    if seat.told_forward == _forwards(room):
        return []
    seat.told_forward = _forwards(room)
    return deliver(seat, server.Topology(topology=room.topology))


def _forwards(room: Room) -> bool:
    return room.topology == "forward"


def _weight(seat: Seat) -> tuple[bool, float]:
    """Staff first, then who has been there longest."""
    return (not seat.is_staff, seat.since)


def _check_bridged(room: Room, sender: Seat) -> None:
    if not _forwards(room):
        raise MessageRefused("no-such-peer", "no bridge serves this room")
    if not sender.admitted:
        raise MessageRefused("not-permitted", "the bridge is for who is admitted")
