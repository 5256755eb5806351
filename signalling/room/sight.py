"""Who sees whom, and what of him: peers in a room, rows on a board."""

from collections.abc import Callable

from signalling.room.effects import Effects, MessageRefused
from signalling.room.state import Room, Seat, deliver
from signalling.wire.server import BoardRow, Peer, PeerJoined, PeerLeft, PeerUpdated, ServerMessage

# More rows than fit on a screen, and few enough that a board's frame stays under 64 KiB.
BOARD_ROWS = 32


def sees(reader: Seat, seat: Seat) -> bool:
    """Whether one participant is told of another: who waits is told of staff only."""
    return reader is not seat and not seat.is_gone and (reader.admitted or seat.is_staff)


def is_polite(reader: Seat, peer: Seat) -> bool:
    """Whether the reader gives way in perfect negotiation (W3C webrtc-pc 10.7), whoever came first."""
    if reader.is_staff != peer.is_staff:
        return peer.is_staff
    return reader.participant > peer.participant


def peer_entry(reader: Seat, peer: Seat) -> Peer:
    """A participant as the reader is told of him."""
    return Peer(
        participant=peer.participant,
        role=peer.role,
        status=peer.status,
        admitted=peer.admitted,
        epoch=peer.epoch,
        polite=is_polite(reader, peer),
        with_=peer.beside,
        state=peer.state,
        rung=peer.rung,
        quality=peer.quality,
    )


def in_sight(room: Room, reader: Seat) -> list[Seat]:
    """Everybody the reader is told of."""
    return [seat for seat in room.seats.values() if sees(reader, seat)]


def viewers(room: Room, seat: Seat) -> list[Seat]:
    """Everybody present who is told of the seat."""
    return [reader for reader in room.present if sees(reader, seat)]


def find_peer(room: Room, reader: Seat, participant: str) -> Seat:
    """The peer of that name if the reader sees him, else `no-such-peer`."""
    seat = room.seats.get(participant)
    if seat is None or not sees(reader, seat):
        raise MessageRefused("no-such-peer", "nobody of that name is in sight")
    return seat


def tell_viewers(room: Room, seat: Seat, message: Callable[[Seat], ServerMessage]) -> Effects:
    """Deliver to each viewer of a seat what concerns it."""
    return [effect for reader in viewers(room, seat) for effect in deliver(reader, message(reader))]


def show_joined(room: Room, seat: Seat) -> Effects:
    """Tell the viewers that somebody came."""
    return tell_viewers(room, seat, lambda reader: PeerJoined(peer=peer_entry(reader, seat)))


def show_updated(room: Room, seat: Seat) -> Effects:
    """Tell the viewers that somebody changed."""
    return tell_viewers(room, seat, lambda reader: PeerUpdated(peer=peer_entry(reader, seat)))


def show_left(room: Room, seat: Seat) -> Effects:
    """Tell the viewers that somebody goes; to be asked while they still see him."""
    return tell_viewers(room, seat, lambda _: PeerLeft(participant=seat.participant))


def board_rows(room: Room, topics: frozenset[str]) -> list[BoardRow]:
    """The room's participants that appear on a board of these topics, those present first."""
    shown = [seat for seat in room.seats.values() if not topics.isdisjoint(seat.topics)]
    shown.sort(key=lambda seat: (seat.is_gone, -seat.presence_since if seat.is_gone else seat.since))
    return [_row(seat) for seat in shown[:BOARD_ROWS]]


def _row(seat: Seat) -> BoardRow:
    return BoardRow(
        participant=seat.participant,
        role=seat.role,
        with_=seat.beside,
        status=seat.status,
        since=seat.presence_since if seat.is_gone else seat.since,
        ready=seat.ready,
        quality=seat.quality,
        rung=seat.rung,
    )
