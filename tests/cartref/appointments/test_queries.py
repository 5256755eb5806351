"""Reading appointments and free times: a service sees its own, and a day is as long as the clocks make it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, update

from cartref.appointments import queries
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, Mode
from cartref.clinics.models import SessionStatus, Slot, SlotState
from cartref.errors import NotFound
from cartref.patients.models import CareRelationship
from tests.cartref.appointments.conftest import TODAY, Desk

LONDON = ZoneInfo("Europe/London")
CLINIC_DAY = date(2026, 12, 8)


def test_free_times_come_soonest_first_and_leave_out_what_is_taken(desk: Desk) -> None:
    desk.book(0)
    desk.book(2, patient=1)

    offers = queries.free_slots(desk.session, desk.actor, limit=3)

    assert [offer.slot.id for offer in offers] == [desk.slot(number).id for number in (1, 3, 4)]


def test_a_longer_visit_is_offered_only_where_enough_slots_follow_each_other(desk: Desk) -> None:
    desk.book(2)

    offers = queries.free_slots(desk.session, desk.actor, minutes=60, limit=2)

    assert [offer.starts_at for offer in offers] == [desk.slot(3).starts_at, desk.slot(4).starts_at]
    assert offers[0].ends_at - offers[0].starts_at == timedelta(minutes=60)


def test_times_at_which_the_patient_is_elsewhere_are_not_offered(desk: Desk, other_desk: Desk) -> None:
    patient, other_service = desk.world.patients[0], desk.world.other_service
    desk.session.add(CareRelationship(patient_id=patient.id, service_id=other_service.id, created_at=TODAY))
    other_desk.book(slot_id=other_desk.slot(0, desk.world.other_session).id)

    offers = queries.free_slots(desk.session, desk.actor, patient_id=patient.id, limit=1)

    assert offers[0].slot.id == desk.slot(1).id


def test_times_of_closed_sessions_and_times_that_are_over_are_not_offered(desk: Desk, today: object) -> None:
    today.move_to(desk.slot(10).starts_at + timedelta(minutes=1))  # type: ignore[attr-defined] # a traveller
    assert [offer.slot.id for offer in queries.free_slots(desk.session, desk.actor)] == [desk.slot(11).id]

    desk.world.clinic_session.status = SessionStatus.CLOSED
    assert queries.free_slots(desk.session, desk.actor) == []


def test_another_services_times_are_not_offered(desk: Desk) -> None:
    offers = queries.free_slots(desk.session, desk.actor, limit=100)

    assert {offer.slot.service_id for offer in offers} == {desk.world.service.id}


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (CLINIC_DAY, 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    starts, ends = queries.day_bounds(day, LONDON)

    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=hours)


def test_the_day_shows_what_is_on_and_the_cancelled_only_when_asked(desk: Desk) -> None:
    kept, cancelled = desk.book(3), desk.book(1, patient=1)
    desk.cancel(cancelled)

    assert list(queries.of_day(desk.session, desk.actor, CLINIC_DAY)) == [kept]
    assert list(queries.of_day(desk.session, desk.actor, CLINIC_DAY, cancelled=True)) == [cancelled, kept]
    assert list(queries.of_day(desk.session, desk.actor, CLINIC_DAY + timedelta(days=1))) == []


def test_a_day_of_sixty_is_read_in_as_many_queries_as_a_day_of_one(desk: Desk) -> None:
    def count_queries() -> int:
        statements: list[str] = []
        engine = desk.session.get_bind()
        desk.session.expire_all()

        def note(*args: object) -> None:
            statements.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        for appointment in queries.of_day(desk.session, desk.actor, CLINIC_DAY):
            assert appointment.patient.name
            assert appointment.session.clinic.name
            assert list(appointment.participants) == []
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    desk.book(0, patient=0)
    alone = count_queries()
    for number in range(1, 6):
        desk.book(number, patient=number)

    assert count_queries() == alone


def test_a_presenters_board_shows_her_place_and_her_service(desk: Desk, other_desk: Desk) -> None:
    here, _at_home = desk.book(0, **desk.at_site()), desk.book(2, patient=1)
    site = desk.world.spoke.id

    assert list(queries.of_site_day(desk.session, desk.actor, site, CLINIC_DAY)) == [here]
    assert list(queries.of_site_day(desk.session, other_desk.actor, site, CLINIC_DAY)) == []


def test_another_service_neither_finds_nor_lists_it(desk: Desk, other_desk: Desk) -> None:
    appointment = desk.book(0)

    with pytest.raises(NotFound):
        queries.find(desk.session, other_desk.actor, appointment.id)
    assert list(queries.of_day(desk.session, other_desk.actor, CLINIC_DAY)) == []
    assert list(queries.of_patient(desk.session, other_desk.actor, appointment.patient_id)) == []
    assert list(queries.of_session(desk.session, desk.world.other_service.id, appointment.session_id)) == []


def test_a_proved_link_finds_its_visit(desk: Desk) -> None:
    appointment = desk.book(0)

    assert queries.for_visit(desk.session, appointment.id) is appointment
    assert queries.for_visit(desk.session, "0" * 24) is None


def test_a_patients_appointments_come_latest_first(desk: Desk) -> None:
    first, last = desk.book(0), desk.book(5, mode=Mode.TELEPHONE)

    assert list(queries.of_patient(desk.session, desk.actor, first.patient_id)) == [last, first]


def test_the_doctor_finds_slots_that_do_not_agree_with_the_appointments(desk: Desk) -> None:
    desk.book(0)
    states = {desk.slot(0).id: SlotState.FREE, desk.slot(1).id: SlotState.BOOKED}
    for slot_id, state in states.items():
        desk.session.execute(update(Slot).where(Slot.id == slot_id).values(state=state))

    assert set(disagreements(desk.session)) == {
        f"slot free although booked: {desk.slot(0).id}",
        f"slot booked by nobody: {desk.slot(1).id}",
    }


def test_the_doctor_finds_holds_that_do_not_agree_with_the_appointments(desk: Desk) -> None:
    appointment = desk.book(0)
    hold = next(hold for hold in desk.holds(appointment) if hold.resource.ref_id == appointment.patient_id)
    hold.ends_at = datetime(2026, 12, 8, 23, tzinfo=UTC)
    desk.session.flush()

    assert set(disagreements(desk.session)) == {
        f"hold at another time than its appointment: {hold.id}",
        f"appointment without a hold on its patient_id: {appointment.id}",
    }


def test_the_doctor_finds_holds_of_what_is_cancelled(desk: Desk) -> None:
    desk.book(0)
    desk.session.execute(update(Appointment).values(status="cancelled"))

    found = disagreements(desk.session)

    assert sum(fault.startswith("hold of a cancelled appointment") for fault in found) == 2
    assert f"slot booked by nobody: {desk.slot(0).id}" in found
