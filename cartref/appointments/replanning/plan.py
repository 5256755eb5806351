"""What a plan is: people, the times that each could have, and a choice in which nothing is in two places. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cartref.clinics.availability import Span

UNPLACED = 1_000_000  # what it costs to leave somebody without a time: more than any times together can save


@dataclass(frozen=True)
class Claim:
    """That a time needs a resource (a person's, room's or clinician's id) for a span."""

    resource_id: str
    span: Span


@dataclass(frozen=True)
class Option:
    """One time that somebody could have: what it needs, what it costs (0 is best), and reasons as codes with facts."""

    slot_id: str
    span: Span
    claims: tuple[Claim, ...]
    cost: int
    room_id: str | None = None
    presenter_id: str | None = None
    reasons: Mapping[str, object] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Person:
    """Somebody who needs another time, and every time that fits her by the hard rules."""

    appointment_id: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Plan:
    """For each appointment the number of its option, or None where there is no room for it."""

    chosen: Mapping[str, int | None]
    cost: int

    def option(self, person: Person) -> Option | None:
        """Return the time that the plan gives somebody."""
        number = self.chosen[person.appointment_id]
        return None if number is None else person.options[number]


def make_plan(people: Sequence[Person], chosen: Mapping[str, int | None]) -> Plan:
    """Return the plan with its cost."""
    return Plan(dict(chosen), sum(_cost(person, chosen[person.appointment_id]) for person in people))


def _cost(person: Person, number: int | None) -> int:
    return UNPLACED if number is None else person.options[number].cost


class Taken:
    """Who has what when, while a plan is made."""

    def __init__(self) -> None:
        self._claims: dict[str, dict[Claim, str]] = {}

    def in_the_way(self, option: Option, of: str) -> set[str]:
        """Return the appointments, besides `of`, that need something which `option` needs at the same time."""
        return {
            owner
            for claim in option.claims
            for other, owner in self._claims.get(claim.resource_id, {}).items()
            if owner != of and other.span.overlaps(claim.span)
        }

    def take(self, option: Option, owner: str) -> None:
        """Keep that `owner` has this time."""
        for claim in option.claims:
            self._claims.setdefault(claim.resource_id, {})[claim] = owner

    def give_back(self, option: Option) -> None:
        """Forget that somebody has this time."""
        for claim in option.claims:
            self._claims[claim.resource_id].pop(claim, None)
