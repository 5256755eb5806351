"""Staff and their roles in a service, as its managers change them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import passwords, queries
from cartref.accounts.actor import Actor
from cartref.accounts.models import Membership, Role, Service, Staff
from cartref.accounts.permissions import Permission
from cartref.accounts.service.presence import end_all
from cartref.audit.service import record
from cartref.errors import Conflict, Invalid, NotFound, StaleVersion

FIRST_PASSWORD_LIFE = timedelta(days=7)


class EmailInUse(Conflict):
    """Somebody signs in with that e-mail address already."""

    code = "staff.email-in-use"


class NobodyWithThatEmail(Invalid):
    """Nobody in the health board signs in with that e-mail address."""

    code = "staff.nobody-with-that-email"
    field = "email"


class RolesMissing(Invalid):
    """Somebody who works in a service has at least one role there."""

    code = "staff.roles-missing"
    field = "roles"


class LastManager(Conflict):
    """A service without a manager could never change its people again."""

    code = "staff.last-manager"


class WorksElsewhere(Conflict):
    """Another service counts on this person too, so one service alone can't decide that."""

    code = "staff.works-elsewhere"


@dataclass(frozen=True)
class StaffDetails:
    """What is recorded of a member of staff; she sees patients in `languages`, her screen is in `language`."""

    email: str
    given_name: str
    family_name: str
    title: str = ""
    languages: tuple[str, ...] = ("en",)
    language: str = "en"
    introduction_en: str = ""
    introduction_cy: str = ""


@dataclass(frozen=True)
class NewStaff:
    """A member of staff and the first password, which is to be shown once and lasts seven days."""

    staff: Staff
    password: str


def create_staff(session: Session, actor: Actor, details: StaffDetails, roles: Collection[Role]) -> NewStaff:
    """Return a new member of staff of the actor's service; raise EmailInUse rather than touch one who is there."""
    actor.require(Permission.PEOPLE_WRITE)
    if not roles:
        raise RolesMissing
    if queries.staff_by_email(session, details.email):
        raise EmailInUse(field="email")
    staff = Staff(health_board_id=session.get_one(Service, actor.service).health_board_id, created_at=clock.now())
    _write(staff, details)
    password = _give_first_password(staff)
    session.add(staff)
    session.flush()
    record(session, actor, "staff.created", "staff", staff.id)
    for role in sorted(roles):
        _start(session, actor, staff, role)
    return NewStaff(staff, password)


def change_staff(session: Session, actor: Actor, staff_id: str, version: int, details: StaffDetails) -> Staff:
    """Return the member of staff, changed; raise WorksElsewhere for a new address while others count on her."""
    staff = _employed(session, actor, staff_id)
    if staff.version != version:
        raise StaleVersion(staff=staff_id)
    if _address(details) != staff.email:
        _require_alone(session, actor, staff)
        if queries.staff_by_email(session, details.email):
            raise EmailInUse(field="email")
    _write(staff, details)
    record(session, actor, "staff.changed", "staff", staff.id)
    session.flush()
    return staff


def add_colleague(session: Session, actor: Actor, email: str, roles: Collection[Role]) -> Staff:
    """Return somebody who already works for the health board, now with roles in the actor's service too."""
    actor.require(Permission.PEOPLE_WRITE)
    if not roles:
        raise RolesMissing
    board = session.get_one(Service, actor.service).health_board_id
    staff = queries.staff_by_email(session, email)
    if staff is None or staff.health_board_id != board or staff.left_at is not None:
        raise NobodyWithThatEmail
    for role in sorted(roles):
        _start(session, actor, staff, role)
    return staff


def set_roles(session: Session, actor: Actor, staff_id: str, roles: Collection[Role]) -> None:
    """Let the member of staff have exactly these roles in the actor's service; none left ends her work there."""
    staff = _employed(session, actor, staff_id)
    present = queries.roles(session, staff.id, actor.service)
    for role in sorted(present - set(roles)):
        end_membership(session, actor, staff.id, role)
    for role in sorted(set(roles) - present):
        _start(session, actor, staff, role)


def add_membership(session: Session, actor: Actor, staff_id: str, role: Role) -> Membership:
    """Return the membership that gives a member of the actor's service one more role, or the one she has."""
    return _start(session, actor, _employed(session, actor, staff_id), role)


def end_membership(session: Session, actor: Actor, staff_id: str, role: Role) -> None:
    """Take a role in the actor's service from the member of staff; her sign-ins there end with the last one."""
    _employed(session, actor, staff_id)
    membership = queries.membership(session, staff_id, actor.service, role)
    if membership is None or membership.ended_at is not None:
        raise NotFound(staff=staff_id, role=role)
    if role is Role.MANAGER and len(queries.staff_in(session, actor.service, Role.MANAGER)) == 1:
        raise LastManager(staff=staff_id)
    membership.ended_at = clock.now()
    session.flush()
    record(session, actor, "membership.ended", "staff", staff_id, role=role.value)


def leave(session: Session, actor: Actor, staff_id: str) -> None:
    """Record that the member of staff has left the health board: nothing of hers opens any more."""
    staff = _employed(session, actor, staff_id)
    _require_alone(session, actor, staff)
    for role in sorted(queries.roles(session, staff_id, actor.service)):
        end_membership(session, actor, staff_id, role)
    staff.left_at = clock.now()
    end_all(session, staff_id)
    record(session, actor, "staff.left", "staff", staff_id)
    session.flush()


def renew_access(session: Session, actor: Actor, staff_id: str) -> NewStaff:
    """Return a new first password for somebody who can't sign in; her second factor and her sign-ins end."""
    staff = _employed(session, actor, staff_id)
    _require_alone(session, actor, staff)
    staff.totp_secret = staff.totp_last_step = None
    password = _give_first_password(staff)
    end_all(session, staff_id)
    record(session, actor, "staff.access-renewed", "staff", staff_id)
    session.flush()
    return NewStaff(staff, password)


def _start(session: Session, actor: Actor, staff: Staff, role: Role) -> Membership:
    membership = queries.membership(session, staff.id, actor.service, role)
    if membership is not None and membership.ended_at is None:
        return membership
    if membership is None:
        membership = Membership(staff_id=staff.id, service_id=actor.service, role=role, created_at=clock.now())
        session.add(membership)
    membership.ended_at = None
    session.flush()
    record(session, actor, "membership.added", "staff", staff.id, role=role.value)
    return membership


def _employed(session: Session, actor: Actor, staff_id: str) -> Staff:
    actor.require(Permission.PEOPLE_WRITE)
    return queries.member(session, actor, staff_id)


def _require_alone(session: Session, actor: Actor, staff: Staff) -> None:
    """Raise WorksElsewhere unless the actor's is the only service where this person works."""
    elsewhere = select(Membership.id).where(
        Membership.staff_id == staff.id, Membership.service_id != actor.service, Membership.ended_at.is_(None)
    )
    if session.scalar(elsewhere.limit(1)):
        raise WorksElsewhere(staff=staff.id)


def _write(staff: Staff, details: StaffDetails) -> None:
    staff.email = _address(details)
    staff.title, staff.given_name, staff.family_name = details.title, details.given_name, details.family_name
    staff.languages, staff.language = list(details.languages), details.language
    staff.introduction_en, staff.introduction_cy = details.introduction_en, details.introduction_cy


def _give_first_password(staff: Staff) -> str:
    password = passwords.generated()
    staff.password_hash, staff.password_expires_at = passwords.hashed(password), clock.now() + FIRST_PASSWORD_LIFE
    return password


def _address(details: StaffDetails) -> str:
    return details.email.strip().casefold()
