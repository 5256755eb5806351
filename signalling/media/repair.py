"""Loss: what has not arrived of a stream, and what was sent of a leg, to be sent again. Pure."""

from typing import Final, NamedTuple

from signalling.media.numbers import WRAP, Unwrapper

KEPT: Final = 512
# RFC 4585 asks for no pace; a packet that three askings over a second did not bring is given up.
ASKED_AT_MOST: Final = 10
FIRST_PAUSE: Final = 0.06
GIVEN_UP_AFTER: Final = 1.0
MISSING_AT_MOST: Final = 256


class Missing:
    """The packets of one stream that have been passed over by later ones."""

    def __init__(self) -> None:
        self._numbers = Unwrapper()
        self._missing: dict[int, tuple[float, float, int]] = {}  # first missed, next asked, times asked

    @property
    def highest(self) -> int:
        """The highest number seen, with its cycles above 16 bits, as receiver reports count (RFC 3550, 6.4.1)."""
        return self._numbers.highest or 0

    def take(self, sequence: int, now: float) -> bool:
        """Note a packet; False for one that was there already or is too old to matter."""
        before = self._numbers.highest
        number = self._numbers.take(sequence)
        if before is None:
            return True
        if number <= before:
            return self._missing.pop(number, None) is not None
        if number - before > MISSING_AT_MOST:
            self._missing.clear()  # it started elsewhere; only a keyframe helps
        else:
            for absent in range(before + 1, number):
                self._missing[absent] = (now, now, 0)
        return True

    def due(self, now: float) -> list[int]:
        """The numbers to ask for now, each a few times and then no more."""
        asked: list[int] = []
        for number, (since, at, times) in list(self._missing.items()):
            if now - since > GIVEN_UP_AFTER or times >= ASKED_AT_MOST:
                del self._missing[number]
            elif at <= now:
                self._missing[number] = (since, now + FIRST_PAUSE * (times + 1), times + 1)
                asked.append(number % WRAP)
        return asked


class Sent(NamedTuple):
    """What is needed to send a packet again."""

    sequence: int
    marker: int
    timestamp: int
    payload: bytes


class Ring:
    """The last 512 packets of a leg."""

    def __init__(self) -> None:
        self._slots: list[Sent | None] = [None] * KEPT
        self._newest = 0

    def keep(self, sent: Sent) -> None:
        """Keep a packet in place of the one 512 before it."""
        self._newest = sent.sequence % KEPT
        self._slots[self._newest] = sent

    def find(self, sequence: int) -> Sent | None:
        """The packet of that number, if it is still kept."""
        sent = self._slots[sequence % KEPT]
        return sent if sent is not None and sent.sequence == sequence else None

    def recent(self, place: int) -> Sent | None:
        """The packet sent that many before the newest."""
        return self._slots[(self._newest - place) % KEPT]
