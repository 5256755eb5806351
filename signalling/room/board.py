"""A board: a socket that watches the rooms of its topics and may send notices into them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from signalling.room.allowance import Allowance
from signalling.room.effects import Deliver, Effects, MessageRefused, Shut
from signalling.room.moderate import tell_waiting
from signalling.room.numbering import Numbering, Turn
from signalling.room.sight import board_rows
from signalling.room.state import Room
from signalling.wire import client, server
from signalling.wire.client import Frame, NotAFrame, parse
from signalling.wire.names import BOARD_SECONDS, FRAME_BYTES, Close
from signalling.wire.server import BoardRoom, ServerMessage, encode
from signalling.wire.tickets import TicketClaims


@dataclass(slots=True)
class Board:
    """One open board socket."""

    participant: str
    topics: frozenset[str]
    until: float
    link: int
    allowance: Allowance
    seq: int = 0
    numbering: Numbering = field(default_factory=Numbering)


def open_board(claims: TicketClaims, link: int, allowance: Allowance, now: float) -> Board:
    """The board of a ticket; it ends at the ticket's `until`, else after 12 hours."""
    until = claims.until if claims.until is not None else now + BOARD_SECONDS
    return Board(claims.participant, frozenset(claims.topics), until, link, allowance)


def greet(board: Board, rooms: Iterable[Room], now: float) -> Effects:
    """A welcome without peers, then the rooms; what does not fit one frame follows as updates."""
    shown = [BoardRoom(room.id, board_rows(room, board.topics)) for room in rooms if watches(board, room.topics)]
    whole, rest = _fitting(shown)
    return [
        *_send(board, _welcome(board, now)),
        *_send(board, server.Board(rooms=whole)),
        *(effect for room in rest for effect in _send(board, _update(room))),
    ]


def show(board: Board, room: Room) -> Effects:
    """One room as it is now."""
    return _send(board, _update(BoardRoom(room.id, board_rows(room, board.topics))))


def forget(board: Board, room: str) -> Effects:
    """A room that is over leaves the board."""
    return _send(board, server.BoardUpdate(room=room, participants=[]))


def watches(board: Board, topics: frozenset[str]) -> bool:
    """Whether a change in these topics is for this board."""
    return not board.topics.isdisjoint(topics)


def receive(board: Board, rooms: Mapping[str, Room], text: str, now: float) -> tuple[Room | None, Effects]:
    """Act on one text frame: the effects, and the room they concern if it is one."""
    if not board.allowance.take(now):
        return None, [Shut(board.link, Close.TOO_MUCH, "flooding")]
    try:
        frame = parse(text)
    except NotAFrame:
        return None, [Shut(board.link, Close.BAD_FRAME, "bad-frame")]
    turn = board.numbering.take(frame.n)
    if turn is Turn.HANDLED:
        return None, []
    try:
        return _act(board, rooms, frame, turn)
    except MessageRefused as refused:
        return None, _send(board, server.Error(code=refused.code, detail=refused.detail, ref=frame.ref))


def _act(board: Board, rooms: Mapping[str, Room], frame: Frame, turn: Turn) -> tuple[Room | None, Effects]:
    if turn is Turn.TOO_EARLY:
        raise MessageRefused("invalid", "a number was left out")
    if frame.refusal is not None:
        raise MessageRefused(frame.refusal.code, frame.refusal.detail)
    if isinstance(frame.message, client.Ping):
        return None, [Deliver(board.link, encode(server.Pong(t=frame.message.t)))]
    if isinstance(frame.message, client.Notice):
        return _notify(board, rooms, frame.message)
    if isinstance(frame.message, client.Hello):
        raise MessageRefused("invalid", "hello is the first message only")
    raise MessageRefused("not-permitted", "a board sends notices and pings")


def _notify(board: Board, rooms: Mapping[str, Room], notice: client.Notice) -> tuple[Room | None, Effects]:
    if notice.room is None:
        raise MessageRefused("invalid", "a board names the room")
    room = rooms.get(notice.room)
    if room is None or not watches(board, room.topics):
        raise MessageRefused("no-such-peer", "no such room on this board")
    return room, tell_waiting(room, board.participant, notice)


def _welcome(board: Board, now: float) -> server.Welcome:
    return server.Welcome(
        resumed=False,
        handled=0,
        room=None,
        participant=board.participant,
        role="board",
        status="admitted",
        epoch=1,
        peers=[],
        ice_policy="all",
        ice_servers=[],
        resume=None,
        now=now,
    )


def _update(room: BoardRoom) -> server.BoardUpdate:
    return server.BoardUpdate(room=room.room, participants=room.participants)


def _fitting(rooms: list[BoardRoom]) -> tuple[list[BoardRoom], list[BoardRoom]]:
    size = 100  # the frame around the rooms
    for count, room in enumerate(rooms):
        size += len(server.encode_part(room)) + 1
        if size > FRAME_BYTES:
            return rooms[:count], rooms[count:]
    return rooms, []


def _send(board: Board, message: ServerMessage) -> Effects:
    board.seq += 1
    message.seq = board.seq
    return [Deliver(board.link, encode(message))]


def shut(board: Board, code: Close, reason: str) -> Effects:
    """Close the board's socket."""
    return [Shut(board.link, code, reason)]
