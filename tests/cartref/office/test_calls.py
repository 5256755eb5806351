"""The call list: who is on it, what is said to her in her language, and how it went."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.appointments import service as appointments
from cartref.appointments.models import Appointment, Mode
from cartref.notifications import calls
from cartref.notifications.models import Call, CallState
from tests.cartref.html_page import Page
from tests.cartref.office.booking import ADDRESSES, book, now, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]
Count = Callable[[], AbstractContextManager[Any]]
MORNING = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(MORNING) as traveller:
        yield traveller


@pytest.fixture
def visit(session: Session, world: World) -> Appointment:
    """Return Eluned's video visit on Tuesday 8 December at 10:20, at a site; she speaks Welsh."""
    return book(
        session, world, slot=4, mode=Mode.VIDEO_SITE, room_id=world.room.id, presenter_id=world.staff["presenter"].id
    )


def line(session: Session, visit: Appointment, key: str = "one", **values: Any) -> Call:
    given = {
        "kind": "appointment.reminder", "reason": "no-way-to-tell", "service_id": visit.service_id,
        "subject_id": visit.id, "recipient_kind": "patient", "recipient_id": visit.patient_id,
    }  # fmt: skip
    call = calls.add(session, key=key, **(given | values))
    session.commit()
    return call


def text(clerk: FlaskClient, address: str = "/messages") -> str:
    return unescape(clerk.get(address).text)


def rows(clerk: FlaskClient, address: str = "/messages") -> list[str]:
    """Return the text of each line of the list."""
    return [found.text for found in Page(clerk.get(address).text).all("article")]


def press(clerk: FlaskClient, call: Call, act: str, **data: str) -> Any:
    data = {"version": str(call.version), "show": "all"} | data
    return clerk.post(f"/messages/calls/{call.id}/{act}", data=data, follow_redirects=True)


