"""Holds back what a room announces until the journal has what it rests on, room by room and in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Outbox(Generic[Item]):
    """A queue a room; a room whose queue is empty is served at once, and none waits for another."""

    def __init__(self, announce: Callable[[str, Item], None]) -> None:
        self._announce = announce
        self._held: dict[str, deque[tuple[Item, asyncio.Future[None] | None]]] = {}

    def is_holding(self, room: str) -> bool:
        """Whether something of the room is not announced yet."""
        return room in self._held

    def put(self, room: str, item: Item, synced: "asyncio.Future[None] | None") -> None:
        """Announce an item once `synced` is done and everything put before it for this room is announced."""
        queue = self._held.get(room)
        if queue is None and synced is None:
            self._announce(room, item)
            return
        if queue is None:
            queue = self._held[room] = deque()
        queue.append((item, synced))
        if synced is not None:
            synced.add_done_callback(lambda _: self._release(room))

    def _release(self, room: str) -> None:
        queue = self._held.get(room)
        while queue:
            item, synced = queue[0]
            if synced is not None and not synced.done():
                return
            queue.popleft()
            if not queue:
                del self._held[room]
            self._announce(room, item)
