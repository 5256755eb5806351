"""What the pages of administration show: the audit trail and the notices that did not go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.audit.models import AuditEntry
from cartref.notifications.models import Notice, NoticeState
from cartref.patients import queries as patients
from cartref.patients.models import CareRelationship, Patient

PER_PAGE = 50
MOST_NOTICES = 200


@dataclass(frozen=True)
class Wanted:
    """Which entries of the trail are asked for, each part only where it is given. Days are local, both included."""

    patient_id: str = ""
    staff_id: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Page:
    """One page of the trail, newest first, and how many pages there are."""

    entries: Sequence[AuditEntry]
    number: int
    count: int


def zone(session: Session, actor: Actor) -> ZoneInfo:
    """Return the zone of the health board's wall clocks."""
    return ZoneInfo(accounts.own_service(session, actor).health_board.zone)


def trail(session: Session, actor: Actor, wanted: Wanted, number: int = 1) -> Page:
    """Return a page of what was done and read in the actor's service; the nearest one to a number out of range."""
    actor.require(Permission.AUDIT_READ)
    query = _entries(actor, wanted, zone(session, actor))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    count = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), count)
    entries = session.scalars(query.order_by(AuditEntry.id.desc()).limit(PER_PAGE).offset((number - 1) * PER_PAGE))
    return Page(entries.all(), number, count)


def patient_names(session: Session, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    """Return the names of those patients by id, as far as the actor may read patients."""
    if not actor.may(Permission.PATIENTS_READ):
        return {}
    known = (
        select(Patient)
        .join(CareRelationship, CareRelationship.patient_id == Patient.id)
        .where(CareRelationship.service_id == actor.service, Patient.id.in_(ids))
    )
    return {patient.id: patient.name for patient in session.scalars(known)}


def patient_id(session: Session, actor: Actor, number: str) -> str | None:
    """Return the id of the service's patient with that NHS number, which names nobody; None when there is none."""
    found = patients.by_nhs_number(session, actor, number)
    known = found is not None and patients.looked_after(session, actor.service, found.id)
    return found.id if found is not None and known else None


def failed_notices(session: Session, actor: Actor) -> Sequence[Notice]:
    """Return the service's notices that were given up, the latest first, at most MOST_NOTICES."""
    actor.require(Permission.NOTICES_READ)
    return session.scalars(
        select(Notice)
        .where(Notice.service_id == actor.service, Notice.state == NoticeState.FAILED)
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(MOST_NOTICES)
    ).all()


def _entries(actor: Actor, wanted: Wanted, zone: ZoneInfo) -> Select[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.service_id == actor.service)
    if wanted.patient_id:
        query = query.where(AuditEntry.patient_id == wanted.patient_id)
    if wanted.staff_id:
        query = query.where(AuditEntry.actor_id == wanted.staff_id)
    if wanted.first:
        query = query.where(AuditEntry.at >= _midnight(wanted.first, zone))
    if wanted.last:
        query = query.where(AuditEntry.at < _midnight(wanted.last + timedelta(days=1), zone))
    return query


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
