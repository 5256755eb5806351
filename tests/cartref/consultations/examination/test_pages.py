"""The pages of an examination: the presenter's forms with and without a script, and what the clinician sees."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from cartref.appointments.models import Appointment, Mode
from cartref.consultations.codes import Attendance, Ending, Outcome
from tests.factories import World

Book = Callable[..., Appointment]
Open = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}
SEEN = {"ending": Ending.SEEN, "attendance": Attendance.ON_TIME, "outcome": Outcome.CLOCK_STOPS, "review": "0"}
PULSE = {"kind": "pulse", "value": "72", "key": "key-of-pulse-1"}


@pytest.fixture
def visit(book: Book) -> Appointment:
    """Return a visit at the presenter's site."""
    return book(mode=Mode.VIDEO_SITE)


@pytest.fixture
def nurse(sign_in: Open, visit: Appointment) -> FlaskClient:
    """Return the presenter's browser, at the desk of the visit."""
    browser = sign_in("presenter")
    assert browser.get(f"/present/{visit.id}").status_code == 200
    return browser


def pressure(upper: str, lower: str, posture: str, minutes: str = "") -> dict[str, str]:
    return {
        "kind": "blood-pressure", "value": upper, "second": lower, "posture": posture, "minutes": minutes,
        "key": f"key-of-{posture}-{minutes}",
    }  # fmt: skip


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# ---- with a script


def test_what_the_presenter_saves_is_told_to_the_clinician(
    visit: Appointment, nurse: FlaskClient, sign_in: Open
) -> None:
    answer = nurse.post(f"/present/{visit.id}/values", data=PULSE, headers=JSON)
    told = sign_in("clinician").get(f"/consultation/{visit.id}/examined").get_json()

    assert answer.get_json()["count"] == told["count"] == 1
    assert "Pulse 72 a minute" in text_of(told["values"])
    assert "<form" not in told["values"]


def test_a_number_that_nobody_has_is_refused_with_those_that_would_do(visit: Appointment, nurse: FlaskClient) -> None:
    answer = nurse.post(f"/present/{visit.id}/values", data=PULSE | {"value": "720"}, headers=JSON)

    assert answer.status_code == 422
    assert answer.get_json()["code"] == "observation.implausible"
    assert answer.get_json()["detail"] == "Enter a number from 20 to 250. Look at it again."


def test_an_unusual_number_is_asked_about_once_and_kept_with_the_reason(visit: Appointment, nurse: FlaskClient) -> None:
    asked = nurse.post(f"/present/{visit.id}/values", data=PULSE | {"value": "38"}, headers=JSON)
    kept = nurse.post(
        f"/present/{visit.id}/values", data=PULSE | {"value": "38", "because": "measured-twice"}, headers=JSON
    )

    assert asked.get_json()["code"] == "observation.unusual"
    assert "Unusual: Measured twice" in text_of(kept.get_json()["values"])


def test_a_postural_drop_is_said_in_words(visit: Appointment, nurse: FlaskClient) -> None:
    for typed in (pressure("148", "82", "lying"), pressure("126", "74", "standing", "1")):
        assert nurse.post(f"/present/{visit.id}/values", data=typed, headers=JSON).status_code == 200
    last = nurse.post(f"/present/{visit.id}/values", data=pressure("144", "80", "standing", "3"), headers=JSON)

    words = text_of(last.get_json()["values"])
    assert "Standing, after 1 minute: −22/−8 mmHg from lying. This is a postural drop." in words
    assert "Standing, after 3 minutes: −4/−2 mmHg from lying. No postural drop." in words


def test_what_was_typed_while_the_line_was_down_has_its_own_time(
    visit: Appointment, nurse: FlaskClient, at_the_clinic: time_machine.Traveller
) -> None:
    at_the_clinic.shift(timedelta(minutes=4))  # the desk does not lock meanwhile
    told = nurse.post(f"/present/{visit.id}/values", data=PULSE | {"ago": "240"}, headers=JSON).get_json()

    assert told["last"]["pulse"] == "72 at 8:40am"


