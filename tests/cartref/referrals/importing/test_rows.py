"""One row by itself: what it says, or all that is wrong with it."""

from datetime import date

import pytest

from cartref.referrals.importing.rows import Reading, Row, read_row
from cartref.referrals.models import Priority, Source

FIELDS = (
    "nhs_number", "family_name", "given_name", "born_on", "postcode", "telephone", "language", "priority", "source",
    "received_on", "clinic", "address",
)  # fmt: skip
READING = Reading({name: n for n, name in enumerate(FIELDS)}, {"tuesdayclinic": "c1"}, date(2026, 11, 30))
MEGAN = {"nhs_number": "999 000 0093", "family_name": "Hughes", "given_name": "Megan", "born_on": "2 Mai 1938"}


def read(**cells: str) -> Row:
    return read_row(7, [(MEGAN | cells).get(name, "") for name in FIELDS], READING)


def faults(row: Row) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in row.faults]


def test_a_row_of_a_patient_alone_tells_of_no_referral() -> None:
    row = read(postcode="ll991aa", language="Cymraeg")

    assert (row.number, row.referral, row.faults) == (7, None, ())
    assert (row.patient["nhs_number"], row.patient["born_on"]) == ("9990000093", date(1938, 5, 2))
    assert (row.patient["postcode"], row.patient["language"]) == ("LL99 1AA", "cy")


def test_a_referral_without_source_or_priority_is_routine_and_from_elsewhere() -> None:
    referral = read(received_on="01/11/2026").referral

    assert referral is not None
    assert (referral.source, referral.priority, referral.clinic_id) == (Source.OTHER, Priority.ROUTINE, None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("Brys", Priority.URGENT), ("USC", Priority.SUSPECTED_CANCER), ("arferol", Priority.ROUTINE)],
)
def test_priorities_are_understood_in_both_languages(said: str, meant: Priority) -> None:
    referral = read(received_on="01/11/2026", priority=said, clinic="Tuesday  Clinic").referral

    assert referral is not None
    assert (referral.priority, referral.clinic_id) == (meant, "c1")


def test_every_wrong_cell_of_a_row_is_told() -> None:
    row = read(nhs_number="999 000 0094", born_on="31/02/1938", postcode="LL", telephone="none", language="Klingon")

    assert faults(row) == [
        ("nhs_number", "patient.nhs-number.check-digit"), ("born_on", "import.date"), ("postcode", "patient.postcode"),
        ("telephone", "import.telephone"), ("language", "import.language"),
    ]  # fmt: skip


def test_a_priority_without_the_day_of_receipt_is_a_fault_of_the_day() -> None:
    assert faults(read(priority="urgent")) == [("received_on", "import.missing")]


def test_hidden_letters_are_told_as_such_wherever_they_are() -> None:
    row = read(given_name="Meg\u200ean", born_on="2 Mai\u200e 1938")

    assert faults(row) == [("given_name", "import.hidden"), ("born_on", "import.hidden")]


def test_a_telephone_number_gets_back_the_nought_that_a_spreadsheet_took() -> None:
    assert read(telephone="1632960457").patient["telephone"] == "01632960457"
    assert read(telephone="+44 1632 960457").patient["telephone"] == "+44 1632 960457"


def test_a_cell_that_was_kept_from_being_a_formula_is_itself_again() -> None:
    assert read(telephone="'+44 1632 960457").patient["telephone"] == "+44 1632 960457"


def test_an_address_keeps_its_lines_and_a_name_has_one() -> None:
    row = read(address="2 Stryd y Capel\nLlanfair", family_name="Hughes\nJones")

    assert (row.patient["address"], row.patient["family_name"]) == ("2 Stryd y Capel\nLlanfair", "Hughes Jones")


WHOLE = ("nhs_number", "name", "born_on", "title")
IN_ONE = Reading({name: n for n, name in enumerate(WHOLE)}, {}, date(2026, 11, 30))


def read_whole(name: str, title: str = "") -> Row:
    return read_row(7, ["999 000 0093", name, "2 Mai 1938", title], IN_ONE)


@pytest.mark.parametrize(("title", "kept"), [("", "Mrs"), ("Miss", "Miss")])
def test_a_whole_name_is_split_and_a_cell_of_its_own_counts_for_more(title: str, kept: str) -> None:
    row = read_whole("HUGHES, Mrs Megan", title)

    assert row.faults == ()
    assert [row.patient[name] for name in ("title", "given_name", "family_name")] == [kept, "Megan", "HUGHES"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("Megan Ellis Hughes", "import.name"), ("", "import.missing"), ("HUGHES, " + "M" * 81, "import.too-long")],
)
def test_a_whole_name_that_can_not_be_used_is_told_once_in_its_own_column(name: str, code: str) -> None:
    assert [(fault.column, fault.field, fault.code) for fault in read_whole(name).faults] == [(1, "name", code)]
