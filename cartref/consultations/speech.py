"""How the pages of a visit say dates, times and numbers: in the reader's language, on the clinic's clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from cartref import formatting
from cartref.i18n import words

SIX = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 4}  # a number for each plural form of Welsh (CLDR)


@dataclass(frozen=True)
class Speech:
    """Says things in one language, moments on the clocks of one zone: templates know it as `say`."""

    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """Return the day it is at the clinic."""
        return formatting.local(self.now, self.zone).date()

    def time(self, at: datetime) -> str:
        """Return a time of day: "10:20am"."""
        return formatting.time(formatting.local(at, self.zone), self.language)

    def clock(self, at: datetime) -> str:
        """Return a time of day to the second, "10:41:08", which says that something was saved just now."""
        return formatting.local(at, self.zone).strftime("%H:%M:%S")

    def day(self, day: date, *, year: bool = True) -> str:
        """Return a date that stands alone: "Tuesday 3 November 2026"."""
        return formatting.date_label(day, self.language, year=year)

    def plain_date(self, day: date) -> str:
        """Return a date without its weekday: "3 November 1941"."""
        return formatting.plain_date(day, self.language)

    def age(self, born_on: date) -> int:
        """Return how many years old somebody is today."""
        return formatting.age(born_on, self.today)

    def minutes_since(self, at: datetime) -> int:
        """Return how many whole minutes have gone since, never less than none."""
        return max(0, int((self.now - at).total_seconds() // 60))

    def telephone(self, number: str) -> str:
        """Return a telephone number in groups."""
        return formatting.telephone(number)

    def nhs_number(self, digits: str | None) -> str:
        """Return an NHS number in groups, empty when there is none."""
        return formatting.nhs_number_display(digits) if digits else ""

    def forms(self, sentence: Callable[[NullTranslations, int], str]) -> dict[str, str]:
        """Return a sentence with a number in it once for each plural form, the number as "{n}": for scripts to fill."""
        catalogue = words(self.language).catalogue
        return {form: sentence(catalogue, n).replace("%(n)s", "{n}") for form, n in SIX.items()}
