"""The referral-to-treatment clock of NHS Wales: from what happened on which day to how long she has waited. Pure.

The clock starts when the referral is received. It stands still while the patient herself is not available, and stops
with treatment. Outcome codes are those of NHS Wales (UKCore-OutcomeOfAttendanceWales).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from cartref.referrals.models import TickKind

TARGET_WEEKS = 26
TARGET = timedelta(weeks=TARGET_WEEKS)

OUTCOME_TICKS: Mapping[str, TickKind] = {
    "4": TickKind.START,
    "5": TickKind.STOP,
    "6": TickKind.RESUME,  # a clock that runs goes on running: only one that stood still is changed by it
    "9": TickKind.NOT_COUNTED,
}


class ClockState(StrEnum):
    """How a clock stands. One that never started is not counted."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    NOT_COUNTED = "not-counted"


class Tick(Protocol):
    """One event of a clock, as `ClockTick` keeps it."""

    @property
    def kind(self) -> TickKind:
        """Return what happened."""

    @property
    def on(self) -> date:
        """Return the local day."""


@dataclass(frozen=True)
class Waited:
    """How long somebody has waited: `days` without the pauses; `breaches_on` is the day on which the target is missed.

    `breaches_on` is None unless the clock runs: while it stands still, and once it ended, no such day is known.
    """

    days: int
    state: ClockState
    breaches_on: date | None = None

    @property
    def weeks(self) -> int:
        """Return the whole weeks."""
        return self.days // 7

    @property
    def target(self) -> int:
        """Return within how many weeks she should have been treated."""
        return TARGET_WEEKS

    @property
    def late(self) -> bool:
        """Tell whether the target is missed and she still waits."""
        return self.weeks >= TARGET_WEEKS and self.state in {ClockState.RUNNING, ClockState.PAUSED}


@dataclass(frozen=True)
class Clock:
    """What a clock's events come to.

    `started_on` is moved on by every pause that is over; `ended_on` is the day since which no more days are counted:
    that of treatment, or that on which the present pause began.
    """

    state: ClockState = ClockState.NOT_COUNTED
    started_on: date | None = None
    ended_on: date | None = None

    def waited(self, today: date) -> Waited:
        """Return how long she has waited by `today`."""
        if self.started_on is None:
            return Waited(0, self.state)
        days = max(((self.ended_on or today) - self.started_on).days, 0)
        return Waited(days, self.state, self.started_on + TARGET if self.state is ClockState.RUNNING else None)


def clock_of(ticks: Iterable[Tick]) -> Clock:
    """Return the clock after these events, which come in order of time; those of one day in the order written down."""
    clock = Clock()
    for tick in ticks:
        clock = _AFTER[tick.kind](clock, tick.on)
    return clock


def waited(ticks: Iterable[Tick], today: date) -> Waited:
    """Return how long she has waited by `today`; what happens later is not known yet."""
    return clock_of(tick for tick in ticks if tick.on <= today).waited(today)


def may_follow(state: ClockState) -> tuple[TickKind, ...]:
    """Return what a person may let happen to a clock in that state."""
    return _MAY_FOLLOW[state]


def _start(_clock: Clock, on: date) -> Clock:
    return Clock(ClockState.RUNNING, on)


def _pause(clock: Clock, on: date) -> Clock:
    return replace(clock, state=ClockState.PAUSED, ended_on=on) if clock.state is ClockState.RUNNING else clock


def _resume(clock: Clock, on: date) -> Clock:
    if clock.state is not ClockState.PAUSED or clock.started_on is None or clock.ended_on is None:
        return clock
    return Clock(ClockState.RUNNING, clock.started_on + (on - clock.ended_on))


def _stop(clock: Clock, on: date) -> Clock:
    if clock.state is ClockState.PAUSED:
        return replace(clock, state=ClockState.STOPPED)
    return replace(clock, state=ClockState.STOPPED, ended_on=on) if clock.state is ClockState.RUNNING else clock


def _not_counted(_clock: Clock, _on: date) -> Clock:
    return Clock()


_AFTER: Mapping[TickKind, Callable[[Clock, date], Clock]] = {
    TickKind.START: _start,
    TickKind.PAUSE: _pause,
    TickKind.RESUME: _resume,
    TickKind.STOP: _stop,
    TickKind.NOT_COUNTED: _not_counted,
}
_MAY_FOLLOW = {
    ClockState.RUNNING: (TickKind.PAUSE, TickKind.STOP),
    ClockState.PAUSED: (TickKind.RESUME, TickKind.STOP),
    ClockState.STOPPED: (TickKind.START,),
    ClockState.NOT_COUNTED: (TickKind.START,),
}
