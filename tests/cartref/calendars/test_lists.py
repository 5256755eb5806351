"""The lists of a day and a week: on paper, as comma-separated values, and as a workbook."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import event
from sqlalchemy.orm import Session

from cartref import sheets
from cartref.audit.models import AuditEntry
from cartref.calendars.lists import Span, list_of
from cartref.calendars.models import FeedScope
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.conftest import colleague_with_times

SignIn = Callable[[str], FlaskClient]
DAY = date(2026, 12, 8)


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_day_sheet_shows_whom_to_expect_by_sitting(desk: Desk, sign_in: SignIn) -> None:
    desk.world.patients[0].hearing_need = "Wears hearing aids"
    desk.book(0)
    desk.book(1, patient=1, **desk.at_site())
    desk.cancel(desk.book(2, patient=2))
    desk.session.commit()

    page = sign_in("admin").get("/day/sheet?date=2026-12-08").text

    for told in ("Tuesday 8 December 2026", "9:20am", "Mrs Eluned Parry", "999 000 0018", "01632 960457",
                 "Ysbyty Bryn Heli, Video room 1", "Cymraeg, Wears hearing aids", "9am to 1pm"):  # fmt: skip
        assert told in page
    assert "Mrs Beryl Parry" not in page


def test_the_week_list_goes_from_monday_to_sunday(desk: Desk, sign_in: SignIn) -> None:
    desk.book(0)
    desk.session.commit()
    admin = sign_in("admin")

    page = admin.get("/week/list?date=2026-12-11").text

    assert "Week list, 7 to 13 December 2026" in page
    assert "Mrs Eluned Parry" in page
    assert "Mrs Eluned Parry" not in admin.get("/week/list?date=2026-12-14").text


@pytest.mark.parametrize("path", ["/day/sheet", "/week/list", "/day.csv", "/week.csv"])
def test_a_list_can_be_one_clinicians_alone(desk: Desk, sign_in: SignIn, path: str) -> None:
    colleague, sitting = colleague_with_times(desk)
    desk.book(0)
    desk.book(0, patient=1, slot_id=desk.slot(0, sitting).id)
    of = f"clinician:{colleague.id}"
    desk.session.commit()

    text = sign_in("admin").get(f"{path}?date=2026-12-08&of={of}").text

    assert "Mrs Hywel Parry" in text
    assert "Mrs Eluned Parry" not in text


@pytest.mark.parametrize("kind", ["site", "room"])
def test_a_list_can_be_one_places_alone(desk: Desk, kind: str) -> None:
    desk.book(0)
    desk.book(1, patient=1, **desk.at_site())
    ids = {"site": desk.world.spoke.id, "room": desk.world.room.id}

    shown = list_of(desk.session, desk.actor, Span.DAY, DAY, only=(FeedScope(kind), ids[kind]))

    assert [one.patient.given_name for one in shown.appointments] == ["Hywel"]


@pytest.mark.parametrize("of", ["clinician:nobody", "nothing:x", "clinic"])
def test_a_list_of_nobody_we_know_is_not_found(desk: Desk, sign_in: SignIn, of: str) -> None:
    desk.session.commit()

    assert sign_in("admin").get(f"/day/sheet?of={of}").status_code == 404


@pytest.mark.parametrize("asked", ["", "rubbish", "2026-13-41", "0001-01-01", "9999-12-31"])
def test_a_page_without_a_real_day_shows_today(desk: Desk, sign_in: SignIn, asked: str) -> None:
    desk.session.commit()
    admin = sign_in("admin")

    assert "Tuesday 1 December 2026" in admin.get(f"/day/sheet?date={asked}").text
    if asked:
        assert admin.get(f"/week.csv?date={asked}").status_code == 422


def test_the_lists_speak_welsh(desk: Desk, sign_in: SignIn) -> None:
    desk.book(0)
    desk.session.commit()
    admin = sign_in("admin")
    admin.get("/calendars?lang=cy")

    page = admin.get("/day/sheet?date=2026-12-08").text

    assert "Taflen y dydd, Dydd Mawrth 8 Rhagfyr 2026" in page
    assert "Fideo, gartref" in page


def test_the_week_as_a_sheet_says_which_day(desk: Desk, sign_in: SignIn) -> None:
    desk.book(0)
    desk.session.commit()

    answer = sign_in("admin").get("/week.csv?date=2026-12-08")

    (row,) = rows_of(answer)
    assert (row["Date"], row["Start time"]) == ("Tuesday 8 December 2026", "9am")
    assert "2026-12-07-2026-12-13.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("span", ["day", "week"])
def test_the_workbook_says_what_the_other_sheet_says(desk: Desk, sign_in: SignIn, span: str) -> None:
    desk.book(0)
    desk.book(3, patient=1)
    desk.session.commit()
    admin = sign_in("admin")

    answer = admin.get(f"/{span}.xlsx?date=2026-12-08")

    book = load_workbook(io.BytesIO(answer.data))
    cells = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    other = list(csv.reader(io.StringIO(admin.get(f"/{span}.csv?date=2026-12-08").text.removeprefix("\ufeff"))))
    assert cells == other
    assert answer.headers["Content-Type"] == sheets.XLSX


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    sign=st.sampled_from("=+-@"),
)
def test_no_cell_of_a_list_is_ever_a_formula(desk: Desk, name: str, sign: str) -> None:
    if not desk.session.new and not list_of(desk.session, desk.actor, Span.DAY, DAY).appointments:
        desk.book(0)
    patient = desk.world.patients[0]
    patient.title, patient.given_name, patient.hearing_need = "", f"{sign}{name}", f"{sign}1+1"
    desk.session.flush()

    shown = list_of(desk.session, desk.actor, Span.WEEK, DAY)

    assert not [cell for row in csv.reader(io.StringIO(shown.csv())) for cell in row if cell.startswith(sheets.FORMULA)]
    book = load_workbook(io.BytesIO(shown.xlsx()))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_whoever_is_on_a_list_is_in_the_trail(desk: Desk, sign_in: SignIn) -> None:
    desk.book(0)
    desk.session.commit()
    admin = sign_in("admin")

    admin.get("/week/list?date=2026-12-08")
    admin.get("/week.xlsx?date=2026-12-08")

    query = desk.session.query(AuditEntry).filter(
        AuditEntry.action.in_(["appointment.printed", "appointment.exported"])
    )
    assert [entry.patient_id for entry in query] == [desk.world.patients[0].id] * 2


def test_a_full_list_asks_no_more_of_the_database_than_an_empty_one(desk: Desk, session: Session) -> None:
    def asked(day: date) -> int:
        statements: list[object] = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told))
        session.expire_all()
        assert list_of(session, desk.actor, Span.WEEK, day).table
        return len(statements)

    for number in range(6):
        desk.book(number, patient=number)

    assert asked(DAY) <= asked(DAY + timedelta(weeks=1)) + 1  # the row of guests is asked for where there are any
