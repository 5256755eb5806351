"""Plans: nothing in two places, never worse than the greedy one, and the very best where every plan can be tried."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartref.appointments.replanning import cpsat, greedy
from cartref.appointments.replanning.plan import UNPLACED, Claim, Option, Person, Plan, make_plan
from cartref.clinics.availability import Span

NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)
SLOT = timedelta(minutes=20)


def option(start: int, *resources: str, cost: int = 0, slots: int = 1) -> Option:
    """Return a time from slot number `start` of the day that needs these resources."""
    span = Span(NINE + start * SLOT, NINE + (start + slots) * SLOT)
    return Option(f"slot-{start}", span, tuple(Claim(name, span) for name in resources), cost)


def people(options: Sequence[Sequence[Option]]) -> list[Person]:
    """Return somebody for each row of options."""
    return [Person(f"appointment-{number:02}", tuple(row)) for number, row in enumerate(options)]


def instance(seed: int, count: int = 5, most: int = 6) -> list[Person]:
    """Return a random small instance: two clinicians, one room, a morning of eight slots."""
    chance = Random(seed)
    rows = [
        [
            option(
                chance.randrange(8), *{chance.choice(("clinician-1", "clinician-2")), *chance.choice(((), ("room",)))},
                f"patient-{number}", cost=chance.randrange(100), slots=chance.choice((1, 1, 2)),
            )
            for _ in range(chance.randrange(most + 1))
        ]
        for number in range(count)
    ]  # fmt: skip
    return people(rows)


def clashes(plan: Plan, everyone: Sequence[Person]) -> Iterator[tuple[str, str]]:
    """Yield every pair that needs one thing at one time, found without the planner's own means."""
    placed = [(person.appointment_id, found) for person in everyone if (found := plan.option(person))]
    for (one, first), (other, second) in combinations(placed, 2):
        for claim, against in product(first.claims, second.claims):
            same = claim.resource_id == against.resource_id
            if same and claim.span.starts_at < against.span.ends_at and against.span.starts_at < claim.span.ends_at:
                yield one, other


def best(everyone: Sequence[Person]) -> int:
    """Return what the best plan of all costs, by trying every one."""
    every = product(*([None, *range(len(person.options))] for person in everyone))
    plans = (make_plan(everyone, dict(zip((p.appointment_id for p in everyone), c, strict=True))) for c in every)
    return min(plan.cost for plan in plans if not any(clashes(plan, everyone)))


@given(st.integers(0, 10**6), st.integers(0, 12))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_greedy_plan_never_has_anything_in_two_places(seed: int, count: int) -> None:
    everyone = instance(seed, count, most=10)
    plan = greedy.solve(everyone)

    assert plan.chosen.keys() == {person.appointment_id for person in everyone}
    assert not list(clashes(plan, everyone))
    assert plan == greedy.solve(everyone)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_solver_finds_the_best_plan_there_is(seed: int) -> None:
    everyone = instance(seed)
    plan, _solver = cpsat.solve(everyone)

    assert not list(clashes(plan, everyone))
    assert plan.cost == best(everyone) <= greedy.solve(everyone).cost


def test_the_solver_gives_the_same_plan_twice() -> None:
    everyone = instance(7, count=20, most=20)
    assert cpsat.solve(everyone) == cpsat.solve(everyone)


def test_one_is_moved_along_to_make_room_for_another() -> None:
    only_nine = [option(0, "clinician")]
    nine_or_ten = [option(0, "clinician"), option(3, "clinician", cost=5)]
    rather_nine = [option(0, "clinician"), option(6, "clinician", cost=50), option(9, "clinician", cost=60)]
    everyone = people([rather_nine, nine_or_ten, only_nine])

    plan = greedy.solve(everyone)
    assert [plan.chosen[person.appointment_id] for person in everyone] == [1, 1, 0]


def test_who_has_no_time_at_all_is_left_without_one() -> None:
    everyone = people([[], [option(0, "clinician")], [option(0, "clinician")]])
    plan = greedy.solve(everyone)

    assert plan.chosen["appointment-00"] is None
    assert plan.cost == 2 * UNPLACED


def test_without_the_solver_the_greedy_plan_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpsat, "available", lambda: False)
    everyone = instance(3)
    assert cpsat.solve(everyone) == (greedy.solve(everyone), "greedy")


def test_a_solver_that_comes_to_nothing_in_its_time_gives_way_to_the_greedy_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cpsat, "SECONDS", 0.0)
    everyone = instance(11, count=30, most=30)
    plan, _solver = cpsat.solve(everyone)
    assert plan.cost <= greedy.solve(everyone).cost
