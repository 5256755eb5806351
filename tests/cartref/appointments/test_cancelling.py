"""Cancelling, arriving and closing: what becomes of an appointment, its time and what was still to be sent."""

import pytest
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.messages import send_confirmation
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.appointments.status import CANCEL_REASONS, OFFER_REASONS, TRANSITIONS, CancelReason, check
from cartref.audit.models import AuditEntry
from cartref.errors import IllegalTransition, NotFound, StaleVersion
from cartref.notifications.models import NoticeState
from tests.cartref.appointments.conftest import TODAY, Desk


def test_cancelling_frees_everything_and_the_time_can_be_booked_again(desk: Desk) -> None:
    appointment = desk.book(0, minutes=60, **desk.at_site())

    desk.cancel(appointment)

    assert desk.holds(appointment) == []
    assert len(desk.free()) == 12
    assert desk.book(1, patient=1, **desk.at_site()).status is AppointmentStatus.BOOKED
    assert disagreements(desk.session) == []


def test_calendars_hear_that_it_is_cancelled(desk: Desk) -> None:
    appointment = desk.book(0)

    desk.cancel(appointment)

    event = appointment.event("en").decode()
    assert "STATUS:CANCELLED" in event
    assert "SEQUENCE:1" in event
    assert "URL" not in event


def test_what_was_still_to_be_sent_is_withdrawn(desk: Desk) -> None:
    appointment = desk.book(0)
    notices = send_confirmation(desk.session, desk.actor, appointment.id)

    desk.cancel(appointment)

    desk.session.expire_all()
    assert {notice.state for notice in notices} == {NoticeState.WITHDRAWN}


def test_a_reason_is_kept_with_codes_alone_in_the_trail(desk: Desk) -> None:
    appointment = desk.cancel(desk.book(0), "clinician-away")

    entry = desk.session.scalars(select(AuditEntry).where(AuditEntry.action == "appointment.cancelled")).one()
    assert appointment.cancelled_reason == "clinician-away"
    assert entry.details == {"reason": "clinician-away"}


@pytest.mark.parametrize("reason", ["", "because", "Clinician away"])
def test_cancelling_asks_for_one_of_the_reasons(desk: Desk, reason: str) -> None:
    with pytest.raises(service.ReasonMissing):
        desk.cancel(desk.book(0), reason)


def test_every_reason_has_its_words_and_says_who_cancelled() -> None:
    assert CANCEL_REASONS.keys() | OFFER_REASONS.keys() == set(CancelReason)
    assert not CANCEL_REASONS.keys() & OFFER_REASONS.keys()
    assert {reason.for_patient for reason in CANCEL_REASONS.values()} == {True, False}


def test_a_double_click_cancels_once(desk: Desk) -> None:
    appointment = desk.book(0)
    read = appointment.version
    desk.cancel(appointment)

    again = service.cancel(
        desk.session, desk.actor, appointment_id=appointment.id, version=read, reason="patient-cannot-come"
    )

    assert again.sequence == 1


def test_who_read_an_older_version_can_not_cancel_it(desk: Desk) -> None:
    appointment = desk.book(0)
    read = appointment.version
    desk.move(appointment, 3)

    with pytest.raises(StaleVersion):
        service.cancel(
            desk.session, desk.actor, appointment_id=appointment.id, version=read, reason="patient-cannot-come"
        )


def test_another_services_appointment_is_not_found(desk: Desk, other_desk: Desk) -> None:
    with pytest.raises(NotFound):
        other_desk.cancel(desk.book(0))


def test_a_death_frees_what_was_to_come_once_a_person_says_so(desk: Desk, today: object) -> None:
    past, first, second = desk.book(0), desk.book(2), desk.book(4)
    others = desk.book(6, patient=1)
    today.move_to(desk.slot(1).starts_at)  # type: ignore[attr-defined] # time-machine's traveller
    desk.world.patients[0].deceased_on = TODAY.date()

    freed = service.free_after_death(desk.session, desk.actor, desk.world.patients[0].id)

    assert list(freed) == [first, second]
    assert {appointment.cancelled_reason for appointment in freed} == {"deceased"}
    assert (past.status, others.status) == (AppointmentStatus.BOOKED, AppointmentStatus.BOOKED)
    assert disagreements(desk.session) == []


def test_nothing_is_freed_while_no_death_is_recorded(desk: Desk) -> None:
    desk.book(0)

    with pytest.raises(service.PatientNotDeceased):
        service.free_after_death(desk.session, desk.actor, desk.world.patients[0].id)


def test_arriving_is_kept_from_the_first_time(desk: Desk) -> None:
    appointment = desk.book(0)
    arrived_at = service.mark_arrived(desk.session, desk.actor, appointment.id).arrived_at

    service.mark_arrived(desk.session, desk.actor, appointment.id)

    assert appointment.status is AppointmentStatus.ARRIVED
    assert appointment.arrived_at == arrived_at


def test_a_closed_appointment_keeps_its_time(desk: Desk) -> None:
    appointment = desk.book(0)

    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.FULFILLED)

    assert 0 not in desk.free()
    assert disagreements(desk.session) == []


def test_an_outcome_saved_by_mistake_can_be_put_right(desk: Desk) -> None:
    appointment = desk.book(0)
    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.NOSHOW)

    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.FULFILLED)

    assert appointment.status is AppointmentStatus.FULFILLED


def test_an_end_as_cancelled_by_the_patient_gives_the_time_back(desk: Desk) -> None:
    appointment = desk.book(0)

    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.CANCELLED)

    assert len(desk.free()) == 12
    assert b"STATUS:CANCELLED" in appointment.event_bytes


def test_a_closed_appointment_can_not_arrive_nor_be_cancelled(desk: Desk) -> None:
    appointment: Appointment = desk.book(0)
    service.close(desk.session, desk.actor, appointment.id, AppointmentStatus.FULFILLED)

    with pytest.raises(IllegalTransition):
        service.mark_arrived(desk.session, desk.actor, appointment.id)
    with pytest.raises(IllegalTransition):
        desk.cancel(appointment)


@pytest.mark.parametrize("now", AppointmentStatus)
@pytest.mark.parametrize("wanted", AppointmentStatus)
def test_the_table_of_status_says_what_may_follow(now: AppointmentStatus, wanted: AppointmentStatus) -> None:
    allowed = wanted in TRANSITIONS[now]

    try:
        check(now, wanted)
    except IllegalTransition:
        assert not allowed
    else:
        assert allowed


def test_nothing_follows_being_cancelled() -> None:
    assert TRANSITIONS[AppointmentStatus.CANCELLED] == frozenset()
