"""What columns mean is guessed from their headings, in Welsh and in English."""

import pytest

from cartref.i18n import words
from cartref.referrals.importing.columns import FIELDS, guess, lacking, letter


@pytest.mark.parametrize("language", ["en", "cy"])
def test_our_own_words_for_the_fields_are_understood(language: str) -> None:
    headings = [words(language).gettext(field.label) for field in FIELDS]

    assert guess(headings) == {field.name: column for column, field in enumerate(FIELDS)}


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("NHS No.", "nhs_number"), ("Rhif y GIG", "nhs_number"), ("patient_surname", "family_name"),
        ("Patient's DOB", "born_on"), ("DYDDIAD GENI", "born_on"), ("Ffôn tŷ", "telephone"), ("ffon ty", "telephone"),
        ("E-Mail", "email"), ("Enw Cyntaf", "given_name"), ("Dyddiad derbyn", "received_on"), ("UBRN", "external_id"),
        ("Enw'r clinig", "clinic"), ("Rockwood", "frailty_level"),
    ],
)  # fmt: skip
def test_the_headings_of_other_systems_are_understood(heading: str, meaning: str) -> None:
    assert guess([heading]) == {meaning: 0}


@pytest.mark.parametrize("heading", ["Name", "Patient name", "Full Name", "Enw'r claf", "Enw llawn"])
def test_one_column_may_have_the_whole_name(heading: str) -> None:
    columns = guess([heading, "DOB"])

    assert columns == {"name": 0, "born_on": 1}
    assert list(lacking(columns)) == []


def test_a_name_beside_a_last_name_is_the_first_name() -> None:
    assert guess(["Surname", "Name"]) == {"family_name": 0, "given_name": 1}


def test_without_a_whole_name_both_of_its_parts_are_needed() -> None:
    assert list(lacking({"family_name": 0})) == ["given_name", "born_on"]


def test_what_is_not_known_means_nothing_and_the_first_of_two_counts() -> None:
    assert guess(["Consultant code", "DOB", "Date of birth", "", "What is wrong"]) == {"born_on": 1}


def test_columns_are_called_as_spreadsheets_call_them() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
