"""What the signalling service and a forwarder process say to one another: MessagePack frames, each after its length."""

import asyncio
from struct import Struct as Layout
from typing import Final

import msgspec
from msgspec import Struct

from signalling.media.meter import Carried

LENGTH: Final = Layout("!L")
FRAME_BYTES: Final = 256 * 1024


class People(Struct, tag="people", frozen=True):
    """Who is admitted to a room, with the epoch of each, those first whose picture matters most; all others are out."""

    room: str
    people: tuple[tuple[str, int], ...]


class Offer(Struct, tag="offer", frozen=True):
    """A participant's offer of a connection up, or the bridge's of one down."""

    room: str
    participant: str
    session: str
    sdp: str


class Answer(Struct, tag="answer", frozen=True):
    """The answer to an offer, under its session."""

    room: str
    participant: str
    session: str
    sdp: str


class OfferWanted(Struct, tag="offer-wanted", frozen=True):
    """A participant's connection down is lost."""

    room: str
    participant: str


class Thinned(Struct, tag="thinned", frozen=True):
    """A participant is sent no picture of another, or is sent it again."""

    room: str
    participant: str
    about: str
    video: bool


class Refused(Struct, tag="refused", frozen=True):
    """An offer or an answer of a participant's that could not be used."""

    room: str
    participant: str
    session: str


class Figures(Struct, tag="figures", frozen=True):
    """How much a forwarder carries now, and has carried."""

    rooms: int
    publishers: int
    subscribers: int
    carried: Carried


Order = People | Offer | Answer | OfferWanted
Saying = Offer | Answer | Thinned | Refused | Figures

_encoder = msgspec.msgpack.Encoder()
orders: Final = msgspec.msgpack.Decoder(Order)
sayings: Final = msgspec.msgpack.Decoder(Saying)


def encode(message: Order | Saying) -> bytes:
    """A message as a frame."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next frame's body, or None at the end."""
    try:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        if length > FRAME_BYTES:
            return None
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
