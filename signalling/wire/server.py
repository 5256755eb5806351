"""What the server sends: one struct a message; `seq` is set as a seat numbers it."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from signalling.wire.names import HEARTBEAT_SECONDS, VERSION, NoticeCode, RefusalCode, Role, Status

_encoder = msgspec.json.Encoder()


class ServerMessage(Struct, kw_only=True, tag_field="type"):
    """Any message that is numbered."""

    seq: int = 0


class Peer(Struct, kw_only=True):
    """One participant as another sees him; `polite` is the reader's side, `admitted` holds through `away`."""

    participant: str
    role: Role
    status: Status
    admitted: bool
    epoch: int
    polite: bool
    with_: tuple[str, ...] = field(name="with")
    state: dict[str, Any]
    rung: dict[str, Any] | None
    quality: dict[str, Any] | None


class IceServer(Struct, kw_only=True, omit_defaults=True):
    """RTCIceServer of W3C webrtc-pc 4.2.2."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Welcome(ServerMessage, kw_only=True, tag="welcome"):
    """The answer to `hello`: who one is, who is there, and how to come back."""

    resumed: bool
    handled: int | None
    version: int = VERSION
    room: str | None
    participant: str
    role: Role
    status: Status
    epoch: int
    peers: list[Peer]
    topology: Literal["mesh", "forward"] = "mesh"
    ice_policy: Literal["all", "relay"] = field(name="icePolicy")
    ice_servers: list[IceServer] = field(name="iceServers")
    resume: str | None
    heartbeat: int = HEARTBEAT_SECONDS
    now: float


class PeerJoined(ServerMessage, kw_only=True, tag="peer-joined"):
    """Somebody came into sight."""

    peer: Peer


class PeerUpdated(ServerMessage, kw_only=True, tag="peer-updated"):
    """Somebody in sight changed."""

    peer: Peer


class PeerLeft(ServerMessage, kw_only=True, tag="peer-left"):
    """Somebody is out of sight; never a reason to close a connection that carries media."""

    participant: str


class Admitted(ServerMessage, tag="admitted"):
    """You are let in."""


class Held(ServerMessage, tag="held"):
    """You are asked to wait."""


class Waiting(ServerMessage, kw_only=True, tag="waiting"):
    """How many are before you."""

    ahead: int


class Notice(ServerMessage, kw_only=True, tag="notice"):
    """One of the fixed notices, for people who wait."""

    from_: str = field(name="from")
    code: NoticeCode
    minutes: int | None


class Offer(ServerMessage, kw_only=True, tag="offer"):
    """A peer's description."""

    from_: str = field(name="from")
    session: str
    sdp: str


class Answer(Offer, kw_only=True, tag="answer"):
    """A peer's answer."""


class Candidate(ServerMessage, kw_only=True, tag="candidate"):
    """A peer's candidate, or null at the end."""

    from_: str = field(name="from")
    session: str
    candidate: dict[str, Any] | None


class Chat(ServerMessage, kw_only=True, tag="chat"):
    """What somebody wrote, and when; `as` says that it is a caption."""

    from_: str = field(name="from")
    text: str
    at: float
    as_: Literal["caption"] | UnsetType = field(name="as", default=UNSET)


class Step(ServerMessage, kw_only=True, tag="step"):
    """Staff ask the reader to pause the picture, or to show it again."""

    from_: str = field(name="from")
    rung: Literal["video", "voice"]


class Fresh(ServerMessage, kw_only=True, tag="fresh"):
    """The application holds something new, for staff to fetch."""

    from_: str = field(name="from")
    what: str


class Topology(ServerMessage, kw_only=True, tag="topology"):
    """How media travels from now on: between browsers, or through the forwarder."""

    topology: Literal["mesh", "forward"]


class Thinned(ServerMessage, kw_only=True, tag="thinned"):
    """The bridge sends the reader no picture of a participant, or sends it again: the line decides."""

    participant: str
    video: bool


class Ended(ServerMessage, kw_only=True, tag="ended"):
    """The visit is over; the socket closes with 4410."""

    reason: str


class Error(ServerMessage, kw_only=True, tag="error"):
    """What was refused, by its `id`."""

    code: RefusalCode
    detail: str
    ref: str | int | None


class BoardRow(Struct, kw_only=True):
    """One participant on a board; `since` is when the status he has, or had before his line was lost, began."""

    participant: str
    role: Role
    with_: tuple[str, ...] = field(name="with")
    status: Status
    since: float
    ready: dict[str, Any] | None
    quality: dict[str, Any] | None
    rung: dict[str, Any] | None


class BoardRoom(Struct):
    """A room on a board."""

    room: str
    participants: list[BoardRow]


class Board(ServerMessage, kw_only=True, tag="board"):
    """All rooms of the board's topics."""

    rooms: list[BoardRoom]


class BoardUpdate(ServerMessage, kw_only=True, tag="board-update"):
    """One room of the board's topics as it is now."""

    room: str
    participants: list[BoardRow]


class Pong(Struct, tag_field="type", tag="pong"):
    """The answer to a ping; the one message without a number."""

    t: Raw


def encode(message: ServerMessage | Pong) -> bytes:
    """The text frame of a message: UTF-8 without ASCII escapes, so that an SDP does not swell."""
    return _encoder.encode(message)


def encode_part(part: BoardRoom) -> bytes:
    """A part of a message by itself, to know its size."""
    return _encoder.encode(part)
