"""The patterns by which clinics come back."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.clinics import queries
from cartref.clinics.models import Clinic, ClinicPattern
from cartref.clinics.service.scheduling import EndsTooSoon
from cartref.errors import Invalid, NotFound

LONGEST_INTERVAL = 8


class PatternWrong(Invalid):
    """A weekday is 0 (Monday) to 6, a pattern comes back after 1 to 8 weeks, and it does not end before it begins."""

    code = "pattern.wrong"


def add_pattern(
    session: Session,
    actor: Actor,
    clinic_id: str,
    clinician_id: str,
    weekday: int,
    start_wall: time,
    end_wall: time,
    from_date: date,
    to_date: date | None = None,
    week_interval: int = 1,
) -> ClinicPattern:
    """Return a new pattern of the clinic, for which `generate_sessions` makes sessions.

    Raises PatternWrong or EndsTooSoon on their fields, NotFound for a clinic or clinician of another service.
    """
    actor.require(Permission.CLINICS_WRITE)
    clinic = queries.find(session, actor, clinic_id)
    clinician = queries.find_clinician(session, actor, clinician_id)
    _check_pattern(clinic, weekday, start_wall, end_wall, from_date, to_date, week_interval)
    pattern = ClinicPattern(
        clinic_id=clinic.id, clinician_id=clinician.id, weekday=weekday, start_wall=start_wall, end_wall=end_wall,
        zone=queries.zone(session, actor).key, from_date=from_date, to_date=to_date, week_interval=week_interval,
    )  # fmt: skip
    session.add(pattern)
    session.flush()
    record(session, actor, "pattern.added", "clinic", clinic.id, pattern=pattern.id)
    return pattern


def end_pattern(session: Session, actor: Actor, pattern_id: str, to_date: date) -> ClinicPattern:
    """Return the pattern, making no session after `to_date`; sessions that were made already stay."""
    actor.require(Permission.CLINICS_WRITE)
    query = select(ClinicPattern).join(Clinic).where(Clinic.service_id == actor.service)
    pattern = session.scalar(query.where(ClinicPattern.id == pattern_id))
    if pattern is None:
        raise NotFound(pattern=pattern_id)
    if to_date < pattern.from_date:
        raise PatternWrong("to_date")
    pattern.to_date = to_date
    session.flush()
    record(session, actor, "pattern.ended", "clinic", pattern.clinic_id, pattern=pattern.id)
    return pattern


def _check_pattern(
    clinic: Clinic,
    weekday: int,
    start_wall: time,
    end_wall: time,
    from_date: date,
    to_date: date | None,
    week_interval: int,
) -> None:
    faults = {
        "weekday": not 0 <= weekday <= 6,
        "week_interval": not 1 <= week_interval <= LONGEST_INTERVAL,
        "to_date": to_date is not None and to_date < from_date,
    }
    for name, wrong in faults.items():
        if wrong:
            raise PatternWrong(name)
    # Any day without a change of the clocks will do to measure by.
    length = datetime.combine(date.min, end_wall) - datetime.combine(date.min, start_wall)
    if length < timedelta(minutes=clinic.slot_minutes):
        raise EndsTooSoon
