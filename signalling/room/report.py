"""What a client says of itself: what it sends, what it measured, what became of its media."""

from typing import Any, Final

import msgspec

from signalling.room.effects import Effects, Happened, MessageRefused
from signalling.room.sight import sees, show_updated
from signalling.room.state import Room, Seat, listed
from signalling.wire import client
from signalling.wire.events import EventType

_MEDIA_EVENTS: Final[dict[str, EventType]] = {
    "connected": "media.connected",
    "lost": "media.lost",
    "restored": "media.restored",
}


def state(room: Room, sender: Seat, message: client.State, now: float) -> Effects:
    """Tell the peers what the sender sends; a part left out stays as it was."""
    sender.state = {**sender.state, **_facts(message)}
    return show_updated(room, sender)


def ready(room: Room, sender: Seat, message: client.Ready, now: float) -> Effects:
    """Show on boards what the waiting page measured."""
    sender.ready = _facts(message)
    return [Happened("participant.ready", sender.participant, sender.ready), *listed(sender)]


def rung(room: Room, sender: Seat, message: client.RungChange, now: float) -> Effects:
    """Note the step of the ladder the sender is on."""
    facts = _facts(message)
    if facts == sender.rung:
        return []
    sender.rung = facts
    return [Happened("rung.changed", sender.participant, facts), *show_updated(room, sender), *listed(sender)]


def quality(room: Room, sender: Seat, message: client.Quality, now: float) -> Effects:
    """Note how the sender's line is; the application hears of it when the level changes."""
    before = sender.quality["level"] if sender.quality else None
    sender.quality = _facts(message)
    changed: Effects = []
    if message.level != before:
        changed.append(Happened("quality.changed", sender.participant, sender.quality))
    return [*changed, *show_updated(room, sender), *listed(sender)]


def media(room: Room, sender: Seat, message: client.Media, now: float) -> Effects:
    """Tell the application what the sender saw of its media with a peer, one who has just gone included."""
    peer = room.seats.get(message.peer)
    if peer is None or not (peer.is_gone or sees(sender, peer)):
        raise MessageRefused("no-such-peer", "nobody of that name is in sight")
    return [Happened(_MEDIA_EVENTS[message.event], sender.participant, {"peer": message.peer, "ms": message.ms})]


def _facts(message: client.ClientMessage) -> dict[str, Any]:
    """The message's own fields, without its type, number and reference."""
    fields = msgspec.to_builtins(message)
    return {name: value for name, value in fields.items() if name not in ("type", "n", "id")}
