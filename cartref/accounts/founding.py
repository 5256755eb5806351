"""The first person of a deployment, made from the command line, when there is nobody yet to give her permission."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import passwords, queries
from cartref.accounts.actor import system
from cartref.accounts.models import HealthBoard, Membership, Role, Service, Staff
from cartref.audit.service import record
from cartref.errors import Invalid

WEAKNESS = {
    passwords.PasswordTooShort.code: f"has fewer than {passwords.MINIMUM_LENGTH} characters",
    passwords.PasswordTooLong.code: f"has more than {passwords.MAXIMUM_LENGTH} characters",
    passwords.PasswordTooEasy.code: "is too easy to guess: leave out the name, and use more different characters",
}


def found(
    session: Session,
    *,
    health_board: str,
    service: str,
    email: str,
    name: str,
    password: str,
    phone: str,
    contact_email: str,
) -> Staff:
    """Return a member of staff who books and manages people, with the health board and the service made when missing.

    Raises ValueError, saying what is wrong, for an address in use or a password that is too weak.
    """
    if queries.staff_by_email(session, email):
        raise ValueError(f"{email} is in use already")
    given_name, _space, family_name = name.strip().rpartition(" ")
    try:
        passwords.check(password, email, name)
    except Invalid as weak:
        raise ValueError(f"the password {WEAKNESS[weak.code]}") from weak
    board = session.scalar(select(HealthBoard)) or _add(
        session, HealthBoard(name_cy=health_board, name_en=health_board)
    )
    place = session.scalar(select(Service).where(Service.name_en == service)) or _add(
        session,
        Service(
            health_board_id=board.id, name_en=service, name_cy=service, contact_phone=phone, contact_email=contact_email
        ),
    )
    staff = member(
        session, place, role=Role.ADMIN, email=email, password=password, given_name=given_name or family_name,
        family_name=family_name,
    )  # fmt: skip
    _belong(session, staff, place, Role.MANAGER)
    return staff


def member(
    session: Session,
    service: Service,
    *,
    role: Role,
    email: str,
    password: str,
    given_name: str,
    family_name: str,
    title: str = "",
    languages: Sequence[str] = ("en",),
    introduction_en: str = "",
    introduction_cy: str = "",
) -> Staff:
    """Return a new member of staff of `service` with one role, made by the system itself."""
    staff = _add(
        session,
        Staff(
            health_board_id=service.health_board_id, email=email.strip().casefold(), title=title, given_name=given_name,
            family_name=family_name, languages=list(languages), language="en", introduction_en=introduction_en,
            introduction_cy=introduction_cy, password_hash=passwords.hashed(password), created_at=clock.now(),
        ),
    )  # fmt: skip
    _belong(session, staff, service, role)
    return staff


def _belong(session: Session, staff: Staff, service: Service, role: Role) -> None:
    _add(session, Membership(staff_id=staff.id, service_id=service.id, role=role, created_at=clock.now()))
    record(session, system(service.id), "staff.founded", "staff", staff.id, role=role.value)


Row = TypeVar("Row", HealthBoard, Service, Staff, Membership)


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
