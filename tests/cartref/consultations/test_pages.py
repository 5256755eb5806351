"""The pages of a visit: the board, the consultation, the outcome, the presenter's desk."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.audit.models import AuditEntry
from cartref.clinics.models import ClinicSession
from cartref.consultations import service
from cartref.consultations.codes import Attendance, Ending, Medium, Outcome
from cartref.consultations.models import SeatRole
from cartref.links import service as links
from cartref.links.models import Link
from tests.cartref.consultations.conftest import Reporter, encounter_of
from tests.factories import World

Book = Callable[..., Appointment]
SignIn = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}


def seen(**more: str) -> dict[str, str]:
    told = {"ending": Ending.SEEN, "attendance": Attendance.ON_TIME, "outcome": Outcome.CLOCK_STOPS, "review": "0"}
    return told | more


def row_of(page: str, appointment: Appointment) -> str:
    found = re.search(rf'<tr id="row-{appointment.id}".*?</tr>', page, re.DOTALL)
    assert found, "the appointment has a row"
    return found.group()


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action)))


# ---- today and the board


def test_today_leads_to_the_only_board(world: World, book: Book, sign_in: SignIn) -> None:
    answer = sign_in("clinician").get("/today")

    assert answer.status_code == 303
    assert answer.location == f"/board/{world.clinic_session.id}"


def test_today_says_when_there_is_no_clinic(
    world: World, at_the_clinic: time_machine.Traveller, sign_in: SignIn
) -> None:
    at_the_clinic.shift(timedelta(days=1))

    page = sign_in("clinician").get("/today")

    assert page.status_code == 200
    assert "There is no clinic today" in page.text


def test_the_board_shows_who_waits_and_offers_to_let_her_in(
    world: World, book: Book, sign_in: SignIn, signalling: Reporter, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))
    at_the_clinic.shift(timedelta(minutes=32))

    row = row_of(sign_in("clinician").get(f"/board/{world.clinic_session.id}").text, appointment)

    assert "Waiting 12 min" in row
    assert "Here since 8:40am" in row
    assert f"/consultation/{appointment.id}?let-in=1" in row


def test_the_board_says_who_came_early(world: World, book: Book, sign_in: SignIn, signalling: Reporter) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))

    row = row_of(sign_in("clinician").get(f"/board/{world.clinic_session.id}").text, appointment)

    assert "Early, here since 8:40am" in row


def test_the_board_says_what_the_waiting_page_measured(
    world: World, book: Book, sign_in: SignIn, signalling: Reporter
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)
    signalling.happen("participant.waiting", seat)
    signalling.happen("participant.ready", seat, camera=True, microphone=False, rtt=40, relay=False)

    row = row_of(sign_in("clinician").get(f"/board/{world.clinic_session.id}").text, appointment)

    assert "No sound: ring" in row


def test_the_board_speaks_welsh(world: World, book: Book, sign_in: SignIn, signalling: Reporter) -> None:
    appointment = book()
    signalling.happen("participant.waiting", signalling.seat(appointment))
    browser = sign_in("clinician")

    page = browser.get(f"/board/{world.clinic_session.id}?lang=cy", follow_redirects=True).text

    assert "Yn gynnar, yma ers 8:40am" in row_of(page, appointment)


def test_an_admin_sees_the_board_and_lets_nobody_in(world: World, book: Book, sign_in: SignIn) -> None:
    appointment = book()

    page = sign_in("admin").get(f"/board/{world.clinic_session.id}")

    assert page.status_code == 200
    assert "/consultation/" not in row_of(page.text, appointment)


def test_another_service_has_no_such_board(world: World, book: Book, sign_in: SignIn) -> None:
    assert sign_in("other_clinician").get(f"/board/{world.clinic_session.id}").status_code == 404


def test_reading_the_board_is_audited(session: Session, world: World, book: Book, sign_in: SignIn) -> None:
    sign_in("clinician").get(f"/board/{world.clinic_session.id}")

    assert "board.read" in actions(session)


def test_the_heartbeat_keeps_the_board_open_and_brings_its_rows(
    session: Session, world: World, book: Book, sign_in: SignIn
) -> None:
    appointment = book()
    browser = sign_in("clinician")

    told = browser.post(f"/board/{world.clinic_session.id}/watch", headers=JSON).get_json()

    assert told["locked"] is False
    assert appointment.id in told["rows"]
    session.expire_all()
    assert session.get_one(ClinicSession, world.clinic_session.id).board_seen_at == datetime.now(UTC)


def test_a_locked_screen_gets_a_ticket_and_no_names(world: World, book: Book, sign_in: SignIn) -> None:
    book()
    browser = sign_in("clinician")
    browser.post("/lock")

    told = browser.post(f"/board/{world.clinic_session.id}/watch", headers=JSON).get_json()
    ticket = browser.post(f"/board/{world.clinic_session.id}/ticket", headers=JSON).get_json()

    assert told == {"locked": True}
    assert set(ticket) == {"ticket", "url", "rooms"}
    assert browser.get(f"/board/{world.clinic_session.id}").status_code == 303


def test_how_late_the_clinic_is_is_kept_and_told(session: Session, world: World, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()

    answer = sign_in("clinician").post(f"/board/{world.clinic_session.id}/late", data={"minutes": "15"})

    assert answer.status_code == 303
    session.expire_all()
    assert service.visit_state(session, session.get_one(Appointment, appointment.id), link).late_minutes == 15


@pytest.mark.parametrize("minutes", ["-1", "241", "soon", ""])
def test_lateness_is_from_none_to_four_hours(world: World, book: Book, sign_in: SignIn, minutes: str) -> None:
    answer = sign_in("clinician").post(f"/board/{world.clinic_session.id}/late", data={"minutes": minutes})

    assert answer.status_code == 422


def test_a_locked_link_is_unlocked_from_the_board(session: Session, world: World, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    link = session.scalars(select(Link).where(Link.visit_id == appointment.id)).one()
    for _ in range(5):
        links.try_birth_date(session, link, given=date(1900, 1, 1), born_on=appointment.patient.born_on)
    session.commit()
    browser = sign_in("clinician")
    row = row_of(browser.get(f"/board/{world.clinic_session.id}").text, appointment)
    assert "Link locked: ring" in row

    browser.post(f"/board/{world.clinic_session.id}/links/{link.id}/unlock")

    session.refresh(link)
    assert (link.tries, link.locked_at) == (0, None)


# ---- the consultation


def test_the_consultation_shows_who_she_is_and_where_to_ring(book: Book, sign_in: SignIn) -> None:
    appointment = book()

    page = sign_in("clinician").get(f"/consultation/{appointment.id}").text

    assert "Mrs" in page
    assert "14 March 1939 (87)" in page
    assert "999 000 0018" in page
    assert 'href="tel:+441632960457"' in page
    assert "LL99 9ZZ" in page


def test_the_ticket_makes_the_clinician_of_whoever_consults(
    session: Session, book: Book, sign_in: SignIn, world: World
) -> None:
    appointment = book()

    told = sign_in("clinician").post(f"/consultation/{appointment.id}/ticket", headers=JSON).get_json()

    seat = encounter_of(session, appointment).seats[0]
    assert (seat.role, seat.ref_id, seat.participant) == ("clinician", world.staff["clinician"].id, told["participant"])


def test_only_who_consults_gets_a_ticket(book: Book, sign_in: SignIn) -> None:
    appointment = book()

    for name, status in (("admin", 403), ("presenter", 403), ("other_clinician", 404)):
        assert sign_in(name).post(f"/consultation/{appointment.id}/ticket", headers=JSON).status_code == status


def test_the_page_learns_who_knocks(
    session: Session, world: World, book: Book, sign_in: SignIn, signalling: Reporter
) -> None:
    appointment = book(carer_ids=[world.carer.id])
    carer = signalling.seat(appointment, SeatRole.CARER, world.carer.id)

    told = sign_in("clinician").post(f"/consultation/{appointment.id}/watch", headers=JSON).get_json()

    assert told["people"][carer.participant] == {"name": "Catrin Parry", "role": "Daughter"}


def test_the_note_is_saved_over_its_own_version(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")
    url = f"/consultation/{appointment.id}/note"

    first = browser.post(url, data={"note": "Dizzy on standing.", "base_version": "0"}, headers=JSON).get_json()
    second = browser.post(url, data={"note": "Less dizzy.", "base_version": "1"}, headers=JSON).get_json()

    assert (first["version"], second["version"]) == (1, 2)
    assert encounter_of(session, appointment).note == "Less dizzy."


def test_a_note_from_two_screens_keeps_both_versions(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")
    url = f"/consultation/{appointment.id}/note"
    browser.post(url, data={"note": "From the first screen.", "base_version": "0"})

    answer = browser.post(url, data={"note": "From the second screen.", "base_version": "0"})

    assert answer.status_code == 409
    assert "From the first screen." in answer.text
    assert "From the second screen." in answer.text
    assert 'name="base_version" value="1"' in answer.text
    assert encounter_of(session, appointment).note == "From the first screen."


def test_a_script_is_told_the_other_version_of_the_note(book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")
    url = f"/consultation/{appointment.id}/note"
    browser.post(url, data={"note": "First.", "base_version": "0"}, headers=JSON)

    answer = browser.post(url, data={"note": "Second.", "base_version": "0"}, headers=JSON)

    assert answer.status_code == 409
    assert (answer.get_json()["saved"], answer.get_json()["version"]) == ("First.", 1)


def test_a_save_whose_answer_was_lost_can_be_sent_again(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")
    url = f"/consultation/{appointment.id}/note"

    versions = [
        browser.post(url, data={"note": "Once.", "base_version": "0"}, headers=JSON).get_json()["version"]
        for _ in range(2)
    ]

    assert versions == [1, 1]


def test_the_safe_start_is_kept(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")

    browser.post(
        f"/consultation/{appointment.id}/with", data={"done": ["place", "identity"], "with_patient": "Her daughter"}
    )

    encounter = encounter_of(session, appointment)
    assert encounter.safe_start == ["identity", "place"]
    assert "Her daughter" in browser.get(f"/consultation/{appointment.id}").text


def test_ringing_instead_makes_it_a_visit_by_telephone(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()

    sign_in("clinician").post(f"/consultation/{appointment.id}/ring")

    encounter = encounter_of(session, appointment)
    assert encounter.medium is Medium.TELEPHONE
    assert encounter.started_at == datetime.now(UTC)


# ---- the outcome


def test_the_outcome_ends_the_visit_and_names_the_next_patient(session: Session, book: Book, sign_in: SignIn) -> None:
    first, second = book(0), book(1)
    browser = sign_in("clinician")

    page = browser.post(f"/consultation/{first.id}/outcome", data=seen(), follow_redirects=True)

    encounter = encounter_of(session, first)
    assert (encounter.ending, encounter.attendance, encounter.outcome) == ("seen", "5", "5")
    session.refresh(first)
    assert first.status is AppointmentStatus.FULFILLED
    assert f"/consultation/{second.id}" in page.text


def test_nothing_is_chosen_beforehand(book: Book, sign_in: SignIn) -> None:
    page = sign_in("clinician").get(f"/consultation/{book().id}/outcome").text

    assert page.count('type="radio"') == 18
    assert " checked" not in page


@pytest.mark.parametrize("missing", ["ending", "attendance", "outcome", "review"])
def test_what_is_missing_is_asked_for_and_the_rest_kept(book: Book, sign_in: SignIn, missing: str) -> None:
    told = seen()
    told.pop(missing)

    answer = sign_in("clinician").post(f"/consultation/{book().id}/outcome", data=told)

    assert answer.status_code == 422
    assert f'id="{missing}-error"' in answer.text
    assert answer.text.count(" checked") == 3


def test_could_not_connect_is_an_end_of_its_own(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()

    sign_in("clinician").post(
        f"/consultation/{appointment.id}/outcome",
        data={"ending": Ending.COULD_NOT_CONNECT, "outcome": Outcome.CLOCK_GOES_ON},
    )

    encounter = encounter_of(session, appointment)
    assert (encounter.ending, encounter.attendance) == (Ending.COULD_NOT_CONNECT, Attendance.CANCELLED_BY_PROVIDER)
    session.refresh(appointment)
    assert appointment.status is not AppointmentStatus.NOSHOW


def test_absence_is_closed_to_who_reached_the_waiting_room(
    session: Session, book: Book, sign_in: SignIn, signalling: Reporter
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)
    signalling.happen("participant.waiting", seat)
    signalling.happen("participant.left", seat)
    browser = sign_in("clinician")

    page = browser.get(f"/consultation/{appointment.id}/outcome").text
    answer = browser.post(
        f"/consultation/{appointment.id}/outcome",
        data={"ending": Ending.DID_NOT_ATTEND, "outcome": Outcome.CLOCK_STOPS},
    )

    assert "Did not attend: closed, the patient was here at 8:40am" in page
    assert answer.status_code == 422
    assert encounter_of(session, appointment).ending is None


def test_a_failed_try_has_to_be_seen_before_absence_is_said(
    session: Session, book: Book, sign_in: SignIn, signalling: Reporter
) -> None:
    appointment = book()
    seat = signalling.seat(appointment)  # a ticket was asked for, and nobody ever came to the waiting room
    (tried,) = service.failed_attempts(session, seat.encounter)
    browser = sign_in("clinician")
    told = {"ending": Ending.DID_NOT_ATTEND, "outcome": Outcome.CLOCK_STOPS}

    refused = browser.post(f"/consultation/{appointment.id}/outcome", data=told)
    taken = browser.post(f"/consultation/{appointment.id}/outcome", data=told | {"failed_seen": tried.key})

    assert refused.status_code == 422
    assert "never got there" in refused.text
    assert taken.status_code == 303
    session.refresh(appointment)
    assert appointment.status is AppointmentStatus.NOSHOW


def test_who_never_tried_did_not_attend(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()

    answer = sign_in("clinician").post(
        f"/consultation/{appointment.id}/outcome",
        data={"ending": Ending.DID_NOT_ATTEND, "outcome": Outcome.CLOCK_STOPS},
    )

    assert answer.status_code == 303
    assert encounter_of(session, appointment).attendance is Attendance.DID_NOT_ATTEND


def test_an_outcome_is_not_overwritten_unless_it_is_corrected(session: Session, book: Book, sign_in: SignIn) -> None:
    appointment = book()
    browser = sign_in("clinician")
    url = f"/consultation/{appointment.id}/outcome"
    browser.post(url, data=seen())
    late = seen(attendance=Attendance.LATE_SEEN)

    again, other = browser.post(url, data=seen()), browser.post(url, data=late)
    corrected = browser.post(url, data=late | {"correct": "1"})

    assert (again.status_code, other.status_code, corrected.status_code) == (303, 422, 303)
    assert encounter_of(session, appointment).attendance is Attendance.LATE_SEEN
    assert actions(session).count("encounter.finished") == 1
    assert actions(session).count("encounter.corrected") == 1


# ---- the presenter


def test_a_presenter_sees_her_site_and_says_who_is_with_her(
    session: Session, world: World, book: Book, sign_in: SignIn
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    browser = sign_in("presenter")
    url = f"/site-board/{world.spoke.id}"
    assert "This patient is here with me" in row_of(browser.get(url).text, appointment)

    answer = browser.post(f"{url}/{appointment.id}/arrived")

    assert answer.location == f"/present/{appointment.id}"
    session.refresh(appointment)
    assert appointment.status is AppointmentStatus.ARRIVED


def test_who_sits_with_the_nurse_waits_on_the_board(
    world: World, book: Book, sign_in: SignIn, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    sign_in("presenter").post(f"/site-board/{world.spoke.id}/{appointment.id}/arrived")
    at_the_clinic.shift(timedelta(minutes=23))

    row = row_of(sign_in("clinician").get(f"/board/{world.clinic_session.id}").text, appointment)

    assert "Waiting 3 min" in row
    assert "Ysbyty Bryn Heli" in row


def test_a_site_is_for_those_who_present_there(world: World, book: Book, sign_in: SignIn) -> None:
    book(mode=Mode.VIDEO_SITE)

    assert sign_in("presenter").get(f"/site-board/{world.hub.id}").status_code == 404
    assert sign_in("clinician").get(f"/site-board/{world.spoke.id}").status_code == 403


def test_another_service_s_patient_cannot_be_presented(world: World, book: Book, sign_in: SignIn) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)

    browser = sign_in("other_presenter")

    assert browser.get(f"/present/{appointment.id}").status_code == 404
    assert browser.post(f"/site-board/{world.spoke.id}/{appointment.id}/arrived").status_code == 404


def test_leaving_the_desk_for_another_page_asks_who_she_is(world: World, book: Book, sign_in: SignIn) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    browser = sign_in("presenter")
    browser.post(f"/present/{appointment.id}/ticket", headers=JSON)
    assert browser.get(f"/present/{appointment.id}").status_code == 200

    left = browser.get(f"/site-board/{world.spoke.id}")

    assert left.location.startswith("/unlock")
    assert browser.get(f"/present/{appointment.id}").status_code == 303
    back = browser.post(f"/unlock?next=/site-board/{world.spoke.id}", data={"password": world.password})
    assert back.status_code == 303
    assert browser.get(f"/site-board/{world.spoke.id}").status_code == 200


def test_the_desk_locks_after_five_idle_minutes(
    world: World, book: Book, sign_in: SignIn, at_the_clinic: time_machine.Traveller
) -> None:
    appointment = book(mode=Mode.VIDEO_SITE)
    browser = sign_in("presenter")
    browser.post(f"/present/{appointment.id}/ticket", headers=JSON)
    at_the_clinic.shift(timedelta(minutes=4))
    browser.post(f"/present/{appointment.id}/watch", headers=JSON)  # the visit is under way
    at_the_clinic.shift(timedelta(minutes=4))
    assert browser.get(f"/present/{appointment.id}").status_code == 200

    at_the_clinic.shift(timedelta(minutes=6))

    assert browser.get(f"/present/{appointment.id}").location.startswith("/unlock")


# ---- every page


def every_page(world: World, book: Book) -> list[tuple[str, str]]:
    home, site = book(0), book(1, mode=Mode.VIDEO_SITE)
    return [
        ("clinician", f"/board/{world.clinic_session.id}"),
        ("clinician", f"/consultation/{home.id}"),
        ("clinician", f"/consultation/{home.id}/outcome"),
        ("presenter", f"/site-board/{world.spoke.id}"),
        ("presenter", f"/present/{site.id}"),
    ]


def test_every_page_keeps_the_content_security_policy(world: World, book: Book, sign_in: SignIn) -> None:
    for name, url in every_page(world, book):
        page = sign_in(name).get(url)
        assert page.status_code == 200, url
        assert not re.search(r'\sstyle="|\son\w+="', page.text), url
        for script in re.findall(r"<script([^>]*)>", page.text):
            assert "src=" in script or "application/json" in script, url


def test_every_page_carries_its_words_as_data(world: World, book: Book, sign_in: SignIn) -> None:
    for name, url in every_page(world, book):
        page = sign_in(name).get(url).text
        blocks: list[Any] = [
            json.loads(block) for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page)
        ]
        assert blocks or url.endswith("outcome"), url
