"""What a client may send: one struct a message, and `parse`, which reads a text frame as one or as a refusal."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NoReturn

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from signalling.wire.names import (
    CHAT_CHARACTERS,
    GREATEST_INTEGER,
    SDP_BYTES,
    Level,
    Measure,
    MediaEvent,
    NoticeCode,
    Ordinal,
    Path,
    PeerName,
    Picture,
    ReasonCode,
    RefusalCode,
    Rung,
)

Reference = Annotated[str, Meta(max_length=64)] | Annotated[int, Meta(ge=-GREATEST_INTEGER, le=GREATEST_INTEGER)]
SessionName = Annotated[str, Meta(min_length=1, max_length=128)]


class ClientMessage(Struct, kw_only=True, tag_field="type"):
    """Any message of a client: `n` numbers it for replay, `id` is repeated by an error as `ref`."""

    n: Ordinal | None = None
    id: Reference | None = None


class Hello(ClientMessage, tag="hello"):
    """The opening: a ticket, or a resume token with the number of the last message received."""

    ticket: str | None = None
    resume: str | None = None
    received: Annotated[int, Meta(ge=0, le=GREATEST_INTEGER)] | None = None
    epoch: int | None = None

    def __post_init__(self) -> None:
        if (self.ticket is None) == (self.resume is None):
            raise ValueError("exactly one of ticket and resume")
        if self.resume is not None and self.received is None:
            raise ValueError("resume needs received")


class Offer(ClientMessage, tag="offer"):
    """A session description for one peer (RFC 8829), at most 48 KiB of UTF-8."""

    to: PeerName
    session: SessionName
    sdp: Annotated[str, Meta(min_length=1)]


class Answer(Offer, tag="answer"):
    """The description that answers an offer."""


class Candidate(ClientMessage, tag="candidate"):
    """One ICE candidate as its W3C dictionary, or null at the end of candidates."""

    to: PeerName
    session: SessionName
    candidate: dict[str, Any] | None

    def __post_init__(self) -> None:
        if self.candidate is not None and not isinstance(self.candidate.get("candidate", ""), str):
            raise ValueError("candidate is no text")


class State(ClientMessage, tag="state"):
    """What the sender sends, what its picture shows, and whether a hand is raised; a part left out stays as it was."""

    audio: bool | UnsetType = UNSET
    video: bool | UnsetType = UNSET
    hand: bool | UnsetType = UNSET
    picture: Picture | UnsetType = UNSET


class Ready(ClientMessage, tag="ready"):
    """What the waiting page measured by itself; `rtt` in milliseconds."""

    camera: bool
    microphone: bool
    rtt: Measure | None = None
    relay: bool | None = None


class RungChange(ClientMessage, tag="rung"):
    """The step of the ladder the sender is on, and the code of the reason."""

    rung: Rung
    reason: ReasonCode


class Quality(ClientMessage, tag="quality"):
    """How the line is: `rtt` in milliseconds, `loss` from 0 to 1, `up` and `down` in bits a second."""

    level: Level
    rtt: Measure | None = None
    loss: Annotated[float, Meta(ge=0, le=1)] | None = None
    up: Measure | None = None
    down: Measure | None = None
    path: Path | None = None


class Media(ClientMessage, tag="media"):
    """What the sender saw of its media with one peer, and after how many milliseconds."""

    event: MediaEvent
    peer: PeerName
    ms: Measure = 0.0


class Chat(ClientMessage, tag="chat"):
    """At most 1,000 code points, to one peer or to all who are admitted; staff may send it as a caption."""

    text: Annotated[str, Meta(min_length=1)]
    to: PeerName | None = None
    as_: Literal["caption"] | UnsetType = field(name="as", default=UNSET)


class Step(ClientMessage, tag="step"):
    """Ask somebody to take a step of the ladder: to pause the picture, or to show it again."""

    participant: PeerName
    rung: Literal["video", "voice"]


class Fresh(ClientMessage, tag="fresh"):
    """Tell the other staff that the application holds something new; what it is called, and nothing of it."""

    what: ReasonCode


class OfferWanted(ClientMessage, tag="offer-wanted"):
    """Ask the bridge for a new connection down: the one before is lost."""


class Admit(ClientMessage, tag="admit"):
    """Let in."""

    participant: PeerName


class Hold(ClientMessage, tag="hold"):
    """Send back to wait."""

    participant: PeerName


class Remove(ClientMessage, tag="remove"):
    """Put out until `until`."""

    participant: PeerName


class Notice(ClientMessage, tag="notice"):
    """One of the fixed notices to all who wait; a board names the room."""

    code: NoticeCode
    minutes: Annotated[int, Meta(ge=0, le=240)] | None = None
    room: PeerName | None = None


class End(ClientMessage, tag="end"):
    """The visit is over, for all."""

    reason: ReasonCode


class Leave(ClientMessage, tag="leave"):
    """I am going: no grace."""


class Ping(ClientMessage, tag="ping"):
    """Answered by a pong with the same `t`, whatever it is."""

    t: Raw = Raw(b"null")


Message = (
    Hello
    | Offer
    | Answer
    | Candidate
    | State
    | Ready
    | RungChange
    | Quality
    | Media
    | Chat
    | Step
    | Fresh
    | OfferWanted
    | Admit
    | Hold
    | Remove
    | Notice
    | End
    | Leave
    | Ping
)

TYPES: Final[dict[str, type[ClientMessage]]] = {str(kind.__struct_config__.tag): kind for kind in Message.__args__}


class NotAFrame(Exception):
    """The text is not JSON, or not an object: close code 4400."""


class Refusal(Struct, frozen=True):
    """Why a message can't be carried out: a stable code, and English for whoever writes a client."""

    code: RefusalCode
    detail: str


