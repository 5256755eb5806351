"""The far end of a check of a line: sends back the RTP that it hears, undecoded, and reports what arrived.

`python -m signalling.media.line_check [public address]` serves one service's checks: a JSON object a line on stdin,
`{"check": id, "offer": sdp}`, answered on stdout by `{"check": id, "answer": sdp}` or `{"check": id, "fault": text}`;
an `offer` of null closes the check. It ends when stdin does.
"""

import asyncio
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from secrets import randbits
from typing import Final

from signalling.media import rtcp, rtp, transport_cc
from signalling.media.adapter import Transport
from signalling.media.describing import MID, Here, NotUnderstood, UpLine, read_up, write_echo
from signalling.media.meter import Carried
from signalling.media.source import Source

log = logging.getLogger(__name__)

REPORT_SECONDS: Final = 1.0
# Half a minute of the fastest picture that a call sends; who sends more is heard, but hears no more of it.
ECHOED_BYTES: Final = 10 * 1024 * 1024
LINE_BYTES: Final = 256 * 1024
# The service closes a check after a minute; this is for one that was forgotten.
LONGEST_SECONDS: Final = 90.0


class Echoed:
    """One line: the SSRC that it goes back under, and what came of it so far."""

    def __init__(self, offered: UpLine) -> None:
        self.offered = offered
        self.ssrc = randbits(32)
        self.source: Source | None = None
        self._mid_number = next((number for number, uri in offered.extensions.items() if uri == MID), None)

    def take(self, packet: rtp.Packet, now: float) -> bytes:
        """The packet to send back: the one that came, payload and numbers as they were."""
        if self.source is None:
            self.source = Source(self.offered.kind, "", packet.ssrc, Carried(), now)
        if packet.ssrc == self.source.ssrc:
            self.source.take(packet, now)
        mid = b"" if self._mid_number is None else rtp.element(self._mid_number, self.offered.mid.encode())
        kind, marker, sequence, timestamp = packet[:4]
        return rtp.write(kind, marker, sequence, timestamp, self.ssrc, mid, packet.payload)


class Echo:
    """One peer, which offers sound, a picture, or both, and hears and sees itself. Nothing is asked for again: what is
    lost is what the check is about."""

    def __init__(self) -> None:
        self._transport = Transport(self._hear, self._hear_rtcp, self._stop)
        self._lines: dict[int, Echoed] = {}
        self._transport_number = 0
        self._arrivals = transport_cc.Arrivals()
        self._ssrc = randbits(32)
        self._left = ECHOED_BYTES
        self._reporter: asyncio.Task[None] | None = None

    async def answer(self, offer: str, public_address: str | None = None) -> str:
        """The answer to an offer, complete with candidates; raises NotUnderstood."""
        remote, offered = read_up(offer)
        lines = [Echoed(line) for line in offered]
        self._lines = {line.offered.payload_type: line for line in lines if line.offered.payload_type is not None}
        if not self._lines:
            raise NotUnderstood("neither Opus nor VP8")
        numbers = [number for line in offered for number, uri in line.extensions.items() if uri == transport_cc.URI]
        self._transport_number = numbers[0] if numbers else 0
        await self._transport.gather()
        self._transport.start(remote)
        self._reporter = asyncio.create_task(self._report())
        here = self._transport
        ours = Here(here.user, here.password, here.fingerprints, here.addresses, public_address)
        return write_echo(ours, [(line.offered, line.ssrc) for line in lines])

    async def close(self) -> None:
        """End it."""
        self._stop()
        await self._transport.close()

    def _stop(self) -> None:
        if self._reporter is not None:
            self._reporter.cancel()

    def _hear(self, octets: bytes) -> None:
        packet, now = rtp.read(octets), time.monotonic()
        numbered = packet.extensions.get(self._transport_number, b"")
        if len(numbered) == 2:
            self._arrivals.add(int.from_bytes(numbered), now * 1_000)
        line = self._lines.get(packet.payload_type)
        if line is None:
            return
        back = line.take(packet, now)
        self._left -= len(back)
        if self._left > 0:
            self._transport.send(back)

    def _hear_rtcp(self, octets: bytes) -> None:
        for part in rtcp.read(octets):
            for source in self._sources():
                if isinstance(part, rtcp.SenderReport) and part.ssrc == source.ssrc:
                    source.hear(part, time.monotonic())

    def _sources(self) -> list[Source]:
        return [line.source for line in self._lines.values() if line.source is not None]

    async def _report(self) -> None:
        reported_at = time.monotonic()
        while True:
            await asyncio.sleep(transport_cc.INTERVAL_SECONDS)
            now, sources = time.monotonic(), self._sources()
            # Chromium takes a report only when the media SSRC is one of those that it sends.
            while sources and (report := self._arrivals.report(self._ssrc, sources[0].ssrc)) is not None:
                self._transport.send_rtcp(report)
            if now - reported_at >= REPORT_SECONDS:
                reported_at = now
                blocks = [block for source in sources if (block := source.block(now)) is not None]
                self._transport.send_rtcp(rtcp.receiver_report(self._ssrc, blocks))


class Bench:
    """The echoes of all checks that are open."""

    def __init__(self, address: str | None, tell: Callable[[dict[str, str]], None]) -> None:
        self._echoes: dict[str, Echo] = {}
        self._address = address
        self._tell = tell
        self._closing: set[asyncio.Task[None]] = set()

    async def take(self, line: bytes) -> None:
        """Act on one line of stdin."""
        message = json.loads(line)
        check, offer = message["check"], message["offer"]
        await self.close(check)
        if offer is not None:
            await self._open(check, offer)

    async def close(self, check: str) -> None:
        """End the echo of a check, if it has one."""
        echo = self._echoes.pop(check, None)
        if echo is not None:
            await echo.close()

    async def _open(self, check: str, offer: str) -> None:
        echo = self._echoes[check] = Echo()
        try:
            answer = await echo.answer(offer, self._address)
        except NotUnderstood as fault:
            await self.close(check)
            self._tell({"check": check, "fault": str(fault)[:200]})
            return
        self._tell({"check": check, "answer": answer})
        asyncio.get_running_loop().call_later(LONGEST_SECONDS, self._forget, check, echo)

    def _forget(self, check: str, echo: Echo) -> None:
        if self._echoes.get(check) is echo:
            task = asyncio.create_task(self.close(check))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


async def serve(public_address: str | None) -> None:
    """Serve until stdin ends."""
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    bench = Bench(public_address, _write)
    tasks: set[asyncio.Task[None]] = set()
    while line := await reader.readline():
        task = asyncio.create_task(bench.take(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _write(message: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the service too, which ends this by stdin
    asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else None))
