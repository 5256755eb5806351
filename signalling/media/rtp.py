"""RTP headers (RFC 3550) as the forwarder reads and writes them: the payload stays closed. Pure."""

from struct import Struct, pack, unpack_from
from typing import Final, NamedTuple

HEADER: Final = Struct("!BBHLL")
VERSION: Final = 0x80
PADDED: Final = 0x20
EXTENDED: Final = 0x10
MARKER: Final = 0x80
# RFC 8285: one-byte elements under this profile; id 0 is padding, id 15 ends the list
ONE_BYTE: Final = 0xBEDE
CLOCK_RATES: Final = {"audio": 48_000, "video": 90_000}
ZERO: Final = b"\0"


class Malformed(ValueError):
    """Octets that are no packet of the kind they were taken for."""


class Packet(NamedTuple):
    """One packet: its header's fields, its one-byte extensions by id, and its payload without padding."""

    payload_type: int
    marker: int
    sequence: int
    timestamp: int
    ssrc: int
    extensions: dict[int, bytes]
    payload: bytes


def read(octets: bytes) -> Packet:
    """The packet in some octets, or Malformed."""
    if len(octets) < HEADER.size:
        raise Malformed("shorter than a header")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(octets)
    if first >> 6 != 2:
        raise Malformed("another version")
    at = HEADER.size + 4 * (first & 0x0F)
    extensions: dict[int, bytes] = {}
    if first & EXTENDED:
        at, extensions = _read_extensions(octets, at)
    end = len(octets) - (octets[-1] if first & PADDED else 0)
    if at > end or (first & PADDED and octets[-1] == 0):
        raise Malformed("longer inside than outside")
    return Packet(second & 0x7F, second >> 7, sequence, timestamp, ssrc, extensions, octets[at:end])


def _read_extensions(octets: bytes, at: int) -> tuple[int, dict[int, bytes]]:
    """Where the payload begins, and the extensions before it."""
    if at + 4 > len(octets):
        raise Malformed("a cut extension")
    profile, words = unpack_from("!HH", octets, at)
    at += 4
    end = at + 4 * words
    if end > len(octets):
        raise Malformed("a cut extension")
    return end, _elements(octets, at, end) if profile == ONE_BYTE else {}


def _elements(octets: bytes, at: int, end: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while at < end:
        name, length = octets[at] >> 4, (octets[at] & 0x0F) + 1
        at += 1
        if name == 15:
            break
        if name:
            found[name] = octets[at : min(at + length, end)]
            at += length
    return found


def element(name: int, value: bytes) -> bytes:
    """One extension element of 1 to 16 bytes."""
    return bytes([name << 4 | len(value) - 1]) + value


def write(  # the fields of a header, for every packet of every leg
    payload_type: int, marker: int, sequence: int, timestamp: int, ssrc: int, elements: bytes, payload: bytes
) -> bytes:
    """A packet; `elements` are extension elements one after another, none where empty."""
    if not elements:
        return HEADER.pack(VERSION, marker << 7 | payload_type, sequence, timestamp, ssrc) + payload
    padding = -len(elements) % 4
    return b"".join(
        (
            HEADER.pack(VERSION | EXTENDED, marker << 7 | payload_type, sequence, timestamp, ssrc),
            pack("!HH", ONE_BYTE, (len(elements) + padding) // 4),
            elements,
            ZERO * padding,
            payload,
        )
    )


def is_rtcp(octets: bytes) -> bool:
    """Whether a packet of a muxed transport is RTCP (RFC 5761, section 4)."""
    return len(octets) >= 2 and 192 <= octets[1] <= 223
