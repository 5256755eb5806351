"""Reminders: by default 7 days, 2 days and 1 hour before; one per appointment, window and person.

An appointment knows when its next reminder is due. Whom it goes to, and by which way, is decided only then: numbers,
carers and consent change in the weeks between. Moving the appointment counts anew; what is unsent is withdrawn.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.appointments.messages.kinds import REMINDER
from cartref.appointments.messages.recipients import recipients
from cartref.appointments.messages.ways import reminder_rule
from cartref.appointments.messages.writing import about, tell
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.clinics.models import Clinic, ClinicSession
from cartref.notifications.quiet import evening_before

DEFAULT_HOURS = (168, 48, 1)
MOST_LATE = timedelta(hours=12)  # when the worker was away; a day's reminder a day late would only confuse
AT_ONCE = 500


def hours_of(reminders: Mapping[str, Any]) -> tuple[int, ...]:
    """Return how many hours before the start a clinic reminds, the longest first; none where it does not."""
    given = reminders.get("hours")
    return DEFAULT_HOURS if given is None else tuple(sorted({int(hours) for hours in given}, reverse=True))


def due_at(starts_at: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """Return when a reminder that many hours before the start goes (UTC): never at night, but the evening before.

    Whole days are counted on the clock's face, so that a week before 9am is 9am in the week of a clock change too.
    """
    local = starts_at.astimezone(zone)
    whole_days = hours % 24 == 0
    at = (local - timedelta(hours=hours)) if whole_days else starts_at.astimezone(UTC) - timedelta(hours=hours)
    return evening_before(at, zone)


def next_due(starts_at: datetime, hours: Sequence[int], zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return when the next reminder is due after a moment; None when no window lies ahead."""
    return min((at for at in (due_at(starts_at, one, zone) for one in hours) if at > after), default=None)


def window_due(starts_at: datetime, hours: Sequence[int], zone: ZoneInfo, now: datetime) -> int | None:
    """Return the window, in hours, whose reminder should go now: the nearest one begun, unless it is too late for it.

    A window is open until the next one opens, for half its length and for 12 hours at most.
    """
    opened = [one for one in sorted(set(hours)) if due_at(starts_at, one, zone) <= now]
    if not opened or now >= starts_at:
        return None
    nearest = opened[0]
    late = now - due_at(starts_at, nearest, zone)
    return nearest if late <= min(MOST_LATE, timedelta(hours=nearest) / 2) else None


def plan(appointment: Appointment) -> None:
    """Let the appointment know when its next reminder is due, counted from now: a window that is open is skipped.

    Whoever books or moves it tells the patient herself. Nothing is due of a time that is only held, or cancelled.
    """
    sitting = appointment.session
    booked = appointment.status is AppointmentStatus.BOOKED
    appointment.next_reminder_at = (
        next_due(appointment.starts_at, hours_of(sitting.clinic.reminders), ZoneInfo(sitting.zone), clock.now())
        if booked
        else None
    )


def remind_due(session: Session) -> int:
    """Write the reminders that are due by now, and return of how many appointments: the worker's check."""
    now, reminded = clock.now(), 0
    for appointment in session.scalars(
        select(Appointment)
        .where(Appointment.next_reminder_at <= now)
        .order_by(Appointment.next_reminder_at)
        .limit(AT_ONCE)
        .with_for_update(of=Appointment, skip_locked=True)
    ).all():
        reminded += _remind(session, appointment, now)
    return reminded


def plan_anew(session: Session) -> int:
    """Plan what is still to come anew, and return of how many appointments that changed something: the worker's night.

    A clinic may have chosen other windows meanwhile. What is due this minute is left to `remind_due`.
    """
    now = clock.now()
    rows = session.execute(
        select(
            Appointment.id, Appointment.starts_at, Appointment.next_reminder_at, ClinicSession.zone, Clinic.reminders
        )
        .join(ClinicSession, ClinicSession.id == Appointment.session_id)
        .join(Clinic, Clinic.id == ClinicSession.clinic_id)
        .where(
            Appointment.status == AppointmentStatus.BOOKED,
            Appointment.starts_at > now,
            or_(Appointment.next_reminder_at.is_(None), Appointment.next_reminder_at > now),
        )
    ).all()
    planned = [
        {"appointment": row.id, "at": at}
        for row in rows
        if (at := next_due(row.starts_at, hours_of(row.reminders), ZoneInfo(row.zone), now)) != row.next_reminder_at
    ]
    if planned:
        table = cast(Table, Appointment.__table__)  # as its rows, so that no version rises
        row = update(table).where(table.c.id == bindparam("appointment")).values(next_reminder_at=bindparam("at"))
        session.connection().execute(row, planned)
    return len(planned)


def _remind(session: Session, appointment: Appointment, now: datetime) -> bool:
    sitting = appointment.session
    hours, zone = hours_of(sitting.clinic.reminders), ZoneInfo(sitting.zone)
    window = window_due(appointment.starts_at, hours, zone, now)
    wanted = window is not None and appointment.status is AppointmentStatus.BOOKED
    if wanted and window is not None:
        occasion = f"{window}:{appointment.sequence}"
        tell(session, about(appointment, REMINDER, occasion), reminder_rule(window), recipients(session, appointment))
    # Past the version: nobody who has the appointment on a screen needs to see it again for this.
    session.execute(
        update(Appointment)
        .where(Appointment.id == appointment.id)
        .values(next_reminder_at=next_due(appointment.starts_at, hours, zone, now), version=Appointment.version)
        .execution_options(synchronize_session=False)
    )
    return wanted
