"""What a clerk types to find somebody is taken for what it is."""

from datetime import date

import pytest

from cartref.patients.searching import Wanted, wanted


@pytest.mark.parametrize("typed", ["9990000018", "999 000 0018", "999-000-0018", " 999 0000018 "])
def test_ten_digits_are_an_nhs_number(typed: str) -> None:
    assert wanted(typed) == Wanted(nhs_number="9990000018")


@pytest.mark.parametrize(
    "typed", ["14/3/1939", "14.03.1939", "14-3-1939", "1939-03-14", "14 March 1939", "14 mar 1939", "14 Mawrth 1939"]
)
def test_a_birth_date_is_read_as_people_write_it(typed: str) -> None:
    assert wanted(typed) == Wanted(born_on=date(1939, 3, 14))


def test_names_beside_a_birth_date_must_fit_too() -> None:
    assert wanted("Parry 14/3/1939 Eluned") == Wanted(born_on=date(1939, 3, 14), words=("Parry", "Eluned"))


def test_a_date_that_is_none_is_words_that_nobody_fits() -> None:
    assert wanted("31/2/1939") == Wanted(words=("31/2/1939",))


def test_nothing_typed_looks_for_nobody() -> None:
    assert wanted(" \0 ").nobody
    assert not wanted("Eluned").nobody