def test_a_line_says_whom_to_ring_and_why(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    line(session, visit, code="number-wrong")

    page = text(sign_in("admin"))

    assert "1 person to ring" in page
    assert "Mrs Eluned Parry" in page
    assert '<a class="big-telephone" href="tel:+441632960457">01632 960457</a>' in page
    assert "No e-mail address or mobile with consent." in page
    assert "The mobile number is wrong" in page
    assert "Tuesday 8 December, 10:20am" in page


def test_what_to_say_is_in_her_language_with_the_time_as_one_says_it(
    sign_in: SignIn, session: Session, visit: Appointment
) -> None:
    line(session, visit)

    page = text(sign_in("admin"))

    assert "Speak Welsh:" in page
    assert "Bore da." in page
    assert "ddydd Mawrth 8 Rhagfyr, am ugain munud wedi deg y bore" in page
    assert "Lleoliad: Ysbyty Bryn Heli" in page
    assert "Go on only when the date is right: 14 March 1939" in page


def test_it_says_the_time_that_is_true_now(sign_in: SignIn, session: Session, world: World) -> None:
    visit = book(session, world, slot=4, patient=1)
    line(session, visit, kind="appointment.confirmation")
    appointments.reschedule(
        session, world.actor("admin"), addresses=ADDRESSES, appointment_id=visit.id, version=visit.version,
        slot_id=slots(session, world.clinic_session)[6].id,
    )  # fmt: skip
    session.commit()

    (row,) = rows(sign_in("admin"))

    assert "on Tuesday 8 December, at eleven o'clock in the morning" in row


def test_a_carer_is_told_of_her_patient_and_no_more(
    sign_in: SignIn, session: Session, world: World, visit: Appointment
) -> None:
    world.carer.telephone = "01632 960888"
    line(session, visit, recipient_kind="carer", recipient_id=world.carer.id)

    (row,) = rows(sign_in("admin"))

    assert row.startswith("Catrin Parry")
    assert "Daughter." in row
    assert "01632 960888" in row
    assert "Before I go on: what is the date of birth of Eluned?" in row
    assert "Eluned is seeing Clinician Prydderch on Tuesday 8 December" in row


def test_a_warning_about_ringing_stands_large(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    visit.patient.safe_contact = "Never leave a message. Her son listens."
    line(session, visit)

    page = Page(sign_in("admin").get("/messages").text)

    assert page.one("p", class_="call-row__careful").text == "Never leave a message. Her son listens."


def test_who_has_not_agreed_to_be_rung_has_no_number_there(
    sign_in: SignIn, session: Session, visit: Appointment
) -> None:
    visit.patient.telephone_consent = False
    line(session, visit)

    page = text(sign_in("admin"))

    assert "This person has not agreed to be rung." in page
    assert "01632 960457" not in page


@pytest.mark.parametrize("silence", [{"do_not_contact": True}, {"deceased_on": date(2026, 11, 20)}])
def test_nobody_who_must_not_be_contacted_is_on_it(
    sign_in: SignIn, session: Session, visit: Appointment, silence: dict[str, Any]
) -> None:
    for name, value in silence.items():
        setattr(visit.patient, name, value)
    line(session, visit)

    assert "There is nobody to ring." in text(sign_in("admin"))


def test_a_carer_whose_consent_ended_is_not_on_it(
    sign_in: SignIn, session: Session, world: World, visit: Appointment
) -> None:
    line(session, visit, recipient_kind="carer", recipient_id=world.carer.id)
    (place,) = visit.patient.carers
    place.ended_at = MORNING
    session.commit()

    assert "There is nobody to ring." in text(sign_in("admin"))


def test_a_cancelled_appointment_takes_its_lines_off_the_list(
    sign_in: SignIn, session: Session, world: World, visit: Appointment
) -> None:
    line(session, visit)
    appointments.cancel(
        session, world.actor("admin"), appointment_id=visit.id, version=visit.version, reason="clinic-cancelled"
    )
    session.commit()

    assert "am ugain munud wedi deg" not in text(sign_in("admin"))


def test_what_is_over_is_not_reminded_of(
    sign_in: SignIn, session: Session, visit: Appointment, today: time_machine.Traveller
) -> None:
    line(session, visit)
    today.move_to(datetime(2026, 12, 9, 9, tzinfo=UTC))

    assert "There is nobody to ring." in text(sign_in("admin"))


def test_told_takes_the_line_off_the_list(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    clerk, call = sign_in("admin"), line(session, visit)

    answer = press(clerk, call, "done", outcome="told")

    assert "Done." in answer.text
    assert "There is nobody to ring." in answer.text
    assert now(session, call).state is CallState.DONE
    (row,) = rows(clerk, "/messages?show=done")
    assert "Told Admin Prydderch" in row


def test_no_answer_brings_the_line_back_later(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    clerk, call = sign_in("admin"), line(session, visit)

    answer = press(clerk, call, "tried", how="no-answer")

    assert "Tried 1 time: No answer." in Page(answer.text).one("article").text
    assert now(session, call).due_at - MORNING >= timedelta(hours=2)


def test_whom_nobody_told_leaves_with_a_warning(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    call = line(session, visit)
    answer = press(sign_in("admin"), call, "done", outcome="wrong-number")
    assert "Nobody has told this person." in answer.text


def test_a_line_put_back_is_on_the_list_again(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    clerk, call = sign_in("admin"), line(session, visit)
    press(clerk, call, "done", outcome="told")

    press(clerk, now(session, call), "reopen")

    assert len(rows(clerk)) == 1


def test_my_lines_are_those_with_my_name(sign_in: SignIn, session: Session, world: World, visit: Appointment) -> None:
    clerk = sign_in("admin")
    mine, _other = line(session, visit), line(session, visit, "two", kind="appointment.confirmation")

    answer = press(clerk, mine, "take")

    assert "You ring." in answer.text
    assert len(rows(clerk, "/messages?show=mine")) == 1
    assert now(session, mine).assigned_to_id == world.staff["admin"].id


def test_who_is_late_is_told_so(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    clerk, call = sign_in("admin"), line(session, visit)
    press(clerk, call, "done", outcome="told")

    answer = press(clerk, call, "tried", how="engaged")

    assert "This line has left the list already." in answer.text


@pytest.mark.parametrize("data", [{}, {"outcome": "flew-away"}, {"outcome": "told", "version": "x"}])
def test_rubbish_changes_nothing(sign_in: SignIn, session: Session, visit: Appointment, data: dict[str, str]) -> None:
    call = line(session, visit)
    answer = press(sign_in("admin"), call, "done", **data)
    assert answer.status_code == 200
    assert now(session, call).state is CallState.OPEN


def test_a_line_about_a_review_names_nobody_elses_appointment(
    sign_in: SignIn, session: Session, world: World, visit: Appointment
) -> None:
    line(session, visit, kind="appointment.review-due", reason="review-due", subject_id="no-appointment")

    (row,) = rows(sign_in("admin"))

    assert "Mae'n bryd i ni eich gweld eto." in row
    assert "8 Rhagfyr" not in row


def test_another_service_sees_none_of_it(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    call, clerk = line(session, visit), sign_in("other_admin")
    assert "There is nobody to ring." in text(clerk)
    assert press(clerk, call, "done", outcome="told").status_code == 404


def test_a_long_list_takes_as_many_queries_as_a_short_one(
    sign_in: SignIn, session: Session, world: World, count_queries: Count
) -> None:
    clerk = sign_in("admin")
    line(session, book(session, world, slot=0, patient=0))
    with count_queries() as short:
        clerk.get("/messages")
    for number in range(1, 6):
        line(session, book(session, world, slot=number, patient=number), f"{number}")
    with count_queries() as long:
        assert len(rows(clerk)) == 6

    assert long.count <= short.count


def test_the_page_is_whole_in_welsh(sign_in: SignIn, session: Session, visit: Appointment) -> None:
    line(session, visit)
    clerk = sign_in("admin")
    clerk.get("/messages?lang=cy")
    page = text(clerk)
    assert "1 person i'w ffonio" in page
    assert "Wedi dweud wrth Mrs Eluned Parry" in page
