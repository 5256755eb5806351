"""Invitations follow appointments: who gets which message, and what calendar programs read in it."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments import service
from cartref.appointments.models import AppointmentStatus
from cartref.audit.models import AuditEntry
from cartref.calendars import inviting
from cartref.calendars.models import Invitation
from cartref.notifications.delivery import Post
from cartref.notifications.models import Notice
from tests.cartref.appointments.conftest import ADDRESSES, Desk
from tests.cartref.calendars.conftest import calendar, colleague_with_times, told, want


def test_whoever_wants_it_is_invited_and_nobody_else(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "clinician", "patient")
    desk.book(0)
    desk.book(1, patient=1)

    assert told(look()) == [
        ("REQUEST", "clinician@example.org", 0), ("REQUEST", "clinician@example.org", 0),
        ("REQUEST", "eluned@example.org", 0),
    ]  # fmt: skip
    assert look() == []


def test_a_presenter_and_a_carer_who_may_be_told_are_invited(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "presenter", "carer")
    desk.book(0, **desk.at_site())

    assert told(look()) == [("REQUEST", "catrin@example.org", 0), ("REQUEST", "presenter@example.org", 0)]


def test_an_invitation_is_written_as_outlook_google_and_apple_want_it(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)

    (letter,) = look()

    assert letter.get_content_type() == "multipart/mixed"
    alternative, attachment = letter.iter_parts()  # type: ignore[misc] # two
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(alternative.iter_parts())[2]
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    octets = part.get_payload(decode=True)
    assert attachment.get_payload(decode=True) == octets
    assert (attachment.get_filename(), attachment.get_content_type()) == ("invite.ics", "application/ics")
    lines = octets.decode().replace("\r\n ", "").split("\r\n")
    assert "METHOD:REQUEST" in lines
    assert 'ORGANIZER;CN="Glan Llyn clinic":mailto:clinic@example.org' in lines
    assert f"UID:{appointment.uid}" in lines
    (attendee,) = [line for line in lines if line.startswith("ATTENDEE")]
    name, _, address = attendee.partition(":")
    assert set(name.split(";")[1:]) == {
        "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT", "PARTSTAT=NEEDS-ACTION", "RSVP=TRUE",
    }  # fmt: skip
    assert address == "mailto:clinician@example.org"
    assert not any(line.startswith(("X-WR-CALNAME", "NAME", "REFRESH-INTERVAL")) for line in lines)


def test_a_patients_invitation_is_in_her_language_without_a_way_in(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "patient")
    desk.book(0)

    (letter,) = look()

    event = calendar(letter).vevent
    assert event.summary.value == "Apwyntiad fideo – Clinig Glan Llyn"
    assert event.description.value.startswith("I ymuno, defnyddiwch y ddolen yn y neges")
    assert "url" not in event.contents
    assert "conference" not in event.contents
    assert "/v/" not in letter.as_string()


def test_a_colleagues_invitation_leads_to_the_page_behind_the_sign_in(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)

    (letter,) = look()

    url = f"https://clinic.example.org/consultation/{appointment.id}"
    assert calendar(letter).vevent.url.value == url


def test_moving_asks_again_under_a_higher_number_and_cancelling_takes_it_out(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician", "patient")
    appointment = desk.book(0)
    first = look()
    desk.move(appointment, 5)
    second = look()
    desk.cancel(appointment)
    third = look()

    assert [method for method, _, _ in told(second)] == ["REQUEST", "REQUEST"]
    assert {number for _, _, number in told(second)} == {1}
    assert {(method, number) for method, _, number in told(third)} == {("CANCEL", 2)}
    events = [calendar(letters[0]).vevent for letters in (first, second, third)]
    assert len({event.uid.value for event in events}) == 1
    assert events[2].status.value == "CANCELLED"


def test_a_cancellation_that_is_undone_invites_again(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)
    look()
    desk.cancel(appointment)
    look()

    service.restore(
        desk.session, desk.actor, addresses=ADDRESSES, appointment_id=appointment.id, version=appointment.version
    )

    assert told(look()) == [("REQUEST", "clinician@example.org", 2)]


def test_a_time_that_is_only_held_invites_nobody_until_it_is_confirmed(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician", "patient")
    held = desk.book(0, held_until=clock.now() + timedelta(hours=1))
    assert look() == []

    service.confirm(desk.session, desk.actor, addresses=ADDRESSES, appointment_id=held.id)

    assert len(look()) == 2


def test_another_clinician_gets_it_and_the_first_one_loses_it(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    colleague, sitting = colleague_with_times(desk)
    colleague.wants_invitations = True
    want(desk, "clinician")
    appointment = desk.book(0)
    look()

    desk.move(appointment, 0, slot_id=desk.slot(0, sitting).id)
    letters = look()

    assert told(letters) == [("CANCEL", "clinician@example.org", 1), ("REQUEST", "colleague@example.org", 1)]
    withdrawal = next(letter for letter in letters if letter["To"] == "clinician@example.org")
    body = withdrawal.get_body(("plain",))
    assert body is not None
    assert "The appointment itself is not cancelled." in body.get_content()


def test_a_new_address_is_invited_and_the_old_one_is_cleared(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "patient")
    desk.book(0)
    look()

    desk.world.patients[0].email = "eluned.new@example.org"

    assert told(look()) == [("CANCEL", "eluned@example.org", 1), ("REQUEST", "eluned.new@example.org", 2)]
    assert look() == []


def test_a_wish_taken_back_clears_the_calendar_and_one_given_again_fills_it_under_a_higher_number(
    desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician")
    desk.book(0)
    look()

    desk.world.staff["clinician"].wants_invitations = False
    assert told(look()) == [("CANCEL", "clinician@example.org", 1)]
    desk.world.staff["clinician"].wants_invitations = True
    assert told(look()) == [("REQUEST", "clinician@example.org", 2)]


def test_after_that_a_move_is_still_noticed(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)
    for wanted in (True, False, True):
        desk.world.staff["clinician"].wants_invitations = wanted
        look()

    desk.move(appointment, 5)

    assert told(look()) == [("REQUEST", "clinician@example.org", 3)]


def test_what_was_overtaken_before_it_went_does_not_go(desk: Desk, post: Post, mail_server: Any) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)
    inviting.look(desk.session)
    desk.move(appointment, 5)
    inviting.look(desk.session)
    desk.session.commit()

    post.deliver_due()

    assert told(mail_server.messages) == [("REQUEST", "clinician@example.org", 1)]


def test_a_withdrawal_outlives_what_withdraws_other_messages(desk: Desk, post: Post, mail_server: Any) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)
    inviting.look(desk.session)
    desk.session.commit()
    post.deliver_due()
    desk.world.staff["clinician"].wants_invitations = False
    inviting.look(desk.session)
    desk.cancel(appointment)
    inviting.look(desk.session)
    desk.session.commit()

    post.deliver_due()

    assert [method for method, _, _ in told(mail_server.messages)] == ["CANCEL", "REQUEST"]


def test_an_appointment_that_took_place_stays_in_the_calendar(
    desk: Desk, look: Callable[[], list[EmailMessage]], today: Any
) -> None:
    want(desk, "clinician")
    appointment = desk.book(0)
    look()

    today.move_to(appointment.starts_at + timedelta(minutes=5))
    service.close(desk.session, desk.world.actor("clinician"), appointment.id, AppointmentStatus.FULFILLED)

    assert look() == []


def test_looking_twice_at_once_invites_once(desk: Desk, engine: Engine) -> None:
    want(desk, "clinician")
    desk.book(0)
    desk.session.commit()
    for _ in range(2):
        with Session(engine) as session, session.begin():
            inviting.look(session)

    assert len(desk.session.scalars(select(Notice)).all()) == 1


def test_other_services_keep_their_own_invitations(
    desk: Desk, other_desk: Desk, look: Callable[[], list[EmailMessage]]
) -> None:
    want(desk, "clinician", "other_clinician")
    desk.book(0)
    slot = other_desk.slot(0, desk.world.other_session)
    other_desk.book(slot_id=slot.id, patient_id=desk.world.other_patient.id)
    look()

    found = desk.session.scalars(select(Invitation)).all()
    services = {invitation.email: invitation.service_id for invitation in found}
    assert services == {
        "clinician@example.org": desk.world.service.id, "other.clinician@example.org": desk.world.other_service.id,
    }  # fmt: skip


def test_the_trail_tells_of_invitations_and_withdrawals(desk: Desk, look: Callable[[], list[EmailMessage]]) -> None:
    want(desk, "patient")
    appointment = desk.book(0)
    look()
    desk.cancel(appointment)
    look()

    entries = desk.session.scalars(select(AuditEntry).where(AuditEntry.action.like("invitation.%"))).all()
    assert [entry.action for entry in entries] == ["invitation.sent", "invitation.withdrawn"]
    assert {entry.patient_id for entry in entries} == {desk.world.patients[0].id}
