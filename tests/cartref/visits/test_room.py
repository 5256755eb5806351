"""What the room's page asks of the server: tickets, readiness, the state, wishes; none of it on the page's own word."""

import json
import re
from collections.abc import Callable
from datetime import UTC, timedelta
from datetime import datetime as moment
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cartref.appointments.models import Appointment
from cartref.audit.models import ActorKind, AuditEntry
from cartref.clinics.models import Clinic, ClinicSession
from cartref.consultations import service as consultations
from cartref.consultations import unseen
from cartref.consultations.codes import Presence
from cartref.consultations.models import Encounter, Seat, SeatRole
from cartref.links.models import Opening
from signalling.wire import TicketClaims, TicketKeys, TicketRefused, read_check_ticket, read_ticket
from tests.cartref.visits.conftest import STARTS_AT, Booked, Desk, Visitor
from tests.factories import World

Stand = Callable[..., None]


@pytest.fixture
def seat(desk: Desk, booked: Booked) -> Stand:
    """Return a function that lets signalling have reported something of the patient's seat."""

    def write(**values: object) -> None:
        with desk() as session:
            found = session.scalars(select(Seat).where(Seat.role == SeatRole.PATIENT)).one()
            for name, value in values.items():
                setattr(found, name, value)

    return write


def claims(app: Flask, answer: TestResponse) -> TicketClaims:
    """Return what the ticket in an answer says."""
    keys = TicketKeys(app.config["CARTREF"].ticket_key.encode())
    return read_ticket(told(answer)["ticket"], keys, moment.now(UTC).timestamp())


def told(answer: TestResponse) -> Any:
    """Return the JSON of an answer."""
    return answer.json


