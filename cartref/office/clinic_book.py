"""Reading what the pages of the clinic book need: a week of it, who is away, and who saved something last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.appointments import queries as appointments
from cartref.appointments.models import Appointment
from cartref.audit.models import AuditEntry
from cartref.clinics import queries as clinics
from cartref.clinics.models import ClinicSession, Leave, SessionStatus
from cartref.office.queries import slots_of, staff_names
from cartref.office.week import Book


class Saved(NamedTuple):
    """Who changed something last ("" for nobody of the staff), and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Away:
    """Somebody's leave with what falls into it: sessions with how many each has, and visits without their nurse."""

    leave: Leave
    sessions: list[tuple[ClinicSession, int]] = field(default_factory=list)
    visits: list[Appointment] = field(default_factory=list)


def book_of(session: Session, actor: Actor, days: list[date]) -> Book:
    """Return what the clinic book has on these days, in as many queries however full it is."""
    zone, first, last = clinics.zone(session, actor), days[0], days[-1]
    sessions = clinics.sessions(session, actor, first=first, last=last)
    rooms = clinics.rooms(session, actor)
    held = {room.id for room in rooms} | {found.clinician_id for found in sessions}
    held |= {person.id for person in clinics.clinicians(session, actor)}
    starts, ends = appointments.day_bounds(first, zone)[0], appointments.day_bounds(last, zone)[1]
    return Book(
        days=days,
        zone=zone,
        now=clock.now(),
        sessions=sessions,
        slots=slots_of(session, actor, [found.id for found in sessions]),
        appointments=appointments.of_days(session, actor, first, last, held=True),
        leave=clinics.leave(session, actor, first=first, last=last),
        busy=appointments.busy(session, held, starts, ends),
        hours=clinics.site_hours(session, {room.site_id for room in rooms}),
    )


def away(session: Session, actor: Actor, leave: Sequence[Leave]) -> list[Away]:
    """Return each leave with the coming sessions and visits that fall into it, in as many queries however many.

    Closed sessions with nobody in them are left out: nothing is to be done about them.
    """
    if not leave:
        return []
    first, last = min(found.first_on for found in leave), max(found.last_on for found in leave)
    coming = [one for one in clinics.sessions(session, actor, first=first, last=last) if one.ends_at > clock.now()]
    taken = appointments.booked_counts(session, actor, [one.id for one in coming])
    visits = appointments.presented(session, actor, {found.staff_id for found in leave}, first, last)
    return [
        Away(
            found,
            [
                (one, taken.get(one.id, 0))
                for one in coming
                if _within(found, one.clinician_id, one) and (one.id in taken or one.status is SessionStatus.OPEN)
            ],
            [one for one in visits if _within(found, one.presenter_id, one.session)],
        )
        for found in leave
    ]


def last_saved(session: Session, actor: Actor, subject_kind: str, subject_id: str) -> Saved | None:
    """Return who changed something last, and when; None for what only the system has changed."""
    entry = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == subject_kind,
            AuditEntry.subject_id == subject_id,
            AuditEntry.action.not_like("%.read"),
            AuditEntry.actor_id.is_not(None),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    if entry is None:
        return None
    return Saved(staff_names(session, actor, [entry.actor_id]).get(entry.actor_id or "", ""), entry.at)


def _within(leave: Leave, staff_id: str | None, sitting: ClinicSession) -> bool:
    return staff_id == leave.staff_id and leave.first_on <= sitting.local_date <= leave.last_on
