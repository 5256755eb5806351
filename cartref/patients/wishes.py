"""What a patient's visits should respect: asked of her once, kept for every visit."""

from dataclasses import asdict, dataclass
from datetime import time

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.service import record
from cartref.errors import Invalid, StaleVersion
from cartref.i18n import N_
from cartref.patients import queries
from cartref.patients.models import TimeOfDay, VisitWishes

MOST_NOTICE = 60  # days


class HelperWrong(Invalid):
    """Who must be there is none of the patient's carers at present."""

    code = "wishes.carer"
    field = "carer_id"


class NoticeWrong(Invalid):
    """Nobody needs to know of a visit longer before than that."""

    code = "wishes.notice"
    field = "notice_days"


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


def of_patient(session: Session, patient_id: str) -> VisitWishes | None:
    """Return what was written down of the patient's wishes, None while nobody has asked her."""
    return session.scalar(select(VisitWishes).where(VisitWishes.patient_id == patient_id))


def find(session: Session, patient_id: str) -> Wishes:
    """Return what the patient wishes; while nobody has asked her, nothing in particular."""
    row = of_patient(session, patient_id)
    return Wishes(**{name: getattr(row, name) for name in Wishes.__dataclass_fields__}) if row else Wishes()


def save(session: Session, actor: Actor, patient_id: str, wishes: Wishes, *, version: int) -> VisitWishes:
    """Return the patient's wishes as written down now; `version` is that of those it replaces, 0 for none.

    Raises StaleVersion when somebody changed them since, HelperWrong and NoticeWrong.
    """
    actor.require(Permission.PATIENTS_WRITE)
    patient = queries.find(session, actor, patient_id)
    row = of_patient(session, patient.id) or VisitWishes(patient_id=patient.id)
    if (row.version or 0) != version:
        raise StaleVersion(patient=patient_id)
    _check(session, patient.id, wishes)
    for name, value in asdict(wishes).items():
        setattr(row, name, value)
    row.updated_at = clock.now()
    session.add(row)
    _flush_first(session, patient_id)
    record(session, actor, "wishes.changed", "visit-wishes", row.id, patient_id=patient.id)
    session.flush()
    return row


def _flush_first(session: Session, patient_id: str) -> None:
    """Write the wishes; who was asked by two at once has one row, and the second is told."""
    try:
        session.flush()
    except IntegrityError as clash:
        raise StaleVersion(patient=patient_id) from clash


def _check(session: Session, patient_id: str, wishes: Wishes) -> None:
    carers = {place.carer_id for place in queries.carers(session, patient_id)}
    if wishes.carer_id is not None and wishes.carer_id not in carers:
        raise HelperWrong
    if not 0 <= wishes.notice_days <= MOST_NOTICE:
        raise NoticeWrong


ERROR_WORDS = {
    HelperWrong.code: N_("Choose one of the patient's carers"),
    NoticeWrong.code: N_("Enter from 0 to 60 days"),
}
