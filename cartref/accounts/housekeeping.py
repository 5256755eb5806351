"""Forgetting what no longer serves: counters that ran out, and sign-ins that ended long ago."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import SignIn, Throttle

KEPT = timedelta(days=90)


def forget_old(session: Session) -> None:
    """Delete counters that ran out, and sign-ins that ended over 90 days ago."""
    now = clock.now()
    session.execute(delete(Throttle).where(Throttle.expires_at < now))
    session.execute(delete(SignIn).where(SignIn.expires_at < now - KEPT))
