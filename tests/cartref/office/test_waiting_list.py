"""The clerk works the waiting list from the top, narrows it down, and changes its lines."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.audit.models import AuditEntry
from cartref.referrals import service
from cartref.referrals.models import EntryStatus, Priority, WaitingEntry
from tests.cartref.office.booking import look, now
from tests.cartref.office.conftest import Counted
from tests.factories import World, make_referral

SignIn = Callable[..., FlaskClient]
DUE = {"due_on-day": "8", "due_on-month": "3", "due_on-year": "2027", "priority": "routine", "clinic_id": ""}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be Monday 30 November 2026."""
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def queue(session: Session, world: World) -> World:
    """Return the world with three who wait: Eluned 14 weeks, Hywel 31 weeks, Beryl urgently; a review of Nesta's."""
    make_referral(session, world, patient=0, received_on=date(2026, 8, 24))
    make_referral(session, world, patient=1, received_on=date(2026, 4, 27))
    make_referral(session, world, patient=2, received_on=date(2026, 11, 23), priority=Priority.URGENT)
    service.add_review(
        session, world.actor("admin"), world.patients[4].id,
        service.EntryDetails(due_on=date(2026, 11, 2), clinic_id=world.clinic.id, note="=Sum of readings"),
    )  # fmt: skip
    session.commit()
    return world


def rows(page: str) -> list[str]:
    """Return the given names in the list, from the top."""
    return re.findall(r'<td><a class="strong" href="/patients/[^"]*">Mrs (\w+) Parry</a>', page)


def entry_of(session: Session, world: World, patient: int) -> WaitingEntry:
    return look(session, select(WaitingEntry).where(WaitingEntry.patient_id == world.patients[patient].id))[0]


def test_the_list_stands_in_the_order_in_which_it_should_be_booked(sign_in: SignIn, queue: World) -> None:
    page = sign_in("admin").get("/waiting-list").text

    assert rows(page) == ["Beryl", "Hywel", "Nesta", "Eluned"]
    assert re.search(r'id="next">Next to book</h2>\s*<p class="next__who">Mrs Beryl Parry', page)
    assert "14 weeks of 26" in page
    assert "31 weeks: the target of 26 is missed" in page
    assert page.count("Overdue</div>") == 2
    totals = re.findall(r"<dt>(.*?)</dt><dd class=\"number\">(\d+)</dd>", page)
    assert totals == [("waiting", "4"), ("26 weeks or more", "1"), ("reviews overdue", "1")]


def test_the_tabs_and_filters_narrow_it_down_and_stay_in_the_links(sign_in: SignIn, queue: World) -> None:
    clerk = sign_in("admin")

    asked = {
        "kind=review": ["Nesta"],
        "kind=new": ["Beryl", "Hywel", "Eluned"],
        "priority=urgent": ["Beryl"],
        "language=cy": ["Eluned"],
        f"clinic_id={queue.clinic.id}": ["Nesta"],
        "overdue=1": ["Hywel", "Nesta"],
        "name=Hyw": ["Hywel"],
        "kind=rubbish&priority=rubbish&language=xx&need=rubbish&page=rubbish": ["Beryl", "Hywel", "Nesta", "Eluned"],
    }
    assert {query: rows(clerk.get(f"/waiting-list?{query}").text) for query in asked} == asked
    page = clerk.get("/waiting-list?overdue=1&name=Parry").text
    assert 'href="/waiting-list?kind=review&amp;overdue=1&amp;name=Parry"' in page
    assert 'href="/waiting-list.csv?overdue=1&amp;name=Parry"' in page


def test_an_empty_list_says_so(sign_in: SignIn, world: World) -> None:
    page = sign_in("admin").get("/waiting-list").text

    assert "Nobody waits here." in page
    assert "Next to book" not in page


