"""Signing in: password, then code where there is a second factor; and the lock screen's password."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import queries
from cartref.accounts.models import SignIn, Staff
from cartref.accounts.service.presence import LIFE, actor_of, digest
from cartref.accounts.service.proving import Refusal, prove_code, prove_password
from cartref.audit.service import record

TOKEN_BYTES = 32


@dataclass(frozen=True)
class SignedInResult:
    """A sign-in and its token, which is known to the browser alone; `code_due` when a code is still to come."""

    sign_in: SignIn
    token: str

    @property
    def code_due(self) -> bool:
        """Tell whether the second factor is still to be asked."""
        return self.sign_in.code_due


def sign_in(
    session: Session, *, email: str, password: str, code: str | None = None, address: str = ""
) -> SignedInResult | Refusal:
    """Return a new sign-in, or why there is none, without telling whether anybody has that e-mail address.

    `address` is the network address that the wrong tries of one place are counted by.
    """
    staff = queries.staff_by_email(session, email)
    known = staff.password_hash if staff and staff.left_at is None else None
    refusal = prove_password(session, email=email, password=password, password_hash=known, address=address)
    if staff is None or refusal is not None:
        return refusal or Refusal("sign-in.wrong")
    if refusal := _may_not_begin(session, staff):
        return refusal
    begun = _begin(session, staff)
    return finish(session, begun.sign_in, code) if begun.code_due and code else begun


def finish(session: Session, sign_in: SignIn, code: str) -> SignedInResult | Refusal:
    """Return the sign-in under a new token once its code is right, or why not."""
    if refusal := prove_code(session, sign_in.staff, code):
        record(session, actor_of(sign_in), "sign-in.refused", "sign-in", sign_in.id, reason=refusal.code)
        return refusal
    sign_in.code_due = False
    return _let_in(session, sign_in, "sign-in.made")


def unlock(session: Session, sign_in: SignIn, password: str, address: str = "") -> SignedInResult | Refusal:
    """Return the sign-in, no longer locked and under a new token, when the password is its owner's; else why not."""
    staff = sign_in.staff
    refusal = prove_password(
        session, email=staff.email, password=password, password_hash=staff.password_hash, address=address
    )
    if refusal:
        record(session, actor_of(sign_in), "sign-in.refused", "sign-in", sign_in.id, reason=refusal.code)
        return refusal
    return _let_in(session, sign_in, "sign-in.unlocked")


def _may_not_begin(session: Session, staff: Staff) -> Refusal | None:
    if staff.password_expires_at is not None and staff.password_expires_at <= clock.now():
        return Refusal("sign-in.password-expired")
    if not queries.services_of(session, staff.id):
        return Refusal("sign-in.no-service")
    return None


def _begin(session: Session, staff: Staff) -> SignedInResult:
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    sign_in = SignIn(
        staff_id=staff.id, service_id=_first_service(session, staff.id), token_sha256=digest(token), created_at=now,
        active_at=now, expires_at=now + LIFE, code_due=staff.totp_secret is not None,
    )  # fmt: skip
    session.add(sign_in)
    session.flush()
    record(session, actor_of(sign_in), "sign-in.begun" if sign_in.code_due else "sign-in.made", "sign-in", sign_in.id)
    return SignedInResult(sign_in, token)


def _first_service(session: Session, staff_id: str) -> str:
    """Return the service she worked in last, when she still does; else the first by name."""
    services = [service.id for service in queries.services_of(session, staff_id)]
    last = queries.last_service(session, staff_id)
    return last if last in services else services[0]


def _let_in(session: Session, sign_in: SignIn, action: str) -> SignedInResult:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    sign_in.token_sha256 = digest(token)
    sign_in.locked_at, sign_in.presenting_id, sign_in.active_at = None, None, clock.now()
    record(session, actor_of(sign_in), action, "sign-in", sign_in.id)
    session.flush()
    return SignedInResult(sign_in, token)
