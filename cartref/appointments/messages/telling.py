"""Telling people what became of an appointment that they count on: it moved, it was cancelled, it goes ahead again.

Each is called in the transaction of the change. Who was never told of the appointment is not told of its change.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.messages.kinds import CANCELLED, CHANGED, CONFIRMATION, LATE, MISSED, REMINDER, TELL_THE_TIME
from cartref.appointments.messages.recipients import recipients
from cartref.appointments.messages.ways import RULES
from cartref.appointments.messages.writing import about, among, tell
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import ClinicSession
from cartref.notifications import service as notifications
from cartref.notifications.calls import TOLD
from cartref.notifications.models import Call, CallState, Notice, NoticeState

UNDO_FOR = timedelta(minutes=2)  # a slip of the hand is undone before anybody reads of it
CORRECT_FOR = timedelta(minutes=10)  # so is an outcome saved for the wrong patient
LATE_STEP = 10  # minutes; those who wait are told once for each
GONE = (NoticeState.SENT, NoticeState.SENDING)


def changed(session: Session, appointment: Appointment, before: datetime) -> None:
    """Tell everybody who was told the time before of the time now; reminders of that time stay unsent."""
    notifications.withdraw(session, appointment.id, kinds={REMINDER, LATE})
    told = told_the_time(session, appointment.id) - _underway(session, appointment.id, CHANGED)
    _take_out_of_print(session, appointment.id)
    occasion = f"{appointment.sequence}"
    tell(
        session, about(appointment, CHANGED, occasion), RULES[CHANGED],
        among(recipients(session, appointment), told), before=before.isoformat(),
    )  # fmt: skip


def cancelled(session: Session, appointment: Appointment) -> None:
    """Withdraw what was still to be sent, and tell everybody who counts on the time that it is off.

    It goes after two minutes, so that a cancellation undone at once is never read of. Nothing is said of a time that
    has begun.
    """
    told = told_the_time(session, appointment.id)
    notifications.withdraw(session, appointment.id)
    if appointment.starts_at <= clock.now():
        return
    notice = about(appointment, CANCELLED, f"{appointment.sequence}", due_at=clock.now() + UNDO_FOR)
    tell(session, notice, RULES[CANCELLED], among(recipients(session, appointment), told))


def restored(session: Session, appointment: Appointment) -> None:
    """Withdraw the news that it is off; who has read it, or whose confirmation was withdrawn with it, is told anew."""
    misled = _ids(session, appointment.id, {CANCELLED}, GONE)
    notifications.withdraw(session, appointment.id, kinds={CANCELLED})
    lost = _ids(session, appointment.id, {CONFIRMATION, CHANGED}, (NoticeState.WITHDRAWN,))
    lost -= _ids(session, appointment.id, {CONFIRMATION, CHANGED}, GONE)
    notice = about(appointment, CONFIRMATION, f"restored-{appointment.sequence}")
    tell(session, notice, RULES[CONFIRMATION], among(recipients(session, appointment), misled | lost))


def missed(session: Session, appointment: Appointment) -> None:
    """Tell her, once, that nobody could reach her at her time, and whom to ring."""
    notice = about(appointment, MISSED, "once", due_at=clock.now() + CORRECT_FOR)
    tell(session, notice, RULES[MISSED], recipients(session, appointment))


def not_missed(session: Session, appointment: Appointment) -> None:
    """Let that stay unsent: the outcome was put right."""
    notifications.withdraw(session, appointment.id, kinds={MISSED})


def running_late(
    session: Session, sitting: ClinicSession, to_come: Sequence[Appointment], here: frozenset[tuple[str, str]]
) -> None:
    """Tell whoever is still to come how late it is, once for each ten minutes; the screen tells those who are `here`.

    `here` holds (appointment, person) of those who wait already. On time again, what is unsent stays so.
    """
    step = sitting.late_minutes // LATE_STEP
    for appointment in to_come:
        notifications.withdraw(session, appointment.id, kinds={LATE})
        if step and appointment.live:
            there = here | ({(appointment.id, appointment.patient_id)} if _has_come(appointment) else set())
            people = [one for one in recipients(session, appointment) if (appointment.id, one.id) not in there]
            tell(session, about(appointment, LATE, f"{appointment.sequence}-{step}", urgent=True), RULES[LATE], people)


def _has_come(appointment: Appointment) -> bool:
    return appointment.status is AppointmentStatus.ARRIVED  # to the waiting room, or to the nurse at a hospital


def told_the_time(session: Session, appointment_id: str) -> set[str]:
    """Return the ids of whoever has been told when it is: by a notice that went or lies printed, or by telephone."""
    printed = select(Notice.recipient_id).where(
        Notice.subject_id == appointment_id, Notice.kind.in_(TELL_THE_TIME), Notice.state == NoticeState.PENDING,
        Notice.print_run_id.is_not(None),
    )  # fmt: skip
    rung = select(Call.recipient_id).where(
        Call.subject_id == appointment_id,
        Call.kind.in_(TELL_THE_TIME),
        Call.state == CallState.DONE,
        Call.outcome == TOLD,
    )
    sent = _ids(session, appointment_id, TELL_THE_TIME, GONE)
    return sent | set(session.scalars(printed)) | set(session.scalars(rung))


def _underway(session: Session, appointment_id: str, kind: str) -> set[str]:
    """Return who will be told in any case, with the time as it then is: by what is not printed yet, or on the phone."""
    waiting = select(Notice.recipient_id).where(
        Notice.subject_id == appointment_id, Notice.kind == kind, Notice.state == NoticeState.PENDING,
        Notice.print_run_id.is_(None),
    )  # fmt: skip
    to_ring = select(Call.recipient_id).where(
        Call.subject_id == appointment_id, Call.kind == kind, Call.state == CallState.OPEN
    )
    return set(session.scalars(waiting)) | set(session.scalars(to_ring))


def _take_out_of_print(session: Session, appointment_id: str) -> None:
    """Withdraw letters that lie printed with the old time; the print run names them, so that nobody posts them."""
    session.execute(
        update(Notice)
        .where(
            Notice.subject_id == appointment_id, Notice.kind.in_(TELL_THE_TIME), Notice.print_run_id.is_not(None),
            or_(Notice.state == NoticeState.PENDING, Notice.state == NoticeState.SENDING),
        )
        .values(state=NoticeState.WITHDRAWN)
    )  # fmt: skip


def _ids(
    session: Session, appointment_id: str, kinds: set[str] | frozenset[str], states: tuple[NoticeState, ...]
) -> set[str]:
    query = select(Notice.recipient_id).where(
        Notice.subject_id == appointment_id, Notice.kind.in_(kinds), Notice.state.in_(states)
    )
    return set(session.scalars(query))
