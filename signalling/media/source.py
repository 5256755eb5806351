"""One stream of one publisher: taken in, watched for loss, asked for again, passed to the legs that want it."""

from typing import Final, Protocol

from signalling.media import rtcp, vp8
from signalling.media.meter import Carried, Rate
from signalling.media.repair import Missing
from signalling.media.rtp import CLOCK_RATES, Packet
from signalling.media.vp8 import Descriptor

KEYFRAME_PAUSE: Final = 0.5
# A stream of which nothing came for this long is not sent just now: the publisher paused it.
SILENT_AFTER: Final = 0.7


class Taker(Protocol):
    """A leg, as a source knows it."""

    def take(self, source: "Source", packet: Packet, found: Descriptor, now: float) -> None:
        """Pass a packet on, or not."""

    def miss(self, source: "Source", sequence: int) -> None:
        """A packet is left out for good."""

    def part(self, source: "Source") -> None:
        """The source has ended."""


class Source:
    """A stream, by its SSRC; `level` is low or high for a picture and empty for sound."""

    def __init__(self, kind: str, level: str, ssrc: int, carried: Carried, now: float) -> None:
        self.kind = kind
        self.level = level
        self.ssrc = ssrc
        self.takers: list[Taker] = []
        self.rate = Rate(now)
        self.report: tuple[int, int, float] | None = None  # ntp, timestamp, heard at
        self._clock = CLOCK_RATES[kind]
        self._carried = carried
        self._missing = Missing()
        self._first = self._received = self._expected_before = self._received_before = 0
        self._jitter = self._transit = 0.0
        self._keyframe_asked_at = float("-inf")
        self._keyframe_wanted = False

    def take(self, packet: Packet, now: float, *, again: bool = False) -> None:
        """Take a packet in; one sent again counts only where it was missing."""
        is_new = self._missing.take(packet.sequence, now)
        if not is_new:
            return
        if self._received == 0:
            self._first = packet.sequence
        self._received += 1
        self.rate.octets += len(packet.payload)
        self.rate.heard_at = now
        if not again:
            self._note_transit(packet.timestamp, now)
        if not packet.payload:
            for taker in self.takers:
                taker.miss(self, packet.sequence)
            return
        found = vp8.read(packet.payload) if self.kind == "video" else vp8.NOTHING
        self._keyframe_wanted = self._keyframe_wanted and not found.is_keyframe_start
        for taker in self.takers:
            taker.take(self, packet, found, now)

    def hear(self, report: rtcp.SenderReport, now: float) -> None:
        """Note what the stream's clock shows."""
        self.report = (report.ntp, report.timestamp, now)

    def is_heard(self, now: float) -> bool:
        """Whether the publisher sends it just now."""
        return now - self.rate.heard_at < SILENT_AFTER

    def want_keyframe(self) -> None:
        """Ask for one as soon as that may be done."""
        self._keyframe_wanted = True

    def feedback(self, ssrc: int, now: float) -> bytes:
        """What is to be told the publisher now: missing packets, and that a keyframe is wanted; often nothing."""
        told = b""
        lost = self._missing.due(now) if self.kind == "video" else []
        if lost:
            self._carried.nacks_sent += len(lost)
            told += rtcp.nack(ssrc, self.ssrc, lost)
        if self._keyframe_wanted and now - self._keyframe_asked_at >= KEYFRAME_PAUSE:
            self._keyframe_wanted, self._keyframe_asked_at = False, now
            self._carried.keyframes_asked += 1
            told += rtcp.picture_lost(ssrc, self.ssrc)
        return told

    def block(self, now: float) -> bytes | None:
        """What a receiver report says of it (RFC 3550, A.3), or None before its first packet."""
        if self._received == 0:
            return None
        expected = self._missing.highest - self._first + 1
        due, came = expected - self._expected_before, self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        share = max(0, due - came) / due if due > 0 else 0.0
        heard = self.report
        last, delay = (heard[0] >> 16 & 0xFFFFFFFF, min(int((now - heard[2]) * 65536), 0xFFFFFFFF)) if heard else (0, 0)
        lost = max(0, expected - self._received)
        return rtcp.block(self.ssrc, share, lost, self._missing.highest, int(self._jitter), last, delay)

    def _note_transit(self, timestamp: int, now: float) -> None:
        """Interarrival jitter (RFC 3550, 6.4.1)."""
        transit = now * self._clock - timestamp
        change, self._transit = abs(transit - self._transit), transit
        if self._received > 1 and change < self._clock * 5:
            self._jitter += (change - self._jitter) / 16
