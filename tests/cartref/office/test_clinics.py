"""The clerk makes a clinic and its pattern, and sees the sessions and their slots."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.clinics.models import Clinic, ClinicSession
from tests.cartref.office.booking import book, look, slots
from tests.factories import World

SignIn = Callable[..., FlaskClient]
CLINIC = {
    "name": "Thursday clinic", "public_name_en": "Bryn Heli clinic", "public_name_cy": "Clinig Bryn Heli",
    "slot_minutes": "30", "contact_phone": "01632 960124", "contact_email": "bryn@example.org",
}  # fmt: skip


def pattern(world: World, **typed: Any) -> dict[str, Any]:
    """Return a pattern as it is typed: Thursdays, 9:20am to 12pm, from 3 December 2026."""
    return {
        "clinician_id": world.staff["clinician"].id, "weekday": "3", "start_wall": "9:20am", "end_wall": "12pm",
        "week_interval": "1", "from_date-day": "3", "from_date-month": "12", "from_date-year": "2026",
    } | typed  # fmt: skip


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be Monday 23 November 2026."""
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        yield


def test_a_clerk_makes_a_clinic_and_sees_it(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    made = clerk.post("/clinics/new", data=CLINIC)

    (clinic,) = look(session, select(Clinic).where(Clinic.name == "Thursday clinic"))
    assert made.location == f"/clinics/{clinic.id}"
    assert (clinic.service_id, clinic.slot_minutes, clinic.runs_in_order) == (world.service.id, 30, False)
    assert "Thursday clinic" in clerk.get("/clinics").text
    assert "It has no pattern yet." in clerk.get(made.location).text


def test_a_clinic_without_its_names_is_told_beside_the_fields(sign_in: SignIn) -> None:
    page = sign_in("admin").post("/clinics/new", data=CLINIC | {"name": "", "public_name_cy": ""})

    assert page.status_code == 422
    assert page.text.count("Enter a name") >= 2
    assert 'value="Bryn Heli clinic"' in page.text


def test_a_pattern_makes_sessions_at_once(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    typed = pattern(world, **{"to_date-day": "24", "to_date-month": "12", "to_date-year": "2026"})

    answer = clerk.post(f"/clinics/{world.clinic.id}/patterns/new", data=typed)

    made = look(session, select(ClinicSession).where(ClinicSession.pattern_id.is_not(None)))
    assert answer.status_code == 303
    assert sorted(sitting.local_date.day for sitting in made) == [3, 10, 17, 24]
    page = clerk.get(answer.location).text
    assert "4 sessions are made." in page
    assert "Thursday, 9:20am to 12pm" in page
    assert "Thursday 10 December 2026" in page


def test_a_pattern_says_which_nights_it_skips(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    night = pattern(
        world, weekday="6", start_wall="01:30", end_wall="04:00",
        **{"from_date-day": "21", "from_date-month": "3", "from_date-year": "2027"},
        **{"to_date-day": "4", "to_date-month": "4", "to_date-year": "2027"},
    )  # fmt: skip

    answer = clerk.post(f"/clinics/{world.clinic.id}/patterns/new", data=night)

    page = clerk.get(answer.location).text
    assert "2 sessions are made." in page
    assert "Sunday 28 March 2027: The clocks go forward then, so there is no clinic on that day." in page


def test_a_clinic_on_the_night_the_clocks_change_is_refused_beside_the_field(sign_in: SignIn, world: World) -> None:
    clerk = sign_in("admin")
    night = {
        "clinician_id": world.staff["clinician"].id, "start_wall": "1:30am", "end_wall": "4am", "local_date-day": "28",
        "local_date-month": "3", "local_date-year": "2027",
    }  # fmt: skip

    page = clerk.post(f"/clinics/{world.clinic.id}/sessions/new", data=night)

    assert page.status_code == 422
    assert "The clocks go forward then, so this time does not exist. Choose another time." in page.text
    assert 'href="#start_wall"' in page.text
    assert 'value="1:30am"' in page.text


def test_a_time_that_is_no_time_is_kept_and_told(sign_in: SignIn, world: World) -> None:
    page = sign_in("admin").post(
        f"/clinics/{world.clinic.id}/patterns/new", data=pattern(world, start_wall="half nine", end_wall="25:00")
    )

    assert page.status_code == 422
    assert "Enter a time, for example 9:20am" in page.text
    assert 'value="half nine"' in page.text
    assert 'value="25:00"' in page.text


def test_a_single_session_shows_its_slots_and_who_is_booked(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    booked = book(session, world, slot=2, minutes=40)

    page = clerk.get(f"/sessions/{world.clinic_session.id}").text

    assert f'href="/appointments/{booked.id}"' in page
    assert "Mrs Eluned Parry" in page
    assert "40 minutes" in page
    assert page.count(">Book<") == 10  # twelve slots, two of them taken


def test_a_clinic_is_changed(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")

    answer = clerk.post(f"/clinics/{world.clinic.id}/edit", data=CLINIC | {"name": "Friday clinic"})

    assert answer.status_code == 303
    assert "Friday clinic" in clerk.get("/clinics").text


def test_the_day_shows_every_session_of_the_service(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    book(session, world, slot=0)

    page = clerk.get("/day?date=2026-12-08").text

    assert "Tuesday 8 December 2026" in page
    assert "1 appointment, 11 free times" in page
    assert 'href="/day?date=2026-12-07"' in page
    assert 'href="/day?date=2026-12-09"' in page
    assert page.count('class="panel sitting"') == 1  # the other service's clinic of that hour is not shown
    assert "There is no clinic on this day." in clerk.get("/day").text
    assert clerk.get("/day?date=8+December").status_code == 200


def test_a_full_day_asks_the_database_no_more_than_a_quiet_one(
    sign_in: SignIn, session: Session, world: World, count_queries: Callable[..., Any]
) -> None:
    clerk = sign_in("admin")
    book(session, world, slot=0)
    clerk.get("/day?date=2026-12-08")
    with count_queries() as quiet:
        clerk.get("/day?date=2026-12-08")
    for number in range(1, 6):
        book(session, world, slot=2 * number, patient=number)

    with count_queries() as full:
        clerk.get("/day?date=2026-12-08")

    assert full.count == quiet.count
    assert full.count <= 14


def test_the_clinics_of_another_service_are_not_found(sign_in: SignIn, session: Session, world: World) -> None:
    clerk = sign_in("admin")
    theirs = world.other_clinic.id

    for path in ("", "/edit", "/patterns/new", "/sessions/new"):
        assert clerk.get(f"/clinics/{theirs}{path}").status_code == 404
    assert clerk.post(f"/clinics/{theirs}/edit", data=CLINIC).status_code == 404
    assert clerk.get(f"/sessions/{world.other_session.id}").status_code == 404
    their_slot = slots(session, world.other_session)[0].id
    assert clerk.get(f"/appointments/new?slot_id={their_slot}").status_code == 404


def test_a_clinician_of_another_service_can_not_be_given_a_clinic(
    sign_in: SignIn, session: Session, world: World
) -> None:
    stranger = world.staff["other_clinician"].id

    answer = sign_in("admin").post(
        f"/clinics/{world.clinic.id}/patterns/new", data=pattern(world, clinician_id=stranger)
    )

    assert answer.status_code == 422
    theirs = select(ClinicSession).where(ClinicSession.clinician_id == stranger)
    assert {sitting.clinic_id for sitting in look(session, theirs)} == {world.other_clinic.id}