def test_a_longer_list_takes_as_many_queries(
    sign_in: SignIn,
    session: Session,
    queue: World,
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    clerk = sign_in("admin")
    clerk.get("/waiting-list")
    with count_queries() as few:
        clerk.get("/waiting-list")
    for patient in range(6):
        make_referral(session, queue, patient=patient, clinic_id=queue.clinic.id)
    session.commit()

    with count_queries() as more:
        page = clerk.get("/waiting-list").text

    assert len(rows(page)) == 10
    assert more.count == few.count


def test_a_clerk_adds_a_review_changes_it_and_takes_it_off(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, patient = sign_in("admin"), world.patients[0]

    missing = clerk.post(f"/waiting-list/new-review?patient_id={patient.id}", data=DUE | {"due_on-day": ""})
    added = clerk.post(f"/waiting-list/new-review?patient_id={patient.id}", data=DUE | {"minutes": "40"})
    entry = entry_of(session, world, 0)
    url = f"/waiting-list/{entry.id}"
    changed = clerk.post(url, data=DUE | {"minutes": "", "note": "Rang on Monday", "version": str(entry.version)})
    silent = clerk.post(f"{url}/remove", data={})
    clerk.post(f"{url}/remove", data={"reason": "not-wanted"})

    assert (missing.status_code, added.status_code, changed.status_code, silent.status_code) == (422, 303, 303, 422)
    assert "Enter a real date" in missing.text
    assert "Choose a reason" in silent.text
    entry = now(session, entry)
    assert (entry.minutes, entry.note, entry.status) == (None, "Rang on Monday", EntryStatus.REMOVED)
    page = clerk.get(url).text
    assert "The patient does not want to be seen" in page
    clerk.post(f"{url}/restore")
    assert now(session, entry).status is EntryStatus.WAITING


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"due_on-year": "2060"}, "Enter the day on which the patient should be seen, at most 5 years away"),
        ({"due_on-day": "31", "due_on-month": "2"}, "Enter a real date"),
        ({"minutes": "0"}, "Enter a number of minutes from 1 to 240"),
        ({"minutes": "forty"}, "Enter a number of minutes from 1 to 240"),
        ({"priority": ""}, "Choose how soon"),
    ],
)
def test_a_line_that_can_not_be_is_refused_with_what_was_typed(
    sign_in: SignIn, session: Session, queue: World, typed: dict[str, str], words: str
) -> None:
    entry = entry_of(session, queue, 4)

    page = sign_in("admin").post(
        f"/waiting-list/{entry.id}", data=DUE | {"note": "Kept", "version": str(entry.version)} | typed
    )

    assert page.status_code == 422
    assert words in page.text
    assert 'value="Kept"' in page.text


def test_somebody_else_changed_the_line_meanwhile(sign_in: SignIn, session: Session, queue: World) -> None:
    entry = entry_of(session, queue, 4)

    page = sign_in("admin").post(f"/waiting-list/{entry.id}", data=DUE | {"version": "0"})

    assert page.status_code == 422
    assert "Somebody else has changed this since you opened it. Look at it again." in page.text


def test_the_list_is_kept_as_a_file_with_formulas_inert_and_the_trail_knows(
    sign_in: SignIn, session: Session, queue: World
) -> None:
    clerk = sign_in("admin")

    text, book = clerk.get("/waiting-list.csv?kind=review"), clerk.get("/waiting-list.xlsx")

    lines = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"))))
    assert lines[0][:2] == ["Patient", "NHS number"]
    assert [line[0] for line in lines[1:]] == ["Mrs Nesta Parry"]
    assert lines[1][-1] == "'=Sum of readings"
    assert (lines[1][8], lines[1][9]) == ("", "2026-11-02")
    sheet: Any = load_workbook(io.BytesIO(book.data)).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)][1:] == [
        "Mrs Beryl Parry", "Mrs Hywel Parry", "Mrs Nesta Parry", "Mrs Eluned Parry",
    ]  # fmt: skip
    assert [row[8] for row in sheet.iter_rows(values_only=True)][1:] == ["1", "31", None, "14"]
    exported = look(session, select(AuditEntry).where(AuditEntry.action == "waiting-entry.exported"))
    assert [entry.patient_id for entry in exported].count(queue.patients[4].id) == 2
    assert len(exported) == 5
    assert text.headers["Content-Disposition"] == "attachment; filename=waiting-list-2026-11-30.csv"
    assert text.headers["Cache-Control"] == "no-store"


def test_a_clinician_reads_the_list_and_changes_nothing(sign_in: SignIn, queue: World) -> None:
    page = sign_in("clinician").get("/waiting-list").text

    assert rows(page) == ["Beryl", "Hywel", "Nesta", "Eluned"]
    assert "Find a time" not in page
    assert ">Change<" not in page


def test_the_next_to_book_leads_to_times_that_suit_and_says_how_long_was_waited(
    sign_in: SignIn, session: Session, queue: World
) -> None:
    clerk = sign_in("admin")
    found = re.search(r'href="(/find-time\?entry_id=\w+)"', clerk.get("/waiting-list?name=Hywel").text)
    assert found

    page = clerk.get(found[1]).text

    assert "Times for Mrs Hywel Parry" in page
    assert "31 weeks: the target of 26 is missed" in page