def configuration(page: str) -> Any:
    """Return what the page's script is given."""
    found = re.search(r'<script type="application/json" id="visit">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_a_ticket_is_for_her_own_seat_whatever_the_page_says(app: Flask, patient: Visitor, booked: Booked) -> None:
    patient.prove()

    answer = patient.post("ticket", role="clinician", participant="somebody-else-0001", room="another-room-0000001")

    assert answer.status_code == 200
    assert claims(app, answer).role == "patient"
    assert claims(app, answer).room == told(answer)["room"] not in {booked.id, "another-room-0000001"}
    assert claims(app, answer).participant != "somebody-else-0001"


def test_a_carer_sits_as_a_carer(app: Flask, carer: Visitor) -> None:
    carer.prove()

    assert claims(app, carer.post("ticket")).role == "carer"


def test_a_ticket_for_a_check_opens_no_room_and_begins_nothing(app: Flask, patient: Visitor, desk: Desk) -> None:
    patient.prove()

    answer = told(patient.post("check-ticket"))

    key, now = app.config["CARTREF"].ticket_key.encode(), moment.now(UTC).timestamp()
    assert read_check_ticket(answer["ticket"], TicketKeys(key), now).exp - now <= 60
    with pytest.raises(TicketRefused):
        read_ticket(answer["ticket"], TicketKeys(key), now)
    assert (answer["check"], answer["socket"]) == ("http://127.0.0.1:8001/v1/check", "ws://127.0.0.1:8001/v1/socket")
    allowed = patient.get("/room").headers["Content-Security-Policy"]
    assert "connect-src 'self' ws://127.0.0.1:8001 http://127.0.0.1:8001;" in allowed
    with desk() as session:
        assert session.scalars(select(Encounter)).all() == []


def test_a_line_can_be_checked_days_before_and_by_a_carer_but_not_when_the_visit_is_over(
    patient: Visitor, carer: Visitor, clock: time_machine.Traveller
) -> None:
    clock.move_to(STARTS_AT - timedelta(days=9))
    for visitor in (patient, carer):
        visitor.prove()
        assert visitor.post("check-ticket").status_code == 200

    clock.move_to(STARTS_AT + timedelta(days=3))

    assert patient.post("check-ticket").status_code == 409


@pytest.mark.parametrize("page", ["ticket", "check-ticket", "ready", "wish"])
def test_without_the_birth_date_nothing_is_given(patient: Visitor, page: str) -> None:
    patient.open_link()

    assert patient.post(page, wish="ring").status_code == 403


def test_without_the_birth_date_the_state_says_nothing(patient: Visitor) -> None:
    patient.open_link()

    refused = patient.browser.get(f"/visit/{patient.visit_id}/state", headers={"Accept": "application/json"})

    assert refused.status_code == 403
    assert told(refused)["code"] == "visit.not-proved"


def test_the_room_leads_who_has_not_said_the_birth_date_to_the_question(patient: Visitor) -> None:
    patient.open_link()

    assert patient.get("/room").headers["Location"] == f"/visit/{patient.visit_id}"


def test_a_tampered_form_token_is_refused(app: Flask, patient: Visitor) -> None:
    patient.prove()
    app.config["WTF_CSRF_ENABLED"] = True

    assert patient.post("ticket").status_code == 400
    assert patient.post("ready").status_code == 400


def test_i_am_ready_is_kept_and_no_reload_asks_again(patient: Visitor, desk: Desk) -> None:
    patient.prove()
    assert configuration(patient.get("/room").text)["state"]["ready"] is False

    assert patient.post("ready").json == {"ready": True}

    assert configuration(patient.get("/room").text)["state"]["ready"] is True
    assert patient.get().headers["Location"].endswith("/room"), "opened again, the link leads to the waiting room"
    with desk() as session:
        assert session.scalars(select(Opening)).one().ready_at is not None


def test_one_browsers_readiness_is_not_anothers(app: Flask, patient: Visitor) -> None:
    patient.prove()
    patient.post("ready")
    elsewhere = Visitor(app.test_client(), patient.visit_id, patient.url)

    elsewhere.prove()

    assert elsewhere.state()["ready"] is False


def test_the_state_names_nobody(patient: Visitor) -> None:
    patient.prove()

    told = json.dumps(patient.state())

    for name in ("Eluned", "Parry", "Prydderch", "Catrin", "01632 960457"):
        assert name not in told


def test_her_place_in_the_queue_is_told_while_she_waits(patient: Visitor, seat: Stand) -> None:
    patient.prove()
    patient.post("ticket")
    assert patient.state()["ahead"] is None

    seat(presence=Presence.WAITING, waiting_since=moment.now(UTC), ahead=2)

    assert patient.state()["ahead"] == 2


def test_a_clinic_that_runs_out_of_order_tells_no_place(
    patient: Visitor, seat: Stand, desk: Desk, world: object
) -> None:
    patient.prove()
    patient.post("ticket")
    with desk() as session:
        for clinic in session.scalars(select(Clinic)):
            clinic.runs_in_order = False
    seat(presence=Presence.WAITING, waiting_since=moment.now(UTC), ahead=None)

    assert patient.state()["ahead"] is None


def test_a_late_clinic_says_so_in_her_language(patient: Visitor, desk: Desk, booked: Booked) -> None:
    patient.prove()
    with desk() as session:
        session.get_one(Appointment, booked.id).session.late_minutes = 15

    assert patient.state()["late"] == "Rydyn ni'n disgwyl eich gweld rywbryd o 9:35am i 9:50am."


def test_who_waits_long_with_no_board_open_is_told(
    patient: Visitor, seat: Stand, clock: time_machine.Traveller
) -> None:
    patient.prove()
    patient.post("ticket")
    seat(presence=Presence.WAITING, waiting_since=moment.now(UTC))

    clock.move_to(STARTS_AT + timedelta(minutes=9))
    assert patient.state()["unattended"] is False
    clock.move_to(STARTS_AT + timedelta(minutes=10))
    assert patient.state()["unattended"] is True


def test_who_waits_alone_is_told_that_the_clinic_knows_only_once_it_was_told(
    carer: Visitor, desk: Desk, clock: time_machine.Traveller
) -> None:
    carer.prove()
    carer.post("ticket")
    with desk() as session:
        seat = session.scalars(select(Seat)).one()
        seat.presence, seat.waiting_since = Presence.WAITING, moment.now(UTC)
    clock.move_to(STARTS_AT + timedelta(minutes=10))
    before = carer.state()

    with desk() as session:
        told = unseen.check(session)

    assert (before["unattended"], before["told"]) == (True, False)
    assert told == 1
    assert carer.state()["told"] is True


def test_a_carer_who_knocks_at_a_visit_under_way_is_not_reported(
    carer: Visitor, desk: Desk, world: World, clock: time_machine.Traveller
) -> None:
    carer.prove()
    carer.post("ticket")
    clock.move_to(STARTS_AT + timedelta(minutes=10))

    with desk() as session:
        seat = session.scalars(select(Seat)).one()
        seat.presence, seat.waiting_since = Presence.WAITING, STARTS_AT
        consultations.start(session, world.actor("clinician"), seat.encounter_id)

        assert unseen.check(session) == 0


def test_with_the_board_open_patience_is_longer(
    patient: Visitor, seat: Stand, desk: Desk, clock: time_machine.Traveller
) -> None:
    patient.prove()
    patient.post("ticket")
    seat(presence=Presence.WAITING, waiting_since=moment.now(UTC))
    clock.move_to(STARTS_AT + timedelta(minutes=11))
    with desk() as session:
        for sitting in session.scalars(select(ClinicSession)):
            sitting.board_seen_at = moment.now(UTC)

    assert patient.state()["unattended"] is False


@pytest.mark.parametrize(
    ("wish", "column"),
    [("ring", "ring_asked_at"), ("cannot-hear", "cannot_hear_at"), ("cannot-come", "cannot_come_at")],
)
def test_a_wish_is_kept_for_the_board(patient: Visitor, desk: Desk, wish: str, column: str) -> None:
    patient.prove()

    assert patient.post("wish", wish=wish).json == {"wish": wish}

    assert patient.state()[wish.replace("-", "_")] is True
    with desk() as session:
        assert getattr(session.scalars(select(Encounter)).one(), column) is not None


def test_a_wish_works_without_a_script(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()

    page = patient.browser.post(
        f"/visit/{patient.visit_id}/wish", data={"wish": "ring"}, headers={"Accept": "text/html"}, follow_redirects=True
    )

    assert "The clinic knows. We will telephone you." in page.text
    assert "The clinic knows that you want a telephone call." in page.text


def test_a_week_before_she_may_only_say_that_she_cannot_come(patient: Visitor, clock: time_machine.Traveller) -> None:
    clock.move_to(STARTS_AT - timedelta(days=6))
    patient.prove()

    assert patient.post("wish", wish="ring").status_code == 409
    assert patient.post("wish", wish="cannot-come").status_code == 200


def test_who_cannot_come_is_not_led_into_the_room_but_may_change_her_mind(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    patient.post("ready")
    patient.post("wish", wish="cannot-come")

    page = patient.get()

    assert page.status_code == 200
    assert "You told us that you cannot come" in page.text
    assert "Check my camera and sound" in page.text


@pytest.mark.parametrize("coming", ["ready", "ticket"])
def test_who_could_not_come_and_comes_takes_it_back(patient: Visitor, desk: Desk, coming: str) -> None:
    patient.prove()
    patient.post("wish", wish="cannot-come")

    for _ in range(2):
        assert patient.post(coming).status_code == 200

    assert patient.state()["cannot_come"] is False
    with desk() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_kind == ActorKind.PATIENT)).all()
        assert list(actions).count("wish.cannot-come-taken-back") == 1


def test_a_carers_line_takes_back_nothing_that_the_patient_said(patient: Visitor, carer: Visitor) -> None:
    patient.prove()
    carer.prove()
    patient.post("wish", wish="cannot-come")

    carer.post("ticket")

    assert patient.state()["cannot_come"] is True


def test_who_could_not_come_sees_so_above_the_check(patient: Visitor) -> None:
    patient.browser.get("/contact?lang=en")
    patient.prove()
    patient.post("wish", wish="cannot-come")

    assert "If you can come after all, go on." in patient.get("/room").text


def test_who_could_not_hear_is_heard_of_no_more_once_she_is_seen(
    patient: Visitor, desk: Desk, booked: Booked, world: World
) -> None:
    patient.prove()
    patient.post("wish", wish="cannot-hear")

    with desk() as session:
        encounter = consultations.ensure_encounter(session, session.get_one(Appointment, booked.id))
        consultations.start(session, world.actor("clinician"), encounter.id)

    assert patient.state()["cannot_hear"] is False


def test_a_finished_visit_gives_no_ticket(patient: Visitor, desk: Desk, booked: Booked) -> None:
    patient.prove()
    with desk() as session:
        encounter = consultations.ensure_encounter(session, session.get_one(Appointment, booked.id))
        encounter.ended_at = moment.now(UTC)

    assert patient.post("ticket").status_code == 409


def test_in_an_app_the_page_offers_the_original_link(patient: Visitor) -> None:
    patient.prove()

    assert f'data-copy="http://127.0.0.1:8000{patient.url}"' in patient.get("/room").text


def test_the_room_knows_everybody_who_may_be_there(patient: Visitor, carer: Visitor) -> None:
    patient.prove()
    carer.prove()

    hers = configuration(patient.get("/room").text)["people"]
    the_carers = configuration(carer.get("/room").text)["people"]

    assert hers["clinician"]["name"] == "Clinician Prydderch"
    assert hers["carer"]["name"] == "Catrin Parry"
    assert the_carers["patient"]["name"] == "Eluned"
    assert "carer" not in the_carers


def test_the_room_carries_no_inline_script_without_the_pages_nonce(patient: Visitor) -> None:
    patient.prove()
    answer = patient.get("/room")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)

    assert nonce is not None
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL):
        if body.strip() and "application/json" not in attributes:
            assert f'nonce="{nonce[1]}"' in attributes
    assert " style=" not in answer.text
