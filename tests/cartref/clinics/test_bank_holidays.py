"""The bank holidays of Wales by date, named in both languages."""

from datetime import date

import pytest

from cartref.clinics.bank_holidays import HOLIDAY_WORDS, BankHoliday, bank_holiday
from cartref.i18n import words


@pytest.mark.parametrize(
    ("day", "which"),
    [
        (date(2026, 4, 3), BankHoliday.GOOD_FRIDAY),
        (date(2026, 4, 6), BankHoliday.EASTER_MONDAY),
        (date(2026, 5, 4), BankHoliday.EARLY_MAY),
        (date(2026, 12, 28), BankHoliday.BOXING),  # the 26th is a Saturday
        (date(2027, 1, 1), BankHoliday.NEW_YEAR),
        (date(2027, 3, 26), BankHoliday.GOOD_FRIDAY),
        (date(2027, 5, 31), BankHoliday.SPRING),
        (date(2027, 8, 30), BankHoliday.SUMMER),
        (date(2027, 12, 27), BankHoliday.CHRISTMAS),
        (date(2023, 5, 8), BankHoliday.OTHER),  # proclaimed for that year alone
    ],
)
def test_a_bank_holiday_is_known_by_its_date(day: date, which: BankHoliday) -> None:
    assert bank_holiday(day) is which


@pytest.mark.parametrize("day", [date(2026, 8, 3), date(2026, 3, 17), date(2026, 12, 29), date(2026, 11, 30)])
def test_what_is_kept_in_scotland_or_ireland_alone_is_a_day_like_any_other(day: date) -> None:
    assert bank_holiday(day) is None


def test_every_holiday_has_a_name_of_its_own_in_welsh() -> None:
    names = {words("cy").gettext(english) for english in HOLIDAY_WORDS.values()}

    assert set(HOLIDAY_WORDS) == set(BankHoliday)
    assert len(names) == len(BankHoliday)
    assert not names & set(HOLIDAY_WORDS.values())
