"""`python -m signalling.media [public address]` is a forwarder: orders on stdin, answers on stdout."""

import asyncio
import logging
import sys
from typing import Any, Final

from signalling.media import channel
from signalling.media.forwarder import Forwarder

log = logging.getLogger(__name__)

FIGURES_SECONDS: Final = 2.0


async def serve(public_address: str | None) -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=channel.FRAME_BYTES + channel.LENGTH.size)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, _ = await loop.connect_write_pipe(asyncio.Protocol, sys.stdout)
    forwarder = Forwarder(lambda saying: transport.write(channel.encode(saying)), public_address)
    beats = [asyncio.create_task(forwarder.keep_beating()), asyncio.create_task(_report(forwarder))]
    try:
        await _listen(reader, forwarder)
    finally:
        for beat in beats:
            beat.cancel()
        await forwarder.close()


async def _listen(reader: asyncio.StreamReader, forwarder: Forwarder) -> None:
    while (frame := await channel.read_frame(reader)) is not None:
        try:
            forwarder.obey(channel.orders.decode(frame))
        except Exception:
            log.exception("an order failed")


async def _report(forwarder: Forwarder) -> None:
    while True:
        forwarder.say(forwarder.figures())
        await asyncio.sleep(FIGURES_SECONDS)


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415  # it does not exist on every system
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(sys.argv[1] if len(sys.argv) > 1 else None))
