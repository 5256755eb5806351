"""Proving who somebody is: password and code, each with its allowance of tries.

Nobody can shut a whole hospital out: too many wrong passwords from one network address only shorten the allowance of
each e-mail address tried from there, so that whoever types her own password right still comes in.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts import passwords, totp
from cartref.accounts.models import Staff
from cartref.accounts.service import throttling

PASSWORD_TRIES = 8
PASSWORD_TRIES_WHERE_MANY_FAIL = 2
MANY_FAILURES = 100
PASSWORD_WINDOW = timedelta(minutes=15)
CODE_TRIES = 10
CODE_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Refusal:
    """Why somebody was not let in: a dotted code, and the seconds after which to try again, if waiting helps."""

    code: str
    retry_after: int | None = None


def prove_password(
    session: Session, *, email: str, password: str, password_hash: str | None, address: str
) -> Refusal | None:
    """Return None when the password is the one of the hash, else why not; the same for an address that nobody has."""
    by_email, by_address = throttling.key("sign-in", email), throttling.key("address", address)
    failures, _until = throttling.counted(session, by_address)
    allowance = PASSWORD_TRIES if failures < MANY_FAILURES else PASSWORD_TRIES_WHERE_MANY_FAIL
    if refusal := _take(session, by_email, allowance, PASSWORD_WINDOW, "sign-in.throttled"):
        return refusal
    if not passwords.matches(password_hash, password):
        throttling.count(session, by_address, PASSWORD_WINDOW)
        return Refusal("sign-in.wrong")
    throttling.forget(session, by_email)
    return None


def prove_code(session: Session, staff: Staff, code: str) -> Refusal | None:
    """Return None when the code is right and was never used, else why not."""
    tries = throttling.key("code", staff.id)
    if refusal := _take(session, tries, CODE_TRIES, CODE_WINDOW, "sign-in.code-throttled"):
        return refusal
    step = totp.matched_step(staff.totp_secret, code, clock.now()) if staff.totp_secret else None
    if step is None or not _use(session, staff, step):
        return Refusal("sign-in.code-wrong")
    throttling.forget(session, tries)
    return None


def _take(session: Session, key: str, allowance: int, window: timedelta, code: str) -> Refusal | None:
    tries, until = throttling.counted(session, key)
    if tries >= allowance:
        return Refusal(code, _seconds_to(until))
    if throttling.count(session, key, window) > allowance:  # others were counted in between
        return Refusal(code, int(window.total_seconds()))
    return None


def _use(session: Session, staff: Staff, step: int) -> bool:
    """Tell whether the code of that step is used here for the first time: of two at once, one is."""
    used = session.execute(
        update(Staff)
        .where(Staff.id == staff.id, or_(Staff.totp_last_step.is_(None), Staff.totp_last_step < step))
        .values(totp_last_step=step)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined] # an UPDATE's result is a CursorResult


def _seconds_to(moment: datetime) -> int:
    return max(1, math.ceil((moment - clock.now()).total_seconds()))
