"""A clinic session as a list of times, and how long an appointment may be from one of them on."""

from datetime import UTC, datetime, timedelta

from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import ClinicSession, Slot, SlotState
from cartref.office.adjoining import lengths
from cartref.office.diary import Kind, entries, sittings

NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)


def slot(number: int, state: SlotState = SlotState.FREE, session_id: str = "one") -> Slot:
    """Return the slot of that number, of twenty minutes, from 9am on."""
    starts_at = NINE + number * timedelta(minutes=20)
    ends_at = starts_at + timedelta(minutes=20)
    return Slot(id=f"slot {number}", session_id=session_id, starts_at=starts_at, ends_at=ends_at, state=state)


def appointment(number: int, minutes: int, session_id: str = "one") -> Appointment:
    """Return an appointment that begins with the slot of that number."""
    starts_at = NINE + number * timedelta(minutes=20)
    return Appointment(session_id=session_id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))


def test_a_long_appointment_is_one_line_in_place_of_its_slots() -> None:
    lines = entries([slot(0), slot(1, SlotState.BOOKED), slot(2, SlotState.BOOKED), slot(3)], [appointment(1, 40)])

    assert [(line.starts_at.minute, line.free) for line in lines] == [(0, True), (20, False), (0, True)]
    assert lines[1].appointment is not None


def test_a_blocked_slot_is_a_line_that_can_not_be_booked() -> None:
    (line,) = entries([slot(0, SlotState.BLOCKED)], [])

    assert not line.free
    assert line.appointment is None


def test_each_session_of_a_day_has_its_own_lines() -> None:
    sessions = [ClinicSession(id="one"), ClinicSession(id="two")]
    all_slots = [slot(0), slot(1, SlotState.BOOKED), slot(0, session_id="two")]

    one, two = sittings(sessions, all_slots, [appointment(1, 20)])

    assert (one.booked, one.free, one.kinds) == (1, 1, [Kind.FREE, Kind.BOOKED])
    assert (two.booked, two.free) == (0, 1)


def test_a_time_held_for_an_answer_is_neither_free_nor_booked() -> None:
    held = appointment(0, 20)
    held.status = AppointmentStatus.PENDING

    (sitting,) = sittings([ClinicSession(id="one")], [slot(0, SlotState.BOOKED), slot(1)], [held])

    assert (sitting.booked, sitting.held, sitting.free) == (0, 1, 1)
    assert sitting.kinds == [Kind.HELD, Kind.FREE]


def test_somebody_overbooked_is_a_line_beside_the_slot_and_takes_no_place() -> None:
    beside = appointment(0, 40)
    beside.overbook_lane_id = "lane"

    (sitting,) = sittings([ClinicSession(id="one")], [slot(0, SlotState.BOOKED), slot(1)], [beside, appointment(0, 20)])

    assert [entry.kind for entry in sitting.entries] == [Kind.BOOKED, Kind.OVERBOOKED, Kind.FREE]
    assert (sitting.booked, sitting.overbooked, sitting.free) == (2, 1, 1)
    assert sitting.kinds == [Kind.BOOKED, Kind.FREE]
    assert [entry.slot.id for entry in sitting.entries if entry.slot] == ["slot 0", "slot 0", "slot 1"]


def test_an_appointment_may_be_as_long_as_free_slots_follow_each_other() -> None:
    slots = [slot(0), slot(1), slot(2, SlotState.BOOKED), slot(3)]

    assert lengths(slots, slots[0]) == [20, 40]
    assert lengths(slots, slots[3]) == [20]


def test_a_gap_between_slots_ends_the_appointment() -> None:
    assert lengths([slot(0), slot(2)], slot(0)) == [20]


def test_no_more_than_six_slots_are_offered_together() -> None:
    assert lengths([slot(number) for number in range(9)], slot(0)) == [20, 40, 60, 80, 100, 120]


def test_a_slot_that_is_taken_still_has_its_own_length() -> None:
    assert lengths([slot(0, SlotState.BOOKED), slot(1, SlotState.BOOKED)], slot(0, SlotState.BOOKED)) == [20]
