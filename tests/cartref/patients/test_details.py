"""What staff write down about a patient is checked before it is kept."""

from dataclasses import replace
from datetime import date

import pytest

from cartref.errors import Invalid
from cartref.patients.details import (
    BirthDateWrong,
    NhsNumberWrong,
    PatientDetails,
    TextWrong,
    TraceWrong,
    checked,
    postcode,
)
from cartref.patients.nhs_number import TraceStatus

TODAY = date(2026, 11, 23)
ELUNED = PatientDetails("Eluned", "Parry", date(1939, 3, 14), nhs_number="999 000 0018")


def test_details_are_kept_in_one_shape() -> None:
    kept = checked(replace(ELUNED, given_name=" Eluned ", postcode="ll999zz"), today=TODAY)

    assert (kept["given_name"], kept["nhs_number"], kept["postcode"]) == ("Eluned", "9990000018", "LL99 9ZZ")


def test_no_number_is_no_number() -> None:
    kept = checked(replace(ELUNED, nhs_number=" ", trace_status=TraceStatus.NOT_REQUIRED), today=TODAY)

    assert kept["nhs_number"] is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [("999 000 0019", "check-digit"), ("1111111111", "repeated"), ("123", "length"), ("ABC 000 0018", "characters")],
)
def test_a_wrong_nhs_number_says_why(number: str, reason: str) -> None:
    with pytest.raises(NhsNumberWrong) as refused:
        checked(replace(ELUNED, nhs_number=number), today=TODAY)

    assert (refused.value.code, refused.value.field) == (f"patient.nhs-number.{reason}", "nhs_number")


@pytest.mark.parametrize("born_on", [date(2026, 11, 24), date(1900, 12, 31)])
def test_nobody_was_born_then(born_on: date) -> None:
    with pytest.raises(BirthDateWrong):
        checked(replace(ELUNED, born_on=born_on), today=TODAY)


def test_somebody_born_today_and_the_oldest_are_taken() -> None:
    for born_on in (TODAY, date(1901, 1, 1)):
        assert checked(replace(ELUNED, born_on=born_on), today=TODAY)["born_on"] == born_on


@pytest.mark.parametrize(
    ("number", "status"),
    [("", TraceStatus.TRACED), ("", TraceStatus.WELSH_REGISTER), ("999 000 0018", TraceStatus.NOT_REQUIRED)],
)
def test_the_trace_status_fits_the_number(number: str, status: TraceStatus) -> None:
    with pytest.raises(TraceWrong) as refused:
        checked(replace(ELUNED, nhs_number=number, trace_status=status), today=TODAY)

    assert refused.value.field == "trace_status"


@pytest.mark.parametrize("name", ["Eluned\u202e", "Elu\x00ned", "E" * 81])
def test_a_name_with_hidden_signs_or_without_end_is_refused(name: str) -> None:
    with pytest.raises(TextWrong) as refused:
        checked(replace(ELUNED, given_name=name), today=TODAY)

    assert refused.value.field == "given_name"


def test_welsh_letters_and_hyphens_are_kept() -> None:
    kept = checked(replace(ELUNED, given_name="Siân-Ŵyn", family_name="ap Gwilym O'Neill"), today=TODAY)

    assert (kept["given_name"], kept["family_name"]) == ("Siân-Ŵyn", "ap Gwilym O'Neill")


@pytest.mark.parametrize(("typed", "kept"), [("ll57 2pw", "LL57 2PW"), ("M11AE", "M1 1AE"), ("", ""), ("  ", "")])
def test_a_postcode_is_written_one_way(typed: str, kept: str) -> None:
    assert postcode(typed) == kept


@pytest.mark.parametrize("typed", ["LL57", "57 LL", "LL57 22W", "nowhere"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        postcode(typed)

    assert refused.value.field == "postcode"


def test_a_missing_number_is_one_to_be_traced() -> None:
    values = checked(PatientDetails("Mair", "Tegid", date(1940, 1, 2)), today=date(2026, 12, 8))
    assert values["trace_status"] is TraceStatus.TRACE_REQUIRED
