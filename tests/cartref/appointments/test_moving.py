"""Moving an appointment: the old time is free at once, the link and the identity stay."""

import pytest
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import AppointmentStatus
from cartref.clinics.models import Clinic, SlotState
from cartref.errors import IllegalTransition, NotFound, StaleVersion
from cartref.links.models import Link
from tests.cartref.appointments.conftest import ADDRESSES, MINUTE, TODAY, Desk
from tests.factories import make_clinic


def test_moving_frees_the_old_time_and_holds_the_new(desk: Desk) -> None:
    appointment = desk.book(0)

    desk.move(appointment, 5)

    assert desk.free() == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert {hold.starts_at for hold in desk.holds(appointment)} == {desk.slot(5).starts_at}
    assert disagreements(desk.session) == []


def test_the_old_time_can_be_booked_at_once(desk: Desk) -> None:
    desk.move(desk.book(0, patient=0), 5)

    assert desk.book(0, patient=1).starts_at == desk.slot(0).starts_at


def test_an_appointment_is_never_in_its_own_way(desk: Desk) -> None:
    appointment = desk.book(0, minutes=40)

    desk.move(appointment, 1)

    assert (appointment.starts_at, appointment.ends_at) == (desk.slot(1).starts_at, desk.slot(2).ends_at)
    assert desk.free() == [0, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_it_can_be_made_longer_where_it_is(desk: Desk) -> None:
    appointment = desk.book(3)

    desk.move(appointment, 3, minutes=60)

    assert appointment.ends_at - appointment.starts_at == 60 * MINUTE
    assert appointment.moved_at is None  # the patient need not be told of another time
    assert appointment.sequence == 1


def test_calendars_hear_of_the_same_appointment_at_another_time(desk: Desk) -> None:
    appointment = desk.book(0)
    uid, link_tokens = appointment.uid, _tokens(desk, appointment.id)

    desk.move(appointment, 2)

    event = appointment.event("en").decode()
    assert (appointment.uid, appointment.sequence) == (uid, 1)
    assert f"UID:{uid}" in event
    assert "SEQUENCE:1" in event
    assert "DTSTART;TZID=Europe/London:20261208T094000" in event
    assert _tokens(desk, appointment.id) == link_tokens  # whoever has the link keeps it


def test_the_patient_can_be_told_what_the_time_was(desk: Desk) -> None:
    appointment = desk.book(0)
    desk.move(appointment, 2)
    desk.move(appointment, 4)

    assert appointment.moved_from_at == desk.slot(2).starts_at
    assert appointment.moved_at is not None
    assert appointment.sequence == 2


def test_moving_to_where_it_is_changes_nothing(desk: Desk) -> None:
    appointment = desk.book(0)
    version = appointment.version

    desk.move(appointment, 0)

    assert (appointment.version, appointment.sequence) == (version, 0)


def test_moving_to_another_clinic_brings_its_clinician(desk: Desk) -> None:
    appointment = desk.book(0)
    clinician = desk.world.staff["clinician"]
    desk.session.scalars(select(Clinic).where(Clinic.id == desk.world.clinic.id)).one().name = "First"
    desk.session.flush()
    clinic, sitting = make_clinic(desk.session, desk.world.service, clinician, desk.slot(11).ends_at)

    desk.move(appointment, 0, slot_id=desk.slot(1, sitting).id)

    assert appointment.session.clinic is clinic
    assert disagreements(desk.session) == []


def test_a_taken_time_leaves_the_appointment_where_it_was(desk: Desk) -> None:
    appointment = desk.book(0, patient=0)
    desk.book(1, patient=1)

    with pytest.raises(service.SlotTaken) as refusal:
        desk.move(appointment, 1)

    assert appointment.starts_at == desk.slot(0).starts_at
    assert len(desk.holds(appointment)) == 2
    assert refusal.value.context["alternatives"] == tuple(desk.slot(number).id for number in (2, 3, 4))
    assert disagreements(desk.session) == []


def test_who_read_an_older_version_can_not_move_it(desk: Desk) -> None:
    appointment = desk.book(0)
    read = appointment.version
    desk.move(appointment, 3)

    with pytest.raises(StaleVersion):
        desk.move(appointment, 6, version=read)


def test_what_is_over_or_cancelled_can_not_be_moved(desk: Desk) -> None:
    appointment = desk.book(0)
    desk.cancel(appointment)

    with pytest.raises(IllegalTransition):
        desk.move(appointment, 3)


def test_who_has_arrived_and_is_moved_is_expected_again(desk: Desk) -> None:
    appointment = desk.book(0)
    service.mark_arrived(desk.session, desk.actor, appointment.id)

    desk.move(appointment, 3)

    assert (appointment.status, appointment.arrived_at) == (AppointmentStatus.BOOKED, None)


def test_nobody_moves_the_appointment_of_a_patient_who_has_died(desk: Desk) -> None:
    appointment = desk.book(0)
    desk.world.patients[0].deceased_on = TODAY.date()

    with pytest.raises(service.PatientCannotBeBooked):
        desk.move(appointment, 3)


def test_another_services_appointment_is_not_found(desk: Desk, other_desk: Desk) -> None:
    appointment = desk.book(0)

    with pytest.raises(NotFound):
        other_desk.move(appointment, 0, slot_id=other_desk.slot(0, desk.world.other_session).id)


def test_a_clinics_new_public_name_reaches_the_stored_events(desk: Desk) -> None:
    appointment = desk.book(0)
    desk.world.clinic.public_name_en = "Lakeside clinic"

    service.rewrite_events(desk.session, desk.actor, ADDRESSES, desk.world.clinic.id)

    assert b"Lakeside clinic" in appointment.event_bytes
    assert appointment.sequence == 0


def _tokens(desk: Desk, visit_id: str) -> set[str]:
    return set(desk.session.scalars(select(Link.token_sha256).where(Link.visit_id == visit_id)))


def test_a_time_that_is_only_held_is_answered_before_it_can_move(desk: Desk) -> None:
    held = desk.book(0, held_until=TODAY + 120 * MINUTE)

    with pytest.raises(IllegalTransition):
        desk.move(held, 3)
    assert (held.status, desk.slot(0).state) == (AppointmentStatus.PENDING, SlotState.BOOKED)
