"""Which times are free: pure, and checked against trying every time by hand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cartref.clinics.availability import FreeSlot, Span, covering, free_times

BEGIN = datetime(2026, 12, 8, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def span(start: int, end: int) -> Span:
    return Span(BEGIN + start * MINUTE, BEGIN + end * MINUTE)


def sitting(*starts: int, session_id: str = "a", clinician_id: str = "c") -> list[FreeSlot]:
    """Return free slots of 20 minutes."""
    return [FreeSlot(f"{session_id}{start}", session_id, clinician_id, span(start, start + 20)) for start in starts]


def starts(found: object) -> list[int]:
    return [int((time.span.starts_at - BEGIN) / MINUTE) for time in found]  # type: ignore[attr-defined] # an iterable


def test_a_short_visit_fits_every_free_slot() -> None:
    assert starts(free_times(sitting(0, 40, 60), None)) == [0, 40, 60]


def test_a_long_visit_needs_slots_without_a_gap() -> None:
    found = list(free_times(sitting(0, 40, 60, 80), 40 * MINUTE))

    assert starts(found) == [40, 60]
    assert found[0].slot_ids == ("a40", "a60")


def test_a_visit_does_not_run_from_one_session_into_another() -> None:
    slots = [*sitting(0, session_id="a"), *sitting(20, session_id="b")]

    assert starts(free_times(slots, 40 * MINUTE)) == []


def test_what_touches_is_free_and_what_overlaps_is_not() -> None:
    found = free_times(sitting(0, 20, 40, 60), None, patient_busy=[span(20, 40)])

    assert starts(found) == [0, 40, 60]


def test_a_clinician_who_is_elsewhere_offers_nothing() -> None:
    slots = [*sitting(0, 20), *sitting(0, 20, session_id="b", clinician_id="d")]

    found = list(free_times(slots, None, clinicians_busy={"c": [span(10, 25)]}))

    assert [time.session_id for time in found] == ["b", "b"]


def test_covering_counts_the_slots_that_a_visit_takes() -> None:
    slots = [span(0, 20), span(20, 40), span(60, 80)]

    assert covering(slots, 20 * MINUTE) == 1
    assert covering(slots, 21 * MINUTE) == 2
    assert covering(slots, 41 * MINUTE) is None
    assert covering([], 20 * MINUTE) is None


@given(
    free=st.sets(st.integers(0, 12)),
    slots_wanted=st.integers(1, 4),
    busy=st.lists(st.tuples(st.integers(0, 260), st.integers(1, 60)), max_size=3),
)
def test_every_time_found_is_free_and_every_free_time_is_found(
    free: set[int], slots_wanted: int, busy: list[tuple[int, int]]
) -> None:
    taken = [span(start, start + length) for start, length in busy]
    length = slots_wanted * 20

    found = starts(free_times(sitting(*(20 * n for n in free)), length * MINUTE, patient_busy=taken))

    assert found == [
        20 * n
        for n in range(13)
        if all(n + more in free for more in range(slots_wanted))
        and not any(span(20 * n, 20 * n + length).overlaps(other) for other in taken)
    ]
