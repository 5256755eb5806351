"""From patterns, or from one day's wish, to clinic sessions and their slots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.bank_holidays import bank_holiday
from cartref.clinics.models import Clinic, ClinicPattern, ClinicSession, Slot
from cartref.clinics.recurrence import cut, occurrences
from cartref.clinics.wall_time import AmbiguousTime, NonexistentTime, to_utc
from cartref.errors import Invalid

HORIZON = timedelta(weeks=26)  # how far ahead sessions are made


class ClocksGoForward(Invalid):
    """The clocks skip this wall time on that day."""

    code = "session.clocks-forward"


class ClocksGoBack(Invalid):
    """The clocks show this wall time twice on that day."""

    code = "session.clocks-back"


class EndsTooSoon(Invalid):
    """Between start and end there is no room for one slot."""

    code = "session.ends-too-soon"
    field = "end_wall"


class DayPast(Invalid):
    """The day is over."""

    code = "session.day-past"
    field = "local_date"


class ClinicianHasClinic(Invalid):
    """The clinician holds another session of this service at that time."""

    code = "session.clinician-has-clinic"
    field = "start_wall"


class OnLeave(Invalid):
    """The clinician is away on that day."""

    code = "session.on-leave"
    field = "local_date"


class IsBankHoliday(Invalid):
    """The clinic does not run on a bank holiday."""

    code = "session.bank-holiday"
    field = "local_date"


class SkipReason(StrEnum):
    """Why a pattern made no session on one of its days."""

    CLOCKS_FORWARD = "clocks-forward"
    CLOCKS_BACK = "clocks-back"
    CLINICIAN_HAS_CLINIC = "clinician-has-clinic"
    ON_LEAVE = "on-leave"
    BANK_HOLIDAY = "bank-holiday"


@dataclass(frozen=True)
class Skipped:
    """A day on which a pattern could make no session."""

    pattern_id: str
    clinic_id: str
    local_date: date
    reason: SkipReason


@dataclass(frozen=True)
class Generated:
    """What one run made, and what it could not make."""

    sessions: list[ClinicSession] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def open_session(
    session: Session,
    actor: Actor,
    clinic_id: str,
    clinician_id: str,
    local_date: date,
    start_wall: time,
    end_wall: time,
) -> ClinicSession:
    """Return a single session of the clinic with its free slots.

    Raises ClocksGoForward or ClocksGoBack on the field of the wall time that does not exist or comes twice,
    EndsTooSoon or DayPast. It may overlap another session of the clinician, as a person decides it: the holds see to it
    that nothing is booked twice.
    """
    actor.require(Permission.CLINICS_WRITE)
    clinic = queries.find(session, actor, clinic_id)
    clinician = queries.find_clinician(session, actor, clinician_id)
    zone = queries.zone(session, actor)
    if local_date < today(zone) and actor.kind is not ActorKind.SYSTEM:  # the system also writes down what has been
        raise DayPast
    starts_at = _moment(local_date, start_wall, zone, "start_wall")
    ends_at = _moment(local_date, end_wall, zone, "end_wall")
    if ends_at - starts_at < timedelta(minutes=clinic.slot_minutes):
        raise EndsTooSoon
    sitting = _open(session, clinic, clinician.id, local_date, starts_at, ends_at, zone.key)
    record(session, actor, "session.opened", "clinic-session", sitting.id)
    return sitting


def generate_sessions(session: Session, actor: Actor, until: date) -> Generated:
    """Make every session that the service's patterns ask for from today to `until`, each once however often it is run.

    A day on which the clocks skip or repeat the clinic's hours, on which the clinician is on leave or has another
    clinic, or which is a bank holiday (unless the clinic runs on those), is skipped: it is audited, and said in what is
    returned.
    """
    made = Generated()
    for pattern in _patterns(session, actor):
        for day in _days(pattern, until):
            _generate(session, actor, pattern, day, made)
        pattern.generated_until = max(until, pattern.generated_until or until)
    session.flush()
    return made


def make_up(
    session: Session,
    actor: Actor,
    *,
    first: date,
    last: date,
    clinic_id: str | None = None,
    clinician_id: str | None = None,
) -> Generated:
    """Make the sessions that patterns ask for on days they have passed over: for when what was in the way is gone.

    `clinic_id` and `clinician_id` narrow it. Days that `generate_sessions` has not come to yet are left to it.
    """
    made = Generated()
    for pattern in _patterns(session, actor, clinic_id, clinician_id):
        had = _days_made(session, pattern)
        for day in _days_gone_over(pattern, first, last):
            if day not in had:
                _generate(session, actor, pattern, day, made)
    session.flush()
    return made


def today(zone: ZoneInfo) -> date:
    """Return what day it is on the clocks of `zone`."""
    return clock.now().astimezone(zone).date()


def _patterns(
    session: Session, actor: Actor, clinic_id: str | None = None, clinician_id: str | None = None
) -> Iterator[ClinicPattern]:
    query = (
        select(ClinicPattern)
        .join(Clinic)
        .where(Clinic.service_id == actor.service)
        .order_by(ClinicPattern.id)
        .with_for_update(of=ClinicPattern)  # two runs at once take turns, and the second finds nothing left to do
        .execution_options(populate_existing=True)
    )
    if clinic_id is not None:
        query = query.where(ClinicPattern.clinic_id == clinic_id)
    if clinician_id is not None:
        query = query.where(ClinicPattern.clinician_id == clinician_id)
    return iter(session.scalars(query).all())


def _days_made(session: Session, pattern: ClinicPattern) -> set[date]:
    return set(session.scalars(select(ClinicSession.local_date).where(ClinicSession.pattern_id == pattern.id)))


def _days_gone_over(pattern: ClinicPattern, first: date, last: date) -> Iterator[date]:
    if pattern.generated_until is None:
        return iter(())
    return occurrences(
        weekday=pattern.weekday,
        week_interval=pattern.week_interval,
        from_date=pattern.from_date,
        first=max(first, pattern.from_date, today(ZoneInfo(pattern.zone))),
        last=min(last, pattern.generated_until, pattern.to_date or last),
    )


def _days(pattern: ClinicPattern, until: date) -> Iterator[date]:
    first = max(pattern.from_date, today(ZoneInfo(pattern.zone)))
    if pattern.generated_until is not None:
        first = max(first, pattern.generated_until + timedelta(days=1))
    return occurrences(
        weekday=pattern.weekday,
        week_interval=pattern.week_interval,
        from_date=pattern.from_date,
        first=first,
        last=min(until, pattern.to_date or until),
    )


def _generate(session: Session, actor: Actor, pattern: ClinicPattern, day: date, made: Generated) -> None:
    try:
        made.sessions.append(_occur(session, actor, pattern, day))
    except tuple(SKIPS) as fault:
        reason = SKIPS[type(fault)]
        made.skipped.append(Skipped(pattern.id, pattern.clinic_id, day, reason))
        record(
            session, actor, "session.skipped", "clinic", pattern.clinic_id, pattern=pattern.id, day=day.isoformat(),
            reason=reason.value,
        )  # fmt: skip


def _occur(session: Session, actor: Actor, pattern: ClinicPattern, day: date) -> ClinicSession:
    if bank_holiday(day) and not pattern.clinic.runs_on_holidays:
        raise IsBankHoliday
    if queries.on_leave(session, pattern.clinician_id, day):
        raise OnLeave
    zone = ZoneInfo(pattern.zone)
    starts_at = _moment(day, pattern.start_wall, zone, "start_wall")
    ends_at = _moment(day, pattern.end_wall, zone, "end_wall")
    if _has_clinic(session, actor, pattern.clinician_id, starts_at, ends_at):
        raise ClinicianHasClinic
    sitting = _open(session, pattern.clinic, pattern.clinician_id, day, starts_at, ends_at, pattern.zone, pattern.id)
    record(session, actor, "session.generated", "clinic-session", sitting.id, pattern=pattern.id)
    return sitting


SKIPS: dict[type[Invalid], SkipReason] = {
    ClocksGoForward: SkipReason.CLOCKS_FORWARD,
    ClocksGoBack: SkipReason.CLOCKS_BACK,
    ClinicianHasClinic: SkipReason.CLINICIAN_HAS_CLINIC,
    OnLeave: SkipReason.ON_LEAVE,
    IsBankHoliday: SkipReason.BANK_HOLIDAY,
}


def _open(
    session: Session,
    clinic: Clinic,
    clinician_id: str,
    local_date: date,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    pattern_id: str | None = None,
) -> ClinicSession:
    sitting = ClinicSession(
        service_id=clinic.service_id, clinic_id=clinic.id, clinician_id=clinician_id, pattern_id=pattern_id,
        local_date=local_date, starts_at=starts_at, ends_at=ends_at, zone=zone,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    session.add_all(
        Slot(
            session_id=sitting.id, service_id=clinic.service_id, clinician_id=clinician_id, starts_at=start, ends_at=end
        )
        for start, end in cut(starts_at, ends_at, timedelta(minutes=clinic.slot_minutes))
    )  # fmt: skip
    session.flush()
    return sitting


def _has_clinic(session: Session, actor: Actor, clinician_id: str, starts_at: datetime, ends_at: datetime) -> bool:
    query = select(ClinicSession.id).where(ClinicSession.service_id == actor.service)
    return session.scalars(query.where(queries.overlapping(clinician_id, starts_at, ends_at))).first() is not None


def _moment(day: date, wall: time, zone: ZoneInfo, field_name: str) -> datetime:
    try:
        return to_utc(day, wall, zone)
    except NonexistentTime as fault:
        raise ClocksGoForward(field_name) from fault
    except AmbiguousTime as fault:
        raise ClocksGoBack(field_name) from fault
