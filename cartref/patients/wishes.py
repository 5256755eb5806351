"""What a patient's visits should respect, and when her carers are free: asked of her once, kept for every visit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import Invalid
from cartref.i18n import N_
from cartref.patients import queries
from cartref.patients.models import CarerHours, TimeOfDay, VisitWishes

MOST_NOTICE = 60  # days


class HelperWrong(Invalid):
    """Who must be there is none of the patient's carers at present."""

    code = "wishes.carer"
    field = "carer_id"


class NoticeWrong(Invalid):
    """Nobody needs to know of a visit longer before than that."""

    code = "wishes.notice"
    field = "notice_days"


class HoursWrong(Invalid):
    """Free time ends before it begins, or shares time with other free time of that day."""

    code = "wishes.hours"


@dataclass(frozen=True)
class Wishes:
    """What a patient wishes, as written down; `mode` is an appointment's mode, empty for none."""

    time_of_day: TimeOfDay = TimeOfDay.ANY
    not_before: time | None = None
    mode: str = ""
    carer_id: str | None = None
    notice_days: int = 0
    short_notice: bool = False
    bsl: bool = False
    bilingual: bool = False
    wants_invitation: bool = False


@dataclass(frozen=True)
class FreeHours:
    """A stretch in which a carer is free, in wall time: on a weekday (0 is Monday) or on one day."""

    starts: time
    ends: time
    weekday: int | None = None
    on: date | None = None


def find(session: Session, patient_id: str) -> Wishes:
    """Return what the patient wishes; while nobody has asked her, nothing in particular."""
    row = _row(session, patient_id)
    return Wishes(**{name: getattr(row, name) for name in Wishes.__dataclass_fields__}) if row else Wishes()


def hours(session: Session, carer_id: str) -> Sequence[FreeHours]:
    """Return when a carer is free, weekdays before single days, each by time; nothing while nobody has asked her."""
    rows = session.scalars(
        select(CarerHours)
        .where(CarerHours.carer_id == carer_id)
        .order_by(CarerHours.on.is_not(None), CarerHours.weekday, CarerHours.on, CarerHours.start_wall)
    )
    return [FreeHours(row.start_wall, row.end_wall, row.weekday, row.on) for row in rows]


def save(
    session: Session, actor: Actor, patient_id: str, wishes: Wishes, carer_hours: Sequence[FreeHours] = ()
) -> VisitWishes:
    """Return the patient's wishes as written down now; `carer_hours` replace the free times of `wishes.carer_id`.

    Raises HelperWrong, NoticeWrong and HoursWrong.
    """
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    _check(session, patient.id, wishes, carer_hours)
    row = _row(session, patient.id) or VisitWishes(patient_id=patient.id)
    for name, value in asdict(wishes).items():
        setattr(row, name, value)
    row.updated_at = clock.now()
    session.add(row)
    if wishes.carer_id:
        _replace_hours(session, wishes.carer_id, carer_hours)
    record(session, actor, "wishes.changed", "patient", patient.id, patient_id=patient.id)
    session.flush()
    return row


def _row(session: Session, patient_id: str) -> VisitWishes | None:
    return session.scalar(select(VisitWishes).where(VisitWishes.patient_id == patient_id))


def _check(session: Session, patient_id: str, wishes: Wishes, carer_hours: Sequence[FreeHours]) -> None:
    carers = {place.carer_id for place in queries.carers(session, patient_id)}
    if wishes.carer_id is not None and wishes.carer_id not in carers:
        raise HelperWrong
    if not 0 <= wishes.notice_days <= MOST_NOTICE:
        raise NoticeWrong
    ordered = sorted(carer_hours, key=lambda free: (free.on or date.min, free.weekday or 0, free.starts))
    for before, free in zip((None, *ordered), ordered, strict=False):
        same_day = before is not None and (before.on, before.weekday) == (free.on, free.weekday)
        if free.ends <= free.starts or (same_day and before is not None and before.ends > free.starts):
            raise HoursWrong("days" if free.on else f"weekday{free.weekday}")


def _replace_hours(session: Session, carer_id: str, carer_hours: Sequence[FreeHours]) -> None:
    session.execute(delete(CarerHours).where(CarerHours.carer_id == carer_id))
    session.add_all(
        CarerHours(
            carer_id=carer_id, weekday=free.weekday, on=free.on, start_wall=free.starts, end_wall=free.ends
        )
        for free in carer_hours
    )  # fmt: skip


ERROR_WORDS = {
    HelperWrong.code: N_("Choose one of the patient's carers"),
    NoticeWrong.code: N_("Enter from 0 to 60 days"),
    HoursWrong.code: N_("Enter times that follow each other, for example 9am to 12pm, 2pm to 4pm"),
}
