"""Booking a time: what it holds, what it refuses, and what it leaves behind."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cartref.accounts.models import Staff
from cartref.appointments import service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus, Mode
from cartref.appointments.service.holding import end_of
from cartref.audit.models import AuditEntry
from cartref.clinics.models import ResourceKind, SessionStatus, Slot, SlotState
from cartref.errors import Forbidden, Invalid, NotFound
from cartref.links.models import Holder, Link
from cartref.patients.models import CareRelationship
from tests.cartref.appointments.conftest import MINUTE, TODAY, Desk
from tests.factories import World


def test_booking_holds_clinician_and_patient_and_takes_the_slot(desk: Desk) -> None:
    appointment = desk.book(2)

    held = {hold.resource.kind for hold in desk.holds(appointment)}
    assert held == {ResourceKind.CLINICIAN, ResourceKind.PATIENT}
    assert 2 not in desk.free()
    assert len(desk.free()) == 11
    assert appointment.status is AppointmentStatus.BOOKED
    assert disagreements(desk.session) == []


def test_a_visit_at_a_site_holds_room_and_presenter_too(desk: Desk) -> None:
    appointment = desk.book(**desk.at_site())

    assert {hold.resource.kind for hold in desk.holds(appointment)} == set(ResourceKind)
    assert appointment.site_id == desk.world.spoke.id


def test_a_longer_visit_takes_the_slots_that_follow(desk: Desk) -> None:
    appointment = desk.book(0, minutes=50)

    assert appointment.ends_at - appointment.starts_at == 50 * MINUTE
    assert desk.free() == list(range(3, 12))


def test_a_taken_slot_cannot_be_booked(desk: Desk) -> None:
    desk.book(0, patient=0)

    with pytest.raises(service.SlotTaken):
        desk.book(0, patient=1)


def test_a_refusal_names_the_next_three_times(desk: Desk) -> None:
    desk.book(0, patient=0)

    with pytest.raises(service.SlotTaken) as refusal:
        desk.book(0, patient=1)

    assert refusal.value.context["alternatives"] == tuple(desk.slot(number).id for number in (1, 2, 3))


def test_the_times_named_instead_are_long_enough_and_suit_the_patient(desk: Desk) -> None:
    desk.book(1, patient=0)
    desk.book(4, patient=1)

    with pytest.raises(service.NotEnoughTime) as refusal:
        desk.book(0, patient=1, minutes=40)

    assert refusal.value.context["alternatives"] == tuple(desk.slot(number).id for number in (2, 5, 6))


def test_a_visit_longer_than_what_is_left_of_the_session_is_refused(desk: Desk) -> None:
    with pytest.raises(service.NotEnoughTime):
        desk.book(11, minutes=30)


@pytest.mark.parametrize("minutes", [-20, 0, 4, 241])
def test_a_visit_has_a_sensible_length(desk: Desk, minutes: int) -> None:
    with pytest.raises(service.MinutesWrong):
        desk.book(0, minutes=minutes)


def test_a_time_that_is_over_cannot_be_booked(desk: Desk, today: object) -> None:
    today.move_to(desk.slot(3).starts_at + MINUTE)  # type: ignore[attr-defined] # time-machine's traveller

    assert desk.book(3).starts_at == desk.slot(3).starts_at
    with pytest.raises(service.SlotPast):
        desk.book(2)


def test_a_closed_session_takes_nobody(desk: Desk) -> None:
    desk.world.clinic_session.status = SessionStatus.CLOSED

    with pytest.raises(service.SlotTaken):
        desk.book()


def test_a_patient_is_in_one_place_at_a_time_whichever_service_sees_her(desk: Desk, other_desk: Desk) -> None:
    patient, service_id = desk.world.patients[0], desk.world.other_service.id
    desk.session.add(CareRelationship(patient_id=patient.id, service_id=service_id, created_at=TODAY))
    desk.book(0)

    with pytest.raises(service.PatientBusy) as refusal:
        other_desk.book(slot_id=other_desk.slot(0, desk.world.other_session).id)

    assert "appointment" not in refusal.value.context  # the other service is told nothing but "busy"


def test_a_clash_within_the_service_says_with_which_appointment(desk: Desk) -> None:
    first = desk.book(0, **desk.at_site())

    with pytest.raises(service.PatientBusy) as refusal:
        desk.book(slot_id=_second_clinic_slot(desk), patient=0)

    assert refusal.value.context["appointment"] == first.id


def test_a_room_and_a_presenter_are_in_one_place_at_a_time(desk: Desk) -> None:
    desk.book(0, **desk.at_site())
    slot_id = _second_clinic_slot(desk)

    with pytest.raises(service.RoomBusy):
        desk.book(patient=1, slot_id=slot_id, **desk.at_site())

    desk.session.rollback()


def test_a_presenter_who_is_with_somebody_is_busy_in_another_room(desk: Desk) -> None:
    from cartref.clinics.models import Room

    second_room = Room(site_id=desk.world.spoke.id, name="Video room 2")
    desk.session.add(second_room)
    desk.session.flush()
    desk.book(0, **desk.at_site())

    with pytest.raises(service.PresenterBusy):
        desk.book(patient=1, slot_id=_second_clinic_slot(desk), **(desk.at_site() | {"room_id": second_room.id}))


def test_a_clinician_is_in_one_place_at_a_time_in_whichever_clinic(desk: Desk) -> None:
    desk.book(0, patient=0)

    with pytest.raises(service.ClinicianBusy):
        desk.book(patient=1, slot_id=_second_clinic_slot(desk, desk.world.staff["clinician"]))


def test_a_refused_booking_leaves_nothing_behind(desk: Desk) -> None:
    desk.book(0, **desk.at_site())
    before = _rows(desk.session)

    with pytest.raises(service.RoomBusy):
        desk.book(patient=1, slot_id=_second_clinic_slot(desk), **desk.at_site())

    assert _rows(desk.session) == before
    assert disagreements(desk.session) == []


def test_a_double_click_books_once(desk: Desk) -> None:
    first = desk.book(0, idempotency_key="the same")
    again = desk.book(0, idempotency_key="the same")

    assert again is first
    assert desk.session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_what_was_sent_for_one_time_does_not_book_another(desk: Desk) -> None:
    desk.book(0, idempotency_key="the same")

    with pytest.raises(service.FormUsed):
        desk.book(5, idempotency_key="the same")


def test_two_services_may_use_one_key(desk: Desk, other_desk: Desk) -> None:
    first = desk.book(0, idempotency_key="1")
    slot_id = other_desk.slot(0, desk.world.other_session).id

    second = other_desk.book(slot_id=slot_id, patient_id=desk.world.other_patient.id, idempotency_key="1")

    assert second.id != first.id


def test_a_patient_who_has_died_cannot_be_booked(desk: Desk) -> None:
    desk.world.patients[0].deceased_on = TODAY.date()

    with pytest.raises(service.PatientCannotBeBooked):
        desk.book()


def test_another_services_patient_slot_and_room_are_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.book(patient_id=desk.world.other_patient.id)
    with pytest.raises(NotFound):
        desk.book(slot_id=desk.slot(0, desk.world.other_session).id)
    with pytest.raises(NotFound):
        desk.book(**(desk.at_site() | {"room_id": "0" * 24}))


def test_only_staff_who_may_book_do(desk: Desk) -> None:
    desk.actor = desk.world.actor("clinician")

    with pytest.raises(Forbidden):
        desk.book()


@pytest.mark.parametrize(("missing", "field"), [("room_id", "room_id"), ("presenter_id", "presenter_id")])
def test_a_visit_at_a_site_needs_room_and_presenter(desk: Desk, missing: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.book(**(desk.at_site() | {missing: None}))

    assert refusal.value.field == field


def test_a_presenter_of_another_service_is_not_asked(desk: Desk) -> None:
    other: Staff = desk.world.staff["other_presenter"]

    with pytest.raises(service.PresenterMissing):
        desk.book(**(desk.at_site() | {"presenter_id": other.id}))


def test_a_visit_at_home_ignores_a_room_that_was_left_in_the_form(desk: Desk) -> None:
    appointment = desk.book(**(desk.at_site() | {"mode": Mode.VIDEO_HOME}))

    assert (appointment.room_id, appointment.site_id, appointment.presenter_id) == (None, None, None)


def test_patient_and_carer_each_get_a_link(desk: Desk, world: World) -> None:
    appointment = desk.book(carer_ids=[world.carer.id])

    links = desk.session.scalars(select(Link).where(Link.visit_id == appointment.id)).all()
    assert {(link.holder, link.holder_id) for link in links} == {
        (Holder.PATIENT, world.patients[0].id),
        (Holder.CARER, world.carer.id),
    }


def test_a_visit_by_telephone_has_no_link(desk: Desk) -> None:
    appointment = desk.book(mode=Mode.TELEPHONE)

    assert desk.session.scalars(select(Link).where(Link.visit_id == appointment.id)).all() == []


def test_a_carer_whom_nobody_agreed_to_cannot_be_invited(desk: Desk, world: World) -> None:
    with pytest.raises(service.CarerCannotJoin):
        desk.book(patient=1, carer_ids=[world.carer.id])


def test_booking_is_audited_with_ids_alone(desk: Desk) -> None:
    appointment = desk.book()

    entry = desk.session.scalars(select(AuditEntry).where(AuditEntry.action == "appointment.booked")).one()
    assert (entry.subject_id, entry.patient_id, entry.actor_id) == (
        appointment.id, desk.world.patients[0].id, desk.world.staff["admin"].id,
    )  # fmt: skip
    assert entry.details == {"mode": "video-home", "sitting": desk.world.clinic_session.id}


def test_the_calendar_event_says_nothing_of_the_patient(desk: Desk) -> None:
    appointment = desk.book(patient=0)

    for language, said in (
        ("en", "Video appointment – Glan Llyn clinic"),
        ("cy", "Apwyntiad fideo – Clinig Glan Llyn"),
    ):
        event = appointment.event(language).decode().replace("\r\n ", "")
        assert f"SUMMARY:{said}" in event
        assert "https://clinic.example.org/consultation/" in event
        for secret in ("Eluned", "Parry", "999", "1939", "/v/"):
            assert secret not in event


def _second_clinic_slot(desk: Desk, clinician: Staff | None = None) -> str:
    """Return the first slot of another clinic of the service, at the same hour with another clinician."""
    from cartref.accounts.models import Role
    from cartref.clinics.models import Clinic
    from tests.factories import make_clinic, make_staff

    world = desk.world
    clinician = clinician or make_staff(
        desk.session, world.health_board, world.service, f"second_{desk.session.new and 'x'}", Role.CLINICIAN
    )
    world.clinic.name = f"{world.clinic.name} (first)"
    desk.session.flush()
    _, sitting = make_clinic(desk.session, world.service, clinician, world.clinic_session.starts_at)
    desk.session.flush()
    assert desk.session.scalar(select(func.count()).select_from(Clinic)) == 3
    return desk.slot(0, sitting).id


def _rows(session: Session) -> tuple[int, ...]:
    from cartref.appointments.models import Participant, ResourceHold

    models = (Appointment, ResourceHold, Participant, Link)
    return tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in models)


@pytest.mark.parametrize("number", [3, 11])  # with a free slot after it, and the last one
def test_a_slot_that_goes_while_it_is_looked_at_is_taken_and_not_too_short(desk: Desk, number: int) -> None:
    slot = desk.slot(number)
    gone = update(Slot).where(Slot.id == slot.id).values(state=SlotState.BOOKED)
    desk.session.execute(gone, execution_options={"synchronize_session": False})  # by somebody else, as far as she sees

    with pytest.raises(service.SlotTaken):
        end_of(desk.session, desk.actor, slot, None)
