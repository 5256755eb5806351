"""Overbooking: beside the booked slots, in a lane, up to its cap, for a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cartref.appointments import queries, service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment
from cartref.audit.models import AuditEntry
from cartref.clinics import service as clinics
from cartref.clinics.models import OverbookLane, SlotState
from cartref.errors import NotFound
from tests.cartref.appointments.conftest import ADDRESSES, Desk


@pytest.fixture
def lane(desk: Desk) -> OverbookLane:
    """Return a lane for two people a session."""
    return clinics.add_lane(desk.session, desk.actor, desk.world.clinic.id, "Urgent", 2)


def overbook(desk: Desk, lane: OverbookLane, number: int = 0, patient: int = 1, **values: object) -> Appointment:
    """Overbook a slot of the session."""
    given: dict[str, object] = {"lane_id": lane.id, "overbook_reason": "Breathless since Sunday"}
    return desk.book(number, patient=patient, **(given | values))


def test_somebody_is_seen_beside_the_one_who_is_booked(desk: Desk, lane: OverbookLane) -> None:
    booked = desk.book(0)

    beside = overbook(desk, lane)

    assert beside.starts_at == booked.starts_at
    assert (beside.overbooked, beside.overbook_place, beside.overbook_reason) == (True, 0, "Breathless since Sunday")
    assert [hold.resource_id for hold in desk.holds(beside)] != [hold.resource_id for hold in desk.holds(booked)]
    assert len(desk.holds(beside)) == 1  # herself; the clinician is with somebody else
    entry = desk.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "appointment.booked", AuditEntry.subject_id == beside.id)
    ).one()
    assert entry.details["lane"] == lane.id
    assert disagreements(desk.session) == []


def test_a_lane_takes_its_cap_and_no_more(desk: Desk, lane: OverbookLane) -> None:
    first, second = overbook(desk, lane, 0, 1), overbook(desk, lane, 4, 2)

    with pytest.raises(service.LaneFull):
        overbook(desk, lane, 8, 3)
    assert queries.lane_places(desk.session, first.session_id) == {lane.id: {0, 1}}

    desk.cancel(first)
    assert overbook(desk, lane, 8, 3).overbook_place == 0
    assert second.overbook_place == 1


def test_a_reason_is_always_given(desk: Desk, lane: OverbookLane) -> None:
    for reason in ("", "   ", "r" * 201):
        with pytest.raises(service.OverbookReasonMissing) as refusal:
            overbook(desk, lane, overbook_reason=reason)
        assert refusal.value.field == "overbook_reason"


def test_nobody_is_ever_in_two_places_even_in_a_lane(desk: Desk, lane: OverbookLane) -> None:
    hers = desk.book(0, patient=1, **desk.at_site())

    with pytest.raises(service.PatientBusy):
        overbook(desk, lane, patient=1)
    with pytest.raises(service.RoomBusy):
        overbook(desk, lane, patient=2, **desk.at_site())
    assert hers.live
    assert disagreements(desk.session) == []


def test_a_lane_is_of_its_clinic_and_its_service(desk: Desk, other_desk: Desk, lane: OverbookLane) -> None:
    theirs = clinics.add_lane(other_desk.session, other_desk.actor, other_desk.world.other_clinic.id, "Urgent", 1)

    for wanted in (theirs.id, "nothing"):
        with pytest.raises(NotFound):
            overbook(desk, lane, lane_id=wanted)


def test_a_lane_that_was_ended_takes_nobody(desk: Desk, lane: OverbookLane) -> None:
    clinics.end_lane(desk.session, desk.actor, lane.id)

    with pytest.raises(NotFound):
        overbook(desk, lane)


def test_a_lane_ends_with_the_session(desk: Desk, lane: OverbookLane) -> None:
    with pytest.raises(service.SessionClosed):
        overbook(desk, lane, 11, minutes=40)
    with pytest.raises(service.MinutesWrong):
        overbook(desk, lane, 0, minutes=4)
    clinics.close_session(desk.session, desk.actor, desk.world.clinic_session.id, "room")
    with pytest.raises(service.SessionClosed):
        overbook(desk, lane)


def test_a_slot_stays_free_under_somebody_overbooked_and_goes_its_own_way(desk: Desk, lane: OverbookLane) -> None:
    booked = desk.book(0)
    beside = overbook(desk, lane)

    desk.cancel(booked)
    assert desk.slot(0).state is SlotState.FREE
    assert desk.book(0, patient=3).live
    desk.cancel(beside)
    assert desk.slot(0).state is SlotState.BOOKED
    assert disagreements(desk.session) == []


def test_who_is_moved_out_of_a_lane_has_a_slot(desk: Desk, lane: OverbookLane) -> None:
    desk.book(0)
    beside = overbook(desk, lane)

    moved = desk.move(beside, 5)

    assert (moved.overbooked, moved.overbook_place, moved.overbook_reason) == (False, None, "")
    assert len(desk.holds(moved)) == 2
    assert desk.slot(5).state is SlotState.BOOKED
    assert disagreements(desk.session) == []


def test_who_is_in_a_lane_can_have_the_slot_of_the_same_hour_once_it_is_free(desk: Desk, lane: OverbookLane) -> None:
    booked = desk.book(0)
    beside = overbook(desk, lane)
    with pytest.raises(service.SlotTaken):
        desk.move(beside, 0)

    desk.cancel(booked)
    desk.move(beside, 0)

    assert (beside.overbooked, beside.starts_at) == (False, booked.starts_at)
    assert desk.slot(0).state is SlotState.BOOKED
    assert disagreements(desk.session) == []


def test_an_overbooked_time_is_cancelled_and_restored_while_the_lane_has_a_place(
    desk: Desk, lane: OverbookLane
) -> None:
    desk.book(0)
    first = desk.cancel(overbook(desk, lane, 0, 1))
    second = overbook(desk, lane, 2, 2)

    assert _restore(desk, first).overbook_place == 1
    assert second.overbook_place == 0

    third = desk.cancel(first)
    overbook(desk, lane, 4, 3)
    with pytest.raises(service.LaneFull):
        _restore(desk, third)
    clinics.end_lane(desk.session, desk.actor, lane.id)
    with pytest.raises(service.LaneFull):
        _restore(desk, third)
    assert disagreements(desk.session) == []


def test_the_doctor_finds_an_overbooked_time_without_its_place(desk: Desk, lane: OverbookLane) -> None:
    beside = overbook(desk, lane)
    beside.overbook_place = None
    desk.session.flush()

    assert disagreements(desk.session) == [f"overbooked without a place or a reason: {beside.id}"]


def test_the_doctor_finds_a_clinician_held_for_somebody_overbooked_no_fault(desk: Desk, lane: OverbookLane) -> None:
    overbook(desk, lane, minutes=40)
    desk.book(1, patient=0, minutes=40)

    assert disagreements(desk.session) == []


def _restore(desk: Desk, appointment: Appointment) -> Appointment:
    return service.restore(
        desk.session, desk.actor, addresses=ADDRESSES, appointment_id=appointment.id, version=appointment.version
    )


def test_a_past_time_can_not_be_overbooked(desk: Desk, lane: OverbookLane) -> None:
    desk.slot(0).session.starts_at -= timedelta(days=30)
    slot = desk.slot(0)
    slot.starts_at, slot.ends_at = slot.starts_at - timedelta(days=30), slot.ends_at - timedelta(days=30)
    desk.session.flush()

    with pytest.raises(service.SlotPast):
        overbook(desk, lane)