def test_an_ask_is_seen_done_and_answered_by_both(visit: Appointment, nurse: FlaskClient, sign_in: Open) -> None:
    clinician = sign_in("clinician")
    clinician.post(f"/consultation/{visit.id}/asks", data={"ready": "walk", "key": "key-of-ask-1"}, headers=JSON)
    asks = nurse.get(f"/present/{visit.id}/examined", headers=JSON).get_json()["asks"]
    done = re.search(r'action="([^"]+/done)"', asks)
    assert done
    nurse.post(done.group(1), data={"answer": "Walks with a frame"}, headers=JSON)

    told = clinician.get(f"/consultation/{visit.id}/examined").get_json()

    assert "Show the patient walking to the door and back" in asks
    assert "Done at 8:40am: Walks with a frame" in text_of(told["asks"])
    assert told["open_asks"] == 0


# ---- without a script


def test_a_form_works_without_a_script(visit: Appointment, nurse: FlaskClient) -> None:
    page = nurse.get(f"/present/{visit.id}").text
    assert 'inputmode="decimal"' in page

    sent = nurse.post(f"/present/{visit.id}/values", data=PULSE)

    assert sent.status_code == 303
    assert "Pulse 72 a minute" in text_of(nurse.get(f"/present/{visit.id}").text)


def test_what_is_wrong_stands_beside_what_was_typed(visit: Appointment, nurse: FlaskClient) -> None:
    page = nurse.post(f"/present/{visit.id}/values", data={"kind": "temperature", "value": "368", "key": "key-temp-1"})

    assert page.status_code == 422
    assert 'value="368"' in page.text
    assert "Enter a number from 30.0 to 43.0" in page.text


def test_a_form_without_a_script_can_say_why_an_unusual_value_is_right(visit: Appointment, nurse: FlaskClient) -> None:
    page = nurse.post(f"/present/{visit.id}/values", data=PULSE | {"value": "38"}).text

    opened = re.search(r'data-sends="pulse".*?</form>', page, re.DOTALL)
    assert opened
    assert re.search(r"data-unusual>", opened.group())
    assert re.search(r'name="because" value="usual"', opened.group())


# ---- who sees what


def test_what_was_taken_stays_on_the_page_of_the_outcome(visit: Appointment, nurse: FlaskClient, sign_in: Open) -> None:
    nurse.post(f"/present/{visit.id}/values", data=PULSE, headers=JSON)
    clinician = sign_in("clinician")
    clinician.post(f"/consultation/{visit.id}/outcome", data=SEEN)

    page = clinician.get(f"/consultation/{visit.id}/outcome").text

    assert "Pulse 72 a minute" in text_of(page)


def test_the_appointment_shows_what_was_taken_to_those_who_treat_and_not_to_the_office(
    visit: Appointment, nurse: FlaskClient, sign_in: Open
) -> None:
    nurse.post(f"/present/{visit.id}/values", data=PULSE, headers=JSON)

    clinician, office = (sign_in(name).get(f"/appointments/{visit.id}").text for name in ("clinician", "admin"))

    assert "Pulse 72 a minute" in text_of(clinician)
    assert "Pulse" not in office


def test_the_list_of_the_day_says_how_far_each_one_is(
    world: World, visit: Appointment, nurse: FlaskClient, sign_in: Open
) -> None:
    nurse.post(f"/present/{visit.id}/values", data=PULSE, headers=JSON)
    nurse.post("/unlock", data={"password": world.password})

    page = sign_in("presenter").get(f"/site-board/{world.spoke.id}").text

    assert "1 value. Not all signed" in page


def test_the_desk_names_nobody_else(world: World, book: Book, visit: Appointment, nurse: FlaskClient) -> None:
    other = book(4, mode=Mode.VIDEO_SITE)

    page = nurse.get(f"/present/{visit.id}").text

    assert f"/present/{other.id}" in page
    assert other.patient.family_name not in page.replace(visit.patient.family_name, "")


def test_another_patient_s_desk_asks_who_she_is_first(book: Book, visit: Appointment, nurse: FlaskClient) -> None:
    other = book(4, mode=Mode.VIDEO_SITE)

    answer = nurse.post(f"/present/{other.id}/values", data=PULSE)

    assert str(answer.location).startswith("/unlock")


def test_a_presenter_of_another_service_finds_nothing(visit: Appointment, sign_in: Open) -> None:
    other = sign_in("other_presenter")

    assert other.post(f"/present/{visit.id}/values", data=PULSE, headers=JSON).status_code == 404
    assert other.get(f"/present/{visit.id}/examined", headers=JSON).status_code == 404
