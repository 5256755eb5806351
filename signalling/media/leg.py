"""One line of one subscriber: the packets of whichever source it follows, as one unbroken stream."""

from collections.abc import Callable
from secrets import randbits
from struct import pack
from typing import Final

from signalling.media import rtcp, vp8
from signalling.media.meter import Carried
from signalling.media.numbers import Rewriter, nearer
from signalling.media.repair import Ring, Sent
from signalling.media.rtp import CLOCK_RATES, Packet
from signalling.media.source import Source
from signalling.media.vp8 import Descriptor

TIMESTAMPS: Final = 1 << 32
REPORT_SECONDS: Final = 1.0

# payload type, marker, sequence, timestamp, SSRC, payload
SendPacket = Callable[["Leg", int, int, int, int, int, bytes, float], None]


class Leg:
    """A line's stream: SSRCs of its own, the source it follows, and the one it waits to change to at a keyframe."""

    def __init__(self, kind: str, mid: str, payload_types: tuple[int, int], carried: Carried, send: SendPacket) -> None:
        self.kind = kind
        self.mid = mid
        self.ssrc, self.rtx_ssrc = (randbits(32) or 1 for _ in range(2))
        self.following: Source | None = None
        self.awaited: Source | None = None
        self._payload_type, self._rtx_payload_type = payload_types
        self._carried = carried
        self._send = send
        # Below half the range, so that a receiver's first guess at the cycles is right (RFC 3711, 3.3.1).
        self._rewriter = Rewriter(randbits(15))
        self._rtx_sequence = randbits(15)
        self._ring = Ring()
        self._clock = CLOCK_RATES[kind]
        self._timestamp_shift: int | None = None
        self._picture_shift = self._layer_shift = 0
        self._last: tuple[int, int, int, float] | None = None  # timestamp, picture, layer, sent at
        self._packets = self._octets = 0
        self._probe = 0
        self._reported_at = float("-inf")

    def follow(self, source: Source | None, *, at_once: bool = False) -> None:
        """Change to a source, a picture's at its next keyframe; `at_once` stops what is followed now."""
        if at_once and source is not self.following:
            self._leave()
        if source is (self.awaited or self.following):
            return
        if source is self.following:
            self._await(None)
            return
        if source is None:
            self._leave()
        self._await(source)

    def take(self, source: Source, packet: Packet, found: Descriptor, now: float) -> None:
        """Pass a packet of a source on, if it is the one that is followed or can be from here on."""
        if source is self.awaited and (self.kind == "audio" or found.is_keyframe_start):
            self._change(packet, found, now)
        if source is not self.following:
            return
        sequence = self._rewriter.take(packet.sequence)
        if sequence is None:
            return
        assert self._timestamp_shift is not None
        timestamp = (packet.timestamp + self._timestamp_shift) % TIMESTAMPS
        payload = vp8.renumber(packet.payload, found, self._picture_shift, self._layer_shift)
        if self.kind == "video":
            self._ring.keep(Sent(sequence, packet.marker, timestamp, payload))
        self._note(timestamp, found, now)
        self._put(self._payload_type, packet.marker, sequence, timestamp, self.ssrc, payload, now)

    def miss(self, source: Source, sequence: int) -> None:
        """A packet of the source is not passed on."""
        if source is self.following:
            self._rewriter.drop(sequence)

    def send_again(self, sequence: int, now: float) -> int:
        """Send a packet once more (RFC 4588), and return its octets; 0 for one that is not kept."""
        sent = self._ring.find(sequence)
        return 0 if sent is None else self._repeat(sent, now)

    def probe(self, now: float) -> int:
        """Send a recent packet once more, so that the line is tried, and return its octets; 0 where there is none."""
        self._probe = (self._probe + 1) % 32
        sent = self._ring.recent(self._probe)
        return 0 if sent is None else self._repeat(sent, now)

    def want_keyframe(self) -> None:
        """The subscriber can't go on without one."""
        wanted = self.awaited or self.following
        if wanted is not None:
            wanted.want_keyframe()

    def tend(self, now: float, epoch: float) -> bytes:
        """What is due: ask again for the keyframe that is awaited; a sender report as octets, or nothing."""
        if self.awaited is not None and self.kind == "video":
            self.awaited.want_keyframe()
        if self._packets == 0 or now - self._reported_at < REPORT_SECONDS:
            return b""
        self._reported_at = now
        ntp, timestamp = self._time(now, epoch)
        return rtcp.sender_report(self.ssrc, ntp, timestamp, self._packets, self._octets)

    def part(self, source: Source) -> None:
        """The source has ended."""
        source.takers.remove(self)
        if source is self.following:
            self.following = None
        if source is self.awaited:
            self.awaited = None

    def close(self) -> None:
        """Follow nothing any more."""
        self.follow(None)

    def _await(self, source: Source | None) -> None:
        if self.awaited is not None and self.awaited is not self.following:
            self.awaited.takers.remove(self)
        self.awaited = source
        if source is not None:
            source.takers.append(self)
            if self.kind == "video":
                source.want_keyframe()

    def _leave(self) -> None:
        if self.following is not None:
            self.following.takers.remove(self)
            self.following = None

    def _change(self, packet: Packet, found: Descriptor, now: float) -> None:
        """Follow the awaited source from this packet on, its clock and its numbers moved to run on from the last."""
        self._leave()
        self.following, self.awaited = self.awaited, None
        self._rewriter.change()
        if self._last is None:
            self._timestamp_shift = randbits(32) - packet.timestamp
            return
        self._carried.switches += 1
        timestamp, picture, layer, sent_at = self._last
        gap = max(int((now - sent_at) * self._clock), self._clock // 50)
        self._timestamp_shift = timestamp + gap - packet.timestamp
        self._picture_shift = picture + 1 - found.picture
        self._layer_shift = layer + 1 - found.layer

    def _note(self, timestamp: int, found: Descriptor, now: float) -> None:
        if self._last is not None and nearer(timestamp - self._last[0], 32) < 0:
            return  # a packet that was missing: what is newest has been sent
        picture = (found.picture + self._picture_shift) % (1 << (found.picture_bits or 15))
        self._last = (timestamp, picture, (found.layer + self._layer_shift) & 0xFF, now)

    def _repeat(self, sent: Sent, now: float) -> int:
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        payload = pack("!H", sent.sequence) + sent.payload
        self._carried.sent_again += 1
        kind, sequence = self._rtx_payload_type, self._rtx_sequence
        self._put(kind, sent.marker, sequence, sent.timestamp, self.rtx_ssrc, payload, now, counted=False)
        return len(payload)

    def _put(  # the fields of a header
        self, kind: int, marker: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, now: float,
        *, counted: bool = True,
    ) -> None:  # fmt: skip
        if counted:
            self._packets += 1
            self._octets += len(payload)
        self._send(self, kind, marker, sequence, timestamp, ssrc, payload, now)

    def _time(self, now: float, epoch: float) -> tuple[int, int]:
        """The publisher's own clock where it was told, so that sound and picture stay together; else this host's."""
        source = self.following
        if source is not None and source.report is not None and self._timestamp_shift is not None:
            ntp, timestamp, at = source.report
            elapsed = now - at
            shown = timestamp + int(elapsed * self._clock) + self._timestamp_shift
            return (ntp + int(elapsed * (1 << 32))) % (1 << 64), shown % TIMESTAMPS
        timestamp, _, _, sent_at = self._last or (0, 0, 0, now)
        return rtcp.ntp_time(epoch), (timestamp + int((now - sent_at) * self._clock)) % TIMESTAMPS
