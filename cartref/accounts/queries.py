"""Reading staff, services and membership."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor, system
from cartref.accounts.models import Membership, Role, Service, SignIn, Staff
from cartref.accounts.permissions import allowed
from cartref.audit.models import ActorKind
from cartref.errors import NotFound


def roles(session: Session, staff_id: str, service_id: str) -> frozenset[Role]:
    """Return what the member of staff is, today, in the service."""
    return frozenset(
        session.scalars(
            select(Membership.role).where(
                Membership.staff_id == staff_id, Membership.service_id == service_id, Membership.ended_at.is_(None)
            )
        )
    )


def actor_of(session: Session, staff_id: str | None, service_id: str) -> Actor:
    """Return the member of staff as she may act in the service today, whoever asks; the system for None.

    Long work and the mailbox act so for whoever began it: what she may no longer do is refused to them too.
    """
    if staff_id is None:
        return system(service_id)
    staff = session.get_one(Staff, staff_id)
    may = allowed(roles(session, staff_id, service_id)) if staff.left_at is None else frozenset()
    return Actor(ActorKind.STAFF, staff_id, service_id, staff.health_board_id, may, staff.language)


def services_of(session: Session, staff_id: str) -> Sequence[Service]:
    """Return the services where the member of staff works, by name."""
    return session.scalars(
        select(Service)
        .join(Membership, Membership.service_id == Service.id)
        .where(Membership.staff_id == staff_id, Membership.ended_at.is_(None))
        .distinct()
        .order_by(Service.name_en)
    ).all()


def staff_in(session: Session, service_id: str, *among: Role) -> Sequence[Staff]:
    """Return who works in the service in one of the roles `among` (none named: in any), by name."""
    works = (Membership.service_id == service_id) & Membership.ended_at.is_(None)
    if among:
        works &= Membership.role.in_(among)
    query = select(Staff).where(Staff.left_at.is_(None), Staff.memberships.any(works))
    return session.scalars(query.order_by(Staff.family_name, Staff.given_name)).all()


def staff_by_email(session: Session, email: str) -> Staff | None:
    """Return the member of staff with that address, whatever its capitals; None when there is none."""
    return session.scalar(select(Staff).where(Staff.email == email.strip().casefold()))


def membership(session: Session, staff_id: str, service_id: str, role: Role) -> Membership | None:
    """Return the row that gives, or gave, the member of staff a role in the service; None when she never had it."""
    return session.scalar(
        select(Membership).where(
            Membership.staff_id == staff_id, Membership.service_id == service_id, Membership.role == role
        )
    )


def member(session: Session, actor: Actor, staff_id: str) -> Staff:
    """Return somebody who works in the actor's service today; raise NotFound for anybody else."""
    found = session.scalar(
        select(Staff).where(
            Staff.id == staff_id,
            Staff.left_at.is_(None),
            Staff.memberships.any((Membership.service_id == actor.service) & Membership.ended_at.is_(None)),
        )
    )
    if found is None:
        raise NotFound(staff=staff_id)
    return found


def roles_in(session: Session, service_id: str) -> dict[str, list[Role]]:
    """Return the roles of everyone who works in the service, by staff id."""
    rows = session.execute(
        select(Membership.staff_id, Membership.role)
        .where(Membership.service_id == service_id, Membership.ended_at.is_(None))
        .order_by(Membership.role)
    )
    found: dict[str, list[Role]] = {}
    for staff_id, role in rows:
        found.setdefault(staff_id, []).append(role)
    return found


def last_service(session: Session, staff_id: str) -> str | None:
    """Return the id of the service that the member of staff's latest sign-in was for; None when she never signed in."""
    return session.scalar(
        select(SignIn.service_id).where(SignIn.staff_id == staff_id).order_by(SignIn.created_at.desc()).limit(1)
    )


def own_service(session: Session, actor: Actor) -> Service:
    """Return the service that the actor works for."""
    return session.get_one(Service, actor.service)


def names_of(session: Session, actor: Actor, staff_ids: Collection[str]) -> dict[str, str]:
    """Return the display names of those members of the health board's staff by id, those who have left among them."""
    rows = select(Staff).where(Staff.id.in_(staff_ids), Staff.health_board_id == actor.health_board_id)
    return {staff.id: staff.display_name for staff in session.scalars(rows)}
