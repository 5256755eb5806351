"""A session that closes: nobody comes in, and whoever is in stays until moved. Leave and a pattern's end close some."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from cartref.appointments import queries, service
from cartref.appointments.invariants import disagreements
from cartref.appointments.models import AppointmentStatus
from cartref.appointments.status import CancelReason
from cartref.clinics import service as clinics
from cartref.clinics.models import ClinicSession, LeaveKind, SessionStatus, Slot, SlotState
from cartref.errors import IllegalTransition
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk
from tests.factories import make_clinic


def close(desk: Desk) -> ClinicSession:
    """Close the world's session because of the weather."""
    return clinics.close_session(desk.session, desk.actor, desk.world.clinic_session.id, "weather")


def later_sitting(desk: Desk) -> ClinicSession:
    """Return another clinic's session a day later."""
    desk.world.clinic.name = "First clinic"
    desk.session.flush()
    return make_clinic(
        desk.session, desk.world.service, desk.world.staff["clinician"], datetime(2026, 12, 9, 9, tzinfo=UTC)
    )[1]


def slot_states(desk: Desk) -> list[SlotState]:
    """Return the states of the session's first three slots."""
    return [desk.slot(number).state for number in range(3)]


def test_nobody_is_booked_into_a_closed_session(desk: Desk) -> None:
    close(desk)

    with pytest.raises(service.SlotTaken):
        desk.book(0)
    assert queries.free_slots(desk.session, desk.actor) == []


def test_who_is_booked_keeps_the_time(desk: Desk) -> None:
    booked = desk.book(1)

    close(desk)

    assert booked.status is AppointmentStatus.BOOKED
    assert len(desk.holds(booked)) == 2
    assert slot_states(desk) == [SlotState.BLOCKED, SlotState.BOOKED, SlotState.BLOCKED]
    assert disagreements(desk.session) == []


def test_a_time_given_up_in_a_closed_session_is_not_free(desk: Desk) -> None:
    moved, cancelled, later = desk.book(0), desk.book(1, patient=1), later_sitting(desk)
    close(desk)

    desk.move(moved, 0, slot_id=desk.slot(0, later).id)
    desk.cancel(cancelled)

    assert slot_states(desk) == [SlotState.BLOCKED] * 3
    assert desk.slot(0, later).state is SlotState.BOOKED
    assert disagreements(desk.session) == []


def test_opening_again_frees_what_nobody_has(desk: Desk) -> None:
    desk.book(1)
    close(desk)

    clinics.reopen_session(desk.session, desk.actor, desk.world.clinic_session.id)

    assert desk.free() == [0, *range(2, 12)]
    assert disagreements(desk.session) == []


def test_a_time_held_for_an_answer_can_not_be_confirmed_once_the_session_is_closed(desk: Desk) -> None:
    held = desk.book(0, held_until=TODAY + timedelta(hours=2))
    close(desk)

    with pytest.raises(IllegalTransition):
        service.confirm(desk.session, desk.actor, addresses=ADDRESSES, appointment_id=held.id)
    assert held.status is AppointmentStatus.PENDING


def test_a_cancellation_is_not_undone_in_a_closed_session(desk: Desk) -> None:
    cancelled = desk.cancel(desk.book(0))
    close(desk)

    with pytest.raises(service.SlotTaken):
        service.restore(
            desk.session, desk.actor, addresses=ADDRESSES, appointment_id=cancelled.id, version=cancelled.version
        )


# ---- Leave


def take_leave(desk: Desk, first: date, last: date) -> service.Cleared:
    """Give the clinician leave and return what became of the sessions."""
    return service.take_leave(
        desk.session, desk.actor, staff_id=desk.world.staff["clinician"].id, kind=LeaveKind.ANNUAL, first_on=first,
        last_on=last,
    )[1]  # fmt: skip


def test_leave_closes_the_empty_sessions_and_leaves_the_booked_to_a_person(desk: Desk) -> None:
    empty = later_sitting(desk)
    desk.book(0)

    cleared = take_leave(desk, date(2026, 12, 8), date(2026, 12, 9))

    assert [found.id for found in cleared.closed] == [empty.id]
    assert [found.id for found in cleared.booked] == [desk.world.clinic_session.id]
    assert (empty.status, empty.closed_reason) == (SessionStatus.CLOSED, "on-leave")
    assert desk.world.clinic_session.status is SessionStatus.OPEN


@pytest.mark.parametrize("held", [True, False])
def test_a_session_with_a_held_or_an_overbooked_time_is_not_empty(desk: Desk, held: bool) -> None:
    if held:
        desk.book(0, held_until=TODAY + timedelta(hours=2))
    else:
        lane = clinics.add_lane(desk.session, desk.actor, desk.world.clinic.id, "Urgent", 1)
        desk.book(0, lane_id=lane.id, overbook_reason="Breathless since Sunday")

    assert len(take_leave(desk, date(2026, 12, 8), date(2026, 12, 8)).booked) == 1


def test_who_cancelled_is_nobody_any_more(desk: Desk) -> None:
    desk.cancel(desk.book(0))

    assert len(take_leave(desk, date(2026, 12, 8), date(2026, 12, 8)).closed) == 1


def test_days_beside_the_leave_and_other_peoples_sessions_stay_open(desk: Desk) -> None:
    later_sitting(desk)

    cleared = take_leave(desk, date(2026, 12, 10), date(2026, 12, 12))
    others = service.take_leave(
        desk.session, desk.actor, staff_id=desk.world.staff["presenter"].id, kind=LeaveKind.SICK,
        first_on=date(2026, 12, 8), last_on=date(2026, 12, 9),
    )[1]  # fmt: skip

    assert cleared == others == service.Cleared()


# ---- The end of a pattern


def test_a_pattern_that_ends_takes_its_later_empty_sessions_along(desk: Desk, session: Session) -> None:
    pattern = clinics.add_pattern(
        session, desk.actor, desk.world.clinic.id, desk.world.staff["clinician"].id, 2, time(9), time(12),
        date(2026, 12, 2),
    )  # fmt: skip
    made = clinics.generate_sessions(session, desk.actor, date(2026, 12, 23)).sessions
    desk.book(0, slot_id=made[2].slots[0].id)

    cleared = service.end_pattern(session, desk.actor, pattern.id, date(2026, 12, 9))

    assert [sitting.local_date.day for sitting in cleared.booked] == [16]
    assert [sitting.local_date.day for sitting in cleared.closed] == [23]
    assert [sitting.status for sitting in made[:2]] == [SessionStatus.OPEN] * 2
    assert made[3].closed_reason == "pattern-ended"
    assert session.get_one(Slot, made[3].slots[0].id).state is SlotState.BLOCKED


def test_how_many_a_session_has_counts_the_held_and_not_the_cancelled(desk: Desk) -> None:
    sitting = desk.world.clinic_session.id
    desk.book(0)
    desk.book(1, patient=1, held_until=TODAY + timedelta(hours=2))
    desk.cancel(desk.book(2, patient=2), CancelReason.CLINIC_CANCELLED.value)

    assert queries.booked_counts(desk.session, desk.actor, [sitting]) == {sitting: 2}
