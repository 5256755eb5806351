"""Clearing the book: when leave begins or a pattern ends, the empty sessions are closed in the same act.

Sessions with somebody in them stay open, as a person decides what becomes of each patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import queries
from cartref.clinics import queries as clinics
from cartref.clinics import service as clinic_service
from cartref.clinics.models import ClinicSession, Leave, LeaveKind, SessionStatus
from cartref.clinics.service import CloseReason


@dataclass(frozen=True)
class Cleared:
    """Which sessions were empty and are closed, and which have somebody and are left to a person."""

    closed: list[ClinicSession] = field(default_factory=list)
    booked: list[ClinicSession] = field(default_factory=list)


def take_leave(
    session: Session, actor: Actor, *, staff_id: str, kind: LeaveKind, first_on: date, last_on: date
) -> tuple[Leave, Cleared]:
    """Return the new leave, and what became of the service's sessions that the person holds in it.

    Raises what `clinics.service.add_leave` does.
    """
    actor.require(Permission.LEAVE_WRITE)
    leave = clinic_service.add_leave(session, actor, staff_id=staff_id, kind=kind, first_on=first_on, last_on=last_on)
    first = max(first_on, clinic_service.today(clinics.zone(session, actor)))
    found = clinics.sessions(session, actor, clinician_id=staff_id, first=first, last=last_on)
    return leave, _clear(session, actor, found, CloseReason.ON_LEAVE)


def end_pattern(session: Session, actor: Actor, pattern_id: str, to_date: date) -> Cleared:
    """Return what became of the sessions made for days after `to_date`, the last day of the pattern from now on.

    Raises what `clinics.service.end_pattern` does.
    """
    pattern = clinic_service.end_pattern(session, actor, pattern_id, to_date)
    first = clinic_service.today(clinics.zone(session, actor))
    outside = clinics.outside_patterns(session, actor, pattern.clinic_id, first)
    mine = [sitting for sitting in outside if sitting.pattern_id == pattern_id]
    return _clear(session, actor, mine, CloseReason.PATTERN_ENDED)


def _clear(session: Session, actor: Actor, found: Sequence[ClinicSession], reason: CloseReason) -> Cleared:
    cleared = Cleared()
    wanted = sorted(
        sitting.id for sitting in found if sitting.status is SessionStatus.OPEN and sitting.ends_at > clock.now()
    )
    kept = [clinic_service.keep(session, actor, session_id) for session_id in wanted]  # now nobody books into them
    taken = queries.booked_counts(session, actor, wanted)
    for sitting in sorted(kept, key=lambda sitting: sitting.starts_at):
        if taken.get(sitting.id):
            cleared.booked.append(sitting)
        else:
            cleared.closed.append(clinic_service.shut(session, actor, sitting, reason))
    return cleared
