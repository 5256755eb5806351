"""Which picture of whom a subscriber gets: by what its line carries, down at once and up with care. Pure.

The choices stand in a row from cheapest to dearest, sound always first: nobody's picture, the small picture of one, of
two, of all, then the large one of one, of two, of all. A subscriber stands on one of these steps.
"""

from dataclasses import dataclass
from typing import Final, Literal

from signalling.media.line import Line

Level = Literal["none", "low", "high"]

QUEUE_TOO_LONG: Final = 0.15
LOSS_TOO_HIGH: Final = 0.10
# Of what arrives while a queue stands, this much is planned with.
HEADROOM: Final = 0.85
# After a step down the queue gets this long to run empty before it is judged again.
SETTLE: Final = 1.0
HICCUP: Final = 0.3
PATIENCE: Final = 1.5
PATIENCE_AFTER_FAILURE: Final = 8.0
LONGEST_PATIENCE: Final = 60.0
FAILED_WITHIN: Final = 10.0
# Before a dearer step the line is tried with packets sent twice: a third, two thirds, all of what it would cost.
TRIAL: Final = 1.5
TRIAL_STEPS: Final = 3
# Of a step this cheap nothing needs to be tried.
CHEAP: Final = 60_000.0


@dataclass(frozen=True, slots=True)
class Offered:
    """What one publisher sends, in bits a second."""

    participant: str
    sound: float
    low: float
    high: float

    def picture(self, level: Level) -> float:
        """What the picture of a level takes."""
        return {"none": 0.0, "low": self.low, "high": self.high}[level]


@dataclass(frozen=True, slots=True)
class Choice:
    """The level of each publisher's picture, and bits a second to send again so that the line is tried."""

    levels: dict[str, Level]
    trial: float = 0.0


def levels_at(step: int, participants: list[str]) -> dict[str, Level]:
    """What each publisher's picture is on a step; the first named is the first to be seen."""
    count = len(participants)
    low, high = min(step, count), max(0, step - count)
    return {
        participant: "high" if place < high else "low" if place < low else "none"
        for place, participant in enumerate(participants)
    }


def cost(step: int, offered: list[Offered]) -> float:
    """What a step costs, in bits a second."""
    levels = levels_at(step, [one.participant for one in offered])
    return sum(one.sound + one.picture(levels[one.participant]) for one in offered)


def step_within(budget: float, offered: list[Offered]) -> int:
    """The highest step that costs no more than the budget."""
    return max((step for step in range(2 * len(offered) + 1) if cost(step, offered) <= budget), default=0)


class Chooser:
    """One subscriber's place in the row; starts with everybody's small picture."""

    def __init__(self, now: float) -> None:
        self._step: int | None = None
        self._people = 0
        self._changed_at = now
        self._rose_at = float("-inf")
        self._judged_from = now
        self._trial_from: float | None = None
        self._patience = PATIENCE
        self._congested_from: float | None = None

    def choose(self, offered: list[Offered], line: Line, now: float) -> Choice:
        """What to send from now on; to be asked every 50 ms or so."""
        self._fit(len(offered))
        assert self._step is not None
        if now >= self._judged_from and self._stays_congested(line, now):
            self._go_down(offered, line, now)
        elif self._step < 2 * len(offered):
            self._maybe_go_up(offered, now)
        return Choice(levels_at(self._step, [one.participant for one in offered]), self._trial(offered, now))

    def _fit(self, people: int) -> None:
        """Who comes begins small, and who goes leaves the others what they had."""
        before, self._people = self._people, people
        if self._step is None:
            self._step = people
        elif self._step >= before:
            self._step = people + min(people, self._step - before)
        else:
            self._step = min(self._step, people)

    def _stays_congested(self, line: Line, now: float) -> bool:
        """Whether it is no hiccup: a processor that is busy for a moment delays packets too. A trial ends at once."""
        if not is_congested(line):
            self._congested_from = None
            return False
        self._congested_from = now if self._congested_from is None else self._congested_from
        return self._trial_from is not None or now - self._congested_from >= HICCUP

    def _go_down(self, offered: list[Offered], line: Line, now: float) -> None:
        assert self._step is not None
        if self._trial_from is not None or now - self._rose_at < FAILED_WITHIN:
            self._patience = min(LONGEST_PATIENCE, max(PATIENCE_AFTER_FAILURE, self._patience * 2))
        else:
            self._patience = PATIENCE_AFTER_FAILURE
        trying, self._trial_from = self._trial_from is not None, None
        self._judged_from = self._changed_at = now + SETTLE
        if not trying:  # what is sent twice comes off first
            fitting = step_within(line.arrives * HEADROOM, offered) if line.arrives is not None else self._step
            self._step = max(0, min(self._step - 1, fitting))

    def _maybe_go_up(self, offered: list[Offered], now: float) -> None:
        assert self._step is not None
        if self._trial_from is None:
            if now - self._changed_at < self._patience:
                return
            if self._rise(offered) > CHEAP:
                self._trial_from = now
                return
        elif now - self._trial_from < TRIAL:
            return
        self._step += 1
        self._trial_from = None
        self._changed_at = self._rose_at = now
        self._judged_from = now + SETTLE / 2

    def _rise(self, offered: list[Offered]) -> float:
        assert self._step is not None
        return max(0.0, cost(self._step + 1, offered) - cost(self._step, offered))

    def _trial(self, offered: list[Offered], now: float) -> float:
        if self._trial_from is None:
            return 0.0
        share = min(TRIAL_STEPS, 1 + int((now - self._trial_from) / TRIAL * TRIAL_STEPS)) / TRIAL_STEPS
        return self._rise(offered) * share


def is_congested(line: Line) -> bool:
    """Whether the line carries less than is sent."""
    return line.queue > QUEUE_TOO_LONG or line.loss > LOSS_TOO_HIGH
