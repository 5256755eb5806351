"""Sequence numbers of 16 bits: unwrapped, and rewritten so that a leg's run on whatever its source does. Pure."""

from bisect import bisect_left, insort
from typing import Final

WRAP: Final = 1 << 16
# A number this far behind the newest belongs to no packet that anybody still waits for.
OLDEST: Final = 4_096


def nearer(difference: int, bits: int = 16) -> int:
    """The difference of two numbers of that many bits as the nearer way round."""
    half = 1 << bits - 1
    return (difference + half) % (half * 2) - half


class Unwrapper:
    """Makes numbers that wrap into ones that rise."""

    def __init__(self) -> None:
        self.highest: int | None = None

    def take(self, number: int) -> int:
        """The number as the nearest to the highest seen."""
        if self.highest is None:
            self.highest = number
            return number
        unwrapped = self.highest + nearer(number - self.highest)
        self.highest = max(self.highest, unwrapped)
        return unwrapped


class Rewriter:
    """Gives the packets of changing sources one run of numbers, in which what was dropped leaves no gap."""

    def __init__(self, first: int) -> None:
        self._next = first
        self._start: int | None = None
        self._base = first
        self._source = Unwrapper()
        self._dropped: list[int] = []
        self._highest = 0

    def change(self) -> None:
        """The next packet is the first of another source."""
        self._start = None

    def drop(self, number: int) -> None:
        """This packet is not passed on; a gap is left only where later ones have been."""
        if self._start is None:
            return
        at = self._source.take(number)
        if at > self._highest and at not in self._dropped:
            insort(self._dropped, at)

    def take(self, number: int) -> int | None:
        """The number to send it under, or None for one from before its source's first."""
        if self._start is None:
            self._begin(number)
        at = self._source.take(number)
        assert self._start is not None
        place = bisect_left(self._dropped, at)
        if at < self._start or (place < len(self._dropped) and self._dropped[place] == at):
            return None
        self._highest = max(self._highest, at)
        given = self._base + at - self._start - place
        self._next = max(self._next, given + 1)
        self._forget()
        return given % WRAP

    def _begin(self, number: int) -> None:
        self._source = Unwrapper()
        self._start = self._highest = self._source.take(number)
        self._base = self._next
        self._dropped.clear()

    def _forget(self) -> None:
        """Numbers dropped long ago count as if the source had begun that much later."""
        assert self._start is not None
        old = bisect_left(self._dropped, self._highest - OLDEST)
        if old:
            start = self._dropped[old - 1] + 1
            self._base += start - self._start - old
            self._start = start
            del self._dropped[:old]
