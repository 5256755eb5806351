"""Reading clinics, their sessions and slots, and the places where patients are seen."""

from collections.abc import Collection, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from cartref.accounts import queries as accounts
from cartref.accounts.actor import Actor
from cartref.accounts.models import HealthBoard, Membership, Role, Service, Staff
from cartref.clinics.models import (
    Clinic,
    ClinicPattern,
    ClinicSession,
    Leave,
    OverbookLane,
    Room,
    SessionStatus,
    Site,
    SiteHours,
    SitePresenter,
    SiteUse,
    Slot,
    SlotState,
)
from cartref.errors import NotFound


def zone(session: Session, actor: Actor) -> ZoneInfo:
    """Return the zone of the wall clocks of the health board acted for."""
    query = select(HealthBoard.zone).join(Service, Service.health_board_id == HealthBoard.id)
    return ZoneInfo(session.scalars(query.where(Service.id == actor.service)).one())


def clinics(session: Session, actor: Actor) -> Sequence[Clinic]:
    """Return the service's clinics by name."""
    return session.scalars(select(Clinic).where(Clinic.service_id == actor.service).order_by(Clinic.name)).all()


def find(session: Session, actor: Actor, clinic_id: str) -> Clinic:
    """Return one clinic of the service; raise NotFound else."""
    found = session.scalar(select(Clinic).where(Clinic.id == clinic_id, Clinic.service_id == actor.service))
    if found is None:
        raise NotFound(clinic=clinic_id)
    return found


def patterns(session: Session, actor: Actor, clinic_id: str) -> Sequence[ClinicPattern]:
    """Return a clinic's patterns from Monday on, with each clinician loaded."""
    return session.scalars(
        select(ClinicPattern)
        .join(Clinic)
        .where(Clinic.id == clinic_id, Clinic.service_id == actor.service)
        .options(joinedload(ClinicPattern.clinician))
        .order_by(ClinicPattern.weekday, ClinicPattern.start_wall, ClinicPattern.from_date)
    ).all()


def outside_patterns(session: Session, actor: Actor, clinic_id: str, first: date) -> Sequence[ClinicSession]:
    """Return a clinic's open sessions from a day on that were made before their pattern was ended, by time."""
    query = _sessions(actor).join(ClinicPattern, ClinicPattern.id == ClinicSession.pattern_id)
    return session.scalars(
        query.where(
            ClinicSession.clinic_id == clinic_id,
            ClinicSession.status == SessionStatus.OPEN,
            ClinicSession.local_date >= first,
            ClinicSession.local_date > ClinicPattern.to_date,
        ).order_by(ClinicSession.starts_at, ClinicSession.id)
    ).all()


def lanes(session: Session, actor: Actor, clinic_id: str) -> Sequence[OverbookLane]:
    """Return the lanes in which a clinic may be overbooked, by name; those that were ended are left out."""
    query = select(OverbookLane).join(Clinic, Clinic.id == OverbookLane.clinic_id)
    return session.scalars(
        query.where(
            Clinic.id == clinic_id, Clinic.service_id == actor.service, OverbookLane.ended_at.is_(None)
        ).order_by(OverbookLane.name)
    ).all()  # fmt: skip


def find_session(session: Session, actor: Actor, session_id: str) -> ClinicSession:
    """Return one clinic session of the service with its clinic and clinician; raise NotFound else."""
    found = session.scalar(_sessions(actor).where(ClinicSession.id == session_id))
    if found is None:
        raise NotFound(session=session_id)
    return found


def sessions(
    session: Session,
    actor: Actor,
    *,
    clinic_id: str | None = None,
    clinician_id: str | None = None,
    first: date,
    last: date,
) -> Sequence[ClinicSession]:
    """Return the sessions of one clinic and clinician (None: of all) from one local day to another, both counted."""
    query = _sessions(actor).where(ClinicSession.local_date.between(first, last))
    if clinic_id is not None:
        query = query.where(ClinicSession.clinic_id == clinic_id)
    if clinician_id is not None:
        query = query.where(ClinicSession.clinician_id == clinician_id)
    return session.scalars(query.order_by(ClinicSession.starts_at, ClinicSession.id)).all()


def slots(session: Session, actor: Actor, session_id: str) -> Sequence[Slot]:
    """Return every slot of a clinic session in order of time."""
    query = select(Slot).where(Slot.session_id == session_id, Slot.service_id == actor.service)
    return session.scalars(query.order_by(Slot.starts_at)).all()


