"""The numbers that clients give to their messages, so that each is acted on once."""

from dataclasses import dataclass
from enum import Enum, auto


class Turn(Enum):
    """What a numbered message is to the server."""

    NEW = auto()
    HANDLED = auto()
    TOO_EARLY = auto()


@dataclass(slots=True)
class Numbering:
    """The last `n` acted on; None after a restart, until the client's next number says where it is."""

    handled: int | None = 0
    gaps: bool = False

    def take(self, n: int | None) -> Turn:
        """Whether a message is to be acted on, and note that it was."""
        if n is None:
            return Turn.NEW
        if self.handled is not None and n <= self.handled:
            return Turn.HANDLED
        if self.handled is not None and n > self.handled + 1 and not self.gaps:
            return Turn.TOO_EARLY
        self.handled = n
        return Turn.NEW

    def restart(self) -> None:
        """A new epoch counts from 1."""
        self.handled, self.gaps = 0, False

    def forget(self) -> None:
        """Where the client is can't be known: it sends again what matters, which leaves gaps in its numbers."""
        self.handled, self.gaps = None, True

    def welcome(self) -> int | None:
        """The `handled` of a welcome, which from now on binds both sides if it is a number."""
        self.gaps = self.handled is None
        return self.handled
