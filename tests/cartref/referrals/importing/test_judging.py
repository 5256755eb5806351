"""Rows beside each other and beside what is known: who is meant, what is new, and what a person has to decide."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

from cartref.referrals.importing.judging import Judge, Verdict, own_number
from cartref.referrals.importing.known import KEPT, Known, Person
from cartref.referrals.importing.rows import Reading, read_row
from cartref.referrals.models import Source

FIELDS = ("nhs_number", "family_name", "given_name", "born_on", "postcode", "telephone", "external_id", "received_on")
COLUMNS = {name: number for number, name in enumerate(FIELDS)}
READING = Reading(COLUMNS, {}, date(2026, 11, 30))
MEGAN = {
    "nhs_number": "9990000093", "family_name": "Hughes", "given_name": "Megan", "born_on": "02/05/1938",
    "postcode": "LL99 1AA",
}  # fmt: skip


def person(**values: Any) -> Person:
    given: dict[str, Any] = {
        "id": "megan", "nhs_number": "9990000093", "family_name": "Hughes", "given_name": "Megan",
        "preferred_name": "", "born_on": date(1938, 5, 2), "ours": True,
        "details": dict.fromkeys(KEPT, "") | {"postcode": "LL99 1AA"},
    }  # fmt: skip
    return Person(**given | values)


def judging(
    *known: Person, referred: dict[str, str] | None = None, waiting: set[str] | None = None
) -> Callable[..., Verdict]:
    judge, ids, rows = (
        Judge(Known(list(known), referred or {}, waiting=waiting or set()), COLUMNS, lambda: f"new-{next(ids)}"),
        count(1),
        count(2),
    )
    return lambda **cells: judge.judge(
        read_row(next(rows), [(MEGAN | cells).get(name, "") for name in FIELDS], READING)
    )  # fmt: skip


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in verdict.faults]


def test_a_number_that_nobody_has_is_a_new_patient() -> None:
    verdict = judging()(received_on="01/11/2026", external_id="R1")

    assert (verdict.brings_person, verdict.brings_referral) == (True, "R1")


def test_a_known_patient_is_known_by_number_accents_and_second_names_aside() -> None:
    judge = judging(person(family_name="Húghes", given_name="Megan Mair"))

    verdict = judge(received_on="01/11/2026")

    assert verdict.person
    assert (verdict.person.id, verdict.brings_person, verdict.brings_care) == ("megan", False, False)
    assert verdict.brings_referral == own_number("megan", (None, date(2026, 11, 1), Source.OTHER))


def test_a_number_with_another_name_or_birth_date_is_never_taken_for_hers() -> None:
    judge = judging(person())

    for other in ({"family_name": "Rowlands"}, {"given_name": "Beti"}, {"born_on": "03/05/1938"}):
        assert codes(judge(**other)) == [("nhs_number", "import.other-patient")]


def test_the_record_stays_where_the_sheet_says_something_else() -> None:
    verdict = judging(person(details=dict.fromkeys(KEPT, "") | {"postcode": "LL99 1AA", "telephone": "01632 960 111"}))(
        postcode="LL98 2BB", telephone="01632960111"
    )

    assert [fault.field for fault in verdict.kept] == ["postcode"]
    assert verdict.brings_nothing


def test_another_services_patient_becomes_this_services_too() -> None:
    judge = judging(person(ours=False))

    assert [judge(external_id=number, received_on="01/11/2026").brings_care for number in ("R1", "R2")] == [True, False]


def test_a_namesake_with_another_number_or_none_is_left_to_a_person() -> None:
    for known in (person(nhs_number="9990000018"), person(nhs_number=None)):
        assert codes(judging(known)()) == [("nhs_number", "import.alike")]


def test_without_a_number_she_is_known_by_name_birth_date_and_postcode() -> None:
    same = judging(person())(nhs_number="")
    moved = judging(person())(nhs_number="", postcode="LL98 2BB")
    foreign = judging(person(ours=False))(nhs_number="")
    two = judging(person(), person(id="other", nhs_number="9990000018"))(nhs_number="")

    assert same.person
    assert same.person.id == "megan"
    for verdict in (moved, foreign, two):
        assert codes(verdict) == [("nhs_number", "import.nameless")]


def test_two_rows_are_two_referrals_of_one_new_patient() -> None:
    judge = judging()

    verdicts = [judge(external_id=number, received_on="01/11/2026") for number in ("R1", "R2")]

    assert [verdict.brings_person for verdict in verdicts] == [True, False]
    assert len({verdict.person.id for verdict in verdicts if verdict.person}) == 1


def test_the_same_again_in_the_sheet_is_a_fault() -> None:
    judge = judging()
    judge(external_id="R1", received_on="01/11/2026")
    judge(received_on="02/11/2026")

    assert codes(judge(external_id="R1", received_on="05/11/2026")) == [("external_id", "import.twice")]
    assert codes(judge(received_on="02/11/2026")) == [("received_on", "import.twice")]
    assert codes(judge()) == [("nhs_number", "import.twice")]


def test_a_row_that_is_wrong_is_not_in_the_way_of_the_same_mended() -> None:
    judge = judging()
    judge(external_id="R1", received_on="soon")

    assert judge(external_id="R1", received_on="01/11/2026").brings_person


def test_a_referral_that_is_here_brings_nothing() -> None:
    own = own_number("megan", (None, date(2026, 11, 1), Source.OTHER))

    assert judging(person(), referred={"R1": "megan"})(external_id="R1", received_on="01/11/2026").brings_nothing
    assert judging(person(), referred={own: "megan"})(received_on="01/11/2026").brings_nothing


def test_a_referrals_number_belongs_to_one_patient() -> None:
    judge = judging(person(), person(id="beti", nhs_number="9990000018", given_name="Beti"), referred={"R1": "beti"})

    assert codes(judge(external_id="R1", received_on="01/11/2026")) == [("external_id", "import.referral-of-another")]
    judge(external_id="R2", received_on="01/11/2026")
    beti = {"nhs_number": "9990000018", "given_name": "Beti"}
    assert codes(judge(external_id="R2", received_on="01/11/2026", **beti)) == [
        ("external_id", "import.referral-of-another")
    ]


def test_nobody_is_referred_after_her_death_and_what_is_here_stays() -> None:
    judge = judging(person(deceased=True), referred={"R1": "megan"})

    assert codes(judge(received_on="01/11/2026")) == [("nhs_number", "referral.patient-deceased")]
    assert judge(external_id="R1", received_on="01/11/2026").brings_nothing


def seconds(verdict: Verdict) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in verdict.second]


def test_a_referral_beside_an_open_one_is_taken_over_and_told() -> None:
    judge = judging(person(), waiting={"megan"})

    new = judge(received_on="01/11/2026", external_id="R2")
    alone = judge(nhs_number="999 000 0107", given_name="Mair", received_on="01/11/2026", external_id="R3")

    assert new.brings_referral == "R2"
    assert seconds(new) == [("received_on", "import.open-referral")]
    assert seconds(alone) == []


def test_a_second_referral_in_one_sheet_is_told_and_one_that_is_here_already_is_not() -> None:
    judge = judging(person(), referred={"R0": "megan"}, waiting=set())

    there = judge(received_on="01/10/2026", external_id="R0")
    first = judge(received_on="01/11/2026", external_id="R1")
    second = judge(received_on="02/11/2026", external_id="R2")

    assert [seconds(one) for one in (there, first)] == [[], []]
    assert seconds(second) == [("received_on", "import.second-referral")]
