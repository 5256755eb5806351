"""The clerk sends a sheet, says what its columns mean, sees what is wrong with it, and takes over what is right."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cartref import sheets
from cartref.config import Settings
from cartref.jobs.models import Job, JobState
from cartref.jobs.running import Desk
from cartref.patients.models import Patient
from cartref.referrals.importing import works
from cartref.referrals.models import ImportSheet, Referral, SheetState
from tests.cartref.html_page import Page
from tests.cartref.office.booking import look
from tests.cartref.office.conftest import Counted
from tests.factories import World

SignIn = Callable[..., FlaskClient]
HEADINGS = ["NHS number", "Surname", "Forename", "DOB", "Priority", "Date received"]
GOOD = ["999 000 0093", "Hughes", "Megan", "02/05/1938", "Brys", "01/09/2026"]
WRONG = ["999 000 0094", "Rowlands", "Elfed", "31/02/1937", "routine", "01/09/2026"]
FIELDS = ("nhs_number", "family_name", "given_name", "born_on", "priority", "received_on")
MAPPING = {name: str(column) for column, name in enumerate(FIELDS)}


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Desk:
    return Desk(partial(Session, engine), works(settings))


def send(clerk: FlaskClient, *rows: list[str], name: str = "atgyfeiriadau.csv") -> str:
    """Return the address of a sheet of these rows, sent."""
    content = sheets.csv_text([HEADINGS, *rows]).encode()
    answer = upload(clerk, content, name)
    assert answer.status_code == 303, answer.text
    return answer.location.removesuffix("/columns")


def upload(clerk: FlaskClient, content: bytes, name: str) -> TestResponse:
    return clerk.post("/imports/new", data={"file": (io.BytesIO(content), name)})


def checked(clerk: FlaskClient, desk: Desk, *rows: list[str]) -> str:
    """Return the address of a sheet of these rows, checked."""
    address = send(clerk, *rows)
    assert clerk.post(f"{address}/columns", data=MAPPING).location == address
    desk.run_waiting()
    return address


def test_a_sheet_is_sent_matched_checked_and_taken_over(sign_in: SignIn, desk: Desk, session: Session) -> None:
    clerk = sign_in("admin")

    address = send(clerk, GOOD, WRONG)
    columns = Page(clerk.get(f"{address}/columns").text)
    clerk.post(f"{address}/columns", data=MAPPING)
    watched = clerk.get(address)
    desk.run_waiting()
    report = clerk.get(address)
    clerk.post(f"{address}/apply", data={})
    desk.run_waiting()
    over = clerk.get(address)

    assert columns.one("select", id="born_on").text.count("D DOB (02/05/1938, 31/02/1937)") == 1
    assert "Checking the rows" in watched.text
    for said in ("This is not a valid NHS number. Check each digit.", "This is not a date that we can be sure of."):
        assert said in report.text
    assert "Take over 1 row" in report.text
    assert "1 row is taken over." in over.text
    megan = look(session, select(Patient).where(Patient.given_name == "Megan"))[0]
    (referral,) = look(session, select(Referral).where(Referral.patient_id == megan.id))
    assert (referral.priority.value, referral.received_on.isoformat()) == ("urgent", "2026-09-01")


def test_a_sheet_with_whole_names_is_taken_over_and_an_unsure_name_is_told(
    sign_in: SignIn, desk: Desk, session: Session
) -> None:
    clerk = sign_in("admin")
    rows = [
        ["NHS number", "Name", "DOB"],
        ["999 000 0093", "HUGHES, Mrs Megan", "02/05/1938"],
        ["999 000 0107", "Elfed Wyn Rowlands", "01/02/1937"],
    ]
    answer = upload(clerk, sheets.csv_text(rows).encode(), "names.csv")
    address = answer.location.removesuffix("/columns")

    clerk.post(f"{address}/columns", data={"nhs_number": "0", "name": "1", "born_on": "2"})
    desk.run_waiting()
    report = clerk.get(address).text
    clerk.post(f"{address}/apply", data={})
    desk.run_waiting()

    assert "Whole name in one column" in report
    assert "We can&#39;t tell the last name from the first. Write it like JONES, Mair." in report
    megan = look(session, select(Patient).where(Patient.nhs_number == "9990000093"))[0]
    assert (megan.title, megan.given_name, megan.family_name) == ("Mrs", "Megan", "HUGHES")


def test_a_referral_beside_an_open_one_is_told_and_taken_over(sign_in: SignIn, desk: Desk, session: Session) -> None:
    clerk = sign_in("admin")
    clerk.post(f"{checked(clerk, desk, GOOD)}/apply", data={})
    desk.run_waiting()

    address = checked(clerk, desk, [*GOOD[:-1], "01/10/2026"])
    report = clerk.get(address).text
    clerk.post(f"{address}/apply", data={})
    desk.run_waiting()

    assert "Referrals beside an open one" in report
    assert "This patient has an open referral already" in report
    assert len(look(session, select(Referral))) == 2


def test_what_the_headings_seem_to_mean_is_chosen_already(sign_in: SignIn) -> None:
    clerk = sign_in("admin")

    page = Page(clerk.get(f"{send(clerk, GOOD)}/columns").text)

    chosen = {e["value"] for e in page.all("option") if "selected" in e and e["value"]}
    assert chosen == set(MAPPING.values())


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "There is nothing in this file"),
        (b"NHS number,Surname\n", "headings.csv", "This sheet has headings and no rows under them"),
        (b"\xd0\xcf\x11\xe0\x00\x00", "old.xls", "This file is not a sheet that we can read."),
        (b"PK\x03\x04 and more", "broken.xlsx", "This file is not a sheet that we can read."),
        (b"a,b\n" + b"1,2\n" * 10_001, "long.csv", "This sheet has more than 10,000 rows."),
        (b"a," * 101 + b"\n1\n", "wide.csv", "This sheet has more than 100 columns."),
        (b"x" * (10 * 1024 * 1024 + 1), "large.csv", "This file is too large. Send at most 10 MB."),
    ],
    ids=["empty", "no rows", "an old workbook", "a broken workbook", "too long", "too wide", "too large"],
)
def test_a_file_that_is_no_sheet_is_told_beside_the_field(
    content: bytes, name: str, said: str, sign_in: SignIn, session: Session
) -> None:
    answer = upload(sign_in("admin"), content, name)

    page = Page(answer.text)
    assert answer.status_code == 422
    assert said in page.words_of(page.one("input", id="file"), "aria-describedby")
    assert look(session, select(ImportSheet)) == []


def test_no_file_at_all_is_told_too(sign_in: SignIn) -> None:
    answer = sign_in("admin").post("/imports/new", data={})

    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_a_file_far_too_large_is_not_read_and_other_pages_take_none(sign_in: SignIn) -> None:
    clerk = sign_in("admin")

    assert upload(clerk, b"x" * (17 * 1024 * 1024), "huge.csv").status_code == 413
    assert clerk.post("/patients/new", data={"given_name": "x" * (2 * 1024 * 1024)}).status_code == 413


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"born_on": ""}, "born_on", "Choose the column. There is no patient without it."),
        ({"received_on": ""}, "received_on", "There is no referral without the day on which it was received."),
        ({"given_name": "1"}, "given_name", "Another line has this column already"),
    ],
)
def test_a_wrong_choice_of_columns_is_told_and_every_choice_is_kept(
    change: dict[str, str], field: str, said: str, sign_in: SignIn
) -> None:
    clerk = sign_in("admin")
    address = send(clerk, GOOD)

    answer = clerk.post(f"{address}/columns", data=MAPPING | {"priority": ""} | change | {"clinic": "4"})

    page = Page(answer.text)
    assert answer.status_code == 422
    assert said in page.words_of(page.one("select", id=field), "aria-describedby")
    assert "4" in {option["value"] for option in page.all("option") if "selected" in option}


def test_all_or_nothing_is_refused_while_a_row_is_wrong(sign_in: SignIn, desk: Desk, session: Session) -> None:
    clerk = sign_in("admin")
    address = checked(clerk, desk, GOOD, WRONG)

    answer = clerk.post(f"{address}/apply", data={"only_whole": "y"})

    page = Page(answer.text)
    assert answer.status_code == 422
    assert "Some rows are wrong, so nothing was taken over." in answer.text
    assert "checked" in page.one("input", id="only_whole")
    assert desk.run_waiting() == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_wrong_rows_are_downloaded_with_what_is_wrong(kind: str, sign_in: SignIn, desk: Desk) -> None:
    clerk = sign_in("admin")
    address = checked(clerk, desk, GOOD, WRONG)

    answer = clerk.get(f"{address}/wrong.{kind}")

    rows = sheets.read(answer.data)
    assert rows == [
        [*HEADINGS, "What is wrong"],
        [
            *WRONG,
            "A NHS number: This is not a valid NHS number. Check each digit.; "
            "D Date of birth: This is not a date that we can be sure of. Write it like 14/03/1939.",
        ],
    ]
    assert f"atgyfeiriadau - wrong rows.{kind}" in answer.headers["Content-Disposition"]
    if kind == "xlsx":
        assert load_workbook(io.BytesIO(answer.data)).active.max_row == 2


def test_the_same_file_again_brings_nothing_and_says_so(sign_in: SignIn, desk: Desk) -> None:
    clerk = sign_in("admin")
    first = checked(clerk, desk, GOOD)
    clerk.post(f"{first}/apply", data={})
    desk.run_waiting()

    again = clerk.get(checked(clerk, desk, GOOD))

    assert "There is nothing to take over" in again.text
    assert "A sheet with exactly the same content was taken over on" in again.text


def test_work_is_stopped_from_the_page_and_can_be_begun_again(sign_in: SignIn, desk: Desk, session: Session) -> None:
    clerk = sign_in("admin")
    address = send(clerk, GOOD)
    clerk.post(f"{address}/columns", data=MAPPING)
    (job,) = look(session, select(Job))

    told = clerk.get(f"/jobs/{job.id}").json
    stopped = clerk.post(f"/jobs/{job.id}/stop", data={"back": address})
    desk.run_waiting()

    assert told == {"state": "waiting", "over": False, "done": 0, "total": None, "words": ""}
    assert stopped.location == address
    assert "It was stopped. Nothing was taken over." in clerk.get(address).text
    assert look(session, select(ImportSheet))[0].state is SheetState.UPLOADED
    assert clerk.post(f"{address}/columns", data=MAPPING).status_code == 303
    assert desk.run_waiting() == 1


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "/\\example.org", "/\t/example.org", ""])
def test_stopping_leads_to_no_other_host(back: str, sign_in: SignIn, session: Session) -> None:
    clerk = sign_in("admin")
    clerk.post(f"{send(clerk, GOOD)}/columns", data=MAPPING)
    (job,) = look(session, select(Job))

    assert clerk.post(f"/jobs/{job.id}/stop", data={"back": back}).location == "/"


def test_the_page_of_work_says_how_far_it_is_and_works_without_a_script(sign_in: SignIn, session: Session) -> None:
    clerk = sign_in("admin")
    address = send(clerk, GOOD)
    clerk.post(f"{address}/columns", data=MAPPING)
    (job,) = look(session, select(Job))
    job.state, job.done, job.total = JobState.RUNNING, 1200, 5000
    session.commit()

    page = Page(clerk.get(address).text)
    told = clerk.get(f"/jobs/{job.id}").json

    bar = page.one("progress")
    assert (bar["value"], bar["max"]) == ("1200", "5000")
    assert page.one("p", class_="number").text == told["words"] == "1,200 of 5,000"
    assert page.one("a", href=address, class_="button").text == "Look again"
    assert page.all("button", type="submit")[-1].text == "Stop"


def test_a_sheet_that_is_worked_on_is_not_changed_meanwhile(sign_in: SignIn) -> None:
    clerk = sign_in("admin")
    address = send(clerk, GOOD)
    clerk.post(f"{address}/columns", data=MAPPING)

    again = clerk.post(f"{address}/columns", data=MAPPING)

    assert again.status_code == 422
    assert "The rows of this sheet are being worked on." in again.text
    assert clerk.post(f"{address}/forget").status_code == 409


def test_a_sheet_is_forgotten(sign_in: SignIn, desk: Desk, session: Session) -> None:
    clerk = sign_in("admin")
    address = checked(clerk, desk, WRONG)

    answer = clerk.post(f"{address}/forget", follow_redirects=True)

    assert "The sheet is forgotten." in answer.text
    assert "This sheet is forgotten." in clerk.get(address).text
    assert clerk.get(f"{address}/columns").location == address
    assert clerk.get(f"{address}/wrong.csv").status_code == 404
    assert look(session, select(ImportSheet.content)) == [None]


def test_the_list_and_a_sheet_take_few_queries_however_many_rows(
    sign_in: SignIn, desk: Desk, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    clerk = sign_in("admin")
    few = checked(clerk, desk, WRONG)
    with count_queries() as first:
        clerk.get(few)
        clerk.get("/imports")
    many = checked(clerk, desk, *[[f"x{n}", *WRONG[1:]] for n in range(120)])
    with count_queries() as second:
        page = clerk.get(many)
        clerk.get("/imports")

    assert second.count == first.count
    assert "Page 1 of 3" in page.text
    assert "Page 2 of 3" in clerk.get(f"{many}?page=2").text


def test_another_services_sheet_is_not_there(sign_in: SignIn, world: World) -> None:
    address = send(sign_in("admin"), GOOD)

    for path in ("", "/columns", "/wrong.csv"):
        assert sign_in("other_admin").get(f"{address}{path}").status_code == 404
