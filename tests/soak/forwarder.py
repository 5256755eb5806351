"""Three people talk through a forwarder all the time, with numbers that wrap; others come, send, and go again."""

import asyncio
import gc
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from weakref import WeakSet

from signalling.robot.packets import PacketListener, PacketSender, Picture, Stream
from tests.signalling.media.meeting import Meeting

SMALL = Picture(160, 120, 15, 100_000)
LARGE = Picture(320, 240, 15, 400_000)
STAYING = ("anna", "bryn", "carys")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# Of one look to the next these may differ: what is on its way, and what the allocator keeps.
SPARE_TASKS = 12
SPARE_HANDLES = 8
SPARE_MEMORY = 8 * 1024 * 1024
NEAR_THE_WRAP = 65_000


@dataclass(frozen=True)
class Look:
    """What the process held at one moment, with everybody gone but those who stay."""

    memory: int
    tasks: int
    handles: int


@dataclass
class Report:
    """How a soak went."""

    seconds: float
    rounds: int = 0
    packets: int = 0
    wraps: int = 0
    wrapped: WeakSet[Stream] = field(default_factory=WeakSet)
    looks: list[Look] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        first, last = self.looks[0], self.looks[-1]
        lines = [f"{self.seconds / 60:.1f} minutes, {self.rounds} people came and went, {self.packets} packets sent on"]
        lines.append(f"{self.wraps} times a sequence number began anew")
        lines.append(f"memory {first.memory >> 20} MB at first, {last.memory >> 20} MB at last")
        lines.append(f"tasks {first.tasks}, {last.tasks}; file handles {first.handles}, {last.handles}")
        return "\n".join([*lines, *(self.faults or ["nothing grew, and nobody was lost"])])


async def soak(seconds: float, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Let people talk for that long, and say what grew."""
    report, dice = Report(seconds), random.Random(1)
    ends = time.monotonic() + seconds
    async with Meeting() as meeting:
        for name in STAYING:
            await meeting.bring(name, _sender(), PacketListener(loss=lambda: dice.random() < 0.01))
        await _all_hear(meeting, report)
        await _visit(meeting, dice, report)  # what is made once is made now
        report.looks.append(look())
        while time.monotonic() < ends:
            await _visit(meeting, dice, report)
            await _all_hear(meeting, report)
            _wrap(meeting, report)
            report.looks.append(look())
            tell(f"{report.rounds}: {report.looks[-1]}")
        report.packets = meeting.forwarder.carried.packets_sent
    _judge(report)
    return report


def look() -> Look:
    """What this process holds now."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
    return Look(resident, len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir())))


def _sender() -> PacketSender:
    sender = PacketSender(high=LARGE, low=SMALL)
    for stream in (sender.sound, *sender.pictures):
        stream.sequence = NEAR_THE_WRAP + 500  # a few seconds before it begins anew
    return sender


async def _visit(meeting: Meeting, dice: random.Random, report: Report) -> None:
    """Somebody comes, sends, is replaced by another page, and goes; one who stays comes by a new connection."""
    report.rounds += 1
    await meeting.bring("dafydd", _sender())
    await _hears(meeting, "anna", "dafydd", report)
    await meeting.senders["dafydd"].close()
    await meeting.listeners["dafydd"].close()
    await meeting.bring("dafydd", _sender())
    await _hears(meeting, "bryn", "dafydd", report)
    meeting.put_out("dafydd")
    for client in (meeting.senders.pop("dafydd"), meeting.listeners.pop("dafydd")):
        await client.close()
    mover = dice.choice(STAYING)
    before = meeting.senders[mover]
    await meeting.publish(mover, _sender())
    await meeting.until(lambda: not before.is_connected, 30)
    await before.close()
    await asyncio.sleep(0.5)


async def _all_hear(meeting: Meeting, report: Report) -> None:
    for listener in STAYING:
        for about in STAYING:
            if listener != about:
                await _hears(meeting, listener, about, report)


async def _hears(meeting: Meeting, listener: str, about: str, report: Report) -> None:
    had = {kind: meeting.packets(listener, about, kind) for kind in ("audio", "video")}
    try:
        for kind, count in had.items():
            await meeting.until(lambda k=kind, c=count: meeting.packets(listener, about, k) > c + 10, 30)  # type: ignore[misc]  # bound now
    except TimeoutError:
        report.faults.append(f"{listener} lost {about} in round {report.rounds}")


def _wrap(meeting: Meeting, report: Report) -> None:
    """Count the numbers that began anew, of streams up and of lines down, and forget what was heard."""
    for sender in meeting.senders.values():
        for stream in (sender.sound, *sender.pictures):
            report.wraps += stream.sequence < NEAR_THE_WRAP and stream not in report.wrapped
            if stream.sequence < NEAR_THE_WRAP:
                report.wrapped.add(stream)
    for listener in STAYING:
        for heard in meeting.listeners[listener].heard.values():
            report.wraps += sum(1 for one, following in pairwise(heard.numbers) if following < one - 60_000)
            heard.numbers.clear()
            heard.octets_by_second.clear()
            heard.frames_by_second.clear()


def _judge(report: Report) -> None:
    """Half of the looks are for warming up: after them nothing may grow."""
    half = report.looks[len(report.looks) // 2]
    last = report.looks[-1]
    for name, spare in (("memory", SPARE_MEMORY), ("tasks", SPARE_TASKS), ("handles", SPARE_HANDLES)):
        if getattr(last, name) > getattr(half, name) + spare:
            report.faults.append(f"{name} grew from {getattr(half, name)} to {getattr(last, name)}")