def find_slot(session: Session, actor: Actor, slot_id: str) -> Slot:
    """Return one slot of the service with its session and clinic; raise NotFound else."""
    found = session.scalar(
        select(Slot)
        .where(Slot.id == slot_id, Slot.service_id == actor.service)
        .options(joinedload(Slot.session).joinedload(ClinicSession.clinic))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(slot=slot_id)
    return found


def free_counts(session: Session, actor: Actor, session_ids: Sequence[str]) -> dict[str, int]:
    """Return how many slots of each of these sessions are free; a session with none is left out."""
    rows = session.execute(
        select(Slot.session_id, func.count())
        .where(Slot.session_id.in_(session_ids), Slot.service_id == actor.service, Slot.state == SlotState.FREE)
        .group_by(Slot.session_id)
    )
    return {row[0]: row[1] for row in rows}


def overlapping(clinician_id: str, starts_at: object, ends_at: object) -> ColumnElement[bool]:
    """Return the condition that an open session of the clinician shares time with a span."""
    return (
        (ClinicSession.clinician_id == clinician_id)
        & (ClinicSession.status == SessionStatus.OPEN)
        & (ClinicSession.starts_at < ends_at)
        & (ClinicSession.ends_at > starts_at)
    )


def clinicians(session: Session, actor: Actor) -> Sequence[Staff]:
    """Return the service's clinicians by name."""
    return accounts.staff_in(session, actor.service, Role.CLINICIAN)


def find_clinician(session: Session, actor: Actor, staff_id: str) -> Staff:
    """Return a clinician of the service; raise NotFound else."""
    for found in clinicians(session, actor):
        if found.id == staff_id:
            return found
    raise NotFound(clinician=staff_id)


def sites(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the places where the service sees patients, by name."""
    query = select(Site).join(SiteUse, SiteUse.site_id == Site.id).where(SiteUse.service_id == actor.service)
    return session.scalars(query.order_by(Site.name)).all()


def find_site(session: Session, actor: Actor, site_id: str) -> Site:
    """Return a place where the service sees patients; raise NotFound else."""
    query = select(Site).join(SiteUse, SiteUse.site_id == Site.id)
    found = session.scalar(query.where(SiteUse.service_id == actor.service, Site.id == site_id))
    if found is None:
        raise NotFound(site=site_id)
    return found


def rooms(session: Session, actor: Actor, site_id: str | None = None) -> Sequence[Room]:
    """Return the rooms of one place (None: of every place that the service uses), by place and name."""
    query = _rooms(actor).order_by(Site.name, Room.name)
    return session.scalars(query.where(Site.id == site_id) if site_id else query).all()


def find_room(session: Session, actor: Actor, room_id: str) -> Room:
    """Return a room at a place that the service uses; raise NotFound else."""
    found = session.scalar(_rooms(actor).where(Room.id == room_id))
    if found is None:
        raise NotFound(room=room_id)
    return found


def presenters(session: Session, actor: Actor, site_id: str | None = None) -> Sequence[SitePresenter]:
    """Return who presents the service's patients at one place (None: at any), by name, with place and person loaded."""
    query = _presenters(actor).order_by(Staff.family_name, Staff.given_name)
    return session.scalars(query.where(Site.id == site_id) if site_id else query).all()


def sites_presented(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the places at which the actor herself presents patients of her service, by name."""
    places = [found.site for found in session.scalars(_presenters(actor).where(SitePresenter.staff_id == actor.id))]
    return sorted(places, key=lambda site: site.name)


def site_hours(session: Session, site_ids: Collection[str]) -> Sequence[SiteHours]:
    """Return when these places are open, from Monday on; one without hours is always open."""
    query = select(SiteHours).where(SiteHours.site_id.in_(site_ids))
    return session.scalars(query.order_by(SiteHours.weekday, SiteHours.opens_wall)).all()


def leave(
    session: Session, actor: Actor, *, first: date, last: date | None = None, staff_id: str | None = None
) -> Sequence[Leave]:
    """Return the leave of the service's staff (or of one) that reaches into these days, by its first day."""
    query = _leave(actor).where(Leave.withdrawn_at.is_(None), Leave.last_on >= first)
    if last is not None:
        query = query.where(Leave.first_on <= last)
    if staff_id is not None:
        query = query.where(Leave.staff_id == staff_id)
    return session.scalars(query.order_by(Leave.first_on, Staff.family_name, Leave.id)).all()


def find_leave(session: Session, actor: Actor, leave_id: str) -> Leave:
    """Return one leave of somebody who works in the service, withdrawn or not; raise NotFound else."""
    found = session.scalar(_leave(actor).where(Leave.id == leave_id))
    if found is None:
        raise NotFound(leave=leave_id)
    return found


def on_leave(session: Session, staff_id: str, day: date) -> bool:
    """Tell whether somebody is away on a day."""
    query = select(Leave.id).where(
        Leave.staff_id == staff_id, Leave.withdrawn_at.is_(None), Leave.first_on <= day, Leave.last_on >= day
    )
    return session.scalars(query.limit(1)).first() is not None


def _leave(actor: Actor) -> Select[Leave]:
    works = (Membership.service_id == actor.service) & Membership.ended_at.is_(None)
    return (
        select(Leave)
        .join(Staff, Staff.id == Leave.staff_id)
        .where(Staff.left_at.is_(None), Staff.memberships.any(works))
        .options(joinedload(Leave.staff))
    )


def _sessions(actor: Actor) -> Select[ClinicSession]:
    return (
        select(ClinicSession)
        .where(ClinicSession.service_id == actor.service)
        .options(joinedload(ClinicSession.clinic), joinedload(ClinicSession.clinician))
    )


def _rooms(actor: Actor) -> Select[Room]:
    return (
        select(Room)
        .join(Site, Site.id == Room.site_id)
        .join(SiteUse, SiteUse.site_id == Site.id)
        .where(SiteUse.service_id == actor.service)
        .options(joinedload(Room.site))
    )


def _presenters(actor: Actor) -> Select[SitePresenter]:
    return (
        select(SitePresenter)
        .join(Site, Site.id == SitePresenter.site_id)
        .join(SiteUse, SiteUse.site_id == Site.id)
        .join(Staff, Staff.id == SitePresenter.staff_id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            SiteUse.service_id == actor.service,
            Membership.service_id == actor.service,
            Membership.role == Role.PRESENTER,
            Membership.ended_at.is_(None),
            Staff.left_at.is_(None),
        )
        .options(joinedload(SitePresenter.site), joinedload(SitePresenter.staff))
    )
