"""A sign-in from its first page to its last: who is there, when the screen locks, and when it ends."""

import hashlib
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from cartref import clock
from cartref.accounts import queries
from cartref.accounts.actor import Actor
from cartref.accounts.models import SignIn
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.errors import NotFound

LIFE = timedelta(hours=12)
UNFINISHED_LIFE = timedelta(minutes=10)
IDLE = {False: timedelta(minutes=15), True: timedelta(minutes=5)}  # by whether the device is shared
NOTED_EVERY = timedelta(minutes=1)


def find_sign_in(session: Session, token: str) -> SignIn | None:
    """Return the sign-in of that token while it lasts: not ended, and its owner still works in its service."""
    found = _find(session, token)
    if found is None or found.code_due or not queries.roles(session, found.staff_id, found.service_id):
        return None
    return found


def find_unfinished(session: Session, token: str) -> SignIn | None:
    """Return the sign-in of that token whose password was right and whose code is still to come."""
    found = _find(session, token)
    if found is None or not found.code_due or found.created_at + UNFINISHED_LIFE <= clock.now():
        return None
    return found


def is_locked(sign_in: SignIn) -> bool:
    """Tell whether the password is to be asked again: somebody locked the screen, or nobody was there for too long."""
    return sign_in.locked_at is not None or clock.now() - sign_in.active_at >= idle_limit(shared=sign_in.shared_device)


def idle_limit(*, shared: bool) -> timedelta:
    """Return after how long with nobody there a screen locks; sooner where patients sit in front of it too."""
    return IDLE[shared]


def password_is_due(sign_in: SignIn) -> bool:
    """Tell whether the owner still has her first password, which somebody else has seen, and has to choose her own."""
    return sign_in.staff.password_expires_at is not None


def lock(session: Session, sign_in: SignIn) -> None:
    """Lock the screen: names go, and the password is asked again."""
    if sign_in.locked_at is None:
        sign_in.locked_at = clock.now()
        record(session, actor_of(sign_in), "sign-in.locked", "sign-in", sign_in.id)


def sign_out(session: Session, sign_in: SignIn) -> None:
    """End the sign-in."""
    if sign_in.ended_at is None:
        sign_in.ended_at = clock.now()
        record(session, actor_of(sign_in), "sign-in.ended", "sign-in", sign_in.id)


def share_device(session: Session, sign_in: SignIn) -> None:
    """Let the screen lock sooner from now on: patients sit in front of it too."""
    if not sign_in.shared_device:
        sign_in.shared_device = True
        record(session, actor_of(sign_in), "sign-in.device-shared", "sign-in", sign_in.id)


def begin_presenting(session: Session, sign_in: SignIn, appointment_id: str) -> None:
    """Keep that this patient sits in front of the screen, which from now on is one that is shared."""
    share_device(session, sign_in)
    sign_in.presenting_id = appointment_id


def end_presenting(session: Session, sign_in: SignIn) -> None:
    """Keep that the patient's page was left, and lock the screen: whoever goes on has to say who she is."""
    sign_in.presenting_id = None
    lock(session, sign_in)


def choose_service(session: Session, sign_in: SignIn, service_id: str) -> None:
    """Let the sign-in work for another service of its owner's; raise NotFound when she does not work there."""
    if not queries.roles(session, sign_in.staff_id, service_id):
        raise NotFound(service=service_id)
    sign_in.service_id = service_id
    record(session, actor_of(sign_in), "sign-in.service-chosen", "sign-in", sign_in.id)


def activity_is_due(sign_in: SignIn) -> bool:
    """Tell whether it is time to write down again that somebody is there."""
    return clock.now() - sign_in.active_at >= NOTED_EVERY


def note_activity(session: Session, sign_in_id: str) -> None:
    """Write down that somebody is there just now; a screen that somebody locked stays locked."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.locked_at.is_(None), SignIn.ended_at.is_(None))
        .values(active_at=clock.now())
    )


def end_all(session: Session, staff_id: str, *, but: str | None = None) -> None:
    """End every sign-in of a member of staff, `but` one."""
    open_ones = select(SignIn).where(SignIn.staff_id == staff_id, SignIn.ended_at.is_(None), SignIn.id != (but or ""))
    for sign_in in session.scalars(open_ones):
        sign_out(session, sign_in)


def digest(token: str) -> str:
    """Return what the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(sign_in: SignIn) -> Actor:
    """Return the owner of a sign-in as the one who acts."""
    return Actor(ActorKind.STAFF, sign_in.staff_id, sign_in.service_id)


def _find(session: Session, token: str) -> SignIn | None:
    found = session.scalar(
        select(SignIn)
        .where(SignIn.token_sha256 == digest(token), SignIn.ended_at.is_(None), SignIn.expires_at > clock.now())
        .options(joinedload(SignIn.staff), joinedload(SignIn.service))
    )
    return found if found is not None and found.staff.left_at is None else None
