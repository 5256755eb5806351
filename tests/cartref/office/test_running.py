"""Running a clinic on its pages: closing and opening, lanes and overbooking, settings, a pattern's end, hours."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment
from cartref.clinics import service as clinics
from cartref.clinics.models import Clinic, ClinicPattern, ClinicSession, OverbookLane, SessionStatus, SiteHours
from tests.cartref.office.booking import book, look, now, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def text_of(clerk: FlaskClient, path: str) -> str:
    """Return the text of a page."""
    return unescape(clerk.get(path, follow_redirects=True).text)


# ---- Closing a session


def test_closing_asks_once_says_how_many_are_booked_and_lists_them_after(
    sign_in: SignIn, session: Session, world: World
) -> None:
    booked = book(session, world)
    held = book(session, world, slot=1, patient=1, held_until=datetime(2026, 11, 23, 12, tzinfo=UTC))
    clerk, path = sign_in("admin"), f"/sessions/{world.clinic_session.id}"

    asked = text_of(clerk, f"{path}/close")
    without = clerk.post(f"{path}/close")
    answer = clerk.post(f"{path}/close", data={"reason": "weather"})
    page = text_of(clerk, answer.location)

    assert "2 patients are booked." in asked
    assert (without.status_code, answer.status_code) == (422, 303)
    assert "Choose a reason" in without.text
    assert "The session is closed. 2 patients need another time." in page
    assert "These 2 patients need another time" in page
    assert "Closed. Reason: The weather or the roads" in page
    assert "Closed by Admin Prydderch" in page
    assert f"/appointments/{booked.id}/move" in page
    assert f"/appointments/{booked.id}/cancel" in page
    assert f"/appointments/{held.id}" in page
    assert f'action="{path}/replan"' in page
    assert "Held until: 12pm. Nobody has been told." in page
    assert "/appointments/new?slot_id" not in page


def test_a_closed_session_is_opened_again(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, path = sign_in("admin"), f"/sessions/{world.clinic_session.id}"
    clerk.post(f"{path}/close", data={"reason": "room"})

    closed_day = text_of(clerk, "/day?date=2026-12-08")
    clerk.post(f"{path}/reopen")

    assert "Closed. Reason: The room cannot be used" in closed_day
    assert "The session is open again." in text_of(clerk, path)
    assert now(session, world.clinic_session).status is SessionStatus.OPEN


def test_booking_into_a_session_that_was_closed_meanwhile_is_refused(
    sign_in: SignIn, session: Session, world: World
) -> None:
    clerk, slot = sign_in("admin"), slots(session, world.clinic_session)[0]
    wish = {"slot_id": slot.id, "patient_id": world.patients[0].id, "mode": "telephone", "idempotency_key": "one"}
    clerk.post(f"/sessions/{world.clinic_session.id}/close", data={"reason": "room"})

    answer = clerk.post("/appointments/new", data=wish | {"minutes": "20"})

    assert answer.status_code == 422
    assert "Somebody else has just taken that time." in answer.text
    assert look(session, select(Appointment)) == []


# ---- Lanes


def test_a_lane_is_added_and_ended_on_the_clinics_page(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, path = sign_in("admin"), f"/clinics/{world.clinic.id}"

    wrong = clerk.post(f"{path}/lanes", data={"name": "", "cap": "9"})
    clerk.post(f"{path}/lanes", data={"name": "Urgent", "cap": "2"})
    twice = clerk.post(f"{path}/lanes", data={"name": "Urgent", "cap": "1"})
    (lane,) = look(session, select(OverbookLane))

    assert (wrong.status_code, twice.status_code) == (422, 422)
    assert "Enter from 1 to 8 people" in wrong.text
    assert "That name is in use already." in twice.text
    assert "Up to 2 people a session" in text_of(clerk, path)
    clerk.post(f"{path}/lanes/{lane.id}/end")
    assert "There is no lane, so nobody can be overbooked." in text_of(clerk, path)


def test_a_booked_time_is_overbooked_with_a_lane_and_a_reason(sign_in: SignIn, session: Session, world: World) -> None:
    lane = clinics.add_lane(session, world.actor("admin"), world.clinic.id, "Urgent", 1)
    session.commit()
    lane_id, slot_id = lane.id, slots(session, world.clinic_session)[0].id
    session.commit()
    book(session, world, slot=0)
    clerk, path = sign_in("admin"), f"/sessions/{world.clinic_session.id}"
    address = f"/appointments/new?slot_id={slot_id}&overbook=1"
    wish = {
        "slot_id": slot_id, "patient_id": world.patients[1].id, "mode": "telephone", "minutes": "20", "overbook": "1",
        "idempotency_key": "beside",
    }  # fmt: skip

    assert address in text_of(clerk, path)
    assert "overbook=1" in text_of(clerk, f"{address}&q=Hywel")
    form = text_of(clerk, f"{address}&patient_id={world.patients[1].id}")
    assert "Urgent (1 place left)" in form
    no_lane = clerk.post("/appointments/new", data=wish)
    no_reason = clerk.post("/appointments/new", data=wish | {"lane_id": lane_id})
    answer = clerk.post("/appointments/new", data=wish | {"lane_id": lane_id, "overbook_reason": "Breathless"})

    assert "Choose a lane" in no_lane.text
    assert "Say why, in 200 letters or fewer" in no_reason.text
    assert answer.status_code == 303
    page = text_of(clerk, answer.location)
    assert "Overbooked in this lane" in page
    assert "Breathless" in page
    sitting = text_of(clerk, path)
    assert "Overbooked: Breathless" in sitting
    assert "overbook=1" not in sitting  # the lane is full
    assert "Overbooked" in text_of(clerk, f"/week?date=2026-12-08&id={world.staff['clinician'].id}")
    assert "1 of them overbooked" in text_of(clerk, "/day?date=2026-12-08")


def test_a_clinic_without_lanes_offers_no_overbooking(sign_in: SignIn, session: Session, world: World) -> None:
    book(session, world)

    assert "overbook=1" not in text_of(sign_in("admin"), f"/sessions/{world.clinic_session.id}")


# ---- Settings


def settings(**typed: str) -> dict[str, str]:
    """Return the settings as they are typed."""
    return {"minutes_0": "", "minutes_1": "45", "minutes_2": "", "letter_days": "14", "reminder_hours": "72, 2"} | typed


def test_how_a_clinic_books_and_reminds_is_changed_and_shown(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, path = sign_in("admin"), f"/clinics/{world.clinic.id}"

    before = text_of(clerk, f"{path}/settings")
    answer = clerk.post(f"{path}/settings", data=settings(runs_on_holidays="y"))

    assert 'value="168, 48, 1"' in before
    assert "Leave it empty for the usual 30 minutes." in before
    assert answer.status_code == 303
    (clinic,) = look(session, select(Clinic).where(Clinic.id == world.clinic.id))
    assert (clinic.minutes_by_frailty, clinic.letter_days, clinic.reminders, clinic.runs_on_holidays) == (
        {"5-6": 45}, 14, {"hours": [72, 2]}, True,
    )  # fmt: skip
    page = text_of(clerk, path)
    assert "45 minutes" in page
    assert "72, 2" in page
    assert "It runs on bank holidays too" in page


def test_no_reminders_are_an_empty_field(sign_in: SignIn, session: Session, world: World) -> None:
    sign_in("admin").post(f"/clinics/{world.clinic.id}/settings", data=settings(reminder_hours=""))

    assert now(session, world.clinic).reminders == {"hours": []}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"minutes_1": "4"}, "Enter from 5 to 240 minutes"),
        ({"minutes_2": "an hour"}, "Enter from 5 to 240 minutes"),
        ({"letter_days": ""}, "Enter from 0 to 60 days"),
        ({"reminder_hours": "48; 1"}, "Enter up to 6 numbers of hours"),
        ({"reminder_hours": "9999"}, "Enter up to 6 numbers of hours"),
        ({"reminder_hours": "1,2,3,4,5,6,7"}, "Enter up to 6 numbers of hours"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_and_kept(
    sign_in: SignIn, session: Session, world: World, typed: dict[str, str], said: str
) -> None:
    answer = sign_in("admin").post(f"/clinics/{world.clinic.id}/settings", data=settings(**typed))

    ((_name, value),) = typed.items()
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{value}"' in answer.text or not value
    assert now(session, world.clinic).letter_days == 10


# ---- The end of a pattern


def test_a_pattern_is_ended_and_booked_sessions_are_listed_outside_it(
    sign_in: SignIn, session: Session, world: World
) -> None:
    admin = world.actor("admin")
    pattern = clinics.add_pattern(
        session, admin, world.clinic.id, world.staff["clinician"].id, 2, time(9), time(12), date(2026, 12, 2)
    ).id
    made = [found.id for found in clinics.generate_sessions(session, admin, date(2026, 12, 23)).sessions]
    session.commit()
    (sitting,) = look(session, select(ClinicSession).where(ClinicSession.id == made[2]))
    slot_id = slots(session, sitting)[0].id
    clerk, path = sign_in("admin"), f"/clinics/{world.clinic.id}"
    clerk.post(
        "/appointments/new",
        data={
            "slot_id": slot_id, "patient_id": world.patients[0].id, "mode": "telephone", "minutes": "20",
            "idempotency_key": "late",
        },
    )  # fmt: skip

    assert f"{path}/patterns/{pattern}/end" in text_of(clerk, path)
    early = clerk.post(f"{path}/patterns/{pattern}/end", data=_day(1))
    answer = clerk.post(f"{path}/patterns/{pattern}/end", data=_day(9))

    assert early.status_code == 422
    assert answer.status_code == 303
    page = text_of(clerk, path)
    assert "1 empty session is closed." in page
    assert "1 later session has patients and stays. It is listed below." in page
    assert "Outside the pattern" in page
    assert "Wednesday 16 December 2026" in page
    assert "Wednesday 23 December 2026" not in page
    assert now(session, session.get_one(ClinicPattern, pattern)).to_date == date(2026, 12, 9)


def _day(day: int) -> dict[str, str]:
    return {"to_date-day": str(day), "to_date-month": "12", "to_date-year": "2026"}


# ---- Hours of a place


def test_a_place_is_given_hours_and_loses_them(sign_in: SignIn, session: Session, world: World) -> None:
    clerk, path = sign_in("admin"), f"/places/{world.spoke.id}"

    wrong = clerk.post(f"{path}/hours", data={"weekday": "1", "opens_wall": "5pm", "closes_wall": "9am"})
    clerk.post(f"{path}/hours", data={"weekday": "1", "opens_wall": "9am", "closes_wall": "5pm"})
    overlap = clerk.post(f"{path}/hours", data={"weekday": "1", "opens_wall": "4pm", "closes_wall": "6pm"})
    (hours,) = look(session, select(SiteHours))

    assert "The place must close after it opens" in wrong.text
    assert 'value="5pm"' in wrong.text
    assert "The place is open at some of that time already" in overlap.text
    assert "Tuesday, 9am to 5pm" in text_of(clerk, path)
    clerk.post(f"{path}/hours/{hours.id}/remove")
    assert "No hours are written down" in text_of(clerk, path)
