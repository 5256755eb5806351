"""What it costs the server to pass one publisher's sound and picture on to several, beside aiortc's own relay."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from signalling.media import channel
from signalling.media.pool import Forwarding
from signalling.robot.packets import Bottleneck, PacketListener, PacketSender, Picture
from tests.signalling.media.meeting import Meeting

ROOM: Final = "room-of-the-bench-01"
PICTURE: Final = Picture(640, 480, 30, 1_500_000)
LOW: Final = Picture(160, 120, 15, 150_000)
SUBSCRIBERS: Final = (1, 4)
SETTLE_SECONDS: Final = 6.0
SECONDS: Final = 8.0
TICKS: Final = os.sysconf("SC_CLK_TCK")


def run() -> str:
    """The table, and what a line of 600 kbit/s gets."""
    return asyncio.run(_run())


async def _run() -> str:
    forward = [await _forwarded(count) for count in SUBSCRIBERS]
    relayed = [await _relayed(count) for count in SUBSCRIBERS]
    each = [_each(costs) for costs in (forward, relayed)]
    lines = ["CPU of the server's process, % of a core; one publisher, 640x480 at 30 a second, 1.5 Mbit/s"]
    lines.append(f"{'subscribers':24}" + "".join(f"{count:>8}" for count in SUBSCRIBERS) + f"{'each':>8}")
    for name, costs, one in (("forwarder", forward, each[0]), ("MediaRelay", relayed, each[1])):
        lines.append(f"{name:24}" + "".join(f"{cost:8.1f}" for cost in costs) + f"{one:8.2f}")
    lines.append(f"forwarder / MediaRelay, for each subscriber more: {each[0] / each[1]:.2f} (aim: 0.2 or less)")
    if shutil.which("janus") is None:
        lines.append("Janus is not installed here: not compared")
    return "\n".join([*lines, await _thin_line()])


def _each(costs: list[float]) -> float:
    return (costs[-1] - costs[0]) / (SUBSCRIBERS[-1] - SUBSCRIBERS[0])


async def _cpu(pid: int) -> float:
    """The share of a core that a process takes, in percent."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = _ticks(pid)
    await asyncio.sleep(SECONDS)
    return (_ticks(pid) - before) / TICKS / SECONDS * 100


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def _forwarded(count: int) -> float:
    sender, listeners = PacketSender(high=PICTURE, low=None), [PacketListener() for _ in range(count)]
    tasks: set[asyncio.Task[None]] = set()

    async def answer(offer: channel.Offer) -> None:
        sdp = await listeners[int(offer.participant)].answer(offer.session, offer.sdp)
        one.send(channel.Answer(ROOM, offer.participant, offer.session, sdp))

    def hear(saying: channel.Saying) -> None:
        if isinstance(saying, channel.Answer):
            sender.take_answer(saying.sdp)
        elif isinstance(saying, channel.Offer) and saying.participant != "sender":
            tasks.add(asyncio.create_task(answer(saying)))

    one = Forwarding(None, hear, lambda _: None, lambda: None)
    names = [str(number) for number in range(count)]
    one.send(channel.People(ROOM, tuple((name, 1) for name in ["sender", *names])))
    one.send(channel.Offer(ROOM, "sender", sender.session, await sender.offer()))
    try:
        await _all_hear(listeners)
        assert one.pid is not None
        return await _cpu(one.pid)
    finally:
        await _close(sender, listeners)
        await one.stop()


async def _relayed(count: int) -> float:
    sender = PacketSender(high=PICTURE, low=None)
    listeners = [PacketListener(reports=False) for _ in range(count)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.relay"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=1 << 20,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    out, back = process.stdin, process.stdout

    async def ask(**message: Any) -> dict[str, Any]:
        out.write(json.dumps(message).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await back.readline())
        return answer

    try:
        sender.take_answer((await ask(offer=await sender.offer()))["answer"])
        for number, listener in enumerate(listeners):
            offered = await ask(subscribe=number)
            answer = await listener.answer(f"down.{number}", offered["offer"])
            out.write(json.dumps({"answer": answer, "of": number}).encode() + b"\n")
        await _all_hear(listeners)
        return await _cpu(process.pid)
    finally:
        await _close(sender, listeners)
        process.kill()
        await process.wait()


async def _all_hear(listeners: list[PacketListener]) -> None:
    def hears(listener: PacketListener) -> bool:
        return sum(1 for heard in listener.heard.values() if heard.packets > 20) >= 2

    async with asyncio.timeout(60):
        while not all(map(hears, listeners)):
            await asyncio.sleep(0.1)


async def _close(sender: PacketSender, listeners: list[PacketListener]) -> None:
    await sender.close()
    for listener in listeners:
        await listener.close()


async def _thin_line() -> str:
    """What comes through 600 kbit/s, beside others whose line is good."""
    async with Meeting() as meeting:
        await meeting.bring("anna", PacketSender(high=PICTURE, low=LOW))
        await meeting.bring("bryn")
        await meeting.bring("carys", listener=PacketListener(link=Bottleneck(600_000)))
        await asyncio.sleep(SETTLE_SECONDS + SECONDS)
        picture, sound = (meeting.listeners["carys"].heard["anna", kind] for kind in ("video", "audio"))
        before, heard = picture.frames, sound.packets
        await asyncio.sleep(SECONDS)
        frames, packets = (picture.frames - before) / SECONDS, (sound.packets - heard) / SECONDS
    return f"a line of 600 kbit/s: {frames:.1f} small pictures a second, {packets:.1f} of 50 packets of sound"


if __name__ == "__main__":
    print(run())
