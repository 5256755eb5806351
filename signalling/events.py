"""Brings events to the application, signed, at least once and in order within a room, and brings its orders back."""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from signalling.journal import Delivered, Journal
from signalling.metrics import Metrics
from signalling.room import OrderNotUnderstood
from signalling.wire.events import EVENTS_PATH, SIGNATURE_HEADER, Answer, Event, Order, Post, read_answer, sign

log = logging.getLogger(__name__)

# An order takes effect within five seconds of being given, so posts come a good deal oftener.
POST_SECONDS: Final = 3.0
TIMEOUT_SECONDS: Final = 10.0
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 5.0
# Rooms that were refused before share few places of their own, so that the others never wait for them.
PLACES: Final = 16
PLACES_OF_THE_REFUSED: Final = 4


class NotAccepted(Exception):
    """The application did not take the post; it is tried again."""


class Courier:
    """Posts each room's events one after the other, every room by itself."""

    def __init__(
        self,
        journal: Journal,
        metrics: Metrics,
        *,
        url: str,
        key: bytes,
        dead_letters: Path,
        obey: Callable[[Order], Awaitable[None]],
        open_sockets: Callable[[], int],
    ) -> None:
        self._journal = journal
        self._metrics = metrics
        self._url = url + EVENTS_PATH
        self._key = key
        self._dead_letters = dead_letters
        self._obey = obey
        self._open_sockets = open_sockets
        self._queues: dict[str, deque[Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: dict[str, None] = {}
        self._places = asyncio.Semaphore(PLACES)
        self._places_of_the_refused = asyncio.Semaphore(PLACES_OF_THE_REFUSED)
        self._answered_at = self._asked_at = 0.0
        self._is_answered = True
        self._client: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Bring what a crash left over, and ask for orders while anybody is connected, until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)) as self._client:
            for event in list(self._journal.events.values()):
                self.bring(event)
            try:
                await self._ask_regularly()
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def bring(self, event: Event) -> None:
        """Bring an event to the application after those of its room that came before."""
        if self._client is None:
            return  # it is in the journal, from which `run` starts
        queue = self._queues.get(event.room)
        if queue is not None:
            queue.append(event)
            return
        self._queues[event.room] = deque([event])
        self._start(self._empty(event.room))

    def waiting(self) -> int:
        """How many events await acceptance."""
        return len(self._journal.events)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, room: str) -> None:
        """Bring a room's events one by one; one that is not accepted holds up its own room only."""
        queue, pause, places = self._queues[room], FIRST_PAUSE, self._places
        while queue:
            try:
                async with places:
                    await self._deliver(queue[0])
            except NotAccepted:
                places = self._places_of_the_refused
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                queue.popleft()
                pause, places = FIRST_PAUSE, self._places
        del self._queues[room]

    async def _deliver(self, event: Event) -> None:
        """Have one event accepted or buried, or raise NotAccepted."""
        answer = await self._post([event])
        rejection = next((each for each in answer.rejected if each.id == event.id), None)
        if rejection is not None:
            await self._bury(event, rejection.code)
        elif event.id not in answer.accepted:
            self._metrics.events.labels("put off").inc()
            raise NotAccepted(event.id)
        self._metrics.events.labels("accepted" if rejection is None else "rejected").inc()
        self._journal.write([Delivered(event.id)])

    async def _bury(self, event: Event, code: str) -> None:
        """Keep an event that the application will never take where somebody can read it."""
        letter = {"code": code[:200], "event": msgspec.to_builtins(event), "at": time.time()}
        log.error("event %s of type %s was rejected", event.id, event.type)
        try:
            await asyncio.get_running_loop().run_in_executor(None, _append, self._dead_letters, letter)
        except OSError as fault:
            raise NotAccepted(str(fault)) from fault

    async def _ask_regularly(self) -> None:
        while True:
            await asyncio.sleep(POST_SECONDS / 10)
            now = time.monotonic()
            wanted = self._open_sockets() > 0 or self._done
            if wanted and now - max(self._answered_at, self._asked_at) >= POST_SECONDS:
                self._asked_at = now
                self._start(self._ask())

    async def _ask(self) -> None:
        with contextlib.suppress(NotAccepted):
            await self._post([])

    def _note_silence(self, fault: Exception) -> None:
        if self._is_answered:
            log.warning("the application does not answer: %s", fault or type(fault).__name__)
        self._is_answered = False

    async def _post(self, events: list[Event]) -> Answer:
        done = list(self._done)
        body = msgspec.json.encode(Post(events=events, done=done))
        try:
            answer = await self._exchange(body)
        except (aiohttp.ClientError, TimeoutError, OSError, NotAccepted) as fault:
            self._metrics.posts.labels("failed").inc()
            self._note_silence(fault)
            raise NotAccepted(str(fault) or type(fault).__name__) from fault
        self._metrics.posts.labels("answered").inc()
        self._answered_at, self._is_answered = time.monotonic(), True
        for order in done:
            self._done.pop(order, None)
        await self._carry_out(answer.orders)
        return answer

    async def _exchange(self, body: bytes) -> Answer:
        assert self._client is not None
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, self._key, time.time())}
        async with self._client.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
            octets = await response.read()
            if response.status != 200:
                raise NotAccepted(f"status {response.status}")
        try:
            return read_answer(octets)
        except msgspec.DecodeError as fault:
            raise NotAccepted("not an answer") from fault

    async def _carry_out(self, orders: list[Order]) -> None:
        for order in orders:
            try:
                await self._obey(order)
            except OrderNotUnderstood as fault:
                log.error("order %s is not understood: %s", order.id, fault)
            except Exception:  # an order that fails must cost neither the others nor the event it came with
                self._metrics.faults.inc()
                log.exception("order %s failed", order.id)
            else:
                self._done[order.id] = None


def _append(path: Path, letter: dict[str, object]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, json.dumps(letter, ensure_ascii=False).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
