"""One connection up: what a participant sends, taken apart into sources, and told how it arrives."""

import time
from collections.abc import Callable
from secrets import randbits
from struct import unpack_from
from typing import Final

from signalling.media import rtcp, rtp, transport_cc
from signalling.media.adapter import Remote, Transport
from signalling.media.describing import MID, Here, UpLine, read_up, write_answer
from signalling.media.meter import Carried
from signalling.media.rtp import Packet
from signalling.media.source import Source

REPORT_SECONDS: Final = 1.0
# A client that makes up streams does not fill the memory with them.
SOURCES_AT_MOST: Final = 3


class Publisher:
    """A participant's sound and pictures, as sources; `closed` is called when the connection is lost."""

    def __init__(self, session: str, carried: Carried, closed: Callable[["Publisher"], None]) -> None:
        self.session = session
        self.sources: list[Source] = []
        self.sends_picture = False
        self.before: Publisher | None = None  # the connection that this one replaces, until it carries
        self._transport = Transport(self._hear, self._hear_rtcp, lambda: closed(self))
        self._carried = carried
        self._ssrc = randbits(32)
        self._lines: list[tuple[UpLine, str]] = []
        self._known: dict[int, Source] = {}
        self._again: dict[int, Source] = {}
        self._arrivals = transport_cc.Arrivals()
        self._transport_number = self._mid_number = 0
        self._reported_at = float("-inf")

    @property
    def is_connected(self) -> bool:
        """Whether its packets can come."""
        return self._transport.is_connected

    async def answer(self, sdp: str, public_address: str | None) -> str:
        """The answer to its offer, complete with addresses; raises NotUnderstood."""
        remote, lines = read_up(sdp)
        self._take_lines(lines)
        await self._transport.gather()
        self._start(remote)
        return write_answer(here(self._transport, public_address), lines)

    def find(self, kind: str, level: str) -> Source | None:
        """Its source of a kind and level; where it sends one picture only, that is both."""
        found = [source for source in self.sources if source.kind == kind]
        return next((source for source in found if source.level == level), found[0] if found else None)

    def tend(self, now: float) -> None:
        """Tell the participant what arrived, what is missing, and that a keyframe is wanted."""
        while (report := self._arrivals.report(self._ssrc, self._any_ssrc())) is not None:
            self._transport.send_rtcp(report)
        told = b"".join(source.feedback(self._ssrc, now) for source in self.sources)
        for source in self.sources:
            source.rate.measure(now)
        if now - self._reported_at >= REPORT_SECONDS:
            self._reported_at = now
            blocks = [block for source in self.sources if (block := source.block(now)) is not None]
            told = rtcp.receiver_report(self._ssrc, blocks) + told
        if told:
            self._transport.send_rtcp(told)

    async def close(self) -> None:
        """End it; its sources are followed by nobody from now on."""
        for source in self.sources:
            for leg in list(source.takers):
                leg.part(source)
        await self._transport.close()

    def _start(self, remote: Remote) -> None:
        self._transport.start(remote)

    def _any_ssrc(self) -> int:
        return next(iter(self._known), 0)

    def _take_lines(self, lines: list[UpLine]) -> None:
        levels = {"audio": iter([""]), "video": iter(["high", "low"])}
        for line in lines:
            level = next(levels[line.kind], None) if line.payload_type is not None else None
            if level is None:
                continue
            self._lines.append((line, level))
            self.sends_picture = self.sends_picture or line.kind == "video"
            self._note_extensions(line)
            if line.ssrc is not None:
                self._add(line, level, line.ssrc)

    def _note_extensions(self, line: UpLine) -> None:
        for number, uri in line.extensions.items():
            if uri == transport_cc.URI:
                self._transport_number = number
            elif uri == MID:
                self._mid_number = number

    def _add(self, line: UpLine, level: str, ssrc: int) -> Source:
        source = Source(line.kind, level, ssrc, self._carried, time.monotonic())
        self.sources.append(source)
        self._known[ssrc] = source
        if line.rtx_ssrc is not None:
            self._again[line.rtx_ssrc] = source
        return source

    def _hear(self, octets: bytes) -> None:
        packet = rtp.read(octets)
        now = time.monotonic()
        self._carried.packets_heard += 1
        self._carried.octets_heard += len(octets)
        numbered = packet.extensions.get(self._transport_number)
        if numbered is not None and len(numbered) == 2:
            self._arrivals.add(numbered[0] << 8 | numbered[1], now * 1000)
        source = self._known.get(packet.ssrc)
        if source is not None:
            source.take(packet, now)
        elif packet.ssrc in self._again:
            self._hear_again(self._again[packet.ssrc], packet, now)
        else:
            self._meet(packet, now)

    def _hear_again(self, source: Source, packet: Packet, now: float) -> None:
        """A packet of the RTX stream carries the number of the one that it repeats (RFC 4588); a probe carries none."""
        if len(packet.payload) > 2:
            (sequence,) = unpack_from("!H", packet.payload)
            source.take(packet._replace(sequence=sequence, payload=packet.payload[2:]), now, again=True)

    def _meet(self, packet: Packet, now: float) -> None:
        """A stream that the offer did not name says its line itself (RFC 9143, section 9.2)."""
        mid = packet.extensions.get(self._mid_number, b"").decode("ascii", "replace")
        for line, level in self._lines:
            named = line.mid == mid or (line.kind == "audio" and line.payload_type == packet.payload_type)
            if named and line.ssrc is None and line.payload_type == packet.payload_type:
                if len(self.sources) < SOURCES_AT_MOST and self._is_new(line.kind, level):
                    self._add(line, level, packet.ssrc).take(packet, now)
                return

    def _is_new(self, kind: str, level: str) -> bool:
        return all((source.kind, source.level) != (kind, level) for source in self.sources)

    def _hear_rtcp(self, octets: bytes) -> None:
        for part in rtcp.read(octets):
            if isinstance(part, rtcp.SenderReport) and part.ssrc in self._known:
                self._known[part.ssrc].hear(part, time.monotonic())


def here(transport: Transport, public_address: str | None) -> Here:
    """This end of a transport, for a description."""
    return Here(transport.user, transport.password, transport.fingerprints, transport.addresses, public_address)
