"""The lines of the journal: one JSON object each, `kind` first."""

from msgspec import Struct, json

from signalling.room.records import RoomRecord, SeatRecord
from signalling.wire.events import Event


class Secret(Struct, frozen=True, tag_field="kind", tag="secret"):
    """The key of the resume tokens."""

    value: bytes


class Spent(Struct, frozen=True, tag_field="kind", tag="spent"):
    """A ticket that was used, remembered until it would have expired anyway."""

    jti: str
    until: float


class Obeyed(Struct, frozen=True, tag_field="kind", tag="obeyed"):
    """An order that was carried out."""

    id: str
    until: float


class Spooled(Struct, frozen=True, tag_field="kind", tag="spooled"):
    """An event that awaits the application's acceptance."""

    event: Event


class Delivered(Struct, frozen=True, tag_field="kind", tag="delivered"):
    """An event that awaits nothing any more."""

    id: str


Record = Secret | Spent | Obeyed | Spooled | Delivered | SeatRecord | RoomRecord

_decoder: json.Decoder[Record] = json.Decoder(Record)
_encoder = json.Encoder()


def write_line(record: Record) -> bytes:
    """The record as a line."""
    return _encoder.encode(record) + b"\n"


def read_line(line: bytes) -> Record:
    """The record in a line; raises msgspec.DecodeError."""
    return _decoder.decode(line)
