"""Reading staff, services and membership."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.accounts.models import Membership, Role, Service, Staff


def roles(session: Session, staff_id: str, service_id: str) -> frozenset[Role]:
    """Return what the member of staff is, today, in the service."""
    return frozenset(
        session.scalars(
            select(Membership.role).where(
                Membership.staff_id == staff_id, Membership.service_id == service_id, Membership.ended_at.is_(None)
            )
        )
    )


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
    query = (
        select(Staff)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.service_id == service_id, Membership.ended_at.is_(None), Staff.left_at.is_(None))
        .distinct()
        .order_by(Staff.family_name, Staff.given_name)
    )
    return session.scalars(query.where(Membership.role.in_(among)) if among else query).all()


def staff_by_email(session: Session, email: str) -> Staff | None:
    """Return the member of staff with that address, whatever its capitals; None when there is none."""
    return session.scalar(select(Staff).where(Staff.email == email.strip().casefold()))
