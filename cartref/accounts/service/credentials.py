"""A member of staff's own password and second factor; changing either asks the password and ends her other sign-ins."""

from dataclasses import replace

from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import passwords, totp
from cartref.accounts.models import SignIn, Staff
from cartref.accounts.service.presence import actor_of, end_all
from cartref.accounts.service.proving import Refusal, prove_password
from cartref.audit.service import record
from cartref.errors import Invalid


class PasswordUnchanged(Invalid):
    """The new password is the present one."""

    code = "credentials.password-unchanged"
    field = "password"


def change_password(session: Session, sign_in: SignIn, *, present: str, password: str) -> Refusal | None:
    """Replace the password, or return why the present one was not accepted.

    Raises an Invalid when the new one is too weak, gives its owner away, or is no other.
    """
    staff = sign_in.staff
    passwords.check(password, *_known(staff))
    if password == present:
        raise PasswordUnchanged
    if refusal := _prove_again(session, sign_in, present):
        return refusal
    staff.password_hash, staff.password_expires_at = passwords.hashed(password), None
    _changed(session, sign_in, "staff.password-changed")
    return None


def enrol_second_factor(session: Session, sign_in: SignIn, *, present: str, secret: str, code: str) -> Refusal | None:
    """Ask for codes of `secret` (base32) from now on, or return why not: `code` shows that the app knows the secret."""
    if refusal := _prove_again(session, sign_in, present):
        return refusal
    step = totp.matched_step(secret, code, clock.now())
    if step is None:
        return Refusal("credentials.code-wrong")
    sign_in.staff.totp_secret, sign_in.staff.totp_last_step = secret, step
    _changed(session, sign_in, "staff.second-factor-enrolled")
    return None


def remove_second_factor(session: Session, sign_in: SignIn, *, present: str) -> Refusal | None:
    """Ask for codes no longer, or return why the password was not accepted."""
    if refusal := _prove_again(session, sign_in, present):
        return refusal
    sign_in.staff.totp_secret = sign_in.staff.totp_last_step = None
    _changed(session, sign_in, "staff.second-factor-removed")
    return None


def _prove_again(session: Session, sign_in: SignIn, present: str) -> Refusal | None:
    staff = sign_in.staff
    refusal = prove_password(
        session, email=staff.email, password=present, password_hash=staff.password_hash, address=sign_in.id
    )
    return replace(refusal, code="credentials.password-wrong") if refusal and not refusal.retry_after else refusal


def _changed(session: Session, sign_in: SignIn, action: str) -> None:
    end_all(session, sign_in.staff_id, but=sign_in.id)
    record(session, actor_of(sign_in), action, "staff", sign_in.staff_id)
    session.flush()


def _known(staff: Staff) -> tuple[str, ...]:
    return staff.email, staff.email.partition("@")[0], staff.given_name, staff.family_name, "cartref"
