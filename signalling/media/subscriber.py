"""One connection down: everybody else's sound and pictures, as much of them as the line carries."""

import time
from collections.abc import Callable, Mapping
from secrets import randbits, token_hex
from struct import pack
from typing import Final

from signalling.media import rtcp, rtp
from signalling.media.adapter import Transport
from signalling.media.describing import DOWN_TYPES, DownLine, read_answer, write_offer
from signalling.media.layers import Chooser, Level, Offered
from signalling.media.leg import Leg
from signalling.media.line import LineSense
from signalling.media.meter import Carried
from signalling.media.publisher import Publisher, here
from signalling.media.source import Source

MID, SEND_TIME, TRANSPORT = 1, 3, 5
# Of packets sent again at one moment: more would drown the line that lost them.
REPAIRS_AT_ONCE: Final = 64
CHOOSE_SECONDS: Final = 0.1
# A probe is a packet of about this size; of a trial's budget no more than this is saved up.
SAVED_PROBES: Final = 20_000.0


class Line:
    """A line of the connection, whose it is just now, and its stream, which runs on under whoever has it next."""

    def __init__(self, mid: str, leg: Leg) -> None:
        self.kind = leg.kind
        self.mid = mid
        self.leg = leg
        self.participant: str | None = None


class Subscriber:
    """What a participant is sent; `thin` is told whose picture stops or comes back, `closed` that the path is lost."""

    def __init__(
        self, carried: Carried, thin: Callable[[str, bool], None], closed: Callable[["Subscriber"], None]
    ) -> None:
        self.session = f"down.{token_hex(8)}"
        self.is_ready = False  # whether its sockets are open, so that it can be offered
        self._transport = Transport(self._hear, self._hear_rtcp, lambda: closed(self))
        self._carried = carried
        self._thin = thin
        self._lines: list[Line] = []
        self._legs: dict[int, Leg] = {}
        self._version = 0
        self._changed = self._pending = False
        self._extensions: frozenset[int] = frozenset()
        self._transport_sequence = randbits(15)
        self._sense = LineSense()
        self._chooser = Chooser(time.monotonic())
        self._chosen_at = float("-inf")
        self._levels: dict[str, Level] = {}
        self._repairs = REPAIRS_AT_ONCE
        self._trial = self._saved = 0.0
        self._tended_at = time.monotonic()

    @property
    def is_connected(self) -> bool:
        """Whether it can be sent to."""
        return self._transport.is_connected

    async def gather(self) -> None:
        """Open its sockets."""
        await self._transport.gather()

    def fit(self, publishers: Mapping[str, Publisher]) -> None:
        """Have a line of sound and one of picture for each who sends them, and none for who does not."""
        wanted = {(name, "audio") for name in publishers}
        wanted |= {(name, "video") for name, publisher in publishers.items() if publisher.sends_picture}
        for line in self._lines:
            if line.participant is not None and (line.participant, line.kind) not in wanted:
                self._free(line)
        have = {(line.participant, line.kind) for line in self._lines}
        for participant, kind in sorted(wanted - have):
            self._give(kind, participant)

    def offer(self, public_address: str | None) -> str | None:
        """The offer of what has changed, or None while there is nothing new or an answer is awaited."""
        if not self._changed or self._pending:
            return None
        self._changed, self._pending = False, True
        self._version += 1
        lines = [
            DownLine(line.kind, line.mid, line.participant, line.leg.ssrc, line.leg.rtx_ssrc) for line in self._lines
        ]
        return write_offer(here(self._transport, public_address), lines, self._version)

    def take_answer(self, sdp: str) -> None:
        """Take the answer to the offer that is open; raises NotUnderstood."""
        if self._pending:
            taken = read_answer(sdp)
            self._pending = False
            self._extensions = taken.extensions
            self._transport.start(taken.remote)

    def serve(self, publishers: Mapping[str, Publisher], now: float) -> None:
        """Follow the best source of each line that the subscriber's line carries; to be called often."""
        if now - self._chosen_at >= CHOOSE_SECONDS and self.is_connected:
            self._chosen_at = now
            self._choose(publishers, now)
        for line in self._lines:
            if line.participant is not None:
                self._aim(line.leg, line.participant, publishers.get(line.participant), now)

    def tend(self, now: float, epoch: float) -> None:
        """Send what is due: reports, and packets twice where the line is tried."""
        self._repairs = REPAIRS_AT_ONCE
        told = b"".join(leg.tend(now, epoch) for leg in self._legs.values())
        if told:
            self._transport.send_rtcp(told)
        elapsed, self._tended_at = now - self._tended_at, now
        self._saved = min(SAVED_PROBES, self._saved + self._trial / 8 * elapsed) if self._trial else 0.0
        self._probe(now)

    async def close(self) -> None:
        """End it."""
        for line in self._lines:
            line.leg.close()
        await self._transport.close()

    def _give(self, kind: str, participant: str) -> None:
        line = next((line for line in self._lines if line.participant is None and line.kind == kind), None)
        if line is None:
            mid = str(len(self._lines))
            line = Line(mid, Leg(kind, mid, DOWN_TYPES[kind], self._carried, self._send))
            self._lines.append(line)
            self._legs[line.leg.ssrc] = line.leg
        line.participant = participant
        self._changed = True

    def _free(self, line: Line) -> None:
        line.leg.close()
        self._levels.pop(line.participant or "", None)
        line.participant = None
        self._changed = True

    def _choose(self, publishers: Mapping[str, Publisher], now: float) -> None:
        offered = [_offered(name, publisher, now) for name, publisher in publishers.items()]
        choice = self._chooser.choose(offered, self._sense.line(now), now)
        for participant, level in choice.levels.items():
            had, self._levels[participant] = self._levels.get(participant, "low"), level
            if (had == "none") != (level == "none"):
                self._thin(participant, level != "none")
        self._trial = choice.trial

    def _aim(self, leg: Leg, participant: str, publisher: Publisher | None, now: float) -> None:
        if publisher is None:
            return
        if leg.kind == "audio":
            leg.follow(publisher.find("audio", ""))
            return
        level = self._levels.get(participant, "low")
        source = _picture(publisher, level, now)
        leg.follow(source, at_once=source is None or (level == "low" and _is_higher(leg.following, source)))

    def _probe(self, now: float) -> None:
        legs = [leg for leg in self._legs.values() if leg.kind == "video"]
        while legs and self._saved > 0 and self._trial:
            octets = legs[0].probe(now)
            if not octets:
                legs.pop(0)
            self._saved -= octets

    def _send(  # the fields of a header
        self, leg: Leg, kind: int, marker: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, now: float
    ) -> None:
        elements = b""
        if MID in self._extensions:
            elements = rtp.element(MID, leg.mid.encode())
        if SEND_TIME in self._extensions:
            elements += rtp.element(SEND_TIME, (int(now * (1 << 18)) & 0xFFFFFF).to_bytes(3, "big"))
        if TRANSPORT in self._extensions:
            self._transport_sequence = (self._transport_sequence + 1) & 0xFFFF
            elements += rtp.element(TRANSPORT, pack("!H", self._transport_sequence))
            self._sense.sent(self._transport_sequence, len(payload), now)
        octets = rtp.write(kind, marker, sequence, timestamp, ssrc, elements, payload)
        self._carried.packets_sent += 1
        self._carried.octets_sent += len(octets)
        self._transport.send(octets)

    def _hear(self, octets: bytes) -> None:
        """Who subscribes sends no RTP here."""

    def _hear_rtcp(self, octets: bytes) -> None:
        now = time.monotonic()
        for part in rtcp.read(octets):
            if isinstance(part, rtcp.Arrived):
                self._sense.hear_arrivals(part.body, now)
            elif isinstance(part, rtcp.Block | rtcp.Nack | rtcp.KeyframeWanted) and part.ssrc in self._legs:
                self._hear_of(self._legs[part.ssrc], part, now)

    def _hear_of(self, leg: Leg, part: rtcp.Block | rtcp.Nack | rtcp.KeyframeWanted, now: float) -> None:
        if isinstance(part, rtcp.Block):
            self._sense.hear_block(part.lost_share, now)
        elif isinstance(part, rtcp.KeyframeWanted):
            leg.want_keyframe()
        else:
            self._carried.nacks_heard += len(part.lost)
            for sequence in part.lost[: self._repairs]:
                self._repairs -= 1
                leg.send_again(sequence, now)


def _offered(participant: str, publisher: Publisher, now: float) -> Offered:
    sound, low, high = (
        publisher.find(kind, level) for kind, level in (("audio", ""), ("video", "low"), ("video", "high"))
    )
    return Offered(participant, _bits(sound, now), _bits(low, now), max(_bits(low, now), _bits(high, now)))


def _bits(source: Source | None, now: float) -> float:
    return source.rate.bits if source is not None and source.is_heard(now) else 0.0


def _picture(publisher: Publisher, level: Level, now: float) -> Source | None:
    """The source for a level; the other one where the publisher has paused that."""
    if level == "none":
        return None
    wanted, other = publisher.find("video", level), publisher.find("video", "low" if level == "high" else "high")
    if wanted is not None and other is not None and not wanted.is_heard(now) and other.is_heard(now):
        return other
    return wanted


def _is_higher(following: Source | None, source: Source | None) -> bool:
    return following is not None and source is not following and following.level == "high"
