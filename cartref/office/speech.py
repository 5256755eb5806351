"""How the office's pages say dates, times and numbers: `formatting` with the reader's language filled in."""

from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from cartref import clock, formatting

ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Speech:
    """Says things in one language, moments on the clocks of Wales: templates know it as `say`."""

    language: str

    def day(self, day: date, *, year: bool = True) -> str:
        """Return a date that stands alone: "Tuesday 3 November 2026"."""
        return formatting.date_label(day, self.language, year=year)

    def plain_date(self, day: date) -> str:
        """Return a date without its weekday: "3 November 1941"."""
        return formatting.plain_date(day, self.language)

    def dates(self, first: date, last: date) -> str:
        """Return from which date to which: "7 to 11 December 2026"."""
        return formatting.date_range(first, last, self.language)

    def weekday(self, day: date) -> str:
        """Return a date and its weekday without the year: "Tuesday 3 November"."""
        return formatting.date_label(day, self.language, year=False)

    def date_of(self, at: datetime) -> str:
        """Return the date of a moment, without its weekday."""
        return self.plain_date(formatting.local(at, ZONE).date())

    def time(self, at: datetime | wall_time) -> str:
        """Return a time of day, "10:20am"; a wall time is said as it stands."""
        return formatting.time(formatting.local(at, ZONE) if isinstance(at, datetime) else at, self.language)

    def span(self, start: datetime, end: datetime) -> str:
        """Return from when to when on one day: "10:20am to 10:40am"."""
        return formatting.time_range(formatting.local(start, ZONE), formatting.local(end, ZONE), self.language)

    def walls(self, start: wall_time, end: wall_time) -> str:
        """Return from one wall time to another: "9am to 12pm"."""
        return formatting.time_range(start, end, self.language)

    def moment(self, at: datetime, *, year: bool = True) -> str:
        """Return a moment that stands alone: "Tuesday 3 November 2026, 10:20am"."""
        return formatting.day_and_time(formatting.local(at, ZONE), self.language, year=year)

    def lately(self, at: datetime) -> str:
        """Return when something happened: today's by the time alone, "10:20am", else the whole moment."""
        return self.time(at) if formatting.local(at, ZONE).date() == today() else self.moment(at)

    def minutes(self, n: int) -> str:
        """Return a length of time: "20 minutes"."""
        return formatting.minutes(n, self.language)

    def length(self, start: datetime, end: datetime) -> str:
        """Return how long it is from one moment to another: "20 minutes"."""
        return self.minutes(round((end - start).total_seconds() / 60))

    def is_over(self, ends_at: datetime) -> bool:
        """Tell whether a time has passed, so that nobody can be booked into it."""
        return ends_at <= clock.now()

    def age(self, born_on: date) -> str:
        """Return how old somebody is today: "85 years old"."""
        return formatting.age_label(born_on, today(), self.language)

    def telephone(self, number: str) -> str:
        """Return a telephone number in groups."""
        return formatting.telephone(number)

    def nhs_number(self, digits: str) -> str:
        """Return an NHS number in groups: "999 000 0018"."""
        return formatting.nhs_number_display(digits)


def today() -> date:
    """Return what day it is in Wales."""
    return formatting.local(clock.now(), ZONE).date()
