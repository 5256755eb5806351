"""The clinician's desk: whom it offers to let in, when it locks, the address for 999, and who comes next."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, Mode
from cartref.consultations import service
from cartref.consultations.codes import Attendance, Ending, Outcome
from cartref.consultations.encounters.wishes import Wish
from cartref.consultations.models import SeatRole
from tests.cartref.consultations.conftest import Reporter
from tests.factories import World

Book = Callable[..., Appointment]
Open = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}
SEEN = {"ending": Ending.SEEN, "attendance": Attendance.ON_TIME, "outcome": Outcome.CLOCK_STOPS, "review": "0"}


def row_of(page: str, appointment: Appointment) -> str:
    found = re.search(rf'<tr id="row-{appointment.id}".*?</tr>', page, re.DOTALL)
    assert found, "the appointment has a row"
    return found.group()


def board_row(browser: FlaskClient, appointment: Appointment) -> str:
    return row_of(browser.get(f"/board/{appointment.session_id}").text, appointment)


# ---- letting in


def test_with_a_carer_alone_there_is_nobody_to_let_in(
    world: World, book: Book, sign_in: Open, signalling: Reporter
) -> None:
    appointment = book(carer_ids=[world.carer.id])
    signalling.happen("participant.waiting", signalling.seat(appointment, SeatRole.CARER, world.carer.id))
    browser = sign_in("clinician")

    before = board_row(browser, appointment)
    signalling.happen("participant.waiting", signalling.seat(appointment))
    after = board_row(browser, appointment)

    assert "Early, here since" in before
    assert "let-in" not in before
    assert "let-in=1" in after


def test_who_sits_with_the_nurse_can_be_let_in(world: World, book: Book, sign_in: Open) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    sign_in("presenter").post(f"/site-board/{world.spoke.id}/{appointment.id}/arrived")

    assert "let-in=1" in board_row(sign_in("clinician"), appointment)


# ---- being there


def is_locked(browser: FlaskClient, appointment: Appointment) -> bool:
    return str(browser.get(f"/board/{appointment.session_id}").location).startswith("/unlock")


def beat_for_half_an_hour(browser: FlaskClient, appointment: Appointment, clock: time_machine.Traveller) -> int:
    """Let the page of the visit beat on by itself; return the status of its last beat."""
    status = 0
    for _ in range(6):
        clock.shift(timedelta(minutes=5))
        status = browser.post(f"/consultation/{appointment.id}/watch", headers=JSON).status_code
    return status


def test_a_visit_that_nobody_began_locks_while_its_page_stands_open(
    book: Book, sign_in: Open, at_the_clinic: time_machine.Traveller
) -> None:
    appointment, browser = book(), sign_in("clinician")
    browser.get(f"/consultation/{appointment.id}")

    assert beat_for_half_an_hour(browser, appointment, at_the_clinic) == 403
    assert is_locked(browser, appointment)


def test_a_visit_under_way_does_not_lock(
    book: Book, sign_in: Open, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment, browser = book(), sign_in("clinician")
    signalling.happen("participant.admitted", signalling.seat(appointment))

    assert beat_for_half_an_hour(browser, appointment, at_the_clinic) == 200
    assert not is_locked(browser, appointment)


def test_a_visit_that_is_over_locks(
    book: Book, sign_in: Open, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment, browser = book(), sign_in("clinician")
    seat = signalling.seat(appointment)
    signalling.happen("participant.admitted", seat)
    signalling.happen("room.ended", seat, reason="finished")

    assert beat_for_half_an_hour(browser, appointment, at_the_clinic) == 403


def test_a_page_that_is_used_does_not_lock(book: Book, sign_in: Open, at_the_clinic: time_machine.Traveller) -> None:
    appointment, browser = book(), sign_in("clinician")
    for _ in range(3):
        at_the_clinic.shift(timedelta(minutes=10))
        answer = browser.post(f"/consultation/{appointment.id}/watch", data={"active": "1"}, headers=JSON)
        assert answer.status_code == 200


# ---- the telephone


@pytest.mark.parametrize("mode", [Mode.VIDEO_HOME, Mode.TELEPHONE])
def test_while_the_telephone_rings_the_page_takes_no_seat_in_the_room(book: Book, sign_in: Open, mode: Mode) -> None:
    appointment, browser = book(mode=mode), sign_in("clinician")
    browser.post(f"/consultation/{appointment.id}/ring")

    page = browser.get(f"/consultation/{appointment.id}").text

    assert 'data-open="false"' in page
    assert shown_scenes(page) == ["telephone"]


def shown_scenes(page: str) -> list[str]:
    scenes = re.findall(r'data-scene="([a-z-]+)"([^>]*)>', page)
    return [name for name, attributes in scenes if "hidden" not in attributes]


def test_the_page_begins_with_one_scene(book: Book, sign_in: Open) -> None:
    video, in_person = book(0), book(1, mode=Mode.IN_PERSON)
    browser = sign_in("clinician")

    assert shown_scenes(browser.get(f"/consultation/{video.id}").text) == ["joining"]
    assert shown_scenes(browser.get(f"/consultation/{in_person.id}").text) == ["in-person"]


def test_the_nurse_s_desk_says_that_the_clinic_rings(book: Book, sign_in: Open) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    sign_in("clinician").post(f"/consultation/{appointment.id}/ring")

    page = sign_in("presenter").get(f"/present/{appointment.id}").text

    assert shown_scenes(page) == ["telephone"]


# ---- 999


def large_address(page: str) -> str:
    found = re.search(r'<p class="big-address">(.*?)</p>', page, re.DOTALL)
    assert found
    return found.group(1)


def test_the_address_for_999_is_the_home_of_who_is_at_home(book: Book, sign_in: Open) -> None:
    appointment = book()

    page = sign_in("clinician").get(f"/consultation/{appointment.id}").text

    assert appointment.patient.postcode in large_address(page)


def test_the_address_for_999_is_the_site_of_who_sits_there(
    session: Session, world: World, book: Book, sign_in: Open
) -> None:
    world.spoke.address, world.spoke.postcode = "Ffordd y Môr, Heli", "LL99 7HS"
    appointment = book(mode=Mode.VIDEO_SITE)

    page = sign_in("clinician").get(f"/consultation/{appointment.id}").text

    large = large_address(page)
    assert re.match(rf"{world.spoke.name}, {world.room.name}\nFfordd y Môr, Heli\nLL99 7HS", large)
    assert appointment.patient.postcode not in large
    assert appointment.patient.postcode in page[page.index("big-address") :]


def test_the_address_for_999_can_be_opened_from_every_tab(book: Book, sign_in: Open) -> None:
    page = sign_in("clinician").get(f"/consultation/{book().id}").text

    foot = page[page.index('class="desk__foot"') : page.index('<dialog class="ask" id="address"')]
    assert 'data-opens="address"' in foot
    assert page.count('data-opens="address"') == 1


# ---- who comes next


def next_after(browser: FlaskClient, appointment: Appointment) -> str:
    page = browser.post(f"/consultation/{appointment.id}/outcome", data=SEEN, follow_redirects=True).text
    return page[page.index("Next patient") :]


def test_who_cannot_come_is_next_only_when_nobody_else_is(
    session: Session, world: World, book: Book, sign_in: Open
) -> None:
    first, second, third = book(0), book(1), book(2)
    service.ask(session, world.actor("admin"), second, Wish.CANNOT_COME)
    browser = sign_in("clinician")

    after_first, after_third = next_after(browser, first), next_after(browser, third)

    assert f"/consultation/{third.id}" in after_first
    assert f"/consultation/{second.id}" in after_third
    assert "Cannot come: ring" in after_third
    assert "Ready check" not in after_third


def test_who_waits_is_next_before_an_earlier_time_and_how_long_is_said(
    session: Session, book: Book, sign_in: Open, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    first, _second, third = book(0), book(1), book(2)
    signalling.happen("participant.waiting", signalling.seat(third))
    at_the_clinic.shift(timedelta(minutes=20 + 45))

    page = next_after(sign_in("clinician"), first)

    assert f"/consultation/{third.id}" in page
    assert "Waiting 5 min" in page
