"""How a change in a room reaches the boards that watch it: within this process."""

from collections.abc import Callable

Listener = Callable[[str, frozenset[str]], None]


class LocalBus:
    """Tells each listener the room that changed and the topics that show it."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Hear of every change from now on."""
        self._listeners.append(listener)

    def publish(self, room: str, topics: frozenset[str]) -> None:
        """Tell all listeners of a change."""
        for listener in self._listeners:
            listener(room, topics)

    def is_ready(self) -> bool:
        """Whether changes get through; within a process they do."""
        return True
