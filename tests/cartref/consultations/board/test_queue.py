"""Places in the queue."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cartref.consultations.board.queue import InQueue, places

NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)


def at(minutes: int, visit: str, *, waiting: bool = True) -> InQueue:
    return InQueue(visit, NINE + timedelta(minutes=minutes), waiting)


def test_the_earlier_time_comes_first_whoever_arrived_first() -> None:
    assert places([at(40, "c"), at(0, "a"), at(20, "b")]) == {"a": 0, "b": 1, "c": 2}


def test_who_is_with_the_clinician_counts_and_has_no_place() -> None:
    assert places([at(0, "a", waiting=False), at(20, "b")]) == {"b": 1}


def test_nobody_has_no_places() -> None:
    assert places([]) == {}


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=12))
def test_places_are_different_and_leave_no_gap_when_all_wait(people: list[tuple[int, bool]]) -> None:
    here = [at(minutes, str(n), waiting=waiting) for n, (minutes, waiting) in enumerate(people)]

    found = places(here)

    assert len(set(found.values())) == len(found) == sum(waiting for _minutes, waiting in people)
    assert all(0 <= place < len(here) for place in found.values())
