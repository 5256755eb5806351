"""The bank holidays of Wales, by date and kind, without asking anybody: pure, and named in both languages."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays

from cartref.i18n import N_


class BankHoliday(StrEnum):
    """Which bank holiday a day is; OTHER is one that was proclaimed for a single year."""

    NEW_YEAR = "new-year"
    GOOD_FRIDAY = "good-friday"
    EASTER_MONDAY = "easter-monday"
    EARLY_MAY = "early-may"
    SPRING = "spring"
    SUMMER = "summer"
    CHRISTMAS = "christmas"
    BOXING = "boxing"
    OTHER = "other"


# How the package names them, before it says "(observed)" of the weekday that stands in for a Saturday or a Sunday.
_KINDS = {
    "New Year's Day": BankHoliday.NEW_YEAR,
    "Good Friday": BankHoliday.GOOD_FRIDAY,
    "Easter Monday": BankHoliday.EASTER_MONDAY,
    "May Day": BankHoliday.EARLY_MAY,
    "Spring Bank Holiday": BankHoliday.SPRING,
    "Late Summer Bank Holiday": BankHoliday.SUMMER,
    "Christmas Day": BankHoliday.CHRISTMAS,
    "Boxing Day": BankHoliday.BOXING,
}
HOLIDAY_WORDS = {
    BankHoliday.NEW_YEAR: N_("New Year's Day"),
    BankHoliday.GOOD_FRIDAY: N_("Good Friday"),
    BankHoliday.EASTER_MONDAY: N_("Easter Monday"),
    BankHoliday.EARLY_MAY: N_("Early May bank holiday"),
    BankHoliday.SPRING: N_("Spring bank holiday"),
    BankHoliday.SUMMER: N_("Summer bank holiday"),
    BankHoliday.CHRISTMAS: N_("Christmas Day"),
    BankHoliday.BOXING: N_("Boxing Day"),
    BankHoliday.OTHER: N_("Bank holiday"),
}


def bank_holiday(day: date) -> BankHoliday | None:
    """Return which bank holiday of Wales `day` is, None for a day like any other."""
    return _of_year(day.year).get(day)


@lru_cache(maxsize=16)
def _of_year(year: int) -> Mapping[date, BankHoliday]:
    found = country_holidays("GB", subdiv="WLS", years=year, language="en_GB")
    return {day: _KINDS.get(name.partition(" (")[0], BankHoliday.OTHER) for day, name in found.items()}
