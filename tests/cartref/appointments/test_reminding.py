"""Reminders: when they are due, to whom they go, and that none comes twice, late, or for a time that is no more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.messages import RENDERERS
from cartref.appointments.messages.kinds import REMINDER
from cartref.appointments.models import Appointment
from cartref.appointments.reminding import DEFAULT_HOURS, due_at, next_due, plan_anew, remind_due, window_due
from cartref.notifications.models import Call, Channel, Notice, NoticeState
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk

LONDON = ZoneInfo("Europe/London")
HOURS = DEFAULT_HOURS


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("starts", "hours", "due"),
    [
        ("2026-12-08 10:00", 168, "2026-12-01 10:00"),
        ("2026-12-08 10:00", 48, "2026-12-06 10:00"),
        ("2026-12-08 10:00", 1, "2026-12-08 09:00"),
        ("2026-12-08 09:00", 1, "2026-12-08 08:00"),
        ("2026-12-08 08:40", 1, "2026-12-07 19:00"),
        ("2026-12-08 07:00", 48, "2026-12-05 19:00"),
        ("2026-10-27 09:00", 48, "2026-10-25 09:00"),  # the clocks went back between
        ("2026-10-26 09:00", 168, "2026-10-19 09:00"),
        ("2027-03-29 09:00", 48, "2027-03-27 09:00"),  # and forward
        ("2027-03-28 09:00", 1, "2027-03-28 08:00"),
        ("2027-11-01 08:30", 1, "2027-10-31 19:00"),
    ],
)
def test_a_reminder_is_due_by_the_clinics_clocks_and_never_at_night(starts: str, hours: int, due: str) -> None:
    assert due_at(local(starts).astimezone(UTC), hours, LONDON) == local(due)


def test_only_windows_that_lie_ahead_are_still_due() -> None:
    starts = local("2026-12-08 10:00").astimezone(UTC)

    assert next_due(starts, HOURS, LONDON, starts - timedelta(days=30)) == starts - timedelta(days=7)
    assert next_due(starts, HOURS, LONDON, starts - timedelta(days=3)) == starts - timedelta(days=2)
    assert next_due(starts, HOURS, LONDON, starts - timedelta(minutes=59)) is None
    assert next_due(starts, (), LONDON, starts - timedelta(days=30)) is None


@pytest.mark.parametrize(
    ("before", "window"),
    [
        (timedelta(days=8), None),
        (timedelta(days=7), 168),
        (timedelta(days=7) - timedelta(hours=12), 168),
        (timedelta(days=6), None),  # the worker was away for a day: another reminder follows
        (timedelta(days=2), 48),
        (timedelta(minutes=60), 1),
        (timedelta(minutes=30), 1),
        (timedelta(minutes=29), None),
        (timedelta(0), None),
    ],
)
def test_a_window_that_was_missed_by_much_is_left_out(before: timedelta, window: int | None) -> None:
    starts = local("2026-12-08 10:00").astimezone(UTC)

    assert window_due(starts, HOURS, LONDON, starts - before) == window


def rounds(desk: Desk, today: time_machine.Traveller, until: datetime) -> list[tuple[timedelta, str, Channel]]:
    """Return what was written by then, each with how long before the start: the worker looks every half hour."""
    found = []
    while datetime.now(UTC) < until:
        remind_due(desk.session)
        for notice in reminders(desk):
            if notice.state is NoticeState.PENDING:
                notice.state = NoticeState.SENT
                starts = desk.session.get_one(Appointment, notice.subject_id).starts_at
                found.append((starts - datetime.now(UTC), notice.recipient_kind, notice.channel))
        desk.session.flush()
        today.move_to(datetime.now(UTC) + timedelta(minutes=30), tick=False)
    return found


def reminders(desk: Desk) -> list[Notice]:
    return list(desk.session.scalars(select(Notice).where(Notice.kind == REMINDER)))


def lines(desk: Desk) -> list[Call]:
    return list(desk.session.scalars(select(Call).where(Call.kind == REMINDER)))


def test_patient_and_carer_are_reminded_once_in_every_window(desk: Desk, today: time_machine.Traveller) -> None:
    today.move_to(TODAY - timedelta(days=3), tick=False)
    appointment = desk.book(3)

    found = rounds(desk, today, appointment.starts_at + timedelta(hours=2))

    days = [(before.total_seconds() / 3600, kind) for before, kind, _channel in found]
    assert sorted(days, reverse=True) == [
        (168, "patient"), (168, "carer"), (48, "patient"), (48, "carer"), (1, "patient"), (1, "carer"),
    ]  # fmt: skip


def test_the_last_one_is_a_text_where_she_has_a_mobile(desk: Desk, today: time_machine.Traveller) -> None:
    patient = desk.world.patients[1]
    patient.text_consent, patient.mobile = True, "07700 900123"
    appointment = desk.book(3, patient=1)

    found = rounds(desk, today, appointment.starts_at)

    assert [channel for _before, _kind, channel in found] == [Channel.EMAIL, Channel.EMAIL, Channel.TEXT]


def test_booked_within_a_window_that_window_is_skipped(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.book(3)  # seven days and an hour before; the next is booked six days before
    today.move_to(TODAY + timedelta(days=1), tick=False)
    late = desk.book(5, patient=1)

    assert appointment.next_reminder_at == appointment.starts_at - timedelta(days=7)
    assert late.next_reminder_at == late.starts_at - timedelta(days=2)


def test_a_number_that_came_later_is_used(desk: Desk, today: time_machine.Traveller) -> None:
    patient = desk.world.patients[1]
    patient.email = patient.address = ""
    appointment = desk.book(3, patient=1)
    patient.text_consent, patient.mobile = True, "07700 900123"
    today.move_to(appointment.starts_at - timedelta(days=2), tick=False)

    remind_due(desk.session)

    assert [(notice.channel, notice.payload) for notice in reminders(desk)] == [
        (Channel.TEXT, {"quiet": "Europe/London"})
    ]


def test_whom_nothing_reaches_is_rung_two_days_before_and_only_then(desk: Desk, today: time_machine.Traveller) -> None:
    patient = desk.world.patients[1]
    patient.email = patient.address = ""
    appointment = desk.book(3, patient=1)

    found = rounds(desk, today, appointment.starts_at)

    assert found == []
    assert [(line.recipient_id, line.reason) for line in lines(desk)] == [(patient.id, "no-way-to-tell")]


def test_a_move_withdraws_what_waits_and_reminds_of_the_new_time(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.book(3)
    today.move_to(appointment.starts_at - timedelta(days=2), tick=False)
    remind_due(desk.session)

    desk.move(appointment, 6)
    for notice in reminders(desk):
        desk.session.refresh(notice)

    assert {notice.state for notice in reminders(desk)} == {NoticeState.WITHDRAWN}
    assert appointment.next_reminder_at == appointment.starts_at - timedelta(days=2)  # of the new time
    today.move_to(appointment.next_reminder_at, tick=False)
    remind_due(desk.session)
    assert len([notice for notice in reminders(desk) if notice.state is NoticeState.PENDING]) == 2


def test_a_cancellation_leaves_nothing_to_remind_of(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.book(3)
    starts = appointment.starts_at
    desk.cancel(appointment)

    assert appointment.next_reminder_at is None
    assert rounds(desk, today, starts) == []


def test_undoing_a_cancellation_reminds_again(desk: Desk) -> None:
    appointment = desk.book(3)
    planned = appointment.next_reminder_at
    desk.cancel(appointment)

    service.restore(
        desk.session, desk.actor, addresses=ADDRESSES, appointment_id=appointment.id, version=appointment.version
    )

    assert appointment.next_reminder_at == planned


def test_a_time_that_is_only_held_is_not_reminded_of_until_she_says_yes(desk: Desk) -> None:
    held = desk.book(3, held_until=TODAY + timedelta(hours=2))
    before = held.next_reminder_at

    service.confirm(desk.session, desk.actor, addresses=ADDRESSES, appointment_id=held.id)

    assert before is None
    assert held.next_reminder_at is not None


def test_a_clinic_reminds_when_it_says(desk: Desk) -> None:
    desk.world.clinic.reminders = {"hours": [24]}
    daily = desk.book(3)
    desk.world.clinic.reminders = {"hours": []}
    never = desk.book(5, patient=1)

    assert daily.next_reminder_at == daily.starts_at - timedelta(days=1)
    assert never.next_reminder_at is None


def test_other_windows_chosen_later_count_from_the_next_night(desk: Desk) -> None:
    appointment, untouched = desk.book(3), desk.book(5, patient=1)
    untouched.next_reminder_at = None  # booked before there were reminders
    desk.world.clinic.reminders = {"hours": [24]}
    desk.session.commit()
    version = appointment.version

    changed = [plan_anew(desk.session), plan_anew(desk.session)]
    desk.session.commit()

    assert changed == [2, 0]
    for row in (appointment, untouched):
        desk.session.refresh(row)
        assert row.next_reminder_at == row.starts_at - timedelta(days=1)
    assert appointment.version == version


def test_what_is_due_this_minute_is_not_planned_away(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.book(3)
    today.move_to(appointment.starts_at - timedelta(days=2), tick=False)

    assert plan_anew(desk.session) == 0
    assert remind_due(desk.session) == 1


def test_reminding_leaves_the_version_alone_so_that_nobodys_form_grows_old(
    desk: Desk, today: time_machine.Traveller
) -> None:
    appointment = desk.book(3)
    desk.session.commit()
    version = appointment.version
    today.move_to(appointment.starts_at - timedelta(days=2), tick=False)

    assert remind_due(desk.session) == 1
    desk.session.commit()

    assert desk.session.get_one(Appointment, appointment.id).version == version


def test_a_reminder_that_waited_past_the_start_is_not_sent(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.book(3)
    today.move_to(appointment.starts_at - timedelta(hours=1), tick=False)
    remind_due(desk.session)
    notice = reminders(desk)[0]
    assert RENDERERS[REMINDER](desk.session, ADDRESSES, notice) is not None

    today.move_to(appointment.starts_at + timedelta(minutes=1), tick=False)

    assert RENDERERS[REMINDER](desk.session, ADDRESSES, notice) is None
