"""Leave: days on which a member of staff is away, so that no session is made for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.models import Staff
from cartref.accounts.permissions import Permission
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.models import ClinicSession, Leave, LeaveKind, SessionStatus
from cartref.clinics.service.closing import CloseReason, keep, open_again
from cartref.clinics.service.scheduling import DayPast, Generated, make_up, today
from cartref.errors import Conflict, Invalid

LONGEST = timedelta(days=366)  # a whole year, as for a birth


class LeaveBackwards(Invalid):
    """Leave does not end before it begins."""

    code = "leave.backwards"
    field = "last_on"


class LeaveTooLong(Invalid):
    """Leave of more than a year is a slip of the pen."""

    code = "leave.too-long"
    field = "last_on"


class LeaveOverlaps(Conflict):
    """The person is on leave on one of these days already."""

    code = "leave.overlaps"


@dataclass(frozen=True)
class Withdrawn:
    """What came back with the end of a leave: sessions it had closed, and those that were never made."""

    leave: Leave
    reopened: Sequence[ClinicSession] = ()
    made: Generated = field(default_factory=Generated)


def add_leave(
    session: Session, actor: Actor, *, staff_id: str, kind: LeaveKind, first_on: date, last_on: date
) -> Leave:
    """Return the leave of somebody who works in the service, both days counted.

    No session is made for these days from now on; those that are made already stay, for
    `appointments.service.take_leave` to close or to list. Raises NotFound, LeaveBackwards, LeaveTooLong, DayPast on
    `last_on`, or LeaveOverlaps.
    """
    actor.require(Permission.LEAVE_WRITE)
    person = accounts.member(session, actor, staff_id)
    _check(first_on, last_on, today(queries.zone(session, actor)))
    # Two who write down the same leave at once take turns.
    session.execute(select(Staff.id).where(Staff.id == person.id).with_for_update(key_share=True))
    if queries.leave(session, actor, staff_id=person.id, first=first_on, last=last_on):
        raise LeaveOverlaps(field="first_on")
    leave = Leave(
        staff_id=person.id, kind=kind, first_on=first_on, last_on=last_on, created_at=clock.now(),
        recorded_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    session.add(leave)
    session.flush()
    record(session, actor, "leave.added", "staff", person.id, leave=leave.id, kind=kind.value)
    return leave


def withdraw_leave(session: Session, actor: Actor, leave_id: str) -> Withdrawn:
    """Return what comes back: the service's sessions that the leave had closed are open, and those not made are made.

    Withdrawn already, it changes nothing. Raises NotFound.
    """
    actor.require(Permission.LEAVE_WRITE)
    leave = queries.find_leave(session, actor, leave_id)
    if leave.withdrawn_at is not None:
        return Withdrawn(leave)
    leave.withdrawn_at = clock.now()
    session.flush()
    record(session, actor, "leave.withdrawn", "staff", leave.staff_id, leave=leave.id)
    reopened = [open_again(session, actor, keep(session, actor, found)) for found in _closed_by(session, actor, leave)]
    made = make_up(session, actor, clinician_id=leave.staff_id, first=leave.first_on, last=leave.last_on)
    return Withdrawn(leave, reopened, made)


def _check(first_on: date, last_on: date, now: date) -> None:
    if last_on < first_on:
        raise LeaveBackwards
    if last_on - first_on > LONGEST:
        raise LeaveTooLong
    if last_on < now:
        raise DayPast("last_on")


def _closed_by(session: Session, actor: Actor, leave: Leave) -> Sequence[str]:
    return session.scalars(
        select(ClinicSession.id)
        .where(
            ClinicSession.service_id == actor.service,
            ClinicSession.clinician_id == leave.staff_id,
            ClinicSession.status == SessionStatus.CLOSED,
            ClinicSession.closed_reason == CloseReason.ON_LEAVE.value,
            ClinicSession.local_date.between(leave.first_on, leave.last_on),
            ClinicSession.ends_at > clock.now(),
        )
        .order_by(ClinicSession.id)
    ).all()
