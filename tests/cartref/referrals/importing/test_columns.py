"""What columns mean is guessed from their headings, in Welsh and in English."""

import pytest

from cartref.i18n import words
from cartref.referrals.importing.columns import FIELDS, guess, letter


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


def test_what_is_not_known_means_nothing_and_the_first_of_two_counts() -> None:
    assert guess(["Consultant code", "DOB", "Date of birth", "", "What is wrong"]) == {"born_on": 1}


def test_columns_are_called_as_spreadsheets_call_them() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
