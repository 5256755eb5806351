"""The presenter's device, which patients sit in front of: what it shows, when it locks, and who may go on with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.models import SignIn
from cartref.appointments.models import Appointment, Mode
from tests.factories import World

Book = Callable[..., Appointment]
Open = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def nurse(sign_in: Open, at_the_clinic: object) -> FlaskClient:
    """Return the browser of the presenter, signed in on the day."""
    return sign_in("presenter")


def asks_who_she_is(browser: FlaskClient, url: str) -> bool:
    return str(browser.get(url).location).startswith("/unlock")


def unlock(browser: FlaskClient, world: World) -> None:
    assert browser.post("/unlock", data={"password": world.password}).status_code == 303


# ---- the site's board


def test_a_booking_made_meanwhile_appears_on_the_board_of_the_site(
    world: World, book: Book, nurse: FlaskClient
) -> None:
    url = f"/site-board/{world.spoke.id}"
    page = nurse.get(url).text
    assert f'data-watch="{url}/watch"' in page
    appointment = book(mode=Mode.VIDEO_SITE)

    told = nurse.post(f"{url}/watch", headers=JSON).get_json()

    assert told["locked"] is False
    assert f'id="row-{appointment.id}"' in told["rows"]
    assert appointment.patient.family_name in told["rows"]


def test_the_board_of_a_site_names_nobody_after_five_minutes(
    world: World, book: Book, nurse: FlaskClient, at_the_clinic: time_machine.Traveller
) -> None:
    book(mode=Mode.VIDEO_SITE)
    url = f"/site-board/{world.spoke.id}"
    page = nurse.get(url).text
    at_the_clinic.shift(timedelta(minutes=4))
    assert nurse.post(f"{url}/watch", headers=JSON).get_json()["locked"] is False  # which nobody pressed
    at_the_clinic.shift(timedelta(minutes=1))

    told = nurse.post(f"{url}/watch", headers=JSON).get_json()

    assert 'data-idle="300"' in page
    assert told == {"locked": True}
    assert set(nurse.post(f"{url}/ticket", headers=JSON).get_json()) == {"ticket", "url", "rooms"}
    assert asks_who_she_is(nurse, url)


def test_the_board_of_a_site_stays_open_while_it_is_used(
    world: World, nurse: FlaskClient, at_the_clinic: time_machine.Traveller
) -> None:
    url = f"/site-board/{world.spoke.id}"
    nurse.get(url)

    for _ in range(3):
        at_the_clinic.shift(timedelta(minutes=4))
        assert nurse.post(f"{url}/watch", data={"active": "1"}, headers=JSON).get_json()["locked"] is False


def test_the_locked_board_of_a_site_says_how_long_nobody_was_there(world: World, nurse: FlaskClient) -> None:
    page = nurse.get(f"/site-board/{world.spoke.id}").text

    assert "Nobody was here for 5 minutes, so the names are hidden. Arrivals are still counted." in page


# ---- beside one patient


def test_looking_at_a_patient_s_desk_is_enough_to_be_asked_on_leaving(
    session: Session, world: World, book: Book, nurse: FlaskClient
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)

    nurse.get(f"/present/{appointment.id}")

    session.expire_all()
    found = session.scalars(select(SignIn).where(SignIn.presenting_id == appointment.id)).one()
    assert found.shared_device
    assert asks_who_she_is(nurse, f"/site-board/{world.spoke.id}")


def test_a_browser_that_forgets_its_other_cookies_is_asked_all_the_same(
    world: World, book: Book, nurse: FlaskClient
) -> None:
    nurse.get(f"/present/{book(mode=Mode.VIDEO_SITE).id}")
    nurse.delete_cookie("session")

    assert asks_who_she_is(nurse, f"/site-board/{world.spoke.id}")


def test_going_back_to_a_patient_means_being_asked_on_leaving_again(
    world: World, book: Book, nurse: FlaskClient
) -> None:
    desk, board = f"/present/{book(mode=Mode.VIDEO_SITE).id}", f"/site-board/{world.spoke.id}"
    for _ in range(2):
        assert nurse.get(desk).status_code == 200
        assert asks_who_she_is(nurse, board)
        unlock(nurse, world)
        assert nurse.get(board).status_code == 200


def test_one_patient_s_desk_does_not_lead_to_another_s(book: Book, nurse: FlaskClient) -> None:
    first, second = book(0, mode=Mode.VIDEO_SITE), book(1, mode=Mode.VIDEO_SITE)
    nurse.get(f"/present/{first.id}")

    assert asks_who_she_is(nurse, f"/present/{second.id}")


def test_an_unlock_form_kept_from_before_leads_nowhere_without_a_password(
    world: World, book: Book, nurse: FlaskClient
) -> None:
    board = f"/site-board/{world.spoke.id}"
    nurse.get(f"/present/{book(mode=Mode.VIDEO_SITE).id}")

    answer = nurse.post("/unlock", data={"password": "", "next": board})

    assert answer.location.startswith("/unlock")
    assert asks_who_she_is(nurse, board)


def test_the_way_back_to_the_list_asks_and_leads_there(world: World, book: Book, nurse: FlaskClient) -> None:
    board = f"/site-board/{world.spoke.id}"
    nurse.get(f"/present/{book(mode=Mode.VIDEO_SITE).id}")

    answer = nurse.post("/lock", data={"next": board})

    assert answer.location == f"/unlock?next={board}"
    assert nurse.post("/unlock", data={"password": world.password, "next": board}).location == board
    assert nurse.get(board).status_code == 200


def test_a_list_left_open_in_another_window_loses_its_names_and_does_not_end_the_visit(
    world: World, book: Book, nurse: FlaskClient
) -> None:
    desk = f"/present/{book(mode=Mode.VIDEO_SITE).id}"
    nurse.get(desk)

    told = nurse.post(f"/site-board/{world.spoke.id}/watch", headers=JSON).get_json()

    assert told == {"locked": True}
    assert nurse.get(desk).status_code == 200
