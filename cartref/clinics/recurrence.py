"""From a pattern to days, and from a sitting to slots: pure dates and times."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta


def occurrences(*, weekday: int, week_interval: int, from_date: date, first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`, both counted, on which a clinic runs (weekday 0 is Monday).

    It runs for the first time on the first such weekday from `from_date` on, and every `week_interval` weeks after.
    """
    day = from_date + timedelta(days=(weekday - from_date.weekday()) % 7)
    step = timedelta(weeks=week_interval)
    if day < first:
        day += -((day - first) // step) * step
    while day <= last:
        yield day
        day += step


def cut(starts_at: datetime, ends_at: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield the whole slots of `length` that fit between two moments, one after the other."""
    start = starts_at
    while start + length <= ends_at:
        yield start, start + length
        start += length
