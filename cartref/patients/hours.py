"""When a carer is free: stretches of wall time on weekdays, and on single days in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cartref.errors import Invalid
from cartref.i18n import N_
from cartref.patients.models import CarerHours


class HoursWrong(Invalid):
    """Free time ends before it begins, or shares time with other free time of that day."""

    code = "carer.hours"


@dataclass(frozen=True)
class FreeHours:
    """A stretch in which a carer is free, in wall time: on a weekday (0 is Monday) or on one day."""

    starts: time
    ends: time
    weekday: int | None = None
    on: date | None = None


def of_carer(session: Session, carer_id: str) -> Sequence[FreeHours]:
    """Return when a carer is free, weekdays before single days, each by time; nothing while nobody has asked her."""
    rows = session.scalars(
        select(CarerHours)
        .where(CarerHours.carer_id == carer_id)
        .order_by(CarerHours.on.is_not(None), CarerHours.weekday, CarerHours.on, CarerHours.start_wall)
    )
    return [FreeHours(row.start_wall, row.end_wall, row.weekday, row.on) for row in rows]


def replace(session: Session, carer_id: str, hours: Sequence[FreeHours]) -> bool:
    """Let these be a carer's free times from now on, and tell whether they are others; raise HoursWrong."""
    _check(hours)
    if set(hours) == set(of_carer(session, carer_id)):
        return False
    session.execute(delete(CarerHours).where(CarerHours.carer_id == carer_id))
    session.add_all(
        CarerHours(
            carer_id=carer_id, weekday=free.weekday, on=free.on, start_wall=free.starts, end_wall=free.ends
        )
        for free in hours
    )  # fmt: skip
    return True


def _check(hours: Sequence[FreeHours]) -> None:
    ordered = sorted(hours, key=lambda free: (free.on or date.min, free.weekday or 0, free.starts))
    for before, free in zip((None, *ordered), ordered, strict=False):
        same_day = before is not None and (before.on, before.weekday) == (free.on, free.weekday)
        if free.ends <= free.starts or (same_day and before is not None and before.ends > free.starts):
            raise HoursWrong("days" if free.on else f"weekday{free.weekday}")


ERROR_WORDS = {HoursWrong.code: N_("Enter times that follow each other, for example 9am to 12pm, 2pm to 4pm")}
