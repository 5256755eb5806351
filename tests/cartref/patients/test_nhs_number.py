"""The NHS number: what is one, what is not, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number.validate import calculate_checksum

from cartref.i18n import words
from cartref.patients.nhs_number import ADVICE, NhsNumberInvalid, Reason, TraceStatus, check_digit, parse

NINE_DIGITS = st.from_regex(r"[0-9]{9}", fullmatch=True)


def refusal(text: str) -> Reason:
    with pytest.raises(NhsNumberInvalid) as refused:
        parse(text)
    return refused.value.reason


@pytest.mark.parametrize(
    "typed",
    ["9990000018", "999 000 0018", "999-000-0018", " 999\u00a0000 0018\n", "999–000–0018", "99900 00018"],
)
def test_spaces_and_hyphens_do_not_matter(typed: str) -> None:
    assert parse(typed) == "9990000018"


def test_the_check_digit_of_the_standard_s_example_is_seven() -> None:
    assert check_digit("401023213") == 7


@pytest.mark.parametrize("typed", ["", "999", "99900000180", "999 000 001"])
def test_a_number_has_ten_digits(typed: str) -> None:
    assert refusal(typed) == "length"


@pytest.mark.parametrize("typed", ["99900000l8", "999.000.0018", "٩٩٩٠٠٠٠٠١٨", "+999000001", "999 000 0018 (old)"])
def test_a_number_has_nothing_but_digits(typed: str) -> None:
    assert refusal(typed) == "characters"


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_ten_times_is_refused_although_it_passes_the_check(digit: str) -> None:
    assert calculate_checksum(digit * 9) == int(digit)
    assert refusal(digit * 10) == "repeated"


@pytest.mark.parametrize("place", range(10))
def test_any_one_wrong_digit_is_caught(place: int) -> None:
    right = "9990000018"
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert refusal(wrong) == "check-digit"


def test_two_digits_that_changed_places_are_caught() -> None:
    assert parse("9990000123") == "9990000123"
    assert refusal("9990000213") == "check-digit"


def test_nine_digits_whose_check_would_be_ten_begin_no_number() -> None:
    assert check_digit("999000014") == 10
    assert {refusal(f"999000014{last}") for last in range(10)} == {"check-digit"}


@given(NINE_DIGITS)
def test_the_check_agrees_with_an_independent_one(first_nine: str) -> None:
    independent = calculate_checksum(first_nine)
    assert check_digit(first_nine) == (10 if independent is None else independent)


def test_every_refusal_has_words_in_both_languages() -> None:
    for reason in ("length", "characters", "check-digit", "repeated"):
        advice = ADVICE[reason]
        assert words("cy").gettext(advice) != words("en").gettext(advice) == advice


def test_every_trace_status_has_a_code_of_the_welsh_standard_and_words_in_both_languages() -> None:
    assert {status.value for status in TraceStatus} == {"nn", *(f"0{n}" for n in range(1, 9))}
    for status in TraceStatus:
        assert words("cy").gettext(status.label) != status.label
