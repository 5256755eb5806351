"""How ready somebody is for her visit, from her checks and from what staff settled with her: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cartref.consultations.models import Readiness


class Settled(StrEnum):
    """What a call to somebody who was not ready came to."""

    HELPED = "helped"
    TELEPHONE = "telephone"
    NOT_REACHED = "not-reached"
    VIDEO = "video"  # by video after all


class Standing(StrEnum):
    """How a visit by video stands before its day; the order is that of the work list."""

    NEEDS_HELP = "needs-help"
    NOT_DONE = "not-done"
    SLOW = "slow"
    READY = "ready"
    TELEPHONE = "telephone"

    @property
    def urgency(self) -> int:
        """Return its place on the work list, 0 first."""
        return list(Standing).index(self)

    @property
    def to_ring(self) -> bool:
        """Tell whether somebody should ring."""
        return self in {Standing.NEEDS_HELP, Standing.NOT_DONE}


class Check(Protocol):
    """A check, as far as the rules look at it."""

    @property
    def device(self) -> str:
        """Return which device it was done on."""

    @property
    def result(self) -> Readiness:
        """Return what it came to."""

    @property
    def asked_help_at(self) -> datetime | None:
        """Return when help was asked for after it."""

    @property
    def checked_at(self) -> datetime:
        """Return when it was done."""


@dataclass(frozen=True)
class Call:
    """What staff settled, and when."""

    result: Settled
    at: datetime


STANDINGS = {
    Readiness.READY: Standing.READY,
    Readiness.SLOW: Standing.SLOW,
    Readiness.NEEDS_HELP: Standing.NEEDS_HELP,
}


def standing(checks: Sequence[Check], calls: Sequence[Call]) -> Standing:
    """Return how ready she is by the checks of the devices that she uses, in any order, and the calls to her.

    The last word counts: a check after a call outweighs it, and the best of her devices is the one that she will use.
    """
    last = max((call for call in calls if call.result is not Settled.NOT_REACHED), key=_at, default=None)
    if last is not None and last.result is Settled.TELEPHONE:
        return Standing.TELEPHONE
    helped_at = last.at if last is not None and last.result is Settled.HELPED else None
    counting = [check for check in checks if helped_at is None or _last_word(check) > helped_at]
    if not counting:
        return Standing.READY if helped_at else Standing.NOT_DONE
    if _asks_for_help(counting):
        return Standing.NEEDS_HELP
    return max((STANDINGS[check.result] for check in _last_of_each_device(counting)), key=lambda one: one.urgency)


def last_of(checks: Iterable[Check]) -> Check | None:
    """Return the latest of these checks."""
    return max(checks, key=lambda check: check.checked_at, default=None)


def asked_at(checks: Iterable[Check]) -> datetime | None:
    """Return when help was asked for last."""
    return max((check.asked_help_at for check in checks if check.asked_help_at), default=None)


def _at(call: Call) -> datetime:
    return call.at


def _last_word(check: Check) -> datetime:
    return max(check.checked_at, check.asked_help_at or check.checked_at)


def _asks_for_help(checks: Sequence[Check]) -> bool:
    """Tell whether help was asked for, and no check has gone wholly well since."""
    asked = asked_at(checks)
    if asked is None:
        return False
    return not any(check.result is Readiness.READY and check.checked_at > asked for check in checks)


def _last_of_each_device(checks: Sequence[Check]) -> Iterable[Check]:
    return {check.device: check for check in sorted(checks, key=lambda check: check.checked_at)}.values()
