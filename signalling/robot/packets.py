"""A bridge's client without codecs: sends packets that were encoded before, counts what it is sent, decodes nothing."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import randbits, token_hex
from struct import pack, unpack_from
from typing import Final

from signalling.media import rtcp, rtp, transport_cc, vp8
from signalling.media.adapter import Transport
from signalling.media.repair import Missing, Ring, Sent
from signalling.robot import streams
from signalling.robot.offers import EXTENSION, Line, far_end, read_lines, write_down, write_up

SOUND, PICTURE, AGAIN = 111, 96, 97
REPORT_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Picture:
    """What a picture line sends: its size, its pace, and bits a second."""

    width: int = 320
    height: int = 240
    frames_per_second: int = 15
    bits: int = 500_000

    @property
    def frames(self) -> tuple[tuple[bytes, ...], ...]:
        """Two seconds of it, encoded."""
        return streams.padded_pictures(self.width, self.height, self.frames_per_second, self.bits)


HIGH: Final = Picture(640, 480, 30, 1_500_000)
LOW: Final = Picture(160, 120, 15, 150_000)


class Stream:
    """One line up: frames over and over, from the start again when a keyframe is asked for."""

    def __init__(self, line: Line, frames: tuple[tuple[bytes, ...], ...], step: int, send: Callable[..., None]) -> None:
        self.line = line
        self.sequence = randbits(15)
        self.is_paused = False
        self.repeated = self.keyframes_asked = 0
        self._frames = frames
        self._step = step
        self._send = send
        self._timestamp = randbits(32)
        self._picture = randbits(14)
        self._at = 0
        self._ring = Ring()
        self._again = randbits(15)

    def restart(self) -> None:
        """Send a keyframe next."""
        self.keyframes_asked += 1
        self._at = 0

    def next(self) -> None:
        """Send the next frame."""
        frame = self._frames[self._at % len(self._frames)]
        self._at += 1
        self._timestamp = (self._timestamp + self._step) & 0xFFFFFFFF
        self._picture = (self._picture + 1) & 0x7FFF
        for place, payload in enumerate(frame):
            self.sequence = (self.sequence + 1) & 0xFFFF
            marker = int(place == len(frame) - 1)
            numbered = self._number(payload) if self.line.kind == "video" else payload
            sent = Sent(self.sequence, marker, self._timestamp, numbered)
            self._ring.keep(sent)
            kind = PICTURE if self.line.kind == "video" else SOUND
            self._send(kind, marker, sent.sequence, sent.timestamp, self.line.ssrc, numbered)

    def repeat(self, sequence: int) -> None:
        """Send a packet again as RTX, if it is still kept."""
        sent = self._ring.find(sequence)
        if sent is not None:
            self.repeated += 1
            self._again = (self._again + 1) & 0xFFFF
            payload = pack("!H", sequence) + sent.payload
            self._send(AGAIN, sent.marker, self._again, sent.timestamp, self.line.rtx_ssrc, payload)

    def _number(self, payload: bytes) -> bytes:
        """The payload with this stream's own picture number, as a browser's has one."""
        found = vp8.read(payload)
        if found.picture_at:
            return vp8.renumber(payload, found, self._picture - found.picture, 0)
        return payload


class PacketSender:
    """A connection up."""

    def __init__(
        self,
        *,
        pitch: int = 440,
        high: Picture | None = HIGH,
        low: Picture | None = LOW,
        loss: Callable[[], bool] | None = None,
    ) -> None:
        self.session = f"up.{token_hex(6)}"
        self.reports = 0
        self._loss = loss or (lambda: False)
        self._transport = Transport(lambda _: None, self._hear_rtcp, lambda: None)
        self.sound = Stream(Line("audio", "0"), tuple((octets,) for octets in streams.sound(pitch)), 960, self._send)
        self.pictures = [
            Stream(Line("video", str(place + 1)), picture.frames, 90_000 // picture.frames_per_second, self._send)
            for place, picture in enumerate(picture for picture in (high, low) if picture is not None)
        ]
        self._paces = [1 / picture.frames_per_second for picture in (high, low) if picture is not None]
        self._number = randbits(16)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether packets can be sent."""
        return self._transport.is_connected

    async def offer(self) -> str:
        """The offer of its lines."""
        await self._transport.gather()
        return write_up(self._transport, [stream.line for stream in (self.sound, *self.pictures)])

    def take_answer(self, sdp: str) -> None:
        """Dial whoever answered, and begin to send."""
        self._transport.dial(*far_end(sdp))
        self._tasks = [asyncio.create_task(self._keep_sending(self.sound, 0.02))]
        self._tasks += [
            asyncio.create_task(self._keep_sending(stream, pace))
            for stream, pace in zip(self.pictures, self._paces, strict=True)
        ]

    async def close(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()
        await self._transport.close()

    async def _keep_sending(self, stream: Stream, pace: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + pace, loop.time() - 1)
            await asyncio.sleep(due - loop.time())
            if self.is_connected and not stream.is_paused:
                stream.next()

    def _send(self, kind: int, marker: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> None:
        self._number = (self._number + 1) & 0xFFFF
        elements = rtp.element(EXTENSION, pack("!H", self._number))
        if not self._loss():
            self._transport.send(rtp.write(kind, marker, sequence, timestamp, ssrc, elements, payload))

    def _hear_rtcp(self, octets: bytes) -> None:
        by_ssrc = {stream.line.ssrc: stream for stream in self.pictures}
        for part in rtcp.read(octets):
            if isinstance(part, rtcp.Arrived):
                self.reports += 1
            elif isinstance(part, rtcp.KeyframeWanted) and part.ssrc in by_ssrc:
                by_ssrc[part.ssrc].restart()
            elif isinstance(part, rtcp.Nack) and part.ssrc in by_ssrc:
                for sequence in part.lost:
                    by_ssrc[part.ssrc].repeat(sequence)


@dataclass
class Heard:
    """What came on one line: packets, octets, whole frames by the second, and whether it all follows on."""

    kind: str
    missing: Missing = field(default_factory=Missing)
    packets: int = 0
    octets: int = 0
    again: int = 0
    frames: int = 0
    began_with_keyframe: bool | None = None
    numbers: deque[int] = field(default_factory=lambda: deque(maxlen=4096))
    octets_by_second: Counter[int] = field(default_factory=Counter)
    frames_by_second: Counter[int] = field(default_factory=Counter)


class PacketListener:
    """A connection down. `loss` says of each packet whether it is lost on the way; `link` delays what comes."""

    def __init__(
        self,
        *,
        loss: Callable[[], bool] | None = None,
        link: "Bottleneck | None" = None,
        reports: bool = True,
        repairs: bool = True,
    ) -> None:
        self.session = ""
        self.heard: dict[tuple[str, str], Heard] = {}
        self._loss = loss or (lambda: False)
        self._link = link
        self._reports = reports
        self._repairs = repairs
        self._transport: Transport | None = None
        self._by_ssrc: dict[int, tuple[str, str]] = {}
        self._again: dict[int, int] = {}
        self._arrivals = transport_cc.Arrivals()
        self._ssrc = randbits(32)
        self._task: asyncio.Task[None] | None = None
        self._media_ssrc = 0

    @property
    def is_connected(self) -> bool:
        """Whether packets can come."""
        return self._transport is not None and self._transport.is_connected

    async def answer(self, session: str, sdp: str) -> str:
        """The answer to the bridge's offer."""
        if session != self.session or self._transport is None:
            await self.close()
            self.heard.clear()
            self.session, self._transport = session, Transport(self._take, lambda _: None, lambda: None)
            await self._transport.gather()
        lines = read_lines(sdp)
        for line in lines:
            if line.participant:
                self._by_ssrc[line.ssrc] = (line.participant, line.kind)
                self._again[line.rtx_ssrc] = line.ssrc
        self._transport.dial(*far_end(sdp))
        if self._task is None:
            self._task = asyncio.create_task(self._keep_reporting())
        return write_down(self._transport, lines, reports=self._reports)

    async def close(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._transport is not None:
            await self._transport.close()

    def _take(self, octets: bytes) -> None:
        if self._loss():
            return
        if self._link is None:
            self._hear(octets)
        else:
            self._link.pass_on(len(octets), lambda: self._hear(octets))

    def _hear(self, octets: bytes) -> None:
        packet, now = rtp.read(octets), time.monotonic()
        number = packet.extensions.get(EXTENSION)
        if number is not None:
            self._arrivals.add(unpack_from("!H", number)[0], now * 1000)
        is_again = packet.ssrc in self._again and packet.payload_type == AGAIN
        ssrc = self._again[packet.ssrc] if is_again else packet.ssrc
        whose = self._by_ssrc.get(ssrc)
        if whose is None:
            return
        self._media_ssrc = ssrc
        heard = self.heard.setdefault(whose, Heard(whose[1]))
        sequence, payload = packet.sequence, packet.payload
        if is_again:
            sequence, payload = unpack_from("!H", payload)[0], payload[2:]
            heard.again += 1
        if heard.missing.take(sequence, now):
            self._count(heard, packet._replace(sequence=sequence, payload=payload), now)

    def _count(self, heard: Heard, packet: rtp.Packet, now: float) -> None:
        if heard.began_with_keyframe is None and heard.kind == "video":
            heard.began_with_keyframe = vp8.read(packet.payload).is_keyframe_start
        heard.packets += 1
        heard.octets += len(packet.payload)
        heard.numbers.append(packet.sequence)
        heard.octets_by_second[int(now)] += len(packet.payload)
        heard.frames += packet.marker
        heard.frames_by_second[int(now)] += packet.marker

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            if self._transport is None or not self.is_connected:
                continue
            now = time.monotonic()
            while self._reports and (report := self._arrivals.report(self._ssrc, self._media_ssrc)) is not None:
                self._transport.send_rtcp(report)
            for ssrc, whose in self._by_ssrc.items():
                heard = self.heard.get(whose)
                lost = heard.missing.due(now) if heard is not None and heard.kind == "video" and self._repairs else []
                if lost:
                    self._transport.send_rtcp(rtcp.nack(self._ssrc, ssrc, lost))


class Bottleneck:
    """A link of so many bits a second, with a queue of so many seconds before it; what finds it full is lost."""

    def __init__(self, bits: float, *, queue: float = 0.5, delay: float = 0.05) -> None:
        self._bits = bits
        self._queue = queue
        self._delay = delay
        self._free_at = 0.0
        self.lost = 0

    def pass_on(self, octets: int, arrive: Callable[[], None]) -> None:
        """Let a packet through when its turn comes, or lose it."""
        loop = asyncio.get_running_loop()
        begins = max(self._free_at, loop.time())
        if begins - loop.time() > self._queue:
            self.lost += 1
            return
        self._free_at = begins + octets * 8 / self._bits
        loop.call_at(self._free_at + self._delay, arrive)
