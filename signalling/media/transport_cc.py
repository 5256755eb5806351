"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): what arrived, when.

A browser estimates its own uplink from these reports, and grows the picture as far as the line carries it.
"""

from struct import pack
from typing import Final

URI: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
INTERVAL_SECONDS: Final = 0.05

RTPFB: Final = 205
FORMAT: Final = 15
# A report stays below any path's MTU: 20 bytes, 2 bits and at most 2 bytes a packet.
LONGEST: Final = 400
DELTA_MS: Final = 0.25
REFERENCE_MS: Final = 64
SMALL: Final = range(256)
LARGE: Final = range(-(1 << 15), 1 << 15)
SYMBOLS_IN_CHUNK: Final = 7
NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA = range(3)


class Arrivals:
    """The packets of one transport that are still to be reported; sequence numbers wrap at 16 bits."""

    def __init__(self) -> None:
        self._times: dict[int, float] = {}
        self._base: int | None = None
        self._last = 0
        self._count = 0

    def add(self, sequence: int, at_ms: float) -> None:
        """Note that a packet arrived; a duplicate, or one that was reported as lost, is passed over."""
        number = sequence if self._base is None else self._last + _signed(sequence - self._last)
        if self._base is None:
            self._base = self._last = number
        if number >= self._base:
            self._times.setdefault(number, at_ms)
            self._last = max(self._last, number)

    def report(self, ssrc: int, media_ssrc: int) -> bytes | None:
        """The next report as an RTCP packet, or None when nothing new has arrived; ask again until None."""
        if self._base is None or not self._times:
            return None
        first = max(self._base, min(self._times) - LONGEST // 2)  # of a greater gap nobody has use for the rest
        packet, following = _packet(first, self._last, self._times, (ssrc, media_ssrc, self._count))
        self._times = {number: at for number, at in self._times.items() if number >= following}
        self._base = following
        self._count = (self._count + 1) & 0xFF
        return packet


def _signed(difference: int) -> int:
    """A difference of two 16-bit numbers as the nearer way round."""
    return (difference + 0x8000) % 0x10000 - 0x8000


def _packet(first: int, last: int, times: dict[int, float], header: tuple[int, int, int]) -> tuple[bytes, int]:
    """A report from `first` on, and the number that the next one begins with."""
    ssrc, media_ssrc, count = header
    reference = int(times[min(times)] // REFERENCE_MS)
    symbols, deltas = _encode(first, last, times, reference)
    body = pack("!LLHHL", ssrc, media_ssrc, first & 0xFFFF, len(symbols), (reference & 0xFFFFFF) << 8 | count)
    body += b"".join(_chunk(symbols[at : at + SYMBOLS_IN_CHUNK]) for at in range(0, len(symbols), SYMBOLS_IN_CHUNK))
    return _rtcp(body + deltas), first + len(symbols)


def _encode(first: int, last: int, times: dict[int, float], reference: int) -> tuple[list[int], bytes]:
    """A status of each packet, and the time since the one before of each that arrived, in quarters of a ms."""
    symbols: list[int] = []
    deltas = b""
    before = reference * REFERENCE_MS / DELTA_MS
    for number in range(first, min(last + 1, first + LONGEST)):
        at = times.get(number)
        if at is None:
            symbols.append(NOT_RECEIVED)
            continue
        delta = round(at / DELTA_MS - before)
        if delta not in LARGE:
            break  # eight seconds of nothing: the next report has a time of its own
        symbols.append(SMALL_DELTA if delta in SMALL else LARGE_DELTA)
        deltas += pack("!B" if delta in SMALL else "!h", delta)
        before += delta
    return symbols, deltas


def _chunk(symbols: list[int]) -> bytes:
    """A status vector chunk of two-bit symbols (section 3.1.4)."""
    bits = 0b11
    for place in range(SYMBOLS_IN_CHUNK):
        bits = bits << 2 | (symbols[place] if place < len(symbols) else NOT_RECEIVED)
    return pack("!H", bits)


def _rtcp(body: bytes) -> bytes:
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    return pack("!BBH", 0x80 | bool(padding) << 5 | FORMAT, RTPFB, len(body) // 4) + body
