"""A whole name in one cell is split where its signs say how, and never by a guess."""

import pytest

from cartref.referrals.importing.names import Name, split


@pytest.mark.parametrize(
    ("text", "title", "given", "family"),
    [
        ("JONES, Mair", "", "Mair", "JONES"),
        ("Mair Jones", "", "Mair", "Jones"),
        ("Mrs Mair Jones", "Mrs", "Mair", "Jones"),
        ("Mrs. Mair JONES", "Mrs.", "Mair", "JONES"),
        ("Jones, Mrs Mair", "Mrs", "Mair", "Jones"),
        ("Mrs Jones, Mair", "Mrs", "Mair", "Jones"),
        ("Jones, Mair, Mrs", "Mrs", "Mair", "Jones"),
        ("Ellis Jones, Mair Catrin", "", "Mair Catrin", "Ellis Jones"),
        ("JONES Mair", "", "Mair", "JONES"),
        ("ELLIS JONES Mair", "", "Mair", "ELLIS JONES"),
        ("Mair Catrin ELLIS JONES", "", "Mair Catrin", "ELLIS JONES"),
        ("M JONES", "", "M", "JONES"),
        ("MAIR JONES", "", "MAIR", "JONES"),
        ("Huw ap Rhys", "", "Huw", "ap Rhys"),
        ("Mr Huw van der Berg", "Mr", "Huw", "van der Berg"),
        ("Y Parch. Huw Jones", "Y Parch.", "Huw", "Jones"),
        ("O'NEILL, Siân", "", "Siân", "O'NEILL"),
        ("Mair Ellis-Jones", "", "Mair", "Ellis-Jones"),
    ],
)
def test_a_name_that_says_which_part_is_which_is_split(text: str, title: str, given: str, family: str) -> None:
    assert split(text) == Name(title, given, family)


@pytest.mark.parametrize(
    "text",
    [
        "", ",", "Mair", "Mrs Jones", "Dr Huw", "Jones,", ", Mair", "Mair Ellis Jones", "MAIR ELLIS JONES",
        "Mair JONES Ellis", "Jones, Mair, Ellis", "Jones (Mair)", "Mair & Huw Jones", "Mair Jones 2", "a, b, c, d",
    ],
)  # fmt: skip
def test_a_name_that_leaves_it_open_is_for_a_person(text: str) -> None:
    assert split(text) is None
