"""Days as people and spreadsheets write them."""

from datetime import date

import pytest

from cartref.referrals.importing.dates import parse

BORN = date(1939, 3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "03/03/1939", "3/3/1939", "3.3.1939", "3-3-1939", "1939-03-03", "1939/3/3", "3 Mar 1939", "3 March 1939",
        "3 Mawrth 1939", "03-Mar-1939", "3rd March, 1939", " 3 MAR 1939 ", "1939-03-03T00:00:00", "03/03/1939 00:00",
        "14307",
    ],
)  # fmt: skip
def test_a_day_is_understood_as_people_write_it(text: str) -> None:
    assert parse(text) == BORN


def test_the_day_comes_before_the_month() -> None:
    assert parse("04/05/1939") == date(1939, 5, 4)


def test_a_spreadsheets_own_number_of_days_is_understood() -> None:
    assert [parse("9200"), parse("46327")] == [date(1925, 3, 9), date(2026, 11, 1)]


@pytest.mark.parametrize(
    "text", ["", "31/02/1939", "03/14/1939", "14/03/39", "1939", "2026", "soon", "3 Grawys 1939", "0/0/0000", "999999"]
)
def test_what_is_not_certain_is_no_day(text: str) -> None:
    assert parse(text) is None
