"""People are told of a change when, and only when, they count on what it changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cartref.appointments import service
from cartref.appointments.messages import RENDERERS, ask_for_reviews, send_confirmation
from cartref.appointments.messages.kinds import CANCELLED, CHANGED, CONFIRMATION, REVIEW_DUE
from cartref.appointments.messages.telling import UNDO_FOR
from cartref.appointments.models import Appointment
from cartref.notifications.models import Call, CallState, Channel, Notice, NoticeState, PrintRun
from cartref.referrals.models import EntryKind, EntryStatus, WaitingEntry
from tests.cartref.appointments.conftest import ADDRESSES, TODAY, Desk


def confirmed(desk: Desk, state: NoticeState = NoticeState.SENT) -> Appointment:
    """Return an appointment of which its patient, and her carer, were told."""
    appointment = desk.book(0)
    for notice in send_confirmation(desk.session, desk.actor, appointment.id):
        notice.state = state
    desk.session.flush()
    return appointment


def written(desk: Desk, kind: str, *states: NoticeState) -> list[Notice]:
    found = desk.session.scalars(select(Notice).where(Notice.kind == kind)).all()
    return [notice for notice in found if notice.state in (states or (NoticeState.PENDING,))]


def test_a_move_tells_everybody_who_was_told_in_the_same_transaction(desk: Desk) -> None:
    appointment = confirmed(desk)

    desk.move(appointment, 3)

    told = {(notice.recipient_id, notice.channel) for notice in written(desk, CHANGED)}
    assert told == {(desk.world.patients[0].id, Channel.EMAIL), (desk.world.carer.id, Channel.EMAIL)}


def test_who_was_never_told_is_not_told_of_a_change(desk: Desk) -> None:
    appointment = desk.book(0)

    desk.move(appointment, 3)
    desk.cancel(appointment)

    assert desk.session.scalars(select(Notice)).all() == []


def test_a_confirmation_that_waits_goes_with_the_new_time_and_needs_no_second_message(desk: Desk) -> None:
    appointment = confirmed(desk, NoticeState.PENDING)

    desk.move(appointment, 3)

    assert written(desk, CHANGED) == []
    assert len(written(desk, CONFIRMATION)) == 2


def test_two_moves_before_the_message_went_are_one_message(desk: Desk) -> None:
    appointment = confirmed(desk)

    desk.move(appointment, 3)
    desk.move(appointment, 6)

    assert len(written(desk, CHANGED)) == 2


def test_a_move_after_the_message_went_is_another_message(desk: Desk) -> None:
    appointment = confirmed(desk)
    desk.move(appointment, 3)
    for notice in written(desk, CHANGED):
        notice.state = NoticeState.SENT

    desk.move(appointment, 6)

    assert len(written(desk, CHANGED)) == 2


def test_a_letter_that_lies_printed_is_taken_out_and_the_new_time_goes_in_its_place(desk: Desk) -> None:
    desk.world.patients[0].email_consent = False
    appointment = desk.book(0)
    letter = send_confirmation(desk.session, desk.actor, appointment.id)[0]
    run = PrintRun(service_id=appointment.service_id, created_at=TODAY)
    desk.session.add(run)
    desk.session.flush()
    letter.print_run_id = run.id

    desk.move(appointment, 3)
    desk.session.refresh(letter)

    assert letter.state is NoticeState.WITHDRAWN
    assert [notice.channel for notice in written(desk, CHANGED)] == [Channel.LETTER]


def test_who_was_told_on_the_telephone_counts_on_it_too(desk: Desk) -> None:
    patient = desk.world.patients[1]
    patient.email, patient.address = "", ""
    appointment = desk.book(0, patient=1)
    send_confirmation(desk.session, desk.actor, appointment.id)
    line = desk.session.scalars(select(Call)).one()
    line.state, line.outcome = CallState.DONE, "told"
    desk.session.flush()

    desk.move(appointment, 3)

    again = desk.session.scalars(select(Call).where(Call.kind == CHANGED)).one()
    assert (again.recipient_id, again.reason) == (patient.id, "no-way-to-tell")


def test_a_cancellation_withdraws_what_waits_and_tells_who_was_told(desk: Desk) -> None:
    appointment = confirmed(desk)
    send_confirmation(desk.session, desk.actor, appointment.id)  # once more, still waiting

    desk.cancel(appointment)

    assert written(desk, CONFIRMATION) == []
    assert len(written(desk, CANCELLED)) == 2


def test_after_a_death_nobody_reads_that_it_is_cancelled(desk: Desk) -> None:
    appointment = confirmed(desk)
    appointment.patient.deceased_on = TODAY.date()

    desk.cancel(appointment, "deceased")

    assert written(desk, CANCELLED) == []


def test_nothing_is_said_of_a_time_that_has_begun(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = confirmed(desk)
    today.move_to(appointment.starts_at + timedelta(minutes=1))

    desk.cancel(appointment)

    assert written(desk, CANCELLED) == []


def test_a_cancellation_undone_at_once_is_never_read_of(desk: Desk, today: time_machine.Traveller) -> None:
    appointment = desk.cancel(confirmed(desk))
    assert all(notice.due_at > notice.created_at + UNDO_FOR / 2 for notice in written(desk, CANCELLED))

    restore(desk, appointment)

    assert written(desk, CANCELLED) == written(desk, CONFIRMATION) == []


def test_who_read_that_it_is_off_reads_that_it_is_on_again(desk: Desk) -> None:
    appointment = desk.cancel(confirmed(desk))
    for notice in written(desk, CANCELLED):
        notice.state = NoticeState.SENT
    desk.session.flush()

    restore(desk, appointment)

    assert {notice.recipient_id for notice in written(desk, CONFIRMATION)} == {
        desk.world.patients[0].id, desk.world.carer.id,
    }  # fmt: skip


def test_a_confirmation_that_a_mistaken_cancellation_withdrew_goes_out_after_all(desk: Desk) -> None:
    appointment = desk.cancel(confirmed(desk, NoticeState.PENDING))

    restore(desk, appointment)

    assert len(written(desk, CONFIRMATION)) == 2


def restore(desk: Desk, appointment: Appointment) -> Appointment:
    return service.restore(
        desk.session, desk.actor, addresses=ADDRESSES, appointment_id=appointment.id, version=appointment.version
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda desk, appointment: desk.cancel(appointment),
        lambda _desk, appointment: setattr(appointment.patient, "do_not_contact", True),
        lambda _desk, appointment: setattr(appointment.patient, "email_consent", False),
    ],
)
def test_a_change_that_is_no_longer_true_or_wanted_stays_unsent(
    desk: Desk, spoil: Callable[[Desk, Appointment], object]
) -> None:
    appointment = confirmed(desk)
    desk.move(appointment, 3)
    notice = next(one for one in written(desk, CHANGED) if one.recipient_kind == "patient")
    spoil(desk, appointment)
    desk.session.flush()

    assert RENDERERS[CHANGED](desk.session, ADDRESSES, notice) is None


def test_reviews_within_six_weeks_are_asked_for_once(desk: Desk, today: time_machine.Traveller) -> None:
    soon = entry(desk, 0, weeks=5)
    entry(desk, 1, weeks=8)
    entry(desk, 2, weeks=1, status=EntryStatus.BOOKED)

    asked = [ask_for_reviews(desk.session), ask_for_reviews(desk.session)]

    assert asked[0] == 1
    assert {notice.subject_id for notice in written(desk, REVIEW_DUE)} == {soon.id}
    assert len(written(desk, REVIEW_DUE)) == 2  # she, and her daughter
    today.shift(timedelta(weeks=3))
    assert ask_for_reviews(desk.session) >= 1
    assert len(written(desk, REVIEW_DUE)) == 3


def test_a_review_that_was_booked_meanwhile_is_not_asked_for(desk: Desk) -> None:
    due = entry(desk, 0, weeks=5)
    ask_for_reviews(desk.session)
    notice = written(desk, REVIEW_DUE)[0]
    message = RENDERERS[REVIEW_DUE](desk.session, ADDRESSES, notice)
    due.status = EntryStatus.BOOKED
    desk.session.flush()

    assert message is not None
    assert "Mae'n bryd trefnu eich apwyntiad nesaf gyda ni." in message.text
    assert RENDERERS[REVIEW_DUE](desk.session, ADDRESSES, notice) is None


def entry(desk: Desk, patient: int, *, weeks: int, status: EntryStatus = EntryStatus.WAITING) -> WaitingEntry:
    found = WaitingEntry(
        service_id=desk.world.service.id, patient_id=desk.world.patients[patient].id, kind=EntryKind.REVIEW,
        clinic_id=desk.world.clinic.id, waiting_since=TODAY.date(), due_on=TODAY.date() + timedelta(weeks=weeks),
        status=status, created_at=TODAY, updated_at=TODAY,
    )  # fmt: skip
    desk.session.add(found)
    desk.session.flush()
    return found
