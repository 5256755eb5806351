"""Who of those who wait can be offered a freed time, and in which order: pure.

Clinical priority comes first, then reviews that are overdue, then who has waited longest. Beside the hard rules of
every search for a time (`finding.rules`) an offer has rules of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cartref.appointments.finding import rules
from cartref.appointments.finding.candidates import Candidate, Gathered, candidates
from cartref.appointments.finding.need import Need
from cartref.referrals.models import EntryKind, Priority
from cartref.referrals.waiting_list import RANKS

TOO_EARLY = timedelta(weeks=2)  # a review sooner than that before its day would not see what it is to see


@dataclass(frozen=True)
class Waiting:
    """One line of the waiting list as an offer sees it; `way` is how its patient is asked, None when nobody may.

    `since` is the day from which the wait counts: for a review its due date. `paused`: she can't come at present.
    `asked`: she had her turn for this time, or gave it up herself. `guest_id` is a carer who takes part.
    """

    entry_id: str
    name: str
    need: Need
    kind: EntryKind
    priority: Priority
    since: date
    way: str | None
    due_on: date | None = None
    paused: bool = False
    asked: bool = False
    guest_id: str | None = None

    def overdue(self, today: date) -> bool:
        """Tell whether it is a review whose day has passed."""
        return self.kind is EntryKind.REVIEW and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Next:
    """Somebody who can be asked, and the time that she would be offered."""

    waiting: Waiting
    candidate: Candidate


def _not_too_early(waiting: Waiting, day: date) -> bool:
    return waiting.kind is not EntryKind.REVIEW or waiting.due_on is None or waiting.due_on - day <= TOO_EARLY


# What each must fulfil before times are looked at; the day is that of the freed time.
RULES: dict[str, Callable[[Waiting, date], bool]] = {
    "can be asked": lambda waiting, _day: waiting.way is not None,
    "can come": lambda waiting, _day: not waiting.paused,
    "has not been asked": lambda waiting, _day: not waiting.asked,
    "not too early": _not_too_early,
}


def rank(waiting: Waiting, today: date) -> tuple[object, ...]:
    """Return the place in line as a key to sort by."""
    return RANKS[waiting.priority], not waiting.overdue(today), waiting.since, waiting.entry_id


def in_line(waiting: Iterable[Waiting], gathered: Gathered, *, day: date, today: date) -> Iterator[Next]:
    """Yield whoever can be offered a freed time on `day`, the first in line first.

    `gathered` holds the session with its freed slots alone; each is offered the first time in them that suits her.
    """
    for one in sorted(waiting, key=lambda one: rank(one, today)):
        if all(rule(one, day) for rule in RULES.values()):
            candidate = _suiting(one.need, gathered)
            if candidate is not None:
                yield Next(one, candidate)


def _suiting(need: Need, gathered: Gathered) -> Candidate | None:
    """Return the first time that keeps every hard rule, at her place if she is to be seen at one."""
    if need.placed:
        gathered = replace(gathered, places=[place for place in gathered.places if place.site_id == need.site_id])
    applying = rules.applying(need)
    return next((found for found in candidates(need, gathered) if not rules.broken(found, need, applying)), None)