class Frame(Struct, frozen=True):
    """A text frame as read: its message, or the refusal, and the number and reference it carried."""

    message: ClientMessage | None
    refusal: Refusal | None
    n: int | None
    ref: str | int | None


def _sdp_is_too_long(message: Offer) -> bool:
    return len(message.sdp) > SDP_BYTES or (not message.sdp.isascii() and len(message.sdp.encode()) > SDP_BYTES)


_TOO_LONG: Final[dict[type[ClientMessage], tuple[Callable[[Any], bool], str]]] = {
    Offer: (_sdp_is_too_long, "sdp is over 48 KiB"),
    Answer: (_sdp_is_too_long, "sdp is over 48 KiB"),
    Chat: (lambda message: len(message.text) > CHAT_CHARACTERS, "text is over 1,000 characters"),
}

_decoder: Final = msgspec.json.Decoder(Message)


def parse(text: str) -> Frame:
    """The frame in a text, refused or not; raises NotAFrame for what is no JSON object (close 4400)."""
    try:
        message: ClientMessage = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        return _refused(text, str(fault))
    rule = _TOO_LONG.get(type(message))
    if rule is not None and rule[0](message):
        return Frame(None, Refusal("too-long", rule[1]), message.n, message.id)
    return Frame(message, None, message.n, message.id)


def _refused(text: str, fault: str) -> Frame:
    fields = _object(text)
    kind = fields.get("type")
    if isinstance(kind, str) and kind not in TYPES:
        refusal = Refusal("unknown-type", "no message of this type may be sent")
    else:
        refusal = Refusal("invalid", fault[:200])
    return Frame(None, refusal, _if_valid(fields.get("n"), Ordinal), _if_valid(fields.get("id"), Reference))


def _object(text: str) -> dict[str, Any]:
    # The standard decoder also reads what msgspec will not: half of a surrogate pair is bad text, yet it is JSON.
    try:
        value = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError) as fault:
        raise NotAFrame("not JSON") from fault
    if not isinstance(value, dict):
        raise NotAFrame("not an object")
    return value


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _if_valid(value: object, kind: Any) -> Any:
    """A refused frame's number or reference, if it is well formed by itself."""
    try:
        converted = msgspec.convert(value, kind)
        msgspec.json.encode(converted)
    except (msgspec.ValidationError, UnicodeError):
        return None
    return converted
