"""The forwarder processes of one signalling service: started when first needed, rooms pinned to the least loaded.

Nothing here loads what carries media: that lives in the processes.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from typing import Final

from signalling.media import channel
from signalling.media.channel import Figures, Order, People, Saying
from signalling.media.meter import Carried

log = logging.getLogger(__name__)

STOP_SECONDS: Final = 1.5
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
# A process that lived this long had no fault in its start.
LIVED_SECONDS: Final = 60.0


class Forwarding:
    """One forwarder process, with the rooms that are pinned to it; a dead one comes back by itself after a pause."""

    def __init__(
        self,
        address: str | None,
        hear: Callable[[Saying], None],
        died: Callable[["Forwarding"], None],
        back: Callable[[], None],
    ) -> None:
        self.rooms: set[str] = set()
        self.is_down = False
        self.figures = Figures(0, 0, 0, Carried())
        self._arguments = ["-m", "signalling.media", *([address] if address else [])]
        self._hear = hear
        self._died = died
        self._back = back
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._queue: list[bytes] = []
        self._pause = FIRST_PAUSE

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def send(self, order: Order) -> None:
        """Give an order, in turn; the process is started by the first."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        if self._process is None or self._process.stdin is None:
            self._queue.append(channel.encode(order))
        else:
            self._process.stdin.write(channel.encode(order))

    async def stop(self) -> None:
        """End the process: it goes when its stdin is closed, and is killed if it does not."""
        process, task, self._task = self._process, self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if process is None or process.returncode is not None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._live()
            log.warning("a forwarder ended with %s", code)
            self._pause = FIRST_PAUSE if loop.time() - began > LIVED_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
            self.is_down, self._process = True, None
            self._died(self)
            await asyncio.sleep(self._pause)
            self.is_down = False
            self._back()

    async def _live(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *self._arguments),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=channel.FRAME_BYTES * 2,
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        self._process = process
        process.stdin.writelines(self._queue)
        self._queue.clear()
        while (frame := await channel.read_frame(process.stdout)) is not None:
            self._listen(channel.sayings.decode(frame))
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it said something that is too long, or is dead already
        return await process.wait()

    def _listen(self, saying: Saying) -> None:
        if isinstance(saying, Figures):
            self.figures = saying
        else:
            self._hear(saying)


class Forwarders:
    """All of them. `hear` gets what they say, `lost` the rooms of one that died; `found`: one is there again."""

    def __init__(
        self,
        count: int,
        address: str | None,
        hear: Callable[[Saying], None],
        lost: Callable[[set[str]], None],
        found: Callable[[], None],
    ) -> None:
        self._lost = lost
        self._all = [Forwarding(address, hear, self._lose, found) for _ in range(count)]
        self._gone = Carried()
        self._stopped = False

    @property
    def are_there(self) -> bool:
        """Whether a room could be served."""
        return not self._stopped and any(not one.is_down for one in self._all)

    @property
    def running(self) -> list[Forwarding]:
        """Those with a process."""
        return [one for one in self._all if one.pid is not None]

    def send(self, order: Order) -> None:
        """Give an order to the process of its room; a room with people is pinned to one, a room without is let go."""
        is_open = isinstance(order, People) and bool(order.people)
        one = self._of(order.room) or (self._least_loaded() if is_open else None)
        if one is None:
            return
        one.rooms.add(order.room)
        one.send(order)
        if isinstance(order, People) and not order.people:
            one.rooms.discard(order.room)

    async def stop(self) -> None:
        """End them all."""
        self._stopped = True
        await asyncio.gather(*(one.stop() for one in self._all))

    def carried(self, name: str) -> int:
        """A figure of what all have carried since the service began."""
        return int(getattr(self._gone, name) + sum(getattr(one.figures.carried, name) for one in self._all))

    def now(self, name: str) -> int:
        """How many rooms, publishers or subscribers there are now."""
        return sum(getattr(one.figures, name) for one in self._all)

    def _of(self, room: str) -> Forwarding | None:
        return next((one for one in self._all if room in one.rooms), None)

    def _least_loaded(self) -> Forwarding | None:
        return min((one for one in self._all if not one.is_down), key=lambda one: len(one.rooms), default=None)

    def _lose(self, one: Forwarding) -> None:
        for name in Carried.__struct_fields__:
            setattr(self._gone, name, getattr(self._gone, name) + getattr(one.figures.carried, name))
        one.figures = Figures(0, 0, 0, Carried())
        rooms, one.rooms = one.rooms, set()
        self._lost(rooms)
