"""What a subscriber's line is like, by its own reports: how much arrives, what is lost, how long packets queue. Pure.

Transport-cc tells it within a tenth of a second and without waiting for loss; where a client does not speak it,
receiver reports tell of loss alone. REMB is not asked for: every browser of today speaks transport-cc, which says more.
"""

from collections import deque
from dataclasses import dataclass
from struct import unpack_from
from typing import Final

from signalling.media.numbers import Unwrapper, nearer

KEPT: Final = 4_096
WINDOW: Final = 1.0
# The least delay of the last ten seconds is taken for that of an empty queue.
LEAST_FOR: Final = 5.0
TICK: Final = 0.00025
REFERENCE: Final = 0.064


@dataclass(frozen=True, slots=True)
class Line:
    """`queue` in seconds; `loss` from 0 to 1; `arrives` in bits a second, None where not known."""

    queue: float = 0.0
    loss: float = 0.0
    arrives: float | None = None


class LineSense:
    """Listens to one subscriber's feedback."""

    def __init__(self) -> None:
        self._numbers = Unwrapper()
        self._sent: dict[int, tuple[float, int]] = {}
        self._heard: deque[tuple[float, float | None, int]] = deque()  # sent at, delay or None for lost, octets
        self._acknowledged = -1
        self._least: tuple[float, float, float] | None = None  # since, least before, least now
        self._queue = 0.0
        self._block_loss: tuple[float, float] = (0.0, 0.0)
        self._clock = Unwrapper()

    def sent(self, sequence: int, octets: int, now: float) -> None:
        """Note a packet with its transport-wide number."""
        number = self._numbers.take(sequence)
        self._sent[number] = (now, octets)
        self._sent.pop(number - KEPT, None)

    def hear_block(self, loss: float, now: float) -> None:
        """Take a receiver report's share of loss; used where no transport-cc comes."""
        before, at = self._block_loss
        self._block_loss = (max(loss, before * 0.5) if now - at < WINDOW else loss, now)

    def hear_arrivals(self, body: bytes, now: float) -> None:
        """Take a transport-cc report; what is malformed in it is passed over."""
        for number, at in read_arrivals(body, self._numbers.highest or 0, self._clock):
            sent = self._sent.pop(number, None)
            if sent is None:
                continue
            delay = None if at is None else at - sent[0]
            if at is None:
                self._sent[number] = sent  # the next report may still bring it
                if number <= self._acknowledged:
                    continue
            self._heard.append((sent[0], delay, sent[1]))
            self._acknowledged = max(self._acknowledged, number)
            if delay is not None:
                self._weigh(delay, now)
        self._trim(now)

    def line(self, now: float) -> Line:
        """The line as it is now."""
        if self._acknowledged < 0:
            loss, at = self._block_loss
            return Line(loss=loss if now - at < 3 * WINDOW else 0.0)
        self._trim(now)
        total = len(self._heard)
        lost = sum(1 for _, delay, _ in self._heard if delay is None)
        octets = sum(size for _, delay, size in self._heard if delay is not None)
        return Line(self._queue, lost / total if total else 0.0, octets * 8 / WINDOW)

    def _weigh(self, delay: float, now: float) -> None:
        since, before, least = self._least or (now, delay, delay)
        if now - since > LEAST_FOR:
            since, before, least = now, least, delay
        least = min(least, delay)
        self._least = (since, before, least)
        self._queue += 0.2 * (delay - min(before, least) - self._queue)

    def _trim(self, now: float) -> None:
        # What was sent before the window and is reported now has left it; a silent minute leaves nothing behind.
        while self._heard and self._heard[0][0] < now - WINDOW - self._queue:
            self._heard.popleft()
        if not self._heard:
            self._queue = 0.0


def read_arrivals(body: bytes, near: int, clock: Unwrapper) -> list[tuple[int, float | None]]:
    """Each packet of a transport-cc report by its unwrapped number: seconds on the receiver's clock, None if lost."""
    if len(body) < 8:
        return []
    base, count, reference = unpack_from("!HHL", body)
    symbols, at = _symbols(body, count)
    first = near + nearer(base - near)
    # The 24-bit reference wraps after 12 days; it is unwrapped as a 16-bit number is, scaled.
    moment = _reference(reference >> 8, clock) * REFERENCE
    arrivals: list[tuple[int, float | None]] = []
    for place, symbol in enumerate(symbols):
        if symbol not in (1, 2):
            arrivals.append((first + place, None))
            continue
        if at + symbol > len(body):
            break
        moment += (body[at] if symbol == 1 else unpack_from("!h", body, at)[0]) * TICK
        at += symbol
        arrivals.append((first + place, moment))
    return arrivals


def _reference(value: int, clock: Unwrapper) -> int:
    if clock.highest is None:
        return clock.take(value)
    unwrapped = clock.highest + nearer(value - clock.highest, 24)
    clock.highest = max(clock.highest, unwrapped)
    return unwrapped


def _symbols(body: bytes, count: int) -> tuple[list[int], int]:
    """The status of each packet, and where the deltas begin (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""
    symbols: list[int] = []
    at = 8
    while len(symbols) < count and at + 2 <= len(body):
        chunk = unpack_from("!H", body, at)[0]
        at += 2
        if not chunk >> 15:
            symbols += [chunk >> 13 & 3] * min(chunk & 0x1FFF, count - len(symbols))
        elif chunk >> 14 & 1:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    return symbols[:count], at
