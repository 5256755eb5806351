"""RTCP (RFC 3550, 4585, 5104) as the forwarder reads and writes it. Pure."""

from dataclasses import dataclass
from struct import Struct, pack, unpack_from
from typing import Final

from signalling.media.rtp import Malformed

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
DESCRIPTION: Final = 202
GOODBYE: Final = 203
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206
NACK: Final = 1
TRANSPORT_CC: Final = 15
PICTURE_LOST: Final = 1
FULL_INTRA: Final = 4

BLOCK: Final = Struct("!LBBHLLLL")
NTP_EPOCH: Final = 2_208_988_800
# Of one compound packet; a client that sends more of them in one is not served the rest.
MOST_PARTS: Final = 32


@dataclass(frozen=True, slots=True)
class Block:
    """What a receiver says of one stream: the share lost since its last report, and which report of ours it heard."""

    ssrc: int
    lost_share: float
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """At `ntp` (64 bit) the stream's clock showed `timestamp`."""

    ssrc: int
    ntp: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Packets of a stream that did not arrive."""

    ssrc: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeWanted:
    """PLI or FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """The body of a transport-cc report."""

    body: bytes


Part = Block | SenderReport | Nack | KeyframeWanted | Arrived


def read(octets: bytes) -> list[Part]:
    """The parts of a compound packet that matter to a forwarder; raises Malformed."""
    parts: list[Part] = []
    at = count = 0
    while at < len(octets) and count < MOST_PARTS:
        if at + 4 > len(octets):
            raise Malformed("a cut header")
        first, kind, words = unpack_from("!BBH", octets, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(octets):
            raise Malformed("no RTCP, or a cut one")
        parts += _part(kind, first & 0x1F, _unpadded(octets[at + 4 : end], padded=bool(first & 0x20)))
        at, count = end, count + 1
    return parts


def _unpadded(body: bytes, *, padded: bool) -> bytes:
    if padded and not (body and 0 < body[-1] <= len(body)):
        raise Malformed("padding")
    return body[: -body[-1]] if padded else body


def _part(kind: int, count: int, body: bytes) -> list[Part]:
    if kind == SENDER_REPORT and len(body) >= 24:
        ssrc, ntp, timestamp = unpack_from("!LQL", body)
        return [SenderReport(ssrc, ntp, timestamp), *_blocks(body[24:], count)]
    if kind == RECEIVER_REPORT and len(body) >= 4:
        return list(_blocks(body[4:], count))
    if kind == TRANSPORT_FEEDBACK and len(body) >= 8:
        return _transport_part(count, body)
    if kind == PAYLOAD_FEEDBACK and len(body) >= 8:
        return _payload_part(count, body)
    return []


def _blocks(body: bytes, count: int) -> list[Block]:
    blocks = []
    for at in range(0, min(count * BLOCK.size, len(body) - BLOCK.size + 1), BLOCK.size):
        ssrc, lost, _, _, _, _, last_report, delay = BLOCK.unpack_from(body, at)
        blocks.append(Block(ssrc, lost / 256, last_report, delay))
    return blocks


def _transport_part(form: int, body: bytes) -> list[Part]:
    if form == TRANSPORT_CC:
        return [Arrived(body[8:])]
    if form != NACK:
        return []
    lost: list[int] = []
    for at in range(8, len(body) - 3, 4):
        first, following = unpack_from("!HH", body, at)
        lost.append(first)
        lost += [(first + place + 1) & 0xFFFF for place in range(16) if following >> place & 1]
    return [Nack(unpack_from("!L", body, 4)[0], tuple(lost))]


def _payload_part(form: int, body: bytes) -> list[Part]:
    if form == PICTURE_LOST:
        return [KeyframeWanted(unpack_from("!L", body, 4)[0])]
    if form == FULL_INTRA:
        return [KeyframeWanted(unpack_from("!L", body, at)[0]) for at in range(8, len(body) - 7, 8)]
    return []


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def nack(ssrc: int, media_ssrc: int, lost: list[int]) -> bytes:
    """Ask for packets again (RFC 4585, 6.2.1); `lost` in rising order, wrapping allowed."""
    body = pack("!LL", ssrc, media_ssrc)
    at = 0
    while at < len(lost):
        first, mask = lost[at], 0
        at += 1
        while at < len(lost) and 0 < (distance := (lost[at] - first) & 0xFFFF) <= 16:
            mask |= 1 << distance - 1
            at += 1
        body += pack("!HH", first, mask)
    return _packet(TRANSPORT_FEEDBACK, NACK, body)


def picture_lost(ssrc: int, media_ssrc: int) -> bytes:
    """Ask for a keyframe (RFC 4585, 6.3.1)."""
    return _packet(PAYLOAD_FEEDBACK, PICTURE_LOST, pack("!LL", ssrc, media_ssrc))


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    """A report of what was sent (RFC 3550, 6.4.1)."""
    body = pack("!LQLLL", ssrc, ntp, timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _packet(SENDER_REPORT, 0, body)


def receiver_report(ssrc: int, blocks: list[bytes]) -> bytes:
    """A report of what arrived, of at most 31 blocks."""
    return _packet(RECEIVER_REPORT, len(blocks), pack("!L", ssrc) + b"".join(blocks))


def block(  # the fields of RFC 3550, 6.4.1
    ssrc: int, lost_share: float, lost: int, highest: int, jitter: int, last_report: int, delay: int
) -> bytes:
    """One block of a receiver report; `delay` in 1/65536 s."""
    cumulative = max(0, min(lost, 0x7FFFFF))
    share = max(0, min(255, int(lost_share * 256)))
    return BLOCK.pack(
        ssrc, share, cumulative >> 16, cumulative & 0xFFFF, highest & 0xFFFFFFFF, jitter, last_report, delay
    )


def ntp_time(epoch: float) -> int:
    """A time in epoch seconds as a 64-bit NTP timestamp."""
    return int((epoch + NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF
