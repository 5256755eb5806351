"""Days of a pattern and slots of a sitting."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartref.clinics.recurrence import cut, occurrences

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_a_pattern_begins_on_its_first_weekday_and_comes_back_each_week() -> None:
    found = occurrences(
        weekday=1, week_interval=1, from_date=date(2026, 12, 2), first=date(2026, 12, 1), last=date(2026, 12, 23)
    )

    assert list(found) == [date(2026, 12, 8), date(2026, 12, 15), date(2026, 12, 22)]


def test_every_other_week_is_counted_from_the_patterns_beginning_whenever_one_looks() -> None:
    found = occurrences(
        weekday=1, week_interval=2, from_date=date(2026, 12, 1), first=date(2026, 12, 9), last=date(2027, 1, 12)
    )

    assert list(found) == [date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 12)]


@given(weekday=st.integers(0, 6), interval=st.integers(1, 8), from_date=DAYS, first=DAYS, length=st.integers(0, 400))
def test_looking_from_any_day_sees_the_same_days(
    weekday: int, interval: int, from_date: date, first: date, length: int
) -> None:
    last = first + timedelta(days=length)

    every = set(
        occurrences(weekday=weekday, week_interval=interval, from_date=from_date, first=date(2025, 1, 1), last=last)
    )
    seen = list(occurrences(weekday=weekday, week_interval=interval, from_date=from_date, first=first, last=last))

    assert seen == sorted(day for day in every if day >= first)
    assert all(day.weekday() == weekday and day >= from_date for day in seen)


@pytest.mark.parametrize(("minutes", "slots"), [(180, 9), (190, 9), (19, 0), (20, 1), (0, 0)])
def test_only_whole_slots_are_cut_from_a_sitting(minutes: int, slots: int) -> None:
    start = datetime(2026, 12, 8, 9, tzinfo=UTC)

    found = list(cut(start, start + timedelta(minutes=minutes), timedelta(minutes=20)))

    assert len(found) == slots
    assert all(end - begin == timedelta(minutes=20) for begin, end in found)
    assert [begin for begin, _ in found[1:]] == [end for _, end in found[:-1]]
